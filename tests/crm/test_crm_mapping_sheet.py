"""The mapping as a workbook: shown, edited, and read back or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from dq.crm.mapping import ProjectMapping
from dq.crm.mapping_sheet import read_mapping_sheet, targets, write_mapping_sheet
from dq.crm.recognise import recognise
from dq.errors import DqError, SourceError, UsageError
from tests.crm.caselib import cases, tables

ALL = dict(cases())


def _mapping(name: str, folder: Path) -> ProjectMapping:
    return recognise(tables(folder, ALL[name]["files"])).mapping


def _edited(mapping: ProjectMapping, path: Path, edit: Callable[[Worksheet], None]) -> Path:
    write_mapping_sheet(path, mapping)
    book = load_workbook(path)
    edit(book["mapping"])
    book.save(path)
    return path


def _row(sheet: Worksheet, column: str, means: str | None = None) -> int:
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, 2).value == column and sheet.cell(row, 3).value == means:
            return row
    raise AssertionError(column)


@pytest.mark.parametrize("name", ALL)
def test_untouched_it_changes_nothing(name: str, tmp_path: Path) -> None:
    mapping = _mapping(name, tmp_path)
    write_mapping_sheet(tmp_path / "m.xlsx", mapping)
    assert read_mapping_sheet(tmp_path / "m.xlsx", mapping) == mapping


def test_cells_are_text_and_choices_are_lists(tmp_path: Path) -> None:
    mapping = _mapping("adversarial: hostile headers stay what they are", tmp_path)
    write_mapping_sheet(tmp_path / "m.xlsx", mapping, lambda column: column.evidence[8:])
    book = load_workbook(tmp_path / "m.xlsx")
    sheet = book["mapping"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert sheet.cell(_row(sheet, "Stage", "deals.stage"), 8).value == "by_header_and_values"
    rules = sheet.data_validations.dataValidation
    assert [str(r.formula1) for r in rules] == [
        f"=lists!$A$1:$A${len(targets())}", '"id,name"', "=lists!$B$1:$B$19",
    ]  # fmt: skip
    assert book["lists"].sheet_state == "hidden"
    assert sheet.protection.sheet
    assert not sheet.cell(2, 3).protection.locked
    assert sheet.cell(2, 1).protection.locked


def test_a_meaning_can_be_given_changed_and_taken(tmp_path: Path) -> None:
    mapping = _mapping("adversarial: misspelt headers are shown, not mapped", tmp_path)

    def edit(sheet: Worksheet) -> None:
        row = _row(sheet, "Responsibel")
        sheet.cell(row, 3).value, sheet.cell(row, 4).value = "deals.owner_id", "name"
        sheet.cell(_row(sheet, "Причина откза"), 3).value = "deals.lost_reason"
        sheet.cell(_row(sheet, "Amount", "deals.amount"), 3).value = None
        sheet.cell(_row(sheet, "ID", "deals.id"), 3).value = "deals.contract_no"

    path = _edited(mapping, tmp_path / "m.xlsx", edit)
    source = read_mapping_sheet(path, mapping).sources[0]
    table = source.tables[0]
    assert {c.target: (c.source, c.link) for c in table.columns} == {
        "owner_id": ("Responsibel", "name"), "stage": ("Stage", None), "status": ("Stage", None),
        "lost_reason": ("Причина откза", None), "contract_no": ("ID", None),
    }  # fmt: skip
    assert [c.evidence for c in table.columns if c.target == "lost_reason"] == ["mapping.by_hand"]
    assert table.key == ()
    assert [(o.name, o.kind, o.conversion.type) for o in table.own] == [
        ("Amount", "money", "decimal")
    ]
    assert source.unmapped == ("Amount",)


def test_a_file_of_no_table_can_become_one(tmp_path: Path) -> None:
    mapping = _mapping(
        "adversarial: a list of names that could be anything is left alone", tmp_path
    )

    def edit(sheet: Worksheet) -> None:
        sheet.cell(_row(sheet, "ID"), 3).value = "accounts.id"
        sheet.cell(_row(sheet, "Name"), 3).value = "accounts.name"

    path = _edited(mapping, tmp_path / "m.xlsx", edit)
    source = read_mapping_sheet(path, mapping).sources[0]
    assert [(t.table, t.key, [c.source for c in t.columns]) for t in source.tables] == [
        ("accounts", ("ID",), ["Name"])
    ]
    assert source.own == ()


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (3, "deals.amuont", "m.xlsx[mapping], row 2, Means: deals.amuont is no column of the"),
        (3, "dealz.amount", "row 2, Means: dealz.amount is no column of the model. Known are: acc"),
        (3, "deals.stage", "row 3, Means: deals.stage has two columns."),
        (4, "email", "row 2, Link: email is no link of deals.id."),
        (5, "cash", "row 2, Kind: cash is no kind of column. The kinds are money"),
        (1, "other", "row 2, File: other is not a file of this mapping"),
        (2, "Other", "row 2, Column: deals has no column Other."),
        (9, "00", "row 2, File: deals is not a file of this mapping, or not of its shape."),
    ],
)
def test_what_does_not_fit_is_refused_by_name(
    column: int, value: str, said: str, tmp_path: Path
) -> None:
    mapping = _mapping("adversarial: stages that nobody knows are asked", tmp_path)

    def edit(sheet: Worksheet) -> None:
        sheet.cell(2, column).value = value

    path = _edited(mapping, tmp_path / "m.xlsx", edit)
    with pytest.raises(UsageError) as raised:
        read_mapping_sheet(path, mapping)
    assert said in str(raised.value)


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.xlsx").write_bytes(b"not a workbook")
    with pytest.raises(SourceError, match=r"m\.xlsx is no XLSX workbook"):
        read_mapping_sheet(tmp_path / "m.xlsx", ProjectMapping(()))
    with pytest.raises(DqError):
        read_mapping_sheet(tmp_path / "absent.xlsx", ProjectMapping(()))
