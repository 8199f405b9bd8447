"""Rows and columns for a terminal: as wide as their content, cut where the line ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from dq.formats.terminal import Paint, pad, text_width
from dq.i18n.safe import shorten

__all__ = ["grid"]

_GAP = "  "
_LEAST = 8


def grid(
    rows: Iterable[Sequence[str]],
    width: int,
    *,
    header: Sequence[str] = (),
    right: Collection[int] = (),
    whole: Collection[int] = (),
    paint: Paint | None = None,
    indent: str = "",
) -> list[str]:
    """Lines of a table.

    Args:
        rows: Cells, already fit to be shown.
        width: Columns of the terminal. Where they do not suffice the widest cells are cut,
            an ellipsis at their end.
        header: Names of the columns; dim.
        right: Columns aligned to the right.
        whole: Columns that are never cut (ids, keys to be copied).
        paint: Colours the header.
        indent: What each line begins with.
    """
    lines = [list(row) for row in rows]
    every = [list(header), *lines] if header else lines
    if not every:
        return []
    used = [i for i in range(len(every[0])) if any(line[i] for line in lines)]
    sizes = {i: max(text_width(line[i]) for line in every) for i in used}
    room = width - text_width(indent) - len(_GAP) * (len(used) - 1)
    free = [i for i in used if i not in whole]
    while free and sum(sizes.values()) > room:
        widest = max(free, key=lambda i: sizes[i])
        if sizes[widest] <= _LEAST:
            break
        sizes[widest] -= 1
    made = []
    for number, line in enumerate(every):
        cells = [_cell(line[i], sizes[i], right=i in right) for i in used]
        text = (indent + _GAP.join(cells)).rstrip()
        made.append(paint(text, "dim") if paint and header and number == 0 else text)
    return made


def _cell(text: str, size: int, *, right: bool) -> str:
    shown = shorten(text, size) if text_width(text) > size else text
    return " " * (size - text_width(shown)) + shown if right else pad(shown, size)
