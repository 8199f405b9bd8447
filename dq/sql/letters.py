"""Letter case, one letter for one letter, the same in every engine.

DuckDB maps each letter to one letter; Java and Python also turn `ß` into `SS`, a last `Σ`
into `ς` and `İ` into two code points. Here these few are taken out beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["lower_text", "spark_lower", "spark_upper", "upper_text"]

_LOWER = ("Σİ", "σi")
_LOWER_TABLE = str.maketrans(*_LOWER)
_WIDENING = (range(0xDF, 0xE0), range(0x149, 0x588), range(0x1E96, 0x2000), range(0xFB00, 0xFB18))


def _single(char: str) -> str:
    """The one capital of a letter that Python would write as several."""
    if char == "ß":
        return "ẞ"
    return char.title() if len(char.title()) == 1 else char


_WIDE = "".join(chr(c) for codes in _WIDENING for c in codes if len(chr(c).upper()) > 1)
_CAPITALS = "".join(map(_single, _WIDE))
_WIDE_CLASS = f"[{_WIDE}]"
_find_wide = re.compile(_WIDE_CLASS).search


def lower_text(x: str) -> str:
    """Small letters."""
    if "Σ" in x or "İ" in x:
        x = x.translate(_LOWER_TABLE)
    return x.lower()


def upper_text(x: str) -> str:
    """Capital letters."""
    if x.isascii() or _find_wide(x) is None:
        return x.upper()
    return "".join(_CAPITALS[_WIDE.index(c)] if c in _WIDE else c.upper() for c in x)


def spark_lower(sql: str, quote: Callable[[str], str]) -> str:
    """Spark's rendering of `lower_text`."""
    return f"lower(translate({sql}, {quote(_LOWER[0])}, {quote(_LOWER[1])}))"


def spark_upper(sql: str, quote: Callable[[str], str]) -> str:
    """Spark's rendering of `upper_text`."""
    wide, capitals = quote(_WIDE), quote(_CAPITALS)
    letter = (
        f"CASE WHEN c RLIKE {quote(_WIDE_CLASS)} THEN translate(c, {wide}, {capitals}) "
        "ELSE upper(c) END"
    )
    letters = f"transform(regexp_extract_all({sql}, '(?s).', 0), c -> {letter})"
    return (
        f"CASE WHEN {sql} RLIKE {quote(_WIDE_CLASS)} "
        f"THEN array_join({letters}, '') ELSE upper({sql}) END"
    )
