"""JSON lines and JSON arrays of objects; nested objects become columns `owner.name`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial

from dq.findings import Note
from dq.sources.assemble import empty_note
from dq.sources.encoding import prepare
from dq.sources.headers import by_position, clean, unique
from dq.sources.job import Job
from dq.sources.json_stream import Record, find_member, records
from dq.sources.lines import Part, note, refuse, shown
from dq.sources.options import ReadOptions
from dq.sources.sink import Sink, check_problems
from dq.tables import Problem

__all__ = ["read_json"]


def read_json(job: Job) -> list[Part]:
    """Read JSON lines, an array of objects, or the one list of objects in an object.

    The file is read twice: for the columns, then for the rows. Numbers keep their digits.

    Raises:
        SourceError: The JSON is broken, cut, or holds no objects.
    """
    text = prepare(job.path, job.options, job.into, doubt=True)
    notes = list(text.notes)
    try:
        member = job.options.sheet
        if member is None:
            member = find_member(text.path, text.skip)
            if member is not None:
                notes.append(_member_note(member, lenient=job.lenient))
        all_records = partial(
            records,
            text.path,
            text.skip,
            None if member is None else str(member),
            damaged=text.damaged,
        )
        with closing(all_records()) as found:
            columns = _columns(found, job.options)
        with closing(all_records()) as found:
            part = _Writer(job, columns).write(found)
    except RecursionError as error:
        raise refuse("Objects in it are nested too deeply.", "Export a flat table.") from error
    finally:
        if text.temporary:
            text.path.unlink(missing_ok=True)
    return [replace(part, notes=(*notes, *part.notes), encoding=text.encoding)]


def _member_note(member: str, *, lenient: bool) -> Note:
    if not lenient:
        raise refuse(
            "The records are inside “{member}” of one object.",
            "Write sheet: {member} for this source.",
            member=member,
        )
    return note("source.json_member", member=member, setting=("sheet", member))


def _columns(found: Iterator[Record], options: ReadOptions) -> tuple[str, ...]:
    """Columns in the order in which they first appear."""
    columns: dict[str, None] = {}
    for record in found:
        cells = record.flat.cells
        if cells.keys() <= columns.keys():
            continue
        columns.update(dict.fromkeys(cells))
        if len(columns) > options.max_columns:
            raise refuse(
                "It has {n} columns; the limit is {limit}.",
                "Leave out what is not needed, or raise max_columns.",
                row=record.row,
                n=len(columns),
                limit=options.max_columns,
            )
    if not columns:
        raise refuse(
            "There are no objects with values in it.",
            "Export a list of records as JSON, or as CSV.",
        )
    return tuple(columns)


class _Writer:
    """Writes records under one set of columns."""

    def __init__(self, job: Job, keys: tuple[str, ...]) -> None:
        self.job = job
        self.keys = keys
        self.names, self.repeated = unique([clean(k) or by_position(i) for i, k in enumerate(keys)])
        self.problems: list[Problem] = []
        self.lists: set[str] = set()
        self.read = 0

    def write(self, found: Iterator[Record]) -> Part:
        """Write all records and say what was odd."""
        with Sink(self.job.target(), self.names, self.job.options.max_cell) as sink:
            for record in found:
                self._take(record, sink)
        return Part(
            path=self.job.target(),
            names=self.names,
            rows=sink.rows,
            rows_read=self.read,
            problems=tuple(sorted([*self.problems, *sink.problems], key=lambda p: p.row)),
            notes=tuple(self._notes()),
            headers=self.keys,
        )

    def _take(self, record: Record, sink: Sink) -> None:
        self.read += 1
        self._check(record.row)
        flat = record.flat
        if flat.spoiled:
            self.problems += [Problem(c, record.row, value=shown(v)) for c, v in flat.spoiled]
            return
        self.lists |= flat.lists
        for code, column, value in flat.faults:
            name = self.names[self.keys.index(column)]
            self.problems.append(Problem(code, record.row, name, shown(value), kept=True))
        sink.add(record.row, [flat.cells.get(key, "") for key in self.keys])

    def _check(self, row: int) -> None:
        limit = self.job.options.max_rows
        if limit is not None and self.read > limit:
            raise refuse(
                "It has more than {limit} rows.",
                "Split the file, or raise max_rows.",
                row=row,
                limit=limit,
            )
        check_problems(len(self.problems), row)

    def _notes(self) -> list[Note]:
        notes = []
        nested = [key for key in self.keys if "." in key]
        if nested:
            notes.append(note("source.json_flattened", n=len(nested), columns=nested[:20]))
        if self.lists:
            columns = sorted(self.lists)
            notes.append(
                note("source.json_lists", severity="warning", n=len(columns), columns=columns)
            )
        if self.repeated:
            headers = list(self.repeated)
            notes.append(note("source.duplicate_headers", n=len(headers), headers=headers))
        if not self.read:
            notes.append(empty_note())
        return notes
