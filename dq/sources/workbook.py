"""XLSX, XLSB, XLS and ODS to raw tables: values by calamine, the rest by the file's own facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from dq.errors import SourceError
from dq.findings import Note
from dq.sources.assemble import assemble
from dq.sources.biff_facts import xls_facts, xlsb_facts, xlsb_parts
from dq.sources.cells import ROUNDED, cell_text
from dq.sources.container import container, damaged
from dq.sources.job import Job
from dq.sources.lines import Fault, Line, Merge, Part, note, refuse, sheet_note
from dq.sources.ods_facts import ods_facts
from dq.sources.panics import held_back, is_panic
from dq.sources.sheet_facts import SheetFacts, column_name
from dq.sources.xlsx_facts import sheet_facts, sheet_parts, uses_1904

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

__all__ = ["read_workbook"]

_FIRST_REAL_DAY = date(1900, 3, 1)


def read_workbook(job: Job, kind: str) -> list[Part]:
    """Read the sheets of a workbook.

    Undeclared, strict reading takes the first visible sheet that has cells and names the
    others; lenient reading takes all such sheets. A hidden sheet is read only by its name.

    Raises:
        SourceError: The workbook is encrypted, damaged, unsafe, or holds no table.
    """
    facts = _facts(job, kind)
    with _opened(job) as book:
        visible, hidden = _sheets(book)
        facts = _named(facts, book)
        wanted = _wanted(job, [*visible, *hidden])
        names = [wanted] if wanted is not None else visible
        return _read_sheets(job, kind, book, names, facts, hidden)


@dataclass(frozen=True)
class _Facts:
    """Facts by sheet name, or in the order of sheets where the file has no names for them."""

    by_name: Mapping[str, SheetFacts] = field(default_factory=dict)
    in_order: Sequence[SheetFacts] = ()
    epoch_1904: bool = False


def _facts(job: Job, kind: str) -> _Facts:
    if kind == "xls":
        return _Facts(in_order=xls_facts(job.path))
    with container(job.path) as box:
        box.check()
        if kind == "ods":
            found = ods_facts(box)
            for name, facts in found.items():
                facts.bounds.check(name)  # all its sheets are loaded at once
            return _Facts(by_name=found)
        parts = xlsb_parts(box) if kind == "xlsb" else sheet_parts(box)
        by_name = {}
        for name, part in parts.items():
            if part in box.names:
                with box.open(part) as stream:
                    by_name[name] = xlsb_facts(stream) if kind == "xlsb" else sheet_facts(stream)
        return _Facts(by_name, epoch_1904=kind == "xlsx" and uses_1904(box))


def _opened(job: Job) -> CalamineWorkbook:
    import python_calamine as calamine

    try:
        with job.path.open("rb") as stream, held_back():
            return calamine.CalamineWorkbook.from_filelike(stream)
    except calamine.PasswordError as error:
        raise refuse(
            "The workbook is encrypted with a password.",
            "Open it, remove the password (File, Info, Protect Workbook) and save it again.",
        ) from error
    except BaseException as error:
        raise _translated(error) from error


def _translated(error: BaseException) -> BaseException:
    """What a failure inside the workbook reader means; what is not its own passes through."""
    import python_calamine as calamine

    known = (calamine.CalamineError, ValueError, OverflowError)
    if is_panic(error) or isinstance(error, known):
        return damaged()
    return error


def _sheets(book: CalamineWorkbook) -> tuple[list[str], list[str]]:
    """Names of visible and of hidden sheets of cells."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    visible: list[str] = []
    hidden: list[str] = []
    for sheet in book.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet:
            (visible if sheet.visible == SheetVisibleEnum.Visible else hidden).append(sheet.name)
    return visible, hidden


def _named(facts: _Facts, book: CalamineWorkbook) -> _Facts:
    if not facts.in_order:
        return facts
    return replace(facts, by_name=dict(zip(book.sheet_names, facts.in_order, strict=False)))


def _wanted(job: Job, names: list[str]) -> str | None:
    """The declared sheet's name as the workbook spells it."""
    declared = job.options.sheet
    if declared is None:
        return None
    if isinstance(declared, int):
        if 1 <= declared <= len(names):
            return names[declared - 1]
    else:
        folded = declared.strip().casefold()
        for name in names:
            if name == declared or name.strip().casefold() == folded:
                return name
    raise refuse(
        "There is no sheet “{sheet}”; the workbook has {sheets}.",
        "Correct sheet, or leave it out.",
        sheet=str(declared),
        sheets=names,
    )


def _read_sheets(
    job: Job,
    kind: str,
    book: CalamineWorkbook,
    names: list[str],
    facts: _Facts,
    hidden: list[str],
) -> list[Part]:
    parts: list[Part] = []
    notes: list[Note] = []
    left: list[str] = []
    failed: list[SourceError] = []
    for name in names:
        known = facts.by_name.get(name, SheetFacts())
        if parts and not job.lenient:
            left += [name] if known.bounds.cells else []
            continue
        known.bounds.check(name)
        sheet = _Sheet.of(book, name, known, kind)
        if not sheet.rows:
            continue
        try:
            part = _assembled(job, sheet)
        except SourceError as error:
            error.where = None if error.where is None else replace(error.where, sheet=name)
            if not job.lenient or len(names) == 1:
                raise
            failed.append(error)
            notes.append(note("source.sheet_skipped", severity="warning", sheet=name))
            continue
        parts.append(part)
    if not parts:
        raise failed[0] if failed else _no_cells(hidden)
    if facts.epoch_1904:
        notes.append(note("source.epoch_1904"))
    if left:
        read = parts[0].sheet
        notes.append(
            note(
                "source.sheet_chosen",
                severity="warning",
                sheet=read,
                others=left,
                setting=("sheet", read),
            )
        )
    unread = [n for n in hidden if n not in names and _has_cells(facts, n)]
    if unread:
        notes.append(note("source.hidden_sheets", severity="warning", n=len(unread), sheets=unread))
    several = len(parts) > 1
    return [
        replace(
            part,
            notes=(*notes, *((sheet_note(part.sheet or ""),) if several else ()), *part.notes),
        )
        for part in parts
    ]


def _has_cells(facts: _Facts, name: str) -> bool:
    return facts.by_name.get(name, SheetFacts()).bounds.cells > 0


def _no_cells(hidden: list[str]) -> SourceError:
    if hidden:
        return refuse(
            "No visible sheet has anything in it; hidden ones are {sheets}.",
            "Write sheet: with the name of the hidden sheet to read it.",
            sheets=hidden,
        )
    return refuse("There is nothing in it.", "Export it again and look at the file's size.")


def _assembled(job: Job, sheet: _Sheet) -> Part:
    facts = sheet.facts
    part = assemble(
        sheet.lines(),
        job.target(sheet.name),
        job.options,
        lenient=job.lenient,
        merges=sheet.merges(),
        blank=sheet.blank,
    )
    notes = list(part.notes)
    if facts.hidden_rows:
        notes.append(note("source.hidden_rows", severity="warning", n=facts.hidden_rows))
    if facts.hidden_columns:
        notes.append(note("source.hidden_columns", severity="warning", n=facts.hidden_columns))
    for column, count in sorted(sheet.rounded.items()):
        header = _header(part, column) or column_name(column + sheet.left)
        notes.append(note("source.number_rounded", severity="warning", n=count, column=header))
    return replace(part, notes=tuple(notes), sheet=sheet.name)


def _header(part: Part, column: int) -> str:
    return part.headers[column].strip() if column < len(part.headers) else ""


@dataclass
class _Sheet:
    """A sheet's values and facts; columns are counted from the first used one, `left`."""

    name: str
    rows: list[list[object]]
    top: int
    left: int
    facts: SheetFacts
    serial: bool  # dates are numbers of days
    rounded: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, book: CalamineWorkbook, name: str, facts: SheetFacts, kind: str) -> _Sheet:
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
            raise _translated(error) from error
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
            if self.serial and any(isinstance(v, (float, date)) for v in values):
                faults += self._odd_values(values, cells)
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

    def _odd_values(self, values: list[object], cells: list[str]) -> tuple[Fault, ...]:
        """Numbers too long to be whole and dates before the calendar of workbooks."""
        faults = []
        for place, value in enumerate(values):
            if isinstance(value, float):
                if abs(value) >= ROUNDED and value.is_integer():
                    self.rounded[place] = self.rounded.get(place, 0) + 1
            elif isinstance(value, date):
                day = value.date() if isinstance(value, datetime) else value
                if day < _FIRST_REAL_DAY:
                    faults.append(Fault("problem.early_date", place, cells[place], kept=True))
        return tuple(faults)


def _add_merges(sheet: CalamineSheet, facts: SheetFacts) -> None:
    """Merged ranges of XLS, which only the reader of values knows."""
    if facts.merges:
        return
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        facts.merges.append(Merge(top + 1, left, bottom + 1, right))
