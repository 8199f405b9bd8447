"""Which character separates the cells of a text table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from dq.errors import SourceError
from dq.findings import Note
from dq.sources.lexer import lex, separator_line
from dq.sources.lines import Line, filled, note, refuse
from dq.sources.options import DELIMITERS, ReadOptions, delimiter_of
from dq.sources.shape import HEAD, looks_like_header

__all__ = ["Dialect", "find_dialect"]


@dataclass(frozen=True)
class Dialect:
    """The delimiter, and how many first lines of the file only name it (`sep=;`)."""

    delimiter: str
    skip: int = 0
    notes: tuple[Note, ...] = ()


def find_dialect(lines: Sequence[str], options: ReadOptions) -> Dialect:
    """The delimiter that is declared, named by a `sep=` line, or seen in the first lines.

    Raises:
        SourceError: The declared delimiter is not one character, or splits nothing while
            another one does.
    """
    named = separator_line(lines[0]) if lines else None
    body = lines[1:] if named else lines
    skip = 1 if named else 0
    if options.delimiter is not None:
        return Dialect(_declared(options.delimiter, body), skip)
    if named:
        return Dialect(named, skip, (note("source.separator_line", delimiter=named),))
    found = _seen(body)
    if found is None:
        return Dialect(",", skip)
    said = note(
        "source.delimiter",
        delimiter=found,
        setting=("delimiter", "tab" if found == "\t" else found),
    )
    return Dialect(found, skip, (said,))


def _declared(word: str, lines: Sequence[str]) -> str:
    delimiter = delimiter_of(word)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise refuse(
            "A delimiter is one character, not “{delimiter}”.",
            "Write ',', ';', 'tab' or '|', or leave delimiter out.",
            delimiter=word,
        )
    if not any(delimiter in line for line in lines):
        other = _seen(lines)
        if other is not None and _grid(lines, other):
            raise refuse(
                "The delimiter “{delimiter}” is in no line; the lines look split by “{found}”.",
                "Correct delimiter, or leave it out to have it found.",
                delimiter=word,
                found="tab" if other == "\t" else other,
            )
    return delimiter


def _seen(lines: Sequence[str]) -> str | None:
    scores = [(_score(lines, d), -i, d) for i, d in enumerate(DELIMITERS)]
    best, _, delimiter = max(scores)
    return delimiter if best > 0 else None


def _score(lines: Sequence[str], delimiter: str) -> float:
    """How well a delimiter makes a table of the lines: even rows, under a header, many cells."""
    rows = _grid(lines, delimiter)
    if not rows:
        return 0.0
    counts = [len(row.cells) for row in rows]
    width, times = Counter(c for c in counts if c > 1).most_common(1)[0]
    header = next(row for row in rows if len(row.cells) * 2 > width)
    even = times / len(counts)
    return even * (1.0 if looks_like_header(header.cells) else 0.5) + min(width, 100) / 1000


def _grid(lines: Sequence[str], delimiter: str) -> list[Line]:
    """The filled rows under this delimiter; none when it splits no row."""
    if not any(delimiter in line for line in lines):
        return []
    rows: list[Line] = []
    with suppress(SourceError):
        for row in lex(lines, delimiter):
            if filled(row.cells):
                rows.append(row)
            if len(rows) >= HEAD:
                break
    return rows if any(len(row.cells) > 1 for row in rows) else []
