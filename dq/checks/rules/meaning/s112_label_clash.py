"""S112: one word that two terms claim.

People say the word and mean one of the two; whoever reads the figure takes the other.

Example: "client" is a synonym of "customer" and the name of another term.
Repair: keep the word for one term, and give the other its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.meaning.issues import facts_of, issues_query
from dq.findings import Severity
from dq.semantics.lint.terms import clashes

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    facts = facts_of(context)
    if facts is None:
        yield Skip(None, "needs.glossary")
        return
    yield issues_query(context, clashes(facts), len(facts.meaning.glossary.terms))


RULE = Rule(
    code="S112",
    slug="label_clash",
    family="S",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("glossary.yaml",),
    doc=__doc__ or "",
)
