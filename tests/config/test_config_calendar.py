"""Periods as people write them, and which days are worked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dq.config import Calendar, Period, parse_period
from dq.config.holidays import COUNTRIES, is_holiday


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2025", date(2025, 1, 1), date(2026, 1, 1)),
        ("2026-Q2", date(2026, 4, 1), date(2026, 7, 1)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2024-02", date(2024, 2, 1), date(2024, 3, 1)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 5)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 4)),
        ("2026-04-01..2026-04-01", date(2026, 4, 1), date(2026, 4, 2)),
        (" 2026-Q1 ", date(2026, 1, 1), date(2026, 4, 1)),
    ],
)
def test_periods(text: str, start: date, end: date) -> None:
    assert parse_period(text) == Period(text.strip(), start, end)


@pytest.mark.parametrize(
    "text",
    ["", "26", "2026-Q5", "2026-Q", "2026-13", "2026-00", "2026-W00", "2025-W53", "2026-02-30",
     "2026-04-02..2026-04-01", "2026-04-01..", "..2026-04-01", "9999", "last month", "٢٠٢٦"],
)  # fmt: skip
def test_what_is_no_period(text: str) -> None:
    assert parse_period(text) is None


def test_holidays_by_year() -> None:
    assert is_holiday(date(2026, 1, 8), "RU")
    assert not is_holiday(date(2026, 1, 9), "RU")
    assert not is_holiday(date(2026, 1, 8), "UA")
    easter = {2024: date(2024, 5, 5), 2025: date(2025, 4, 20), 2026: date(2026, 4, 12)}
    for year, sunday in easter.items():
        days = (date(year, 3, 20) + timedelta(days=n) for n in range(60))
        moving = [d for d in days if is_holiday(d, "UA") and (d.month, d.day) not in ((5, 1),)]
        assert sunday in moving
        assert sunday + timedelta(days=1) in moving
        assert is_holiday(sunday + timedelta(days=9), "BY")
    assert all(is_holiday(date(2027, 1, 1), country) for country in COUNTRIES)


def test_working_days() -> None:
    calendar = Calendar(
        holidays="RU", days_off=(date(2026, 1, 9),), days_on=(date(2026, 2, 14), date(2026, 1, 8))
    )
    assert [d for d in range(5, 13) if calendar.works(date(2026, 1, d))] == [8, 12]
    assert calendar.works(date(2026, 2, 14))  # a Saturday
    assert not calendar.works(date(2026, 2, 15))
    assert not calendar.day_off(date(2026, 2, 15))  # free by the week alone
