"""The judges of families T, without an engine: rhythm of days, heaps of hours, beginnings."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.checks.rules.timing import t102_beyond, t104_stuck, t105_gap
from dq.checks.rules.timing.days import Days, Stretch
from dq.checks.rules.timing.hours import OTHER, QUARTER, Heap, Slot, heaps
from dq.config import Calendar

MONDAY = date(2026, 3, 2)
PARAMS = t105_gap.RULE.params


def every(step: int, days: int, count: int = 5) -> dict[date, int]:
    return {MONDAY + timedelta(days=n): count for n in range(0, days, step)}


def weekdays(weeks: int, count: int = 5) -> dict[date, int]:
    return {day: n for day, n in every(1, 7 * weeks, count).items() if day.isoweekday() < 6}


def known(counts: dict[date, int], calendar: Calendar | None = None) -> Days:
    return Days(counts, calendar or Calendar(), max(counts))


def test_weekends_are_no_days_of_a_table_that_rests() -> None:
    days = known(weekdays(8))
    saturday = MONDAY + timedelta(days=5)
    assert days.working(MONDAY, saturday + timedelta(days=1)) == 5
    assert not days.counts_on(saturday)
    assert {s.length for s in days.stretches()} == {0}
    assert days.usual() == 0


def test_a_free_day_that_is_declared_does_not_count() -> None:
    off = MONDAY + timedelta(days=8)
    counts = {d: n for d, n in weekdays(8).items() if d != off}
    assert max(s.length for s in known(counts).stretches()) == 1
    declared = known(counts, Calendar(days_off=(off,)))
    assert max(s.length for s in declared.stretches()) == 0


def test_pace_forgets_the_import() -> None:
    counts = weekdays(8)
    counts[MONDAY + timedelta(days=7)] = 5_000
    days = known(counts)
    assert days.pace(MONDAY, max(counts)) == 5.0
    assert days.pace(MONDAY, MONDAY + timedelta(days=4)) == 0.0  # too few days to tell


def test_the_same_weeks_of_other_years() -> None:
    counts = {}
    for year in (2023, 2024, 2025):
        day = date(year, 1, 1)
        while day.year == year:
            if not (day.month == 8 and day.day <= 21):
                counts[day] = 3
            day += timedelta(days=1)
    days = known(counts)
    assert days.in_season(Stretch(date(2024, 8, 1), date(2024, 8, 21), 21))
    assert not days.in_season(Stretch(date(2024, 5, 1), date(2024, 5, 21), 21))


@given(
    st.dictionaries(
        st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.integers(1, 500), min_size=1, max_size=60
    )
)
def test_stretches_and_records_fill_the_time(counts: dict[date, int]) -> None:
    days = known(counts)
    first, last = min(counts), max(counts)
    length = sum(s.length for s in days.stretches())
    active = sum(days.counts_on(d) for d in counts)
    assert length + active == days.working(first, last)
    assert 0 <= days.records(first, last) <= sum(counts.values())
    assert days.usual() <= days.usual(1.0)


def slots(**hours: tuple[int, int]) -> list[Slot]:
    named = {"quarter": QUARTER, "other": OTHER}
    return [Slot(named[h] if h in named else int(h[1:]), n, d) for h, (n, d) in hours.items()]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (slots(h21=(150, 108), other=(300, 120)), [Heap("east", "21:00", "UTC+3", 150)]),
        (
            slots(h22=(60, 54), h21=(60, 54), other=(400, 160)),
            [Heap("east", "21:00, 22:00", "UTC+3, UTC+2", 120)],
        ),
        (
            slots(h2=(20, 19), h3=(41, 38), other=(781, 250)),
            [Heap("west", "02:00, 03:00", "UTC−2, UTC−3", 61)],
        ),
        (slots(h0=(200, 100), other=(200, 100)), [Heap("days", "00:00", "", 200)]),
        (slots(h12=(90, 80), other=(400, 100)), [Heap("noon", "12:00", "", 90)]),
        (slots(h0=(995, 300), other=(5, 5)), []),  # a column of days, all but a few
        (slots(h21=(500, 200)), [Heap("east", "21:00", "UTC+3", 500)]),  # a whole column
        (
            slots(h0=(200, 90), h21=(190, 90), other=(600, 120)),
            [Heap("days", "00:00", "", 200), Heap("east", "21:00", "UTC+3", 190)],
        ),
        (slots(h10=(300, 6), other=(200, 160)), []),  # letters of a machine
        (slots(h10=(900, 18), other=(200, 160)), []),
        (slots(h6=(5_000, 1), other=(800, 200)), []),  # one import
        (slots(h9=(36, 30), h10=(40, 30), h11=(38, 30), h14=(36, 30), h15=(36, 30), h16=(36, 30),
               quarter=(100, 90)), []),  # a calendar
        (slots(h10=(60, 50), h15=(50, 50), quarter=(90, 60), other=(300, 200)), []),
        (slots(h21=(60, 50), quarter=(90, 60), other=(300, 200)),
         [Heap("east", "21:00", "UTC+3", 60)]),
        (slots(h21=(15, 15), other=(300, 100)), []),  # too few
        (slots(h21=(60, 55), other=(9_000, 300)), []),  # too small a share
        ([], []),
    ],
)  # fmt: skip
def test_heaps(given: list[Slot], found: list[Heap]) -> None:
    assert heaps(given, PARAMS) == found


def test_a_meeting_every_morning_is_planned() -> None:
    given = slots(h10=(250, 240), other=(5_000, 250))
    assert heaps(given, PARAMS, planned=True) == []
    assert [h.hours for h in heaps(given, PARAMS)] == ["10:00"]


def years(**counts: int) -> list[t102_beyond._Year]:
    return [
        t102_beyond._Year(n, date(int(y[1:]), 3, 1), date(int(y[1:]), 10, 1))
        for y, n in counts.items()
    ]


@pytest.mark.parametrize(
    ("given", "begun"),
    [
        (years(y2014=1, y2024=200, y2025=200), date(2024, 3, 1)),
        (years(y2004=1, y2014=1, y2024=200, y2025=200), date(2024, 3, 1)),
        (years(y2010=180, y2024=200, y2025=200), None),  # an archive
        (years(y2022=1, y2024=200, y2025=200), None),  # no long gap
        (years(y2005=1, y2010=100, y2015=100, y2020=100, y2025=100), None),  # a long life
        (years(y2014=1, y2024=12), None),  # too few to tell
        (years(y2024=200), None),
        ([], None),
    ],
)
def test_beginnings(given: list[t102_beyond._Year], begun: date | None) -> None:
    assert t102_beyond._beginning(given, t102_beyond.RULE.params) == begun


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 50)), min_size=1, max_size=50))
def test_quantiles_of_counted_days(some: list[tuple[int, int]]) -> None:
    spread = sorted(some)
    flat = sorted(days for days, n in some for _ in range(n))
    total = len(flat)
    for share in (0.25, 0.5, 0.75, 1.0):
        found = t104_stuck._quantile(spread, total, share)
        assert sum(d <= found for d in flat) >= share * total
        assert sum(d < found for d in flat) < share * total
