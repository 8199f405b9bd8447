"""Values of workbook cells as the text that a person typed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

__all__ = ["ROUNDED", "cell_text"]

ROUNDED = 10**15
"""From here on a workbook keeps 15 digits of a number and writes zeros for the rest."""

_TICK = 2000


def cell_text(value: object) -> str:
    """A value as text: 1.0 as `1`, dates as ISO, times with seconds, true and false in capitals.

    A moment at midnight is its date; moments are rounded to seconds where only the
    binary fraction of a day differs from them.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, (date, int)):
        return value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, time):
        return _moment(datetime.combine(date(2000, 1, 1), value))[11:] or "00:00:00"
    if isinstance(value, timedelta):
        return _duration(value)
    return str(value)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < ROUNDED:
        return str(int(value))
    text = repr(value)
    if "e" in text or text.endswith(".0"):
        text = format(Decimal(text), "f")
        return text.removesuffix(".0")
    return text


def _moment(value: datetime) -> str:
    part = value.microsecond
    if part and (part <= _TICK or part >= 1_000_000 - _TICK):
        whole = value.replace(microsecond=0)
        value = whole + timedelta(seconds=1) if part > _TICK else whole
    if value.time() == time(0):
        return value.date().isoformat()
    return value.isoformat(" ", "milliseconds" if value.microsecond else "seconds")


def _duration(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    sign = "-" if seconds < 0 else ""
    minutes, second = divmod(abs(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{sign}{hour:02d}:{minute:02d}:{second:02d}"
