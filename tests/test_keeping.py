"""A certified period, through real runs of a project: what changed since, and since when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dq.clock import Clock, FixedClock
from dq.config import parse_period
from dq.keeping import certified_periods
from dq.project import Project
from dq.runs import latest, list_runs

HEADER = "id;name;owner;stage;status;amount;created at;closed at\n"
JUNE = {
    "D1": "D1;Alpha;U1;won;won;1200;2026-03-02;2026-04-10",
    "D2": "D2;Beta;U1;won;won;900;2026-03-02;2026-05-12",
    "D3": "D3;Gamma;U2;won;won;700;2026-03-02;2026-06-30",
    "D4": "D4;Delta;U2;open;open;500;2026-06-20;",
}
CLOSED = "calendar:\n  closed: {deals.closed_at: 2026-Q2}\n"


def _on(day: int) -> Clock:
    return FixedClock(datetime(2026, 7, day, 9, 0, tzinfo=UTC))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dq.yaml").write_text(
        "dq: 1\nsources:\n  deals: {path: deals.csv}\n", encoding="utf-8"
    )
    return tmp_path


def close(folder: Path, text: str = CLOSED) -> None:
    plain = "dq: 1\nsources:\n  deals: {path: deals.csv}\n"
    (folder / "dq.yaml").write_text(plain + text, encoding="utf-8")


def run(folder: Path, deals: Mapping[str, str], day: int) -> list[tuple[object, ...]]:
    """Key, column, old and new value of what T107 found in a run on that day of July."""
    (folder / "deals.csv").write_text(HEADER + "\n".join(deals.values()) + "\n", encoding="utf-8")
    result = Project(folder, clock=_on(day)).run()
    assert result.findings_path is not None
    rows = pq.read_table(result.findings_path).to_pylist()
    found = []
    for row in rows:
        if row["code"] == "T107":
            args = json.loads(row["args"])
            found.append((row["key"], row["column"], args.get("old"), args.get("new")))
    return sorted(found, key=str)


def outcomes(folder: Path) -> set[str]:
    (folder / "deals.csv").write_text(HEADER + "\n".join(JUNE.values()) + "\n", encoding="utf-8")
    result = Project(folder, clock=_on(20)).check()
    return {o.outcome.value for o in result.outcomes if o.code == "T107"}


def test_what_changed_since_the_run_that_was_certified(folder: Path) -> None:
    assert run(folder, JUNE, 2) == []
    close(folder)
    changed = {
        "D1": JUNE["D1"],
        "D2": JUNE["D2"].replace("900", "9900"),
        "D4": JUNE["D4"].replace("open;open", "won;won") + "2026-07-10",
        "D5": "D5;Late;U1;won;won;300;2026-06-01;2026-06-29",
    }
    expected = [
        ("D2", "amount", "900", "9900"),
        ("D3", None, None, None),
        ("D5", None, None, None),
    ]
    assert run(folder, changed, 12) == expected
    # The certified state stays the measure, however many runs there are in between.
    assert run(folder, changed, 13) == expected
    assert run(folder, JUNE, 14) == []
    first, *_ = list_runs(folder)
    newest = latest(folder)
    assert newest is not None
    assert newest.document["parameters"]["certified"] == {
        "deals.closed_at": {"2026-Q2": first.run_id}
    }


def test_a_period_begins_anew_when_it_was_open_for_one_run(folder: Path) -> None:
    run(folder, JUNE, 2)
    close(folder)
    changed = JUNE | {"D2": JUNE["D2"].replace("900", "950")}
    assert run(folder, changed, 12) == [("D2", "amount", "900", "950")]
    close(folder, "")
    assert run(folder, changed, 13) == []
    close(folder)
    assert run(folder, changed, 14) == []
    again = JUNE | {"D2": JUNE["D2"].replace("900", "960")}
    assert run(folder, again, 15) == [("D2", "amount", "950", "960")]


def test_the_first_run_of_a_closed_period_has_nothing_to_compare(folder: Path) -> None:
    close(folder)
    assert outcomes(folder) == {"not_applicable"}
    assert run(folder, JUNE, 2) == []
    changed = JUNE | {"D1": JUNE["D1"].replace("1200", "1300")}
    assert run(folder, changed, 3) == [("D1", "amount", "1200", "1300")]
    assert run(folder, changed, 4) == [("D1", "amount", "1200", "1300")]


def test_a_run_in_the_middle_of_the_period_certifies_nothing(folder: Path) -> None:
    half = {key: JUNE[key] for key in ("D1", "D2")}
    run(folder, half, 2)  # The data end on 12 May.
    close(folder)
    assert run(folder, JUNE, 3) == []
    changed = JUNE | {"D3": JUNE["D3"].replace("700", "70")}
    assert run(folder, changed, 4) == [("D3", "amount", "700", "70")]


def test_a_project_without_closed_periods_asks_for_none(folder: Path) -> None:
    assert certified_periods(folder, {}) == ()
    assert outcomes(folder) == {"not_applicable"}
    period = parse_period("2026-Q2")
    assert period is not None
    [asked] = certified_periods(folder, {"deals.closed_at": (period,)})
    assert (asked.table, asked.column, asked.before, asked.run_id) == (
        "deals", "closed_at", None, None,
    )  # fmt: skip
