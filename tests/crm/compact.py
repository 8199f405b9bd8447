"""A recognition in few words, so that a whole expected mapping can be read at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dq.crm.drafts import Recognition
from dq.crm.mapping import ColumnMapping, Conversion, OwnColumn, SourceMapping, TableMapping
from dq.crm.model import TABLES

Compact = dict[str, Any]


def compact(found: Recognition) -> Compact:
    """Preset, files, questions and notes; what is empty or default is left out."""
    whole: Compact = {
        "preset": found.preset,
        "files": {s.source: _source(s) for s in found.mapping.sources},
        "relations": [" ".join(r) for r in found.mapping.relations],
        "asked": sorted(
            f"{g.source}/{g.column or '-'}: {g.reason.removeprefix('mapping.')} "
            + ", ".join(c.target for c in g.candidates)
            for g in found.asked
        ),
        "near": [f"{n.source}/{n.column}: {n.known} ({n.target})" for n in found.near],
        "notes": [
            f"{n.code.removeprefix('mapping.')}: " + ", ".join(str(v) for v in n.args.values())
            for n in found.notes
            if n.code not in {"mapping.preset_told"}
        ],
    }
    return {k: v for k, v in whole.items() if v}


def _source(source: SourceMapping) -> Compact:
    told: Compact = {}
    why = [key.removeprefix("mapping.") for key, _ in source.evidence]
    if why and why != ["told_by_headers"]:
        told["why"] = " ".join(why)
    if source.merge_log:
        told["merge_log"] = f"{source.merge_table}: {source.merge_log[0]} <- {source.merge_log[1]}"
    told |= {t.table: _table(t) for t in source.tables}
    own = [*source.own, *(o for t in source.tables for o in t.own)]
    if own:
        told["own"] = _owned(own)
    return told


def _table(table: TableMapping) -> Compact:
    said: Compact = {"key": " ".join(table.key) or "by content"}
    if table.present:
        said["present"] = ", ".join(table.present)
    if table.collapse:
        said["collapse"] = True
    default = TableMapping("", "", ()).deleted_values
    if table.deleted:
        words = "" if table.deleted_values == default else f" = {', '.join(table.deleted_values)}"
        said["deleted"] = ", ".join(table.deleted) + words
    if table.merged_into:
        said["merged_into"] = table.merged_into
    if table.in_force:
        said["in_force"] = table.in_force + (f" since {table.since}" if table.since else "")
    if table.lines:
        lines = table.lines
        said["lines"] = ", ".join(
            p for p in (lines.product, lines.price, lines.quantity, lines.amount) if p
        )
    return said | {c.target: _column(table.table, c) for c in table.columns}


def _column(table: str, column: ColumnMapping) -> str:
    parts = [f"= {column.constant}"] if column.constant else []
    parts += [" + ".join((column.source, *column.fallbacks))] if column.source else []
    parts += [f"({' & '.join(column.joined)})"] if column.joined else []
    if column.link:
        parts.append(f"by {column.link}")
    kind = TABLES[table].columns[column.target].type
    parts += _conversion(column.conversion, kind)
    if column.confidence < 1:
        parts.append(f"{column.confidence:.2f}")
    return " ".join(parts)


def _conversion(how: Conversion, kind: str) -> list[str]:
    parts = [] if how.type == kind else [how.type]
    parts += [f"[{fmt}]" for fmt in how.formats]
    if how.decimal_mark != "." or how.grouping:
        parts.append(f"1{how.grouping}234{how.decimal_mark}5")
    if how.values:
        parts.append("{" + _values(how.values) + "}")
    if how.default:
        parts.append(f"else {how.default}")
    if how.empty_words:
        parts.append("none: " + ", ".join(how.empty_words))
    if how.split:
        parts.append(f"split {how.split}")
    return [*parts, "offset"] if how.offset else parts


def _values(values: Mapping[str, str]) -> str:
    by_value: dict[str, list[str]] = {}
    for word, value in values.items():
        by_value.setdefault(value, []).append(word)
    return "; ".join(f"{value}: {', '.join(words)}" for value, words in by_value.items())


def _owned(own: list[OwnColumn]) -> Compact:
    """Kind, type and style to the columns that have them."""
    found: dict[str, list[str]] = {}
    for column in own:
        how = " ".join([column.kind, *_conversion(column.conversion, "text")])
        name = column.name
        if name != column.source:
            name = f"{name} <- {column.source}"
        found.setdefault(how, []).append(name)
    return {how: ", ".join(names) for how, names in found.items()}
