"""Date formats in strptime codes, read the same way by every engine.

Codes: `%Y` (four digits), `%y` (69 is 1969, 68 is 2068), `%m %d %H %I %M %S` (one or two
digits), `%f` (one to six), `%b` (Jan … Dec), `%p` (AM, PM), `%z` (+03:00, +0300, +03, Z:
the result is in UTC), `%%`. A blank stands for one or more blanks, tabs or newlines; blanks
around the text are ignored. Letters of `%b`, `%p`, `%z` may be of either case.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from dq.errors import PortabilityError

__all__ = ["DateFormat", "date_format"]

_BLANK = "[ \\t\\n\\r\\f\\x0b]"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CODES = {
    "Y": r"([1-9][0-9]{3})",
    "y": r"([0-9]{1,2})",
    "m": r"([0-9]{1,2})",
    "d": r"([0-9]{1,2})",
    "H": r"([0-9]{1,2})",
    "I": r"([0-9]{1,2})",
    "M": r"([0-9]{1,2})",
    "S": r"([0-5]?[0-9])",
    "f": r"([0-9]{1,6})",
    "b": "([A-Za-z]{3})",
    "p": "([AaPp][Mm])",
    "z": r"([+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2}|[Zz])",
}
_PIVOT = 69
_FIRST = "1000-01-01 00:00:00"
_LAST = "9999-12-31 23:59:59.999999"


@dataclass(frozen=True)
class DateFormat:
    """One format, with its ways of reading a text."""

    source: str
    pattern: re.Pattern[str]
    codes: tuple[str, ...]

    @property
    def zoned(self) -> bool:
        """Whether the text carries an offset, so that the result is in UTC."""
        return "z" in self.codes

    def duckdb_text(self, sql: str) -> str:
        """The text as DuckDB's strptime wants it: an offset spelt with digits."""
        return f"regexp_replace({sql}, '[Zz] *$', '+00:00')" if self.zoned else sql

    def parse(self, text: str) -> datetime | None:
        """The timestamp a text says, or None."""
        found = self.pattern.fullmatch(text)
        if found is None:
            return None
        part = dict(zip(self.codes, found.groups(), strict=True))
        try:
            moment = datetime(
                _year(part),
                _month(part),
                int(part.get("d", 1)),
                _hour(part),
                int(part.get("M", 0)),
                int(part.get("S", 0)),
                int(part.get("f", "0").ljust(6, "0")),
            )
            moment -= _offset(part.get("z", "Z"))
        except (ValueError, OverflowError):
            return None
        return moment if moment.year >= 1000 else None

    def spark(self, sql: str, quote: Callable[[str], str]) -> str:
        """The same as an expression of Spark."""
        pattern = quote(f"^{self.pattern.pattern}\\z")

        def group(code: str, default: str) -> str:
            if code not in self.codes:
                return default
            return f"regexp_extract({sql}, {pattern}, {self.codes.index(code) + 1})"

        made = (
            f"try_make_timestamp_ntz({_spark_year(group)}, {_spark_month(group)}, "
            f"TRY_CAST({group('d', '1')} AS INT), {_spark_hour(group)}, "
            f"TRY_CAST({group('M', '0')} AS INT), {_spark_second(group)})"
        )
        if self.zoned:
            made = _spark_utc(made, group("z", "'Z'"))
            first, last = f"TIMESTAMP_NTZ '{_FIRST}'", f"TIMESTAMP_NTZ '{_LAST}'"
            made = f"CASE WHEN {made} BETWEEN {first} AND {last} THEN {made} END"
        return f"CASE WHEN {sql} RLIKE {pattern} THEN {made} END"


@lru_cache(maxsize=512)
def date_format(source: str) -> DateFormat:
    """Read a format.

    Raises:
        PortabilityError: a code that is not portable, or one given twice.
    """
    parts: list[str] = []
    codes: list[str] = []
    chars = iter(source)
    for char in chars:
        if char == "%":
            code = next(chars, "")
            if code == "%":
                parts.append("%")
                continue
            if code not in _CODES or code in codes:
                raise PortabilityError(
                    "The date format {format} has %{code}, which is unknown or given twice.",
                    fix="Write each part once, such as %Y-%m-%d.",
                    format=source,
                    code=code,
                )
            codes.append(code)
            parts.append(_CODES[code])
        elif char == " ":
            parts.append(f"{_BLANK}+")
        else:
            parts.append(re.escape(char))
    pattern = f"{_BLANK}*" + "".join(parts) + f"{_BLANK}*"
    return DateFormat(source, re.compile(pattern), tuple(codes))


def _year(part: dict[str, str]) -> int:
    if "y" in part:
        short = int(part["y"])
        return short + (1900 if short >= _PIVOT else 2000)
    return int(part.get("Y", 1900))


def _month(part: dict[str, str]) -> int:
    if "b" in part:
        return _MONTHS.index(part["b"].lower()) + 1
    return int(part.get("m", 1))


def _hour(part: dict[str, str]) -> int:
    if "I" not in part:
        return int(part.get("H", 0))
    hour = int(part["I"])
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if part.get("p", "am").lower() == "pm" else 0)


def _offset(text: str) -> timedelta:
    if text in ("Z", "z"):
        return timedelta()
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if text[0] == "-" else offset


Group = Callable[[str, str], str]


def _spark_year(group: Group) -> str:
    short = group("y", "")
    if short:
        number = f"TRY_CAST({short} AS INT)"
        return f"({number} + CASE WHEN {number} >= {_PIVOT} THEN 1900 ELSE 2000 END)"
    return f"TRY_CAST({group('Y', '1900')} AS INT)"


def _spark_month(group: Group) -> str:
    name = group("b", "")
    if name:
        names = ", ".join(f"'{m}'" for m in _MONTHS)
        return f"NULLIF(array_position(array({names}), lower({name})), 0)"
    return f"TRY_CAST({group('m', '1')} AS INT)"


def _spark_hour(group: Group) -> str:
    hour = group("I", "")
    if not hour:
        return f"TRY_CAST({group('H', '0')} AS INT)"
    number = f"TRY_CAST({hour} AS INT)"
    half = f"CASE WHEN lower({group('p', chr(39) + 'am' + chr(39))}) = 'pm' THEN 12 ELSE 0 END"
    return f"CASE WHEN {number} BETWEEN 1 AND 12 THEN {number} % 12 + {half} END"


def _spark_second(group: Group) -> str:
    whole = f"TRY_CAST({group('S', '0')} AS DECIMAL(16, 6))"
    part = group("f", "")
    return f"({whole} + TRY_CAST(concat('0.', {part}) AS DECIMAL(16, 6)))" if part else whole


def _spark_utc(moment: str, offset: str) -> str:
    digits = f"rpad(replace(substring({offset}, 2), ':', ''), 4, '0')"
    seconds = (
        f"CASE WHEN lower({offset}) = 'z' THEN 0 ELSE "
        f"CASE WHEN {offset} LIKE '-%' THEN 1 ELSE -1 END * "
        f"(TRY_CAST(substring({digits}, 1, 2) AS INT) * 3600 "
        f"+ TRY_CAST(substring({digits}, 3, 2) AS INT) * 60) END"
    )
    return f"timestampadd(SECOND, {seconds}, {moment})"
