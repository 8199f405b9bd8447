"""Tiny writers of XLS and XLSB, enough for a few cells with the oddities that tests need."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

Cell = str | float | bool | None
ERRORS = {"#N/A": 0x2A, "#DIV/0!": 0x07}


def compound(streams: Mapping[str, bytes]) -> bytes:
    """An OLE compound file with these streams, each padded to full sectors."""
    sector, first = 512, 1
    bodies: list[bytes] = []
    table = [0xFFFFFFFD]
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    for number, (name, data) in enumerate(streams.items()):
        padded = data.ljust(4096, b"\0")
        padded = padded.ljust(-(-len(padded) // sector) * sector, b"\0")
        count = len(padded) // sector
        table += [*range(first + 1, first + count), 0xFFFFFFFE]
        right = number + 2 if number + 1 < len(streams) else 0xFFFFFFFF
        entries.append(_entry(name, 2, first, len(padded), right=right))
        bodies.append(padded)
        first += count
    directory = b"".join(entries)
    directory = directory.ljust(-(-len(directory) // sector) * sector, b"\0")
    count = len(directory) // sector
    table += [*range(first + 1, first + count), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (sector // 4 - len(table))
    assert len(table) == sector // 4
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, first, 0)
    header += struct.pack("<IIIIII", 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    header += struct.pack("<108I", *[0xFFFFFFFF] * 108)
    return header + struct.pack(f"<{len(table)}I", *table) + b"".join(bodies) + directory


def _entry(
    name: str, kind: int, start: int, size: int, *, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF
) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", len(text), kind, 1)
        + struct.pack("<III", 0xFFFFFFFF, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def xls(
    sheets: Mapping[str, Sequence[Sequence[Cell]]],
    *,
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
    hidden_sheets: Sequence[str] = (),
    merges: Sequence[tuple[int, int, int, int]] = (),
    password: bool = False,
    macros: bool = False,
) -> bytes:
    """An XLS workbook (BIFF8); rows and columns are counted from 0."""

    def globals_with(places: Sequence[int]) -> bytes:
        data = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6))
        if password:
            data += _record(0x2F, bytes(54))
        for name, place in zip(sheets, places, strict=True):
            state = 1 if name in hidden_sheets else 0
            text = name.encode("utf-16-le")
            data += _record(0x85, struct.pack("<IBBBB", place, state, 0, len(name), 1) + text)
        return data + _record(0x0A, b"")

    bodies = [_xls_sheet(rows, hidden_rows, hidden_columns, merges) for rows in sheets.values()]
    place = len(globals_with([0] * len(bodies)))
    places = []
    for body in bodies:
        places.append(place)
        place += len(body)
    streams = {"Workbook": globals_with(places) + b"".join(bodies)}
    if macros:
        streams["_VBA_PROJECT_CUR"] = b"x"
    return compound(streams)


def _xls_sheet(
    rows: Sequence[Sequence[Cell]],
    hidden_rows: Sequence[int],
    hidden_columns: Sequence[int],
    merges: Sequence[tuple[int, int, int, int]],
) -> bytes:
    data = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6))
    for column in hidden_columns:
        data += _record(0x7D, struct.pack("<HHHHHH", column, column, 2000, 0, 1, 0))
    for number, row in enumerate(rows):
        flags = 0x20 if number in hidden_rows else 0
        data += _record(0x208, struct.pack("<HHHHHHHH", number, 0, len(row), 255, 0, 0, flags, 0))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            data += _xls_cell(number, column, cell)
    if merges:
        ranges = b"".join(struct.pack("<HHHH", *merge) for merge in merges)
        data += _record(0xE5, struct.pack("<H", len(merges)) + ranges)
    return data + _record(0x0A, b"")


def _xls_cell(row: int, column: int, cell: Cell) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if cell is None:
        return b""
    if isinstance(cell, bool):
        return _record(0x205, place + bytes([int(cell), 0]))
    if isinstance(cell, str) and cell in ERRORS:
        return _record(0x205, place + bytes([ERRORS[cell], 1]))
    if isinstance(cell, str):
        return _record(0x204, place + struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le"))
    return _record(0x203, place + struct.pack("<d", cell))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def xlsb(
    rows: Sequence[Sequence[Cell]],
    *,
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
    merges: Sequence[tuple[int, int, int, int]] = (),
    macros: bool = False,
) -> bytes:
    """An XLSB workbook with one sheet `Лист1`; rows and columns are counted from 0."""
    sheet = _wide_record(129) + _wide_record(148, struct.pack("<IIII", 0, 9, 0, 9))
    for column in hidden_columns:
        sheet += _wide_record(60, struct.pack("<IIIIH", column, column, 2000, 0, 1))
    sheet += _wide_record(145)
    for number, row in enumerate(rows):
        hidden = 0x10 if number in hidden_rows else 0
        sheet += _wide_record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, hidden, 0, 0))
        for column, cell in enumerate(row):
            sheet += _xlsb_cell(column, cell)
    sheet += _wide_record(146)
    for merge in merges:
        sheet += _wide_record(176, struct.pack("<IIII", *merge))
    sheet += _wide_record(130)
    bundle = struct.pack("<II", 0, 1) + _text("rId1") + _text("Лист1")
    workbook = _wide_record(131) + _wide_record(143) + _wide_record(156, bundle)
    workbook += _wide_record(144) + _wide_record(132)
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>'.encode(),
        "xl/workbook.bin": workbook,
        "xl/_rels/workbook.bin.rels": (
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>'
        ).encode(),
        "xl/worksheets/sheet1.bin": sheet,
    }
    if macros:
        files["xl/vbaProject.bin"] = b"x"
    return packed(files)


def _xlsb_cell(column: int, cell: Cell) -> bytes:
    place = struct.pack("<II", column, 0)
    if cell is None:
        return b""
    if isinstance(cell, bool):
        return _wide_record(4, place + bytes([int(cell)]))
    if isinstance(cell, str) and cell in ERRORS:
        return _wide_record(3, place + bytes([ERRORS[cell]]))
    if isinstance(cell, str):
        return _wide_record(6, place + _text(cell))
    return _wide_record(5, place + struct.pack("<d", cell))


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _wide_record(kind: int, data: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = len(data), b""
    while True:
        size, low = size >> 7, size & 0x7F
        length += bytes([low | (0x80 if size else 0)])
        if not size:
            return head + length + data


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()
