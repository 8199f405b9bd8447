"""T105: a stretch without records, and a heap of records at one exact hour.

A gap (an exchange that was cut off, an import that was not made) is a fall in every report
of that time that never happened. A gap is judged by the table's own rhythm: working days
only, many more than it ever goes without, when the weeks around it had plenty, and not the
same weeks in other years.

A heap at an exact hour is days that were read as moments: local midnight kept as UTC (21:00
in Moscow, on the day before), or days among moments. Whoever counts by day or by hour counts
those wrong. Many records of one second are a machine's, and no heap.

Example: no call from 9 to 20 March; a third of all deals closed at exactly 21:00:00.
Repair: load the missing days again; declare the source's time zone (`timezone:`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlglot import exp

from dq.checks.context import RuleContext, TableFacts
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import count_query, number, rows
from dq.checks.rules.timing.days import Days, Stretch, around, days_of, main_date
from dq.checks.rules.timing.hours import Heap, Slot, heaps
from dq.checks.rules.values import nothing_found
from dq.crm.model import entity
from dq.findings import Severity
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["RULE"]

OF_A_MACHINE = ("updated_at", "last_login_at")
PLANNED = "started_at"
AROUND = 56
"""Days before and after a gap that tell how many records it should have had."""

SHOWN = 5


def checks(context: RuleContext) -> Iterator[CheckLike]:
    for table in sorted(context.tables):
        moments = _moments(context.tables[table])
        column = main_date(context, table)
        if column is None and not moments:
            yield Skip(table, "needs.date", {"table": table})
            continue
        if column is not None:
            yield _gaps(context, table, column)
        yield from _heaps(context, table, moments)


# --- gaps -------------------------------------------------------------------------------


def _gaps(context: RuleContext, table: str, column: str) -> Query:
    counts = days_of(context, table, column)
    evidence = exp.select(f.alias(f.lit(sum(counts.values())), "n"))
    lines = [
        exp.select(
            f.alias(f.null("text"), "key"),
            f.alias(f.lit(gap.first.isoformat()), "value"),
            f.alias(f.lit(f"gap:{gap.first.isoformat()}"), "cause"),
            f.alias(f.lit(gap.first.isoformat()), "arg_first"),
            f.alias(f.lit(gap.last.isoformat()), "arg_last"),
            f.alias(f.lit(str(gap.length)), "arg_days"),
            f.alias(f.lit(str(round(expected))), "arg_expected"),
        )
        for gap, expected in _found(context, counts)
    ]
    return Query(table, union_all(lines) if lines else nothing_found(), evidence, column)


def _found(context: RuleContext, counts: Mapping[date, int]) -> list[tuple[Stretch, float]]:
    params = context.params
    if len(counts) < number(params["least_active"]):
        return []
    days = Days(counts, context.calendar, context.as_of.date())
    least = max(number(params["least_days"]), number(params["times_usual"]) * days.usual())
    found = []
    for gap in days.stretches():
        if gap.length < least:
            continue
        expected = min(around(days, gap, AROUND)) * gap.length
        if expected >= number(params["least_records"]) and not days.in_season(gap):
            found.append((gap, expected))
    longest = sorted(found, key=lambda pair: -pair[0].length)[:SHOWN]
    return sorted(longest, key=lambda pair: pair[0].first)


# --- heaps ------------------------------------------------------------------------------


def _moments(facts: TableFacts) -> list[str]:
    """Columns that hold moments of what happened."""
    names = [c.name for c in entity(facts.name).columns.values() if c.event]
    names += [PLANNED] if facts.name == "activities" else []
    return [
        n
        for n in names
        if n in facts.columns and facts.columns[n].type == "timestamp"
        and n not in OF_A_MACHINE
    ]  # fmt: skip


def _heaps(context: RuleContext, table: str, moments: Sequence[str]) -> Iterator[Query]:
    facts = context.tables[table]
    timed = [m for m in moments if facts.columns[m].filled and facts.columns[m].has_time]
    for column in moments:
        if column not in timed:
            none = count_query(f"crm.{table}", f.not_null(f.col(column)))
            yield Query(table, nothing_found(), none, column)
    if not timed:
        return
    slots: dict[str, list[Slot]] = {c: [] for c in timed}
    union = union_all([_slots(context, table, column) for column in timed])
    for row in rows(context, union):
        slot = Slot(number(row["slot"]), number(row["n"]), number(row["days"]))
        slots[str(row["column"])].append(slot)
    for column in timed:
        total = sum(s.records for s in slots[column])
        found = heaps(slots[column], context.params, planned=column == PLANNED)
        lines = [_line(heap, total) for heap in found]
        sql = union_all(lines) if lines else nothing_found()
        yield Query(table, sql, exp.select(f.alias(f.lit(total), "n")), column)


def _slots(context: RuleContext, table: str, column: str) -> exp.Query:
    """column, slot (0 to 23: that exact hour; -1: a quarter or a half; -2: others), n, days."""
    moment = f.as_timestamp(f.col(column))
    exact = moment.eq(f.trunc("hour", moment))
    quarter = f.all_of(moment.eq(f.trunc("minute", moment)), f.in_(f.minute(moment), (15, 30, 45)))
    slot = f.case((exact, f.hour(moment)), (quarter, f.lit(-1)), default=f.lit(-2))
    inner = (
        exp.select(
            f.alias(f.as_integer(slot), "slot"),
            f.alias(f.date_of(moment), "day"),
            f.alias(f.count(), "n"),
        )
        .from_(f.table(f"crm.{table}"))
        .where(f.all_of(f.not_null(f.col(column)), moment <= f.lit(context.as_of)))
        .group_by(f.as_integer(slot), f.date_of(moment))
    )
    return (
        exp.select(
            f.alias(f.lit(column), "column"),
            f.col("slot"),
            f.alias(f.sum(f.col("n")), "n"),
            f.alias(f.count(), "days"),
        )
        .from_(inner.subquery("i"))
        .group_by(f.col("slot"))
    )


def _line(heap: Heap, total: int) -> exp.Select:
    return exp.select(
        f.alias(f.null("text"), "key"),
        f.alias(f.lit(heap.hours), "value"),
        f.alias(f.lit(f"{heap.cause}:{heap.hours}"), "cause"),
        f.alias(f.lit(heap.hours), "arg_hours"),
        f.alias(f.lit(heap.zones), "arg_zones"),
        f.alias(f.lit(str(heap.records)), "arg_n"),
        f.alias(f.lit(str(total)), "arg_total"),
    )


RULE = Rule(
    code="T105",
    slug="gap",
    family="T",
    scope=Scope.HISTORY,
    severity=Severity.WARNING,
    checks=checks,
    needs=("any date of an event",),
    params={
        "least_active": 30,
        "least_days": 4,
        "times_usual": 3,
        "least_records": 20,
        "heap_share": 0.02,
        "heap_least": 20,
        "heap_days": 10,
    },
    doc=__doc__ or "",
)
