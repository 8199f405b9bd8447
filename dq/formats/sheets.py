"""CSV and XLSX for people with a spreadsheet: what is text stays text, and nothing acts.

CSV: a text that a spreadsheet would take for a formula gets an apostrophe before it.
XLSX: texts are text cells (`@`), so that tax numbers, phones and leading zeros survive and
nothing is a formula; what a sheet does not hold goes on in the next one.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice
from typing import IO
from xml.sax.saxutils import escape

from dq.text.spreadsheet import disarmed

__all__ = ["MOST_ROWS", "Cell", "write_csv", "write_xlsx"]

Cell = str | int | float | Decimal | date | None

MOST_ROWS = 1_048_575
"""Records of one sheet: what Excel holds, less the header."""

_LONGEST = 32_767
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDTHS = (8, 60)
_SAMPLE = 200


def write_csv(stream: IO[str], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write commas, CRLF, quotes where needed (RFC 4180)."""
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([disarmed(cell) if isinstance(cell, str) else _plain(cell) for cell in row])


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        text = format(cell, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def write_xlsx(
    stream: IO[bytes],
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str,
    most: int = MOST_ROWS,
) -> None:
    """Write a workbook, sheet after sheet of at most `most` records; the header is frozen.

    `title` names the sheets; whole numbers and decimals are numbers, all else is text.
    """
    given = iter(rows)
    names: list[str] = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
        while True:
            first = list(islice(given, 1))
            if not first and names:
                break
            names.append(_sheet_name(title, len(names) + 1))
            block = islice(chain(first, given), most)
            with book.open(f"xl/worksheets/sheet{len(names)}.xml", "w", force_zip64=True) as part:
                text = io.TextIOWrapper(part, encoding="utf-8", write_through=False)
                _write_sheet(text, header, block)
                text.flush()
                text.detach()
            if not first:
                break
        for name, content in _frame(names):
            book.writestr(name, content)


def _sheet_name(title: str, number: int) -> str:
    plain = re.sub(r"[\[\]:*?/\\']", " ", title).strip() or "dq"
    return plain[:31] if number == 1 else f"{plain[:26]} {number}"


def _write_sheet(stream: IO[str], header: Sequence[str], rows: Iterator[Sequence[Cell]]) -> None:
    sample = list(islice(rows, _SAMPLE))
    stream.write(
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        "</sheetView></sheetViews><cols>"
    )
    for place, name in enumerate(header, start=1):
        longest = max([len(name), *[len(_plain(row[place - 1])) for row in sample]])
        size = min(max(longest + 2, _WIDTHS[0]), _WIDTHS[1])
        stream.write(f'<col min="{place}" max="{place}" width="{size}" customWidth="1"/>')
    stream.write("</cols><sheetData>")
    letters = [_letters(place) for place in range(len(header))]
    stream.write(_row(1, letters, header, style=2))
    number = 1
    for number, row in enumerate(chain(sample, rows), start=2):
        stream.write(_row(number, letters, row, style=1))
    stream.write("</sheetData>")
    stream.write(f'<autoFilter ref="A1:{letters[-1]}{number}"/></worksheet>')


def _row(number: int, letters: Sequence[str], row: Sequence[Cell], *, style: int) -> str:
    cells = [f'<row r="{number}">']
    for letter, cell in zip(letters, row, strict=True):
        if cell is None or cell == "":
            continue
        if isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool):
            cells.append(f'<c r="{letter}{number}"><v>{_plain(cell)}</v></c>')
        else:
            text = _inert(_plain(cell) if not isinstance(cell, str) else cell)
            cells.append(
                f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is>'
                f'<t xml:space="preserve">{text}</t></is></c>'
            )
    cells.append("</row>")
    return "".join(cells)


@lru_cache(maxsize=4096)
def _inert(text: str) -> str:
    """Text as XML holds it: characters that it cannot hold become spaces."""
    return escape(_NOT_XML.sub(" ", text[:_LONGEST]))


def _letters(place: int) -> str:
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def _frame(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The parts of a workbook beside its sheets."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheets = list(enumerate(names, start=1))
    yield (
        "[Content_Types].xml",
        f'{head}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
            for n, _ in sheets
        )
        + "</Types>",
    )
    yield (
        "_rels/.rels",
        f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    yield (
        "xl/workbook.xml",
        f'{head}<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in sheets
        )
        + "</sheets></workbook>",
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{head}<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{office}/worksheet" '
            f'Target="worksheets/sheet{n}.xml"/>'
            for n, _ in sheets
        )
        + f'<Relationship Id="rId{len(names) + 1}" Type="{office}/styles" Target="styles.xml"/>'
        "</Relationships>",
    )
    yield (
        "xl/styles.xml",
        f'{head}<styleSheet xmlns="{main}"><fonts count="2"><font><sz val="11"/>'
        '<name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        '</cellStyleXfs><cellXfs count="3">'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" '
        'applyFont="1"/></cellXfs><cellStyles count="1">'
        '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    )
