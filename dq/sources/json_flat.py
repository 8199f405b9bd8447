"""JSON objects to rows: nested ones become columns `owner.name`, oddities are kept in sight."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["DECODER", "Flat", "JsonObject", "flattened"]

DEEPEST = 8
"""Levels of nested objects that become columns."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


class _NotANumber(str):
    """NaN or Infinity, which JSON does not have."""

    __slots__ = ()


class JsonObject(dict[str, object]):
    """An object of JSON, and the keys that came twice in it."""

    __slots__ = ("repeated",)

    def __init__(self, pairs: Sequence[tuple[str, object]]) -> None:
        super().__init__(pairs)
        self.repeated: list[str] = []
        if len(self) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            self.repeated = [key for key, times in counts.items() if times > 1]


DECODER = json.JSONDecoder(
    object_pairs_hook=JsonObject,
    parse_int=_Number,
    parse_float=_Number,
    parse_constant=_NotANumber,
    strict=False,
)


@dataclass(slots=True)
class Flat:
    """A flattened object.

    `cells` by column; `faults` are (code, column, value) of spoiled cells, `spoiled` (code,
    value) of what spoils the whole row; `lists` are the columns that held lists.
    """

    cells: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    spoiled: list[tuple[str, str]] = field(default_factory=list)
    lists: set[str] = field(default_factory=set)


def flattened(value: object, *, damaged: bool) -> Flat:
    """A value of the list of records as a row; `damaged` as for `lex`."""
    flat = Flat()
    if not isinstance(value, JsonObject):
        flat.spoiled.append(("problem.json_not_object", _text(value)))
        return flat
    _flatten(value, "", 1, flat, damaged=damaged)
    return flat


def _flatten(value: JsonObject, prefix: str, depth: int, flat: Flat, *, damaged: bool) -> None:
    if value.repeated:
        flat.spoiled.append(("problem.duplicate_key", ", ".join(value.repeated)))
    for key, item in value.items():
        column = _SURROGATE.sub("\ufffd", prefix + key)
        if isinstance(item, JsonObject):
            if depth >= DEEPEST:
                flat.spoiled.append(("problem.deep_nesting", column))
            else:
                _flatten(item, column + ".", depth + 1, flat, damaged=damaged)
            continue
        if column in flat.cells:
            flat.spoiled.append(("problem.duplicate_key", column))
        flat.cells[column] = _cell(column, item, flat, damaged=damaged)


def _cell(column: str, item: object, flat: Flat, *, damaged: bool) -> str:
    if isinstance(item, list):
        flat.lists.add(column)
    text = _text(item) if not isinstance(item, str) else str(item)
    code = None
    if isinstance(item, _NotANumber):
        code = "problem.not_a_number"
    elif _SURROGATE.search(text):
        code, text = "problem.lone_surrogate", _SURROGATE.sub("\ufffd", text)
    elif "\0" in text:
        code = "problem.nul_byte"
    elif damaged and "\ufffd" in text:
        code = "problem.undecodable"
    if code is None:
        return text
    flat.faults.append((code, column, text))
    return ""


def _text(value: object) -> str:
    """A value as a cell: None is missing, true and false in words, lists as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str) else _json(value)


def _json(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_json(k)}: {_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_json(item) for item in value) + "]"
    if isinstance(value, (_Number, _NotANumber)):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
