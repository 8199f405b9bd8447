"""Taking terms into glossary.yaml: its comments, order and quotes stay."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dq.config import parse_yaml
from dq.errors import ConfigError, Place
from dq.files import file_errors, write_atomic
from dq.semantics.columns import Columns
from dq.semantics.exchange.plan import Data, term_data
from dq.semantics.exchange.yaml_text import quoted
from dq.semantics.glossary import Glossary, glossary_from_text

if TYPE_CHECKING:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

__all__ = ["EMPTY", "edited_glossary", "read_text", "write_glossary"]

EMPTY = "glossary: 1\n"
_MARK = "\ufeff"


def read_text(path: Path) -> str:
    """The text of glossary.yaml with its own line ends; an empty glossary where there is none.

    Raises:
        ConfigError: it is not UTF-8.
    """
    if not path.exists():
        return EMPTY
    with file_errors(path, "read"):
        data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigError(
            "The file is not UTF-8.", where=Place(file=str(path)), fix="Save it as UTF-8."
        ) from None


def write_glossary(
    path: Path,
    text: str,
    terms: Mapping[str, Data],
    before: Glossary,
    columns: Columns | None = None,
) -> None:
    """Write the terms into the file, whole or not at all.

    Raises:
        ConfigError: the result would not load strictly, or would say something else.
    """
    result = edited_glossary(text, terms, before, str(path), columns)
    write_atomic(path, result.encode("utf-8"))


def edited_glossary(
    text: str,
    terms: Mapping[str, Data],
    before: Glossary,
    name: str,
    columns: Columns | None = None,
) -> str:
    """The text with the terms in it; see `write_glossary`."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    mark = _MARK if text.startswith(_MARK) else ""
    plain = text.removeprefix(_MARK)
    ends = "\r\n" if "\r\n" in plain else "\n"
    plain = plain.replace("\r\n", "\n")
    parse_yaml(plain, name)
    yaml = YAML(typ="rt")
    yaml.width = 1_000_000
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, **_lists(plain))
    document = yaml.load(plain) or CommentedMap()
    if document.get("terms") is None:
        document["terms"] = CommentedMap()
    for term, data in terms.items():
        if term in document["terms"]:
            _merge_term(document["terms"][term], data)
        else:
            document["terms"][quoted(term)] = _styled(data)
    stream = io.StringIO()
    yaml.dump(document, stream)
    result = stream.getvalue()
    _same(before, glossary_from_text(result, name, columns), terms, name)
    return mark + result.replace("\n", ends)


def _lists(text: str) -> dict[str, int]:
    """How far the file indents lists, so that its other lines stay as they are."""
    from ruamel.yaml.util import load_yaml_guess_indent

    _, indent, offset = load_yaml_guess_indent(text)
    if offset is None:
        return {"sequence": 4, "offset": 2}
    return {"sequence": max(int(indent or 2), int(offset) + 2), "offset": int(offset)}


def _same(before: Glossary, after: Glossary, terms: Mapping[str, Data], name: str) -> None:
    """Refuse a result that differs anywhere but in the terms that were to change."""
    kept = {n: t for n, t in before.terms.items() if n not in terms}
    now = {n: t for n, t in after.terms.items() if n not in terms}
    written = {n: term_data(t) for n, t in after.terms.items() if n in terms}
    whole = (
        kept == now
        and written == dict(terms)
        and (before.departments, before.stages, before.fields)
        == (after.departments, after.stages, after.fields)
    )
    if not whole:
        raise ConfigError(
            "The glossary cannot be changed without touching other entries of it.",
            where=Place(file=name),
            fix="Edit the file by hand.",
        )


# --- nodes ---------------------------------------------------------------------------


def _merge_term(held: CommentedMap, data: Data) -> None:
    for key, value in data.items():
        if key == "versions":
            _merge_versions(held[key], value)
        elif key == "departments":
            _merge_departments(held, value)
        else:
            _merge(held, key, value)


def _merge_departments(held: CommentedMap, new: Mapping[str, Data]) -> None:
    from ruamel.yaml.comments import CommentedMap

    if held.get("departments") is None:
        held["departments"] = CommentedMap()
    departments = held["departments"]
    for name, own in new.items():
        if name in departments:
            _merge_versions(departments[name]["versions"], own["versions"])
        else:
            departments[quoted(name)] = _styled(own)


def _merge_versions(held: CommentedSeq, new: list[Data]) -> None:
    by_day = {str(version["effective"]): version for version in held}
    for place, version in enumerate(new):
        old = by_day.get(version["effective"])
        if old is None:
            held.insert(place, _styled(version))
            continue
        for key, value in version.items():
            if key != "effective":
                _merge(old, key, value)


def _merge(held: CommentedMap, key: str, value: object) -> None:
    """Set a value unless it is there already; texts by language are set one by one."""
    old = held.get(key)
    if isinstance(old, dict) and isinstance(value, dict):
        for code, text in value.items():
            if old.get(code) != text:
                old[code] = quoted(text)
    elif _plain(old) != value:
        held[key] = _styled(value, key)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, list) else value


def _styled(value: Any, key: str = "") -> Any:
    """Plain data as nodes: lists of words on one line, days as days."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, dict):
        return CommentedMap({quoted(str(k)): _styled(v, str(k)) for k, v in value.items()})
    if isinstance(value, list):
        items = CommentedSeq([_styled(v) for v in value])
        if not any(isinstance(v, dict) for v in value):
            items.fa.set_flow_style()
        return items
    if key == "effective":
        return date.fromisoformat(value)
    return quoted(value)
