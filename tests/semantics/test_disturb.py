"""The disturbances do what they say, to what they say, and to nothing else."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from dq.crm.model import TABLES
from tests.semantics.crm_years import END, START
from tests.semantics.disturb import (
    DAY,
    DISTURBANCES,
    UNDISTURBED,
    Disturbance,
    disturbed,
    traits_of,
    undisturbed,
    years,
)

ROWS = 5000
ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(18, 4),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "boolean": pa.bool_(),
}


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    return years(1, ROWS)


def _changed(before: pa.Table, after: pa.Table, column: str) -> np.ndarray:
    """Whether the value of a row is another; NULL is a value."""
    old, new = before[column], after[column]
    same = pc.fill_null(pc.equal(old, new), False)
    return ~np.asarray(pc.or_(same, pc.and_(pc.is_null(old), pc.is_null(new))))


def _since(table: pa.Table) -> np.ndarray:
    return np.asarray(pc.greater_equal(table["created_at"], pa.scalar(DAY, pa.timestamp("us"))))


@pytest.mark.parametrize("disturbance", DISTURBANCES, ids=lambda d: d.name)
def test_disturbs_one_column_after_the_day(
    tables: dict[str, pa.Table], disturbance: Disturbance
) -> None:
    after = disturbed(tables, disturbance)
    before = tables[disturbance.table]
    assert {name for name in tables if after[name] is not tables[name]} == {disturbance.table}
    assert after[disturbance.table].schema == before.schema
    for column in before.column_names:
        changed = _changed(before, after[disturbance.table], column)
        if column != disturbance.column:
            assert not changed.any()
    changed = _changed(before, after[disturbance.table], disturbance.column)
    since = _since(before)
    assert not changed[~since].any()
    assert changed[since].mean() > 0.015
    assert disturbed(tables, disturbance)[disturbance.table].equals(after[disturbance.table])


def test_disturbances_are_well_formed() -> None:
    assert len({d.name for d in DISTURBANCES}) == len(DISTURBANCES)
    assert {(d.kind, d.strength) for d in DISTURBANCES} == {
        (kind, strength)
        for kind in ("unit", "category", "default", "distribution")
        for strength in ("strong", "moderate")
    }
    assert all(d.column in TABLES[d.table].columns for d in DISTURBANCES)


def test_what_they_do(tables: dict[str, pa.Table]) -> None:
    by_name = {d.name: d for d in DISTURBANCES}
    deals, leads = tables["deals"], tables["leads"]
    young = pa.array(_since(deals))

    def column(name: str) -> list[object]:
        made = disturbed(tables, by_name[name])[by_name[name].table]
        return made[by_name[name].column].filter(pa.array(_since(made))).to_pylist()

    amounts = deals["amount"].filter(young).to_pylist()
    assert column("amount_x100") == [None if x is None else x * 100 for x in amounts]
    before, swapped = (
        Counter(deals["kind"].filter(young).to_pylist()),
        Counter(column("kind_swapped")),
    )
    assert (swapped["new"], swapped["repeat"]) == (before["repeat"], before["new"])
    assert Counter(column("source_gone"))["Website"] == 0
    assert Counter(column("source_default"))["Website"] / len(young.filter(young)) > 0.6
    texts = leads["need"].filter(pa.array(_since(leads))).to_pylist()
    halves = [None if x is None else (len(x) + 1) // 2 for x in texts]
    assert [None if x is None else len(str(x)) for x in column("need_shortened")] == halves
    mix = Counter(column("lead_mix"))
    assert 0.55 < mix["inbound"] / mix.total() < 0.65


@pytest.mark.parametrize("seed", UNDISTURBED)
def test_undisturbed_years(seed: int) -> None:
    made = undisturbed(seed, ROWS)
    for name, table in made.items():
        assert table.num_rows == ROWS
        for column in set(table.column_names) - {"department"}:
            assert table.schema.field(column).type == ARROW[TABLES[name].columns[column].type]
        created = np.asarray(table["created_at"])
        assert np.datetime64(START) <= created.min() <= created.max() < np.datetime64(END)
        assert 0.15 < _since(table).mean() < 0.6
    assert 0.0099 <= abs(traits_of(seed).trend) <= 0.0201
    assert undisturbed(seed, ROWS)["deals"].equals(made["deals"])


def test_each_trait_is_strong_in_some_years() -> None:
    strong = [traits_of(seed) for seed in UNDISTURBED]
    for trait, most in (("growth", 0.04), ("season", 0.5), ("weekend", 0.6), ("customer", 0.02),
                        ("noise", 0.15)):  # fmt: skip
        assert sum(getattr(traits, trait) == most for traits in strong) >= 3
