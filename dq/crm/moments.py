"""Texts of dates and times to naive business time.

Formats are those of the column, in their order. Numbers that count days (spreadsheets) or
seconds since 1970 are formats of their own. A cell that carries an offset is converted to
the business zone; one without is business time already.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlglot import exp

from dq.crm.mapping import Conversion
from dq.sql import portable as f
from dq.text.dates import EPOCH, EPOCH_MS, EXCEL, SERIALS

__all__ = ["ISO_FORMATS", "moment", "to_business_time", "utc_moment"]

ISO_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%d %H:%M",
)

_DAY_ZERO = {
    EXCEL: datetime(1899, 12, 30),
    EPOCH: datetime(1970, 1, 1),
    EPOCH_MS: datetime(1970, 1, 1),
}
_CLOCK = "(:[0-9][0-9](?:[.][0-9]+)?(?: ?[AaPp][Mm])?)"
_SHIFT = "([+-][0-9][0-9])(?::?([0-9][0-9]))?"
_OFFSET = f"{_CLOCK} ?(?:[Zz]|UTC|GMT|{_SHIFT})$"
_ZONE_WORDS = (" UTC", " GMT", "UTC", "GMT")
_FIRST_YEAR, _LAST_YEAR = 1990, 2050


def utc_moment(text: exp.Expr, how: Conversion) -> exp.Expr | None:
    """Timestamp in UTC of a cleaned text that carries an offset, NULL for other texts.

    None for columns without offsets.
    """
    formats = how.formats or ISO_FORMATS
    if formats[0] in (EPOCH, EPOCH_MS):
        return _serial(text, formats[0])
    if formats[0] == EXCEL or not _carries_offset(how, formats):
        return None
    local_text = f.regexp_replace(text, _OFFSET, "\\1")
    local = _first_that_fits(local_text, [_without_zone(fmt) for fmt in formats])
    hours, minutes = f.regexp_extract(text, _OFFSET, 2), f.regexp_extract(text, _OFFSET, 3)
    shift = f.coalesce(f.to_integer(hours), f.lit(0)) * f.lit(3600) + f.case(
        (f.starts_with(hours, f.lit("-")), f.lit(-60)), default=f.lit(60)
    ) * f.coalesce(f.to_integer(minutes), f.lit(0))
    return f.case((f.search(text, _OFFSET), f.add_seconds(local, f.lit(0) - shift)))


def moment(
    text: exp.Expr, utc: exp.Expr | None, how: Conversion, zone: str | None = None
) -> exp.Expr:
    """Timestamp of a cleaned text in business time; NULL where no format fits.

    `utc` is what `utc_moment` made of the text (or the name it was given).
    """
    formats = how.formats or ISO_FORMATS
    if utc is not None and formats[0] in SERIALS:
        return to_business_time(utc, zone)
    if formats[0] == EXCEL:
        return _serial(text, EXCEL)
    if utc is None:
        return _first_that_fits(text, formats)
    plain = _first_that_fits(text, [fmt for fmt in formats if _without_zone(fmt) == fmt])
    return f.case((f.not_null(utc), to_business_time(utc, zone)), default=plain)


def _carries_offset(how: Conversion, formats: Sequence[str]) -> bool:
    return how.offset or any("%z" in fmt or fmt.endswith(_ZONE_WORDS) for fmt in formats)


def _without_zone(fmt: str) -> str:
    for word in (" %z", "%z", *_ZONE_WORDS):
        fmt = fmt.removesuffix(word)
    return fmt


def _first_that_fits(text: exp.Expr, formats: Sequence[str]) -> exp.Expr:
    parsed = [f.to_timestamp(text, fmt) for fmt in dict.fromkeys(formats)]
    if not parsed:
        return exp.cast(exp.null(), "TIMESTAMP")
    return parsed[0] if len(parsed) == 1 else f.coalesce(*parsed)


def _serial(text: exp.Expr, kind: str) -> exp.Expr:
    """Days or seconds since day zero, to the second."""
    number = f.to_double(text)
    seconds = {
        EXCEL: f.round(number * f.lit(86_400), 0),
        EPOCH: f.floor(number),
        EPOCH_MS: f.floor(f.div0(number, f.lit(1000))),
    }[kind]
    return f.add_seconds(f.lit(_DAY_ZERO[kind]), f.as_integer(seconds))


def to_business_time(utc: exp.Expr, zone: str | None) -> exp.Expr:
    """Naive UTC to naive time of `zone`, by the zone's own changes between 1990 and 2050."""
    if zone is None or zone == "UTC":
        return utc
    return _shifted(utc, _zone_changes(zone))


def _shifted(utc: exp.Expr, spans: Sequence[tuple[datetime, int]]) -> exp.Expr:
    """The span is found by halving: a hundred changes need seven comparisons."""
    if len(spans) == 1:
        return f.add_seconds(utc, f.lit(spans[0][1]))
    middle = len(spans) // 2
    until = spans[middle - 1][0]
    return f.case(
        (utc < f.lit(until), _shifted(utc, spans[:middle])),
        default=_shifted(utc, spans[middle:]),
    )


@lru_cache(maxsize=32)
def _zone_changes(zone: str) -> tuple[tuple[datetime, int], ...]:
    """(until, offset in seconds) in order; the last one's `until` has no meaning."""
    info = ZoneInfo(zone)

    def offset(utc: datetime) -> int:
        delta = utc.replace(tzinfo=UTC).astimezone(info).utcoffset()
        return int(delta.total_seconds()) if delta is not None else 0

    changes: list[tuple[datetime, int]] = []
    day, end = datetime(_FIRST_YEAR, 1, 1), datetime(_LAST_YEAR + 1, 1, 1)
    while day < end:
        following = day + timedelta(days=1)
        before = offset(day)
        if before != offset(following):
            low, high = day, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if offset(middle) == before else (low, middle)
            changes.append((high.replace(microsecond=0), before))
        day = following
    changes.append((end, offset(end)))
    return tuple(changes)
