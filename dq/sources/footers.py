"""Rows after the last record: totals, copyright lines, the name of the report."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dq.sources.headers import clean
from dq.sources.lines import Line, filled

__all__ = ["TAIL", "find_footer", "footer_label", "is_footer_word", "looks_like_footer"]

TAIL = 24
"""How many last rows can be a footer."""

_TOTAL = re.compile(
    r"(?:grand |report |overall )?(?:sub-?)?totals?"
    r"|(?:общий |общая )?(?:итого?|итоги|сумма)"
    r"|всего|всього|разом|підсумок|загальний підсумок|загальна сума|підсумки",
    re.IGNORECASE,
)
_AFTER_TOTAL = re.compile(
    r"\s*$|\s*[:(=\-–—]|\s+\d|\s+(?:по|за|for|of|in|сделок|угод|записей|записів)\b",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"confidential information\b|copyright (?:\(c\)|©)|©\s*\d{4}|generated (?:by|on)\b"
    r"|(?:отч[её]т )?сформирован[оа]?\b|(?:звіт )?сформовано\b|строк всего\b",
    re.IGNORECASE,
)
_AROUND = r"\s.,'\u00a0\u202f%$€₽₴)"
_NUMBER = re.compile(rf"[-+(]?[\d{_AROUND}]*\d[\d{_AROUND}a-zа-яіїє]{{0,6}}", re.IGNORECASE)

_CURRENCY = re.compile(r"[A-Z]{3}")
"""A total names the currency beside its amount."""


def looks_like_footer(cells: Sequence[str]) -> bool:
    """Whether a row says that it is a total or a legal line, and nothing in it is a record."""
    words = [cell for cell in cells if cell and not cell.isspace()]
    if not words:
        return False
    if _LEGAL.match(clean(words[0])):
        return len(words) == 1
    if not is_footer_word(words[0]):
        return False
    texts = sum(1 for cell in words[1:] if len(cell) > 80 or not _is_number(clean(cell)))
    return texts == 0 or texts * 4 <= len(words)


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell) or _CURRENCY.fullmatch(cell))


def is_footer_word(cell: str) -> bool:
    """Whether a row's first cell is one that footers start with."""
    first = clean(cell)
    total = _TOTAL.match(first)
    if total is not None and _AFTER_TOTAL.match(first, total.end()):
        return True
    return _LEGAL.match(first) is not None


def find_footer(
    tail: Sequence[Line], width: int, declared: int | str | tuple[str, ...] | None
) -> int | None:
    """Where in the last rows the footer starts, None when there is none.

    Undeclared, it is a run of rows up to the end of which each is blank, a footer by its
    words, or one lone cell, and one at least is a footer by its words.
    """
    if isinstance(declared, int):
        return _last(tail, declared)
    if declared is not None:
        texts = (declared,) if isinstance(declared, str) else declared
        return _starting(tail, width, texts)
    start = len(tail)
    while start and _may_belong(tail[start - 1].cells, width):
        start -= 1
    found = next((i for i in range(start, len(tail)) if looks_like_footer(tail[i].cells)), None)
    if found is None:
        return None
    blank = next((i for i in range(start, found) if not filled(tail[i].cells)), None)
    return found if blank is None else blank + 1


def footer_label(line: Line) -> str:
    """The text by which this footer is known again: its first words without counts."""
    first = clean(next(cell for cell in line.cells if cell and not cell.isspace()))
    total = _TOTAL.match(first)
    if total and _AFTER_TOTAL.match(first, total.end()):
        return total.group()
    legal = _LEGAL.match(first)
    return legal.group() if legal else first[:60]


def _may_belong(cells: Sequence[str], width: int) -> bool:
    count = filled(cells)
    return count == 0 or (count == 1 and width >= 3) or looks_like_footer(cells)


def _last(tail: Sequence[Line], count: int) -> int | None:
    places = [i for i, line in enumerate(tail) if filled(line.cells)]
    return places[-count] if 0 < count <= len(places) else None


def _starting(tail: Sequence[Line], width: int, texts: Sequence[str]) -> int | None:
    """The first row that starts with one of the texts and is too bare for a record."""
    wanted = re.compile("|".join(re.escape(text) for text in texts), re.IGNORECASE)
    for index, line in enumerate(tail):
        first = next((clean(c) for c in line.cells if c and not c.isspace()), "")
        found = wanted.match(first)
        if found is None or first[found.end() : found.end() + 1].isalpha():
            continue
        count = filled(line.cells)
        if count == 1 or count * 2 <= width or looks_like_footer(line.cells):
            return index
    return None
