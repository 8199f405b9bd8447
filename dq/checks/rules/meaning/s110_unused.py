"""S110: a term that no report uses.

A word that is defined and never used is either not needed, or reports compute it in their own
way beside the definition.

Example: "qualified lead" is defined, and no report names it.
Repair: use the term in the report that means it, or take it out of the glossary.
"""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.meaning.issues import facts_of, issues_query
from dq.findings import Severity
from dq.semantics.lint.terms import unused

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    facts = facts_of(context)
    if facts is None:
        yield Skip(None, "needs.glossary")
        return
    if not facts.uses:
        yield Skip(None, "needs.reports")
        return
    yield issues_query(context, unused(facts), len(facts.meaning.glossary.terms))


RULE = Rule(
    code="S110",
    slug="unused",
    family="S",
    scope=Scope.TABLE,
    severity=Severity.INFO,
    checks=checks,
    needs=("glossary.yaml", "catalogue/"),
    doc=__doc__ or "",
)
