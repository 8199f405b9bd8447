"""Expressions in the glossary: text, portable plan, and errors with line and column."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dq.config import Item
from dq.errors import ConfigError, DqError, Place

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["Expression", "read_expression"]

TERM_FUNCTIONS = frozenset({"IS_TERM", "STAGE"})


@dataclass(frozen=True)
class Expression:
    """An expression as written and as a portable plan. Copy the plan before changing it."""

    text: str
    plan: exp.Expr = field(compare=False)
    place: Place = field(compare=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of its own table that it reads (not those of sub-queries), sorted."""
        return tuple(sorted({node.name for node in _own_columns(self.plan)}))

    @property
    def terms(self) -> tuple[str, ...]:
        """Terms that it uses by IS_TERM, sorted."""
        from sqlglot import exp

        calls = (c for c in self.plan.find_all(exp.Anonymous) if c.name.upper() == "IS_TERM")
        return tuple(sorted({c.expressions[0].name for c in calls if c.expressions}))


def read_expression(item: Item, columns: Collection[str] | None = None) -> Expression:
    """Read an expression; with `columns` any other column is refused.

    Raises:
        ConfigError: it does not parse, is not portable, or names an unknown column.
    """
    from dq.sql.parse import parse_expression, place_of

    text = item.text()
    where = _text_place(item)
    try:
        plan = parse_expression(text, where, TERM_FUNCTIONS)
    except DqError as error:
        raise ConfigError(
            error.message, where=_in_file(item, error.where), fix=error.fix, **error.args_
        ) from None
    if columns is not None:
        for node in _own_columns(plan):
            if node.name not in columns:
                problem = item.unknown(node.name, columns)
                problem.where = _in_file(item, place_of(node, text, where))
                raise problem
    return Expression(text, plan, where)


def _own_columns(plan: exp.Expr) -> list[exp.Column]:
    """Columns outside sub-queries."""
    from sqlglot import exp

    found: list[exp.Column] = []
    for node in plan.walk(prune=lambda n: isinstance(n, exp.Query)):
        if isinstance(node, exp.Column):
            found.append(node)
    return found


def _text_place(item: Item) -> Place:
    """Where the text itself begins: after a quote, or in the line after `|`."""
    node: Any = item.node
    place = item.place
    if node.style == "|":
        return replace(place, line=(place.line or 0) + 1, column=1)
    if node.style in {"'", '"'} and isinstance(place.column, int):
        return replace(place, column=place.column + 1)
    return place


def _in_file(item: Item, place: Place | None) -> Place:
    """A place in the text as one in the file: YAML strips indents and folds lines."""
    node: Any = item.node
    if place is None or node.style == ">" or node.start_mark is None:
        return item.place
    if node.style == "|" and isinstance(place.column, int):
        first = node.start_mark.buffer.splitlines()[node.start_mark.line + 1]
        return replace(place, column=place.column + len(first) - len(first.lstrip(" ")))
    if node.style != "|" and node.end_mark.line != node.start_mark.line:
        return item.place
    return place
