"""Folders for work: gone when it is done, and some days later when it was killed."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import time
from pathlib import Path

import pytest

from dq.files import workspace


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def _left(base: Path, name: str, days: float) -> Path:
    folder = base / name
    (folder / "raw").mkdir(parents=True)
    (folder / "raw" / "deals.parquet").write_bytes(b"names and phones")
    moment = time.time() - 86_400 * days
    os.utime(folder, (moment, moment))
    return folder


def test_it_goes_with_the_work(base: Path) -> None:
    with workspace() as folder:
        (folder / "a.txt").write_text("a", encoding="utf-8")
        if sys.platform != "win32":
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert list(base.iterdir()) == [folder]
    assert list(base.iterdir()) == []
    with pytest.raises(ZeroDivisionError), workspace():
        1 / 0  # noqa: B018
    assert list(base.iterdir()) == []


def test_what_killed_work_left_goes_after_two_days(base: Path) -> None:
    old, young = _left(base, "dq-work-old", 3), _left(base, "dq-work-young", 1)
    others = _left(base, "dq-other", 30)
    (base / "dq-work-file").write_text("no folder", encoding="utf-8")
    if sys.platform != "win32":
        (base / "dq-work-link").symlink_to(others)
    with workspace():
        assert not old.exists()
        assert young.exists()
        assert (others / "raw" / "deals.parquet").exists()
        assert (base / "dq-work-file").exists()
