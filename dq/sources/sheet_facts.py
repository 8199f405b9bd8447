"""What a workbook's file says of a sheet beside its values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dq.sources.lines import Fault, Merge, refuse

__all__ = ["Bounds", "SheetFacts", "cell_place", "column_name", "range_of"]

_REF = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?", re.IGNORECASE)
_SPARSE = 50
_LARGE = 5_000_000


@dataclass
class Bounds:
    """How far the cells of a sheet reach, and how many there are."""

    rows: int = 0
    columns: int = 0
    cells: int = 0

    def check(self, sheet: str) -> None:
        """Reject a sheet whose few cells stand so far apart that it cannot be held in memory.

        Raises:
            SourceError: The sheet is that sparse.
        """
        area = self.rows * self.columns
        if area > _LARGE and area > self.cells * _SPARSE:
            raise refuse(
                "The sheet reaches to row {last} and column {column} with {n} cells filled.",
                "Delete the stray cells far from the table, or save the sheet as CSV.",
                sheet=sheet,
                last=self.rows,
                column=column_name(self.columns - 1),
                n=self.cells,
            )


@dataclass
class SheetFacts:
    """Hidden parts, merged ranges and cells without a value; columns are counted from 0."""

    bounds: Bounds = field(default_factory=Bounds)
    hidden_rows: int = 0
    hidden_spans: list[tuple[int, int]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    faults: dict[int, list[Fault]] = field(default_factory=dict)

    @property
    def hidden_columns(self) -> int:
        """Hidden columns among those that have cells."""
        last = self.bounds.columns - 1
        return sum(max(0, min(right, last) - left + 1) for left, right in self.hidden_spans)

    def spoiled(self, row: int, column: int, code: str, value: str | None = None) -> None:
        """Remember that a cell has no value to read."""
        self.faults.setdefault(row, []).append(Fault(code, column, value, kept=True))

    def faults_from(self, row: int, left: int) -> tuple[Fault, ...]:
        """Faults of a row with columns counted from `left`."""
        found = self.faults.get(row)
        if not found:
            return ()
        return tuple(_shifted(found, left))


def _shifted(faults: list[Fault], left: int) -> Iterator[Fault]:
    for fault in faults:
        column = (fault.column or 0) - left
        if column >= 0:
            yield Fault(fault.code, column, fault.value, fault.args, fault.kept, fault.cleared)


def cell_place(reference: str) -> tuple[int, int] | None:
    """Row (from 1) and column (from 0) of a reference such as `B3`."""
    found = _REF.fullmatch(reference)
    return (int(found.group(2)), _column(found.group(1))) if found else None


def range_of(reference: str) -> Merge | None:
    """The range of a reference such as `A1:B2`."""
    found = _REF.fullmatch(reference)
    if found is None:
        return None
    left, top, right, bottom = found.groups()
    if right is None:
        right, bottom = left, top
    return Merge(int(top), _column(left), int(bottom), _column(right))


def column_name(column: int) -> str:
    """`A` for 0, `AA` for 26."""
    name = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
