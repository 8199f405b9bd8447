"""Names of people: folding and keys for exact comparison."""

from __future__ import annotations

import re

from dq.text.folding import fold_tight, words
from dq.text.translit import translit_key

__all__ = ["NAME_WORDS", "fold_name", "looks_like_name", "name_key"]

NAME_WORDS = frozenset(
    "mr mrs ms miss dr prof sir г-н г-жа господин госпожа пан пані пани д-р".split()
)
"""Forms of address that are no part of a name."""

_DASH = re.compile(r"\s*[-‐‑‒–—]\s*")
_JUNK = re.compile(r"[.,;:_/\\\"«»“”()\[\]{}*]+")
_SPACES = re.compile(r" +")
_NAME = re.compile(
    r"^(?:[A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐЎ][a-zà-öø-ÿа-яёіїєґўʼ'’]*[.]?(?:-(?=[A-ZА-ЯЁІЇЄҐ]))?)"
    r"(?:[ -]?(?:[A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐЎ][a-zà-öø-ÿа-яёіїєґўʼ'’]*[.]?|"
    r"(?:van|von|de|del|der|da|di|le|la|оглы|кызы)\b)){1,4}$"
)


def fold_name(value: str) -> str:
    """A name for exact comparison: case, spaces, ё, accents, dots and titles do not matter.

    The order of words does: «Иван Петров» and «Петров Иван» differ here, not in `name_key`.
    """
    text = _DASH.sub("-", _JUNK.sub(" ", fold_tight(value)))
    parts = [p for p in _SPACES.split(text) if p.strip("-'")]
    kept = [p for p in parts if p not in NAME_WORDS]
    return " ".join(kept or parts)


def name_key(value: str) -> str:
    """A key for any order of words and either script: the sorted transliterated words."""
    return " ".join(sorted(translit_key(word) for word in words(fold_name(value))))


def looks_like_name(value: str) -> bool:
    """Two to five capitalised words of letters only, as people's names are written."""
    return len(value) <= 60 and _NAME.match(value.strip()) is not None
