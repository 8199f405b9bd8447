"""A worklist as a workbook: a row a finding, three columns to answer in, all else locked.

Every cell is text, so that tax numbers, telephones and leading zeros stay what they are in
every program and language. A hidden sheet says which run the list is of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from dq.i18n.translator import Translator
    from dq.repair.worklist import Item, Worklist

__all__ = ["ABOUT", "ANSWERS", "COLUMNS", "FORMAT", "MARK", "Words", "held", "written"]

COLUMNS: Mapping[str, int] = {
    "code": 9, "severity": 11, "table": 13, "key": 16, "name": 30, "wrong": 46, "column": 18,
    "value": 24, "todo": 46, "money": 14, "place": 28, "before": 24, "answer": 16, "reason": 36,
    "new_value": 24, "id": 20,
}  # fmt: skip
"""Columns in their order and their widths; their headings are `worklist.head.<column>`."""

OPEN = ("answer", "reason", "new_value")
"""Columns that people fill in; the others are locked."""

ANSWERS = ("fixed", "not_an_error", "later")
"""What may be answered; the words for them are `worklist.answer.<answer>`."""

ABOUT, MARK, FORMAT = "dq", "dq worklist", 1
"""The hidden sheet, what stands in its first cell, and the version of the workbook."""

_LONGEST = 32_767
_NOT_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), " ")


@dataclass(frozen=True)
class Words:
    """How findings are put into words: what is wrong, what to do, what was answered before."""

    wrong: Callable[[Item], str]
    todo: Callable[[Item], str]
    before: Callable[[Item], str]


def written(worklist: Worklist, run_id: str, t: Translator, words: Words) -> bytes:
    """The workbook's bytes."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    if sheet is None:
        sheet = book.create_sheet()
    sheet.title = str(t.t("worklist.sheet"))[:31]
    _put(sheet, 1, [str(t.t(f"worklist.head.{name}")) for name in COLUMNS])
    for number, row in enumerate(_rows(worklist.items, t, words), start=2):
        _put(sheet, number, row)
    _dress(sheet, len(worklist.items) + 1, t)
    about = book.create_sheet(ABOUT)
    about.sheet_state = "hidden"
    for number, text in enumerate((MARK, str(FORMAT), run_id, worklist.name), start=1):
        _put(about, number, [text])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _rows(items: Sequence[Item], t: Translator, words: Words) -> Iterator[list[str | None]]:
    for item in items:
        finding = item.finding
        yield [
            finding.code,
            str(t.severity(finding.severity.value)),
            str(t.table(finding.table)),
            finding.key,
            item.name,
            words.wrong(item),
            str(t.column(finding.column, finding.table)) if finding.column else None,
            finding.value,
            words.todo(item),
            str(t.number(finding.money)) if finding.money is not None else None,
            _place(item, t),
            words.before(item),
            None,
            None,
            None,
            finding.id,
        ]


def _place(item: Item, t: Translator) -> str | None:
    finding = item.finding
    if finding.file is None:
        return None
    if finding.row is None:
        return finding.file
    if finding.sheet:
        row = t.t("example.sheet_row", sheet=finding.sheet, row=finding.row)
    else:
        row = t.t("example.row", row=finding.row)
    return f"{finding.file}, {row}"


def _put(sheet: Worksheet, row: int, values: Sequence[str | None]) -> None:
    for place, value in enumerate(values, start=1):
        cell = sheet.cell(row, place)
        cell.number_format = "@"
        if value:
            cell.value = held(value)
            cell.data_type = "s"  # also what begins with =


def held(text: str) -> str:
    """A text as a cell can hold it: no control characters, no halves of letters, not too long."""
    return text.translate(_NOT_XML)[:_LONGEST].encode("utf-8", "replace").decode("utf-8")


def _dress(sheet: Worksheet, last: int, t: Translator) -> None:
    """Drop-downs, widths, a fixed heading, and a lock on what is not to be changed."""
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letters = {name: get_column_letter(n) for n, name in enumerate(COLUMNS, start=1)}
    said = ",".join(str(t.t(f"worklist.answer.{answer}")) for answer in ANSWERS)
    rule = DataValidation(type="list", formula1=f'"{said}"', allow_blank=True)
    rule.error = str(t.t("worklist.choose", answers=said.replace(",", ", ")))
    rule.showErrorMessage = True
    sheet.add_data_validation(rule)
    rule.add(f"{letters['answer']}2:{letters['answer']}{max(last, 2)}")
    unlocked, to_fill = Protection(locked=False), PatternFill("solid", fgColor="FFF7DB")
    wrapped = Alignment(wrap_text=True, vertical="top")
    for row in range(2, last + 1):
        for name in OPEN:
            cell = sheet[f"{letters[name]}{row}"]
            cell.protection, cell.fill = unlocked, to_fill
        for name in ("wrong", "todo", "reason"):
            sheet[f"{letters[name]}{row}"].alignment = wrapped
    for number, (name, width) in enumerate(COLUMNS.items(), start=1):
        sheet.column_dimensions[letters[name]].width = width
        sheet.cell(1, number).font = Font(bold=True)
    sheet.freeze_panes = f"{letters['wrong']}2"
    sheet.auto_filter.ref = f"A1:{letters['id']}{max(last, 1)}"
    sheet.protection.sheet = True
    for allowed in ("autoFilter", "sort", "formatColumns", "formatRows"):
        setattr(sheet.protection, allowed, False)  # False: not locked
