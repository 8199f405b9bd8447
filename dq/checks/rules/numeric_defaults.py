"""Numbers that stand for "not known" in a column, found from the column's own values (C104).

Zero in a budget column whose other values begin at thousands, 1 in the amounts of a house
that sells nothing so cheap, 999 among numbers of staff up to 160.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext
from dq.checks.rules.helpers import number, rows
from dq.sql import portable as f
from dq.text.empties import defaults

__all__ = ["NumericDefault", "numeric_defaults"]

_ZERO_IS_VALUE = re.compile(
    r"paid|discount|tax|fee|bonus|refund|debt|vat|cost|margin|profit|spen[dt]|оплач|сплач|скидк"
    r"|налог|ндс|комисс|бонус|возврат|долг|себесто|прибыл|расход|знижк|подат|пдв|борг|собіварт"
    r"|прибут|витрат",
    re.IGNORECASE,
)
_TOKENS = (Decimal("0.01"), Decimal(1))
"""Amounts that are typed only so that a form can be saved."""

_LEAST = 5
_ZERO_SHARE = 0.05
_TOKEN_SHARE = 0.02
_TOKEN_LEAST = 10
_ZERO_FLOOR = 50.0
_TOKEN_FLOOR = 1000.0
_SPREAD = 100.0


@dataclass(frozen=True)
class NumericDefault:
    """A value that stands for nothing; `reason` is zero, token or nines."""

    value: Decimal
    reason: str


@dataclass(frozen=True)
class _Shape:
    """Counts of a column: filled, zeros, tokens, and where the other values lie."""

    filled: int
    zeros: int
    tokens: Mapping[Decimal, int]
    rest: int
    low: float
    median: float


def numeric_defaults(
    context: RuleContext, table: str, columns: Sequence[ColumnFacts]
) -> dict[str, list[NumericDefault]]:
    """By column: values that stand for nothing. One query for all columns of a table."""
    found: dict[str, list[NumericDefault]] = {}
    money = [c for c in columns if c.kind == "money" and c.filled]
    for column, shape in _shapes(context, table, money):
        values = list(_money_defaults(context, table, column, shape))
        if values:
            found[column.name] = values
    for column in columns:
        if column.kind == "number" and column.values and not column.canonical:
            values = list(_number_defaults(column))
            if values:
                found[column.name] = values
    return found


def _number_defaults(column: ColumnFacts) -> Iterator[NumericDefault]:
    for default in defaults(dict(column.values or ()), "number", column.header):
        if default.reason in ("zero", "nines"):
            yield NumericDefault(Decimal(default.value), default.reason)


def _money_defaults(
    context: RuleContext, table: str, column: ColumnFacts, shape: _Shape
) -> Iterator[NumericDefault]:
    if shape.rest < _LEAST or shape.low * _SPREAD < shape.median:
        return
    header = f"{column.name} {column.header or ''}"
    enough = shape.zeros >= max(_LEAST, _ZERO_SHARE * shape.filled)
    if enough and shape.low >= _ZERO_FLOOR and not _ZERO_IS_VALUE.search(header):
        if not _explained(context, table, column.name):
            yield NumericDefault(Decimal(0), "zero")
    for token, count in shape.tokens.items():
        if count >= max(_TOKEN_LEAST, _TOKEN_SHARE * shape.filled) and shape.low >= _TOKEN_FLOOR:
            yield NumericDefault(token, "token")


def _shapes(
    context: RuleContext, table: str, columns: Sequence[ColumnFacts]
) -> Iterator[tuple[ColumnFacts, _Shape]]:
    if not columns:
        return
    projections: list[exp.Expression] = []
    for i, column in enumerate(columns):
        cell = f.as_decimal(f.col(column.name))
        other = f.case((cell > f.lit(1), cell), default=f.null("decimal"))
        projections += [
            f.alias(f.count_if(cell.eq(f.lit(0))), f"z{i}"),
            *[f.alias(f.count_if(cell.eq(f.lit(t))), f"t{i}_{n}") for n, t in enumerate(_TOKENS)],
            f.alias(f.count(other), f"r{i}"),
            f.alias(f.quantile(other, f.lit(0.05)), f"l{i}"),
            f.alias(f.median(other), f"m{i}"),
        ]
    row = rows(context, exp.select(*projections).from_(f.table(f"crm.{table}")))[0]
    for i, column in enumerate(columns):
        yield (
            column,
            _Shape(
                filled=column.filled,
                zeros=number(row[f"z{i}"]),
                tokens={t: number(row[f"t{i}_{n}"]) for n, t in enumerate(_TOKENS)},
                rest=number(row[f"r{i}"]),
                low=float(str(row[f"l{i}"] or 0)),
                median=float(str(row[f"m{i}"] or 0)),
            ),
        )


def _explained(context: RuleContext, table: str, column: str) -> bool:
    """Whether the zeros are those of one status or kind, where zero is the value."""
    zero = f.as_decimal(f.col(column)).eq(f.lit(0))
    for other in context.tables[table].columns.values():
        if other.type not in ("text", "boolean") or not other.values or len(other.values) > 50:
            continue
        group = f.coalesce(f.as_text(f.col(other.name)), f.lit(""))
        found = rows(
            context,
            exp.select(f.alias(f.count_if(zero.copy()), "zeros"), f.alias(f.count(), "n"))
            .from_(f.table(f"crm.{table}"))
            .where(f.not_null(f.col(column)))
            .group_by(group),
        )
        counts = [(number(r["zeros"]), number(r["n"])) for r in found]
        zeros = sum(z for z, _ in counts)
        covered = sum(z for z, n in counts if z >= 0.95 * n)
        outside = sum(n for z, n in counts if z < 0.95 * n)
        if outside and covered >= 0.95 * zeros and zeros - covered <= 0.1 * outside:
            return True
    return False
