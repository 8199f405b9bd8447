"""Binary files for the table of bad inputs, made in code so that a reader sees what they hold."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.worksheet.worksheet import Worksheet

from tests.bad_inputs.biff import compound, packed, xls, xlsb

ROWS: Sequence[Sequence[object]] = (
    ("ID", "Название", "Сумма"),
    (1, "Окна", 1500.5),
    (2, "Двери", 700),
)


def book(
    rows: Sequence[Sequence[object]] = ROWS,
    change: Callable[[Worksheet], None] = lambda sheet: None,
    title: str = "Сделки",
) -> bytes:
    """An XLSX workbook of one sheet."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    change(sheet)
    return _saved(workbook)


def _saved(workbook: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def changed(data: bytes, changes: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """A workbook with some of its parts changed; an absent part starts empty."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name, change in changes.items():
        files[name] = change(files.get(name, b""))
    return packed(files)


SHEET = "xl/worksheets/sheet1.xml"


def xlsx_plain() -> bytes:
    return book()


def xlsx_types() -> bytes:
    day = datetime(2024, 1, 5)
    return book(
        (
            ("whole", "part", "long", "day", "moment", "time", "span", "flag", "code"),
            (
                1.0,
                0.1 + 0.2,
                12345678901234567,
                date(2024, 1, 5),
                day.replace(hour=9, minute=30),
                time(18, 45),
                timedelta(hours=37, minutes=30),
                True,
                "007",
            ),
            (
                -20.0,
                1e-7,
                4276380012345678,
                date(2023, 12, 31),
                day,
                time(0, 0, 5),
                timedelta(minutes=5),
                False,
                " x ",
            ),
        )
    )


def xlsx_escapes() -> bytes:
    return book((("id", "note"), (1, "one_x000D_\ntwo"), (2, "a_x005F_x000D_")))


def xlsx_epoch_1904() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.epoch = datetime(1904, 1, 1)
    for row in (("id", "day"), (1, date(2024, 1, 5))):
        workbook.active.append(row)
    return _saved(workbook)


def xlsx_early_date() -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet["B2"] = 60
        sheet["B2"].number_format = "dd.mm.yyyy"

    return book((("id", "day"), (1, None), (2, date(2024, 1, 5))), change)


def xlsx_two_sheets() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active.title = "Сделки"
    for row in ROWS:
        workbook.active.append(row)
    other = workbook.create_sheet("Лиды")
    for row in (("Лид", "Телефон"), ("Анна", "1")):
        other.append(row)
    workbook.create_sheet("Пустой")
    return _saved(workbook)


def xlsx_sheet_of_charts() -> bytes:
    """A first sheet that is no table, as dashboards have."""
    workbook = openpyxl.Workbook()
    workbook.active.title = "Сводка"
    for row in (("Выручка", None), (1, 2, 3, 4), (5, 6, 7, 8)):
        workbook.active.append(row)
    data = workbook.create_sheet("Данные")
    for row in ROWS:
        data.append(row)
    return _saved(workbook)


def xlsx_hidden_sheet() -> bytes:
    workbook = openpyxl.Workbook()
    for row in ROWS:
        workbook.active.append(row)
    hidden = workbook.create_sheet("Черновик")
    hidden.append(("a", "b"))
    hidden.sheet_state = "hidden"
    return _saved(workbook)


def xlsx_empty() -> bytes:
    return book(())


def xlsx_hidden_rows() -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True
        sheet.column_dimensions["Z"].hidden = True

    return book(change=change)


def xlsx_merged() -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet.append((3, "Полы", 10))
        sheet.merge_cells("B2:B3")

    return book(change=change)


def xlsx_merged_header() -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:C1")

    return book(
        (("№", "Клиент", None, "Сумма"), (None, "Имя", "Телефон", "руб."), (1, "Анна", "7", 10)),
        change,
    )


def xlsx_accounting_report() -> bytes:
    """Title lines, a header over merged cells with blank columns between, a total."""

    def change(sheet: Worksheet) -> None:
        for row in range(4, 7):
            sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=3)

    return book(
        (
            ("Отчёт по продажам",),
            ("Период: январь 2024",),
            (),
            ("Дата", "Контрагент", None, "Сумма"),
            (date(2024, 1, 5), "Ромашка", None, 100),
            (date(2024, 1, 6), "Лютик", None, 200.5),
            ("Итого", None, None, 300.5),
        ),
        change,
    )


def xlsx_formulas_without_values() -> bytes:
    return book((("id", "sum"), (1, "=1+1"), (2, 5)))


def xlsx_errors() -> bytes:
    def change(data: bytes) -> bytes:
        cell = b'<c r="C2" t="e"><f>VLOOKUP(1,A:B,2)</f><v>#N/A</v></c>'
        start = data.index(b'<c r="C2"')
        end = data.index(b"</c>", start) + 4
        return data[:start] + cell + data[end:]

    return changed(book(), {SHEET: change})


def xlsx_leading_blanks() -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet.insert_cols(1, 2)
        sheet.insert_rows(1, 3)

    return book(change=change)


def xlsx_stray_cell() -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet["XFD1048576"] = "x"

    return book(change=change)


def xlsx_bomb() -> bytes:
    return changed(book(), {"xl/media/image1.bin": lambda _: bytes(100 * 1024 * 1024)})


def xlsx_entities() -> bytes:
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'

    def change(data: bytes) -> bytes:
        end = data.index(b"?>") + 2 if data.startswith(b"<?xml") else 0
        return data[:end] + entities + data[end:]

    return changed(book(), {SHEET: change})


def xlsx_macros() -> bytes:
    return changed(book(), {"xl/vbaProject.bin": lambda _: b"x"})


def xlsx_encrypted() -> bytes:
    return compound({"EncryptionInfo": b"x", "EncryptedPackage": b"y"})


def xlsx_cut() -> bytes:
    return book()[:-400]


def xlsx_sheet_cut() -> bytes:
    return changed(book(), {SHEET: lambda data: data[: len(data) // 2]})


def xlsx_part_name_twice() -> bytes:
    target = io.BytesIO(book())
    with zipfile.ZipFile(target, "a") as archive, warnings_off():
        archive.writestr(SHEET, b"<worksheet/>")
    return target.getvalue()


def warnings_off() -> object:
    import warnings

    return warnings.catch_warnings(action="ignore")


def xls_plain() -> bytes:
    return xls({"Лист1": [["ID", "Имя", "Сумма"], [1.0, "Анна", 10.5], [2.0, "Пётр", 20.0]]})


def xls_oddities() -> bytes:
    return xls(
        {
            "Лист1": [["ID", "Имя"], [1.0, "Анна"], [2.0, "#N/A"], [3.0, None], [4.0, "Я"]],
            "Черновик": [["x"]],
        },
        hidden_rows=[2],
        hidden_columns=[1],
        hidden_sheets=["Черновик"],
        merges=[(3, 4, 0, 0)],
    )


def xls_password() -> bytes:
    return xls({"A": [["x"]]}, password=True)


def xls_macros() -> bytes:
    return xls({"A": [["x"]]}, macros=True)


def xlsb_oddities() -> bytes:
    return xlsb(
        [["ID", "Имя"], [1.0, "Анна"], [2.0, "#N/A"], [3.0, "Я"], [4.0, None]],
        hidden_rows=[2],
        hidden_columns=[1],
        merges=[(3, 4, 1, 1)],
    )


def xlsb_macros() -> bytes:
    return xlsb([["x"]], macros=True)


ODS_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
    for prefix in ("office", "table", "text")
)


def ods(tables: str, extra: Mapping[str, bytes] | None = None) -> bytes:
    """An ODS workbook with this XML of tables."""
    content = (
        f'<?xml version="1.0"?><office:document-content {ODS_NAMES} '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": b'<?xml version="1.0"?><manifest:manifest xmlns:manifest='
            b'"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            **(extra or {}),
        }
    )


def _text_cell(text: str, attributes: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="string" {attributes}>'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def ods_oddities() -> bytes:
    number = '<table:table-cell office:value-type="float" office:value="{0}"><text:p>{0}</text:p>'
    number += "</table:table-cell>"
    error = _text_cell("#N/A", 'table:formula="of:=NA()" calcext:value-type="error"')
    day = (
        '<table:table-cell office:value-type="date" office:date-value="1899-05-06">'
        "<text:p>06.05.1899</text:p></table:table-cell>"
    )
    rows = (
        "<table:table-row>" + _text_cell("ID") + _text_cell("Имя") + _text_cell("День"),
        "<table:table-row>" + number.format("1") + _text_cell("Анна") + day,
        '<table:table-row table:visibility="collapse">' + number.format("2.5") + error,
        "<table:table-row>" + number.format("3") + _text_cell("Я", 'table:number-rows-spanned="2"'),
        "<table:table-row>" + number.format("4") + "<table:covered-table-cell/>",
    )
    columns = '<table:table-column table:number-columns-repeated="2"/>'
    columns += '<table:table-column table:visibility="collapse"/>'
    body = columns + "".join(row + "</table:table-row>" for row in rows)
    return ods(f'<table:table table:name="Лист1">{body}</table:table>')


def ods_repeated() -> bytes:
    cell = _text_cell("x", 'table:number-columns-repeated="16384"')
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    return ods(f'<table:table table:name="A">{row}</table:table>')


def ods_macros() -> bytes:
    return ods("", {"Basic/Standard/Module1.xml": b"<x/>"})


def word_document() -> bytes:
    return packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"})


def zipped_csv() -> bytes:
    return packed({"leads.csv": b"id,name\n1,Ann\n"})


def gzipped_csv() -> bytes:
    return gzip.compress(b"id,name\n1,Ann\n")


def old_word_document() -> bytes:
    return compound({"WordDocument": b"x"})


def parquet_plain() -> bytes:
    return _parquet(pa.table({"id": [1, 2], "name": ["Ann", None], "day": [date(2024, 1, 5)] * 2}))


def parquet_empty() -> bytes:
    return _parquet(pa.table({"id": pa.array([], pa.int64())}))


def parquet_nested() -> bytes:
    return _parquet(pa.table({"id": [1], "tags": [["a", "b"]]}))


def parquet_names_twice() -> bytes:
    return _parquet(pa.table([[1], [2]], names=["Email", "email"]))


def parquet_cut() -> bytes:
    return parquet_plain()[:-20]


def _parquet(table: pa.Table) -> bytes:
    target = io.BytesIO()
    pq.write_table(table, target)
    return target.getvalue()
