"""Words and marks that fill a cell and say nothing, as a predicate."""

from __future__ import annotations

from sqlglot import exp

from dq.sql import portable as f
from dq.text.empties import EMPTY_WORDS

__all__ = ["hidden_null"]

MARKS = "[-–—−_.…?*#/ ]+"


def hidden_null(cell: exp.Expr) -> exp.Expr:
    """Whether a text is a dash, "n/a" or another word for nothing, whatever its column."""
    word = f.any_of(f.full_match(cell, MARKS), f.in_(f.fold(cell), sorted(EMPTY_WORDS)))
    return f.all_of(f.not_(f.search(cell, "[0-9]")), word)  # No such word has a digit.
