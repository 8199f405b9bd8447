"""A remembered mapping on a new file.

What the values would no longer bear is brought up to date, and said. The meaning of the
columns stays as it was agreed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dq.crm.content import content_of
from dq.crm.conversions import Hints, date_conversion
from dq.crm.headers import header_key
from dq.crm.mapping import ColumnMapping, Conversion, SourceMapping, TableMapping
from dq.crm.sample import ColumnSample, TableSample
from dq.crm.stages import stage_values
from dq.findings import Note
from dq.text.dates import SERIALS, read_moment

__all__ = ["refresh"]

_SPENT = 0.1


def refresh(
    mapping: SourceMapping, sample: TableSample, hints: Hints
) -> tuple[SourceMapping, list[Note]]:
    """The mapping fit for this file's values, and notes on what changed.

    New stage words that are known to mean won or lost do so; dates that are written
    otherwise than before are read in their new style as well; ids of several tables in a
    column that held those of one are left out.
    """
    notes: list[Note] = []
    columns = {c.name: c for c in sample.columns}
    tables = tuple(_table(table, columns, hints, notes) for table in mapping.tables)
    return replace(mapping, tables=tables), notes


def _table(
    table: TableMapping, columns: dict[str, ColumnSample], hints: Hints, notes: list[Note]
) -> TableMapping:
    kept = []
    for mapped in table.columns:
        column = columns.get(mapped.source or "")
        found = mapped if column is None else _column(table, mapped, column, hints, notes)
        if found is not None:
            kept.append(found)
    return replace(table, columns=tuple(kept))


def _column(
    table: TableMapping,
    mapped: ColumnMapping,
    column: ColumnSample,
    hints: Hints,
    notes: list[Note],
) -> ColumnMapping | None:
    prefix = mapped.evidence_args.get("prefix")
    by_prefix = mapped.evidence == "mapping.by_prefix" and isinstance(prefix, str)
    if by_prefix and not all(v.startswith(str(prefix)) for v in column.values):
        _note(notes, "mapping.several_tables", table, column)
        return None
    if table.table == "deals" and mapped.target == "status":
        return _status(table, mapped, column, notes)
    if mapped.conversion.type in {"date", "timestamp"}:
        return _date(table, mapped, column, hints, notes)
    return mapped


def _status(
    table: TableMapping, mapped: ColumnMapping, column: ColumnSample, notes: list[Note]
) -> ColumnMapping:
    known = {header_key(w) for w in mapped.conversion.values}
    values, unknown = stage_values(w for w in column.all_counts if header_key(w) not in known)
    if values:
        _note(notes, "mapping.stages_added", table, column, ", ".join(values))
        how = replace(mapped.conversion, values={**mapped.conversion.values, **values})
        mapped = replace(mapped, conversion=how)
    if unknown and mapped.conversion.default == "open":
        _note(notes, "mapping.stages_taken_open", table, column, ", ".join(unknown[:20]))
    return mapped


def _date(
    table: TableMapping,
    mapped: ColumnMapping,
    column: ColumnSample,
    hints: Hints,
    notes: list[Note],
) -> ColumnMapping:
    how = mapped.conversion
    content = content_of(column)
    if not content.total or (how.formats and _read(content.counts, how) >= 1 - _SPENT):
        return mapped
    reading = date_conversion(content, how.type, hints, empty_words=how.empty_words)
    new = reading.conversion
    if new is None or not new.formats or set(new.formats) <= set(how.formats):
        return mapped
    formats = tuple(dict.fromkeys((*new.formats, *how.formats)))
    if how.formats:
        _note(notes, "mapping.style_changed", table, column, ", ".join(new.formats))
    return replace(
        mapped,
        conversion=replace(
            how, formats=formats, empty_words=new.empty_words, offset=how.offset or new.offset
        ),
    )


def _read(counts: Mapping[str, int], how: Conversion) -> float:
    """Share of the values that the remembered formats read."""
    empty = {header_key(w) for w in how.empty_words}
    said = {v: c for v, c in counts.items() if header_key(v) not in empty}
    total = sum(said.values())
    if not total or set(how.formats) & set(SERIALS):
        return 1.0
    read = sum(c for v, c in said.items() if read_moment(v, how.formats) is not None)
    return read / total


def _note(
    notes: list[Note], code: str, table: TableMapping, column: ColumnSample, words: str = ""
) -> None:
    args: dict[str, object] = {"header": column.header, "words": words}
    file = str(column.table.raw.facts.file)
    notes.append(Note(code, args, severity="warning", table=table.table, file=file))
