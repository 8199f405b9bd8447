"""A quick look at every byte of a delimited file: is it plain enough for the fast reader?

The fast reader is silently wrong on stray quotes, and it skips blank lines and does not tell
rows apart that a lost quote has glued together. This scan finds whatever could lead there,
at a few hundred megabytes a second; it errs on the side of the careful reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["content_end", "is_plain"]

CHUNK = 4 * 1024 * 1024
_LONGEST = 64 * 1024 * 1024
_LF, _CR, _QUOTE, _TAB, _ESC, _DEL = 10, 13, 34, 9, 27, 127


def is_plain(
    path: Path,
    start: int,
    delimiter: str,
    width: int,
    longest: int,
    stopped: Callable[[], bool] = lambda: False,
) -> int | None:
    """Number of records from byte `start` on, or None when the file needs the careful reader.

    Plain means: lines end with LF or CRLF, no blank lines before the end, no control
    characters, quotes only around cells and doubled within, no record longer than `longest`
    bytes, no quoted cell over several lines that looks like swallowed rows of `width` cells.
    `stopped` is asked between chunks whether the answer still matters.
    """
    records = 0
    for chunk in _records(path, start):
        if stopped():
            return None
        found = None if chunk is None else _count(chunk, delimiter, width, longest)
        if found is None:
            return None
        records += found
    return records


def content_end(path: Path, start: int = 0) -> int:
    """Where a file ends if its trailing line ends are left away."""
    end = path.stat().st_size
    with path.open("rb") as stream:
        while end > start:
            begin = max(start, end - 4096)
            stream.seek(begin)
            kept = len(stream.read(end - begin).rstrip(b"\r\n"))
            end = begin + kept
            if kept:
                break
    return end


def _records(path: Path, start: int) -> Iterator[bytes | None]:
    """The file in chunks of whole records without its last line end; None where none ends."""
    left = max(content_end(path, start) - start, 0)
    rest = b""
    with path.open("rb") as stream:
        stream.seek(start)
        while left:
            block = stream.read(min(CHUNK, left))
            if not block:
                yield None
                return
            left -= len(block)
            block = rest + block
            cut = _last_end(block) if left else len(block)
            if cut < 0 and len(block) > _LONGEST:
                yield None
                return
            if cut > 0:
                yield block[:cut]
            rest = block[max(cut, 0) :]


def _last_end(block: bytes) -> int:
    """The place after the last line end outside quotes, -1 when there is none."""
    import numpy as np

    if b'"' not in block:
        return block.rfind(b"\n") + 1 or -1
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == _LF)
    outside = ends[np.searchsorted(np.flatnonzero(data == _QUOTE), ends) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else -1


def _count(block: bytes, delimiter: str, width: int, longest: int) -> int | None:
    import numpy as np

    data = np.frombuffer(block, np.uint8)
    if _has_control(data):
        return None
    ends = np.flatnonzero(data == _LF)
    returns = np.flatnonzero(data == _CR)
    if len(returns) and (returns[-1] + 1 >= len(data) or (data[returns + 1] != _LF).any()):
        return None
    if b'"' in block:
        quotes = np.flatnonzero(data == _QUOTE)
        if not _well_quoted(data, quotes, ord(delimiter) if delimiter.isascii() else 0):
            return None
        if _swallows(data, quotes, ends, ord(delimiter), width):
            return None
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
    borders = np.concatenate(([-1], ends))
    sizes = np.diff(borders)
    if len(data) - 1 - borders[-1] > longest or (len(sizes) and sizes.max() > longest):
        return None
    if (sizes == 1).any() or (data[ends[sizes == 2] - 1] == _CR).any():
        return None
    return len(ends) + (block[-1] != _LF)


def _has_control(data: NDArray[np.uint8]) -> bool:
    import numpy as np

    def count(code: int) -> int:
        return int(np.count_nonzero(data == code))

    low = int(np.count_nonzero(data < 32))
    return count(_DEL) > 0 or low != sum(count(code) for code in (_LF, _CR, _TAB, _ESC))


def _well_quoted(data: NDArray[np.uint8], quotes: NDArray[np.intp], delimiter: int) -> bool:
    """Whether quotes come in pairs, each opening at a cell's start and closing at its end."""
    import numpy as np

    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    before = np.where(opening > 0, data[opening - 1], _LF)
    doubled = np.zeros(len(opening), bool)
    doubled[1:] = opening[1:] == closing[:-1] + 1
    if not (doubled | (before == delimiter) | (before == _LF)).all():
        return False
    last = len(data) - 1
    after = np.where(closing < last, data[np.minimum(closing + 1, last)], _LF)
    again = np.zeros(len(closing), bool)
    again[:-1] = doubled[1:]
    return bool((again | (after == delimiter) | (after == _LF) | (after == _CR)).all())


def _swallows(
    data: NDArray[np.uint8],
    quotes: NDArray[np.intp],
    ends: NDArray[np.intp],
    delimiter: int,
    width: int,
) -> bool:
    """Whether a quoted stretch has as many delimiters as the rows that it spans would have."""
    import numpy as np

    opening, closing = quotes[::2], quotes[1::2]
    lines = np.searchsorted(ends, closing) - np.searchsorted(ends, opening)
    long = lines * (width - 1) >= 8
    if not long.any():
        return False
    places = np.flatnonzero(data == delimiter)
    inner = np.searchsorted(places, closing[long]) - np.searchsorted(places, opening[long])
    return bool((inner == lines[long] * (width - 1)).any())
