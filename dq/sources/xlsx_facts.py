"""What the XML of an XLSX sheet says beside the values: hidden, merged, without a value.

A sheet may hold a hundred megabytes of XML, so its bytes are searched, not parsed; the
container has made sure before that they hold no document type.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from html import unescape
from typing import IO

from dq.sources.container import Container, damaged
from dq.sources.sheet_facts import SheetFacts, cell_place, range_of

__all__ = ["sheet_facts", "sheet_parts", "uses_1904"]

_CHUNK = 4 * 1024 * 1024
_LONGEST = 64 * 1024 * 1024
_WORKBOOK = "xl/workbook.xml"

_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_NUMBER = re.compile(rb"<(?:\w+:)?row\b[^<>]*?\br=[\"'](\d{1,9})[\"']")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_LETTERS = re.compile(rb"<(?:\w+:)?c\s[^<>]*?\br=[\"']([A-Za-z]{1,3})")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>]")
_ERROR = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*\bt=[\"']e[\"'][^<>]*)>(?:(?!</(?:\w+:)?c>).){0,9000}?"
    rb"<(?:\w+:)?v[^<>]*>([^<]{0,40})",
    re.DOTALL,
)
_NO_VALUE = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*[^/<>])>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_REFERENCE = re.compile(rb"\br=[\"']([A-Za-z]{1,3}\d{1,7})[\"']")
_TEXT_RESULT = re.compile(rb"\bt=[\"']str[\"']")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^<>]*)>")
_SPAN = re.compile(rb"\b(min|max)=[\"'](\d{1,6})[\"']")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^<>]*\bref=[\"']([^\"']{1,24})[\"']")


def sheet_parts(box: Container) -> dict[str, str]:
    """The part of the container for each sheet's name."""
    workbook = next((n for n in box.names if n.lower() == _WORKBOOK), _WORKBOOK)
    folder, file = posixpath.split(workbook)
    targets = {
        found.get("Id", ""): found.get("Target", "")
        for tag, found in box.elements(f"{folder}/_rels/{file}.rels")
        if tag == "Relationship"
    }
    parts = {}
    for tag, found in box.elements(workbook):
        if tag == "sheet" and found.get("id", "") in targets:
            target = targets[found["id"]]
            joined = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            parts[found.get("name", "")] = posixpath.normpath(joined)
    return parts


def uses_1904(box: Container) -> bool:
    """Whether the workbook counts its dates from 1904."""
    return any(
        tag == "workbookPr" and found.get("date1904") in ("1", "true")
        for tag, found in box.elements(_WORKBOOK)
    )


def sheet_facts(stream: IO[bytes]) -> SheetFacts:
    """Facts of one sheet from its XML."""
    facts = SheetFacts()
    columns: set[bytes] = set()
    for chunk in _chunks(stream):
        numbers = _NUMBER.findall(chunk)
        last = max(map(int, numbers)) if numbers else facts.bounds.rows + len(_ROW.findall(chunk))
        facts.bounds.rows = max(facts.bounds.rows, last)
        if b"hidden=" in chunk:
            facts.hidden_rows += sum(
                1 for row in _ROW.findall(chunk) if _HIDDEN.search(row) and not row.endswith(b"/")
            )
        letters = _LETTERS.findall(chunk)
        columns.update(letters)
        facts.bounds.cells += len(letters) or len(_CELL.findall(chunk))
        _look_at_cells(chunk, facts)
        _look_around(chunk, facts)
    for name in columns:
        place = cell_place(f"{name.decode()}1")
        if place is not None:
            facts.bounds.columns = max(facts.bounds.columns, place[1] + 1)
    return facts


def _look_at_cells(chunk: bytes, facts: SheetFacts) -> None:
    if b't="e"' in chunk or b"t='e'" in chunk:
        for attributes, value in _ERROR.findall(chunk):
            shown = unescape(value.decode("utf-8", "replace"))
            _mark(facts, attributes, "problem.error_value", shown)
    if b"<f" in chunk or b":f" in chunk:
        for attributes, value in _NO_VALUE.findall(chunk):
            if not (value and _TEXT_RESULT.search(attributes)):
                _mark(facts, attributes, "problem.formula_without_value", None)


def _mark(facts: SheetFacts, attributes: bytes, code: str, value: str | None) -> None:
    reference = _REFERENCE.search(attributes)
    place = cell_place(reference.group(1).decode()) if reference else None
    if place is not None:
        facts.spoiled(place[0], place[1], code, value)


def _look_around(chunk: bytes, facts: SheetFacts) -> None:
    """Column widths stand before the rows, merged ranges after them."""
    if b"<col" in chunk or b":col" in chunk:
        for (attributes,) in (found.groups() for found in _COLUMN.finditer(chunk)):
            if _HIDDEN.search(attributes):
                span = {key: int(value) for key, value in _SPAN.findall(attributes)}
                first = span.get(b"min", 1)
                facts.hidden_spans.append((first - 1, span.get(b"max", first) - 1))
    if b"mergeCell" in chunk:
        for reference in _MERGE.findall(chunk):
            merge = range_of(reference.decode("ascii", "replace"))
            if merge is not None:
                facts.merges.append(merge)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The XML in pieces that end after a row, so that no cell is cut in two."""
    rest = b""
    while block := stream.read(_CHUNK):
        block = rest + block
        cut = max(block.rfind(b"</row>") + 6, block.rfind(b":row>") + 5)
        if cut < 7:
            if len(block) > _LONGEST:
                raise damaged()
            rest = block
            continue
        yield block[:cut]
        rest = block[cut:]
    if rest:
        yield rest
