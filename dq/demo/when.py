"""Days and hours on which things happen: working days of a country, seasons, growth.

Days are numbers since 1970-01-01, moments are seconds since then; both are in business time
and have no zone.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

import numpy as np

from dq.demo.chance import Bools, Chance, Floats, Ints

__all__ = [
    "DAY", "END", "END_DAY", "START", "Calendar", "any_seconds", "calendar", "day_number", "day_of",
    "moment", "quarter_starts", "to_date", "to_datetime", "working_seconds",
]  # fmt: skip

DAY = 86_400


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def moment(when: datetime) -> int:
    """Seconds since 1970-01-01."""
    return int((when - datetime(1970, 1, 1)).total_seconds())


def to_date(number: int) -> date:
    """The day of a day's number."""
    return date.fromordinal(int(number) + date(1970, 1, 1).toordinal())


def to_datetime(seconds: int) -> datetime:
    """The moment of a number of seconds."""
    return datetime.combine(to_date(seconds // DAY), datetime.min.time()).replace(
        hour=seconds % DAY // 3600, minute=seconds % 3600 // 60, second=seconds % 60
    )


def day_of(moments: Ints) -> Ints:
    """Days of moments."""
    return np.asarray(moments // DAY, dtype=np.int64)


START = day_number(date(2024, 1, 1))
"""The first day of the CRM."""

END = moment(datetime(2026, 9, 30, 18, 0))
"""The moment of the export: nothing has happened after it."""

END_DAY = END // DAY

_FIRST = day_number(date(2021, 12, 1))
_COUNT = day_number(date(2027, 12, 31)) - _FIRST + 1

_FIXED = {
    "RU": "01-01 01-02 01-03 01-04 01-05 01-06 01-07 01-08 02-23 03-08 05-01 05-09 06-12 11-04",
    "UA": "01-01 03-08 05-01 05-08 06-28 08-24 10-01 12-25",
    "GB": "01-01 12-25 12-26",
    "US": "01-01 06-19 07-04 11-11 12-25",
    "KZ": "01-01 01-02 01-07 03-08 03-21 03-22 03-23 05-01 05-07 05-09 07-06 08-30 10-25 12-16",
}
_MOVING = {
    "GB": "2022-04-15 2022-04-18 2022-05-02 2022-08-29 2023-04-07 2023-04-10 2023-05-01 2023-05-29"
    " 2023-08-28 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-08-26 2025-04-18 2025-04-21"
    " 2025-05-05 2025-05-26 2025-08-25 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31",
    "US": "2022-05-30 2022-09-05 2022-11-24 2023-05-29 2023-09-04 2023-11-23 2024-05-27 2024-09-02"
    " 2024-11-28 2025-05-26 2025-09-01 2025-11-27 2026-05-25 2026-07-03 2026-09-07",
    "UA": "2022-04-25 2023-04-17 2024-05-06 2025-04-21 2026-04-13",
    "RU": "2024-04-29 2024-04-30 2024-12-30 2024-12-31 2025-05-02 2025-05-08 2025-06-13"
    " 2025-11-03 2025-12-31 2026-01-09 2026-03-09 2026-05-11",
}
_SEASONS = {
    "RU": (0.66, 0.92, 1.06, 1.04, 0.94, 0.98, 0.82, 0.76, 1.06, 1.12, 1.18, 1.14),
    "UA": (0.70, 0.94, 1.02, 1.04, 0.96, 0.98, 0.84, 0.78, 1.08, 1.12, 1.14, 1.08),
    "GB": (0.88, 0.98, 1.10, 1.02, 0.98, 1.02, 0.84, 0.74, 1.08, 1.12, 1.12, 0.80),
    "US": (0.90, 0.98, 1.10, 1.02, 1.00, 1.04, 0.86, 0.88, 1.08, 1.12, 1.00, 0.84),
    "KZ": (0.76, 0.94, 0.90, 1.06, 0.94, 1.00, 0.84, 0.82, 1.06, 1.12, 1.16, 1.08),
}
_WEEK = (0.96, 1.10, 1.08, 1.04, 0.82, 0.0, 0.0)
_GROWTH = 0.22
_HOURS = (0.62, 1.0, 1.1, 0.62, 0.86, 1.04, 0.98, 0.78, 0.46)
"""How busy each hour is, from nine in the morning to six in the evening."""
_ANY_HOUR = (
    0.25, 0.12, 0.06, 0.05, 0.06, 0.1, 0.25, 0.5, 0.8, 1.2, 1.4, 1.4, 1.3, 1.3, 1.3, 1.3, 1.2,
    1.1, 1.1, 1.2, 1.3, 1.2, 0.9, 0.5,
)  # fmt: skip
"""The same for clients at their web browsers, from midnight on."""


class Calendar:
    """Working days of a country and how busy each of them is."""

    def __init__(self, country: str) -> None:
        days = [date.fromordinal(to_date(_FIRST).toordinal() + n) for n in range(_COUNT)]
        fixed = set(_FIXED[country].split())
        moving = set(_MOVING.get(country, "").split())
        weights = np.array(
            [
                0.0
                if day.isoformat()[5:] in fixed or day.isoformat() in moving
                else _WEEK[day.weekday()]
                * _SEASONS[country][day.month - 1]
                * (1 + _GROWTH * (day.year - 2024))
                for day in days
            ]
        )
        self.works = weights > 0
        self._edges = np.concatenate([[0.0], np.cumsum(weights)])
        number = np.where(self.works, np.arange(_COUNT), _COUNT)
        self._next = np.minimum.accumulate(number[::-1])[::-1]

    def is_work(self, days: Ints) -> Bools:
        """Whether the days are worked."""
        return np.asarray(self.works[days - _FIRST])

    def next_work(self, days: Ints) -> Ints:
        """Each day itself, or the next one that is worked."""
        return np.asarray(self._next[days - _FIRST] + _FIRST, dtype=np.int64)

    def between(self, spots: Floats, first: Ints | int, last: Ints | int) -> Ints:
        """Working days in [first, last] by season, week and growth; the next one if none is.

        `spots` are in [0, 1).
        """
        low = np.broadcast_to(self._edges[np.asarray(first) - _FIRST], spots.shape)
        high = np.broadcast_to(self._edges[np.asarray(last) - _FIRST + 1], spots.shape)
        found = np.searchsorted(self._edges, low + spots * (high - low), side="right") - 1
        days = np.minimum(found, _COUNT - 1) + _FIRST
        days = np.where(high > low, np.clip(days, first, last), first)
        return self.next_work(days.astype(np.int64))

    def later(self, chance: Chance, name: str, moments: Ints, days: Floats | Ints) -> Ints:
        """Working moments about `days` days after others, and never before them."""
        wanted = self.next_work(day_of(moments) + np.rint(days).astype(np.int64))
        found = wanted * DAY + working_seconds(chance.uniform(f"{name}.hour", len(moments)))
        after = moments + chance.integers(f"{name}.after", len(moments), 190, 2400)
        return np.where(found > moments, found, after)


@cache
def calendar(country: str) -> Calendar:
    """The calendar of a country: RU, UA, GB, KZ or US."""
    return Calendar(country)


@cache
def _profile(hours: tuple[float, ...]) -> Floats:
    return np.concatenate([[0.0], np.cumsum(hours)]) / sum(hours)


def working_seconds(spots: Floats) -> Ints:
    """Seconds of the day at which people work: from nine, fewer at noon and towards evening."""
    return np.asarray(
        np.interp(spots, _profile(_HOURS), np.arange(9.0, 19.0)) * 3600, dtype=np.int64
    )


def any_seconds(spots: Floats) -> Ints:
    """Seconds of the day at which clients write and click."""
    return np.asarray(np.interp(spots, _profile(_ANY_HOUR), np.arange(25.0)) * 3600, dtype=np.int64)


def quarter_starts() -> list[date]:
    """First days of the quarters from the start to the one after the export."""
    return [date(year, month, 1) for year in (2024, 2025, 2026) for month in (1, 4, 7, 10)]
