"""What fingers do on a keyboard: runs along its rows, and the wrong layout."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

__all__ = ["PIECES", "STARTS", "is_walk", "neighbours", "other_layout"]

LATIN = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
RUSSIAN = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
UKRAINIAN = ("йцукенгшщзхї", "фівапролджє", "ячсмитьбю")
_COLUMNS = ("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm")
_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_UKRAINIAN_KEYS = "йцукенгшщзхїфівапролджєячсмитьбю'"
_SHORTEST = 3

STARTS = frozenset({"qwe", "asd", "zxc", "йцу", "фыв", "фів", "ячс"})
"""Beginnings of rows, which are walks though they have only three letters."""

_WORDS = frozenset({"wert", "trew", "смит", "мить", "промить"})
"""Words and surnames that happen to lie on neighbouring keys."""


def _pieces() -> frozenset[str]:
    found: set[str] = set()
    for row in (*LATIN, *RUSSIAN, *UKRAINIAN, *_COLUMNS):
        for line in (row, row[::-1]):
            for start in range(len(line) - _SHORTEST + 1):
                for end in range(start + _SHORTEST, len(line) + 1):
                    found.add(line[start:end])
    return frozenset(found)


_RUNS = _pieces()

PIECES = frozenset(p for p in _RUNS if len(p) == _SHORTEST)
"""The shortest runs: every walk begins with one."""


def is_walk(word: str) -> bool:
    """Whether a word in small letters is nothing but runs along rows or columns of keys.

    Each run has three keys at least, the word four, unless it is the beginning of a row.
    """
    if word in STARTS:
        return True
    if len(word) <= _SHORTEST or word in _WORDS or word[:_SHORTEST] not in PIECES:
        return False
    reached = {0}
    for end in range(_SHORTEST, len(word) + 1):
        if any(word[start:end] in _RUNS for start in reached if end - start >= _SHORTEST):
            reached.add(end)
    return len(word) in reached


@cache
def neighbours() -> dict[str, str]:
    """Letter to the letters beside it in its row, of the Latin, Russian and Ukrainian layout."""
    found: dict[str, set[str]] = {}
    for row in (*LATIN, *RUSSIAN, *UKRAINIAN):
        for left, right in pairwise(row):
            found.setdefault(left, set()).add(right)
            found.setdefault(right, set()).add(left)
    return {letter: "".join(sorted(beside)) for letter, beside in found.items()}


_TO_RUSSIAN = str.maketrans(_KEYS, _RUSSIAN_KEYS)
_TO_UKRAINIAN = str.maketrans(_KEYS, _UKRAINIAN_KEYS)
_TO_LATIN = str.maketrans(_RUSSIAN_KEYS + "іїє", _KEYS + "s]'")
_CYRILLIC = re.compile("[а-яёіїєґ]")


def other_layout(word: str) -> tuple[str, ...]:
    """What the same keys write with the other layout on: one reading, or two in Cyrillic."""
    text = word.lower()
    if _CYRILLIC.search(text):
        return (text.translate(_TO_LATIN),)
    russian, ukrainian = text.translate(_TO_RUSSIAN), text.translate(_TO_UKRAINIAN)
    return (russian,) if russian == ukrainian else (russian, ukrainian)
