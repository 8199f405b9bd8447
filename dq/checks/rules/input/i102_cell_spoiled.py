"""I102: a cell that the spreadsheet itself spoils.

A merged cell, a formula that was never computed, an error value such as #N/A: the row is
taken, the cell is not what a person believes to see.

Example: `#REF!` in the amount of row 12.
Repair: un-merge, recompute and save the workbook, or correct the cell.
"""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Rule, Scope
from dq.checks.rules.input.problems import problem_queries
from dq.findings import Severity

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    yield from problem_queries(context, kept=True)


RULE = Rule(
    code="I102",
    slug="cell_spoiled",
    family="I",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("any text or spreadsheet file",),
    doc=__doc__ or "",
)
