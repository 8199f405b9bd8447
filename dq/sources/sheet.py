"""One sheet of a workbook: its values as text, its facts beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from dq.sources.cells import ROUNDED, cell_text
from dq.sources.container import damaged
from dq.sources.lines import Fault, Line, Merge
from dq.sources.panics import held_back, is_panic
from dq.sources.sheet_facts import SheetFacts

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

__all__ = ["Sheet", "translated"]

_FIRST_REAL_DAY = date(1900, 3, 1)


@dataclass
class Sheet:
    """A sheet's values and facts; columns are counted from the first used one, `left`."""

    name: str
    rows: list[list[object]]
    top: int
    left: int
    facts: SheetFacts
    serial: bool  # dates are numbers of days
    rounded: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, book: CalamineWorkbook, name: str, facts: SheetFacts, kind: str) -> Sheet:
        """Load a sheet.

        Raises:
            SourceError: Its part of the file is damaged.
        """
        try:
            with held_back():
                sheet = book.get_sheet_by_name(name)
                rows: list[list[object]] = sheet.to_python(skip_empty_area=True)  # type: ignore[assignment]
            start = sheet.start or (0, 0)
            _add_merges(sheet, facts)
        except BaseException as error:
            raise translated(error) from error
        filled = any(value != "" for row in rows for value in row)
        return cls(
            name=name,
            rows=rows if filled else [],
            top=start[0],
            left=start[1],
            facts=facts,
            serial=kind != "ods",
        )

    def lines(self) -> Iterator[Line]:
        """The rows as text, with what spoils their cells."""
        for offset, values in enumerate(self.rows):
            row = self.top + offset + 1
            faults = self.facts.faults_from(row, self.left)
            cells = [v if type(v) is str else cell_text(v) for v in values]
            if self.serial:
                faults += tuple(self._odd_values(values, cells))
            yield Line(row, cells, faults)

    def merges(self) -> list[Merge]:
        """Merged ranges in the sheet's own columns."""
        return [
            Merge(m.top, m.left - self.left, m.bottom, m.right - self.left)
            for m in self.facts.merges
            if m.left >= self.left
        ]

    def blank(self, first: int) -> frozenset[int]:
        """Columns without a value from a row on."""
        rows = self.rows[max(0, first - 1 - self.top) :]
        width = max((len(row) for row in self.rows), default=0)
        return frozenset(
            i for i in range(width) if all(i >= len(row) or row[i] == "" for row in rows)
        )

    def _odd_values(self, values: list[object], cells: list[str]) -> Iterator[Fault]:
        """Dates before the calendar of workbooks; numbers too long to be whole are counted."""
        for place, value in enumerate(values):
            if isinstance(value, float):
                if abs(value) >= ROUNDED and value.is_integer():
                    self.rounded[place] = self.rounded.get(place, 0) + 1
            elif isinstance(value, date):
                day = value.date() if isinstance(value, datetime) else value
                if day < _FIRST_REAL_DAY:
                    yield Fault("problem.early_date", place, cells[place], kept=True)


def _add_merges(sheet: CalamineSheet, facts: SheetFacts) -> None:
    """Merged ranges of XLS, which only the reader of values knows."""
    if facts.merges:
        return
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        facts.merges.append(Merge(top + 1, left, bottom + 1, right))


def translated(error: BaseException) -> BaseException:
    """What a failure inside the workbook reader means; what is not its own passes through."""
    import python_calamine as calamine

    known = (calamine.CalamineError, ValueError, OverflowError)
    if is_panic(error) or isinstance(error, known):
        return damaged()
    return error
