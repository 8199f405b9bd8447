"""SQL values as terms of z3, and how they compare.

Every encoding allows at least what data can hold, so that "no row can do this" is true of data:

- integers and decimals are whole numbers of their `unit` (1, or 1/10^scale): exact;
- doubles are reals. Comparing orders them as SQL does (infinities and NaN are just very large or
  small), but their arithmetic is left open, for it rounds. A decimal compared with a double
  becomes one by a function of which only monotony is known;
- texts are places on a line: constants stand in order of code points with gaps between them;
- dates and timestamps are a day counted from 1970 and microseconds since its midnight (0 for a
  date). They lie within the years 1 to 9999, and arithmetic does not leave them.
"""

from __future__ import annotations

import operator
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

import z3

from dq.semantics.proof.logic import Formula, Truth, all_of, any_of, not_

__all__ = [
    "COMPARISONS",
    "DAY",
    "NULL",
    "Kind",
    "Ranks",
    "UnsupportedError",
    "Value",
    "aligned",
    "compared",
    "microseconds",
    "moment",
    "ordered_as",
    "plain",
    "scaled",
]

DAY = 86_400_000_000
_EPOCH = datetime(1970, 1, 1)
_ONE = timedelta(microseconds=1)

Term = Any
COMPARISONS: dict[str, Callable[[Term, Term], Formula]] = {
    "eq": operator.eq,
    "neq": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
"""By sqlglot's key of the node."""


class UnsupportedError(Exception):
    """The encoding does not know this construct: the condition around it stays open."""


class Kind(Enum):
    """What a term of z3 stands for."""

    NULL = "null"
    NUMBER = "number"
    DOUBLE = "double"
    TEXT = "text"
    TIME = "time"

    @property
    def sort(self) -> Any:
        """The sort of its terms."""
        return z3.RealSort() if self in (Kind.DOUBLE, Kind.TEXT) else z3.IntSort()


@dataclass(frozen=True, eq=False)
class Value:
    """A value that is not boolean: `term`, counted in `unit`, where it is not NULL.

    Of a time the term is its day, and `tod` the microseconds since midnight (None for a date).
    `const` is the Python value of a constant. A text made from another by functions that read
    it letter by letter knows that text (`base`) and the functions (`chain`).
    """

    kind: Kind
    term: Term
    null: Formula = False
    unit: Fraction = Fraction(1)
    const: object = None
    base: Value | None = None
    chain: tuple[Any, ...] = ()
    tod: Term = None


NULL = Value(Kind.NULL, None, True)


def plain(result: Value | Truth) -> Value:
    """A result that is a value.

    Raises:
        UnsupportedError: it is a condition.
    """
    if isinstance(result, Truth):
        raise UnsupportedError("a condition used as a value")
    return result


def microseconds(value: date) -> int:
    """A date (as its midnight) or naive timestamp as microseconds since 1970."""
    if not isinstance(value, datetime):
        return (value.toordinal() - _EPOCH.toordinal()) * DAY
    return (value.replace(tzinfo=None) - _EPOCH) // _ONE


def moment(us: int) -> datetime:
    """The timestamp so many microseconds after 1970 began.

    Raises:
        OverflowError: before the year 1 or after 9999.
    """
    return _EPOCH + us * _ONE


def scaled(value: int | Decimal | Fraction) -> tuple[int, Fraction]:
    """A number as a whole number of a unit 1/10^n."""
    if isinstance(value, int):
        return value, Fraction(1)
    exact = Fraction(value)
    unit = Fraction(1)
    while (exact / unit).denominator != 1:
        unit /= 10
    return int(exact / unit), unit


def aligned(a: Value, b: Value) -> tuple[Term, Term]:
    """Terms of two values of one kind, in one unit."""
    unit = min(a.unit, b.unit)

    def counted(value: Value) -> Term:
        factor = value.unit / unit
        if factor.denominator != 1:
            raise UnsupportedError("units that do not divide one another")
        return value.term if factor == 1 else value.term * int(factor)

    return counted(a), counted(b)


class Ranks:
    """Where texts stand on the line. A text gets its place when first asked for."""

    def __init__(self) -> None:
        self.texts = [""]
        self.places = [Fraction(0)]

    def of(self, text: str) -> Fraction:
        """The place of a text, between those of its neighbours."""
        i = bisect_left(self.texts, text)
        if i < len(self.texts) and self.texts[i] == text:
            return self.places[i]
        below = self.places[i - 1]
        place = (below + self.places[i]) / 2 if i < len(self.places) else below + 1
        self._insert(i, text, place)
        return place

    def text_at(self, place: Fraction) -> str | None:
        """A text for a place: the constant there, or one that sorts between its neighbours."""
        i = bisect_left(self.places, place)
        if i < len(self.places) and self.places[i] == place:
            return self.texts[i]
        if i == 0:
            return None
        low = self.texts[i - 1]
        high = self.texts[i] if i < len(self.texts) else None
        for tail in ("~", "x", "0", "!", " ", "\x00"):
            text = low + tail
            if high is None or text < high:
                self._insert(i, text, place)
                return text
        return None

    def copy(self) -> Ranks:
        """The same places, to add to."""
        ranks = Ranks()
        ranks.texts, ranks.places = list(self.texts), list(self.places)
        return ranks

    def _insert(self, i: int, text: str, place: Fraction) -> None:
        self.texts.insert(i, text)
        self.places.insert(i, place)


def compared(key: str, a: Value, b: Value) -> Truth:
    """A comparison of two values of one kind; NULL where either is."""
    return Truth.strict(any_of((a.null, b.null)), ordered_as(key, a, b))


def ordered_as(key: str, a: Value, b: Value) -> Formula:
    """A comparison of two values of one kind that are not NULL."""
    if a.kind is Kind.TIME and (a.tod is not None or b.tod is not None):
        if key in ("gt", "gte"):
            return ordered_as("lt" if key == "gt" else "lte", b, a)
        if key == "neq":
            return not_(ordered_as("eq", a, b))
        if key == "eq":
            return all_of((a.term == b.term, _tod(a) == _tod(b)))
        return any_of((a.term < b.term, all_of((a.term == b.term, _earlier(key, a.tod, b.tod)))))
    left, right = aligned(a, b)
    return COMPARISONS[key](left, right)


def _earlier(key: str, a: Term, b: Term) -> Formula:
    """Whether one time of day is before another, or not after it; None is midnight."""
    if key == "lt":
        return False if b is None else (b > 0 if a is None else a < b)
    return True if a is None else (a == 0 if b is None else a <= b)


def _tod(a: Value) -> Term:
    return z3.IntVal(0) if a.tod is None else a.tod
