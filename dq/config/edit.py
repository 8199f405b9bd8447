"""Changing one value of a YAML file and nothing else: comments, order and quotes stay.

The new text is spliced into the old at the places the parser names. The result is read
back and compared before it is written, so a file is never damaged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

from dq.config.item import Item
from dq.config.load import FILE_NAME, settings_from_text
from dq.config.strict import parse_yaml
from dq.errors import ConfigError, Place, UsageError
from dq.files import atomic_write, file_errors

__all__ = ["edited", "set_value", "write_default"]

Keys = tuple[str, ...]

_PLAIN = re.compile(r"[^\W\d_][\w./+*()-]*( [\w./+*()-]+)*|[0-9]+([smhdw]|[KMGT]i?B)")
_WORDS_WITH_MEANING = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"})


def set_value(path: Path, keys: Keys, value: object) -> None:
    """Write one value into dq.yaml; sections on the way are made.

    Raises:
        ConfigError: the file, or what it would become, is not valid; nothing is written.
    """
    with file_errors(path, "read"):
        data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigError(
            "The file is not UTF-8.", where=Place(file=str(path)), fix="Save it as UTF-8."
        ) from None
    result = edited(text, [(keys, value)], str(path))
    settings_from_text(result.removeprefix("\ufeff"), path)
    with atomic_write(path, text=False) as handle:
        handle.write(result.encode("utf-8"))


def write_default(path: Path, values: Mapping[Keys, object] | None = None) -> None:
    """Write a new dq.yaml from the shipped one, with `values` filled in.

    Raises:
        UsageError: the file is there already.
        ConfigError: a value is not valid.
    """
    file = path / FILE_NAME if path.is_dir() else path
    if file.exists():
        raise UsageError(
            "{name} is there already.",
            where=Place(file=str(file)),
            fix="Edit it, or choose another folder.",
            name=file.name,
        )
    shipped = files("dq.config").joinpath("default.yaml").read_text(encoding="utf-8")
    text = edited(shipped, list((values or {}).items()), str(file))
    settings_from_text(text, file)
    with atomic_write(file) as handle:
        handle.write(text)


def edited(text: str, changes: Sequence[tuple[Keys, object]], name: str) -> str:
    """YAML text with values changed one after another.

    Raises:
        ConfigError: a change cannot be made without touching anything else.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix("\ufeff")
    for keys, value in changes:
        before = parse_yaml(text, name)
        text = _spliced(text, before, keys, value)
        if parse_yaml(text, name).value() != _with(before.value(), keys, value):
            raise ConfigError(
                "{key} cannot be changed without touching other values.",
                where=Place(file=name),
                fix="Edit the file by hand.",
                key=".".join(keys),
            )
    return mark + text


def _with(document: Any, keys: Keys, value: object) -> Any:
    """The document's values as they must be after the change."""
    if not keys:
        return _plain(value)
    members = dict(document) if isinstance(document, Mapping) else {}
    members[keys[0]] = _with(members.get(keys[0]), keys[1:], value)
    return members


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return Decimal(str(value)) if isinstance(value, float) else value


def _spliced(text: str, root: Item, keys: Keys, value: object) -> str:
    item, depth = root, 0
    while depth < len(keys) and item.is_map:
        members = item.entries()
        if keys[depth] not in members:
            return _inserted(text, item, keys[depth:], value)
        item, depth = members[keys[depth]], depth + 1
    if depth < len(keys) and not item.blank:
        raise item.error(
            "{key} must be a mapping (key: value).", fix="Write each entry as key: value."
        )
    return _replaced(text, item, keys[depth:], value)


def _replaced(text: str, item: Item, keys: Keys, value: object) -> str:
    """Put a value where another (or nothing) stands after its key."""
    for key in reversed(keys):
        value = {key: value}
    if item.blank and item.node.start_mark.index == item.node.end_mark.index:
        assert item.key is not None  # noqa: S101 - a blank value has a key
        place = item.key.end_mark.index
        place += text[place:].index(":") + 1
        new = " " + _flow(value)
        if isinstance(value, Mapping) and not _in_flow(text, item):
            indent = item.key.start_mark.column + 2
            place = _line_end(text, place)
            new = _break(text) + _block(value, indent, _break(text))
        return text[:place] + new + text[place:]
    start, end = item.node.start_mark.index, _content_end(item.node)
    return text[:start] + _flow(value) + text[end:]


def _inserted(text: str, parent: Item, keys: Keys, value: object) -> str:
    """Add a key to a mapping, after its last member."""
    for key in reversed(keys[1:]):
        value = {key: value}
    node: Any = parent.node
    if not node.value:
        if parent.path:
            return _replaced(text, parent, (keys[0],), value)
        gap = "" if not text or text.endswith("\n") else _break(text)
        return f"{text}{gap}{_block({keys[0]: value}, 0, _break(text))}{_break(text)}"
    end = _content_end(node.value[-1][1] if _has_text(node.value[-1][1]) else node.value[-1][0])
    if node.flow_style:
        return f"{text[:end]}, {_scalar(keys[0])}: {_flow(value)}{text[end:]}"
    end = _line_end(text, end)
    indent = node.value[0][0].start_mark.column
    block = _block({keys[0]: value}, indent, _break(text))
    return f"{text[:end]}{_break(text)}{block}{text[end:]}"


def _has_text(node: Any) -> bool:
    return bool(node.end_mark.index > node.start_mark.index)


def _content_end(node: Any) -> int:
    """Where the text of a node ends (a block's own end mark is after its comments)."""
    if node.id == "scalar" or node.flow_style:
        return int(node.end_mark.index)
    last = node.value[-1]
    if node.id == "mapping":
        last = last[1] if _has_text(last[1]) else last[0]
    return _content_end(last)


def _in_flow(text: str, item: Item) -> bool:
    """Whether a blank value stands inside braces, so that no lines may follow its key."""
    assert item.key is not None  # noqa: S101 - asked of blank values only
    line = text[item.key.end_mark.index : _line_end(text, item.key.end_mark.index)]
    before = text[: item.key.start_mark.index].rpartition("\n")[2]
    return "{" in before or "}" in line.split("#")[0]


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    if end < 0:
        return len(text)
    return end - 1 if text[end - 1] == "\r" else end


def _break(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _block(members: Mapping[Any, object], indent: int, line_break: str) -> str:
    """A mapping as indented lines, without the last line's end."""
    lines = []
    for key, value in members.items():
        head = " " * indent + _scalar(str(key)) + ":"
        if isinstance(value, Mapping) and value:
            lines += [head, _block(value, indent + 2, line_break)]
        else:
            lines.append(f"{head} {_flow(value)}")
    return line_break.join(lines)


def _flow(value: object) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(k))}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    return _scalar(value)


def _scalar(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | date():
            return str(value)
        case Decimal() | float():
            return format(Decimal(str(value)), "f")
        case _:
            text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_WITH_MEANING:
        return text
    return json.dumps(text, ensure_ascii=False)
