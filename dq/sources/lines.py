"""Rows as they stand in a file, before anything is known of headers and records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from dq.errors import Place, SourceError
from dq.findings import Note
from dq.tables import Problem

__all__ = ["Fault", "Line", "Merge", "Part", "filled", "note", "refuse", "sheet_note", "shown"]

SHOWN = 200
"""Characters of a raw value that a problem carries."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What spoils a row (column None) or the cell at one position of it.

    `kept` as in `Problem`; `cleared` tells whether the cell is read as missing.
    """

    code: str
    column: int | None = None
    value: str | None = None
    args: Mapping[str, object] = field(default_factory=dict)
    kept: bool = False
    cleared: bool = True


class Line(NamedTuple):
    """One row of a file: its number as a person counts, its cells ('' is a missing one).

    `line` is the line of the text file on which the row starts; `cut` marks a last row
    that ends without a line end.
    """

    row: int
    cells: Sequence[str]
    faults: tuple[Fault, ...] = ()
    line: int | None = None
    cut: bool = False


class Merge(NamedTuple):
    """A merged range of cells: rows as a person counts them, columns from 0, all inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Part:
    """What a reader made of one sheet or table of a file."""

    path: Path
    names: tuple[str, ...]
    rows: int
    rows_read: int
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    headers: tuple[str, ...] = ()
    header_row: int | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    typed: bool = False


def filled(cells: Sequence[str]) -> int:
    """Number of cells with anything but white space in them."""
    return sum(1 for cell in cells if cell and not cell.isspace())


def shown(value: str) -> str:
    """A raw value as problems carry it: cut short, halves of characters marked."""
    text = value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def note(
    code: str,
    /,
    *,
    severity: str = "info",
    setting: tuple[str, object] | None = None,
    **args: object,
) -> Note:
    """A note about the file being read; the file's name is filled in by `read`."""
    return Note(code, args, severity=severity, setting=setting)


def sheet_note(sheet: str) -> Note:
    """Said of a sheet or table when its file has several."""
    return note("source.sheet_read", sheet=sheet, setting=("sheet", sheet))


def refuse(
    message: str,
    fix: str | None = None,
    /,
    *,
    line: int | None = None,
    row: int | None = None,
    sheet: str | None = None,
    column: int | str | None = None,
    **args: object,
) -> SourceError:
    """The error that rejects a file; its name is filled in by `read`.

    The place is also there for the sentence to name.
    """
    spot = {"line": line, "row": row, "sheet": sheet, "column": column}
    named = {name: value for name, value in spot.items() if value is not None}
    place = Place(line=line, row=row, sheet=sheet, column=column)
    return SourceError(message, where=place, fix=fix, **named, **args)
