"""The text of an expression in its file: errors stand where the word stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dq.config import Item
from dq.errors import ConfigError, DqError, Place

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["Written"]


@dataclass(frozen=True)
class Written:
    """An expression as it stands in a file."""

    item: Item

    @cached_property
    def text(self) -> str:
        """The expression itself."""
        return self.item.text()

    @cached_property
    def where(self) -> Place:
        """Where the text itself begins: after a quote, or in the line after `|`."""
        node: Any = self.item.node
        place = self.item.place
        if node.style == "|":
            return replace(place, line=(place.line or 0) + 1, column=1)
        if node.style in {"'", '"'} and isinstance(place.column, int):
            return replace(place, column=place.column + 1)
        return place

    def place(self, node: exp.Expr) -> Place:
        """Where a node of the parsed text stands in the file."""
        from dq.sql.parse import place_of

        return self._in_file(place_of(node, self.text, self.where))

    def error(
        self, message: str, fix: str | None = None, *, node: exp.Expr, **args: object
    ) -> ConfigError:
        """A ConfigError at a node."""
        return ConfigError(message, where=self.place(node), fix=fix, **args)

    def unknown(self, name: str, known: Iterable[str], *, node: exp.Expr) -> ConfigError:
        """That a name at a node is none of those that are known."""
        error = self.item.unknown(name, known)
        error.where = self.place(node)
        return error

    def refused(self, error: DqError) -> ConfigError:
        """What the parser refuses, at its place in the file."""
        where = self._in_file(error.where)
        return ConfigError(error.message, where=where, fix=error.fix, **error.args_)

    def _in_file(self, place: Place | None) -> Place:
        """A place in the text as one in the file: YAML strips indents and folds lines."""
        node: Any = self.item.node
        if place is None or node.style == ">" or node.start_mark is None:
            return self.item.place
        if node.style == "|" and isinstance(place.column, int):
            first = node.start_mark.buffer.splitlines()[node.start_mark.line + 1]
            return replace(place, column=place.column + len(first) - len(first.lstrip(" ")))
        if node.style != "|" and node.end_mark.line != node.start_mark.line:
            return self.item.place
        return place
