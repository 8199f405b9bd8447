"""Queries put together."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

__all__ = ["union_all"]


def union_all(queries: Sequence[exp.Query]) -> exp.Query:
    """The rows of all queries, which become parts of the union (no copies are made)."""
    union = queries[0]
    for other in queries[1:]:
        union = exp.Union(this=union, expression=other, distinct=False)
    return union
