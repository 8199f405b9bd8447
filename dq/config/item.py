"""A value of a YAML file: it knows its place and is never taken for something else.

The owner of a section asks each item for what it must be (`text`, `integer`, `fields`, …);
whatever it is not raises a ConfigError with file, line and column.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dq.errors import ConfigError, Place

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

__all__ = ["TAG", "Item"]

TAG = "tag:yaml.org,2002:"
_TYPED = frozenset({"int", "float", "bool", "timestamp"})
_BARE_BOOLEANS = frozenset({"yes", "no", "on", "off"})
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DURATION = re.compile(r"([0-9]+)(s|m|h|d|w)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SIZE = re.compile(r"([0-9]+)\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)")
_BYTES = {
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}


@dataclass(frozen=True)
class Item:
    """A value of a YAML file with its place.

    `path` is the way to it (`sources.deals.path`); `key` the node of its key, if it has one.
    """

    file: str
    node: Node
    path: str = ""
    key: Node | None = None

    @property
    def place(self) -> Place:
        """Where the value stands, its key if it is left out; lines and columns count from 1."""
        mark = self.node.start_mark
        if self.blank and self.key is not None and mark and mark == self.node.end_mark:
            return self.key_place
        return _place(self.file, self.node)

    @property
    def key_place(self) -> Place:
        """Where the key of this value stands (the value itself in a list)."""
        return _place(self.file, self.key or self.node)

    @property
    def kind(self) -> str:
        """What YAML reads it as: str, int, float, bool, null, timestamp, seq, map."""
        return str(self.node.tag).removeprefix(TAG)

    @property
    def blank(self) -> bool:
        """Whether there is no value (`key:` alone, or `~`)."""
        return self.kind == "null"

    @property
    def is_map(self) -> bool:
        """Whether it is a mapping."""
        return self.kind == "map"

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return self.kind == "seq"

    @property
    def is_number(self) -> bool:
        """Whether it is a number, whole or not."""
        return self.kind in {"int", "float"}

    def error(
        self, message: str, fix: str | None = None, *, at_key: bool = False, **args: object
    ) -> ConfigError:
        """A ConfigError at this place; `{key}` in the message is the path of the value."""
        where = self.key_place if at_key else self.place
        return ConfigError(message, where=where, fix=fix, **{"key": self.path or self.file, **args})

    # --- collections -----------------------------------------------------------------

    def fields(self, *known: str, required: Iterable[str] = ()) -> dict[str, Item]:
        """The members of a mapping with known keys; blank ones are left out."""
        members = self.entries()
        for name, member in members.items():
            if name not in known:
                raise member.unknown(name, known)
        for name in required:
            if name not in members or members[name].blank:
                raise self.error(
                    "{key} lacks the key {missing}.", fix="Add {missing}.", missing=name
                )
        return {name: member for name, member in members.items() if not member.blank}

    def unknown(self, name: str, known: Iterable[str]) -> ConfigError:
        """The error for a name that is not known here, with the nearest that is."""
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
        if near:
            return self.error(
                "{name} is not known here.",
                fix="Did you mean {near}?",
                at_key=True,
                name=name,
                near=near[0],
            )
        return self.error(
            "{name} is not known here.",
            fix="Known are: {known}.",
            at_key=True,
            name=name,
            known=", ".join(names) or "-",
        )

    def entries(self) -> dict[str, Item]:
        """The members of a mapping with free keys, in the order of the file."""
        if not self.is_map:
            raise self.error(
                "{key} must be a mapping (key: value).", fix="Write each entry as key: value."
            )
        members: dict[str, Item] = {}
        for key, value in self.node.value:
            head = Item(self.file, key, self.path)
            if head.kind == "merge":
                raise head.error("Merge keys (<<) are not read.", fix="Write the keys out.")
            name = head._as_key()
            path = f"{self.path}.{name}" if self.path else name
            if name in members:
                raise Item(self.file, key, path).error(
                    "The key {key} stands here twice, first in line {line}.",
                    fix="Keep one of them.",
                    line=members[name].key_place.line,
                )
            members[name] = Item(self.file, value, path, key)
        return members

    def items(self) -> list[Item]:
        """The members of a list."""
        if not self.is_list:
            raise self.error(
                "{key} must be a list.",
                fix="Write [one, two], or each entry on a line of its own after a dash (-).",
            )
        return [
            Item(self.file, node, f"{self.path}[{i}]")
            for i, node in enumerate(self.node.value, start=1)
        ]

    def one_or_many(self) -> list[Item]:
        """The members of a list, or the value itself."""
        return self.items() if self.is_list else [self]

    @property
    def _written(self) -> str:
        """What stands here, as it is said in a message."""
        return "[…]" if self.is_list else "{…}" if self.is_map else str(self.node.value)

    # --- scalars ---------------------------------------------------------------------

    def text(self) -> str:
        """A text; never a bare yes, no, number or date, and without `${…}`."""
        value = self._raw_text()
        if _VARIABLE.search(value):
            raise self.error(
                "{key} holds {value}: variables are read in urls only.",
                fix="Write the value itself.",
                value=value,
            )
        return value

    def template(self) -> str:
        """A text in which `${NAME}` stands for an environment variable."""
        return self._raw_text()

    def _raw_text(self) -> str:
        value = str(self.node.value)
        bare = getattr(self.node, "style", None) is None
        if bare and self.kind in {"str", "bool"} and value.lower() in _BARE_BOOLEANS:
            raise self.error(
                "A bare {value} can be a word or a yes/no.",
                fix='Write "{value}" in quotes for the word, true or false for a yes/no.',
                value=value,
            )
        if self.kind in _TYPED:
            raise self.error("{key} must be text.", fix='Write "{value}" in quotes.', value=value)
        if self.is_map or self.is_list:
            raise self.error("{key} must be text.", fix="Write one text, no list and no mapping.")
        if self.blank or not value.strip():
            raise self.error("{key} is empty.", fix="Write a value or leave the key out.")
        return value

    def _as_key(self) -> str:
        """This value as the key of a mapping, whose path it has."""
        if self.is_map or self.is_list:
            raise self.error("A key of {key} is no text.", fix="Write key: value.")
        value = str(self.node.value)
        if self.kind in _TYPED and value.lower() not in _BARE_BOOLEANS:
            raise self.error(
                "The key {value} must be text.", fix='Write "{value}" in quotes.', value=value
            )
        return self.text()

    def choice(self, *names: str) -> str:
        """One of a few words."""
        value = self.text()
        if value not in names:
            near = difflib.get_close_matches(value, names, n=1)
            raise self.error(
                "{key} is {value}; it can be: {names}.",
                fix="Did you mean {near}?" if near else "Write one of these.",
                value=value,
                names=", ".join(names),
                near="".join(near),
            )
        return value

    def match(self, pattern: str, message: str, fix: str) -> str:
        """A text of a given form; `message` has {key} and {value}, `fix` says the form."""
        value = self.text()
        if not re.fullmatch(pattern, value):
            raise self.error(message, fix=fix, value=value)
        return value

    def integer(self, low: int | None = None, high: int | None = None) -> int:
        """A whole number in plain digits."""
        if self.kind != "int" or not _INTEGER.fullmatch(self.node.value):
            raise self.error(
                "{key} must be a whole number in plain digits.", fix="Write it such as 1 or 1000."
            )
        value = int(self.node.value)
        if (low is not None and value < low) or (high is not None and value > high):
            raise self.error(
                "{key} is {value}; it can be {low} to {high}.",
                fix="Write a number within these bounds.",
                value=value,
                low="…" if low is None else low,
                high="…" if high is None else high,
            )
        return value

    def number(self) -> Decimal:
        """A number in plain digits, exact."""
        if not self.is_number or not _DECIMAL.fullmatch(self.node.value):
            raise self.error(
                "{key} must be a number in plain digits.", fix="Write it such as 0.5 or 1000."
            )
        return Decimal(self.node.value)

    def flag(self) -> bool:
        """Only true or false."""
        if self.kind != "bool" or self.node.value not in {"true", "false"}:
            raise self.error("{key} must be true or false.", fix="Write true or false, no quotes.")
        return bool(self.node.value == "true")

    def day(self) -> date:
        """A date, YYYY-MM-DD."""
        value = str(self.node.value)
        if self.kind in {"timestamp", "str"} and _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise self.error(
            "{key} must be a date, not {value}.",
            fix="Write a day of the calendar as 2026-01-31.",
            value=self._written,
        )

    def duration(self) -> timedelta:
        """A length of time: 30s, 10m, 2h, 7d, 12w."""
        found = _DURATION.fullmatch(str(self.node.value)) if self.kind == "str" else None
        if not found:
            raise self.error(
                "{key} must be a length of time, not {value}.",
                fix="Write it as 30s, 10m, 2h, 7d or 12w.",
                value=self._written,
            )
        try:
            return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])
        except OverflowError:
            raise self.error(
                "{key} is longer than can be counted.", fix="Write a shorter time."
            ) from None

    def size(self) -> int:
        """A size in bytes: 500MB, 4GB, 4GiB."""
        found = _SIZE.fullmatch(str(self.node.value)) if self.kind == "str" else None
        if not found:
            raise self.error(
                "{key} must be a size, not {value}.",
                fix="Write it as 500MB, 4GB or 4GiB.",
                value=self._written,
            )
        return int(found[1]) * _BYTES[found[2]]

    def value(self) -> Any:
        """Whatever stands here, as plain Python values; numbers are int or Decimal."""
        match self.kind:
            case "map":
                return {name: member.value() for name, member in self.entries().items()}
            case "seq":
                return [member.value() for member in self.items()]
            case "int":
                return self.integer()
            case "float":
                return self.number()
            case "bool":
                return self.flag()
            case "timestamp":
                return self.day()
            case "null":
                return None
            case _:
                return "" if self.node.value == "" else self.template()


def _place(file: str, node: Node) -> Place:
    mark = node.start_mark
    if mark is None:
        return Place(file=file, line=1, column=1)
    return Place(file=file, line=mark.line + 1, column=mark.column + 1)
