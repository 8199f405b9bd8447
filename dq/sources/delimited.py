"""CSV and its kin to a raw table: the fast reader where the file is plain, else the careful one."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from dq.errors import SourceError
from dq.findings import Note
from dq.sources.assemble import assemble
from dq.sources.dialect import Dialect, find_dialect
from dq.sources.encoding import SAMPLE, Text, prepare
from dq.sources.fast_csv import read_fast
from dq.sources.footers import TAIL, is_footer_word
from dq.sources.job import Job
from dq.sources.lexer import LONGEST, lex
from dq.sources.lines import Line, Part, note
from dq.sources.shape import Layout, find_layout, head_size

__all__ = ["read_delimited"]


def read_delimited(job: Job, *, fast: bool = True) -> list[Part]:
    """Read delimited text; `fast` False always takes the careful reader.

    Raises:
        SourceError: The text is no table, or one of its outcomes is to reject.
    """
    for doubt in (False, True):
        text = prepare(job.path, job.options, job.into, doubt=doubt)
        try:
            return [_Reader(job, text).read(fast=fast)]
        except UnicodeDecodeError:
            if doubt:
                raise
        finally:
            if text.temporary:
                text.path.unlink(missing_ok=True)
    raise AssertionError("unreachable: the second reading decodes every byte")


class _Reader:
    """Reads one text whose bytes are UTF-8."""

    def __init__(self, job: Job, text: Text) -> None:
        self.job = job
        self.text = text
        self.lines, self.more = self._sample()
        self.dialect: Dialect = find_dialect(self.lines, job.options)
        self.head = self._head()
        self.layout: Layout = find_layout(self.head, job.options, lenient=job.lenient)

    def read(self, *, fast: bool) -> Part:
        """The table, by the fast reader if that finds nothing odd."""
        part = self._fast() if fast else None
        if part is None:
            with closing(self._rows()) as rows:
                part = assemble(
                    rows,
                    self.job.target(),
                    self.job.options,
                    lenient=self.job.lenient,
                    layout=self.layout,
                )
        return replace(
            part,
            notes=(*self.text.notes, *self.dialect.notes, *part.notes, *self._ending()),
            encoding=self.text.encoding,
            delimiter=self.dialect.delimiter,
        )

    def _sample(self) -> tuple[list[str], bool]:
        """The first lines, and whether there are more."""
        with self.text.path.open("rb") as stream:
            stream.seek(self.text.skip)
            data = stream.read(SAMPLE)
            more = bool(stream.read(1))
        whole = data.rfind(b"\n") + 1 or data.rfind(b"\r") + 1
        if more and whole:
            data = data[:whole]
        sample = data.decode("utf-8", "strict" if whole or not more else "ignore")
        return list(io.StringIO(sample, newline="")), more

    def _head(self) -> list[Line]:
        head: list[Line] = []
        rows = self._lexed(self.lines)
        try:
            head.extend(islice(rows, head_size(self.job.options)))
        except SourceError:
            if not self.more:
                raise
        return head

    def _lexed(self, lines: Iterable[str], width: int | None = None) -> Iterator[Line]:
        rows = lex(lines, self.dialect.delimiter, width=width, damaged=self.text.damaged)
        return islice(rows, self.dialect.skip, None)

    def _rows(self) -> Generator[Line]:
        counts = Counter(len(line.cells) for line in self.head if line.row >= self.layout.first)
        width = len(self.layout.headers)
        if counts and width not in counts:
            width = counts.most_common(1)[0][0]
        with self.text.path.open("rb") as raw:
            raw.seek(self.text.skip)
            with io.TextIOWrapper(raw, encoding="utf-8", newline="") as stream:
                yield from self._lexed(iter(partial(stream.readline, LONGEST), ""), width)

    def _fast(self) -> Part | None:
        layout, options, delimiter = self.layout, self.job.options, self.dialect.delimiter
        first = next((line for line in self.head if line.row == layout.first), None)
        plain = layout.whole and not self.text.damaged and delimiter.isascii()
        if first is None or first.line is None or not plain or options.footer is not None:
            return None
        if len(first.cells) < layout.width or self._has_footer():
            return None
        before = "".join(self.lines[: first.line - 1])
        rows = read_fast(
            self.text.path,
            self.job.target(),
            layout,
            start=self.text.skip + len(before.encode()),
            row=first.row,
            width=len(first.cells),
            delimiter=delimiter,
            max_rows=options.max_rows,
            max_cell=options.max_cell,
        )
        if rows is None:
            return None
        return Part(
            path=self.job.target(),
            names=layout.names,
            rows=rows,
            rows_read=rows,
            notes=layout.notes,
            headers=layout.headers,
            header_row=layout.header_rows[-1] if layout.header_rows else None,
        )

    def _has_footer(self) -> bool:
        """Whether one of the last lines may start a footer."""
        tail = _tail(self.text.path).decode("utf-8", "ignore").splitlines()[-2 * TAIL :]
        for line in tail:
            cells = (cell.strip('" ') for cell in line.split(self.dialect.delimiter))
            if is_footer_word(next((cell for cell in cells if cell), "")):
                return True
        return False

    def _ending(self) -> list[Note]:
        last = _tail(self.text.path, 1)
        return (
            [] if last in (b"\n", b"\r") else [note("source.no_final_newline", severity="warning")]
        )


def _tail(path: Path, size: int = 64 * 1024) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - size))
        return stream.read()
