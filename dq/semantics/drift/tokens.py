"""What of a value is counted: a token. All are portable, so that every engine counts alike.

A number's token is its order of magnitude in tenths of a decade, so that a change of unit by
10, 100 or 1000 is a shift by 10, 20 or 30 tokens whatever the amounts. Tokens are whole
numbers, but of words: there they are the words. NULL is a blank cell.
"""

from __future__ import annotations

from math import log

from sqlglot import exp

from dq.semantics.drift.watch import Watch
from dq.sql import portable as f

__all__ = ["BLANK", "DAYS", "NEGATIVE", "OTHER", "ZERO", "is_text", "token"]

BLANK = ""
"""The token of a blank cell, once counted."""

OTHER = "\x1f"
"""All words of a column that are not counted one by one."""

ZERO = -5000
"""The token of the number 0; tokens of negative numbers lie around NEGATIVE."""

NEGATIVE = -10_000

DAYS = (-365, -30, -7, 0, 1, 2, 4, 8, 15, 31, 61, 121, 241, 366)
"""Days from the record's date at which the next token of a date begins."""

_LENGTHS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 25, 30, 40, 60, 100, 200, 500)
_ALPHABETS = ("[А-Яа-яЁёІіЇїЄєҐґ]", "[A-Za-z]", "[0-9]")
_LOOKED_AT = 60
"""Characters of a text whose alphabet is looked at."""

_NEARLY = 1e-9
"""Logarithms of round numbers may come out a hair below the whole on one machine."""


def is_text(watch: Watch) -> bool:
    """Whether the column's tokens are texts."""
    return watch.shape == "word"


def token(watch: Watch) -> exp.Expression:
    """The token of a column's cell."""
    cell = f.col(watch.column)
    if watch.shape == "word":
        return _word(watch, cell)
    if watch.shape == "number":
        return _magnitude(cell)
    if watch.shape == "date":
        return _steps(f.days_between(f.col(watch.event), cell), DAYS)
    if watch.shape == "text":
        return _form(cell)
    return f.case((f.not_null(cell), f.lit(1)))


def _word(watch: Watch, cell: exp.Expression) -> exp.Expression:
    text = f.as_text(cell)
    if watch.words is None:
        return text
    return f.case((f.in_(text, watch.words), text.copy()), (f.not_null(cell.copy()), f.lit(OTHER)))


def _magnitude(cell: exp.Expression) -> exp.Expression:
    number = f.as_double(cell)

    def tenths(x: exp.Expression) -> exp.Expression:
        return f.floor(f.ln(x) * f.lit(10 / log(10)) + f.lit(_NEARLY))

    zero = f.lit(0.0)
    return f.case(
        (number > zero, tenths(number.copy())),
        (number.copy() < zero.copy(), f.lit(NEGATIVE) - tenths(f.abs(number.copy()))),
        (number.copy().eq(zero.copy()), f.lit(ZERO)),
    )


def _form(cell: exp.Expression) -> exp.Expression:
    """Length of a text in steps, and which of three alphabets it has: 8 × step + bits."""
    head = f.left(cell, f.lit(_LOOKED_AT))
    total: exp.Expression = _steps(f.length(cell.copy()), _LENGTHS) * f.lit(8)
    for place, alphabet in enumerate(_ALPHABETS):
        found = f.search(head.copy(), alphabet)
        total = total + f.case((found, f.lit(2**place)), default=f.lit(0))
    return total


def _steps(x: exp.Expression, edges: tuple[int, ...]) -> exp.Expression:
    """How many of the edges are not above x."""
    branches = [(x.copy() < f.lit(edge), f.lit(place)) for place, edge in enumerate(edges)]
    return f.case((f.is_null(x), f.null("integer")), *branches, default=f.lit(len(edges)))
