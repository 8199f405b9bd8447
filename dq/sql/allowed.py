"""The allow-list: which nodes of a sqlglot tree a plan may hold, and with which parts."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.errors import PortabilityError
from dq.sql.function import Function, Kind, function_named, is_literal, value_of

__all__ = ["check_portable", "is_aggregate", "refusals"]

_BINARY = frozenset({"this", "expression"})
_THIS = frozenset({"this"})
_SET = frozenset({"with_", "this", "expression", "distinct", "order", "limit", "offset"})

_PARTS: dict[type[exp.Expr], frozenset[str]] = {
    exp.Select: frozenset(
        {"with_", "expressions", "distinct", "from_", "joins", "where", "group", "having"}
        | {"order", "limit", "offset"}
    ),
    exp.Union: _SET,
    exp.Except: _SET,
    exp.Intersect: _SET,
    exp.With: frozenset({"expressions"}),
    exp.CTE: frozenset({"this", "alias"}),
    exp.Subquery: frozenset({"this", "alias"}),
    exp.From: _THIS,
    exp.Join: frozenset({"this", "on", "side", "kind", "using"}),
    exp.Where: _THIS,
    exp.Group: frozenset({"expressions"}),
    exp.Having: _THIS,
    exp.Order: frozenset({"expressions"}),
    exp.Ordered: frozenset({"this", "desc", "nulls_first"}),
    exp.Limit: frozenset({"expression"}),
    exp.Offset: frozenset({"expression"}),
    exp.Distinct: frozenset({"expressions"}),
    exp.Values: frozenset({"expressions", "alias"}),
    exp.Tuple: frozenset({"expressions"}),
    exp.Table: frozenset({"this", "db", "alias"}),
    exp.TableAlias: frozenset({"this", "columns"}),
    exp.Column: frozenset({"this", "table"}),
    exp.Identifier: frozenset({"this", "quoted"}),
    exp.Alias: frozenset({"this", "alias"}),
    exp.Star: frozenset(),
    exp.Literal: frozenset({"this", "is_string"}),
    exp.Boolean: _THIS,
    exp.Null: frozenset(),
    exp.Cast: frozenset({"this", "to"}),
    exp.DateStrToDate: _THIS,
    exp.TimeStrToTime: _THIS,
    exp.DataType: frozenset({"this", "expressions", "nested"}),
    exp.DataTypeParam: _THIS,
    exp.Placeholder: _THIS,
    exp.Case: frozenset({"ifs", "default"}),
    exp.If: frozenset({"this", "true"}),
    exp.Coalesce: frozenset({"this", "expressions"}),
    exp.Nullif: _BINARY,
    exp.And: _BINARY,
    exp.Or: _BINARY,
    exp.Not: _THIS,
    exp.Paren: _THIS,
    exp.EQ: _BINARY,
    exp.NEQ: _BINARY,
    exp.GT: _BINARY,
    exp.GTE: _BINARY,
    exp.LT: _BINARY,
    exp.LTE: _BINARY,
    exp.NullSafeEQ: _BINARY,
    exp.NullSafeNEQ: _BINARY,
    exp.Is: _BINARY,
    exp.In: frozenset({"this", "expressions", "query"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.Exists: _THIS,
    exp.Neg: _THIS,
    exp.Add: _BINARY,
    exp.Sub: _BINARY,
    exp.Mul: _BINARY,
    exp.Window: frozenset({"this", "partition_by", "order", "over"}),
    exp.RowNumber: frozenset(),
    exp.Rank: frozenset(),
    exp.DenseRank: frozenset(),
    exp.Lag: _THIS,
    exp.Lead: _THIS,
    exp.Count: frozenset({"this", "big_int"}),
    exp.Sum: _THIS,
    exp.Min: _THIS,
    exp.Max: _THIS,
    exp.Anonymous: frozenset({"this", "expressions"}),
}

_AGGREGATES = (exp.Count, exp.Sum, exp.Min, exp.Max)
_RANKED = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead)
_TYPES = frozenset(
    {exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR, exp.DataType.Type.BIGINT}
    | {exp.DataType.Type.INT, exp.DataType.Type.DOUBLE, exp.DataType.Type.DECIMAL}
    | {exp.DataType.Type.DATE, exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ}
    | {exp.DataType.Type.BOOLEAN}
)
_JOINS = frozenset(
    {("", ""), ("", "INNER"), ("LEFT", ""), ("RIGHT", ""), ("FULL", ""), ("", "CROSS")}
    | {("", "SEMI"), ("", "ANTI"), ("LEFT", "OUTER"), ("LEFT", "SEMI"), ("LEFT", "ANTI")}
)
_INSTEAD = {
    exp.Div: "div0",
    exp.IntDiv: "floor of div0",
    exp.Mod: "mod",
    exp.DPipe: "concat",
    exp.Like: "starts_with, contains or search",
    exp.RegexpLike: "search",
    exp.Avg: "sum and count",
    exp.Filter: "count_if or sum of case",
    exp.TryCast: "to_decimal, to_integer, to_date and their like",
}


def is_aggregate(node: exp.Expr) -> bool:
    """Whether a node of a portable plan makes one value of many rows."""
    if isinstance(node, exp.Anonymous):
        function = function_named(str(node.this).lower())
        return function is not None and function.kind is Kind.AGGREGATE
    return isinstance(node, _AGGREGATES)


def check_portable(plan: exp.Expr) -> None:
    """Refuse a plan that holds anything but the portable functions and plain SQL.

    Raises:
        PortabilityError: names the function or construct.
    """
    for _, error in refusals(plan):
        raise error


def refusals(plan: exp.Expr) -> Iterator[tuple[exp.Expr, PortabilityError]]:
    """The nodes that are not portable, each with its error, outermost first."""
    for node in plan.walk():
        try:
            _check(node)
        except PortabilityError as error:
            yield node, error


def _check(node: exp.Expr) -> None:
    parts = _PARTS.get(type(node))
    if parts is None:
        raise _refused(node)
    for part, value in node.args.items():
        if value and part not in parts:
            raise _unknown(f"{_name(node)} with {part.strip('_').upper()}")
    _check_special(node)


def _check_special(node: exp.Expr) -> None:
    if isinstance(node, exp.Anonymous):
        _function(node).validate(node)
    elif isinstance(node, exp.Is):
        if not isinstance(node.expression, exp.Null | exp.Boolean):
            raise PortabilityError(
                "IS asks for NULL, TRUE or FALSE only.", fix="Write = to compare with a value."
            )
    elif isinstance(node, exp.Join):
        if (node.side.upper(), node.kind.upper()) not in _JOINS:
            raise _unknown(f"{node.side} {node.kind} JOIN".strip())
    elif isinstance(node, exp.Cast):
        _check_cast(node)
    elif isinstance(node, exp.Window):
        _check_window(node)
    elif isinstance(node, exp.Select):
        if any(isinstance(column.unalias(), exp.Null) for column in node.expressions):
            raise _unknown("A column of NULL without a type", "CAST(NULL AS TEXT) and its like")
    elif isinstance(node, _RANKED) and not isinstance(node.parent, exp.Window):
        raise _unknown(f"{_name(node)} without OVER")
    elif isinstance(node, exp.Star):
        of_table = isinstance(node.parent, exp.Column)
        place = node.parent.parent if of_table and node.parent else node.parent
        if not (isinstance(place, exp.Select) or (isinstance(place, exp.Count) and not of_table)):
            raise _unknown("* as a value")
    elif isinstance(node, exp.Placeholder):
        if not node.name.isidentifier():
            raise _unknown("A parameter without a name", "named parameters such as :as_of")
    elif isinstance(node, exp.Column) and not isinstance(node.this, exp.Identifier | exp.Star):
        raise _refused(node.this)


def _check_cast(node: exp.Cast) -> None:
    """Only a text that spells a value, or NULL, takes a type by CAST."""
    if not is_literal(node) or node.to.this not in _TYPES:
        raise _unknown(f"CAST to {node.to.sql()}", "as_text, as_double and their like")
    try:
        value_of(node)
    except (ValueError, ArithmeticError, KeyError):
        raise PortabilityError(
            "{text} is not of type {type}.",
            fix="Correct it, such as DATE '2026-01-31'.",
            text=node.this.sql(),
            type=node.to.sql(),
        ) from None


def _check_window(node: exp.Window) -> None:
    function = node.this
    if isinstance(function, _RANKED) and not node.args.get("order"):
        raise _unknown(f"{_name(function)} without ORDER BY")
    if not isinstance(function, _RANKED + _AGGREGATES):
        raise _unknown(f"{_name(function)} OVER")
    if isinstance(function.this, exp.Distinct):
        raise _unknown("COUNT(DISTINCT) OVER")


def _function(node: exp.Anonymous) -> Function:
    function = function_named(str(node.this).lower())
    if function is None:
        raise _unknown(str(node.this))
    if function.kind is Kind.AGGREGATE and isinstance(node.parent, exp.Window):
        raise _unknown(f"{function.name} OVER")
    return function


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Func) and not isinstance(node, exp.Anonymous):
        return str(node.sql_name())
    return str(node.this) if isinstance(node, exp.Anonymous) else node.key.upper()


def _refused(node: exp.Expr) -> PortabilityError:
    return _unknown(_name(node), _INSTEAD.get(type(node)))


def _unknown(what: str, instead: str | None = None) -> PortabilityError:
    return PortabilityError(
        "{what} does not mean the same on every engine and is not used in plans.",
        fix="Use {instead}." if instead else "Use the portable functions.",
        what=what,
        instead=instead,
    )
