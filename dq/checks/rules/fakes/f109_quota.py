"""F109: records just above a quota, or in the last hours of the period.

Where a call counts from 60 seconds on, calls of 61 seconds appear; where 100 a month are asked
for, 100 are made; and what is missing on the last evening of the month is entered on it. Such
records measure the quota, not the work. Judged against the owner's own habit and against all
others: a mark that the values of others pass evenly, sums that are a price of the list,
evening shifts, the usual rush of a month's last days and what a machine does in one instant
are none. Marks and plans are read from `plans` (their terms say seconds, a bonus or calls) and
from the parameter `marks`; a month ends in its last four hours.

Example: twenty calls between eight and midnight on the last day of each month, one on others.
Repair: measure what came of it; take such records out of the plan until somebody vouches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.fakes.marks import above_mark, marks
from dq.checks.rules.fakes.plans import always_met
from dq.checks.rules.fakes.work import has_clock, is_message, midnight
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
    deeds = _single_deeds(context, table, moment)
    habits = _habits(deeds.copy(), late, last)
    usual = f.div0(f.col("evenings") + f.lit(1), f.col("days"))
    often = f.div0(f.col("heaped"), f.col("ends"))
    odd = exp.select(f.alias(f.col("who"), "whose")).from_(habits.subquery("h"))
    odd = odd.where(
        f.all_of(
            f.col("heaped") >= f.lit(number(context.params["least"])),
            often >= usual * f.lit(float(str(context.params["times"]))),
        )
    )
    heaped = exp.select("*").from_(deeds.subquery("d")).where(f.all_of(late.copy(), last.copy()))
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


def _single_deeds(context: RuleContext, table: str, moment: str) -> exp.Select:
    """id, system columns, who, at: what was not done together with others at one instant."""
    at = f.col(moment)
    judged = [f.not_null(at), f.not_null(f.col("owner_id")), f.not_(midnight(at))]
    if table == "deals" and context.has("deals", "status"):
        judged.append(f.col("status").eq(f.lit("won")))
    if table == "activities" and context.has(table, "kind"):
        judged.append(f.not_(is_message(f.col("kind"))))
    done = exp.select(
        *[f.col(c) for c in ("id", *SYSTEM)],
        f.alias(f.col("owner_id"), "who"),
        f.alias(at.copy(), "at"),
    ).from_(f.table(f"crm.{table}")).where(f.all_of(*judged))  # fmt: skip
    instants = (
        exp.select(f.alias(f.col("at"), "crowded"), f.alias(f.count(), "n"))
        .from_(done.copy().subquery("i"))
        .group_by(f.col("at"))
    )
    crowds = exp.select(f.col("crowded")).from_(instants.subquery("n"))
    crowds = crowds.where(f.col("n") >= f.lit(number(context.params["instant"])))
    return (
        exp.select(*[f.alias(f.col(c, "d"), c) for c in ("id", *SYSTEM, "who", "at")])
        .from_(done.subquery("d"))
        .join(crowds.subquery("c"), on=f.col("at", "d").eq(f.col("crowded", "c")), join_type="left")
        .where(f.is_null(f.col("crowded", "c")))
    )


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
