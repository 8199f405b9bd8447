"""Aggregates of a measure, limited to the rows that its definition counts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from dq.sql import portable as f
from dq.sql.allowed import is_aggregate

__all__ = ["aggregates", "limited", "merged"]


def aggregates(plan: exp.Expr) -> list[exp.Expr]:
    """The aggregate functions of an expression, outermost, in order (not in sub-queries)."""
    found: list[exp.Expr] = []
    for node in plan.walk(prune=lambda n: isinstance(n, exp.Query) or is_aggregate(n)):
        if is_aggregate(node):
            found.append(node)
    return found


def limited(plan: exp.Expr, counts: exp.Expr | None) -> exp.Expr:
    """A copy of `plan` whose aggregates see only rows for which `counts` is TRUE."""
    if counts is None:
        return plan.copy()
    return merged([(plan, counts)])


def merged(parts: Sequence[tuple[exp.Expr, exp.Expr]]) -> exp.Expr:
    """Expressions of one shape, each for its own rows, as one expression.

    Shape: all but the aggregates' arguments; see `same_shape`.
    """
    made = parts[0][0].copy()
    if is_aggregate(made):
        return _limited_one(made, [(plan, counts) for plan, counts in parts])
    others = [aggregates(plan) for plan, _ in parts]
    for place, node in enumerate(aggregates(made)):
        branches = [
            (found[place], counts) for found, (_, counts) in zip(others, parts, strict=True)
        ]
        node.replace(_limited_one(node, branches))
    return made


def same_shape(one: exp.Expr, other: exp.Expr) -> bool:
    """Whether two expressions differ in the arguments of their aggregates at most."""
    return _shape(one) == _shape(other)


def _shape(plan: exp.Expr) -> str:
    copy = exp.Paren(this=plan.copy())
    for node in aggregates(copy):
        name = str(node.this) if isinstance(node, exp.Anonymous) else node.key
        distinct = isinstance(node.this, exp.Distinct)
        node.replace(exp.to_identifier(f"{name}_{distinct}".lower()))
    return copy.sql()


def _limited_one(node: exp.Expr, branches: Sequence[tuple[exp.Expr, exp.Expr]]) -> exp.Expr:
    """One aggregate over a CASE of the branches' arguments."""
    chosen = [(counts.copy(), _argument(found)) for found, counts in branches]
    value = f.case(*chosen)
    made = node.copy()
    if isinstance(made, exp.Anonymous):
        made.set("expressions", [value, *made.expressions[1:]])
    elif isinstance(made.this, exp.Distinct):
        made.set("this", exp.Distinct(expressions=[value]))
    else:
        made.set("this", value)
    return made


def _argument(node: exp.Expr) -> exp.Expr:
    """What an aggregate is over; 1 for COUNT(*)."""
    if isinstance(node, exp.Anonymous):
        argument: exp.Expr = node.expressions[0].copy()
        return argument
    inner = node.this
    if isinstance(inner, exp.Distinct):
        first: exp.Expr = inner.expressions[0].copy()
        return first
    if isinstance(inner, exp.Star):
        return f.lit(1)
    copy: exp.Expr = inner.copy()
    return copy
