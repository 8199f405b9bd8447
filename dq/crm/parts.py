"""The rows that one raw table gives to one canonical table, as a query over the raw table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from dq.crm.mapping import ColumnMapping, Conversion, OwnColumn, TableMapping
from dq.crm.typing import convert, unconverted
from dq.sql import portable as f

__all__ = ["SYSTEM", "Failures", "Part", "build_part", "conversion_failures", "typed_null"]

SYSTEM = ("_source", "_row", "_deleted", "_merged")


@dataclass(frozen=True)
class Part:
    """A query giving `id`, the mapped and own columns and the system columns of one source.

    `types` are the columns' types in order; `all_rows` counts before identical split-off
    records or repeated product rows were folded.
    """

    mapping: TableMapping
    sql: exp.Query
    types: dict[str, str]
    all_rows: exp.Query | None = None


def _raw(column: str) -> exp.Expression:
    return f.col(column)


def _text_of(mapping: ColumnMapping) -> exp.Expression:
    sources = [s for s in (mapping.source, *mapping.fallbacks) if s is not None]
    texts = [f.nullif(f.trim(_raw(s)), f.lit("")) for s in sources]
    return texts[0] if len(texts) == 1 else f.coalesce(*texts)


def _value_of(mapping: ColumnMapping, zone: str | None, typed: bool) -> exp.Expression:
    if mapping.constant is not None:
        return f.lit(mapping.constant)
    if mapping.source is None:
        return typed_null(mapping.conversion.type)
    if typed and mapping.conversion == Conversion(type=mapping.conversion.type):
        return _raw(mapping.source)
    return convert(_text_of(mapping), mapping.conversion, zone)


_SQL_TYPES = {
    "text": "TEXT",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18, 4)",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


def typed_null(kind: str) -> exp.Expression:
    return exp.cast(exp.null(), _SQL_TYPES[kind])


def _key(mapping: TableMapping, prefix: str | None) -> exp.Expression:
    """The record's key: its id columns, else a hash of its cells and an occurrence number."""
    if mapping.key:
        parts = [f.nullif(f.trim(_raw(c)), f.lit("")) for c in mapping.key]
        key = parts[0] if len(parts) == 1 else f.concat(*_joined(parts))
        given = f.concat(f.lit(prefix + ":"), key) if prefix else key
        return f.coalesce(given, _content_key(mapping, occurrence=True))
    return _content_key(mapping, occurrence=not mapping.collapse)


def _joined(parts: Sequence[exp.Expression]) -> list[exp.Expression]:
    joined: list[exp.Expression] = []
    for part in parts:
        joined += [part, f.lit("|")]
    return joined[:-1]


def _content_key(mapping: TableMapping, *, occurrence: bool) -> exp.Expression:
    names = sorted({c.source for c in mapping.columns if c.source} | {o.source for o in mapping.own})
    cells: list[exp.Expression] = []
    for name in names:
        cell = f.coalesce(f.fold(_raw(name)), f.lit(""))
        cells += [f.as_text(f.length(cell)), f.lit(":"), cell]
    digest = f.substring(f.md5(f.concat(*cells)), f.lit(1), f.lit(16))
    if not occurrence:
        return f.concat(f.lit("~"), digest)
    number = f.row_number(partition=[digest], order=[f.col("_row")])
    return f.concat(f.lit("~"), digest, f.lit("-"), f.as_text(number))


def _flag(mapping: TableMapping) -> exp.Expression:
    if mapping.deleted is None:
        return f.lit(False)
    words = [w.casefold() for w in mapping.deleted_values]
    return f.coalesce(f.in_(f.fold(f.as_text(_raw(mapping.deleted))), words), f.lit(False))


def build_part(
    mapping: TableMapping,
    *,
    zone: str | None = None,
    prefix: str | None = None,
    typed: bool = False,
) -> Part:
    """The query of one (source, table) pair; `prefix` goes before given keys."""
    types: dict[str, str] = {"id": "text"}
    projections: list[exp.Expression] = [f.alias(_key(mapping, prefix), "id")]
    for column in mapping.columns:
        if column.target == "id":
            continue
        types[column.target] = column.conversion.type
        value = _value_of(column, zone, typed)
        if mapping.lines and column.target == "amount" and mapping.lines.amount:
            value = f.sum_over(value, partition=[_raw(c) for c in mapping.key])
        projections.append(f.alias(value, column.target))
    for own in mapping.own:
        types[own.name] = own.conversion.type
        projections.append(f.alias(_own_value(own, zone, typed), own.name))
    merged = (
        f.nullif(f.trim(f.as_text(_raw(mapping.merged_into))), f.lit(""))
        if mapping.merged_into
        else typed_null("text")
    )
    projections += [
        f.alias(f.lit(mapping.source), "_source"),
        f.alias(f.col("_row"), "_row"),
        f.alias(_flag(mapping), "_deleted"),
        f.alias(merged, "_merged"),
    ]
    source = f.table(f"raw.{mapping.source}")
    query = exp.select(*projections).from_(source)
    if mapping.present:
        query = query.where(f.any_of(*[f.filled(_raw(c)) for c in mapping.present]))
    if not (mapping.collapse or mapping.lines):
        return Part(mapping, query, types)
    counted = exp.select(f.alias(f.count(), "n")).from_(query.copy().subquery("p"))
    order = f.row_number(partition=[f.col("id")], order=[f.col("_row")])
    numbered = exp.select("*", f.alias(order, "_copy")).from_(query.subquery("p"))
    names = [*types, *SYSTEM]
    folded = (
        exp.select(*[f.col(n) for n in names])
        .from_(numbered.subquery("q"))
        .where(f.col("_copy").eq(f.lit(1)))
    )
    return Part(mapping, folded, types, counted)


def _own_value(own: OwnColumn, zone: str | None, typed: bool) -> exp.Expression:
    if typed and own.conversion == Conversion(type=own.conversion.type):
        return _raw(own.source)
    return convert(_raw(own.source), own.conversion, zone)


@dataclass(frozen=True)
class Failures:
    """Rows with cells that do not convert: `sql` gives id, _row, _deleted and a text column
    `v<i>` for each entry of `columns` (NULL where the cell is fine)."""

    source: str
    sql: exp.Query
    columns: tuple[str, ...]


def conversion_failures(part: Part, zone: str | None, skip: set[str]) -> Failures | None:
    """Query of the rows of a part that hold a cell of the wrong type.

    `skip` are raw columns already judged for another table; those judged here are added.
    """
    mapping = part.mapping
    cells: list[tuple[str, exp.Expression, Conversion]] = []
    for column in mapping.columns:
        if column.source is None or column.source in skip or column.conversion.type == "text":
            continue
        skip.add(column.source)
        cells.append((column.target, _text_of(column), column.conversion))
    for own in mapping.own:
        if own.source in skip or own.conversion.type == "text":
            continue
        skip.add(own.source)
        cells.append((own.name, _raw(own.source), own.conversion))
    if not cells:
        return None
    flagged = [
        f.alias(f.case((unconverted(text, how, zone), text), default=f.lit(None)), f"v{i}")
        for i, (_, text, how) in enumerate(cells)
    ]
    wide = exp.select(
        f.alias(_key(mapping, None), "id"),
        f.col("_row"),
        f.alias(_flag(mapping), "_deleted"),
        *flagged,
    ).from_(f.table(f"raw.{mapping.source}"))
    if mapping.present:
        wide = wide.where(f.any_of(*[f.filled(_raw(c)) for c in mapping.present]))
    bad = (
        exp.select("*")
        .from_(wide.subquery("w"))
        .where(f.any_of(*[f.not_null(f.col(f"v{i}")) for i in range(len(cells))]))
    )
    return Failures(mapping.source, bad, tuple(name for name, _, _ in cells))
