"""From drafts to mappings: conversions, own columns, and what could not be decided."""

from __future__ import annotations

from dataclasses import dataclass, field

from dq.crm.content import content_of
from dq.crm.conversions import Hints, Reading, date_conversion, number_conversion
from dq.crm.drafts import Candidate, Draft, DraftColumn, Guess, SourceDraft
from dq.crm.links import unmapped
from dq.crm.mapping import ColumnMapping, Conversion, LinesRule, SourceMapping, TableMapping
from dq.crm.model import TABLES
from dq.crm.own import own_columns
from dq.crm.sample import ColumnSample
from dq.crm.shapes import shape_of
from dq.findings import Note

__all__ = ["Finished", "finish"]


@dataclass
class Finished:
    """A source's mapping with what is to be asked and said about it."""

    mapping: SourceMapping
    asked: list[Guess] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def finish(source: SourceDraft, hints: Hints) -> Finished:
    """The mapping of one source."""
    asked, notes = list(source.asked), list(source.notes)
    columns: list[tuple[Draft, list[ColumnMapping]]] = []
    for draft in source.tables:
        columns.append((draft, _columns(source, draft, hints, asked, notes)))
    free = _free(source)
    tables = tuple(
        _table(source, draft, mapped, free if draft is source.main else [], hints)
        for draft, mapped in columns
    )
    own = () if source.tables else own_columns(list(source.sample.columns), frozenset(), hints)
    mapping = SourceMapping(
        source=source.sample.name,
        shape=shape_of(source.sample.raw),
        preset=source.preset,
        tables=tables,
        unmapped=tuple(c.name for c in (free if source.tables else source.sample.columns)),
        own=own,
        merge_log=source.merge_log,
        merge_table=source.merge_table,
        confidence=source.confidence,
        evidence=tuple(source.evidence),
    )
    return Finished(mapping, asked, notes)


def _free(source: SourceDraft) -> list[ColumnSample]:
    """Columns that no table of the source takes as their first choice, and blank headers."""
    taken: set[str] = set()
    for draft in source.tables:
        taken |= {c.name for c in draft.sample.columns} - {c.name for c in unmapped(draft)}
        taken -= {c.name for d in draft.columns.values() for c in (*d.fallbacks, *d.joined)}
    for draft in source.tables:
        taken |= {d.column.name for d in draft.columns.values() if d.column is not None}
    return [c for c in source.sample.columns if c.key and c.name not in taken]


def _columns(
    source: SourceDraft, draft: Draft, hints: Hints, asked: list[Guess], notes: list[Note]
) -> list[ColumnMapping]:
    order = {name: i for i, name in enumerate(TABLES[draft.table].columns)}
    mapped = []
    for found in sorted(draft.columns.values(), key=lambda d: order[d.target]):
        reading = _reading(draft, found, hints)
        if reading.conversion is None:
            asked.append(_ask_order(source, draft, found, reading))
            continue
        _say(source, draft, found, reading, notes)
        mapped.append(_mapping(found, reading.conversion))
    kept = {m.target for m in mapped}
    for target in [t for t in draft.columns if t not in kept]:
        del draft.columns[target]
    return mapped


def _mapping(found: DraftColumn, conversion: Conversion) -> ColumnMapping:
    return ColumnMapping(
        target=found.target,
        source=found.column.name if found.column else None,
        conversion=conversion,
        link=found.link,
        constant=found.constant,
        fallbacks=tuple(c.name for c in found.fallbacks),
        joined=tuple(c.name for c in found.joined),
        confidence=found.confidence,
        evidence=found.evidence,
        evidence_args=found.args,
    )


def _reading(draft: Draft, found: DraftColumn, hints: Hints) -> Reading:
    kind = TABLES[draft.table].columns[found.target].type
    if found.column is None:
        return Reading(Conversion(type=kind))
    content = content_of(found.column)
    if kind in {"date", "timestamp"}:
        return date_conversion(
            content, kind, hints, empty_words=found.empty_words, split=found.split
        )
    if kind in {"integer", "decimal", "double"}:
        return number_conversion(content, kind)
    return Reading(
        Conversion(
            type=kind,
            values=found.values,
            default=found.default,
            empty_words=found.empty_words,
            split=found.split,
        )
    )


def _ask_order(source: SourceDraft, draft: Draft, found: DraftColumn, reading: Reading) -> Guess:
    header = found.column.header if found.column else ""
    example = next(iter(found.column.counts), "") if found.column else ""
    candidates = tuple(
        Candidate(fmt, 0.5, "mapping.date_order", {"header": header}) for fmt in reading.undecided
    )
    return Guess(
        source.sample.name, header, draft.table, candidates, reason="mapping.ask_date_order",
        args={"header": header, "example": example, "column": f"{draft.table}.{found.target}"},
    )  # fmt: skip


def _say(
    source: SourceDraft, draft: Draft, found: DraftColumn, reading: Reading, notes: list[Note]
) -> None:
    """What was decided without the values, said once a column."""
    if found.column is None or reading.conversion is None:
        return
    args: dict[str, object] = {"header": found.column.header}
    file = str(source.sample.raw.facts.file)
    if reading.decided_by in {"country", "order"}:
        args["format"] = ", ".join(reading.conversion.formats)
        notes.append(
            Note(f"mapping.date_by_{reading.decided_by}", args, table=draft.table, file=file)
        )
    if reading.open_words:
        args["words"] = ", ".join(reading.open_words[:5])
        notes.append(Note("mapping.open_words", args, table=draft.table, file=file))
    if reading.ambiguous_numbers:
        notes.append(Note("mapping.number_grouping", args, "warning", table=draft.table, file=file))


def _table(
    source: SourceDraft,
    draft: Draft,
    columns: list[ColumnMapping],
    free: list[ColumnSample],
    hints: Hints,
) -> TableMapping:
    taken = frozenset(TABLES[draft.table].columns)
    names = {name: column.name for name, column in draft.lines.items()}
    lines = LinesRule(**names) if "product" in names else None
    table = TableMapping(
        source=source.sample.name,
        table=draft.table,
        columns=tuple(columns),
        own=own_columns(free, taken, hints),
        key=tuple(c.name for c in draft.key),
        present=tuple(c.name for c in draft.present),
        collapse=draft.collapse,
        deleted=tuple(c.name for c in draft.deleted),
        deleted_values=_deleted_values(draft),
        merged_into=_name(draft.merged_into),
        in_force=_name(draft.in_force),
        since=_name(draft.since),
        lines=lines,
        preset=source.preset,
    )
    return table


def _name(column: ColumnSample | None) -> str | None:
    return None if column is None else column.name


def _deleted_values(draft: Draft) -> tuple[str, ...]:
    default = TableMapping(draft.sample.name, draft.table, ()).deleted_values
    return draft.deleted_values or default
