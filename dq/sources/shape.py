"""Where the table starts: title lines, the header, the columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dq.findings import Note
from dq.sources.headers import by_position, clean, header_notes, unique
from dq.sources.lines import Line, Merge, filled, note, refuse
from dq.sources.options import ReadOptions

__all__ = ["HEAD", "Blank", "Layout", "find_layout", "head_size", "looks_like_header"]

HEAD = 60
"""Rows that are looked at to find the header."""

_LONGEST_VALUE = 80

Blank = Callable[[int], frozenset[int]]

_VALUE = re.compile(
    r"[-+(]?[\d\s.,'\u00a0\u202f%$€₽₴)]*\d[\d\s.,'\u00a0\u202f%$€₽₴)]*"  # number
    r"|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([ T]\d{1,2}:\d{2}.*)?"  # date
    r"|[^@\s]+@[^@\s]+\.[^@\s]+"  # e-mail
)


@dataclass(frozen=True)
class Layout:
    """The table in a grid of rows.

    `headers` are the cells as they came; `names` those of the columns that are read, in the
    grid's positions `positions`; `first` is the number of the first row after the header.
    """

    header_rows: tuple[int, ...]
    headers: tuple[str, ...]
    names: tuple[str, ...]
    positions: tuple[int, ...]
    first: int
    notes: tuple[Note, ...]

    @property
    def width(self) -> int:
        """Cells that a row may fill."""
        return self.positions[-1] + 1

    @property
    def whole(self) -> bool:
        """Whether the columns are simply the first cells of each row."""
        return len(self.positions) == self.width


def head_size(options: ReadOptions) -> int:
    """How many first rows `find_layout` wants to see."""
    return HEAD + max(options.header_rows or (0,))


def find_layout(
    head: Sequence[Line],
    options: ReadOptions,
    *,
    lenient: bool,
    merges: Sequence[Merge] = (),
    blank: Blank | None = None,
) -> Layout:
    """The layout that is declared or that the first rows show.

    Args:
        head: First rows of the grid, as many as `head_size` says.
        options: What is declared.
        lenient: Read title lines, headers of several rows and nameless columns where the
            meaning is plain, with a note each.
        merges: Merged ranges that touch these rows.
        blank: Tells the positions that are blank in every row from the given one on.

    Raises:
        SourceError: There is no header, or it is not where it should be.
    """
    if not any(filled(line.cells) for line in head):
        raise refuse("There is nothing in it.", "Export it again and look at the file's size.")
    declared = options.header_rows
    if declared == ():
        return _headless(head, options)
    notes: list[Note] = []
    rows = declared or _detected(head, merges, lenient=lenient, notes=notes)
    lines = [line for line in head if line.row in rows]
    if len(lines) < len(rows) or not any(clean(c) for line in lines for c in line.cells):
        raise refuse(
            "Row {row} should hold the headers, and there is nothing in it.",
            "Correct header_row, or leave it out to have the header found.",
            row=rows[0],
        )
    cells = _joined(lines, merges)
    notes += header_notes(cells)
    if declared is None and all(_is_value(clean(c)) for c in cells if clean(c)):
        notes.append(note("source.header_like_data", severity="warning", row=rows[0]))
    body = [line.cells for line in head if line.row > rows[-1]]
    return _columns(rows, cells, body, notes, options, forgiven=lenient, blank=blank)


def _detected(
    head: Sequence[Line], merges: Sequence[Merge], *, lenient: bool, notes: list[Note]
) -> tuple[int, ...]:
    counts = [filled(line.cells) for line in head]
    most = max(counts)
    start = next(i for i, count in enumerate(counts) if count)
    found = next(i for i, count in enumerate(counts) if count * 2 > most)
    if most == 2 and all(counts[start:found]):
        found = start  # one lone cell on a row of two is no title but a short header
    line = head[found]
    if found > start and not looks_like_header(line.cells):
        line = head[start]
        if most >= 2 * counts[start]:
            raise refuse(
                "No row looks like a header: row {row} holds {n} names, later rows {found} values.",
                "Write the number of the header's row into header_row, or 0 if there is none.",
                row=line.row,
                n=counts[start],
                found=most,
            )
    rows = _with_merged(head, line, merges)
    above = [h for h in head if h.row < rows[0] and filled(h.cells)]
    if not lenient and (above or len(rows) > 1):
        raise _undeclared(above, rows, line)
    if above:
        text = clean(next(c for c in above[0].cells if clean(c)))
        setting = ("header_row", rows[0] if len(rows) == 1 else list(rows))
        notes.append(
            note("source.title_lines", n=len(above), text=text[:80], row=rows[0], setting=setting)
        )
    if len(rows) > 1:
        setting = ("header_row", list(rows))
        notes.append(
            note("source.header_rows_joined", first=rows[0], last=rows[-1], setting=setting)
        )
    return rows


def _undeclared(above: Sequence[Line], rows: Sequence[int], line: Line) -> Exception:
    if len(rows) > 1:
        return refuse(
            "The header takes rows {first} to {last}.",
            "Write header_row: [{first}, {last}] for this source, or leave one row of headers.",
            row=rows[0],
            first=str(rows[0]),
            last=str(rows[-1]),
        )
    text = clean(next(c for c in above[0].cells if clean(c)))
    return refuse(
        "Lines stand above the header (“{text}”); row {row} looks like the header.",
        "Write header_row: {row} for this source, or delete the lines above it.",
        row=line.row,
        text=text[:80],
    )


def looks_like_header(cells: Sequence[str]) -> bool:
    """Whether cells look like headers: words, none of them twice or nearly so."""
    words = [clean(c) for c in cells if clean(c)]
    values = sum(1 for w in words if _is_value(w))
    return values * 4 <= len(words) and len(set(words)) * 4 >= len(words) * 3


def _is_value(text: str) -> bool:
    """Whether a text is a number, a date or an e-mail address; long ones are neither."""
    return len(text) <= _LONGEST_VALUE and _VALUE.fullmatch(text) is not None


def _with_merged(head: Sequence[Line], line: Line, merges: Sequence[Merge]) -> tuple[int, ...]:
    """The rows of the header: the found one and those that merged cells tie to it."""
    width = max(len(h.cells) for h in head)
    top = bottom = line.row
    for merge in merges:
        if merge.top <= line.row <= merge.bottom:
            top, bottom = min(top, merge.top), max(bottom, merge.bottom)
    groups = [m for m in merges if m.bottom == top - 1 and 1 <= m.right - m.left < width - 1]
    above = next((h for h in head if h.row == top - 1), None)
    if above is not None and groups and filled(above.cells) > 1:
        top = min(m.top for m in groups)
    below = next((h for h in head if h.row == bottom + 1), None)
    if below is not None and _has_parts(line, below, merges):
        bottom += 1
    return tuple(range(top, bottom + 1))


def _has_parts(line: Line, below: Line, merges: Sequence[Merge]) -> bool:
    """Whether the next row names the parts of this row's merged cells."""
    groups = [m for m in merges if m.top == m.bottom == line.row and m.right > m.left]
    parts = [clean(c) for m in groups for c in below.cells[m.left : m.right + 1]]
    return bool(parts) and all(parts) and looks_like_header(below.cells) and len(set(parts)) > 1


def _joined(lines: Sequence[Line], merges: Sequence[Merge]) -> list[str]:
    if len(lines) == 1:
        return list(lines[0].cells)
    width = max(len(line.cells) for line in lines)
    columns: list[list[str]] = [[] for _ in range(width)]
    for line in lines:
        cells = [*line.cells, *[""] * (width - len(line.cells))]
        for m in merges:
            if m.top == line.row and m.right > m.left:
                cells[m.left : m.right + 1] = [cells[m.left]] * (m.right - m.left + 1)
        for parts, cell in zip(columns, cells, strict=False):
            if clean(cell) and clean(cell) not in parts:
                parts.append(clean(cell))
    return [" ".join(parts) for parts in columns]


def _columns(
    rows: tuple[int, ...],
    cells: Sequence[str],
    body: Sequence[Sequence[str]],
    notes: list[Note],
    options: ReadOptions,
    *,
    forgiven: bool,
    blank: Blank | None,
) -> Layout:
    forgiven = forgiven or options.blank_headers
    named = [i for i, cell in enumerate(cells) if clean(cell)]
    if len(named) > options.max_columns:
        raise refuse(
            "It has {n} columns; the limit is {limit}.",
            "Leave out what is not needed, or raise max_columns.",
            n=len(named),
            limit=options.max_columns,
        )
    width = named[-1] + 1
    if forgiven:
        used = (i + 1 for row in body for i, c in enumerate(row[: len(cells)]) if i >= width and c)
        width = max(used, default=width)
    nameless = [i for i in range(width) if not clean(cells[i])]
    if nameless and not forgiven:
        raise refuse(
            "Column {position} has no header.",
            "Name it, or write blank_headers: true for this source.",
            row=rows[-1],
            position=nameless[0] + 1,
        )
    empty = blank(rows[-1] + 1) if nameless and blank is not None else frozenset()
    dropped = [i for i in nameless if i in empty]
    positions = [i for i in range(width) if i not in dropped]
    by_place = [i for i in nameless if i not in empty]
    setting = None if options.blank_headers else ("blank_headers", True)
    if by_place:
        columns = [by_position(i) for i in by_place]
        notes.append(
            note("source.blank_headers_named", n=len(columns), columns=columns, setting=setting)
        )
    if dropped:
        notes.append(note("source.blank_columns_dropped", n=len(dropped), setting=setting))
    names, repeated = unique([clean(cells[i]) or by_position(i) for i in positions])
    if repeated:
        notes.append(note("source.duplicate_headers", n=len(repeated), headers=list(repeated)))
    return Layout(rows, tuple(cells), names, tuple(positions), rows[-1] + 1, tuple(notes))


def _headless(head: Sequence[Line], options: ReadOptions) -> Layout:
    """Columns named by position, as many as most rows fill."""
    widths = Counter(len(line.cells) for line in head if filled(line.cells))
    width = widths.most_common(1)[0][0]
    names = tuple(by_position(i) for i in range(width))
    if width > options.max_columns:
        raise refuse(
            "It has {n} columns; the limit is {limit}.",
            "Leave out what is not needed, or raise max_columns.",
            n=width,
            limit=options.max_columns,
        )
    notes = (note("source.no_header", n=width),)
    return Layout((), (), names, tuple(range(width)), head[0].row, notes)
