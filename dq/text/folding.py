"""Folding: the same text written another way becomes equal.

`fold` does what the portable SQL function of that name does, so that a key made in a
query and a key made here are the same.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["INVISIBLE", "fold", "fold_tight", "letters", "strip_accents", "words"]

INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
"""Characters that take no room: zero-width space, joiners and marks, soft hyphen."""

_SPACE = re.compile(r"[ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
_WORD = re.compile(r"[^\W_]+")
_ACCENTED = re.compile("[^\x00-\x7f\u00a0«»№А-Яа-яІіЇїЄєҐґЎў\u2010-\u2044]")
_KEPT_MARKS = frozenset("йЙїЇўЎ")


def fold(value: str) -> str:
    """Trim, make inner white space one space, lower the case."""
    return _SPACE.sub(" ", value).strip(" ").lower()


def strip_accents(value: str) -> str:
    """Drop accents of Latin and Greek letters and make «ё» «е»; й, ї and ў stay letters."""
    value = value.replace("ё", "е").replace("Ё", "Е")
    if not _ACCENTED.search(value):
        return value
    out: list[str] = []
    for char in unicodedata.normalize("NFC", value):
        if char in _KEPT_MARKS:
            out.append(char)
            continue
        parts = unicodedata.normalize("NFD", char)
        out.append("".join(c for c in parts if not unicodedata.combining(c)))
    return "".join(out)


@lru_cache(maxsize=4096)  # Many ask for the same value, one after another.
def fold_tight(value: str) -> str:
    """Fold, and drop accents, invisible characters and styles of apostrophe (NFC, not NFKC)."""
    if value.isascii() and value.isprintable():
        return " ".join(value.split()).lower().replace("`", "'")
    text = fold(unicodedata.normalize("NFC", _INVISIBLE.sub("", value)))
    return strip_accents(text).replace("’", "'").replace("ʼ", "'").replace("`", "'")


def words(value: str) -> list[str]:
    """Words of a tightly folded value: runs of letters and digits."""
    return _WORD.findall(fold_tight(value))


def letters(value: str) -> int:
    """How many letters a value has."""
    return sum(map(str.isalpha, value))
