"""Columns of text without a loop over rows: numbers, days and keys as bytes, parts joined.

What has one width is built as a matrix of bytes, one row a cell; what varies is joined by
Arrow. An Arrow array of strings comes out everywhere; an empty cell is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dq.demo.chance import NONE, Bools, Bytes, Ints
from dq.demo.when import DAY

__all__ = [
    "arrow",
    "ascii_digits",
    "days_text",
    "decimals",
    "fill",
    "fixed",
    "gather",
    "join",
    "keys_text",
    "moments_text",
    "numbers_in",
    "pattern",
    "same",
    "take",
    "valid_cells",
]  # fmt: skip

_ZERO = ord("0")
_FIRST_DAY, _DAYS = -15_000, 42_000


def arrow(values: Any, valid: Bools | None = None) -> Any:
    """An Arrow array of whole numbers, of truth values or of strings, `None` for empty.

    `pa.array` does the same, but loads pandas first, where that is installed.
    """
    if isinstance(values, np.ndarray) and values.dtype != object and values.dtype.kind != "U":
        bitmap = None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))
        if values.dtype == np.bool_:
            data = pa.py_buffer(np.packbits(values, bitorder="little"))
            return pa.Array.from_buffers(pa.bool_(), len(values), [bitmap, data])
        whole = np.ascontiguousarray(values, dtype=np.int64)
        return pa.Array.from_buffers(pa.int64(), len(values), [bitmap, pa.py_buffer(whole)])
    texts = [None if value is None else str(value).encode() for value in values]
    sizes = np.array([0] + [len(text or b"") for text in texts], dtype=np.int32)
    offsets = np.cumsum(sizes, dtype=np.int32)
    full = np.array([text is not None for text in texts], dtype=np.bool_)
    return pa.StringArray.from_buffers(
        len(texts), pa.py_buffer(offsets), pa.py_buffer(b"".join(text or b"" for text in texts)),
        pa.py_buffer(np.packbits(full, bitorder="little")), int(len(texts) - full.sum()),
    )  # fmt: skip


def valid_cells(array: Any) -> Bools:
    """Which cells of an Arrow array are not null."""
    bitmap = array.buffers()[0]
    if bitmap is None:
        return np.ones(len(array), dtype=np.bool_)
    bits = np.unpackbits(np.frombuffer(bitmap, dtype=np.uint8), bitorder="little")
    return bits[array.offset : array.offset + len(array)].astype(np.bool_)


def numbers_in(array: Any) -> Ints:
    """The whole numbers, or the truth values, of an Arrow array without nulls."""
    data = array.buffers()[1]
    if array.type == pa.bool_():
        cells = np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little")
    else:
        cells = np.frombuffer(data, dtype=f"i{array.type.bit_width // 8}")
    return cells[array.offset : array.offset + len(array)].astype(np.int64)


def fixed(cells: Bytes, valid: Bools | None = None) -> Any:
    """Strings of one width from a matrix of bytes; rows that are not valid are null."""
    count, width = cells.shape
    if valid is None:
        offsets = np.arange(count + 1, dtype=np.int32) * width
        data = np.ascontiguousarray(cells)
        return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))
    offsets = np.concatenate([[0], np.cumsum(valid * width)]).astype(np.int32)
    bitmap = np.packbits(valid, bitorder="little")
    return pa.StringArray.from_buffers(
        count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(cells[valid])),
        pa.py_buffer(bitmap), int(count - valid.sum()),
    )  # fmt: skip


def ascii_digits(values: Ints, width: int) -> Bytes:
    """Whole numbers as ASCII digits, with leading zeros."""
    cells = np.empty((len(values), width), dtype=np.uint8)
    rest = values.astype(np.int64, copy=True)
    for place in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        cells[:, place] = digit + _ZERO
    return cells


def pattern(shape: str, digits: Bytes) -> Any:
    """Digits put into a shape such as `+7 ### ###-##-##`, from left to right."""
    cells = np.tile(np.frombuffer(shape.encode("ascii"), dtype=np.uint8), (len(digits), 1))
    places = [place for place, char in enumerate(shape) if char == "#"]
    cells[:, places] = digits[:, : len(places)]
    return fixed(cells)


def keys_text(prefix: str, width: int, numbers: Ints) -> Any:
    """Keys such as D000123; null where the number is `NONE`."""
    head = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    valid = numbers != NONE
    cells = np.empty((len(numbers), len(head) + width), dtype=np.uint8)
    cells[:, : len(head)] = head
    cells[:, len(head) :] = ascii_digits(np.where(valid, numbers, 0), width)
    return fixed(cells, None if valid.all() else valid)


@cache
def _day_bytes(dotted: bool) -> Bytes:
    days = np.arange(_FIRST_DAY, _FIRST_DAY + _DAYS).astype("datetime64[D]")
    cells = np.datetime_as_string(days).astype("S10").view(np.uint8).reshape(_DAYS, 10)
    if not dotted:
        return cells
    dots = np.full((_DAYS, 1), ord("."), dtype=np.uint8)
    return np.hstack([cells[:, 8:], dots, cells[:, 5:7], dots, cells[:, :4]])


@cache
def _time_bytes() -> Bytes:
    seconds = np.arange(DAY)
    signs = np.tile(np.frombuffer(b" ::", dtype=np.uint8), (DAY, 1))
    parts = [ascii_digits(part, 2) for part in (seconds // 3600, seconds // 60 % 60, seconds % 60)]
    return np.hstack([part for n in range(3) for part in (signs[:, n : n + 1], parts[n])])


def days_text(days: Ints, dotted: bool = False) -> Any:
    """Days as 2026-09-30, or as 30.09.2026."""
    valid = days != NONE
    cells = _day_bytes(dotted)[np.where(valid, days, 0) - _FIRST_DAY]
    return fixed(cells, None if valid.all() else valid)


def moments_text(moments: Ints, dotted: bool = False) -> Any:
    """Moments as 2026-09-30 17:45:10, or as 30.09.2026 17:45:10."""
    valid = moments != NONE
    days, seconds = np.divmod(np.where(valid, moments, 0), DAY)
    cells = np.hstack([_day_bytes(dotted)[days - _FIRST_DAY], _time_bytes()[seconds]])
    return fixed(cells, None if valid.all() else valid)


def decimals(values: Ints, scale: int = 0, mark: str = ".") -> Any:
    """Numbers given in units of 10**-scale, without leading zeros."""
    valid = values != NONE
    plain = np.where(valid, values, 0)
    whole = np.abs(plain)
    digits = max(len(str(int(whole.max(initial=0)))), scale + 1)
    width = digits + 1 + (scale > 0)
    cells = np.empty((len(values), width), dtype=np.uint8)
    cells[:, 1 : width - (scale + 1 if scale else 0)] = ascii_digits(
        whole // 10**scale, digits - scale
    )
    if scale:
        cells[:, -scale - 1] = ord(mark)
        cells[:, -scale:] = ascii_digits(whole % 10**scale, scale)
    kept = np.ones(cells.shape, dtype=np.bool_)
    for place in range(digits - scale - 1):
        kept[:, place + 1] = whole >= 10 ** (digits - place - 1)
    kept[:, 0] = plain < 0
    cells[:, 0] = ord("-")
    kept &= valid[:, None]
    offsets = np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int32)
    bitmap = pa.py_buffer(np.packbits(valid, bitorder="little"))
    data = pa.py_buffer(cells[kept])
    return pa.StringArray.from_buffers(
        len(values), pa.py_buffer(offsets), data, bitmap, int((~valid).sum())
    )


def take(words: Any, places: Ints) -> Any:
    """Words by their places; a place below zero gives null."""
    if len(places) and places.min() < 0:
        return words.take(arrow(places, places >= 0))
    return words.take(arrow(places))


def join(*parts: Any) -> Any:
    """Parts put together row by row: arrays, and strings that stand in every row.

    A row in which a part is null is null.
    """
    arrays = [same(part) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*arrays, same(""))


@cache
def same(text: str) -> Any:
    """A text that stands in every row; made by Arrow's own function it would load pandas."""
    return arrow([text])[0]


def gather(count: int, pieces: Iterable[tuple[Ints, Any]]) -> Any:
    """One array from parts of it, each with the rows that it fills; other rows are null."""
    kept = [(rows, array) for rows, array in pieces if len(rows)]
    place = np.full(count, -1, dtype=np.int64)
    if not kept:
        return pa.nulls(count, pa.string())
    rows = np.concatenate([rows for rows, _ in kept])
    place[rows] = np.arange(len(rows))
    arrays = [
        chunk
        for _, array in kept
        for chunk in (array.chunks if isinstance(array, pa.ChunkedArray) else [array])
    ]
    return take(pa.concat_arrays(arrays), place)


@cache
def _pieces(form: str) -> tuple[tuple[str, str], ...]:
    """A format cut into (literal, name of the field behind it)."""
    found = []
    rest = form
    while rest:
        literal, brace, tail = rest.partition("{")
        name, _, rest = tail.partition("}")
        found.append((literal, name if brace else ""))
    return tuple(found)


def fill(forms: Sequence[str], which: Ints, fields: Mapping[str, Any]) -> Any:
    """Formats such as `{product} for {client}` filled row by row; below zero gives null."""
    order = np.argsort(which, kind="stable")
    edges = np.searchsorted(which[order], np.arange(len(forms) + 1))
    filled = []
    for number, form in enumerate(forms):
        rows = order[edges[number] : edges[number + 1]]
        if not len(rows):
            continue
        picked = arrow(rows)
        parts: list[Any] = []
        for literal, name in _pieces(form):
            parts += [literal] if literal else []
            parts += [fields[name].take(picked)] if name else []
        if all(isinstance(part, str) for part in parts):
            parts.append(arrow([""] * len(rows)))
        filled.append((rows, join(*parts)))
    return gather(len(which), filled)
