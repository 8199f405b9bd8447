"""S106: a definition changed within the last twelve months.

A figure of a year that holds two definitions is neither the one nor the other, and a figure
before the change stands beside one after it as if they were the same.

Example: "prospect" asks for activity in the last 90 days since July: fewer, and no market
shrank.
Repair: compare `dq glossary diff TERM@2025-Q2 TERM@2025-Q3`, which tells the definition's part
from the data's.
"""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.meaning.issues import facts_of, issues_query
from dq.findings import Severity
from dq.semantics.lint.meaning import changed_lately

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    facts = facts_of(context)
    if facts is None:
        yield Skip(None, "needs.glossary")
        return
    yield issues_query(context, changed_lately(facts), len(facts.meaning.glossary.terms))


RULE = Rule(
    code="S106",
    slug="changed_inside",
    family="S",
    scope=Scope.TABLE,
    severity=Severity.INFO,
    checks=checks,
    needs=("glossary.yaml",),
    doc=__doc__ or "",
)
