"""Records by day: which days count for a table, and the stretches without a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rules.helpers import number, rows
from dq.config import Calendar
from dq.sql import portable as f

__all__ = ["MAIN_DATES", "Days", "Stretch", "around", "days_of", "main_date"]

MAIN_DATES: Mapping[str, tuple[str, ...]] = {
    "accounts": ("created_at",),
    "contacts": ("created_at",),
    "leads": ("created_at",),
    "deals": ("created_at",),
    "stage_history": ("changed_at",),
    "activities": ("started_at", "logged_at"),
    "tasks": ("created_at",),
    "requests": ("created_at",),
    "touches": ("touched_at",),
    "invoices": ("issued_at",),
    "payments": ("paid_at",),
    "documents": ("sent_at",),
    "tickets": ("opened_at",),
    "expenses": ("spent_at",),
    "audit_log": ("happened_at",),
}
"""The date by which a table's records come in."""

MOST_DAYS = 40_000
IDLE_WEEKDAY = 0.1
"""A day of the week with less than this share of the busiest one's records is a free one."""

QUIET_TURN = ((12, 24), (12, 25), (12, 26), (12, 31), *((1, day) for day in range(1, 9)))
"""Days on which hardly anybody works anywhere, whatever the calendar says."""


@dataclass(frozen=True)
class Stretch:
    """Days without a record from `first` to `last`; `length` counts the working ones."""

    first: date
    last: date
    length: int


class Days:
    """Records of a table by day (`counts`), none of them 0, and the days that count.

    A day counts when the table usually has records on that day of the week and it is no
    holiday.
    """

    def __init__(self, counts: Mapping[date, int], calendar: Calendar, until: date) -> None:
        self.active = sorted(counts)
        self.counts = counts
        self._calendar = calendar
        self._usual = self._weekdays()
        # Sums over all days from the first to `until`, for quick counting.
        self._start = self.active[0]
        self._working = [0]
        self._records = [0]
        cap = sorted(counts.values())[int(0.9 * (len(counts) - 1))]
        for place in range((max(until, self.active[-1]) - self._start).days + 1):
            day = self._start + timedelta(days=place)
            self._working.append(self._working[-1] + self.counts_on(day))
            # A day of an import weighs no more than a busy one.
            self._records.append(self._records[-1] + min(counts.get(day, 0), cap))

    def _weekdays(self) -> frozenset[int]:
        by_weekday = dict.fromkeys(range(1, 8), 0)
        for day in self.active:
            by_weekday[day.isoweekday()] += 1
        least = IDLE_WEEKDAY * max(by_weekday.values())
        return frozenset(w for w, n in by_weekday.items() if n > least)

    def counts_on(self, day: date) -> bool:
        """Whether records are to be expected on a day."""
        return (
            day.isoweekday() in self._usual
            and (day.month, day.day) not in QUIET_TURN
            and not self._calendar.day_off(day)
        )

    def working(self, first: date, last: date) -> int:
        """Days that count from `first` to `last`, within the days known."""
        return self._sum(self._working, first, last)

    def records(self, first: date, last: date) -> int:
        """Records from `first` to `last`; those of an unusually busy day weigh less."""
        return self._sum(self._records, first, last)

    def _sum(self, sums: list[int], first: date, last: date) -> int:
        low = max((first - self._start).days, 0)
        high = min((last - self._start).days + 1, len(sums) - 1)
        return sums[high] - sums[low] if low < high else 0

    def pace(self, first: date, last: date, least: int = 10) -> float:
        """Records a working day between two days; 0 where too few days tell."""
        days = self.working(max(first, self._start), min(last, self.active[-1]))
        return self.records(first, last) / days if days >= least else 0.0

    def idle(self, first: date, last: date) -> float:
        """Share of the counting days between two days that have no record."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        counted = [d for d in days if self.counts_on(d)]
        empty = sum(d not in self.counts for d in counted)
        return empty / len(counted) if counted else 0.0

    def known(self, first: date, last: date) -> bool:
        """Whether a stretch lies between the first record and the last."""
        return self._start <= first and last <= self.active[-1]

    def stretches(self) -> Iterator[Stretch]:
        """Between each record day and the next: the days without a record (length may be 0)."""
        for before, after in pairwise(self.active):
            first, last = before + timedelta(days=1), after - timedelta(days=1)
            length = self.working(first, last) if first <= last else 0
            yield Stretch(first, last, length)

    def usual(self, share: float = 0.95) -> int:
        """The length that so many of the stretches do not exceed."""
        lengths = sorted(s.length for s in self.stretches())
        return lengths[min(int(share * len(lengths)), len(lengths) - 1)] if lengths else 0

    def in_season(self, stretch: Stretch) -> bool:
        """Whether the same weeks were empty in at least half of the other years, too."""
        seen = empty = 0
        for years in range(-10, 11):
            shift = timedelta(days=round(365.25 * years))
            first, last = stretch.first + shift, stretch.last + shift
            if years == 0 or not self.known(first, last):
                continue
            seen += 1
            weeks = (timedelta(days=n) for n in (-7, 0, 7))
            empty += any(self.idle(first + w, last + w) >= 0.7 for w in weeks)
        return seen > 0 and 2 * empty >= seen


def main_date(context: RuleContext, table: str) -> str | None:
    """The mapped date by which a table's records come in."""
    names = MAIN_DATES.get(table, ())
    return next((c for c in names if context.filled(table, c)), None) or next(
        (c for c in names if context.has(table, c)), None
    )


def days_of(context: RuleContext, table: str, column: str) -> dict[date, int]:
    """Live records by day, up to today; days before 1970 are slips (T102) and no rhythm."""
    day = f.date_of(f.col(column))
    inside = f.all_of(day > f.lit(date(1970, 1, 1)), day <= f.lit(context.as_of.date()))
    found = rows(
        context,
        exp.select(f.alias(day, "day"), f.alias(f.count(), "n"))
        .from_(f.table(f"crm.{table}"))
        .where(inside)
        .group_by(day.copy())
        .order_by(exp.column("day", quoted=True).desc())
        .limit(MOST_DAYS),
    )
    counts = {}
    for row in found:
        moment = row["day"]
        if isinstance(moment, date):
            known = moment.date() if isinstance(moment, datetime) else moment
            counts[known] = number(row["n"])
    return counts


def around(days: Days, stretch: Stretch, span: int) -> tuple[float, float]:
    """Records a working day in so many days before a stretch, and after it."""
    before = days.pace(stretch.first - timedelta(days=span), stretch.first - timedelta(days=1))
    after = days.pace(stretch.last + timedelta(days=1), stretch.last + timedelta(days=span))
    return before, after
