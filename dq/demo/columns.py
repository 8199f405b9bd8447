"""Columns of the sample's tables: plain numbers inside, text in the style of a system outside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

import numpy as np

from dq.demo.chance import NONE, Ints
from dq.demo.text import arrow, days_text, decimals, keys_text, moments_text, take, valid_cells
from dq.demo.when import to_date, to_datetime

__all__ = ["Amounts", "Column", "Days", "Keys", "Moments", "Style", "Text", "Words", "flags"]


@dataclass(frozen=True)
class Style:
    """How one system writes its export."""

    delimiter: str = ","
    decimal_mark: str = "."
    dotted: bool = False
    bom: bool = False

    def show(self, value: object) -> str:
        """A single value in this style; text stays as it is, nothing is an empty cell."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, datetime):
            shape = "%d.%m.%Y %H:%M:%S" if self.dotted else "%Y-%m-%d %H:%M:%S"
            return value.strftime(shape).zfill(19)
        if isinstance(value, date):
            return value.strftime("%d.%m.%Y" if self.dotted else "%Y-%m-%d").zfill(10)
        if isinstance(value, Decimal):
            return format(value, "f").replace(".", self.decimal_mark)
        return str(value)


class Column(Protocol):
    """One column of a table."""

    def texts(self, style: Style) -> Any:
        """All cells as strings, null where empty."""

    def value(self, row: int) -> object:
        """One cell as a Python value, None where empty."""

    def take(self, rows: Ints) -> Column:
        """The column with these rows, in this order."""

    @property
    def raw(self) -> Ints:
        """The numbers inside, for conditions over all rows."""


@dataclass(frozen=True)
class Keys:
    """Keys: a prefix and a number."""

    prefix: str
    width: int
    raw: Ints

    def texts(self, style: Style) -> Any:
        """As D000123."""
        return keys_text(self.prefix, self.width, self.raw)

    def value(self, row: int) -> object:
        """As D000123, or None."""
        number = int(self.raw[row])
        return None if number == NONE else f"{self.prefix}{number:0{self.width}d}"

    def take(self, rows: Ints) -> Keys:
        """Some of the rows."""
        return replace(self, raw=self.raw[rows])


@dataclass(frozen=True)
class Words:
    """Values from a list; a place below zero is an empty cell."""

    words: Any
    raw: Ints

    def texts(self, style: Style) -> Any:
        """The words."""
        return take(self.words, self.raw)

    def value(self, row: int) -> object:
        """The word, or None."""
        place = int(self.raw[row])
        return None if place < 0 else self.words[place].as_py()

    def take(self, rows: Ints) -> Words:
        """Some of the rows."""
        return replace(self, raw=self.raw[rows])

    def place(self, word: str) -> int:
        """The place of a word in the list."""
        return int(self.words.to_pylist().index(word))


def flags(values: Any) -> Words:
    """A column of true and false."""
    return Words(arrow(["false", "true"]), np.asarray(values).astype(np.int64))


@dataclass(frozen=True)
class Text:
    """Any text."""

    array: Any

    @property
    def raw(self) -> Ints:
        """1 where there is text, `NONE` where the cell is empty."""
        full = valid_cells(self.array)
        return np.where(full, 1, NONE)

    def texts(self, style: Style) -> Any:
        """The text itself."""
        return self.array

    def value(self, row: int) -> object:
        """The text, or None."""
        return self.array[row].as_py()

    def take(self, rows: Ints) -> Text:
        """Some of the rows."""
        return Text(take(self.array, rows))


@dataclass(frozen=True)
class Moments:
    """Moments to the second."""

    raw: Ints

    def texts(self, style: Style) -> Any:
        """In the style's order of day and month."""
        return moments_text(self.raw, style.dotted)

    def value(self, row: int) -> object:
        """A datetime, or None."""
        seconds = int(self.raw[row])
        return None if seconds == NONE else to_datetime(seconds)

    def take(self, rows: Ints) -> Moments:
        """Some of the rows."""
        return Moments(self.raw[rows])


@dataclass(frozen=True)
class Days:
    """Days without an hour."""

    raw: Ints

    def texts(self, style: Style) -> Any:
        """In the style's order of day and month."""
        return days_text(self.raw, style.dotted)

    def value(self, row: int) -> object:
        """A date, or None."""
        number = int(self.raw[row])
        return None if number == NONE else to_date(number)

    def take(self, rows: Ints) -> Days:
        """Some of the rows."""
        return Days(self.raw[rows])


@dataclass(frozen=True)
class Amounts:
    """Exact numbers in units of 10**-scale: money in hundredths, counts as they are."""

    raw: Ints
    scale: int = 2

    def texts(self, style: Style) -> Any:
        """With the style's decimal mark."""
        return decimals(self.raw, self.scale, style.decimal_mark)

    def value(self, row: int) -> object:
        """A decimal, an integer where the scale is 0, or None."""
        units = int(self.raw[row])
        if units == NONE:
            return None
        return Decimal(units).scaleb(-self.scale) if self.scale else units

    def take(self, rows: Ints) -> Amounts:
        """Some of the rows."""
        return replace(self, raw=self.raw[rows])
