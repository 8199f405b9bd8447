"""C105: a won deal without an amount or a close date.

A won deal without an amount adds a deal but no money: it lowers the average cheque and
leaves revenue short by an unknown sum. Without a close date it falls out of every period.

Many systems write 0 where nothing was typed: a won deal of 0 has no amount.

Example: status "won", amount blank or 0.
Repair: enter the contract sum and the day of the signature; if the deal was not won, move
it to its true stage.
"""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.context import RuleContext
from dq.checks.rule import Check, CheckLike, Rule, Scope, Skip
from dq.checks.rules.helpers import given_and
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    if not context.has("deals", "status"):
        yield Skip("deals", "needs.columns", {"columns": "deals.status"})
        return
    won = f.col("status").eq(f.lit("won"))
    for column in ("amount", "closed_at"):
        if context.has("deals", column):
            cell = f.col(column)
            absent = f.is_null(cell)
            if column == "amount":
                absent = f.any_of(absent, cell.eq(f.as_decimal(f.lit(0))))
            yield Check(
                "deals", absent, column=column, when=given_and(context, "deals", won, column)
            )
        else:
            yield Skip("deals", "needs.columns", {"columns": f"deals.{column}"})


RULE = Rule(
    code="C105",
    slug="won_without_amount",
    family="C",
    scope=Scope.ROW,
    severity=Severity.ERROR,
    checks=checks,
    needs=("deals.status", "deals.amount", "deals.closed_at"),
    doc=__doc__ or "",
)
