"""I101: a row of the file that could not be taken.

Extra or missing cells, a NUL byte, a cell beyond the size limit: such a row is in no table
and in no total. It is listed here with its place, so that rows read = rows kept + rows
reported.

Example: row 17 has 9 cells where the header has 8 (an unquoted delimiter in a name).
Repair: correct the row in the source, or export again with quoting.
"""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Rule, Scope
from dq.checks.rules.input.problems import problem_queries
from dq.findings import Severity

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    yield from problem_queries(context, kept=False)


RULE = Rule(
    code="I101",
    slug="row_unreadable",
    family="I",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks,
    needs=("any text or spreadsheet file",),
    doc=__doc__ or "",
)
