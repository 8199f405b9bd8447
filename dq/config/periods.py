"""Periods as people write them: 2026, 2026-Q2, 2026-06, 2026-W23, 2026-04-01..2026-06-30."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["Period", "parse_period"]

_FORM = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<q>[1-4])|W(?P<w>\d{2})|(?P<m>\d{2})))?", re.ASCII)


@dataclass(frozen=True)
class Period:
    """Days from `start` on, `end` no longer among them. `text` is how it was written."""

    text: str
    start: date
    end: date


def parse_period(text: str) -> Period | None:
    """The period that a text names (years, quarters and weeks of the calendar), or None."""
    written = text.strip()
    first, dots, last = written.partition("..")
    try:
        if dots:
            start, end = date.fromisoformat(first), date.fromisoformat(last)
            return Period(written, start, end + timedelta(days=1)) if start <= end else None
        found = _FORM.fullmatch(written)
        return Period(written, *_days(found)) if found else None
    except (ValueError, OverflowError):
        return None


def _days(found: re.Match[str]) -> tuple[date, date]:
    year = int(found["year"])
    if found["w"]:
        monday = date.fromisocalendar(year, int(found["w"]), 1)
        return monday, monday + timedelta(days=7)
    if found["q"]:
        month = 3 * int(found["q"]) - 2
        return date(year, month, 1), _month_after(year, month + 2)
    if found["m"]:
        return date(year, int(found["m"]), 1), _month_after(year, int(found["m"]))
    return date(year, 1, 1), date(year + 1, 1, 1)


def _month_after(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)
