"""Plans in steps: each step names expressions over the step before.

A portable function repeats its arguments in SQL; nested ones would repeat them many times
over. A step that gives them names keeps a plan's text as long as what it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from dq.sql import portable as f

__all__ = ["Step", "columns_of", "staged"]

Step = Mapping[str, exp.Expr]
"""Name → expression over the columns of all steps before."""


def staged(source: exp.Expr, steps: Sequence[Step], where: exp.Expr | None = None) -> exp.Select:
    """A query that gives the columns of the last step.

    Columns of earlier steps are handed on as long as a later step needs them. `source` is
    a table or a sub-query; `where` filters it.
    """
    query = _step(source, steps, 0)
    if where is not None:
        query = query.where(where.copy(), copy=False)
    for place in range(1, len(steps)):
        query = _step(query.subquery(f"s{place}", copy=False), steps, place)
    return query


def _step(source: exp.Expr, steps: Sequence[Step], place: int) -> exp.Select:
    made = dict(steps[place])
    for name in _needed(steps[place + 1 :]):
        made.setdefault(name, f.col(name))
    columns = [f.alias(e.copy(), name) for name, e in made.items()]
    return exp.select(*columns, copy=False).from_(source, copy=False)


def _needed(later: Sequence[Step]) -> list[str]:
    """Columns that the later steps read and do not make themselves, in a stable order."""
    names: dict[str, None] = {}
    made: set[str] = set()
    for step in later:
        for expression in step.values():
            for name in columns_of(expression):
                if name not in made:
                    names[name] = None
        made |= set(step)
    return list(names)


def columns_of(expression: exp.Expr) -> list[str]:
    """Names of the columns that an expression reads, each once."""
    return list(dict.fromkeys(column.name for column in expression.find_all(exp.Column)))
