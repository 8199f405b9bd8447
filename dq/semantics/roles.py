"""What an expression is for: a condition is about one record, a measure about many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dq.semantics.written import Written

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["check_role"]


def check_role(plan: exp.Expr, written: Written, *, measure: bool) -> None:
    """Refuse aggregates and windows where they have no meaning, and a measure without one.

    Sub-queries are queries of their own: they may aggregate, but not in their conditions.

    Raises:
        ConfigError: at the function.
    """
    from sqlglot import exp

    from dq.sql.allowed import is_aggregate

    aggregated = False
    for node in plan.dfs():
        if not (isinstance(node, exp.Window) or is_aggregate(node)):
            continue
        around = _around(node)
        if isinstance(node, exp.Window) and not isinstance(around, exp.Query):
            raise written.error(
                "{function} OVER looks at other records, a definition does not.",
                fix="Leave OVER (…) out.",
                node=node.this,
                function=_name(node.this),
            )
        if around is not None and is_aggregate(around):
            raise written.error(
                "{function} stands inside {outer}, an aggregate inside an aggregate.",
                fix="Keep one of them.",
                node=node,
                function=_name(node),
                outer=_name(around),
            )
        if isinstance(around, exp.Where | exp.Join | exp.Group) or (around is None and not measure):
            raise written.error(
                "{function} is an aggregate of many records; here one record is looked at.",
                fix="Define a measure, or compare with a sub-query: (SELECT …).",
                node=node,
                function=_name(node),
            )
        aggregated = aggregated or around is None
    if measure and not aggregated:
        raise written.error(
            "A measure is an aggregate of its records, and here is none.",
            fix="Write SUM(x), COUNT(*) or their like.",
            node=plan,
        )
    for node in _outside(plan) if measure else ():
        raise written.error(
            "{name} has one value for each record; a measure has one for all.",
            fix="Put it inside the aggregate, such as SUM(a - b).",
            node=node,
            name=node.name,
        )


def _around(node: exp.Expr) -> exp.Expr | None:
    """The aggregate, window, clause of conditions or query that a node stands in."""
    from sqlglot import exp

    from dq.sql.allowed import is_aggregate

    kinds = (exp.Where, exp.Join, exp.Group, exp.Window, exp.Query)
    outer = node.parent
    while outer is not None and not (isinstance(outer, kinds) or is_aggregate(outer)):
        outer = outer.parent
    return outer


def _outside(plan: exp.Expr) -> Iterator[exp.Expr]:
    """Columns and terms of a measure that stand in no aggregate."""
    from sqlglot import exp

    from dq.sql.allowed import is_aggregate

    for node in plan.walk(prune=lambda n: isinstance(n, exp.Query) or is_aggregate(n)):
        term = isinstance(node, exp.Anonymous) and node.name.upper() == "IS_TERM"
        if isinstance(node, exp.Column) or term:
            yield node


def _name(node: exp.Expr) -> str:
    from sqlglot import exp

    name = node.name if isinstance(node, exp.Anonymous) else getattr(node, "sql_name", str)()
    return str(name).upper()
