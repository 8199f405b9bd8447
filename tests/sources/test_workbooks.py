"""Values of workbooks come out as a person typed them; the file's own facts are complete."""

from __future__ import annotations

import io
import os
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq.sources import ReadOptions, panics, read, xlsx_facts
from dq.sources.cells import cell_text
from dq.sources.container import container
from dq.sources.lines import Merge
from dq.sources.sheet_facts import cell_place, column_name, range_of
from tests.bad_inputs import makers
from tests.sources.helpers import cells_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        (" x ", " x "),
        (1.0, "1"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1234.56, "1234.56"),
        (1e-7, "0.0000001"),
        (999999999999999.0, "999999999999999"),
        (1.2345678901234567e19, "12345678901234567000"),
        (1e300, "1" + "0" * 300),
        (7, "7"),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2024, 1, 5), "2024-01-05"),
        (datetime(2024, 1, 5), "2024-01-05"),
        (datetime(2024, 1, 5, 9, 30), "2024-01-05 09:30:00"),
        (datetime(2024, 1, 5, 9, 29, 59, 999500), "2024-01-05 09:30:00"),
        (datetime(2024, 1, 5, 23, 59, 59, 999000), "2024-01-06"),
        (datetime(2024, 1, 5, 9, 30, 0, 250000), "2024-01-05 09:30:00.250"),
        (time(18, 45), "18:45:00"),
        (time(0, 0), "00:00:00"),
        (timedelta(hours=37, minutes=30), "37:30:00"),
        (timedelta(minutes=-5), "-00:05:00"),
    ],
)
def test_cell_text(value: object, text: str) -> None:
    assert cell_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_their_value_without_exponents(value: float) -> None:
    text = cell_text(value)
    assert "e" not in text.lower()
    assert float(Decimal(text)) == value


VALUES = (
    st.integers(-(10**14), 10**14)
    | st.floats(-1e9, 1e9, allow_nan=False).map(lambda v: round(v, 4))
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=8)
    | st.dates(date(1901, 1, 1), date(2100, 1, 1))
    | st.booleans()
    | st.none()
)


@given(st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=8))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_typed_is_read(tmp_path: Path, rows: list[list[Any]]) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(("id", "имя", "note"))
    for place, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            cell = workbook.active.cell(place, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    path = tmp_path / "book.xlsx"
    workbook.save(path)
    (table,) = read(path, into=tmp_path / "raw", options=ReadOptions(header_row=1, footer=0))
    expected = [[_typed(value) for value in row] for row in rows]
    assert cells_of(table) == [row for row in expected if any(cell is not None for cell in row)]


def _typed(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return cell_text(value)
    return str(value)


@pytest.mark.parametrize("chunk", [50, 300, 4096])
def test_facts_do_not_depend_on_chunks(
    chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_facts, "_CHUNK", chunk)
    for make in (makers.xlsx_merged, makers.xlsx_errors, makers.xlsx_hidden_rows):
        path = tmp_path / f"{make.__name__}.xlsx"
        path.write_bytes(make())
        with container(path) as box, box.open(makers.SHEET) as stream:
            found = xlsx_facts.sheet_facts(stream)
        with container(path) as box, box.open(makers.SHEET) as stream:
            monkeypatch.setattr(xlsx_facts, "_CHUNK", 1 << 20)
            assert xlsx_facts.sheet_facts(stream) == found
        monkeypatch.setattr(xlsx_facts, "_CHUNK", chunk)


def test_facts_of_xml_with_prefixes_and_single_quotes() -> None:
    xml = (
        b"<x:worksheet><x:cols><x:col min='2' max='3' hidden='1'/></x:cols><x:sheetData>"
        b"<x:row r='1'><x:c r='A1'><x:v>1</x:v></x:c>"
        b"<x:c r='C1' t='e'><x:v>#REF!</x:v></x:c></x:row>"
        b"<x:row r='4' hidden='true'><x:c r='A4'><x:f>1+1</x:f></x:c>"
        b"<x:c r='B4' t='str'><x:f>A1</x:f><x:v></x:v></x:c></x:row></x:sheetData>"
        b"<x:mergeCells><x:mergeCell ref='A1:B2'/></x:mergeCells></x:worksheet>"
    )
    facts = xlsx_facts.sheet_facts(io.BytesIO(xml))
    assert (facts.bounds.rows, facts.bounds.columns, facts.bounds.cells) == (4, 3, 4)
    assert (facts.hidden_rows, facts.hidden_columns) == (1, 2)
    assert facts.merges == [Merge(1, 0, 2, 1)]
    assert [(row, f.column, f.code) for row, fs in facts.faults.items() for f in fs] == [
        (1, 2, "problem.error_value"),
        (4, 0, "problem.formula_without_value"),
    ]


@pytest.mark.parametrize(
    ("reference", "row", "column"),
    [("A1", 1, 0), ("Z9", 9, 25), ("AA10", 10, 26), ("XFD1", 1, 16383)],
)
def test_references(reference: str, row: int, column: int) -> None:
    assert cell_place(reference) == (row, column)
    assert column_name(column) == reference.rstrip("0123456789")
    assert range_of(f"A1:{reference}") == Merge(1, 0, row, column)


def test_a_crash_of_the_reader_prints_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    class PanicException(BaseException):
        """As the reader raises it."""

    def crash() -> None:
        with panics.held_back():
            os.write(2, b"thread panicked at cfb.rs\n")
            raise PanicException

    with pytest.raises(PanicException):
        crash()
    with panics.held_back():
        os.write(2, b"a warning of another library\n")
    assert capfd.readouterr().err == "a warning of another library\n"
