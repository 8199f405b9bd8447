"""YAML files read strictly: a tree of `Item`, or a ConfigError with file, line and column."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
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
    (
        "mapping values are not allowed",
        "A colon stands where no key can begin.",
        "Put a text that holds a colon in quotes.",
    ),
    (
        "found undefined alias",
        "An alias (*) names nothing that was marked (&) above.",
        "Put a text that begins with * in quotes.",
    ),
    ("end of stream", "A quote is not closed.", "Close it where the text ends."),
    (
        "expected ',' or",
        "A bracket is not closed, or a comma is missing.",
        "Close it where the list or mapping ends.",
    ),
    (
        "cannot start any token",
        "A text that begins with this character needs quotes.",
        "Put the whole text in quotes.",
    ),
    ("could not find expected ':'", "A key has no colon after it.", "Write key: value."),
    (
        "expected <block end>",
        "The indentation does not fit the lines above.",
        "Let entries that belong together begin in the same column.",
    ),
    (
        "another document",
        "A second document begins here: a file holds one.",
        "Delete the line --- or make it a file of its own.",
    ),
    (
        "maximum depth",
        "The file is nested deeper than {depth} levels.",
        "Write it flatter, or close what is open.",
    ),
)
"""Part of the parser's own words, what we say and what to do."""
_AT_ITS_BEGINNING = ("end of stream", "expected ',' or", "could not find expected ':'")
"""What is noticed where it ends, but is to be mended where it begins."""


def read_yaml(path: Path, name: str | None = None) -> Item:
    """Read a YAML file strictly; `name` is the file's name in messages.

    Raises:
        ConfigError: it cannot be read, is not UTF-8 or is not YAML.
    """
    label = name or str(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            "There is no file {file}.", fix="Check its name and folder.", file=label
        ) from None
    except OSError as error:
        raise ConfigError(
            "{file} cannot be read: {reason}.",
            fix="Check its name and who may read it.",
            file=label,
            reason=error.strerror or str(error),
        ) from error
    if len(data) > MAX_BYTES:
        raise ConfigError(
            "{file} is larger than {limit} bytes.",
            fix="Take out what does not belong there.",
            file=label,
            limit=f"{MAX_BYTES:,}",
        )
    try:
        text = data.removeprefix(BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(
            "The file is not UTF-8.",
            where=_place(label, bytes(error.object[: error.start]).decode("utf-8")),
            fix="Save it as UTF-8.",
        ) from None
    return parse_yaml(text, label)


def parse_yaml(text: str, name: str) -> Item:
    """Read YAML text strictly; see `read_yaml`. Empty text is an empty mapping."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.nodes import MappingNode

    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = MAX_DEPTH
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        raise _syntax_error(name, text, error) from None
    except YAMLError as error:
        position = getattr(error, "position", None)
        known = isinstance(position, int)
        raise ConfigError(
            "The file holds a character that YAML does not allow.",
            where=_place(name, text[:position]) if known else Place(file=name),
            fix="Delete it.",
        ) from None
    if node is None:
        node = MappingNode(f"{TAG}map", [])
    root = Item(name, node)
    _guard(root)
    return root


def _place(name: str, before: str) -> Place:
    """The place after the text `before`."""
    return Place(file=name, line=before.count("\n") + 1, column=len(before) - before.rfind("\n"))


def _syntax_error(name: str, text: str, error: Any) -> ConfigError:
    problem = str(error.problem or "")
    mark = error.problem_mark or error.context_mark
    if error.context_mark is not None and any(part in problem for part in _AT_ITS_BEGINNING):
        mark = error.context_mark
    where = Place(file=name)
    if mark is not None:
        where = Place(file=name, line=mark.line + 1, column=mark.column + 1)
        lines = text.splitlines()
        line = lines[mark.line] if mark.line < len(lines) else ""
        before = line[: mark.column].strip()
        if "\t" in line[: mark.column + 1] and not before:
            return ConfigError("A tab is used to indent.", where=where, fix="Indent with spaces.")
        if "expected <block end>" in problem and before.endswith(("'", '"')):
            return ConfigError(
                "Text stands after a closing quote.",
                where=where,
                fix="Put the whole text in quotes of the other kind.",
            )
    for part, message, fix in _PROBLEMS:
        if part in problem:
            return ConfigError(message, where=where, fix=fix, depth=MAX_DEPTH)
    return ConfigError(
        "This is not YAML: {problem}.",
        where=where,
        fix="Put texts that hold : or # or begin with another mark in quotes.",
        problem=problem,
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
            raise Item(root.file, node).error(
                "What an alias (*) names here unfolds deeper than {depth} levels.",
                fix="Write the value out in place of the alias.",
                depth=MAX_DEPTH,
            )
        if count > MAX_VALUES:
            raise Item(root.file, node).error(
                "The file unfolds to more than {limit} values.",
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
