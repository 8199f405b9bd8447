"""T102: a date in the future, or from before there was a company.

What is dated after today falls out of every report until then; what is dated decades back
makes the oldest record, the longest duration. A day ahead may be another time zone. Planned
dates may lie ahead; 2050, 2099 or 9999 as an end means "no end". Who looks back (`--as-of` a
day after which the data go on as before) is not told that all the rest is future. Before the
company is what a system writes for nothing (1900, 1970), and what stands alone, years before
all others.

Example: won on 2206-03-25; created in 2014, where all others begin in 2024.
Repair: correct the year; a day zero (1970-01-01) is an empty date, clear it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sqlglot import exp

from dq.checks.context import RuleContext, TableFacts
from dq.checks.rule import Check, CheckLike, Rule, Scope, Skip
from dq.checks.rules.helpers import number, rows
from dq.crm.model import entity
from dq.findings import Severity
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["RULE"]

PLANNED: Mapping[str, tuple[str, ...]] = {
    "activities": ("started_at",),
    "deals": ("expected_close_at", "next_step_at"),
    "invoices": ("due_at",),
    "tasks": ("due_at",),
}
"""Dates that may lie ahead and never before the company."""

LAST_OF_MANY = ("updated_at", "last_login_at")
"""One old value among new ones is a record nobody touched, not a slip."""

ENDS = ("closed_at", "completed_at", "resolved_at", "paid_at", "signed_at")
DAY_ZERO = date(1970, 1, 1)
"""The last day zero of a system; nothing that a CRM holds is older."""

LOOK = 14
"""Days before and after today that are compared."""

MOST_DAYS = 20_000

OPEN_END = 2050
OLDEST = 120
"""Years that nobody has lived."""


@dataclass(frozen=True)
class _Year:
    """Records of a year: how many, the first and the last day."""

    n: int
    first: date
    last: date


def checks(context: RuleContext) -> Iterator[CheckLike]:
    for table in sorted(context.tables):
        facts = context.tables[table]
        happened = _dates(facts, [c.name for c in entity(table).columns.values() if c.event])
        planned = _dates(facts, PLANNED.get(table, ()))
        born = _dates(facts, ("birth_date",))
        if not happened and not planned and not born:
            yield Skip(table, "needs.date", {"table": table})
            continue
        today = _todays(context, table, happened)
        yield from (_ahead(context, facts, column, today[column]) for column in happened)
        begun = _beginnings(context, table, [*happened, *planned])
        yield from (_before(table, column, begun[column]) for column in [*happened, *planned])
        yield from (_birth(context, table, column) for column in born)


def _dates(facts: TableFacts, names: Sequence[str]) -> list[str]:
    return [
        n for n in names if n in facts.columns and facts.columns[n].type in ("date", "timestamp")
    ]


def _todays(context: RuleContext, table: str, columns: Sequence[str]) -> dict[str, date]:
    """By column: today, or the last day of data that go on after it as before."""
    today, span = context.as_of.date(), timedelta(days=LOOK)
    todays = dict.fromkeys(columns, today)
    asked = [c for c in columns if context.filled(table, c)]
    if not asked:
        return todays
    counts: list[exp.Expression] = []
    for i, column in enumerate(asked):
        day = f.date_of(f.col(column))
        before = f.all_of(day > f.lit(today - span), day <= f.lit(today))
        after = f.all_of(day > f.lit(today), day <= f.lit(today + span))
        for side, inside in (("b", before), ("a", after)):
            days = f.count_distinct(f.case((inside, day), default=f.lit(None)))
            counts += [f.alias(f.count_if(inside), f"{side}{i}"), f.alias(days, f"{side}d{i}")]
    row = rows(context, exp.select(*counts).from_(f.table(f"crm.{table}")))[0]
    least = number(context.params["least"])
    for i, column in enumerate(asked):
        many = number(row[f"a{i}"]) >= max(least, number(row[f"b{i}"]) / 2)
        if many and number(row[f"ad{i}"]) > number(row[f"bd{i}"]) / 2:
            todays[column] = _goes_on_to(context, table, column, today)
    return todays


def _goes_on_to(context: RuleContext, table: str, column: str, today: date) -> date:
    """The last day that follows today without a long gap."""
    day = f.date_of(f.col(column))
    later = (
        exp.select(f.alias(day, "day"))
        .from_(f.table(f"crm.{table}"))
        .where(day > f.lit(today))
        .distinct()
    )
    query = later.order_by(exp.column("day", quoted=True)).limit(MOST_DAYS)
    for row in rows(context, query):
        following = row["day"]
        if not isinstance(following, date) or (following - today).days > LOOK:
            break
        today = following
    return today


def _ahead(context: RuleContext, facts: TableFacts, column: str, today: date) -> Check:
    cell = f.col(column)
    last = today + timedelta(days=number(context.params["ahead_days"]))
    when = f.not_null(cell)
    closed_deals = facts.name == "deals" and column == "closed_at" and "status" in facts.columns
    if closed_deals:
        # Of an open deal many systems keep the planned day in the same column.
        when = f.all_of(when, f.not_(f.coalesce(f.col("status"), f.lit("")).eq(f.lit("open"))))
    elif column in ENDS:
        when = f.all_of(when, f.not_(_no_end(cell)))
    return Check(
        facts.name,
        f.date_of(cell) > f.lit(last),
        column=column,
        when=when,
        cause=f.lit("ahead"),
        args={"today": f.lit(today.isoformat())},
    )


def _no_end(cell: exp.Expression) -> exp.Expression:
    """9999, or the first or last day of a year from 2050 on."""
    edge = f.any_of(
        f.all_of(f.month(cell).eq(f.lit(12)), f.day(cell).eq(f.lit(31))),
        f.all_of(f.month(cell).eq(f.lit(1)), f.day(cell).eq(f.lit(1))),
    )
    return f.any_of(f.year(cell) >= f.lit(9999), f.all_of(f.year(cell) >= f.lit(OPEN_END), edge))


def _before(table: str, column: str, begun: date | None) -> Check:
    """Day zero and earlier; where something stands alone years before the others, that too."""
    day = f.date_of(f.col(column))
    zero = day <= f.lit(DAY_ZERO)
    return Check(
        table,
        zero if begun is None else day < f.lit(begun),
        column=column,
        when=f.not_null(f.col(column)),
        cause=f.case((zero, f.lit("zero")), default=f.lit("alone")),
        args={"since": f.lit("" if begun is None else begun.isoformat())},
        severity=Severity.WARNING,
    )


def _birth(context: RuleContext, table: str, column: str) -> Check:
    day = f.date_of(f.col(column))
    today = context.as_of.date()
    oldest = date(today.year - OLDEST, 1, 1)
    return Check(
        table,
        f.any_of(day > f.lit(today), day < f.lit(oldest)),
        column=column,
        when=f.not_null(f.col(column)),
        cause=f.lit("birth"),
        severity=Severity.WARNING,
    )


def _beginnings(context: RuleContext, table: str, columns: Sequence[str]) -> dict[str, date | None]:
    """By column: the first day of the records, where few stand alone before it."""
    asked = [c for c in columns if c not in LAST_OF_MANY and context.filled(table, c)]
    begun: dict[str, date | None] = dict.fromkeys(columns)
    if not asked:
        return begun
    queries = [_years(context, table, column) for column in asked]
    years: dict[str, list[_Year]] = {c: [] for c in asked}
    for row in sorted(rows(context, union_all(queries)), key=lambda r: number(r["year"])):
        first, last = row["first"], row["last"]
        if isinstance(first, date) and isinstance(last, date):
            years[str(row["column"])].append(_Year(number(row["n"]), first, last))
    return begun | {c: _beginning(some, context.params) for c, some in years.items()}


def _years(context: RuleContext, table: str, column: str) -> exp.Select:
    """column, year, n, first, last of a date column, between day zero and today."""
    day = f.date_of(f.col(column))
    inside = f.all_of(day > f.lit(DAY_ZERO), day <= f.lit(context.as_of.date()))
    return (
        exp.select(
            f.alias(f.lit(column), "column"),
            f.alias(f.year(day), "year"),
            f.alias(f.count(), "n"),
            f.alias(f.min(day), "first"),
            f.alias(f.max(day), "last"),
        )
        .from_(f.table(f"crm.{table}"))
        .where(inside)
        .group_by(f.year(day))
    )


def _beginning(years: Sequence[_Year], params: Mapping[str, object]) -> date | None:
    total = sum(y.n for y in years)
    allowed = max(1.0, float(str(params["alone_share"])) * total)
    least_gap = 365 * number(params["gap_years"])
    early = 0
    begun = None
    for year, following in pairwise(years):
        early += year.n
        if early > allowed or total - early < number(params["least"]):
            break
        span = (years[-1].last - following.first).days
        if (following.first - year.last).days >= max(least_gap, span / 2):
            begun = following.first
    return begun


RULE = Rule(
    code="T102",
    slug="beyond",
    family="T",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks,
    needs=("any date of an event",),
    params={"ahead_days": 1, "gap_years": 3, "alone_share": 0.01, "least": 20},
    doc=__doc__ or "",
)
