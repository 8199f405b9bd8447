"""A predicate made ready: terms expanded, constants computed, brackets gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sqlglot import exp

from dq.errors import DqError
from dq.sql.function import is_literal, literal, value_of
from dq.sql.portable import not_null
from dq.sql.row import compile_value

__all__ = ["Expand", "prepared"]

Expand = Callable[[exp.Anonymous], exp.Expr | None]
"""Gives the condition that a call of IS_TERM stands for, or None to leave it open."""

_DEEPEST = 20
_COMPUTED = (exp.Binary, exp.Neg, exp.Not, exp.Between, exp.In, exp.Case, exp.Coalesce, exp.Nullif)
_VARYING = (exp.Column, exp.Placeholder, exp.Query)


def prepared(plan: exp.Expr, expand: Expand | None = None) -> exp.Expr:
    """A copy of the plan, ready to be encoded."""
    return _computed(_expanded(plan.copy(), expand, _DEEPEST)).transform(_looked_up, copy=False)


def _expanded(node: exp.Expr, expand: Expand | None, depth: int) -> exp.Expr:
    def replaced(part: exp.Expr) -> exp.Expr:
        if expand is None or not isinstance(part, exp.Anonymous) or part.this != "IS_TERM":
            return part
        condition = expand(part) if depth else None
        if condition is None:
            return part
        inner = _expanded(condition.copy(), expand, depth - 1)
        return exp.Is(this=exp.Paren(this=inner), expression=exp.true())

    return node.transform(replaced, copy=False)


def _looked_up(node: exp.Expr) -> exp.Expr:
    """A number of rows compared with none, a largest or smallest value with a constant: EXISTS."""
    if node.key not in _TURNED:
        return node
    query, limit, key = node.this, node.expression, node.key
    if not isinstance(query, exp.Subquery):
        query, limit, key = limit, query, _TURNED[key]
    select = query.this if isinstance(query, exp.Subquery) else None
    if not isinstance(select, exp.Select) or not is_literal(limit) or value_of(limit) is None:
        return node
    if len(select.expressions) != 1 or any(select.args.get(p) for p in _CUT):
        return node
    shown = select.expressions[0].unalias()
    if isinstance(shown, exp.Count) and not isinstance(shown.this, exp.Distinct):
        some = _COUNTED.get((key, value_of(limit)))
        filled = None if isinstance(shown.this, exp.Star) else not_null(shown.this)
        found = _exists(select, filled)
        return node if some is None else found if some else exp.Not(this=found)
    if (type(shown), key) not in _REACHED:
        return node
    reached = _OPERATORS[key](this=shown.this.copy(), expression=limit.copy())
    known = exp.If(this=_exists(select, not_null(shown.this)), true=exp.false())
    return exp.Case(ifs=[exp.If(this=_exists(select, reached), true=exp.true()), known])


def _exists(select: exp.Select, condition: exp.Expr | None) -> exp.Exists:
    found = select.copy()
    found.set("expressions", [exp.Literal.number(1)])
    if condition is not None:
        where = found.args.get("where")
        both = exp.And(this=where.this, expression=condition) if where else condition
        found.set("where", exp.Where(this=both))
    return exp.Exists(this=found)


_CUT = ("group", "having", "limit", "offset")
_OPERATORS: dict[str, type[exp.Binary]] = {
    "gt": exp.GT, "gte": exp.GTE, "lt": exp.LT, "lte": exp.LTE, "eq": exp.EQ, "neq": exp.NEQ,
}  # fmt: skip
_TURNED = {"gt": "lt", "gte": "lte", "lt": "gt", "lte": "gte", "eq": "eq", "neq": "neq"}
_COUNTED: dict[tuple[str, object], bool] = {
    ("gt", 0): True, ("gte", 1): True, ("neq", 0): True,
    ("eq", 0): False, ("lt", 1): False, ("lte", 0): False,
}  # fmt: skip
_REACHED = {(exp.Max, "gt"), (exp.Max, "gte"), (exp.Min, "lt"), (exp.Min, "lte")}


def _computed(node: exp.Expr) -> exp.Expr:
    for key, value in list(node.args.items()):
        if isinstance(value, exp.Expr):
            node.set(key, _computed(value))
        elif isinstance(value, list):
            node.set(key, [_computed(v) if isinstance(v, exp.Expr) else v for v in value])
    if isinstance(node, exp.Paren | exp.Alias) and not is_literal(node):
        return cast("exp.Expr", node.this)
    if is_literal(node) or not isinstance(node, (*_COMPUTED, exp.Anonymous)):
        return node
    if node.find(*_VARYING) or any(
        n.this in ("IS_TERM", "STAGE") for n in node.find_all(exp.Anonymous)
    ):
        return node
    try:
        return literal(compile_value(node)({}))
    except (DqError, TypeError, ValueError, ArithmeticError):
        return node
