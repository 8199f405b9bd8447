"""C106: a lost deal without a reason.

Lost profit by cause is a report about those deals alone that say why; blank reasons make it
a report about the diligent.

Example: 300 deals lost in a quarter, 180 of them without a reason.
Repair: make the reason mandatory when a deal is closed; ask the seller for the recent ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.context import RuleContext
from dq.checks.rule import Check, CheckLike, Rule, Scope
from dq.checks.rules.helpers import given_and, missing
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    skip = missing(context, "deals", "status", "lost_reason")
    if skip:
        yield skip
        return
    used = f.lit(context.filled("deals", "lost_reason"))
    lost = f.all_of(f.col("status").eq(f.lit("lost")), used)
    lost = given_and(context, "deals", lost, "lost_reason")
    yield Check("deals", f.is_null(f.col("lost_reason")), column="lost_reason", when=lost)


RULE = Rule(
    code="C106",
    slug="lost_without_reason",
    family="C",
    scope=Scope.ROW,
    severity=Severity.WARNING,
    checks=checks,
    needs=("deals.status", "deals.lost_reason"),
    doc=__doc__ or "",
)
