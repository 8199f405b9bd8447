"""A predicate made ready: terms expanded, constants computed, brackets gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sqlglot import exp

from dq.errors import DqError
from dq.sql.function import is_literal, literal
from dq.sql.row import compile_value

__all__ = ["Expand", "prepared"]

Expand = Callable[[exp.Anonymous], exp.Expr | None]
"""Gives the condition that a call of IS_TERM stands for, or None to leave it open."""

_DEEPEST = 20
_COMPUTED = (exp.Binary, exp.Neg, exp.Not, exp.Between, exp.In, exp.Case, exp.Coalesce, exp.Nullif)
_VARYING = (exp.Column, exp.Placeholder, exp.Query)


def prepared(plan: exp.Expr, expand: Expand | None = None) -> exp.Expr:
    """A copy of the plan, ready to be encoded."""
    return _computed(_expanded(plan.copy(), expand, _DEEPEST))


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
