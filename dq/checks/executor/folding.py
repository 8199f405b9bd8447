"""Causes of few records each, told together.

A cause is a word and often a value (`missing:A77`), and a cause is a group. Forty missing
keys of one record each are one thing to do, not forty: a steward exports the list again. A
value that many records share stays a group of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from dq.checks.executor.annotate import WHOLE
from dq.checks.rule import Rule
from dq.engines.base import Engine
from dq.findings import findings_schema
from dq.sql import portable as f

__all__ = ["MANY", "fold"]

MANY = "_many"
"""What a folded cause has after its word in place of a value."""

SHARE, LEAST = 0.5, 10
"""A value stands alone from this share of the records on, and these records."""

_FAMILY = ("code", "table", "column", "word")
_PLACE = ("code", "table", "column", "cause")


def fold(engine: Engine, rules: Iterable[Rule]) -> None:
    """Make `work.findings` of WHOLE: small causes that are too many get their common cause."""
    limits = {(rule.code, word): most for rule in rules for word, most in rule.folds.items()}
    if not limits or not _any_small(engine, limits):
        engine.view("work.findings", exp.select("*").from_(f.table(WHOLE)))
        return
    names = [*findings_schema().names, "won"]
    same = [
        f.coalesce(f.col(n, "w"), f.lit("")).eq(f.coalesce(f.col(n, "c"), f.lit("")))
        for n in _PLACE
    ]
    cause = f.coalesce(f.concat(f.col("word", "c"), f.lit(MANY)), f.col("cause", "w"))
    folded = (
        exp.select(*[f.alias(cause if n == "cause" else f.col(n, "w"), n) for n in names])
        .from_(f.table(WHOLE, "w"))
        .join(f.table("work.causes", "c"), on=f.all_of(*same), join_type="left")
    )
    engine.create("work.findings", folded)


def _any_small(engine: Engine, limits: dict[tuple[str, str], int]) -> bool:
    engine.create("work.causes", _small(limits))
    counted = exp.select(f.alias(f.count(), "n")).from_(f.table("work.causes"))
    return bool(engine.query(counted).to_pylist()[0]["n"])


def _small(limits: dict[tuple[str, str], int]) -> exp.Select:
    """The causes to fold: those of few records in families of more values than allowed."""
    word = f.split_part(f.col("cause"), f.lit(":"), f.lit(1))
    limit = f.case(
        *[
            (f.all_of(f.col("code").eq(f.lit(code)), f.col("word").eq(f.lit(name))), f.lit(most))
            for (code, name), most in limits.items()
        ]
    )
    codes = sorted({code for code, _ in limits})
    counted = (
        exp.select(*[f.col(n) for n in _PLACE], f.alias(f.count(), "n"))
        .from_(f.table(WHOLE))
        .where(f.all_of(f.in_(f.col("code"), codes), f.contains(f.col("cause"), f.lit(":"))))
        .group_by(*[f.col(n) for n in _PLACE])
    )
    worded = exp.select("*", f.alias(word, "word")).from_(counted.subquery("n"))
    family = [f.col(n) for n in _FAMILY]
    weighed = exp.select(
        "*",
        f.alias(limit, "most"),
        f.alias(f.count_over(partition=family), "causes"),
        f.alias(f.sum_over(f.col("n"), partition=[c.copy() for c in family]), "records"),
    ).from_(worded.subquery("w"))
    alone = f.all_of(
        f.col("most") > f.lit(0),
        f.col("n") >= f.lit(LEAST),
        f.as_double(f.col("n")) >= f.lit(SHARE) * f.as_double(f.col("records")),
    )
    small = (
        exp.select("*", f.alias(f.count_over(partition=[c.copy() for c in family]), "others"))
        .from_(weighed.subquery("k"))
        .where(f.all_of(f.col("causes") > f.col("most"), f.not_(alone)))
    )
    return (
        exp.select(*[f.col(n) for n in _PLACE], f.col("word"))
        .from_(small.subquery("s"))
        .where(f.col("others") > f.lit(1))
    )
