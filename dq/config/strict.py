"""YAML files read strictly: a tree of `Item`, or a ConfigError with file, line and column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from dq.config.item import TAG, Item
from dq.errors import ConfigError, Place

__all__ = ["parse_yaml", "read_yaml"]

MAX_BYTES = 5_000_000
MAX_DEPTH = 40
MAX_VALUES = 100_000

_KINDS = ("str", "int", "float", "bool", "null", "timestamp", "merge")
_PROBLEMS = (
    ("mapping values are not allowed", "A colon stands where no key can begin."),
    ("found undefined alias", "An alias (*) names nothing that was marked (&) above."),
    ("end of stream", "A quote is not closed."),
    ("expected ',' or", "A bracket is not closed, or a comma is missing."),
    ("cannot start any token", "A text that begins with this character needs quotes."),
    ("could not find expected ':'", "A key has no colon after it."),
    ("expected <block end>", "The indentation does not fit the lines above."),
    ("another document", "A second document begins here: a file holds one."),
)


def read_yaml(path: Path, name: str | None = None) -> Item:
    """Read a YAML file strictly; `name` is the file's name in messages.

    Raises:
        ConfigError: it cannot be read, is not UTF-8 or is not YAML.
    """
    label = name or str(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError("There is no file {file}.", file=label) from None
    except OSError as error:
        raise ConfigError(
            "{file} cannot be read: {reason}.", file=label, reason=error.strerror or str(error)
        ) from error
    if len(data) > MAX_BYTES:
        raise ConfigError(
            "{file} is larger than {limit} bytes.", file=label, limit=f"{MAX_BYTES:,}"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            "The file is not UTF-8.",
            where=Place(file=label, line=line),
            fix="Save it as UTF-8.",
        ) from None
    return parse_yaml(text, label)


def parse_yaml(text: str, name: str) -> Item:
    """Read YAML text strictly; see `read_yaml`. Empty text is an empty mapping."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.nodes import MappingNode

    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except RecursionError:
        raise _too_deep(name) from None
    except MarkedYAMLError as error:
        raise _syntax_error(name, text, error) from None
    except YAMLError as error:
        position = getattr(error, "position", None)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else None
        raise ConfigError(
            "The file holds a character that YAML does not allow.",
            where=Place(file=name, line=line),
            fix="Delete it.",
        ) from None
    if node is None:
        node = MappingNode(f"{TAG}map", [])
    root = Item(name, node)
    _guard(root)
    return root


def _syntax_error(name: str, text: str, error: Any) -> ConfigError:
    mark = error.problem_mark or error.context_mark
    where = Place(file=name)
    if mark is not None:
        where = replace(where, line=mark.line + 1, column=mark.column + 1)
        lines = text.splitlines()
        line = lines[mark.line] if mark.line < len(lines) else ""
        if "\t" in line[: mark.column + 1] and not line[: mark.column].strip():
            return ConfigError("A tab is used to indent.", where=where, fix="Indent with spaces.")
    problem = str(error.problem or "")
    for part, message in _PROBLEMS:
        if part in problem:
            return ConfigError(message, where=where)
    return ConfigError("This is not YAML: {problem}.", where=where, problem=problem)


def _too_deep(name: str) -> ConfigError:
    return ConfigError(
        "The file is nested deeper than {depth} levels.", where=Place(file=name), depth=MAX_DEPTH
    )


def _guard(root: Item) -> None:
    """Refuse foreign tags, and aliases that unfold without end."""
    known = {f"{TAG}{kind}": "scalar" for kind in _KINDS}
    known |= {f"{TAG}seq": "sequence", f"{TAG}map": "mapping"}
    count = 0
    stack: list[tuple[Any, int]] = [(root.node, 1)]
    while stack:
        node, depth = stack.pop()
        count += 1
        if depth > MAX_DEPTH:
            raise _too_deep(root.file)
        if count > MAX_VALUES:
            raise ConfigError(
                "The file unfolds to more than {limit} values.",
                where=Place(file=root.file),
                fix="Write fewer aliases.",
                limit=f"{MAX_VALUES:,}",
            )
        if known.get(str(node.tag)) != node.id:
            raise Item(root.file, node).error(
                "The tag {tag} is not read here.", fix="Delete it.", tag=str(node.tag)
            )
        stack.extend((child, depth + 1) for child in _children(node))


def _children(node: Any) -> Iterator[Any]:
    if node.id == "mapping":
        for key, value in node.value:
            yield key
            yield value
    elif node.id == "sequence":
        yield from node.value
