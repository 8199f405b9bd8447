"""Header cells to column names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from dq.findings import Note
from dq.sources.lines import note
from dq.tables import ROW

__all__ = ["by_position", "clean", "header_notes", "unique"]

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
EDGES = INVISIBLE + " \t\r\n\v\f\u00a0\u2007\u202f"
_RESERVED = (ROW, "_source")
_ODD_SPACES = re.compile(f"[{INVISIBLE}\u00a0\u2007\u202f]")
_WORD = re.compile(r"[^\W\d_]+")


def clean(cell: str) -> str:
    """A header without white space and invisible characters at its ends."""
    return cell.strip(EDGES)


def by_position(index: int) -> str:
    """The name of a column that has none, by its position from 0."""
    return f"column {index + 1}"


def unique(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names made unique as `Товар (2)`, and those that came more than once.

    Names that differ only in case count as the same: engines do not tell them apart.
    """
    taken = {name.casefold() for name in _RESERVED}
    wanted = {name.casefold() for name in names}
    repeated: list[str] = []
    result: list[str] = []
    for name in names:
        chosen, number = name, 1
        while chosen.casefold() in taken or (number > 1 and chosen.casefold() in wanted):
            number += 1
            chosen = f"{name} ({number})"
        if number > 1 and name not in repeated:
            repeated.append(name)
        taken.add(chosen.casefold())
        result.append(chosen)
    return tuple(result), tuple(repeated)


def header_notes(cells: Sequence[str]) -> list[Note]:
    """What is odd in the characters of header cells, once per kind."""
    odd = [clean(c) for c in cells if _ODD_SPACES.search(c)]
    mixed = [clean(c) for c in cells if any(_mixed(w) for w in _WORD.findall(c))]
    notes = []
    if odd:
        notes.append(note("source.header_spaces", severity="warning", n=len(odd), headers=odd))
    if mixed:
        notes.append(
            note("source.header_mixed_script", severity="warning", n=len(mixed), headers=mixed)
        )
    return notes


def _mixed(word: str) -> bool:
    """Whether a word mixes Latin with Cyrillic letters."""
    scripts = {unicodedata.name(char, "").split(" ")[0] for char in word}
    return {"LATIN", "CYRILLIC"} <= scripts
