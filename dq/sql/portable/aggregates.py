"""Aggregates and windows. What depends on the order of rows names that order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from dq.errors import PortabilityError
from dq.sql.function import Function, Kind, own

__all__ = [
    "all_true",
    "any_true",
    "count",
    "count_distinct",
    "count_if",
    "count_over",
    "join_distinct",
    "lag",
    "lead",
    "max",
    "max_over",
    "median",
    "min",
    "min_over",
    "quantile",
    "rank",
    "row_number",
    "sum",
    "sum_over",
]

any_true = Function(
    "any_true",
    "x",
    duckdb="bool_or({0})",
    kind=Kind.AGGREGATE,
    doc="Whether a condition is TRUE somewhere; NULL without values.",
)
all_true = Function(
    "all_true",
    "x",
    duckdb="bool_and({0})",
    kind=Kind.AGGREGATE,
    doc="Whether a condition is nowhere FALSE; NULL without values.",
)
median = Function(
    "median",
    "x",
    duckdb="quantile_cont(CAST({0} AS DOUBLE), 0.5)",
    spark="percentile(CAST({0} AS DOUBLE), 0.5)",
    kind=Kind.AGGREGATE,
    doc="The middle value, as a double; between two, their mean.",
)
quantile = Function(
    "quantile",
    "x SHARE",
    duckdb="quantile_cont(CAST({0} AS DOUBLE), {1})",
    spark="percentile(CAST({0} AS DOUBLE), {1})",
    kind=Kind.AGGREGATE,
    doc="The value below which a share of the values lies, interpolated, as a double.",
)
join_distinct = Function(
    "join_distinct",
    "x SEPARATOR",
    duckdb="string_agg(DISTINCT {0}, {1} ORDER BY {0})",
    spark="CASE WHEN count({0}) > 0 THEN array_join(sort_array(collect_set({0})), {1}) END",
    kind=Kind.AGGREGATE,
    doc="The distinct texts, sorted and joined; NULL without values.",
)


def count(x: exp.Expr | None = None) -> exp.Expression:
    """Number of rows, or of values that are not NULL."""
    return exp.Count(this=exp.Star() if x is None else own(x), big_int=True)


def count_distinct(x: exp.Expr) -> exp.Expression:
    """Number of distinct values, NULL left out."""
    return exp.Count(this=exp.Distinct(expressions=[own(x)]), big_int=True)


def count_if(condition: exp.Expr) -> exp.Expression:
    """Number of rows where the condition is TRUE."""
    chosen = exp.Case(ifs=[exp.If(this=own(condition), true=exp.Literal.number(1))])
    return exp.Count(this=chosen, big_int=True)


def sum(x: exp.Expr) -> exp.Expression:
    """Sum of the values; NULL without values. Exact for whole numbers and decimals only."""
    return exp.Sum(this=own(x))


def min(x: exp.Expr) -> exp.Expression:
    """The smallest value."""
    return exp.Min(this=own(x))


def max(x: exp.Expr) -> exp.Expression:
    """The largest value."""
    return exp.Max(this=own(x))


def row_number(
    partition: Sequence[exp.Expr] = (), order: Sequence[exp.Expr] = ()
) -> exp.Expression:
    """Place of the row in its partition, from 1; the order must leave no ties."""
    return _ordered(exp.RowNumber(), "row_number", partition, order)


def rank(partition: Sequence[exp.Expr] = (), order: Sequence[exp.Expr] = ()) -> exp.Expression:
    """Place of the row in its partition, ties sharing the first place."""
    return _ordered(exp.Rank(), "rank", partition, order)


def lag(
    x: exp.Expr, partition: Sequence[exp.Expr] = (), order: Sequence[exp.Expr] = ()
) -> exp.Expression:
    """Value of the row before; NULL for the first."""
    return _ordered(exp.Lag(this=own(x)), "lag", partition, order)


def lead(
    x: exp.Expr, partition: Sequence[exp.Expr] = (), order: Sequence[exp.Expr] = ()
) -> exp.Expression:
    """Value of the row after; NULL for the last."""
    return _ordered(exp.Lead(this=own(x)), "lead", partition, order)


def count_over(
    partition: Sequence[exp.Expr] = (),
    order: Sequence[exp.Expr] = (),
    x: exp.Expr | None = None,
) -> exp.Expression:
    """Count over the partition; with an order, up to this row and its ties."""
    return _window(count(x), partition, order)


def sum_over(
    x: exp.Expr, partition: Sequence[exp.Expr] = (), order: Sequence[exp.Expr] = ()
) -> exp.Expression:
    """Sum over the partition; with an order, up to this row and its ties."""
    return _window(sum(x), partition, order)


def min_over(
    x: exp.Expr, partition: Sequence[exp.Expr] = (), order: Sequence[exp.Expr] = ()
) -> exp.Expression:
    """Smallest value of the partition; with an order, up to this row and its ties."""
    return _window(min(x), partition, order)


def max_over(
    x: exp.Expr, partition: Sequence[exp.Expr] = (), order: Sequence[exp.Expr] = ()
) -> exp.Expression:
    """Largest value of the partition; with an order, up to this row and its ties."""
    return _window(max(x), partition, order)


def _ordered(
    function: exp.Expr, name: str, partition: Sequence[exp.Expr], order: Sequence[exp.Expr]
) -> exp.Expression:
    if not order:
        raise PortabilityError(
            "The window function {function} needs an order.", fix="Add ORDER BY.", function=name
        )
    return _window(function, partition, order)


def _window(
    function: exp.Expr, partition: Sequence[exp.Expr], order: Sequence[exp.Expr]
) -> exp.Window:
    items = [own(o) if isinstance(o, exp.Ordered) else _ascending(o) for o in order]
    return exp.Window(
        this=function,
        partition_by=[own(p) for p in partition],
        order=exp.Order(expressions=items) if items else None,
    )


def _ascending(x: exp.Expr) -> exp.Ordered:
    return exp.Ordered(this=own(x), desc=False, nulls_first=False)
