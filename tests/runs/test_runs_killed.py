"""A run killed at any moment: the previous run stays whole and latest, the next one succeeds."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dq.clock import Clock
from dq.findings import Result
from dq.runs import begin, latest, list_runs

KILLS = 60 if os.environ.get("DQ_PROFILE") == "full" else 12

WORK = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from dq.clock import Clock
from dq.findings import Result
from dq.runs import begin

result = Result("clean", 0, None, "today", datetime.now(UTC), 0.0, (), (), (), ())
project = Path(sys.argv[1])
print("ready", flush=True)
number = 0
while True:
    number += 1
    with begin(project, Clock(), "dq run") as writer:
        for part in range(5):
            (writer.path / f"part{part}.parquet").write_bytes(bytes([number % 256]) * 50_000)
        digest = f"{number % 7:064x}"
        writer.snapshot("deals", digest, 1, lambda path: path.write_bytes(b"rows" * 1000))
        writer.finish(result)
"""


def test_killed_run_is_never_latest(tmp_path: Path, result: Result) -> None:
    rng = random.Random(20260301)
    seen: set[str] = set()
    leftovers = 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", WORK, str(tmp_path)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"ready"
        time.sleep(rng.uniform(0, 0.06))
        process.kill()
        process.wait(60)
        process.stdout.close()

        newest = latest(tmp_path)
        runs = list_runs(tmp_path)
        for run in runs[-2:]:
            assert run.damaged() == ()
            assert len(run.document["files"]) == 5
        assert newest is None or newest in runs[-2:]
        leftovers += len(list((tmp_path / ".dq").glob("*/.staging-*")))
        seen.update(run.run_id for run in runs)

        with begin(tmp_path, Clock()) as writer:
            assert list((tmp_path / ".dq").glob("*/.staging-*")) == [writer.path]
            for part in range(5):
                (writer.path / f"part{part}.parquet").write_bytes(b"after")
            after = writer.finish(result)
        assert latest(tmp_path) == after
    assert leftovers, "no kill struck a run at work"
    assert {run.run_id for run in list_runs(tmp_path)} > seen


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL of its own")
def test_lock_of_a_killed_process_is_free_and_named(tmp_path: Path) -> None:
    script = (
        "import sys, os, signal; from pathlib import Path; from dq.clock import Clock;"
        "from dq.runs import begin; begin(Path(sys.argv[1]), Clock(), 'dq run');"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)])
    assert process.wait(60) == -9
    with begin(tmp_path, Clock()) as writer:
        abandoned = writer.abandoned
        assert abandoned is not None
        assert (abandoned.pid, abandoned.doing) == (process.pid, "dq run")
