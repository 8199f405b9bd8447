"""The parts of a run on the benchmark's files, each measured in a process of its own.

`python -m benchmarks.parts FOLDER PART` prints one JSON line: seconds (wall and CPU), peak memory
in MiB and what the part counted. Parts: `peer` (DuckDB alone: read_csv of the same files into
tables, and a scan of every cell of the CSV) and `dq` (raw, load, profile, all rules; then
DuckDB's scan of every cell of the typed tables).
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

__all__ = ["main"]

THREADS = 2
MEMORY = "3GB"
NOW = datetime(2026, 11, 1)


class Watch:
    """Seconds of wall clock and of CPU by part."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        begun, cpu = time.perf_counter(), time.process_time()
        yield
        self.add(name, time.perf_counter() - begun, time.process_time() - cpu)

    def add(self, name: str, wall: float, cpu: float) -> None:
        self.wall[name] = self.wall.get(name, 0.0) + wall
        self.cpu[name] = self.cpu.get(name, 0.0) + cpu


def peer(folder: Path, watch: Watch) -> dict[str, object]:
    """DuckDB alone: every file into a table, types sniffed."""
    import duckdb

    rows = 0
    with duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY}) as connection:
        with watch.part("read_csv"):
            for path in sorted(folder.glob("*.csv")):
                connection.execute(
                    f'CREATE TABLE "{path.stem}" AS SELECT * FROM read_csv(?)', [str(path)]
                )
        with watch.part("csv_scan"):
            for path in sorted(folder.glob("*.csv")):
                connection.execute(
                    "SELECT bit_xor(hash(COLUMNS(*))) FROM read_csv(?, all_varchar = true)",
                    [str(path)],
                ).fetchall()
        for path in folder.glob("*.csv"):
            rows += connection.table(path.stem).aggregate("count(*)").fetchall()[0][0]
    return {"rows": rows}


def dq(folder: Path, watch: Watch) -> dict[str, object]:
    """dq: raw, typed, the cells that do not convert; profile and all rules; the scan of it."""
    from dq.assess import AssessmentSettings, assess
    from dq.checks.rules import RULES
    from dq.crm.recognise import recognise
    from dq.engines import open_engine
    from dq.intake import read_all

    with tempfile.TemporaryDirectory(prefix="dq-bench-") as work:
        files = [(p, None) for p in sorted(folder.glob("*.csv"))]
        with watch.part("raw"):
            intake = read_all(files, Path(work) / "raw", lenient=False)
        with watch.part("recognise"):
            found = recognise(intake.raws)
        engine = open_engine("duckdb", Path(work) / "engine", memory=MEMORY, threads=THREADS)
        told = _Told(watch)
        settings = AssessmentSettings(now=NOW)
        done = assess(engine, intake.raws, found.mapping, settings, progress=told)
        told.stop()
        with watch.part("scan"):
            _scan(engine)
        judged = {o.code for o in done.result.outcomes if o.outcome.value in ("passed", "failed")}
        engine.close()
    return {
        "rows": sum(i.rows_read for i in done.result.inputs),
        "rules": len(RULES),
        "rules_judged": len(judged),
        "groups": len(done.result.groups),
        "findings": sum(done.result.totals.values()),
    }


class _Told:
    """Takes the parts of an assessment from its words of progress."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._part = ""
        self._since = (0.0, 0.0)

    def __call__(self, part: str, _: str) -> None:
        if part != self._part:
            self.stop()
            self._part, self._since = part, (time.perf_counter(), time.process_time())

    def stop(self) -> None:
        if self._part:
            wall, cpu = self._since
            self._watch.add(self._part, time.perf_counter() - wall, time.process_time() - cpu)


def _scan(engine: object) -> None:
    """Every cell of the typed tables, by DuckDB alone."""
    connection = engine._connection  # type: ignore[attr-defined]
    for name in engine.tables():  # type: ignore[attr-defined]
        if name.startswith("work.typed_"):
            table = name.partition(".")[2]
            connection.execute(f'SELECT bit_xor(hash(COLUMNS(*))) FROM work."{table}"').fetchall()


PARTS = {"peer": peer, "dq": dq}


def main(folder: str, part: str) -> None:
    """Run one part and print what it took."""
    watch = Watch()
    counted = PARTS[part](Path(folder), watch)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {"part": part, "wall": watch.wall, "cpu": watch.cpu, "peak_mib": round(peak), **counted}
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
