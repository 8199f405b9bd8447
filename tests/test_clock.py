from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from dq.clock import Clock, FixedClock, iso


def test_run_ids_sort_by_time_and_are_file_names() -> None:
    clock = Clock()
    ids = [clock.new_run_id() for _ in range(200)]
    assert ids == sorted(ids)
    assert len({run_id[:19] for run_id in ids}) == 200
    assert all(re.fullmatch(r"\d{8}T\d{9}Z-[0-9a-f]{6}", run_id) for run_id in ids)


def test_run_ids_ascend_when_the_machine_is_set_back() -> None:
    clock = FixedClock(datetime(2026, 3, 1, 9, 30, tzinfo=UTC), timedelta(hours=-1))
    assert [clock.new_run_id() for _ in range(2)] == [
        "20260301T093000000Z-000001",
        "20260301T093000001Z-000002",
    ]


def test_fixed_clock_steps() -> None:
    clock = FixedClock(datetime(2026, 3, 1, 9, 30), timedelta(seconds=2))
    assert clock.now() == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert clock.now() == datetime(2026, 3, 1, 9, 30, 2, tzinfo=UTC)
    before = clock.timer()
    assert clock.timer() - before == 2


def test_moments_are_written_in_utc() -> None:
    kyiv = datetime(2026, 3, 1, 11, 30, tzinfo=timezone(timedelta(hours=2)))
    assert iso(kyiv) == "2026-03-01T09:30:00.000000Z"
    assert datetime.fromisoformat(iso(kyiv)) == kyiv
    assert Clock().now().tzinfo is UTC
