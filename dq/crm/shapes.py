"""The shape of a file, and reusing the mapping of a file of the same shape.

Two files have one shape when their headers are the same words in any order and any case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from dq.crm.headers import header_key
from dq.crm.mapping import LinesRule, OwnColumn, SourceMapping, TableMapping
from dq.tables import RawTable

__all__ = ["columns_used", "reuse", "shape_of"]


def shape_of(raw: RawTable) -> str:
    """Digest of the normalised headers: 16 hex digits."""
    keys = sorted(k for k in (header_key(c) for c in raw.columns) if k)
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]


def reuse(raw: RawTable, remembered: Sequence[SourceMapping]) -> SourceMapping | None:
    """The remembered mapping of a file of this shape, with this file's name and headers.

    Where several have the shape, that of the same source name is taken.
    """
    shape = shape_of(raw)
    same = [m for m in remembered if m.shape == shape]
    same.sort(key=lambda m: m.source != raw.name)
    now = _by_key(raw.columns)
    for mapping in same:
        if all(header_key(column) in now for column in columns_used(mapping)):
            return _renamed(mapping, raw.name, lambda old: now[header_key(old)])
    return None


def _by_key(columns: Sequence[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for column in columns:
        found.setdefault(header_key(column), column)
    return found


def columns_used(mapping: SourceMapping) -> tuple[str, ...]:
    """Raw columns that a mapping names, each once."""
    names: dict[str, None] = {}

    def keep(name: str) -> str:
        names[name] = None
        return name

    _renamed(mapping, mapping.source, keep)
    return tuple(names)


def _renamed(mapping: SourceMapping, source: str, name: Callable[[str], str]) -> SourceMapping:
    """The same mapping for another source, each raw column renamed."""
    return replace(
        mapping,
        source=source,
        tables=tuple(_renamed_table(t, source, name) for t in mapping.tables),
        unmapped=tuple(name(c) for c in mapping.unmapped),
        own=_renamed_own(mapping.own, name),
        merge_log=(name(mapping.merge_log[0]), name(mapping.merge_log[1]))
        if mapping.merge_log
        else None,
    )


def _renamed_own(own: Sequence[OwnColumn], name: Callable[[str], str]) -> tuple[OwnColumn, ...]:
    return tuple(replace(o, source=name(o.source)) for o in own)


def _renamed_table(table: TableMapping, source: str, name: Callable[[str], str]) -> TableMapping:
    def maybe(column: str | None) -> str | None:
        return None if column is None else name(column)

    lines = table.lines
    return replace(
        table,
        source=source,
        columns=tuple(
            replace(
                c,
                source=maybe(c.source),
                fallbacks=tuple(name(f) for f in c.fallbacks),
                joined=tuple(name(j) for j in c.joined),
            )
            for c in table.columns
        ),
        own=_renamed_own(table.own, name),
        key=tuple(name(k) for k in table.key),
        present=tuple(name(p) for p in table.present),
        deleted=tuple(name(d) for d in table.deleted),
        merged_into=maybe(table.merged_into),
        in_force=maybe(table.in_force),
        since=maybe(table.since),
        lines=None
        if lines is None
        else LinesRule(
            name(lines.product), maybe(lines.price), maybe(lines.quantity), maybe(lines.amount)
        ),
    )
