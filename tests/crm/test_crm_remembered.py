"""A file of a known shape asks nothing; what its values no longer bear is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dq.crm.mapping import ColumnMapping, SourceMapping
from dq.crm.mapping_sheet import read_mapping_sheet, write_mapping_sheet
from dq.crm.recognise import recognise
from dq.crm.shapes import columns_used, shape_of
from dq.tables import RawTable
from tests.crm.caselib import cases, tables

ALL = dict(cases())

DEALS = [
    ["ID", "1", "2", "3"],
    ["Этап", "Успешно", "В работе", "В работе"],
    ["Сумма", "1", "2", "3"],
    ["Дата создания", "2024-01-01", "2024-01-13", "2024-01-14"],
]


def _deals(
    folder: Path, name: str, changes: Sequence[Sequence[str]] = (), **renamed: str
) -> RawTable:
    new = {str(c[0]): list(c) for c in changes}
    columns = [new.get(c[0], c) for c in DEALS]
    turned = [[renamed.get(c[0], c[0]), *c[1:]] for c in reversed(columns)]
    where = folder / name
    where.mkdir(exist_ok=True)
    return tables(where, {name: turned})[0]


def _known(folder: Path) -> tuple[SourceMapping, ...]:
    return recognise(tables(folder, {"Сделки": DEALS})).mapping.sources


def _columns(source: SourceMapping) -> dict[str, ColumnMapping]:
    return {c.target: c for c in source.tables[0].columns}


def test_another_order_case_and_name_is_the_same_shape(tmp_path: Path) -> None:
    first = tables(tmp_path, {"Сделки": DEALS})[0]
    second = _deals(tmp_path, "april", ID="id", Сумма="СУММА\u00a0")
    assert shape_of(first) == shape_of(second)
    assert shape_of(first) != shape_of(_deals(tmp_path, "may", Сумма="Цена"))


def test_a_known_shape_asks_nothing_and_takes_the_new_names(tmp_path: Path) -> None:
    known = _known(tmp_path)
    april = _deals(tmp_path, "april", Сумма="СУММА ")
    found = recognise([april], remembered=known)
    source = found.mapping.sources[0]
    assert source.source == source.tables[0].source == "april"
    assert _columns(source)["amount"].source == "СУММА"
    assert source.tables[0].key == ("ID",)
    assert set(columns_used(source)) == set(april.columns)
    assert [n.code for n in found.notes] == ["mapping.remembered"]
    assert found.asked == ()


def test_what_was_agreed_stands_whatever_recognising_would_say(tmp_path: Path) -> None:
    mapping = recognise(tables(tmp_path, {"Сделки": DEALS})).mapping
    book = tmp_path / "m.xlsx"
    write_mapping_sheet(book, mapping)
    from openpyxl import load_workbook

    opened = load_workbook(book)
    sheet = opened["mapping"]
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, 3).value == "deals.amount":
            sheet.cell(row, 3).value = "deals.cost"
    opened.save(book)
    agreed = read_mapping_sheet(book, mapping)
    found = recognise([_deals(tmp_path, "april")], remembered=agreed.sources)
    assert "cost" in _columns(found.mapping.sources[0])
    assert "amount" not in _columns(found.mapping.sources[0])


def test_new_words_for_won_and_lost_are_understood(tmp_path: Path) -> None:
    april = _deals(tmp_path, "april", [["Этап", "Успешно", "Отказ", "Ждём звезду"]])
    found = recognise([april], remembered=_known(tmp_path))
    status = _columns(found.mapping.sources[0])["status"].conversion
    assert status.values["Отказ"] == "lost"
    assert [(n.code, n.args["words"]) for n in found.notes[1:]] == [
        ("mapping.stages_added", "Отказ"), ("mapping.stages_taken_open", "Ждём звезду"),
    ]  # fmt: skip


def test_dates_in_a_new_style_are_read_as_well(tmp_path: Path) -> None:
    april = _deals(
        tmp_path, "april", [["Дата создания", "01.02.2024 10:00", "13.02.2024 10:00", ""]]
    )
    found = recognise([april], remembered=_known(tmp_path))
    created = _columns(found.mapping.sources[0])["created_at"].conversion
    assert created.formats == ("%d.%m.%Y %H:%M", "%Y-%m-%d")
    assert found.notes[1].code == "mapping.style_changed"


def test_a_column_that_now_holds_ids_of_several_tables_is_left_out(tmp_path: Path) -> None:
    task = ALL["salesforce: a column with ids of several tables is no relation"]["files"]["Task"]
    known = recognise(tables(tmp_path, {"Task": task})).mapping.sources
    assert "deal_id" in _columns(known[0])
    mixed = [["WhatId", "006A1", "001A1", ""] if c[0] == "WhatId" else c for c in task]
    found = recognise(tables(tmp_path, {"Task": mixed}), remembered=known)
    assert all(
        "deal_id" not in {c.target for c in t.columns} for t in found.mapping.sources[0].tables
    )
    assert found.notes[-1].code == "mapping.several_tables"


def test_of_two_files_of_one_shape_the_name_decides(tmp_path: Path) -> None:
    known = _known(tmp_path)
    other = recognise([_deals(tmp_path, "april")]).mapping.sources
    found = recognise([_deals(tmp_path, "april")], remembered=[*known, *other])
    assert found.mapping.sources == other
