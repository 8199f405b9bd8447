"""What the values of a column look like, whatever its header says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from dq.crm.sample import ColumnSample
from dq.text.companies import split_company
from dq.text.dates import DateStyle, detect_dates
from dq.text.empties import empty_word
from dq.text.hashes import pseudonymised
from dq.text.names import looks_like_name
from dq.text.numbers import NumberStyle, detect_numbers

__all__ = ["FLAG_WORDS", "Content", "content_of", "is_inn"]

FLAG_WORDS: Mapping[str, str] = {
    "true": "true", "false": "false", "yes": "true", "no": "false", "y": "true", "n": "false",
    "t": "true", "f": "false", "1": "true", "0": "false", "1.0": "true", "0.0": "false",
    "да": "true", "нет": "false", "так": "true", "ні": "false", "истина": "true",
    "ложь": "false", "правда": "true", "неправда": "false",
}  # fmt: skip
"""Words that the loader reads as yes and no without being told."""

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[A-Za-zа-яА-Я]{2,}")
_URL = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|[\w-]+(?:\.[\w-]+)*\.(?:com|ru|ua|org|net|kz|by|io|рф|eu|de|uk|info|biz)(?:/\S*)?",
    re.IGNORECASE,
)
_UUID = re.compile(r"\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)
_PHONE = re.compile(
    r"[+(]?[0-9][0-9\s().\u00a0\u2013-]{5,22}[0-9](?:\s*(?:доб|ext|вн|x)\.?\s*[0-9]+)?",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"-?[0-9]+(?:\.0)?")
_ID = re.compile(
    r"[A-Za-zА-Яа-я]{0,6}[-_ №]?[0-9]{3,}(?:[-_/][0-9A-Za-z]+)*"
    r"|[0-9A-Z]{6,}|[0-9a-zA-Z]{15}|[0-9a-zA-Z]{18}"
)
_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


@dataclass(frozen=True)
class Content:
    """Shares (0..1 of the filled cells) of what the values of a column look like.

    Words for "nothing here" are left out. `hashed`: at least 95 % are hashes of one
    length, so that nothing else can be said of them.
    """

    column: ColumnSample

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Values that say something, with their counts."""
        return {v: c for v, c in self.column.counts.items() if not empty_word(v)}

    @cached_property
    def total(self) -> int:
        """Cells that say something."""
        return sum(self.counts.values())

    def share(self, test: Callable[[str], object]) -> float:
        """Share of the cells whose value passes a test."""
        if not self.total:
            return 0.0
        return sum(c for v, c in self.counts.items() if test(v)) / self.total

    @cached_property
    def hashed(self) -> bool:
        """Whether the values are hashes of one length."""
        return pseudonymised(self.counts) is not None

    @cached_property
    def email(self) -> float:
        """E-mail addresses."""
        return self.share(_EMAIL.fullmatch)

    @cached_property
    def url(self) -> float:
        """Web addresses."""
        return self.share(_URL.fullmatch)

    @cached_property
    def uuid(self) -> float:
        """UUIDs."""
        return self.share(_UUID.fullmatch)

    @cached_property
    def phone(self) -> float:
        """Numbers that can be phones: 10 to 15 digits, or fewer written as a phone."""
        return self.share(_is_phone)

    @cached_property
    def sure_phone(self) -> float:
        """Numbers that hardly can be anything but phones."""
        return self.share(lambda v: _is_phone(v) and (v[0] in "+(" or " " in v or "-" in v))

    @cached_property
    def inn(self) -> float:
        """Russian INN with right check digits."""
        return self.share(is_inn)

    @cached_property
    def country(self) -> float:
        """Countries by name."""
        return self.share(lambda v: v.casefold() in _countries())

    @cached_property
    def person(self) -> float:
        """Two to five capitalised words."""
        return self.share(looks_like_name)

    @cached_property
    def company(self) -> float:
        """Names with a legal form."""
        return self.share(lambda v: split_company(v).form is not None)

    @cached_property
    def flag(self) -> bool:
        """At most one word for yes and one for no, of one pair."""
        words = {v.casefold() for v in self.column.counts}
        return 0 < len(words) <= 2 and words <= FLAG_WORDS.keys()

    @cached_property
    def whole(self) -> float:
        """Whole numbers in plain digits."""
        return self.share(_WHOLE.fullmatch)

    @cached_property
    def id_like(self) -> float:
        """Codes, numbers, UUIDs and hashes rather than words."""
        if self.hashed:
            return 1.0
        return self.share(lambda v: _ID.fullmatch(v) or _UUID.fullmatch(v))

    @cached_property
    def dates(self) -> DateStyle | None:
        """Style of the dates; without a hint of the order of day and month."""
        return detect_dates(self.counts)

    @cached_property
    def numbers(self) -> NumberStyle | None:
        """Style of the numbers."""
        return detect_numbers(self.counts)

    @property
    def date(self) -> float:
        """Share of dates in some style, decided or not."""
        if self.dates is None:
            return 0.0
        if not self.dates.undecided:
            return self.dates.share
        assumed = detect_dates(self.counts, order="dmy")
        return assumed.share if assumed else 0.0

    @property
    def number(self) -> float:
        """Share of numbers in the style of the column."""
        return self.numbers.share if self.numbers else 0.0

    @cached_property
    def words(self) -> float:
        """Share of values with a letter: texts rather than numbers, dates or codes."""
        return self.share(lambda v: re.search("[^\\W\\d_]{2,}", v) and not _ID.fullmatch(v))

    @property
    def categorical(self) -> bool:
        """Few values that come back: at most 1,000, each twice or more on average."""
        return 0 < self.column.distinct <= 1_000 and self.column.distinct * 2 <= self.column.filled


def content_of(column: ColumnSample) -> Content:
    """The content of a column; looked at once."""
    held = column.__dict__.get("_content")
    if not isinstance(held, Content):
        held = column.__dict__["_content"] = Content(column)
    return held


def _is_phone(value: str) -> bool:
    if not _PHONE.fullmatch(value):
        return False
    digits = sum(c.isdigit() for c in value)
    return 10 <= digits <= 15 or (6 <= digits < 10 and any(c in value for c in "-()+"))


def is_inn(value: str) -> bool:
    """Whether a text is a Russian INN: 10 or 12 digits with right check digits."""
    if not value.isascii() or not value.isdigit() or len(set(value)) == 1:
        return False
    digits = [int(c) for c in value]
    if len(digits) == 10:
        return _check(digits, _INN_10) == digits[9]
    if len(digits) == 12:
        return _check(digits, _INN_11) == digits[10] and _check(digits, _INN_12) == digits[11]
    return False


def _check(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(d * w for d, w in zip(digits, weights, strict=False)) % 11 % 10


@cache
def _countries() -> frozenset[str]:
    """Names of countries in English, Russian and Ukrainian, lower-case."""
    from babel import Locale

    names: set[str] = {"usa", "uk", "рф", "сша", "россия", "белоруссия", "uae", "оаэ"}
    for language in ("en", "ru", "uk"):
        territories = Locale(language).territories
        names |= {n.casefold() for code, n in territories.items() if len(code) == 2}
    return frozenset(names)
