"""Rows of a grid to records: what fits the header goes to Parquet, what does not is said."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

from dq.findings import Note
from dq.sources.footers import TAIL, find_footer, footer_label
from dq.sources.lines import Fault, Line, Merge, Part, filled, note, refuse, shown
from dq.sources.options import ReadOptions
from dq.sources.shape import Blank, Layout, find_layout, head_size
from dq.sources.sink import Sink, check_problems
from dq.tables import Problem

__all__ = ["assemble", "empty_note"]


def assemble(
    lines: Iterable[Line],
    path: Path,
    options: ReadOptions,
    *,
    lenient: bool,
    layout: Layout | None = None,
    merges: Sequence[Merge] = (),
    blank: Blank | None = None,
) -> Part:
    """Read a grid of rows into the Parquet file `path`.

    The header is found first unless `layout` tells where it is; the last rows are held back
    until it is clear whether they are a footer. Memory is bounded by blocks of rows.

    Raises:
        SourceError: The grid is not a table, or breaks a limit.
    """
    rows = iter(lines)
    if layout is None:
        head = list(islice(rows, head_size(options)))
        layout = find_layout(head, options, lenient=lenient, merges=merges, blank=blank)
        rows = chain(head, rows)
    with Sink(path, layout.names, options.max_cell) as sink:
        body = _Body(layout, sink, options, merges, lenient=lenient)
        body.run(rows)
        body.check()
    problems = sorted([*body.problems, *sink.problems], key=lambda p: p.row)
    notes = [*layout.notes, *body.notes]
    if not body.rows_read:
        notes.append(empty_note())
    return Part(
        path=path,
        names=layout.names,
        rows=sink.rows,
        rows_read=body.rows_read,
        problems=tuple(problems),
        notes=tuple(notes),
        headers=layout.headers,
        header_row=layout.header_rows[-1] if layout.header_rows else None,
    )


def empty_note() -> Note:
    """Said of a table with a header and no records."""
    return note("source.no_rows", severity="warning")


@dataclass
class _Body:
    """Takes the rows of a grid in order and counts what becomes of them."""

    layout: Layout
    sink: Sink
    options: ReadOptions
    merges: Sequence[Merge]
    lenient: bool = field(kw_only=True)
    rows_read: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    _blank: int = 0
    _blank_waiting: int = 0
    _long: int = 0
    _first_long: Problem | None = None
    _header: tuple[str, ...] = ()
    _mark: str | None = None
    _plain_width: int = -1
    _limit: int = -1
    _has_merges: bool = False
    _waiting_merges: deque[Merge] = field(default_factory=deque)
    _open_merges: list[Merge] = field(default_factory=list)

    def run(self, rows: Iterable[Line]) -> None:
        """Read all rows after the header."""
        cells = self.layout.headers if len(self.layout.header_rows) == 1 else ()
        self._header = tuple(cells[: self.layout.width])
        self._mark = self._header[0] if self._header else None
        self._plain_width = self.layout.width if self.layout.whole else -1
        if self.options.max_rows is not None:
            self._limit = self.options.max_rows + 1
        inside = (m for m in self.merges if m.bottom >= self.layout.first and self._spoils(m))
        self._waiting_merges = deque(sorted(inside))
        self._has_merges = bool(self._waiting_merges)
        declared = self.options.footer
        size = TAIL + (declared if isinstance(declared, int) else 0)
        tail: deque[Line] = deque()
        for line in rows:
            if line.row < self.layout.first:
                continue
            tail.append(line)
            if len(tail) > size:
                self.take(tail.popleft())
        self._end(list(tail))

    def take(self, line: Line) -> None:
        """Read one row: a record, a blank row, or a row that does not fit."""
        cells = line.cells
        if not line.faults and not any(cells):
            self._blank_waiting += 1
            return
        self._blank += self._blank_waiting
        self._blank_waiting = 0
        self.rows_read += 1
        if self.rows_read == self._limit:
            raise self._too_many(line.row)
        plain = len(cells) == self._plain_width and not line.faults and not self._has_merges
        if plain and (cells[0] != self._mark or tuple(cells) != self._header):
            self.sink.add(line.row, cells)
        else:
            self._take_odd(line)

    def _take_odd(self, line: Line) -> None:
        cells = line.cells
        lost = [fault for fault in line.faults if not fault.kept]
        if lost:
            self._spoiled(line, lost)
            return
        if len(cells) != self.layout.width:
            fitted = self._fitted(line)
            if fitted is None:
                return
            cells = fitted
        if self._header and tuple(cells) == self._header:
            self._spoiled(line, [Fault("problem.repeated_header")])
            return
        faults = (*line.faults, *self._merged(line.row))
        if faults:
            cells = self._cleared(line.row, cells, faults)
        self.sink.add(line.row, [cells[i] for i in self.layout.positions])

    def _too_many(self, row: int) -> Exception:
        return refuse(
            "It has more than {limit} rows.",
            "Split the file, or raise max_rows.",
            row=row,
            limit=self.options.max_rows,
        )

    def check(self) -> None:
        """Reject a table whose header is shorter than its rows.

        Raises:
            SourceError: More than half of the rows have cells beyond the header.
        """
        if self._first_long is not None and self._long * 2 > self.rows_read:
            raise refuse(
                "The header has {expected} names, but {n} of {rows} rows have more cells "
                "(row {row}: {found}).",
                "Name every column, or check the delimiter.",
                n=self._long,
                rows=self.rows_read,
                row=self._first_long.row,
                found=self._first_long.args["found"],
                expected=self.layout.width,
            )
        if self._blank:
            self.notes.append(note("source.blank_rows", n=self._blank))

    def _end(self, tail: list[Line]) -> None:
        footer = find_footer(tail, self.layout.width, self.options.footer)
        for line in tail[:footer]:
            self.take(line)
        if footer is None:
            return
        rows = [line for line in tail[footer:] if filled(line.cells)]
        declared = self.options.footer is not None
        if not declared and not self.lenient:
            self.rows_read += len(rows)
            for line in rows:
                self._say(line.row, Fault("problem.footer", value=_raw(line.cells)))
            return
        label = footer_label(rows[0])
        setting = None if declared else ("footer", label)
        self.notes.append(
            note("source.footer", n=len(rows), text=label, row=rows[0].row, setting=setting)
        )

    def _fitted(self, line: Line) -> Sequence[str] | None:
        """The row's cells, as many as the header has, or None when the row is spoiled."""
        width, cells = self.layout.width, line.cells
        if len(cells) > width:
            extra = next((i for i in range(width, len(cells)) if cells[i].strip()), None)
            if extra is None:
                return cells[:width]
            if extra < len(self.layout.headers) and not self.lenient:
                raise refuse(
                    "Column {position} has no header, and row {row} has a value in it.",
                    "Name it, or write blank_headers: true for this source.",
                    row=line.row,
                    position=extra + 1,
                )
            self._long += 1
            code = "problem.extra_cells"
        else:
            code = "problem.missing_cells"
            if line.cut:
                raise refuse(
                    "The last row is cut off: {found} of {expected} cells and no line end.",
                    "Export the file again: rows after it may be lost as well.",
                    line=line.line,
                    row=line.row,
                    found=len(cells),
                    expected=width,
                )
        args = {"found": len(cells), "expected": width}
        self._spoiled(line, [Fault(code, args=args)])
        if code == "problem.extra_cells" and self._first_long is None:
            self._first_long = self.problems[-1]
        return None

    def _cleared(self, row: int, cells: Sequence[str], faults: Iterable[Fault]) -> list[str]:
        """The row's cells without the spoiled ones, which are said."""
        result = list(cells)
        for fault in faults:
            column = fault.column
            if column is None or column not in self.layout.positions:
                continue
            if fault.cleared:
                result[column] = ""
            self._say(row, fault)
        return result

    def _spoils(self, merge: Merge) -> bool:
        """Whether a merged range hides values: not if it only adds nameless blank columns."""
        named = sum(1 for p in self.layout.positions if merge.left <= p <= merge.right)
        return named > 1 or (named == 1 and merge.bottom > merge.top)

    def _merged(self, row: int) -> Iterator[Fault]:
        """What merged cells do to a row; asked in the order of rows."""
        while self._waiting_merges and self._waiting_merges[0].top <= row:
            self._open_merges.append(self._waiting_merges.popleft())
        if self._open_merges:
            self._open_merges = [m for m in self._open_merges if m.bottom >= row]
        for merge in self._open_merges:
            left = next(p for p in self.layout.positions if p >= merge.left)
            args = {"first": str(merge.top), "last": str(merge.bottom)}
            yield Fault("problem.merged_cell", left, None, args, kept=True, cleared=False)

    def _spoiled(self, line: Line, faults: Sequence[Fault]) -> None:
        for fault in faults:
            value = fault.value if fault.value is not None else _raw(line.cells)
            self._say(line.row, replace(fault, value=value))

    def _say(self, row: int, fault: Fault) -> None:
        layout, column = self.layout, None
        if fault.column is not None and fault.column in layout.positions:
            column = layout.names[layout.positions.index(fault.column)]
        value = None if fault.value is None else shown(fault.value)
        self.problems.append(
            Problem(fault.code, row, column, value, dict(fault.args), kept=fault.kept)
        )
        check_problems(len(self.problems), row)


def _raw(cells: Sequence[str]) -> str:
    return " | ".join(cells)
