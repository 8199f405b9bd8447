"""Delimited text to rows: one careful, streaming reader that knows every place.

A quote opens a cell only at the cell's start. Inside such a cell a doubled quote is a quote,
and a quote before a delimiter or a line end closes it. Cells that start otherwise are taken
as they are, quotes and all (`ООО "Ромашка"`). A line whose quotes fit neither way is read
by the way that gives as many cells as the header has, or else is spoiled.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dq.sources.lines import Fault, Line, refuse

__all__ = ["LONGEST", "lex", "separator_line", "swallowed"]

LONGEST = 16 * 1024 * 1024
"""Characters that a line, or a quoted cell over several lines, may have."""

_SEPARATOR = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
_ENDS = "\r\n"


def separator_line(text: str) -> str | None:
    """The delimiter that a first line `sep=;` names."""
    found = _SEPARATOR.fullmatch(text)
    return found.group(1) if found else None


def lex(
    lines: Iterable[str], delimiter: str, *, width: int | None = None, damaged: bool = False
) -> Iterator[Line]:
    """Rows of delimited text; blank lines are rows of one empty cell.

    Args:
        lines: Physical lines with their line ends.
        delimiter: One character.
        width: Cells of the header, once known: tells how to read stray quotes.
        damaged: U+FFFD stands for bytes that could not be decoded.

    Raises:
        SourceError: A quote is not closed, or a line is endless.
    """
    source = iter(lines)
    number = 0
    for row, text in enumerate(source, 1):
        number += 1
        start = number
        faults: tuple[Fault, ...] = ()
        if len(text) >= LONGEST:
            raise _endless(number)
        if '"' not in text:
            cells = text.rstrip(_ENDS).split(delimiter)
            last = text
        else:
            last = text
            try:
                cells = next(csv.reader((text,), delimiter=delimiter, strict=True))
            except csv.Error:
                record = _Record(text, delimiter, width, number)
                cells = record.read(source)
                number, last = record.line, record.last
                if record.spoiled:
                    faults = (Fault("problem.quotes"),)
        if "\0" in text or (number > start and any("\0" in c for c in cells)):
            faults += _marked(cells, "\0", "problem.nul_byte")
        if damaged and any("\ufffd" in c for c in cells):
            faults += _marked(cells, "\ufffd", "problem.undecodable")
        yield Line(row, cells, faults, start, cut=last[-1:] not in ("\n", "\r"))


def _marked(cells: list[str], mark: str, code: str) -> tuple[Fault, ...]:
    return tuple(
        Fault(code, column=i, value=cell, kept=True) for i, cell in enumerate(cells) if mark in cell
    )


def _endless(line: int) -> Exception:
    return refuse(
        "Line {line} has no end within {limit} characters.",
        "Check that this is a text table and that line ends were not lost.",
        line=line,
        limit=LONGEST,
    )


@dataclass
class _Record:
    """One row that has quotes; it may go on over further lines."""

    text: str
    delimiter: str
    width: int | None
    line: int
    last: str = ""
    spoiled: bool = False

    def read(self, source: Iterator[str]) -> list[str]:
        self.last = self.text
        opened = self.line
        text, cells, place = self.text, [], 0
        ends = ("", self.delimiter, "\r", "\n")
        while True:
            if not text.startswith('"', place):
                end = text.find(self.delimiter, place)
                if end < 0:
                    cells.append(text[place:].rstrip(_ENDS))
                    return cells
                cells.append(text[place:end])
                place = end + 1
                continue
            seek = place + 1
            cell_line = self.line
            while True:
                quote = text.find('"', seek)
                if quote < 0:
                    seek = len(text)
                    text += self._more(source, cell_line, len(text) - place)
                elif text[quote + 1 : quote + 2] == '"':
                    seek = quote + 2
                elif text[quote + 1 : quote + 2] in ends:
                    break
                elif self.line > opened:
                    raise _unclosed(cell_line)
                else:
                    return self._tolerant()
            inner = text[place + 1 : quote]
            if self.line > cell_line and swallowed(
                inner, self.delimiter, len(cells), self.width or 0
            ):
                raise _unclosed(cell_line)
            cells.append(inner.replace('""', '"') if '"' in inner else inner)
            if text[quote + 1 : quote + 2] != self.delimiter:
                return cells
            place = quote + 2

    def _more(self, source: Iterator[str], opened: int, length: int) -> str:
        text = next(source, None)
        if text is None or length > LONGEST:
            raise _unclosed(opened)
        self.line += 1
        self.last = text
        return text

    def _tolerant(self) -> list[str]:
        """Cells of a single line with stray quotes, by the way that fits the header."""
        pieces = self.text.rstrip(_ENDS).split(self.delimiter)
        merged = self._merged(pieces)
        if merged is not None and len(merged) == (self.width or len(merged)):
            return merged
        if len(pieces) == (self.width or len(pieces)):
            return pieces
        self.spoiled = True
        return pieces

    def _merged(self, pieces: list[str]) -> list[str] | None:
        """Pieces joined where a cell starts with a quote, up to one that ends with a quote."""
        cells: list[str] = []
        queue = iter(pieces)
        for piece in queue:
            if not piece.startswith('"'):
                cells.append(piece)
                continue
            cell = piece
            while len(cell) < 2 or not cell.endswith('"'):
                more = next(queue, None)
                if more is None:
                    return None
                cell += self.delimiter + more
            literal = _closes_early(cell)
            cells.append(cell if literal else cell[1:-1].replace('""', '"'))
        return cells


def _closes_early(cell: str) -> bool:
    """Whether `"А" и "Б"` is a text with two names in quotes, not one text in quotes."""
    second = cell.find('"', 1)
    if second == len(cell) - 1:
        return False
    return not cell[second - 1].isspace() and not cell[second + 1].isalnum()


def swallowed(inner: str, delimiter: str, position: int, width: int) -> bool:
    """Whether a cell over several lines is really whole rows eaten by a stray quote.

    So it is when its lines have exactly the delimiters of rows: the rest of the first row
    after the cell's position, full rows between, the start of the last row up to it.
    """
    counts = [part.count(delimiter) for part in inner.replace("\r\n", "\n").split("\n")]
    full = width - 1
    if len(counts) < 2 or full * (len(counts) - 1) < 8:
        return False
    return (
        counts[0] == full - position
        and counts[-1] == position
        and all(count == full for count in counts[1:-1])
    )


def _unclosed(line: int) -> Exception:
    return refuse(
        "A quote opened in line {line} is not closed.",
        "Close it, or double it if it belongs to the text.",
        line=line,
    )
