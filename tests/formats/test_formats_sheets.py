"""CSV and XLSX: what is text stays text, nothing is a formula, no row is lost."""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dq.findings import findings_schema
from dq.formats.rows import write_findings
from dq.formats.sheets import Cell, write_csv, write_xlsx
from dq.i18n.translator import translator
from dq.text.spreadsheet import disarmed


def workbook(rows: list[list[Cell]], header: list[str], most: int = 1_048_575) -> io.BytesIO:
    made = io.BytesIO()
    write_xlsx(made, header, rows, title="замечания: все", most=most)
    made.seek(0)
    return made


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("+79161234567", "'+79161234567"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("-5", "-5"),
        ("-5,50", "-5,50"),
        ("0012", "0012"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_formulas_are_disarmed(text: str, shown: str) -> None:
    assert disarmed(text) == shown


@given(st.text(st.characters(codec="utf-8")))
def test_no_cell_of_a_csv_begins_as_a_formula(text: str) -> None:
    stream = io.StringIO()
    write_csv(stream, ["a"], [[text]])
    (row,) = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))[1:] or [[""]]
    cell = row[0] if row else ""
    assert not cell.lstrip().startswith(("=", "+", "@")) or cell.startswith("'")


def test_cells_of_a_csv() -> None:
    stream = io.StringIO()
    write_csv(stream, ["a", "b"], [[Decimal("4514.0000"), 'x,"y"\n'], [None, Decimal("0.50")]])
    assert stream.getvalue() == 'a,b\r\n4514,"x,""y""\n"\r\n,0.5\r\n'


def test_texts_survive_in_a_workbook() -> None:
    row: list[Cell] = [
        "007743013902", "+7 916 123-45-67", "=1+1", " a  b ", "<&>\"'", "bad\x00\x0b", "12.10",
        7, Decimal("1234.5600"), None,
    ]  # fmt: skip
    header = [f"c{i}" for i in range(len(row))]
    made = workbook([row], header)
    sheet = openpyxl.load_workbook(made).worksheets[0]
    assert [c.value for c in sheet[2]] == [
        "007743013902", "+7 916 123-45-67", "=1+1", " a  b ", "<&>\"'", "bad  ", "12.10",
        7, 1234.56, None,
    ]  # fmt: skip
    assert {c.number_format for c in sheet[2][:7]} == {"@"}
    assert {c.data_type for c in sheet[2][:7]} <= {"s", "inlineStr"}
    assert (sheet.title, sheet.freeze_panes) == ("замечания  все", "A2")
    made.seek(0)
    assert CalamineWorkbook.from_filelike(made).get_sheet_by_index(0).to_python()[1][:3] == row[:3]


@pytest.mark.parametrize(
    ("rows", "sheets"), [(0, [0]), (1, [1]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1]), (6, [3, 3])]
)
def test_what_a_sheet_does_not_hold_goes_on_in_the_next(rows: int, sheets: list[int]) -> None:
    made = workbook([[n, f"k{n}"] for n in range(rows)], ["n", "key"], most=3)
    book = openpyxl.load_workbook(made)
    assert [sheet.max_row - 1 for sheet in book.worksheets] == sheets
    assert {sheet["B1"].value for sheet in book.worksheets} == {"key"}
    keys = [row[1].value for sheet in book.worksheets for row in list(sheet.rows)[1:]]
    assert keys == [f"k{n}" for n in range(rows)]


def test_a_workbook_is_the_same_in_every_reader() -> None:
    made = workbook([["x" * 40_000]], ["long"])
    assert zipfile.ZipFile(made).testzip() is None
    sheet = openpyxl.load_workbook(made).worksheets[0]
    assert len(sheet["A2"].value) == 32_767


FINDINGS = [
    {
        "id": "0" * 16, "code": "A102", "severity": "error", "table": "contacts", "key": "=C1",
        "column": "email", "value": "ivan.petrov@gmial.com", "cause": "near_miss:gmial.com",
        "args": '{"suggestion": "gmail.com"}', "money": None, "file": "c.csv", "row": 2,
    },
    {
        "id": "1" * 16, "code": "C105", "severity": "error", "table": "deals", "key": "007",
        "column": "amount", "value": None, "cause": None, "args": "{}",
        "money": Decimal("12.5"), "file": "d.csv", "row": 3, "suppressed": "s1.1",
    },
]  # fmt: skip


def written(format: str, *, masked: bool = False, language: str = "en") -> io.BytesIO:
    table = pa.Table.from_pylist(FINDINGS, findings_schema())
    made = io.BytesIO()
    write_findings(
        table.to_batches(), table.schema, format, made, translator(language), masked=masked
    )
    made.seek(0)
    return made


def test_findings_as_csv() -> None:
    text = written("csv").read().decode("utf-8-sig")
    one, other = csv.DictReader(io.StringIO(text))
    assert (one["key"], one["value"], one["severity"]) == (
        "'=C1", "ivan.petrov@gmial.com", "error"
    )  # fmt: skip
    assert one["message"]
    assert one["title"]
    assert (other["key"], other["money"], other["suppressed"]) == ("007", "12.5", "s1.1")


@pytest.mark.parametrize("format", ["csv", "xlsx", "parquet"])
def test_findings_that_are_passed_on(format: str) -> None:
    made = written(format, masked=True)
    if format == "parquet":
        text = str(pq.read_table(made).to_pylist())
    elif format == "csv":
        text = made.read().decode("utf-8")
    else:
        sheet = openpyxl.load_workbook(made).worksheets[0]
        text = str([[c.value for c in row] for row in sheet.rows])
    assert "ivan.petrov" not in text
    assert "007" in text


def test_headings_are_in_the_readers_language() -> None:
    sheet = openpyxl.load_workbook(written("xlsx", language="ru")).worksheets[0]
    heads = [c.value for c in sheet[1]]
    assert heads[:3] == ["важность", "правило", "что"]
    assert heads[-1] == "id"


def test_parquet_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    path.write_bytes(written("parquet").read())
    assert (
        pq.read_table(path).to_pylist()
        == pa.Table.from_pylist(FINDINGS, findings_schema()).to_pylist()
    )
