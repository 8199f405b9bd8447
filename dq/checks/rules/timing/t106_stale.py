"""T106: a table that stopped while the others went on.

Whatever is counted by it since then is counted from nothing: calls a seller, payments of the
month. Stale is what has been silent for longer than ever before (with more room the younger
the table is), and three times as long as is usual; a monthly list has a month. The measure is
the newest day of all tables, so that an export of April is not stale in June as a whole.

Example: eight calls a day until 15 April, none since; deals go on to the end of June.
Repair: export the table again; ask whether its source (telephony, bank) still delivers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import number
from dq.checks.rules.timing.days import Days, days_of, main_date
from dq.checks.rules.values import nothing_found
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

AT_THE_END = 3
"""The newest days of a table but two: a single record of a wrong date moves no horizon."""


@dataclass(frozen=True)
class _Rhythm:
    """A table with enough record days to have a rhythm."""

    column: str
    records: int
    days: Days


def checks(context: RuleContext) -> Iterator[CheckLike]:
    rhythms: dict[str, _Rhythm | None] = {}
    for table in sorted(context.tables):
        column = main_date(context, table)
        if column is None:
            yield Skip(table, "needs.date", {"table": table})
            continue
        rhythms[table] = _rhythm(context, table, column)
    ends = [r.days.active[-AT_THE_END] for r in rhythms.values() if r is not None]
    for table, rhythm in rhythms.items():
        column = main_date(context, table)
        if rhythm is None:
            nothing = exp.select(f.alias(f.lit(0), "n"))
            yield Query(table, nothing_found(), nothing, column)
            continue
        evidence = exp.select(f.alias(f.lit(rhythm.records), "n"))
        silent = _silence(context, rhythm.days, max(ends))
        sql = nothing_found() if silent is None else _line(rhythm.days, *silent)
        yield Query(table, sql, evidence, column)


def _rhythm(context: RuleContext, table: str, column: str) -> _Rhythm | None:
    counts = days_of(context, table, column)
    if len(counts) < max(number(context.params["least_active"]), AT_THE_END):
        return None
    days = Days(counts, context.calendar, context.as_of.date())
    return _Rhythm(column, sum(counts.values()), days)


def _silence(context: RuleContext, days: Days, horizon: date) -> tuple[int, int, date] | None:
    """Working days since the last record, and the longest there were before, if it is stale."""
    length = days.working(days.active[-1] + timedelta(days=1), horizon - timedelta(days=1))
    lengths = [s.length for s in days.stretches()]
    longest = max(lengths, default=0)
    # The fewer stretches there were, the less their longest says of the next.
    room = longest * number(context.params["room"]) / max(len(lengths), 1)
    usual = number(context.params["times_usual"]) * days.usual()
    if length < number(context.params["least_days"]) or length <= max(longest + room, usual):
        return None
    return length, longest, horizon


def _line(days: Days, length: int, longest: int, horizon: date) -> exp.Select:
    last = days.active[-1].isoformat()
    return exp.select(
        f.alias(f.null("text"), "key"),
        f.alias(f.lit(last), "value"),
        f.alias(f.lit("stale"), "cause"),
        f.alias(f.lit(last), "arg_last"),
        f.alias(f.lit(str(length)), "arg_days"),
        f.alias(f.lit(str(longest)), "arg_longest"),
        f.alias(f.lit(horizon.isoformat()), "arg_horizon"),
    )


RULE = Rule(
    code="T106",
    slug="stale",
    family="T",
    scope=Scope.HISTORY,
    severity=Severity.WARNING,
    checks=checks,
    needs=("a date of creation or event in two tables",),
    params={"least_active": 10, "least_days": 5, "times_usual": 3, "room": 20},
    doc=__doc__ or "",
)
