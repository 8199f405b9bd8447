"""`dq run` killed at any moment: the run before stays whole and latest, the next succeeds."""

from __future__ import annotations

import getpass
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dq.files import sha256_file
from dq.runs import latest, list_runs
from tests.cli.calls import dq
from tests.exports.test_exports import write

ROOT = Path(__file__).parents[2]
KILLS = 50 if os.environ.get("DQ_PROFILE") == "full" else 4
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of 210 rows with one finished run."""
    folder = tmp_path_factory.mktemp("whole")
    write("bitrix24", folder)
    begun = dq("init", "--from", "DEAL_20240401.xls", cwd=folder)
    assert begun.code == 0, begun.err
    assert dq("run", cwd=folder).code == 1
    return folder


def _start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dq", "run"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DQ_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def _hashes(folder: Path) -> dict[str, str]:
    """Digests of all files of finished runs and kept snapshots."""
    kept = [run.path for run in list_runs(folder)]
    kept += [p for p in (folder / ".dq" / "snapshots").iterdir() if not p.name.startswith(".")]
    return {str(file): sha256_file(file) for each in kept for file in each.rglob("*")}


def _leftovers(folder: Path) -> list[str]:
    state = folder / ".dq"
    found = [*state.glob("*/.staging-*"), *state.glob("tmp/*"), *state.glob(".*")]
    return sorted(str(p.relative_to(folder)) for p in [*found, *folder.glob(".*.dq-tmp")])


@pytest.mark.timeout(1800)
def test_killed_at_any_moment(whole: Path) -> None:
    rng = random.Random(20260302)
    begun = time.monotonic()
    done = _start(whole)
    assert done.wait(300) == 1, done.communicate()
    done.communicate()
    length = time.monotonic() - begun
    struck = left = 0
    for number in range(KILLS):
        before, newest = _hashes(whole), latest(whole)
        # Half of the kills fall where a run writes findings and snapshots and becomes latest;
        # the last fifth of the time is the site's.
        share = rng.uniform(0, 1.02) if number % 2 else rng.uniform(0.4, 0.85)
        process = _start(whole)
        time.sleep(share * length)
        process.kill()
        process.communicate()
        struck += process.returncode == -signal.SIGKILL

        after = _hashes(whole)
        assert {name: after.get(name) for name in before} == before
        found = latest(whole)
        assert found is not None
        assert found == newest or str(found.path / "run.json") not in before
        for run in list_runs(whole)[-2:]:
            assert run.damaged() == ()
            for digest in run.snapshots.values():
                folder = whole / ".dq" / "snapshots" / digest
                assert {p.name for p in folder.iterdir()} >= {"_snapshot.json"}
        assert (whole / "dq-report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
        left += bool(_leftovers(whole))

        following = dq("run", cwd=whole)
        assert following.code == 1, following.err
        newer = latest(whole)
        assert newer is not None
        assert newer != found
        remains = [name for name in _leftovers(whole) if not name.endswith(".dq-tmp")]
        assert remains == []
    assert struck >= KILLS // 2
    assert left, "no kill struck a run at work"
    assert len([n for n in _leftovers(whole) if n.endswith(".dq-tmp")]) <= struck


def test_the_second_of_two_names_the_first(whole: Path) -> None:
    first = _start(whole)
    try:
        holder = _holder(whole / ".dq" / "lock")
        os.kill(first.pid, signal.SIGSTOP)
        second = _start(whole)
        out, err = second.communicate(timeout=120)
        assert second.returncode == 3
        assert out == ""
        for fact in (getpass.getuser(), socket.gethostname(), str(first.pid), holder["since"]):
            assert fact in err
        assert "is running dq run here since" in err
        assert err.rstrip().endswith("Wait until it has finished, or stop that process.")
        os.kill(first.pid, signal.SIGCONT)
        assert first.wait(300) == 1
    finally:
        first.kill()
        first.communicate()
    assert dq("run", cwd=whole).code == 1


def _holder(path: Path) -> dict[str, str]:
    """Who holds the lock, as soon as the file says so."""
    for _ in range(600):
        text = path.read_text(encoding="utf-8")
        if text:
            found: dict[str, str] = json.loads(text)
            return found
        time.sleep(0.05)
    raise AssertionError("the run never took its lock")


def test_what_writers_left_long_ago_goes(whole: Path) -> None:
    old, young, other = (
        whole / ".dq-report.html.0a0b0c0d.dq-tmp",
        whole / ".dq" / ".latest.0a0b0c0e.dq-tmp",
        whole / ".mine.tmp",
    )
    for path in (old, young, other):
        path.write_text("half", encoding="utf-8")
    day_ago = time.time() - 86_400
    os.utime(old, (day_ago, day_ago))
    os.utime(other, (day_ago, day_ago))
    assert dq("run", cwd=whole).code == 1
    assert not old.exists()
    assert young.exists()
    assert other.exists()
    young.unlink()
    other.unlink()
