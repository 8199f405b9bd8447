"""Answers of worklists taken back: checked cell by cell, then kept in one decision.

A cell that was not to be changed and was, an answer that is none, a reason that is missing:
the first of them stops the import, and nothing of any file is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from dq.errors import Place, SourceError, UsageError
from dq.files import file_errors
from dq.repair.suppress import Identity, Suppressed, about, hold, identities
from dq.repair.worklist_sheet import ABOUT, ANSWERS, FORMAT, MARK, held
from dq.sources.container import container
from dq.store import Answer

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

    from dq.runs import Run
    from dq.store import Actor, Store

__all__ = ["Answered", "Taken", "read_answers", "take"]


@dataclass(frozen=True)
class Answered:
    """What a workbook holds: the run it is of, its answers, and the findings they are about."""

    run_id: str
    answers: tuple[Answer, ...]
    findings: Mapping[str, Identity]


@dataclass(frozen=True)
class Taken:
    """What an import did: answers that are new, by kind, those known already, suppressions."""

    counts: Mapping[str, int] = field(default_factory=dict)
    known: int = 0
    suppressed: Suppressed | None = None


def read_answers(
    path: Path, find_run: Mapping[str, Run], words: Mapping[str, str], headings: Mapping[str, str]
) -> Answered:
    """The answers in a workbook.

    Args:
        path: a workbook that `written` made, in whatever program it was saved since.
        find_run: the runs of the project by their ids.
        words: what people may write, folded, to one of `ANSWERS`; of all languages.
        headings: headings of all languages, folded, to columns.

    Raises:
        SourceError: it is no workbook, or no worklist.
        UsageError: it is of another project, or a cell is not as it may be; with its place.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with file_errors(path, "read", SourceError):
            with container(path) as box:
                box.check()
            book = load_workbook(path, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise _no_worklist(path) from error
    except SourceError as error:
        error.where = error.where if error.where and error.where.file else Place(file=str(path))
        raise
    if ABOUT not in book.sheetnames or _text(book[ABOUT]["A1"]) != MARK:
        raise _no_worklist(path)
    told = book[ABOUT]
    if _text(told["A2"]) != str(FORMAT):
        raise UsageError(
            "The worklist was written by another version of dq.",
            where=Place(file=path.name),
            fix="Make a new one with dq worklist.",
        )
    run_id = _text(told["A3"])
    run = find_run.get(run_id)
    if run is None:
        raise UsageError(
            "The worklist is of the run {run}, which this project does not have.",
            where=Place(file=path.name),
            fix="Import it into the project that it is of, or make a new one with dq worklist.",
            run=run_id or "-",
        )
    sheet = next(book[name] for name in book.sheetnames if name != ABOUT)
    known = identities(run)
    reading = _Reading(path, sheet, run_id, known, words, _columns(path, sheet, headings))
    answers = reading.answers()
    return Answered(run_id, answers, {a.finding: known[a.finding] for a in answers})


def take(
    store: Store, actor: Actor, given: Iterable[Answered], *, until: date, today: date
) -> Taken:
    """Keep answers in one decision: all of them, or none.

    What "is no error" is suppressed until a day; what was taken before, as it is, does nothing.

    Raises:
        UsageError: the day is past or too far.
    """
    before = {(a.run, a.finding): a.content for a in store.answers()}
    every = {(a.run, a.finding): a for one in given for a in one.answers}
    names = {finding: identity for one in given for finding, identity in one.findings.items()}
    fresh = [a for place, a in every.items() if before.get(place) != a.content]
    counts = {kind: sum(a.answer == kind for a in fresh) for kind in ANSWERS}
    known = len(every) - len(fresh)
    if not fresh:
        return Taken(counts, known)
    accepted = {names[a.finding]: a.reason for a in fresh if a.answer == "not_an_error"}
    because = "answers of a worklist"
    with store.decide(actor, "worklist", about(names[a.finding] for a in fresh), because) as tx:
        tx.answer(fresh)
        held = hold(store, tx, accepted, until=until, today=today) if accepted else None
    return Taken(counts, known, held)


@dataclass(frozen=True)
class _Reading:
    """The rows of a worklist, each checked against the run."""

    path: Path
    sheet: Worksheet
    run_id: str
    known: Mapping[str, Identity]
    words: Mapping[str, str]
    columns: Mapping[str, int]

    def answers(self) -> tuple[Answer, ...]:
        found: dict[str, tuple[int, Answer]] = {}
        for number, row in self._rows():
            answer = self._answer(number, row)
            if answer is None:
                continue
            first = found.setdefault(answer.finding, (number, answer))
            if first[1] != answer:
                raise self._error(
                    "answer", number,
                    "The finding {id} has another answer in row {first}.",
                    "Keep one of the two rows.",
                    id=answer.finding, first=first[0],
                )  # fmt: skip
        return tuple(answer for _, answer in found.values())

    def _rows(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        for number, cells in enumerate(self.sheet.iter_rows(min_row=2), start=2):
            row = {
                name: _text(cells[place]) if place < len(cells) else ""
                for name, place in self.columns.items()
            }
            if any(row.values()):
                yield number, row

    def _answer(self, number: int, row: Mapping[str, str]) -> Answer | None:
        identity = self._identity(number, row)
        said, reason, value = row["answer"], row["reason"], row["new_value"]
        if not said:
            for name in ("reason", "new_value"):
                if row[name]:
                    raise self._error(
                        name, number,
                        "Something is written here, but the row has no answer.",
                        "Choose an answer in the same row, or clear this cell.",
                    )  # fmt: skip
            return None
        answer = self.words.get(said.casefold())
        if answer is None:
            raise self._error(
                "answer", number,
                "“{value}” is no answer.",
                "Choose one of the list in the cell, or leave it blank.",
                value=said,
            )  # fmt: skip
        if answer == "not_an_error" and not reason:
            raise self._error(
                "reason", number,
                "A finding that is no error needs a reason.",
                "Write why, for whoever reads it in three months.",
            )  # fmt: skip
        return Answer(self.run_id, identity.id, answer, reason, value)

    def _identity(self, number: int, row: Mapping[str, str]) -> Identity:
        """The finding of a row; its id, code and key must be those of one finding of the run."""
        identity = self.known.get(row["id"])
        if identity is None:
            message = (
                "The id {value} is no finding of the run of this worklist."
                if row["id"]
                else "The row has no id."
            )
            raise self._error(
                "id", number, message, "Undo the change, or make a new worklist.", value=row["id"]
            )
        for name, own in (("code", identity.code), ("key", identity.key)):
            if row[name].split() != held(own).split():  # programs write line ends in their ways
                raise self._error(
                    name, number,
                    "The cell was changed: the finding {id} has {own} here.",
                    "Undo the change, or make a new worklist.",
                    id=identity.id, own=own or "-",
                )  # fmt: skip
        return identity

    def _error(
        self, column: str, number: int, message: str, fix: str, **args: object
    ) -> UsageError:
        from openpyxl.utils import get_column_letter

        cell = f"{get_column_letter(self.columns[column] + 1)}{number}"
        place = Place(file=self.path.name, sheet=self.sheet.title, column=cell)
        return UsageError(message, where=place, fix=fix, **args)


def _columns(path: Path, sheet: Worksheet, headings: Mapping[str, str]) -> dict[str, int]:
    """Places of the columns, by their headings: columns may be moved, not renamed."""
    first = next(sheet.iter_rows(min_row=1, max_row=1), ())
    found: dict[str, int] = {}
    for place, cell in enumerate(first):
        name = headings.get(_text(cell).casefold())
        if name is not None:
            found.setdefault(name, place)
    needed = ("id", "code", "key", "answer", "reason", "new_value")
    missing = [name for name in needed if name not in found]
    if missing:
        raise UsageError(
            "The worklist lacks the column {column}.",
            where=Place(file=path.name, sheet=sheet.title, row=1),
            fix="Put the heading back as it was, or make a new one with dq worklist.",
            column=next(h for h, n in headings.items() if n == missing[0]),
        )
    return {name: found[name] for name in needed}


def _text(cell: Cell | MergedCell) -> str:
    """A cell's text as it was meant: 5.0 in a cell of numbers is 5, a day has no midnight."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return str(value).strip()


def _no_worklist(path: Path) -> SourceError:
    return SourceError(
        "{file} is no worklist of dq.",
        where=Place(file=str(path)),
        fix="Give a workbook that dq worklist made.",
        file=path.name,
    )
