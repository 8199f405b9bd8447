"""Marks from which on a value counts (F109): where they are set, and heaps just above them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import Query
from dq.checks.rules.fakes.work import is_call, priced
from dq.checks.rules.helpers import SYSTEM, count_query, number, rows
from dq.sql import portable as f

__all__ = ["LASTS", "above_mark", "marks"]

LASTS = re.compile("second|секунд|duration|длит|тривал|minute|минут|хвилин", re.I)
_MINUTES = re.compile("minute|минут|хвилин", re.I)
_FROM = re.compile("bonus|threshold|minim|бонус|преми|премі|порог|поріг|миним|мінім", re.I)
_COUNT = re.compile("count|number|колич|кількіст", re.I)
_MOST = 20


def marks(context: RuleContext, table: str, column: str) -> list[Decimal]:
    """Marks on a column, from the parameter `marks` and from terms of `plans`; at most 20."""
    if not context.filled(table, column):
        return []
    if not context.filled(table, "owner_id"):
        return []
    found: set[Decimal] = set()
    given = context.params["marks"]
    if isinstance(given, Mapping):
        own = given.get(f"{table}.{column}", ())
        for value in own if isinstance(own, list | tuple) else (own,):
            found |= _number(value)
    if context.filled("plans", "term") and context.filled("plans", "value"):
        query = exp.select(f.col("term"), f.col("value")).from_(f.table("crm.plans")).distinct()
        terms = query.order_by(exp.column("term", quoted=True), exp.column("value", quoted=True))
        for row in rows(context, terms.limit(1_000)):
            term = str(row["term"])
            if _COUNT.search(term):
                continue
            if table == "activities" and LASTS.search(term):
                unit = 60 if _MINUTES.search(term) else 1
                found |= {value * unit for value in _number(row["value"])}
            elif table == "deals" and _FROM.search(term):
                found |= _number(row["value"])
    return sorted(m for m in found if m > 0)[:_MOST]


def _number(value: object) -> set[Decimal]:
    try:
        return {Decimal(str(value))}
    except InvalidOperation:
        return set()


def above_mark(context: RuleContext, table: str, column: str, mark: Decimal) -> Query:
    """Values just above a mark, of owners who have a heap there and nearly nothing below."""
    params = context.params
    width = Decimal(str(params["width"]))
    x = f.as_decimal(f.col(column))
    judged = [x > f.as_decimal(f.lit(0)), f.not_null(f.col("owner_id"))]
    if table == "activities" and context.filled(table, "kind"):
        judged.append(is_call(f.col("kind")))
    if table == "deals":
        judged.append(f.not_(priced(context, x)))
    low, middle, high = (f.as_decimal(f.lit(mark * n)) for n in (1 - width, 1, 1 + width))
    above = f.case((f.between(x, middle, high), f.lit(1)), default=f.lit(0))
    below = f.case((f.all_of(x >= low, x < middle), f.lit(1)), default=f.lit(0))
    base = exp.select(
        *[f.col(c) for c in ("id", *SYSTEM)],
        f.alias(f.col("owner_id"), "who"),
        f.alias(x, "x"),
        f.alias(above, "above"),
        f.alias(below, "below"),
    ).from_(f.table(f"crm.{table}")).where(f.all_of(*judged))  # fmt: skip
    own = [f.col("who")]
    counted = exp.select(
        *[f.col(c) for c in ("id", *SYSTEM, "x", "above")],
        f.alias(f.count_over(own), "n"),
        f.alias(f.sum_over(f.col("above"), own), "a"),
        f.alias(f.sum_over(f.col("below"), own), "b"),
        f.alias(f.count_over(), "all_n"),
        f.alias(f.sum_over(f.col("above")), "all_a"),
    ).from_(base.subquery("b"))
    rest_n, rest_a = f.col("all_n") - f.col("n"), f.col("all_a") - f.col("a")
    rest = f.div0(exp.paren(rest_a) + f.lit(1), exp.paren(rest_n) + f.lit(2))
    share = f.div0(f.col("a"), f.col("n"))
    times = number(params["times"])
    heap = f.all_of(
        f.col("above").eq(f.lit(1)),
        f.col("n") >= f.lit(number(params["least_values"])),
        rest_n >= f.lit(number(params["least_rest"])),
        f.col("a") >= f.lit(number(params["least"])),
        f.col("a") >= (f.col("b") + f.lit(1)) * f.lit(times),
        share >= f.lit(float(str(params["share"]))),
        share.copy() >= rest * f.lit(float(times)),
    )
    sql = exp.select(
        f.alias(f.col("id"), "key"),
        *[f.col(c) for c in SYSTEM],
        f.alias(f.as_text(f.col("x")), "value"),
        f.alias(f.lit("above_mark"), "cause"),
        f.alias(f.lit(str(mark)), "arg_mark"),
    ).from_(counted.subquery("c")).where(heap)  # fmt: skip
    return Query(table, sql, count_query(f"crm.{table}", f.all_of(*judged)), column)
