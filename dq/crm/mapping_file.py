"""mapping.yaml: mappings that were agreed on, to be read and edited by people.

Reading is strict, with file, line and column in every error. Writing changes what is
different and leaves the rest of the file, comments included, as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dq.config import Item, parse_yaml, read_yaml
from dq.crm.mapping import (
    ColumnMapping,
    Conversion,
    LinesRule,
    OwnColumn,
    ProjectMapping,
    SourceMapping,
    TableMapping,
)
from dq.crm.mapping_data import GROUPINGS, MARKS, mapping_data
from dq.crm.model import KINDS, TABLES, TYPES, Entity
from dq.files import atomic_write, file_errors

if TYPE_CHECKING:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

__all__ = ["parse_mapping", "read_mapping", "write_mapping"]

_HEADER = """\
# How files become CRM tables. dq wrote it; change what is wrong, comments stay.
# Columns read `canonical column: column of the file`. A next file of the same shape asks nothing.
"""
_PLAIN = re.compile(r"[^\W\d_][\w./+*()-]*(?: [\w./+*()-]+)*")
_MEANING = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"})


def read_mapping(path: Path, name: str | None = None) -> ProjectMapping:
    """Read a mapping file.

    Raises:
        ConfigError: it cannot be read or is not a mapping; with file, line and column.
    """
    return _project(read_yaml(path, name))


def parse_mapping(text: str, name: str = "mapping.yaml") -> ProjectMapping:
    """Read a mapping from text; see `read_mapping`."""
    return _project(parse_yaml(text, name))


def write_mapping(path: Path, mapping: ProjectMapping) -> None:
    """Write a mapping file; what stands in it already keeps its comments and order.

    Raises:
        DqError: the file cannot be written.
    """
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.width = 100_000
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    document: Any = None
    if path.exists():
        with file_errors(path, "read"):
            text = path.read_text(encoding="utf-8-sig")
        parse_yaml(text, str(path))
        document = yaml.load(text)
    fresh = _styled(mapping_data(mapping), 0)
    if document:
        _merge(document, fresh)
    with atomic_write(path) as handle:
        if not document:
            handle.write(_HEADER)
        yaml.dump(document or fresh, handle)


# --- writing -------------------------------------------------------------------------


def _styled(value: Any, depth: int) -> Any:
    """Plain data as YAML nodes: deep maps and all lists of words on one line."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, Mapping):
        members = CommentedMap({_word(str(k)): _styled(v, depth + 1) for k, v in value.items()})
        if depth >= _FLOW_FROM and not any(
            isinstance(v, (Mapping, list)) and len(str(v)) > 160 for v in value.values()
        ):
            members.fa.set_flow_style()
        return members
    if isinstance(value, list):
        items = CommentedSeq([_styled(v, depth + 1) for v in value])
        if not any(isinstance(v, Mapping) for v in value):
            items.fa.set_flow_style()
        return items
    return _word(value) if isinstance(value, str) else value


_FLOW_FROM = 6
"""Depth from which a map is written on one line: sources, source, tables, table, columns."""


def _word(text: str) -> Any:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if _PLAIN.fullmatch(text) and text.lower() not in _MEANING:
        return text
    return DoubleQuotedScalarString(text)


def _merge(old: CommentedMap, new: CommentedMap) -> None:
    """Make `old` say what `new` says, keeping what is the same."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    for key in [k for k in old if k not in new]:
        del old[key]
    for key, value in new.items():
        held = old.get(key)
        if isinstance(held, CommentedMap) and isinstance(value, CommentedMap):
            _merge(held, value)
        elif isinstance(held, CommentedSeq) and isinstance(value, CommentedSeq):
            _merge_list(old, key, held, value)
        elif held != value or key not in old:
            old[key] = value


def _merge_list(parent: CommentedMap, key: str, old: CommentedSeq, new: CommentedSeq) -> None:
    from ruamel.yaml.comments import CommentedMap

    maps = [isinstance(v, CommentedMap) for v in (*old, *new)]
    if maps and all(maps) and len(old) == len(new):
        for held, value in zip(old, new, strict=True):
            _merge(held, value)
    elif list(old) != list(new):
        parent[key] = new


# --- reading -------------------------------------------------------------------------


def _project(item: Item) -> ProjectMapping:
    fields = item.fields("sources", "relations")
    sources: tuple[SourceMapping, ...] = ()
    if "sources" in fields:
        sources = tuple(_source(n, part) for n, part in fields["sources"].entries().items())
    relations = []
    for part in fields["relations"].items() if "relations" in fields else []:
        ends = _texts(part)
        if len(ends) != 4:
            raise part.error("A relation is [file, column, other file, other column].")
        relations.append((ends[0], ends[1], ends[2], ends[3]))
    return ProjectMapping(sources, tuple(relations))


def _texts(item: Item) -> tuple[str, ...]:
    return tuple(part.template() for part in item.one_or_many())


def _source(name: str, item: Item) -> SourceMapping:
    fields = item.fields(
        "shape", "preset", "tables", "own", "unmapped", "merge_log", "confidence", "evidence",
        required=("shape",),
    )  # fmt: skip
    preset = fields["preset"].text() if "preset" in fields else "generic"
    tables = fields["tables"].items() if "tables" in fields else []
    log = fields.get("merge_log")
    merge_log = merge_table = None
    if log is not None:
        ends = log.fields("survivor", "merged", "table", required=("survivor", "merged", "table"))
        merge_log = ends["survivor"].template(), ends["merged"].template()
        merge_table = ends["table"].choice(*TABLES)
    return SourceMapping(
        source=name,
        shape=fields["shape"].text(),
        preset=preset,
        tables=tuple(_table(name, preset, part) for part in tables),
        unmapped=_texts(fields["unmapped"]) if "unmapped" in fields else (),
        own=_own(fields["own"]) if "own" in fields else (),
        merge_log=merge_log,
        merge_table=merge_table,
        confidence=_confidence(fields),
        evidence=tuple(_because(p) for p in fields["evidence"].items())
        if "evidence" in fields
        else (),
    )


def _because(item: Item) -> tuple[str, Mapping[str, object]]:
    fields = item.fields("why", "args", required=("why",))
    return fields["why"].text(), fields["args"].value() if "args" in fields else {}


def _confidence(fields: Mapping[str, Item]) -> float:
    if "confidence" not in fields:
        return 1.0
    number = float(fields["confidence"].number())
    if not 0 <= number <= 1:
        raise fields["confidence"].error("{key} is a number from 0 to 1.")
    return number


def _table(source: str, preset: str, item: Item) -> TableMapping:
    fields = item.fields(
        "table", "key", "columns", "own", "present", "collapse", "deleted", "deleted_values",
        "merged_into", "in_force", "since", "lines", required=("table",),
    )  # fmt: skip
    name = fields["table"].choice(*TABLES)
    lists = {
        n: _texts(fields[n]) for n in ("key", "present", "deleted", "deleted_values") if n in fields
    }
    marks = {n: fields[n].template() for n in ("merged_into", "in_force", "since") if n in fields}
    columns = fields["columns"].entries() if "columns" in fields else {}
    table = TableMapping(
        source=source,
        table=name,
        columns=tuple(_column(target, part, TABLES[name]) for target, part in columns.items()),
        own=_own(fields["own"]) if "own" in fields else (),
        key=lists.get("key", ()),
        present=lists.get("present", ()),
        collapse=fields["collapse"].flag() if "collapse" in fields else False,
        deleted=lists.get("deleted", ()),
        merged_into=marks.get("merged_into"),
        in_force=marks.get("in_force"),
        since=marks.get("since"),
        lines=_lines(fields["lines"]) if "lines" in fields else None,
        preset=preset,
    )
    if "deleted_values" in lists:
        table = replace(table, deleted_values=lists["deleted_values"])
    return table


def _lines(item: Item) -> LinesRule:
    fields = item.fields("product", "price", "quantity", "amount", required=("product",))
    return LinesRule(**{name: part.template() for name, part in fields.items()})


def _column(target: str, item: Item, table: Entity) -> ColumnMapping:
    if target == "id":
        raise item.error("The id is the key.", fix="Write it as `key: [column]`.", at_key=True)
    if target not in table.columns:
        raise item.unknown(target, [c for c in table.columns if c != "id"])
    kind = table.columns[target].type
    if not item.is_map:
        return ColumnMapping(target, item.template(), Conversion(type=kind))
    fields = item.fields(
        "from", "fallbacks", "joined", "link", "constant", *_CONVERSION, "confidence",
        "evidence", "evidence_args",
    )  # fmt: skip
    if ("from" in fields) + ("constant" in fields) > 1 or not (
        fields.keys() & {"from", "constant", "joined"}
    ):
        raise item.error("{key} needs either from or constant.")
    link = fields["link"].choice("id", "name") if "link" in fields else None
    if link and table.relation(target) is None:
        raise fields["link"].error("{column} is no relation.", column=target)
    return ColumnMapping(
        target=target,
        source=fields["from"].template() if "from" in fields else None,
        conversion=_conversion(fields, kind),
        link=link,
        constant=fields["constant"].template() if "constant" in fields else None,
        fallbacks=_texts(fields["fallbacks"]) if "fallbacks" in fields else (),
        joined=_texts(fields["joined"]) if "joined" in fields else (),
        confidence=_confidence(fields),
        evidence=fields["evidence"].text() if "evidence" in fields else "mapping.by_preset",
        evidence_args=fields["evidence_args"].value() if "evidence_args" in fields else {},
    )


_CONVERSION = (
    "type", "formats", "decimal_mark", "grouping", "values", "default", "empty_words", "split",
    "offset",
)  # fmt: skip


def _conversion(fields: Mapping[str, Item], kind: str) -> Conversion:
    marks = {word: sign for sign, word in MARKS.items()}
    groups = {word: sign for sign, word in GROUPINGS.items()}
    values: dict[str, str] = {}
    if "values" in fields:
        values = {k: part.template() for k, part in fields["values"].entries().items()}
    return Conversion(
        type=fields["type"].choice(*TYPES) if "type" in fields else kind,
        formats=_texts(fields["formats"]) if "formats" in fields else (),
        decimal_mark=marks[fields["decimal_mark"].choice(*marks)]
        if "decimal_mark" in fields
        else ".",
        grouping=groups[fields["grouping"].choice(*groups)] if "grouping" in fields else "",
        values=values,
        default=fields["default"].template() if "default" in fields else None,
        empty_words=_texts(fields["empty_words"]) if "empty_words" in fields else (),
        split=fields["split"].template() if "split" in fields else None,
        offset=fields["offset"].flag() if "offset" in fields else False,
    )


def _own(item: Item) -> tuple[OwnColumn, ...]:
    found = []
    for name, part in item.entries().items():
        if not part.is_map:
            found.append(OwnColumn(name, name, kind=part.choice(*KINDS)))
            continue
        fields = part.fields("from", "kind", *_CONVERSION, required=("kind",))
        found.append(
            OwnColumn(
                name=name,
                source=fields["from"].template() if "from" in fields else name,
                conversion=_conversion(fields, "text"),
                kind=fields["kind"].choice(*KINDS),
            )
        )
    return tuple(found)
