"""Public holidays of the countries that dq knows, by day of the year.

Days that a government moves from year to year, and the holidays of other countries, stand
in dq.yaml under `days_off` and `days_on`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

__all__ = ["COUNTRIES", "is_holiday"]

_FIXED: Mapping[str, str] = {
    "BY": "01-01 01-02 01-07 03-08 05-01 05-09 07-03 11-07 12-25",
    "KZ": "01-01 01-02 01-07 03-08 03-21 03-22 03-23 05-01 05-07 05-09 07-06 10-25 12-16",
    "RU": "01-01 01-02 01-03 01-04 01-05 01-06 01-07 01-08 02-23 03-08 05-01 05-09 06-12 11-04",
    "UA": "01-01 03-08 05-01 05-08 06-28 07-15 08-24 10-01 12-25",
}
_AFTER_EASTER: Mapping[str, tuple[int, ...]] = {"BY": (0, 9), "UA": (0, 1, 49, 50)}
"""Days after the Orthodox Easter Sunday; 50 is the Monday after Trinity."""

COUNTRIES = tuple(sorted(_FIXED))


def is_holiday(day: date, country: str) -> bool:
    """Whether a day is a public holiday in one of `COUNTRIES`."""
    if day.strftime("%m-%d") in _FIXED[country]:
        return True
    return (day - _orthodox_easter(day.year)).days in _AFTER_EASTER.get(country, ())


def _orthodox_easter(year: int) -> date:
    """Meeus's Julian algorithm, moved to the Gregorian calendar (1900 to 2099)."""
    a, b, c = year % 4, year % 7, year % 19
    d = (19 * c + 15) % 30
    e = (2 * a + 4 * b - d + 34) % 7
    month, day = divmod(d + e + 114, 31)
    return date(year, month, day + 1) + timedelta(days=13)
