"""F109: records just above a quota, or in the last hours of the period.

Where a call counts from 60 seconds on, calls of 61 seconds appear; where 100 a month are asked
for, 100 are made; and what is missing on the last evening of the month is entered on it. Such
records measure the quota, not the work. Judged against the owner's own habit and against all
others: a mark that the values of others pass evenly, sums that are a price of the list,
evening shifts, the usual rush of a month's last days and what a machine does in one instant
are none. Marks and plans are read from `plans` (their terms say seconds, a bonus or calls) and
from the parameter `marks`; a month ends in its last four hours. Of deals the two hours before
the end of work on its last day are judged too (calendar: work_hours): six or more by one owner,
nearly all that he closed on that day, where other days and colleagues spread over the hours.

Example: twenty calls between eight and midnight on the last day of each month, one on others.
Repair: measure what came of it; take such records out of the plan until somebody vouches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.fakes.last_hours import bursts, single_deeds
from dq.checks.rules.fakes.marks import above_mark, marks
from dq.checks.rules.fakes.plans import always_met
from dq.checks.rules.fakes.work import has_clock
from dq.checks.rules.helpers import SYSTEM, count_query, number
from dq.checks.rules.values import nothing_found
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

TABLES: Mapping[str, str] = {
    "activities": "started_at",
    "deals": "closed_at",
    "tasks": "completed_at",
}
"""Table: when its deeds were done."""

BURSTS = ("deals",)
"""Tables whose last working hours are judged: what is won then moves the period's total."""

VALUES: Mapping[str, str] = {"activities": "duration_s", "deals": "amount"}
"""Table: the column that a mark can be set on."""


def checks(context: RuleContext) -> Iterator[CheckLike]:
    tables = [t for t in TABLES if t in context.tables]
    if not tables:
        yield Skip(None, "needs.tables", {"tables": ", ".join(TABLES)})
    for table in tables:
        yield from _table(context, table)


def _table(context: RuleContext, table: str) -> Iterator[CheckLike]:
    moment, value = TABLES[table], VALUES.get(table)
    mapped = [c for c in (moment, value) if c is not None and context.has(table, c)]
    if not mapped:
        yield Skip(table, "needs.columns", {"columns": f"{table}.{moment}"})
        return
    done = [
        *_last_hours(context, table, moment),
        *(bursts(context, table, moment) if table in BURSTS else ()),
        *([] if value is None else _above_marks(context, table, value)),
        *always_met(context, table, moment),
    ]
    yield from done
    if done:
        return
    judged = f.any_of(*[f.not_null(f.col(c)) for c in mapped])
    yield Query(table, nothing_found(), count_query(f"crm.{table}", judged), mapped[0])


def _above_marks(context: RuleContext, table: str, column: str) -> list[Query]:
    return [above_mark(context, table, column, m) for m in marks(context, table, column)]


def _last_hours(context: RuleContext, table: str, moment: str) -> Iterator[Query]:
    """Records of owners who do far more in the last hours of a month than in others' evenings."""
    if not has_clock(context, table, moment) or not context.filled(table, "owner_id"):
        return
    at = f.col("at")
    evening = f.hour(at) >= f.lit(24 - number(context.params["hours"]))
    late = f.coalesce(evening, f.lit(False))
    last = f.coalesce(f.month(at).neq(f.month(f.add_days(at, f.lit(1)))), f.lit(False))
    habits = _habits(single_deeds(context, table, moment), late, last)
    usual = f.div0(f.col("evenings") + f.lit(1), f.col("days"))
    often = f.div0(f.col("heaped"), f.col("ends"))
    odd = exp.select(f.alias(f.col("who"), "whose")).from_(habits.subquery("h"))
    odd = odd.where(
        f.all_of(
            f.col("heaped") >= f.lit(number(context.params["least"])),
            often >= usual * f.lit(float(str(context.params["times"]))),
        )
    )
    heaped = single_deeds(context, table, moment, f.all_of(late.copy(), last.copy()))
    sql = (
        exp.select(
            f.alias(f.col("id", "r"), "key"),
            *[f.alias(f.col(c, "r"), c) for c in SYSTEM],
            f.alias(f.as_text(f.col("at", "r")), "value"),
            f.alias(f.lit("last_hours"), "cause"),
        )
        .from_(heaped.subquery("r"))
        .join(odd.subquery("o"), on=f.col("who", "r").eq(f.col("whose", "o")), join_type="inner")
    )
    yield Query(table, sql, count_query(f"crm.{table}", f.not_null(f.col(moment))), moment)


def _habits(deeds: exp.Select, late: exp.Expression, last: exp.Expression) -> exp.Select:
    """who, heaped, ends, evenings, days: deeds late on last days, such days, other evenings."""
    told = exp.select(
        f.col("who"),
        f.alias(f.date_of(f.col("at")), "day"),
        f.alias(late.copy(), "late"),
        f.alias(last.copy(), "last"),
    ).from_(deeds.subquery("d"))
    keys = ("who", "day", "late", "last")
    daily = (
        exp.select(*[f.col(c) for c in keys], f.alias(f.count(), "n"))
        .from_(told.subquery("t"))
        .group_by(*[f.col(c) for c in keys])
    )
    heap = f.all_of(f.col("late"), f.col("last"))
    evening = f.all_of(f.col("late"), f.not_(f.col("last")))
    return (
        exp.select(
            f.col("who"),
            f.alias(f.sum(f.case((heap, f.col("n")), default=f.lit(0))), "heaped"),
            f.alias(f.count_if(heap.copy()), "ends"),
            f.alias(f.sum(f.case((evening, f.col("n")), default=f.lit(0))), "evenings"),
            f.alias(f.count_distinct(f.case((f.not_(f.col("last")), f.col("day")))), "days"),
        )
        .from_(daily.subquery("y"))
        .group_by(f.col("who"))
    )


RULE = Rule(
    code="F109",
    slug="quota",
    family="F",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("activities.started_at, deals.closed_at or tasks.completed_at; plans",),
    params={
        "hours": 4,
        "least": 10,
        "times": 5,
        "instant": 5,
        "work_hours": 2,
        "burst": 6,
        "burst_z": 4,
        "marks": {},
        "width": 0.06,
        "share": 0.2,
        "least_values": 20,
        "least_rest": 50,
        "periods": 4,
        "met_share": 0.8,
        "met_width": 0.03,
    },
    doc=__doc__ or "",
)
