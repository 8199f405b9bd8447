"""Values that stand for "unknown" by their place: far from all others, and heaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext, TableFacts
from dq.checks.rules.helpers import number, rows
from dq.sql import portable as f

__all__ = ["heaps"]

TOP = 1_000
TRUE_ZEROS = (
    "probability", "paid_amount", "discount", "tax", "quantity", "reopened_count",
    "postponed_count", "duration_s", "satisfaction", "cost", "expected_amount", "total",
)  # fmt: skip
"""Columns in which a zero is as good a value as another."""

SAID = re.compile("budget|бюджет", re.I)
"""Columns of sums that somebody says: nobody has a budget of nothing, or one of 999."""

_BESIDE = Decimal("0.2")
_ALONE, _CHARMED = 5, 5

Found = tuple[str, Decimal | date]


def heaps(context: RuleContext, facts: TableFacts, column: ColumnFacts) -> Iterator[Found]:
    """(reason, value) of defaults heaped away from the column's other values.

    At the edge of all values, or, where people say a sum, nines among round numbers.
    """
    if column.name in TRUE_ZEROS:
        return
    if column.type in ("date", "timestamp"):
        if column.name == "birth_date":
            yield from _date_heap(context, facts, column)
        return
    if column.kind not in ("money", "number", "duration"):
        return
    counts = _top(context, facts.name, column.name)
    numbers = [(Decimal(str(v)), n) for v, n in counts]
    said = column.kind == "money" and SAID.search(f"{column.name} {column.header or ''}")
    share = float(str(context.params["said_share" if said else "share"]))
    least = max(number(context.params["least"]), share * column.filled)
    for value, count in numbers:
        if count < least:
            break
        others = sorted((v, n) for v, n in numbers if v != value)
        if len(others) < 5:
            continue
        if column.kind == "money" and value in (0, 1) and _far_above(value, others):
            if value == 0 and _explained(context, facts, column.name):
                continue
            yield ("zero" if value == 0 else "heap"), value
        if _nines(value) and (value > others[-1][0] or (said and _typed_in(value, count, others))):
            yield "nines", value


def _nines(value: Decimal) -> bool:
    return value >= 99 and set(str(value.normalize())) == {"9"}


def _typed_in(value: Decimal, count: int, others: list[tuple[Decimal, int]]) -> bool:
    """Whether nines stand alone among sums that are said in round numbers.

    No sum nearby is nearly as frequent, and sums that end in 9, as prices do, are rare: where
    499 and 1,999 are said as well, 999 is a price.
    """
    low, high = value * (1 - _BESIDE), value * (1 + _BESIDE)
    beside = max((n for v, n in others if low <= v <= high), default=0)
    charmed = sum(n for v, n in others if int(v) % 10 == 9)
    return count >= _ALONE * beside and count >= _CHARMED * charmed


def _top(context: RuleContext, table: str, column: str) -> list[tuple[object, int]]:
    found = rows(
        context,
        exp.select(f.alias(f.col(column), "v"), f.alias(f.count(), "n"))
        .from_(f.table(f"crm.{table}"))
        .where(f.not_null(f.col(column)))
        .group_by(f.col(column))
        .order_by(exp.column("n", quoted=True).desc(), exp.column("v", quoted=True))
        .limit(TOP),
    )
    return [(r["v"], number(r["n"])) for r in found]


def _far_above(value: Decimal, others: list[tuple[Decimal, int]]) -> bool:
    """All but a twentieth of the other rows lie beyond a hundredth of their median."""
    rest = sum(n for _, n in others)
    if others[0][0] < value:
        return False
    passed, median = 0, Decimal(0)
    for other, count in others:
        passed += count
        if passed * 2 >= rest:
            median = other
            break
    small = sum(n for v, n in others if v < median / 100)
    return median >= 50 * max(value, Decimal(1)) and small <= max(1, rest // 20)


def _explained(context: RuleContext, facts: TableFacts, column: str) -> bool:
    """Whether another column says why it is zero.

    Nearly all zeros stand with values that have no other amount, while the rest of the table
    hardly has zeros.
    """
    for other in facts.columns.values():
        if other.kind not in ("category", "flag") or not other.values or len(other.values) > 50:
            continue
        if other.name == column or other.type != "text":
            continue
        zero = f.as_decimal(f.col(column)).eq(f.as_decimal(f.lit(0)))
        found = rows(
            context,
            exp.select(
                f.alias(f.coalesce(f.col(other.name), f.lit("")), "c"),
                f.alias(f.count_if(zero), "zeros"),
                f.alias(f.count(f.col(column)), "n"),
            )
            .from_(f.table(f"crm.{facts.name}"))
            .group_by(f.coalesce(f.col(other.name), f.lit(""))),
        )
        zeros = sum(number(r["zeros"]) for r in found)
        always = [r for r in found if number(r["n"]) and number(r["zeros"]) >= 0.9 * number(r["n"])]
        rest = [r for r in found if r not in always]
        seen = sum(number(r["n"]) for r in found)
        left = sum(number(r["n"]) for r in rest)
        if (
            sum(number(r["zeros"]) for r in always) >= 0.9 * zeros
            and left >= 0.1 * seen
            and sum(number(r["zeros"]) for r in rest) <= 0.2 * left
        ):
            return True
    return False


def _date_heap(context: RuleContext, facts: TableFacts, column: ColumnFacts) -> Iterator[Found]:
    """The first of January that a form puts in: ten times more frequent than any other day."""
    days = [
        (v.date() if isinstance(v, datetime) else v, n)
        for v, n in _top(context, facts.name, column.name)
        if isinstance(v, date)
    ]
    if len(days) < 10:
        return
    (day, count), (_, following) = days[0], days[1]
    least = max(number(context.params["least"]), 0.05 * column.filled)
    if (day.month, day.day) == (1, 1) and count >= least and count >= 10 * following:
        yield "heap", day
