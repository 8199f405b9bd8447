"""Text to values: one SQL expression a column, and the rows that do not convert.

A cell that does not convert becomes NULL and is reported with its raw text (rule A101);
nothing is guessed a cell at a time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlglot import exp

from dq.crm.mapping import Conversion
from dq.sql import portable as f

__all__ = ["FALSE_WORDS", "TRUE_WORDS", "convert", "to_business_time", "unconverted"]

TRUE_WORDS = ("true", "yes", "y", "t", "1", "1.0", "да", "так", "истина", "правда", "x")
FALSE_WORDS = ("false", "no", "n", "f", "0", "0.0", "нет", "ні", "ложь", "неправда")

ISO_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%d %H:%M",
)

_CURRENCY = "(?:[$€£¥₽₴₸]|USD|EUR|RUB|RUR|UAH|KZT|BYN|GBP|руб[.]?|грн[.]?|тг[.]?|р[.])"
_MONEY = (
    "^(?:" + _CURRENCY + "[ \u00a0\u202f]*)?([+-]?[0-9][0-9.,' \u00a0\u202f]*)"
    "(?:[ \u00a0\u202f]*(?:" + _CURRENCY + "|%))?$"
)


def convert(text: exp.Expression, how: Conversion, zone: str | None = None) -> exp.Expression:
    """Expression that reads a raw text as `how.type`; NULL where it cannot.

    `zone` is the business time zone, used where timestamps carry offsets.
    """
    cleaned: exp.Expression = f.nullif(f.trim(text), f.lit(""))
    if how.split:
        cleaned = f.nullif(f.trim(f.split_part(cleaned, f.lit(how.split), f.lit(1))), f.lit(""))
    if how.empty_words:
        words = [w.casefold() for w in how.empty_words]
        cleaned = f.case((f.in_(f.fold(cleaned), words), f.lit(None)), default=cleaned)
    if how.values and how.type != "boolean":
        cleaned = _mapped(cleaned, how)
    match how.type:
        case "text":
            return cleaned
        case "integer":
            return _integer(cleaned, how)
        case "decimal":
            return _decimal(cleaned, how)
        case "boolean":
            return _boolean(cleaned, how)
        case "date":
            return f.date_of(_timestamp(cleaned, how, zone))
        case "timestamp":
            return _timestamp(cleaned, how, zone)
    msg = f"unknown type {how.type!r}"
    raise ValueError(msg)


def unconverted(text: exp.Expression, how: Conversion, zone: str | None = None) -> exp.Expression:
    """Predicate: the cell holds something, and it is not a value of the column's type."""
    empty = [w.casefold() for w in how.empty_words]
    something = f.filled(text)
    if empty:
        something = f.all_of(something, f.not_(f.in_(f.fold(text), empty)))
    return f.all_of(something, f.is_null(convert(text, how, zone)))


def _mapped(text: exp.Expression, how: Conversion) -> exp.Expression:
    folded = f.fold(text)
    branches = [
        (folded.eq(f.lit(word.casefold())), f.lit(value)) for word, value in how.values.items()
    ]
    if how.default is None:
        return f.case(*branches, default=text)
    return f.case((f.is_null(text), f.lit(None)), *branches, default=f.lit(how.default))


def _number_text(text: exp.Expression, how: Conversion) -> exp.Expression:
    """The digits, sign and point of a number written in the column's style."""
    body: exp.Expression = f.regexp_extract(text, _MONEY, 1)
    for mark in {" ", "\u00a0", "\u202f", "'", how.grouping} - {"", how.decimal_mark}:
        body = f.replace(body, f.lit(mark), f.lit(""))
    if how.decimal_mark != ".":
        body = f.replace(body, f.lit(how.decimal_mark), f.lit("."))
    return body


def _decimal(text: exp.Expression, how: Conversion) -> exp.Expression:
    if how.decimal_mark == "." and how.grouping != ".":
        return f.coalesce(f.to_decimal(text), f.to_decimal(_number_text(text, how)))
    return f.to_decimal(_number_text(text, how))


def _integer(text: exp.Expression, how: Conversion) -> exp.Expression:
    number = f.coalesce(f.to_integer(text), f.to_integer(_number_text(text, how)))
    whole = f.regexp_replace(_number_text(text, how), "[.]0+$", "")
    return f.coalesce(number, f.to_integer(whole))


def _boolean(text: exp.Expression, how: Conversion) -> exp.Expression:
    if how.values:
        yes = [w.casefold() for w, v in how.values.items() if v == "true"]
        no = [w.casefold() for w, v in how.values.items() if v == "false"]
    else:
        yes, no = list(TRUE_WORDS), list(FALSE_WORDS)
    branches = []
    if yes:
        branches.append((f.in_(f.fold(text), yes), f.lit(True)))
    if no:
        branches.append((f.in_(f.fold(text), no), f.lit(False)))
    return f.case(*branches, default=f.lit(None))


def _timestamp(text: exp.Expression, how: Conversion, zone: str | None) -> exp.Expression:
    if how.offset:
        return _with_offset(text, how, zone)
    formats = how.formats or ISO_FORMATS
    parsed = [f.to_timestamp(text, fmt) for fmt in formats]
    return parsed[0] if len(parsed) == 1 else f.coalesce(*parsed)


_OFFSET = "([+-][0-9][0-9]):?([0-9][0-9])$"


def _with_offset(text: exp.Expression, how: Conversion, zone: str | None) -> exp.Expression:
    local_text = f.trim(f.regexp_replace(text, "(?:[Zz]|[+-][0-9][0-9]:?[0-9][0-9])$", ""))
    formats = how.formats or ISO_FORMATS
    local = f.coalesce(*[f.to_timestamp(local_text, fmt) for fmt in formats])
    hours = f.to_integer(f.replace(f.regexp_extract(text, _OFFSET, 1), f.lit("+"), f.lit("")))
    minutes = f.to_integer(f.regexp_extract(text, _OFFSET, 2))
    west = f.starts_with(f.regexp_extract(text, _OFFSET, 1), f.lit("-"))
    sign = f.case((west, f.lit(-1)), default=f.lit(1))
    seconds = f.coalesce(hours * 3600 + sign * minutes * 60, f.lit(0))
    return to_business_time(f.add_seconds(local, f.lit(0) - seconds), zone)


def to_business_time(utc: exp.Expression, zone: str | None) -> exp.Expression:
    """Naive UTC to naive time of `zone`, by the zone's own list of changes 1990–2050."""
    if zone is None or zone == "UTC":
        return utc
    changes = _zone_changes(zone)
    branches = [
        (utc < f.lit(until), f.add_seconds(utc, f.lit(offset))) for until, offset in changes[:-1]
    ]
    return f.case(*branches, default=f.add_seconds(utc, f.lit(changes[-1][1])))


def _zone_changes(zone: str) -> list[tuple[datetime, int]]:
    """(until, offset in seconds) in order; the last one's `until` has no meaning."""
    info = ZoneInfo(zone)

    def offset(moment: datetime) -> int:
        delta = moment.replace(tzinfo=UTC).astimezone(info).utcoffset()
        return int(delta.total_seconds()) if delta is not None else 0

    changes: list[tuple[datetime, int]] = []
    start, end = datetime(1990, 1, 1), datetime(2051, 1, 1)
    day = start
    while day < end:
        following = day + timedelta(days=1)
        if offset(day) != offset(following):
            low, high = day, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                if offset(middle) == offset(day):
                    low = middle
                else:
                    high = middle
            changes.append((high.replace(microsecond=0), offset(day)))
        day = following
    changes.append((end, offset(end)))
    return changes
