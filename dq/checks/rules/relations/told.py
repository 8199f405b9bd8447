"""Values of a group told apart: those that cover many records by name, the rest together.

Forty missing keys of one record each are one thing to do, not forty: a steward exports the
list again. A value that many records share is a thing of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rules.helpers import number, rows
from dq.sql import portable as f

__all__ = ["Told", "tell_apart"]

SHARE, LEAST = 0.2, 10
"""A value stands alone from this share of the records on, and these records."""

SHOWN = 3


@dataclass(frozen=True)
class Told:
    """`alone` are the values with groups of their own; `rest` counts the others' values."""

    alone: tuple[str, ...]
    rest: int
    shown: tuple[str, ...]

    def cause(self, value: exp.Expr, word: str) -> exp.Expr:
        """`word:value` for values that stand alone, `word_many` for the others."""
        named = f.concat(f.lit(f"{word}:"), value)
        if not self.rest:
            return named
        if not self.alone:
            return f.lit(f"{word}_many")
        return f.case((f.in_(value.copy(), self.alone), named), default=f.lit(f"{word}_many"))

    @property
    def args(self) -> dict[str, exp.Expr]:
        """Places of the sentence about the rest: {values} and {list}."""
        more = ", …" if self.rest > len(self.shown) else ""
        return {
            "arg_values": f.lit(str(self.rest)),
            "arg_list": f.lit(", ".join(self.shown) + more),
        }


def tell_apart(context: RuleContext, table: str, value: str, most: int = 0) -> Told:
    """Tell the values of a work table's column apart.

    `most`: all values stand alone where there are at most so many of them.
    """
    counted = (
        exp.select(f.alias(f.col(value), "v"), f.alias(f.count(), "n"))
        .from_(f.table(table))
        .where(f.not_null(f.col(value)))
        .group_by(f.col(value))
    )
    whole = rows(
        context,
        exp.select(f.alias(f.count(), "values"), f.alias(f.sum(f.col("n")), "records")).from_(
            counted.subquery("c")
        ),
    )[0]
    values, records = number(whole["values"]), number(whole["records"])
    order = [exp.column("n", quoted=True).desc(), exp.column("v", quoted=True)]
    top = rows(context, counted.order_by(*order).limit(max(most, 10)))
    if values <= max(most, 1):
        return Told(tuple(str(r["v"]) for r in top), 0, ())
    alone = [
        str(r["v"]) for r in top if number(r["n"]) >= LEAST and number(r["n"]) >= SHARE * records
    ]
    others = [str(r["v"]) for r in top if str(r["v"]) not in alone]
    if values - len(alone) <= 1:
        return Told((*alone, *others), 0, ())
    return Told(tuple(alone), values - len(alone), tuple(others[:SHOWN]))
