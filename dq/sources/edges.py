"""Which text columns have cells with white space at their ends: only these need trimming.

Looked at byte by byte, many cells at once: a search in every cell costs as much as reading it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from dq.sql.portable import WHITE_SPACE

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

__all__ = ["UNTIDY", "untidy"]

UNTIDY = b"dq.untidy"
"""Key of the raw file's metadata under which the names of such columns stand (JSON)."""


def untidy(column: pa.ChunkedArray) -> bool:
    """Whether some cell of a text column is empty, or begins or ends with white space."""
    return any(_untidy(chunk) for chunk in column.chunks)


def _untidy(column: pa.Array) -> bool:
    import numpy as np

    if column.null_count == len(column):
        return False
    _, offsets, text = column.buffers()
    places = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    first, end = places[:-1], places[1:]
    filled = end > first
    if int(np.count_nonzero(filled)) < len(column) - column.null_count:
        return True
    if text is None:
        return False
    data = np.frombuffer(text, np.uint8)
    first, last = first[filled], end[filled] - 1
    firsts, lasts, pairs = _tables()
    beginning = firsts[data[first]]
    ending = lasts[data[last]]
    before = data[np.maximum(last - 1, 0)].astype(np.uint16)
    ending |= pairs[before * 256 + data[last]]
    some = np.flatnonzero(beginning | ending)
    return len(some) > 0 and _has_edges(column, np.flatnonzero(filled)[some])


def _has_edges(column: pa.Array, places: np.ndarray[tuple[int], np.dtype[np.int64]]) -> bool:
    """Whether one of the cells that may have white space at an end really has."""
    import pyarrow as pa
    import pyarrow.compute as pc

    edge = "".join(f"\\x{{{ord(char):x}}}" for char in WHITE_SPACE)
    cells = column.take(pa.array(places))
    return bool(pc.any(pc.match_substring_regex(cells, f"^[{edge}]|[{edge}]$")).as_py())


@cache
def _tables() -> tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], ...]:
    """Bytes that white space may begin with; that end it alone; pairs of bytes that end it."""
    import numpy as np

    firsts, lasts, pairs = np.zeros(256, bool), np.zeros(256, bool), np.zeros(65_536, bool)
    for char in WHITE_SPACE:
        code = char.encode()
        firsts[code[0]] = True
        if len(code) == 1:
            lasts[code[0]] = True
        else:
            pairs[code[-2] * 256 + code[-1]] = True
    return firsts, lasts, pairs
