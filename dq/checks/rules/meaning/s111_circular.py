"""S111: a term that is defined by itself.

A definition that leads back to its own word selects nothing that anyone could compute.
glossary.yaml with such a circle is refused whole, with the place; `dq glossary lint` lists
all circles.

Example: client → active_client → client.
Repair: write one of them out of columns.
"""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.meaning.issues import facts_of, issues_query
from dq.findings import Severity
from dq.semantics.lint.terms import cycles

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    facts = facts_of(context)
    if facts is None:
        yield Skip(None, "needs.glossary")
        return
    yield issues_query(context, cycles(facts), len(facts.meaning.glossary.terms))


RULE = Rule(
    code="S111",
    slug="circular",
    family="S",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks,
    needs=("glossary.yaml",),
    doc=__doc__ or "",
)
