from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from dq.clock import Clock, FixedClock
from dq.errors import DqError, LockedError, StoreError, UsageError
from dq.findings import Result, Severity
from dq.runs import Run, begin, find_run, latest, list_runs
from dq.runs.document import plain
from dq.tables import SourceFacts

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/schemas/run.schema.json").read_text(encoding="utf-8")
)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 1, 9, 30, tzinfo=UTC), timedelta(milliseconds=250))


def make(project: Path, clock: Clock, result: Result, text: str = "x") -> Run:
    with begin(project, clock) as writer:
        (writer.path / "findings.parquet").write_text(text, encoding="utf-8")
        return writer.finish(result)


def test_finished_run_is_latest_and_described(
    tmp_path: Path, clock: FixedClock, result: Result
) -> None:
    digest = "ab" * 32
    with begin(tmp_path, clock, "dq run --as-of 2026-02-28") as writer:
        (writer.path / "reports" / "revenue").mkdir(parents=True)
        (writer.path / "reports" / "revenue" / "итог.csv").write_bytes(b"1\n")
        writer.snapshot("deals", digest, 9, lambda path: path.write_bytes(b"rows"))
        assert latest(tmp_path) is None
        facts = SourceFacts(Path("x"), "csv", 77, "0" * 64, modified=1_767_225_600.0)
        run = writer.finish(
            result,
            parameters={
                "rules": {"C103": {"threshold": Decimal("0.60")}},
                "severity": Severity.INFO,
            },
            timings={"load": 0.1234567},
            sources={"deals": facts},
        )
    assert latest(tmp_path) == run
    assert run.path == tmp_path / ".dq" / "runs" / run.run_id
    jsonschema.validate(run.document, SCHEMA)
    document = json.loads((run.path / "run.json").read_text(encoding="utf-8"))
    assert document == run.document
    assert document["command"] == "dq run --as-of 2026-02-28"
    assert document["parameters"] == {"rules": {"C103": {"threshold": "0.60"}}, "severity": "info"}
    assert document["timings"] == {"load": 0.123}
    assert document["snapshots"] == {"deals": digest}
    assert document["as_of"] == {"date": "2026-02-28", "origin": "newest_event"}
    assert document["tables"][0]["money"] == "1234.5000"
    assert document["files"] == {
        "reports/revenue/итог.csv": {
            "size": 2,
            "sha256": "4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865",
        }
    }
    assert run.inputs["deals"]["modified"] == "2026-01-01T00:00:00.000000Z"
    assert run.inputs["deals"]["size"] == 77
    assert run.inputs["deals"]["notes"] == [
        {
            "code": "source.encoding_detected",
            "args": {"encoding": "cp1251"},
            "severity": "info",
            "file": "in/deals.csv",
            "setting": ["encoding", "cp1251"],
        }
    ]
    assert (run.outcome, run.started) == ("findings", datetime(2026, 3, 1, 9, 30, tzinfo=UTC))
    assert run.damaged() == ()


def test_runs_are_listed_and_found(tmp_path: Path, clock: FixedClock, result: Result) -> None:
    assert list_runs(tmp_path) == ()
    runs = tuple(make(tmp_path, clock, result) for _ in range(3))
    assert list_runs(tmp_path) == runs
    assert latest(tmp_path) == find_run(tmp_path, "latest") == runs[-1]
    assert find_run(tmp_path, runs[0].run_id) == runs[0]
    with pytest.raises(UsageError, match="Several runs begin with 2026"):
        find_run(tmp_path, "2026")
    with pytest.raises(UsageError, match="There is no run 1999"):
        find_run(tmp_path, "1999")


def test_block_that_fails_leaves_no_run(tmp_path: Path, clock: FixedClock, result: Result) -> None:
    before = make(tmp_path, clock, result)

    def fail() -> None:
        with begin(tmp_path, clock) as writer:
            (writer.path / "findings.parquet").write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert [p.name for p in (tmp_path / ".dq" / "runs").iterdir()] == [before.run_id]
    assert latest(tmp_path) == before
    assert make(tmp_path, clock, result) == latest(tmp_path)


def test_changed_or_missing_files_are_named(
    tmp_path: Path, clock: FixedClock, result: Result
) -> None:
    with begin(tmp_path, clock) as writer:
        for name in ("a", "b", "c"):
            (writer.path / name).write_text(name, encoding="utf-8")
        run = writer.finish(result)
    (run.path / "a").unlink()
    (run.path / "c").write_text("C", encoding="utf-8")
    assert run.damaged() == ("a", "c")


def _hold(project: str, ready: Callable[[], None], go_on: Callable[[float], bool]) -> None:
    with begin(Path(project), Clock(), "dq run --only checks"):
        ready()
        go_on(60)


def test_second_run_names_who_holds_the_project(
    tmp_path: Path, clock: FixedClock, result: Result
) -> None:
    context = multiprocessing.get_context("spawn")
    ready, go_on = context.Event(), context.Event()
    process = context.Process(target=_hold, args=(str(tmp_path), ready.set, go_on.wait))
    process.start()
    assert ready.wait(60)
    with pytest.raises(LockedError) as caught:
        begin(tmp_path, clock)
    go_on.set()
    process.join(60)
    text = str(caught.value)
    assert "is running dq run --only checks here since 20" in text
    assert f"(process {process.pid} on " in text
    assert text.endswith("Wait until it has finished, or stop that process.")
    assert make(tmp_path, clock, result) == latest(tmp_path)


def test_second_run_of_the_same_process_is_locked_too(tmp_path: Path, clock: FixedClock) -> None:
    with begin(tmp_path, clock), pytest.raises(LockedError):
        begin(tmp_path, clock)


def test_latest_that_names_nothing(tmp_path: Path, clock: FixedClock, result: Result) -> None:
    run = make(tmp_path, clock, result)
    (run.path / "run.json").unlink()
    with pytest.raises(StoreError, match=r"The latest run .* is not there\. Run dq run again"):
        latest(tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "The run cannot be read."),
        ("[]", "The run cannot be read."),
        ('{"run": 2}', "another version of dq"),
    ],
)
def test_run_that_cannot_be_read(
    tmp_path: Path, clock: FixedClock, result: Result, text: str, says: str
) -> None:
    run = make(tmp_path, clock, result)
    (run.path / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match=says):
        _ = run.document


def test_place_that_cannot_be_written(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / ".dq").write_text("a file", encoding="utf-8")
    with pytest.raises(DqError) as caught:
        begin(tmp_path, clock)
    assert caught.value.where is not None


def test_plain_values() -> None:
    value = {"n": float("nan"), "s": {"b", "a"}, "t": (1, Decimal("1.50")), "o": Path("x/y")}
    assert plain(value) == {"n": None, "s": ["a", "b"], "t": [1, "1.50"], "o": str(Path("x/y"))}


def test_result_with_nothing_known(tmp_path: Path, clock: FixedClock, result: Result) -> None:
    empty = replace(result, as_of=None, currency=None, inputs=(), tables=(), notes=(), totals={})
    jsonschema.validate(make(tmp_path, clock, empty).document, SCHEMA)
