"""Appending killed at any moment: what was acknowledged is there, and the ledger verifies."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dq.clock import Clock
from dq.store import open_store

ROOT = Path(__file__).parents[2]
KILLS = 100 if os.environ.get("DQ_PROFILE") == "full" else 6
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

# Says each decision, or batch of ten, only after it is durable.
APPEND = """
import sys
from pathlib import Path
from dq.clock import Clock
from dq.store import Actor, open_store
from dq.store.signing import Signer

actor = Actor("Ann Lee", "host-1", "ann", Signer.new())
with open_store(Path(sys.argv[1]), Clock()) as store:
    number = 0
    while True:
        with store.batch():
            for _ in range(10 if number % 3 else 1):
                number += 1
                with store.decide(actor, "test", f"{sys.argv[2]}/{number}", "test") as tx:
                    tx.set(sys.argv[2], number)
        print(number, flush=True)
"""


@pytest.mark.timeout(1200)
def test_killed_at_any_moment(tmp_path: Path) -> None:
    rng = random.Random(20260304)
    for kill in range(KILLS):
        run = f"run{kill}"
        process = subprocess.Popen(
            [sys.executable, "-c", APPEND, str(tmp_path), run],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        assert process.stdout is not None
        process.stdout.readline()  # at work
        time.sleep(rng.uniform(0, 0.15))
        process.kill()
        said, errors = process.communicate()
        assert process.returncode == -signal.SIGKILL, errors
        whole = [line for line in said.split("\n")[:-1] if line]
        acknowledged = int(whole[-1]) if whole else 1
        with open_store(tmp_path, Clock()) as store:
            found = store.verify()
            assert (found.problems, found.standings["false"]) == ((), 0)
            mine = [e.object for e in store.entries() if e.object.startswith(f"{run}/")]
            assert mine == [f"{run}/{n + 1}" for n in range(len(mine))]
            assert acknowledged <= len(mine) <= acknowledged + 10
            assert store.setting(run) == len(mine)
