"""A106: an amount or a duration far from the others of its group.

Two zeros too many, hryvnias entered as dollars, milliseconds as seconds: one such value moves
an average, and often a total, more than all the others together.

Method: robust z (median and median absolute deviation × 1.4826), within the product, kind or
currency where that is known, over at least 30 values, zeros and values that stand for nothing
left out. In a group that spans more than × 10 (5th to 95th per cent) logarithms are compared,
each side by its own spread where that is the wider (small amounts have a long tail), and the
value must lie × 3 beyond that span. In a narrower group it must be far off on both scales. The
limit is 3.5 and grows with the number of values, so that a normal spread alone gives hardly a
finding; over many groups it is higher where a group is small and its spread uncertain.
Durations are only judged for being too long. Where all values agree there is nothing to
measure by. A deal whose invoices come to its amount and have been paid is simply a large one,
with all that hangs on it; what is expected of a deal is not judged beside its amount.

Example: forty deals of 10,000 to 14,000 and one of 1,260,000.
Repair: compare with the contract or the invoice; correct the amount, its unit or currency.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext, TableFacts
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.accuracy.confirmed import unconfirmed
from dq.checks.rules.completeness.c104_hidden_null import RULE as HIDDEN_NULL
from dq.checks.rules.completeness.heaps import heaps
from dq.checks.rules.helpers import SYSTEM, number, rows
from dq.checks.rules.values import nothing_found, work_name
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

GROUPS: Mapping[str, tuple[str, ...]] = {
    "deals": ("kind", "currency"),
    "deal_lines": ("product_id",),
    "products": ("kind",),
    "activities": ("kind",),
    "invoices": ("currency",),
    "payments": ("currency",),
    "expenses": ("category", "currency"),
    "campaigns": ("kind",),
    "tickets": ("kind",),
}
"""Columns within whose values amounts are compared; the last one alone where groups are small."""

_STAFF = re.compile(r"employee|headcount|staff|сотрудник|штат|працівник|співробітник", re.I)
_MAD = 1.4826
_WIDE = 10.0
_BEYOND = 3.0
_FEW = 3
_HEAVY = 0.01
_MIXED = 1 / 30
_FAR = 30.0
_MOVES = 10.0
_LIMITS = ((5_000, 3.5), (50_000, 4.1), (500_000, 4.6), (5_000_000, 5.0))
"""Values in a column and their limit: about two findings by chance among that many."""
_LAST_LIMIT = 5.5
_MANY_GROUPS = 10


@dataclass(frozen=True)
class _Judged:
    """A column with the query of its values: id, system columns, x and g (the group)."""

    column: ColumnFacts
    values: exp.Select
    name: str


@dataclass(frozen=True)
class _Told:
    """Groups of at least 30 values, those of them with a spread, and the values in these."""

    big: int = 0
    measured: int = 0
    count: int = 0

    def limit(self) -> exp.Expression:
        """The robust z beyond which a value is far off, by the group's size."""
        limit = next((value for size, value in _LIMITS if self.count <= size), _LAST_LIMIT)
        if self.measured < _MANY_GROUPS:
            return f.lit(limit)
        doubt = f.div0(f.lit(2.0), f.sqrt(f.as_double(f.col("n", "d"))))
        return (doubt + f.lit(1.0)) * f.lit(limit)


def checks(context: RuleContext) -> Iterator[CheckLike]:
    for name in sorted(context.tables):
        facts = context.tables[name]
        columns = [c for c in facts.columns.values() if _is_measure(context, facts, c)]
        if not columns:
            yield Skip(name, "needs.money")
            continue
        for column in columns:
            if not column.filled:
                none = exp.select(f.alias(f.lit(0), "n"))
                yield Query(name, nothing_found(), none, column.name)
                continue
            yield from _column(context, name, column, _nothing(context, facts, column))


def _nothing(context: RuleContext, facts: TableFacts, column: ColumnFacts) -> list[object]:
    """The values that stand for "unknown" in a column, as C104 finds them."""
    as_there = replace(context, params=HIDDEN_NULL.params)
    return [value for _, value in heaps(as_there, facts, column)]


def _is_measure(context: RuleContext, facts: TableFacts, column: ColumnFacts) -> bool:
    if column.header is None or column.type not in ("decimal", "integer"):
        return False
    if (facts.name, column.name) == ("deals", "expected_amount"):
        return not context.filled("deals", "amount")
    if facts.name == "deal_lines" and column.name == "total":
        prices = context.filled("deal_lines", "unit_price")
        return not prices and not _lines_are_deals(context)
    if column.kind in ("money", "duration"):
        return True
    return column.kind == "number" and not column.canonical and bool(_STAFF.search(column.name))


def _lines_are_deals(context: RuleContext) -> bool:
    """Whether deals and lines are the same rows of one source: the amount is judged once."""
    tables = context.tables
    if not context.filled("deals", "amount"):
        return False
    return set(tables["deals"].sources) == set(tables["deal_lines"].sources)


def _column(
    context: RuleContext, table: str, column: ColumnFacts, without: list[object]
) -> Iterator[CheckLike]:
    name = work_name("a106", table, column.name)
    judged, told = None, _Told()
    for keys in _groupings(context, table, column):
        judged = _Judged(column, _values(context, table, column, keys, without), name)
        context.engine.create(f"work.{name}", _stats(judged))
        context.engine.create(f"work.{name}_spread", _spread(judged))
        told = _told(context, judged)
        if told.big:
            break
    if judged is None or not told.measured:
        reason = "rule.A106.no_spread" if told.big else "rule.A106.too_few"
        place = f"{table}.{column.header or column.name}"
        yield Skip(table, reason, {"columns": place, "least": "30"})
        return
    evidence = exp.select(f.alias(f.lit(told.count), "n"))
    yield Query(table, unconfirmed(context, table, _outliers(judged, told)), evidence, column.name)


def _groupings(context: RuleContext, table: str, column: ColumnFacts) -> Iterator[tuple[str, ...]]:
    """Group columns to try, the finest first; the coarser only where all groups are small."""
    wanted = [k for k in GROUPS.get(table, ()) if context.filled(table, k)]
    if column.kind != "money":
        wanted = [k for k in wanted if k != "currency"]
    sold = all(context.filled("deal_lines", c) for c in ("deal_id", "product_id"))
    if sold and table == "deals" and column.name == "amount":
        wanted.insert(0, "product")
    yield tuple(wanted)
    if wanted:
        yield tuple(k for k in wanted if k == "currency")


def _values(
    context: RuleContext,
    table: str,
    column: ColumnFacts,
    keys: tuple[str, ...],
    without: list[object],
) -> exp.Select:
    cell = f.col(column.name, "t")
    own = [f.coalesce(f.as_text(f.col(k, "t")), f.lit("")) for k in keys if k != "product"]
    parts: list[exp.Expression] = own
    if "product" in keys:
        parts = [f.coalesce(f.col("product", "p"), f.lit("")), *own]
    group = f.concat_ws(f.lit(" · "), *parts) if parts else f.lit("")
    query = exp.select(
        *[f.alias(f.col(n, "t"), n) for n in ("id", *SYSTEM)],
        f.alias(f.as_double(cell), "x"),
        f.alias(f.as_text(cell), "value"),
        f.alias(group, "g"),
    ).from_(f.table(f"crm.{table}", "t"))
    if "product" in keys:
        query = query.join(
            _product_of_deals().subquery("p"),
            on=f.col("id", "t").eq(f.col("deal", "p")),
            join_type="left",
        )
    wanted: list[exp.Expr] = [cell > f.lit(0)]
    if without:
        wanted.append(f.not_(f.in_(f.as_decimal(cell), without)))
    return query.where(f.all_of(*wanted))


def _product_of_deals() -> exp.Select:
    """The product of each deal that has just one."""
    one = f.count_distinct(f.col("product_id")).eq(f.lit(1))
    return (
        exp.select(
            f.alias(f.col("deal_id"), "deal"),
            f.alias(f.case((one, f.min(f.col("product_id"))), default=f.lit("")), "product"),
        )
        .from_(f.table("crm.deal_lines"))
        .where(f.not_null(f.col("deal_id")))
        .group_by(f.col("deal_id"))
    )


def _stats(judged: _Judged) -> exp.Select:
    """Of each group: n, medians on both scales, and the 5th and 95th per cent."""
    x = f.col("x")
    return (
        exp.select(
            f.col("g"),
            f.alias(f.count(), "n"),
            f.alias(f.median(x), "middle"),
            f.alias(f.median(f.ln(x)), "log_middle"),
            f.alias(f.quantile(x, f.lit(0.05)), "low"),
            f.alias(f.quantile(x, f.lit(0.95)), "high"),
        )
        .from_(judged.values.copy().subquery("s"))
        .group_by(f.col("g"))
    )


def _spread(judged: _Judged) -> exp.Select:
    """Of each group of at least 30 with a spread: what `_stats` says, and the deviations."""
    x, log = f.col("x", "s"), f.ln(f.col("x", "s"))
    stats = ("n", "middle", "log_middle", "low", "high")
    away = log - f.col("log_middle", "m")
    below, above = away < f.lit(0), away > f.lit(0)
    return (
        exp.select(
            f.alias(f.col("g", "s"), "g"),
            *[f.alias(f.max(f.col(c, "m")), c) for c in stats],
            f.alias(f.median(f.abs(x - f.col("middle", "m"))), "mad"),
            f.alias(f.median(f.abs(away)), "log_mad"),
            f.alias(f.median(f.case((below, f.abs(away)))), "log_below"),
            f.alias(f.median(f.case((above, f.abs(away)))), "log_above"),
        )
        .from_(judged.values.copy().subquery("s"))
        .join(f.table(f"work.{judged.name}", "m"), on=f.col("g", "s").eq(f.col("g", "m")))
        .where(f.col("n", "m") >= f.lit(30))
        .group_by(f.col("g", "s"))
    )


def _told(context: RuleContext, judged: _Judged) -> _Told:
    spread = f.col("mad") > f.lit(0)
    row = rows(
        context,
        exp.select(
            f.alias(f.count(), "big"),
            f.alias(f.count_if(spread), "measured"),
            f.alias(f.sum(f.case((spread, f.col("n")), default=f.lit(0))), "count"),
        ).from_(f.table(f"work.{judged.name}_spread")),
    )[0]
    return _Told(number(row["big"]), number(row["measured"]), number(row["count"]))


def _scored(judged: _Judged, told: _Told) -> exp.Select:
    """Values beyond their group's limit: id, system columns, value, x, g, middle, n, ratio."""
    deviation = f.div0(f.col("x", "s") - f.col("middle", "d"), f.col("mad", "d") * f.lit(_MAD))
    away = f.ln(f.col("x", "s")) - f.col("log_middle", "d")
    side = f.case((away < f.lit(0), f.col("log_below", "d")), default=f.col("log_above", "d"))
    mad = f.col("log_mad", "d")
    log = f.div0(away, f.greatest(mad, f.coalesce(side, mad.copy())) * f.lit(_MAD))
    wide = f.col("high", "d") > f.col("low", "d") * f.lit(_WIDE)
    near = f.least(f.abs(deviation), f.abs(log))
    beyond = f.any_of(
        f.col("x", "s") > f.col("high", "d") * f.lit(_BEYOND),
        f.col("x", "s") * f.lit(_BEYOND) < f.col("low", "d"),
    )
    z = f.case((f.all_of(wide, beyond), f.abs(log)), (wide.copy(), f.lit(0.0)), default=near)
    kept = ("id", *SYSTEM, "value", "g")
    wanted = [f.col("mad", "d") > f.lit(0), z > told.limit()]
    if judged.column.kind == "duration":
        wanted.append(f.col("x", "s") > f.col("middle", "d"))
    return (
        exp.select(
            *[f.alias(f.col(c, "s"), c) for c in kept],
            f.alias(f.col("x", "s"), "x"),
            f.alias(f.col("middle", "d"), "middle"),
            f.alias(f.col("n", "d"), "n"),
            f.alias(f.div0(f.col("x", "s"), f.col("middle", "d")), "ratio"),
        )
        .from_(judged.values.copy().subquery("s"))
        .join(f.table(f"work.{judged.name}_spread", "d"), on=f.col("g", "s").eq(f.col("g", "d")))
        .where(f.all_of(*wanted))
    )


def _outliers(judged: _Judged, told: _Told) -> exp.Select:
    """Findings; where many of a group lie far off, that is the shape of its spread.

    Up to three always count. Beyond one in a hundred only what is 30 times off does, beyond
    one in thirty nothing: then two kinds of business share the group.
    """
    far = exp.select("*", f.alias(f.count_over(partition=[f.col("g")]), "together")).from_(
        _scored(judged, told).subquery("z")
    )
    high = f.col("ratio") > f.lit(1)
    factor = f.case((high, f.col("ratio")), default=f.div0(f.lit(1), f.col("ratio")))
    share = f.div0(f.col("together"), f.col("n"))
    counted = judged.column.canonical and judged.column.kind == "money"
    severity = f.case(
        (f.all_of(f.lit(counted), factor >= f.lit(_MOVES)), f.lit(Severity.ERROR.value)),
        default=f.lit(Severity.WARNING.value),
    )
    return (
        exp.select(
            f.alias(f.col("id"), "key"),
            *[f.col(c) for c in SYSTEM],
            f.col("value"),
            f.alias(f.case((high.copy(), f.lit("high")), default=f.lit("low")), "cause"),
            f.alias(severity, "severity"),
            f.alias(f.as_text(f.as_decimal(f.col("middle"))), "arg_usual"),
            f.alias(f.as_text(f.round(f.as_decimal(factor), 1)), "arg_times"),
            f.alias(f.col("g"), "arg_group"),
        )
        .from_(far.subquery("f"))
        .where(
            f.any_of(
                f.col("together") <= f.lit(_FEW),
                share <= f.lit(_HEAVY),
                f.all_of(share.copy() <= f.lit(_MIXED), factor.copy() >= f.lit(_FAR)),
            )
        )
    )


RULE = Rule(
    code="A106",
    slug="outlier",
    family="A",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks,
    needs=("a column of money or duration",),
    doc=__doc__ or "",
)
