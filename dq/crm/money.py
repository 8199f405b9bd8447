"""Amounts in the base currency, a row at a time.

The rate is the last one on or before the record's date and not older than a week; without
one the amount is not known in the base currency. Amounts without a currency are taken as
base currency, or as units of the file where there is none. Several currencies without a
declared base are never added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from dq.crm.lookups import Join, Lookups
from dq.sql import portable as f

__all__ = ["MONEY_COLUMN", "Money", "money_of"]

MONEY_COLUMN: Mapping[str, str] = {
    "deals": "amount",
    "deal_lines": "total",
    "invoices": "amount",
    "payments": "amount",
    "leads": "budget",
    "expenses": "amount",
    "campaigns": "cost",
    "plans": "value",
}
"""The column that is a record's own amount."""

MONEY_DATES: Mapping[str, tuple[str, ...]] = {
    "deals": ("closed_at", "created_at"),
    "invoices": ("issued_at",),
    "payments": ("paid_at",),
    "expenses": ("spent_at",),
}
"""The dates whose rate counts, the first that is there."""


@dataclass(frozen=True)
class Money:
    """How a table's amounts become amounts in the base currency.

    `joins` are on the alias `l`; the amount is NULL where the currency of the row is another
    than the base and no rate is known. `base` is the currency that all rows share (None: the
    rows name none), `several` that they name more than one and none is declared.
    """

    digits: int
    branches: tuple[tuple[exp.Expr, exp.Expr | None], ...]
    joins: tuple[Join, ...] = ()
    base: str | None = None
    several: bool = False

    def in_base(self, amount: exp.Expr) -> exp.Expr:
        """The amount in base currency, rounded half-even to its minor unit."""
        if not self.branches:
            return f.round_even(amount, self.digits)
        converted = f.case(
            *[
                (when, f.round_even(amount if rate is None else amount * rate, self.digits))
                for when, rate in self.branches
            ]
        )
        return converted


def money_of(
    lookups: Lookups, table: str, columns: Mapping[str, str], currency: str | None
) -> Money:
    """How to read a table's amounts; `currency` is the declared base."""
    if columns.get("currency") != "text" or table not in MONEY_DATES:
        return Money(_digits(currency), ())
    low, high = (currency, currency) if currency else _currencies(lookups, table)
    if low is None:
        return Money(_digits(None), ())
    if low != high:
        return Money(_digits(None), ((f.lit(False), None),), several=True)
    base = low
    own = f.upper(f.col("currency", "l"))
    same = f.any_of(f.is_null(f.col("currency", "l")), own.eq(f.lit(base.upper())))
    branches: list[tuple[exp.Expr, exp.Expr | None]] = [(same, None)]
    days = [f.as_timestamp(f.col(c, "l")) for c in MONEY_DATES[table] if c in columns]
    rates = lookups.rates() if days else None
    if rates is None:
        return Money(_digits(base), tuple(branches), base=base)
    day = f.date_of(days[0] if len(days) == 1 else f.coalesce(*days))
    place = f.concat(own, f.lit("|"), f.as_text(day))
    rate = f.col("rate", "r")
    branches.append((f.not_null(rate), rate))
    return Money(_digits(base), tuple(branches), (Join(rates, "r", place, "k"),), base)


def _digits(currency: str | None) -> int:
    """Digits of a currency's minor unit (2 where there is no currency)."""
    if currency is None:
        return 2
    from babel.numbers import get_currency_precision

    return min(int(get_currency_precision(currency.upper())), 4)


def _currencies(lookups: Lookups, table: str) -> tuple[str | None, str | None]:
    """The first and the last currency of the table's rows by name."""
    code = f.upper(f.col("currency"))
    row = lookups.engine.query(
        exp.select(f.alias(f.min(code), "low"), f.alias(f.max(code), "high")).from_(
            lookups.rows(table, ["currency"]).subquery("t")
        )
    ).to_pylist()[0]
    return row["low"], row["high"]
