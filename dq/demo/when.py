"""Days and hours on which things happen: working days, seasons, growth, free hours of a person."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from datetime import date, datetime, time, timedelta
from itertools import accumulate

__all__ = ["END", "START", "Diary", "at_work", "is_workday", "later", "workday"]

START = date(2024, 1, 1)
END = datetime(2026, 9, 30, 18, 0)
"""The moment of the export: nothing has happened after it."""

_SEASON = (0.66, 0.92, 1.06, 1.04, 0.94, 0.98, 0.82, 0.76, 1.06, 1.12, 1.18, 1.14)
_HOLIDAYS = frozenset({(1, day) for day in range(1, 8)} | {(3, 8), (5, 1), (12, 25)})
_FIRST = date(2022, 1, 3)


def is_workday(day: date) -> bool:
    """Monday to Friday, save for a few holidays that all departments share."""
    return day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS


_DAYS = [
    day
    for day in (_FIRST + timedelta(days=n) for n in range((END.date() - _FIRST).days + 1))
    if is_workday(day)
]
_WEIGHTS = list(
    accumulate(_SEASON[day.month - 1] * (1 + 0.22 * (day.year - 2024)) for day in _DAYS)
)


def workday(rng: random.Random, first: date, last: date) -> date:
    """A working day in [first, last], more likely in the busy months and the later years."""
    low = bisect_left(_DAYS, first)
    high = bisect_right(_DAYS, last) - 1
    if high <= low:
        return _DAYS[min(low, len(_DAYS) - 1)]
    base = _WEIGHTS[low - 1] if low else 0.0
    spot = base + rng.random() * (_WEIGHTS[high] - base)
    return _DAYS[min(bisect_left(_WEIGHTS, spot), high)]


def at_work(rng: random.Random, day: date) -> datetime:
    """A moment of the working day, to the second."""
    seconds = int(rng.triangular(9 * 3600 + 60, 18 * 3600 - 900, 11 * 3600))
    return datetime.combine(day, time()) + timedelta(seconds=seconds)


def later(rng: random.Random, moment: datetime, days: float) -> datetime:
    """A working moment about `days` days after another, and never before it."""
    day = moment.date() + timedelta(days=round(days))
    while not is_workday(day):
        day += timedelta(days=1)
    found = at_work(rng, day)
    if found <= moment:
        found = moment + timedelta(minutes=rng.randint(3, 40), seconds=rng.randint(1, 59))
    return found


class Diary:
    """Keeps a person's calls and meetings from overlapping."""

    def __init__(self) -> None:
        self._taken: set[tuple[str, int]] = set()

    def book(self, person: str, wanted: datetime, seconds: int) -> datetime:
        """The first moment at or after the wanted one at which the person is free."""
        slot = int((wanted - datetime(2020, 1, 1)).total_seconds()) // 900
        length = seconds // 900 + 2
        shift = 0
        while any((person, slot + shift + n) in self._taken for n in range(length)):
            shift += 1
        self._taken.update((person, slot + shift + n) for n in range(length))
        return wanted + timedelta(seconds=900 * shift)
