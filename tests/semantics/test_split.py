from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.config.periods import Period, parse_period
from dq.engines import open_engine
from dq.engines.base import Engine
from dq.semantics.approval import standings
from dq.semantics.definitions import definitions
from dq.semantics.glossary import glossary_from_text
from dq.semantics.inforce import Meaning
from dq.semantics.split import rounded, split
from dq.store import DefinitionStep
from tests.semantics import house

BEFORE, AFTER = "2025-Q4", "2026-Q1"


@pytest.fixture(scope="module")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine("duckdb", tmp_path_factory.mktemp("engine"))
    yield engine
    engine.close()


def _period(text: str) -> Period:
    found = parse_period(text)
    assert found is not None
    return found


def _split(engine: Engine, folder: Path, name: str, meaning: Meaning | None = None) -> Any:
    columns = house.load(engine, folder)
    return split(
        engine, meaning or Meaning(house.glossary()), name, _period(BEFORE), _period(AFTER),
        columns=columns,
    )  # fmt: skip


def test_a_change_of_definition_is_told_from_that_of_the_data(duck: Engine, tmp_path: Path) -> None:
    # 2025-Q4: d2 won 200. 2026-Q1: d3 won 300, d4 lost 400. From 2026 on lost deals count too.
    found = _split(duck, tmp_path, "signed")
    assert (found.before.value, found.after.value) == (200, 700)
    assert found.crossed == (200, 300)  # the old quarter by the new rule, the new one by the old
    assert (found.definition, found.data, found.change) == (200, 300, 500)
    assert [u.object for u in found.before.used] == ["signed@2024-01-01"]
    assert [u.object for u in found.after.used] == ["signed@2026-01-01"]


def test_without_a_change_all_is_the_data(duck: Engine, tmp_path: Path) -> None:
    found = _split(duck, tmp_path, "large_deal")
    assert found.definition == 0
    assert found.data == found.change


def test_a_period_that_spans_the_change_says_so(duck: Engine, tmp_path: Path) -> None:
    columns = house.load(duck, tmp_path)
    found = split(
        duck,
        Meaning(house.glossary()),
        "signed",
        _period("2024"),
        _period("2025-07-01..2026-06-30"),
        columns=columns,
    )
    assert not found.before.spans
    assert found.after.spans
    assert found.after.value == 900  # d2 by the rule of 2025, d3 and d4 by that of 2026
    assert found.definition + found.data == found.change


def _approved(*objects: str) -> Meaning:
    glossary = house.glossary()
    steps = [
        DefinitionStep(
            d.object,
            "approved",
            d.digest,
            dict(d.content),
            d.words_digest,
            dict(d.words),
            by="boss",
            at="2026-01-01T00:00:00Z",
            because="right",
        )
        for d in definitions(glossary)
        if d.object in objects
    ]
    return Meaning(glossary, tuple(steps))


def test_without_approval_the_old_definition_is_used_and_it_is_said(
    duck: Engine, tmp_path: Path
) -> None:
    meaning = _approved("signed@2024-01-01")
    found = _split(duck, tmp_path, "signed", meaning)
    assert (found.before.value, found.after.value) == (200, 300)
    assert found.definition == 0
    (used,) = found.after.used
    assert (used.object, used.approved) == ("signed@2024-01-01", True)
    assert used.waiting == ("signed@2026-01-01",)


def test_an_edited_definition_leaves_the_approved_text_in_force(
    duck: Engine, tmp_path: Path
) -> None:
    approved = _approved("signed@2024-01-01", "signed@2026-01-01")
    edited = glossary_from_text(
        house.GLOSSARY.replace("status IN ('won', 'lost')\", time", "status = 'open'\", time"),
        "glossary.yaml",
    )
    meaning = Meaning(edited, approved.steps)
    found = _split(duck, tmp_path, "signed", meaning)
    assert found.after.value == 700
    assert found.after.used[0].waiting == ("signed@2026-01-01",)
    status = standings(definitions(edited), approved.steps)["signed@2026-01-01"].status.value
    assert status == "edited"


_DEALS = st.lists(
    st.tuples(
        st.sampled_from(["won", "lost", "open"]),
        st.none() | st.integers(-500, 500),
        st.none() | st.integers(0, 500),
    ),
    max_size=25,
)


@given(_DEALS)
def test_the_parts_sum_exactly_whatever_the_data(
    duck: Engine, tmp_path_factory: pytest.TempPathFactory, deals: list[Any]
) -> None:
    rows = [dict(house.TABLES["deals"][0])]
    rows[0] |= {"closed_at": None}
    for n, (status, amount, day) in enumerate(deals):
        rows.append(
            {
                **house.TABLES["deals"][0],
                "id": f"x{n}",
                "status": status,
                "amount_base": None if amount is None else Decimal(amount) / 8,
                "closed_at": None if day is None else datetime(2025, 6, 1) + timedelta(days=day),
            }
        )
    folder = tmp_path_factory.mktemp("deals")
    columns = house.load(duck, folder, {**house.TABLES, "deals": rows})
    for name in ("signed", "win_rate", "fresh"):
        found = split(
            duck, Meaning(house.glossary()), name, _period(BEFORE), _period(AFTER), columns=columns
        )
        x1, x2 = found.before.value or Fraction(0), found.after.value or Fraction(0)
        assert found.definition + found.data == x2 - x1
        shown = rounded((found.definition, found.data), 2)
        assert sum(shown) == Fraction(round((x2 - x1) * 100), 100)
