"""What the records of XLS and XLSB sheets say beside the values.

Layouts of records: [MS-XLS] 2.4 and [MS-XLSB] 2.4, the published format specifications.
"""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from dq.sources.compound import CompoundError, CompoundFile
from dq.sources.container import Container, damaged, macros
from dq.sources.lines import Merge, refuse
from dq.sources.sheet_facts import SheetFacts

__all__ = ["xls_facts", "xlsb_facts", "xlsb_parts"]

_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_CHUNK = 1024 * 1024
_MOST_RECORD = 64 * 1024 * 1024

# XLS record types
_EOF, _FILEPASS, _SHEET, _COLINFO = 0x0A, 0x2F, 0x85, 0x7D
_ROW, _FORMULA, _BOOLERR = 0x208, 0x06, 0x205
_CELLS = frozenset((6, 0x201, 0x203, 0x204, 0x205, 0x27E, 0xFD, 0xD6))
_MANY = frozenset((0xBD, 0xBE))

# XLSB record types
_B_ROW, _B_ERROR, _B_FORMULA_ERROR, _B_COLUMNS, _B_MERGE, _B_SHEET = 0, 3, 11, 60, 176, 156
_B_CELLS = frozenset(range(2, 12))


def xls_facts(path: Path) -> list[SheetFacts]:
    """Facts of each sheet of an XLS workbook, in the order of the workbook.

    Raises:
        SourceError: The workbook holds macros, is encrypted or damaged.
    """
    try:
        with CompoundFile(path) as compound:
            if any(name.upper().startswith(("_VBA_PROJECT", "VBA")) for name in compound.names()):
                raise macros()
            compound.check()
            data = compound.stream("Workbook", "Book")
        return [_xls_sheet(data, place) for place in _xls_sheets(data)]
    except (CompoundError, struct.error) as error:
        raise damaged() from error


def _xls_records(data: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    """Type, place and length of the records from `place` to the end of their stream."""
    while place + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, place)
        if place + 4 + size > len(data):
            return
        yield kind, place + 4, size
        if kind == _EOF:
            return
        place += 4 + size


def _xls_sheets(data: bytes) -> list[int]:
    places = []
    for kind, place, size in _xls_records(data, 0):
        if kind == _FILEPASS:
            raise refuse(
                "The workbook is encrypted with a password.",
                "Open it, remove the password (File, Info, Protect Workbook) and save it again.",
            )
        if kind == _SHEET and size >= 6:
            places.append(struct.unpack_from("<I", data, place)[0])
    return places


def _xls_sheet(data: bytes, start: int) -> SheetFacts:
    facts = SheetFacts()
    for kind, place, size in _xls_records(data, start):
        if kind in _CELLS and size >= 6:
            row, column = struct.unpack_from("<HH", data, place)
            _reach(facts, row, column)
            if kind == _BOOLERR and size >= 8 and data[place + 7] == 1:
                _error(facts, row, column, data[place + 6])
            elif kind == _FORMULA and size >= 14 and _is_error(data[place + 6 : place + 14]):
                _error(facts, row, column, data[place + 8])
        elif kind in _MANY and size >= 6:
            row = struct.unpack_from("<H", data, place)[0]
            last = struct.unpack_from("<H", data, place + size - 2)[0]
            _reach(facts, row, last)
        elif kind == _ROW and size >= 16:
            used = struct.unpack_from("<HH", data, place + 2)
            if struct.unpack_from("<H", data, place + 12)[0] & 0x20 and used[1] > used[0]:
                facts.hidden_rows += 1
        elif kind == _COLINFO and size >= 10:
            first, last, _, _, flags = struct.unpack_from("<HHHHH", data, place)
            if flags & 1:
                facts.hidden_spans.append((first, last))
    return facts


def _is_error(result: bytes) -> bool:
    """Whether a formula's stored result is an error (its number is marked as none)."""
    return result[0] == 2 and result[6:] == b"\xff\xff"


def xlsb_parts(box: Container) -> dict[str, str]:
    """The part of the container for each sheet's name."""
    folder, file = "xl", "workbook.bin"
    targets = {
        found.get("Id", ""): found.get("Target", "")
        for tag, found in box.elements(f"{folder}/_rels/{file}.rels")
        if tag == "Relationship"
    }
    parts = {}
    with box.open(f"{folder}/{file}") as stream:
        for kind, data in _xlsb_records(stream):
            if kind != _B_SHEET:
                continue
            relation, place = _wide(data, 8)
            name, _ = _wide(data, place)
            if relation in targets:
                parts[name] = posixpath.normpath(f"{folder}/{targets[relation]}")
    return parts


def xlsb_facts(stream: IO[bytes]) -> SheetFacts:
    """Facts of one XLSB sheet from its records."""
    facts = SheetFacts()
    row = 0
    try:
        for kind, data in _xlsb_records(stream):
            if kind == _B_ROW:
                row = struct.unpack_from("<I", data)[0]
                facts.hidden_rows += 1 if data[11] & 0x10 else 0
            elif kind in _B_CELLS:
                column = struct.unpack_from("<I", data)[0]
                _reach(facts, row, column)
                if kind in (_B_ERROR, _B_FORMULA_ERROR):
                    _error(facts, row, column, data[8])
            elif kind == _B_COLUMNS:
                first, last, _, _, flags = struct.unpack_from("<IIIIH", data)
                if flags & 1:
                    facts.hidden_spans.append((first, last))
            elif kind == _B_MERGE:
                top, bottom, left, right = struct.unpack_from("<IIII", data)
                facts.merges.append(Merge(top + 1, left, bottom + 1, right))
    except (struct.error, IndexError) as error:
        raise damaged() from error
    return facts


def _xlsb_records(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    data, place = stream.read(_CHUNK), 0
    while True:
        if len(data) - place < 6:
            data, place = data[place:] + stream.read(_CHUNK), 0
            if not data:
                return
        kind, place = _varint(data, place, 2)
        size, place = _varint(data, place, 4)
        if size > _MOST_RECORD:
            raise damaged()
        while len(data) - place < size:
            more = stream.read(max(_CHUNK, size))
            if not more:
                raise damaged()
            data, place = data[place:] + more, 0
        yield kind, data[place : place + size]
        place += size


def _varint(data: bytes, place: int, most: int) -> tuple[int, int]:
    value = 0
    for index in range(most):
        if place >= len(data):
            raise damaged()
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            break
    return value, place


def _wide(data: bytes, place: int) -> tuple[str, int]:
    """A counted UTF-16 string and the place after it."""
    try:
        count = struct.unpack_from("<I", data, place)[0]
    except struct.error as error:
        raise damaged() from error
    if count == 0xFFFFFFFF:
        return "", place + 4
    end = place + 4 + 2 * count
    return data[place + 4 : end].decode("utf-16-le", "replace"), end


def _reach(facts: SheetFacts, row: int, column: int) -> None:
    bounds = facts.bounds
    bounds.rows = max(bounds.rows, row + 1)
    bounds.columns = max(bounds.columns, column + 1)
    bounds.cells += 1


def _error(facts: SheetFacts, row: int, column: int, code: int) -> None:
    facts.spoiled(row + 1, column, "problem.error_value", _ERRORS.get(code, "#ERROR"))
