"""A mapping as plain data: what is default is left out, so that a person can read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dq.crm.mapping import (
    ColumnMapping,
    Conversion,
    OwnColumn,
    ProjectMapping,
    SourceMapping,
    TableMapping,
)
from dq.crm.model import TABLES

__all__ = ["GROUPINGS", "MARKS", "mapping_data"]

MARKS: Mapping[str, str] = {".": "point", ",": "comma"}
GROUPINGS: Mapping[str, str] = {" ": "space", ",": "comma", ".": "point", "'": "apostrophe"}
"""Signs that a file could not show well, by their names."""


def mapping_data(mapping: ProjectMapping) -> dict[str, Any]:
    """The whole mapping as dictionaries, lists and words."""
    data: dict[str, Any] = {"sources": {s.source: _source(s) for s in mapping.sources}}
    if mapping.relations:
        data["relations"] = [list(r) for r in mapping.relations]
    return data


def _source(source: SourceMapping) -> dict[str, Any]:
    data: dict[str, Any] = {"shape": source.shape, "preset": source.preset}
    if source.confidence != 1.0:
        data["confidence"] = source.confidence
    if source.evidence:
        data["evidence"] = [
            {"why": why, "args": dict(args)} if args else {"why": why}
            for why, args in source.evidence
        ]
    if source.merge_log is not None:
        survivor, merged = source.merge_log
        data["merge_log"] = {"survivor": survivor, "merged": merged, "table": source.merge_table}
    if source.tables:
        data["tables"] = [_table(t) for t in source.tables]
    if source.own:
        data["own"] = {o.name: _own(o) for o in source.own}
    if source.unmapped:
        data["unmapped"] = list(source.unmapped)
    return data


def _table(table: TableMapping) -> dict[str, Any]:
    data: dict[str, Any] = {"table": table.table}
    for name in ("key", "present"):
        value: Sequence[str] = getattr(table, name)
        if value:
            data[name] = list(value)
    if table.collapse:
        data["collapse"] = True
    if table.deleted:
        data["deleted"] = table.deleted[0] if len(table.deleted) == 1 else list(table.deleted)
    for name in ("merged_into", "in_force", "since"):
        if getattr(table, name) is not None:
            data[name] = getattr(table, name)
    if table.deleted_values != TableMapping("", "", ()).deleted_values:
        data["deleted_values"] = list(table.deleted_values)
    if table.lines is not None:
        parts = {n: getattr(table.lines, n) for n in ("product", "price", "quantity", "amount")}
        data["lines"] = {n: v for n, v in parts.items() if v is not None}
    if table.columns:
        data["columns"] = {c.target: _column(table.table, c) for c in table.columns}
    if table.own:
        data["own"] = {o.name: _own(o) for o in table.own}
    return data


def _column(table: str, column: ColumnMapping) -> Any:
    kind = TABLES[table].columns[column.target].type
    data: dict[str, Any] = {}
    if column.source is not None:
        data["from"] = column.source
    for name in ("fallbacks", "joined"):
        if getattr(column, name):
            data[name] = list(getattr(column, name))
    for name in ("link", "constant"):
        if getattr(column, name) is not None:
            data[name] = getattr(column, name)
    data |= _conversion(column.conversion, kind)
    if column.confidence != 1.0:
        data["confidence"] = column.confidence
    if column.evidence != "mapping.by_preset":
        data["evidence"] = column.evidence
    if column.evidence_args:
        data["evidence_args"] = dict(column.evidence_args)
    return column.source if list(data) == ["from"] else data


def _own(own: OwnColumn) -> Any:
    data: dict[str, Any] = {} if own.source == own.name else {"from": own.source}
    data["kind"] = own.kind
    data |= _conversion(own.conversion, "text")
    return own.kind if list(data) == ["kind"] else data


def _conversion(how: Conversion, kind: str) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if how.type != kind:
        data["type"] = how.type
    for name in ("formats", "empty_words"):
        value: Sequence[str] = getattr(how, name)
        if value:
            data[name] = list(value)
    if how.decimal_mark != ".":
        data["decimal_mark"] = MARKS[how.decimal_mark]
    if how.grouping:
        data["grouping"] = GROUPINGS[how.grouping]
    if how.values:
        data["values"] = dict(how.values)
    for name in ("default", "split"):
        if getattr(how, name) is not None:
            data[name] = getattr(how, name)
    if how.offset:
        data["offset"] = True
    return data
