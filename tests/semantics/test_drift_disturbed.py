"""What is planted is found, with its kind and its day; what nobody disturbed gives no alarm.

Both ways of looking: beside a baseline that was kept the day before, and within one export
(`--since`). `MISSED` is the whole list of what is not found.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from dq.engines import open_engine
from dq.engines.base import Engine
from dq.semantics.drift.find import Change, Found
from tests.semantics.disturb import (
    DAY,
    DISTURBANCES,
    UNDISTURBED,
    Disturbance,
    disturbed,
    undisturbed,
    years,
)
from tests.semantics.drift_tables import beside_baseline, since

WAYS = ("baseline", "since")

KINDS = {
    "unit": {"unit"},
    "category": {"renamed", "swapped", "new", "vanished"},
    "default": {"default", "emptied", "filled", "shifted"},
    "distribution": {"shifted", "default", "swapped"},
}

MISSED = {
    # Next steps come and go with a deal's age: with no baseline nothing tells that apart.
    ("next_step_empty_text", "since"),
    # By the day of closing the change comes little by little, and half of it is too little.
    ("closed_planned_half", "since"),
    ("closed_planned_half", "baseline"),
    # Half of the texts cut: the index stays below the limit of texts.
    ("need_shortened_half", "since"),
}

LATE = {"lost_reason_split", "closed_planned"}
"""Taken by the day of closing: the change is in the records created since, closed later."""

QUICK = {"amount_x100", "amount_x100_small_department", "amount_x1000_some", "kind_swapped",
         "source_renamed", "source_default", "source_emptied", "amount_spread"}  # fmt: skip

PLANTED = [
    pytest.param(
        disturbance,
        way,
        id=f"{disturbance.name}-{way}",
        marks=[] if disturbance.name in QUICK and way == "baseline" else [pytest.mark.slow],
    )
    for disturbance in DISTURBANCES
    for way in WAYS
]

CALM = [
    pytest.param(seed, id=str(seed), marks=[] if seed in (1, 3) else [pytest.mark.slow])
    for seed in UNDISTURBED
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = open_engine("duckdb", tmp_path_factory.mktemp("drift"))
    yield made
    made.close()


@cache
def _sound() -> dict[str, pa.Table]:
    return years(seed=1)


def _found(
    engine: Engine, folder: Path, way: str, name: str, table: pa.Table, sound: pa.Table
) -> Found:
    if way == "since":
        return since(engine, folder, name, table)
    return beside_baseline(engine, folder, name, table, sound)


@pytest.mark.parametrize(("disturbance", "way"), PLANTED)
def test_what_is_planted_is_found(
    disturbance: Disturbance, way: str, engine: Engine, tmp_path: Path
) -> None:
    name = disturbance.table
    table = disturbed(_sound(), disturbance)[name]
    found = _found(engine, tmp_path, way, name, table, _sound()[name])
    if (disturbance.name, way) in MISSED:
        assert found.changes == ()
        return
    [change] = found.changes
    assert change.column == disturbance.column
    assert change.kind in KINDS[disturbance.kind]
    days = (change.since - DAY.date()).days
    assert 0 <= days <= (90 if disturbance.name in LATE else 1)
    if disturbance.kind == "unit":
        _is_unit(change, disturbance.name)


def _is_unit(change: Change, name: str) -> None:
    factor = {"x100": 100, "x1000": 1000, "by100": 1 / 100, "by1000": 1 / 1000}
    assert change.factor == pytest.approx(factor[name.split("_")[1]])
    department = {"small_department": "Renewals", "large_department": "Sales East"}
    assert change.part == department.get("_".join(name.split("_")[2:]))
    share = {"amount_x100_half": 0.5, "amount_x1000_some": 0.15, "budget_by1000_some": 0.3}
    if name in share:
        assert change.some == pytest.approx(share[name], abs=0.03)
    else:
        assert change.some is None


@pytest.mark.parametrize("seed", CALM)
def test_what_nobody_disturbed_gives_no_alarm(seed: int, engine: Engine, tmp_path: Path) -> None:
    for name, table in undisturbed(seed).items():
        for way in WAYS:
            found = _found(engine, tmp_path, way, name, table, table)
            assert found.changes == ()
            assert found.judged >= 8


def test_few_records_say_nothing(engine: Engine, tmp_path: Path) -> None:
    budgets = next(d for d in DISTURBANCES if d.name == "budget_by1000")
    table = disturbed(_sound(), budgets)["leads"].drop_columns(["first_response_at"])
    a_day = pc.less(table["created_at"], pa.scalar(DAY + timedelta(hours=12)))
    sound = _sound()["leads"]
    found = beside_baseline(engine, tmp_path, "leads", table.filter(a_day), sound)
    assert (found.judged, found.changes) == (0, ())
    assert 0 < found.rows < 100
