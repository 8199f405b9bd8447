"""XLSX, XLSB, XLS and ODS to raw tables: values by calamine, the rest by the file's own facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dq.errors import Place, SourceError
from dq.findings import Note
from dq.sources.assemble import assemble
from dq.sources.biff_facts import xls_facts, xlsb_facts, xlsb_parts
from dq.sources.container import container
from dq.sources.job import Job
from dq.sources.lines import Part, note, refuse, sheet_note
from dq.sources.ods_facts import ods_facts
from dq.sources.panics import held_back
from dq.sources.sheet import Sheet, translated
from dq.sources.sheet_facts import SheetFacts, column_name
from dq.sources.xlsx_facts import sheet_facts, sheet_parts, uses_1904

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = ["read_workbook"]


def read_workbook(job: Job, kind: str) -> list[Part]:
    """Read the sheets of a workbook.

    Undeclared, strict reading takes the first visible sheet that has cells and names the
    others; lenient reading takes all such sheets. A hidden sheet is read only by its name.

    Raises:
        SourceError: The workbook is encrypted, damaged, unsafe, or holds no table.
    """
    facts = _facts(job, kind)
    with _opened(job) as book:
        sheets = _sheets(book)
        reader = _Reader(job, kind, book, _named(facts, book))
        wanted = _wanted(job, list(sheets))
        names = [n for n, shown in sheets.items() if shown] if wanted is None else [wanted]
        hidden = [n for n, shown in sheets.items() if not shown and n != wanted]
        return reader.read(names, hidden)


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
        raise translated(error) from error


def _sheets(book: CalamineWorkbook) -> dict[str, bool]:
    """Sheets of cells in the order of the workbook, and whether each is visible."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return {
        sheet.name: sheet.visible == SheetVisibleEnum.Visible
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet
    }


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


@dataclass
class _Reader:
    """Reads sheets one after another and remembers what is to be said of them all."""

    job: Job
    kind: str
    book: CalamineWorkbook
    facts: _Facts
    notes: list[Note] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    failed: list[SourceError] = field(default_factory=list)

    def read(self, names: list[str], hidden: list[str]) -> list[Part]:
        """The tables of these sheets; strict reading stops at the first."""
        parts: list[Part] = []
        for name in names:
            if parts and not self.job.lenient:
                self.left += [name] if self._has_cells(name) else []
                continue
            part = self._sheet(name, alone=len(names) == 1)
            if part is not None:
                parts.append(part)
        if not parts:
            raise self.failed[0] if self.failed else _no_cells(hidden)
        said = [*self.notes, *self._about_the_rest(parts[0], hidden)]
        one_of_several = len(parts) > 1 or bool(self.failed)
        return [
            replace(part, notes=(*said, *_which(part, one_of_several), *part.notes))
            for part in parts
        ]

    def _sheet(self, name: str, *, alone: bool) -> Part | None:
        """One sheet; None when it is blank, or no table among others."""
        known = self.facts.by_name.get(name, SheetFacts())
        try:
            known.bounds.check(name)
            sheet = Sheet.of(self.book, name, known, self.kind)
            return _assembled(self.job, sheet) if sheet.rows else None
        except SourceError as error:
            error.where = replace(error.where or Place(), sheet=name)
            if alone or not self.job.lenient:
                raise
            self.failed.append(error)
            self.notes.append(note("source.sheet_skipped", severity="warning", sheet=name))
            return None

    def _about_the_rest(self, first: Part, hidden: list[str]) -> Iterator[Note]:
        if self.facts.epoch_1904:
            yield note("source.epoch_1904")
        if self.left:
            yield note(
                "source.sheet_chosen",
                severity="warning",
                sheet=first.sheet,
                others=self.left,
                setting=("sheet", first.sheet),
            )
        unread = [name for name in hidden if self._has_cells(name)]
        if unread:
            yield note("source.hidden_sheets", severity="warning", n=len(unread), sheets=unread)

    def _has_cells(self, name: str) -> bool:
        return self.facts.by_name.get(name, SheetFacts()).bounds.cells > 0


def _which(part: Part, one_of_several: bool) -> tuple[Note, ...]:
    return (sheet_note(part.sheet or ""),) if one_of_several else ()


def _no_cells(hidden: list[str]) -> SourceError:
    if hidden:
        return refuse(
            "No visible sheet has anything in it; hidden ones are {sheets}.",
            "Write sheet: with the name of the hidden sheet to read it.",
            sheets=hidden,
        )
    return refuse("There is nothing in it.", "Export it again and look at the file's size.")


def _assembled(job: Job, sheet: Sheet) -> Part:
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
