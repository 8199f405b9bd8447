"""Items made of plain values: what a file of this package holds, without parsing its YAML again."""

from __future__ import annotations

from typing import Any

from dq.config.item import TAG, Item

__all__ = ["item_of"]

_KINDS = {str: "str", int: "int", float: "float", bool: "bool", type(None): "null"}


class _Node:
    """What an Item asks of a node of YAML; it has no place in a file."""

    __slots__ = ("start_mark", "style", "tag", "value")

    def __init__(self, plain: Any) -> None:
        self.start_mark = None
        self.style = '"'  # a text is a text, even where it is “yes” or “no”
        self.value: Any
        if isinstance(plain, dict):
            self.tag = f"{TAG}map"
            self.value = [(_Node(key), _Node(member)) for key, member in plain.items()]
        elif isinstance(plain, list):
            self.tag = f"{TAG}seq"
            self.value = [_Node(member) for member in plain]
        else:
            self.tag = f"{TAG}{_KINDS[type(plain)]}"
            self.value = str(plain).lower() if isinstance(plain, bool) else str(plain)


def item_of(plain: object, name: str) -> Item:
    """The item that `plain` (as `Item.value` gives it) came from; `name` stands in errors."""
    node: Any = _Node(plain)
    return Item(name, node)
