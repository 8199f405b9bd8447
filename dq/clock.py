"""Time and identifiers, injected so that a run can be repeated exactly."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime, timedelta

__all__ = ["Clock", "FixedClock", "iso"]


class Clock:
    """The machine's time, in UTC, and random identifiers."""

    def __init__(self) -> None:
        self._last_id = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """The moment, with zone UTC."""
        return datetime.now(UTC)

    def timer(self) -> float:
        """Seconds of a counter that never goes back; only differences mean anything."""
        return time.perf_counter()

    def token(self) -> str:
        """Six random hexadecimal digits."""
        return secrets.token_hex(3)

    def new_run_id(self) -> str:
        """An id that sorts by time, is a safe file name and differs between processes.

        Two ids of one clock always ascend, even when the machine's time was set back.
        """
        self._last_id = max(self.now(), self._last_id + timedelta(milliseconds=1))
        stamp = self._last_id.strftime("%Y%m%dT%H%M%S")
        return f"{stamp}{self._last_id.microsecond // 1000:03d}Z-{self.token()}"


class FixedClock(Clock):
    """A clock that stands at `start` and moves by `step` at each look; for tests and samples."""

    def __init__(self, start: datetime, step: timedelta = timedelta()) -> None:
        super().__init__()
        self._now = start.astimezone(UTC) if start.tzinfo else start.replace(tzinfo=UTC)
        self._step = step
        self._tokens = 0

    def now(self) -> datetime:
        """The moment, then one step on."""
        moment = self._now
        self._now += self._step
        return moment

    def timer(self) -> float:
        """Seconds since 1970 of `now`."""
        return self.now().timestamp()

    def token(self) -> str:
        """Six digits that count: 000001, 000002 and so on."""
        self._tokens += 1
        return f"{self._tokens:06x}"


def iso(moment: datetime) -> str:
    """A moment as UTC text that sorts by time: 2026-01-31T09:30:00.123456Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
