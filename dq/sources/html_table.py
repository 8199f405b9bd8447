"""HTML tables, as CRMs write them under the name of an Excel file: text only."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dq.errors import SourceError
from dq.findings import Note
from dq.sources.assemble import assemble
from dq.sources.encoding import CHUNK, prepare
from dq.sources.job import Job
from dq.sources.lines import Fault, Line, Merge, Part, note, refuse, sheet_note
from dq.sources.options import ReadOptions

__all__ = ["MOST_BYTES", "read_html"]

MOST_BYTES = 128 * 1024 * 1024
"""A larger HTML file is rejected: its tables are held in memory."""

_SPAN = 1000
_HIDDEN = frozenset({"script", "style", "head", "title", "template", "noscript"})
_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "hr"})
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_AROUND_BREAK = re.compile(r" *\x0b *")
_NUL = "\ue000"


def read_html(job: Job) -> list[Part]:
    """Read the data tables of an HTML file.

    A data table has at least two columns, or is the only one. Strict reading takes a file
    with exactly one; lenient reading takes all, each as `<file>:<number>`.

    Raises:
        SourceError: There is no data table, more than one, or the file is too large.
    """
    limit = min(job.options.max_bytes or MOST_BYTES, MOST_BYTES)
    if job.size > limit:
        raise refuse(
            "The HTML file has {n} bytes; the limit is {limit}.",
            "Export it as CSV or XLSX, or in parts.",
            n=job.size,
            limit=limit,
        )
    text = prepare(job.path, _with_charset(job), job.into, doubt=True)
    try:
        builder = _parsed(text.path.read_bytes()[text.skip :].decode("utf-8"))
    finally:
        if text.temporary:
            text.path.unlink(missing_ok=True)
    tables = _data_tables(builder.tables)
    if not tables:
        raise refuse("The HTML page has no table in it.", "Export the table as CSV or XLSX.")
    tables = _chosen(tables, job)
    parts: list[Part] = []
    failed: list[SourceError] = []
    skipped: tuple[Note, ...] = ()
    for number, table in enumerate(tables, 1):
        sheet = str(number) if len(tables) > 1 else None
        try:
            part = _assembled(job, table, sheet, damaged=text.damaged)
        except SourceError as error:
            if sheet is None:
                raise
            failed.append(error)
            skipped += (note("source.sheet_skipped", severity="warning", sheet=sheet),)
            continue
        notes = (*text.notes, note("source.html_table"), *part.notes)
        parts.append(replace(part, notes=notes, encoding=text.encoding))
    if not parts:
        raise failed[0]
    return [replace(part, notes=(*part.notes, *skipped)) for part in parts]


def _assembled(job: Job, table: _Table, sheet: str | None, *, damaged: bool) -> Part:
    part = assemble(
        table.lines(damaged=damaged),
        job.target(sheet or ""),
        job.options,
        lenient=job.lenient,
        merges=table.merges,
    )
    if sheet is None:
        return part
    return replace(part, notes=(sheet_note(sheet), *part.notes), sheet=sheet)


def _with_charset(job: Job) -> ReadOptions:
    """What is declared of the file, by its own `<meta charset>` if by nothing else."""
    if job.options.encoding is not None:
        return job.options
    with job.path.open("rb") as stream:
        found = _META.search(stream.read(4096))
    try:
        named = codecs.lookup(found.group(1).decode("ascii", "ignore")).name if found else None
    except LookupError:
        named = None
    return replace(job.options, encoding=named)


def _chosen(tables: list[_Table], job: Job) -> list[_Table]:
    wanted = job.options.sheet
    if wanted is not None:
        if not str(wanted).isdecimal() or not 1 <= int(wanted) <= len(tables):
            raise refuse(
                "There is no table number {sheet}: the page has {n}.",
                "Correct sheet: it is the table's number from 1.",
                sheet=str(wanted),
                n=len(tables),
            )
        return [tables[int(wanted) - 1]]
    if len(tables) > 1 and not job.lenient:
        raise refuse(
            "The HTML page has {n} tables.",
            "Write sheet: with the number of the table, from 1.",
            n=len(tables),
        )
    return tables


@dataclass
class _Table:
    """A table's rows of cell texts, spans filled with blanks, and what was merged."""

    parent: _Table | None
    rows: list[list[str]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    down: dict[int, int] = field(default_factory=dict)  # column → rows it still covers

    def start_row(self) -> None:
        self.rows.append([])
        self._skip()

    def add(self, text: str, across: int, down: int) -> None:
        """Put a cell in place; the cells that it spans stay blank."""
        row, top = self.rows[-1], len(self.rows)
        left = len(row)
        row.append(text)
        row.extend([""] * (across - 1))
        if down > 1:
            self.down.update(dict.fromkeys(range(left, left + across), down))
        if across > 1 or down > 1:
            self.merges.append(Merge(top, left, top + down - 1, left + across - 1))
        self._skip()

    def end_row(self) -> None:
        self.down = {column: left - 1 for column, left in self.down.items() if left > 1}

    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    def lines(self, *, damaged: bool) -> Iterator[Line]:
        """The rows as lines."""
        for number, cells in enumerate(self.rows, 1):
            faults: list[Fault] = []
            for place, cell in enumerate(cells):
                if _NUL in cell:
                    raw = cell.replace(_NUL, "\0")
                    faults.append(Fault("problem.nul_byte", place, raw, kept=True))
                elif damaged and "\ufffd" in cell:
                    faults.append(Fault("problem.undecodable", place, cell, kept=True))
            yield Line(number, cells, tuple(faults))

    def _skip(self) -> None:
        """Leave blank the cells that a cell above covers."""
        row = self.rows[-1]
        while self.down.get(len(row), 0) >= 1:
            row.append("")


def _data_tables(tables: list[_Table]) -> list[_Table]:
    """The tables that hold records: not layout around them, not parts of their cells."""
    filled = [t for t in tables if any(any(row) for row in t.rows)]
    wide = [t for t in filled if t.width() >= 2 and len(t.rows) >= 2]
    found = wide or [t for t in filled if t.width() >= 2] or filled[-1:]
    inside = {id(t) for t in found}

    def nested(table: _Table) -> bool:
        outer = table.parent
        while outer is not None:
            if id(outer) in inside:
                return True
            outer = outer.parent
        return False

    return [t for t in found if not nested(t)]


class _Builder:
    """Target of the parser: collects all tables, also nested ones, and cell texts."""

    def __init__(self) -> None:
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._cells: list[tuple[list[str], int, int] | None] = []
        self._hidden = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "table":
            table = _Table(self._open[-1] if self._open else None)
            self.tables.append(table)
            self._open.append(table)
            self._cells.append(None)
        elif not self._open:
            return
        elif tag == "tr":
            self._end_cell()
            self._open[-1].start_row()
        elif tag in ("td", "th"):
            self._end_cell()
            if not self._open[-1].rows:
                self._open[-1].start_row()
            spans = _span(attributes, "colspan"), _span(attributes, "rowspan")
            self._cells[-1] = ([], *spans)
        if tag in _BREAKS or (tag in ("td", "th") and len(self._open) > 1):
            self._say("\v" if tag in _BREAKS else " ", outer=tag in ("tr", "td", "th"))

    def end(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif not self._open:
            return
        elif tag == "table":
            self._end_cell()
            self._open.pop()
            self._cells.pop()
            self._say(" ")
        elif tag == "tr":
            self._end_cell()
            if self._open[-1].rows:
                self._open[-1].end_row()
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in _BREAKS - {"br"}:
            self._say("\v")

    def data(self, text: str) -> None:
        if not self._hidden:
            self._say(_SPACE.sub(" ", text))

    def comment(self, text: str) -> None:
        """Comments are no text."""

    def close(self) -> _Builder:
        while self._open:
            self.end("table")
        return self

    def _say(self, text: str, *, outer: bool = False) -> None:
        """Add text to the open cell and to those around it; `outer` only to those."""
        for cell in self._cells[: -1 if outer else None]:
            if cell is not None:
                cell[0].append(text)

    def _end_cell(self) -> None:
        cell = self._cells[-1]
        if cell is not None:
            parts, across, down = cell
            self._cells[-1] = None
            self._open[-1].add(_tidy("".join(parts)), across, down)


def _tidy(text: str) -> str:
    """White space as a browser shows it: runs are one space, breaks are line ends."""
    text = _AROUND_BREAK.sub("\v", _SPACE.sub(" ", text))
    return text.strip(" \v").replace("\v", "\n")


def _span(attributes: dict[str, str], name: str) -> int:
    value = (attributes.get(name) or "1").strip()
    return min(max(int(value), 1), _SPAN) if value.isdecimal() and len(value) < 6 else 1


def _parsed(text: str) -> _Builder:
    from lxml import etree

    builder = _Builder()
    parser = etree.HTMLParser(
        target=builder, no_network=True, huge_tree=False, remove_pis=True, encoding="utf-8"
    )
    text = text.replace("\0", _NUL)
    try:
        for place in range(0, len(text), CHUNK):
            parser.feed(text[place : place + CHUNK].encode("utf-8", "replace"))
        parser.close()
    except (etree.LxmlError, AssertionError, ValueError) as error:
        raise refuse(
            "The HTML page is damaged: {reason}.",
            "Export the table as CSV or XLSX.",
            reason=str(error)[:120],
        ) from error
    return builder.close()
