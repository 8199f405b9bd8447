"""What may be declared of a file, and what a file may cost."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DELIMITERS", "ReadOptions", "delimiter_of"]

DELIMITERS = ("\t", ";", "|", ",")
"""Delimiters that are recognised, the least usual in texts first; any other is declared."""

_WORDS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "\\t": "\t",
    "pipe": "|",
    "bar": "|",
}


@dataclass(frozen=True)
class ReadOptions:
    """What is declared of a file; None means "detect it and say so".

    `header_row` is the row that holds the headers, as a person counts rows in the file; a
    tuple of rows when the header takes several, 0 when there is none.
    `footer` is the number of last rows that are no records, or the text (or texts) with
    which the first of them starts; with a text, a file without that row loses nothing.
    `blank_headers` allows columns without a name: dropped when blank in every row, else
    named by their position. `sheet` is a sheet's name (a table's in a database file), or its
    number from 1; `query` is asked of a database file in place of a table.
    Limits: `max_bytes` of the file, `max_rows`, `max_columns`, `max_cell` in bytes of UTF-8.
    """

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | int | None = None
    query: str | None = None
    header_row: int | tuple[int, ...] | None = None
    footer: int | str | tuple[str, ...] | None = None
    blank_headers: bool = False
    max_bytes: int | None = None
    max_rows: int | None = None
    max_columns: int = 4096
    max_cell: int = 128 * 1024

    @property
    def header_rows(self) -> tuple[int, ...] | None:
        """The declared header rows in order; empty when there is no header."""
        if self.header_row is None:
            return None
        if isinstance(self.header_row, int):
            return (self.header_row,) if self.header_row > 0 else ()
        return tuple(sorted(self.header_row))


def delimiter_of(word: str) -> str:
    """The delimiter that a word of dq.yaml names; other words stand for themselves."""
    return _WORDS.get(word.strip().lower(), word) if len(word) > 1 else word
