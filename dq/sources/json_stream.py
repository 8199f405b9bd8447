"""JSON text to records, one after another, in bounded memory."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from dq.sources.encoding import CHUNK
from dq.sources.json_flat import DECODER, Flat, JsonObject, flattened
from dq.sources.lines import refuse

__all__ = ["Record", "find_member", "records"]

LONGEST = 16 * 1024 * 1024
"""Characters that one object may have."""

_WHOLE = 128 * 1024 * 1024
_SPACE = re.compile(r"[ \t\r\n]*")
_LISTS = frozenset("data result results items records rows value values list objects".split())


@dataclass(frozen=True, slots=True)
class Record:
    """A record and its place: the line in JSON lines, else its number from 1."""

    row: int
    flat: Flat


def _first_lines(path: Path, skip: int, most: int = 6) -> list[str]:
    """The first lines that are not blank, each cut at `LONGEST`."""
    found: list[str] = []
    with path.open(encoding="utf-8", newline="\n") as stream:
        stream.seek(skip)
        while len(found) < most and (line := stream.readline(LONGEST)):
            if line.strip():
                found.append(line)
    return found


def records(path: Path, skip: int, member: str | None, *, damaged: bool) -> Generator[Record]:
    """All records of a file; `member` is the dotted path of the list that holds them.

    Raises:
        SourceError: The JSON is broken in a way that loses the place of the next record.
    """
    if member is not None:
        for row, value in enumerate(_list_at(_whole(path, skip), member), 1):
            yield Record(row, flattened(value, damaged=damaged))
        return
    with path.open(encoding="utf-8", newline="\n") as stream:
        stream.seek(skip)
        start = _first_char(path, skip)
        if start == "[":
            yield from _array(stream, damaged=damaged)
        else:
            yield from _by_line(stream, damaged=damaged)


def find_member(path: Path, skip: int) -> str | None:
    """Where the records are in a file that is one object: the path of its only list of objects.

    None when the file is JSON lines or an array.
    """
    if _first_char(path, skip) != "{":
        return None
    lines = _first_lines(path, skip)
    parsed = [_parsed(line) for line in lines]
    if len(lines) > 1 and any(isinstance(value, JsonObject) for value in parsed):
        return None
    value = parsed[0] if len(lines) == 1 else _whole(path, skip)
    if not isinstance(value, JsonObject):
        return None
    found = [name for name, items in _members(value) if _is_table(items)]
    if len(found) != 1:
        if len(lines) == 1:
            return None
        raise refuse(
            "The file is one object, and the list of records in it is not plain.",
            "Write sheet: with the name of the member that holds the list.",
        )
    name = found[0].rsplit(".", 1)[-1]
    known = name in _LISTS or "." in found[0] or len(value) == 1 or len(lines) > 1
    return found[0] if known else None


def _members(value: JsonObject) -> Iterator[tuple[str, object]]:
    for name, item in value.items():
        yield name, item
        if isinstance(item, JsonObject):
            yield from ((f"{name}.{inner}", part) for inner, part in item.items())


def _is_table(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(item, JsonObject) for item in value)


def _list_at(value: object, member: str) -> list[object]:
    for name in member.split("."):
        value = value.get(name) if isinstance(value, JsonObject) else None
    if not isinstance(value, list):
        raise refuse(
            "There is no list “{member}” in it.",
            "Correct sheet: it names the member that holds the records.",
            member=member,
        )
    return value


def _whole(path: Path, skip: int) -> object:
    if path.stat().st_size > _WHOLE:
        raise refuse(
            "The file is one object of {n} bytes; the limit is {limit}.",
            "Export the list of records alone, or as JSON lines.",
            n=path.stat().st_size,
            limit=_WHOLE,
        )
    text = path.read_bytes()[skip:].decode("utf-8")
    try:
        value, end = DECODER.raw_decode(text, _after_space(text, 0))
    except json.JSONDecodeError as error:
        raise _broken(error, text, 1) from error
    if text[end:].strip():
        raise _trailing(text.count("\n", 0, end) + 1)
    return value


def _first_char(path: Path, skip: int) -> str:
    lines = _first_lines(path, skip, 1)
    return lines[0].lstrip()[:1] if lines else ""


def _parsed(line: str) -> object:
    try:
        value, end = DECODER.raw_decode(line, _after_space(line, 0))
    except (json.JSONDecodeError, RecursionError):
        return None
    return None if line[end:].strip() else value


def _by_line(stream: TextIO, *, damaged: bool) -> Iterator[Record]:
    number = 0
    while line := stream.readline(LONGEST):
        number += 1
        if not line.strip():
            continue
        if len(line) >= LONGEST:
            raise refuse(
                "Line {line} has no end within {limit} characters.",
                "Check that this is JSON with one object a line.",
                line=number,
                limit=LONGEST,
            )
        try:
            value, end = DECODER.raw_decode(line, _after_space(line, 0))
        except RecursionError:
            yield Record(number, Flat(spoiled=[("problem.deep_nesting", line)]))
            continue
        except json.JSONDecodeError:
            value, end = None, -1
        if end < 0 or line[end:].strip():
            if not line.endswith("\n") and number > 1:
                raise refuse(
                    "The last line is cut off.",
                    "Export the file again: rows after it may be lost as well.",
                    line=number,
                )
            yield Record(number, Flat(spoiled=[("problem.json_invalid", line.rstrip())]))
            continue
        yield Record(number, flattened(value, damaged=damaged))


def _array(stream: TextIO, *, damaged: bool) -> Iterator[Record]:
    """Objects of an array, decoded one after another from a sliding buffer."""
    buffer, line, row = stream.read(CHUNK), 1, 0
    place = _after_space(buffer, 0) + 1
    ended = comma = False
    while True:
        place = _after_space(buffer, place)
        if comma and buffer[place : place + 1] == ",":
            place, comma = _after_space(buffer, place + 1), False
        if buffer[place : place + 1] == "]" and (comma or row == 0):
            if (buffer[place + 1 :] + stream.read(CHUNK)).strip():
                raise _trailing(line + buffer.count("\n", 0, place))
            return
        try:
            value, end = _next(buffer, place, comma=comma)
            if end == len(buffer) and not ended:
                raise json.JSONDecodeError("Expecting more", buffer, end)
        except json.JSONDecodeError as error:
            more = stream.read(CHUNK)
            ended = not more
            if ended or len(buffer) - place > LONGEST:
                raise _broken(error, buffer, line) from error
            line += buffer.count("\n", 0, place)
            buffer, place = buffer[place:] + more, 0
            continue
        place, comma, row = end, True, row + 1
        yield Record(row, flattened(value, damaged=damaged))


def _next(buffer: str, place: int, *, comma: bool) -> tuple[object, int]:
    if comma and place < len(buffer):
        raise json.JSONDecodeError("Expecting ',' delimiter", buffer, place)
    value, end = DECODER.raw_decode(buffer, place)
    return value, end


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _broken(error: json.JSONDecodeError, text: str, line: int) -> Exception:
    if not text[error.pos :].strip() or error.msg.startswith("Unterminated"):
        return refuse(
            "The JSON is cut off.",
            "Export the file again: records after this place are lost.",
            line=line + text.count("\n"),
        )
    return refuse(
        "The JSON is broken here: {reason}.",
        "Correct it, or export the records again.",
        line=line + text.count("\n", 0, error.pos),
        column=error.pos - text.rfind("\n", 0, error.pos),
        reason=error.msg,
    )


def _trailing(line: int) -> Exception:
    return refuse(
        "There is more text after the end of the JSON.",
        "Keep one list, or one object a line.",
        line=line,
    )
