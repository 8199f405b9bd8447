"""C110: a month with fewer rows than its own history lets expect.

An import that broke, a telephony that fell silent: the report for that month is right about
what is there and wrong about what happened. A month is thin when it has less than half of
what the months around it, and the same month of other years, let expect, by more than
chance. The first month and the running one are not judged.

Example: 12 leads in August, about 112 in every other month.
Repair: load the month again from the source; if business really stopped, suppress with the
reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from statistics import median

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import number, rows
from dq.crm.events import event_date
from dq.findings import Severity
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    for table in sorted(context.tables):
        column = event_date(table, context.tables[table].columns)
        if column is None:
            yield Skip(table, "needs.date")
            continue
        yield _query(context, table, column)


def _query(context: RuleContext, table: str, column: str) -> Query:
    counts = _months(context, table, column)
    thin = _thin(counts, context)
    lines = [
        exp.select(
            f.alias(f.null("text"), "key"),
            f.alias(f.lit(column), "column"),
            f.alias(f.lit(month), "value"),
            f.alias(f.lit(f"thin:{month}"), "cause"),
            f.alias(f.lit(month), "arg_month"),
            f.alias(f.lit(str(have)), "arg_have"),
            f.alias(f.lit(str(expected)), "arg_expected"),
        )
        for month, have, expected in thin
    ]
    if not lines:
        one = exp.select(f.alias(f.null("text"), "key"))
        lines = [exp.select(f.col("key")).from_(one.subquery("o")).where(f.lit(False))]
    evidence = exp.select(f.alias(f.lit(sum(counts.values())), "n"))
    return Query(table, union_all(lines), evidence)


def _months(context: RuleContext, table: str, column: str) -> dict[date, int]:
    """Rows by month, months without rows included, from the first to the last."""
    moment = f.as_timestamp(f.col(column))
    month = f.date_of(f.trunc("month", moment))
    found = rows(
        context,
        exp.select(f.alias(month, "m"), f.alias(f.count(), "n"))
        .from_(f.table(f"crm.{table}"))
        .where(f.all_of(f.not_null(f.col(column)), moment <= f.lit(context.as_of)))
        .group_by(month.copy())
        .order_by(exp.column("m", quoted=True).desc())
        .limit(600),
    )
    counted = {_day(r["m"]): number(r["n"]) for r in found}
    if not counted:
        return {}
    months: dict[date, int] = {}
    current, last = min(counted), max(max(counted), _month(context.as_of))
    while current <= last:
        months[current] = counted.get(current, 0)
        current = _next(current)
    return months


def _day(value: object) -> date:
    return value.date() if isinstance(value, datetime) else value  # type: ignore[return-value]


def _month(moment: datetime) -> date:
    return date(moment.year, moment.month, 1)


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _thin(counts: Mapping[date, int], context: RuleContext) -> list[tuple[str, int, int]]:
    months = sorted(counts)[1:]
    if months and (context.as_of.date().toordinal() + 1) < _next(months[-1]).toordinal():
        months = months[:-1]
    if len(months) < number(context.params["least_months"]):
        return []
    share = float(str(context.params["share"]))
    least = number(context.params["least_expected"])
    busy = [i for i, m in enumerate(months) if counts[m]]
    thin = []
    for i, month in enumerate(months):
        if not busy or i > busy[-1]:
            break
        around = [counts[m] for m in months[max(0, i - 4) : i] + months[i + 1 : i + 5]]
        before = [counts[m] for m in months[max(0, i - 3) : i]]
        after = [counts[m] for m in months[i + 1 : i + 4]]
        if len(before) < 2:
            continue
        # The last month may go on falling as fast as the one before it did.
        falling = min(before[-1], before[-1] ** 2 / before[-2]) if before[-2] else 0
        expected = min(median(around), median(before), median(after) if after else falling)
        season = [counts[m] for m in months if m.month == month.month and m != month]
        if len(season) >= 2:
            expected = min(expected, median(season))
        have = counts[month]
        chance = expected - 4 * expected**0.5
        if expected >= least and have < share * expected and have < chance:
            thin.append((month.strftime("%Y-%m"), have, round(expected)))
    return thin


RULE = Rule(
    code="C110",
    slug="thin_period",
    family="C",
    scope=Scope.HISTORY,
    severity=Severity.WARNING,
    checks=checks,
    needs=("a date of creation or event in any table",),
    params={"share": 0.5, "least_months": 11, "least_expected": 30},
    doc=__doc__ or "",
)
