"""S106: a definition changed within the last twelve months.

A figure of a year that holds two definitions is neither the one nor the other, and a figure
before the change stands beside one after it as if they were the same.

Example: "prospect" asks for activity in the last 90 days since July: fewer, and no market
shrank.
Repair: compare `dq glossary diff TERM@2025-Q2 TERM@2025-Q3`, which tells the definition's part
from the data's.
"""

from __future__ import annotations

from dq.checks.rule import Rule, Scope
from dq.checks.rules.meaning.issues import checks_of
from dq.findings import Severity
from dq.semantics.lint.meaning import changed_lately

__all__ = ["RULE"]


RULE = Rule(
    code="S106",
    slug="changed_inside",
    family="S",
    scope=Scope.TABLE,
    severity=Severity.INFO,
    checks=checks_of(changed_lately),
    needs=("glossary.yaml",),
    doc=__doc__ or "",
)
