from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dq.clock import FixedClock
from dq.store import Actor, Store, open_store

STEWARD = Actor("steward@acme.example", "host-1", "ann")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 1, 9, 30, tzinfo=UTC), timedelta(seconds=1))


@pytest.fixture(autouse=True)
def keys(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of keys of this test alone."""
    folder = tmp_path_factory.mktemp("keys")
    monkeypatch.setenv("DQ_KEYS", str(folder))
    return folder


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    with open_store(tmp_path, clock) as opened:
        yield opened
