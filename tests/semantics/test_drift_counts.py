"""What is counted of values, the same on both engines, and what is kept of it."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.engines.base import Engine
from dq.semantics.drift.baseline import Baseline
from dq.semantics.drift.counts import Counts, Window, count
from dq.semantics.drift.judge import comparisons
from dq.semantics.drift.kinds import sign_of
from dq.semantics.drift.watch import Watch, watched
from tests.semantics.drift_tables import put

DAY = datetime(2026, 3, 2, 9, 30)
TABLE = pa.table(
    {
        "id": [f"D{i}" for i in range(8)],
        "created_at": pa.array([DAY - timedelta(days=i) for i in range(8)], pa.timestamp("us")),
        "name": ["Ab", "Абв", "a1", None, "x" * 700, "Ї7z", "", "-"],
        "kind": ["new", "new", "repeat", None, "new", "repeat", "new", "new"],
        "department": ["East", "West", "East", "West", None, "East", "West", "East"],
        "amount": pa.array(
            [Decimal(x) if x else None
             for x in ("1000", "999.99", "0", "", "-10", "0.0001", "12589.2542", "100000000")],
            pa.decimal128(18, 4),
        ),
        "expected_close_at": pa.array(
            [DAY + timedelta(days=d) if d is not None else None
             for d in (0, 1, -400, None, 400, 14, 59, -1)],
            pa.timestamp("us"),
        ),
    }
)  # fmt: skip
WINDOW = Window(date(2026, 2, 20), date(2026, 3, 3))
PARTS = ("department", ("East", "West"))


def _counts(engine: Engine, folder: Path) -> dict[str, Counts]:
    watches = watched(put(engine, folder, "deals", TABLE))
    return count(engine, "crm.deals", watches, WINDOW, parts=PARTS)


def _plain(counts: dict[str, Counts]) -> dict[str, object]:
    return {
        name: (of.tokens, of.n.tolist(), {p: (own.tokens, own.n.tolist()) for p, own in
                                          of.parts.items()})
        for name, of in counts.items()
    }  # fmt: skip


def test_tokens_by_week(duck_engine: Engine, tmp_path: Path) -> None:
    found = _counts(duck_engine, tmp_path)
    assert (WINDOW.weeks, WINDOW.start) == (2, date(2026, 2, 17))
    assert found["kind"].tokens == ("", "new", "repeat")
    assert found["kind"].n.tolist() == [[0, 1, 0], [1, 4, 2]]  # the last seven days, and before
    amounts = found["amount"]
    whole = dict(zip(amounts.tokens, amounts.n.sum(axis=0).tolist(), strict=True))
    # 1000 is the 30th tenth of a decade and 999.99 the 29th; -10 lies below -10,000.
    assert whole == {"": 1, "30": 1, "29": 1, "-5000": 1, "-10010": 1, "-40": 1, "41": 1, "80": 1}
    assert {name: part.rows for name, part in amounts.parts.items()} == {"East": 4, "West": 3}
    days = found["expected_close_at"]
    assert days.rows == 8
    assert "" in days.tokens


@pytest.mark.slow
def test_both_engines_count_alike(
    duck_engine: Engine, spark_engine: Engine, tmp_path: Path
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    assert _plain(_counts(spark_engine, other)) == _plain(_counts(duck_engine, one))


def test_what_is_kept_comes_back(duck_engine: Engine, tmp_path: Path) -> None:
    counts = _counts(duck_engine, tmp_path)
    made = Baseline(
        "deals", date(2026, 3, 3), counts, dict.fromkeys(counts, "word"),
        dict.fromkeys(counts, "created_at"), {"amount": "d"}, {"by": "Ann"},
    )  # fmt: skip
    back = Baseline.of_json("deals", json.loads(json.dumps(made.as_json())))
    assert _plain(dict(back.counts)) == _plain(counts)
    assert (back.end, back.shapes, back.dates) == (made.end, made.shapes, made.dates)
    assert (back.fields, back.adopted) == (made.fields, made.adopted)
    assert "Абв" not in json.dumps(made.as_json(), ensure_ascii=False)


# --- laws ---------------------------------------------------------------------------------

AMOUNT = Watch("deals", "amount", "number", "created_at", "created_at", "money")
KIND = Watch("deals", "kind", "word", "created_at", "created_at", "category")


def _weeks(seed: int, weeks: int, shares: list[float], tokens: list[str], rows: int) -> Counts:
    chance = np.random.default_rng(seed)
    return Counts(tuple(tokens), chance.multinomial(rows, shares, weeks))


@st.composite
def _shares(draw: st.DrawFn) -> list[float]:
    weights = draw(st.lists(st.floats(0.05, 1.0), min_size=2, max_size=12))
    return [w / sum(weights) for w in weights]


@given(_shares(), st.integers(0, 10_000), st.sampled_from([30, 200, 2000]))
def test_the_same_shares_are_no_change(shares: list[float], seed: int, rows: int) -> None:
    words = [f"w{i}" for i in range(len(shares))]
    then, now = (_weeks(seed + k, 52 - 40 * k, shares, words, rows) for k in (0, 1))
    assert [s for s in (sign_of(KIND, c) for c in comparisons(then, now)) if s] == []


@given(
    st.integers(0, 10_000),
    st.sampled_from([10, 20, 30, -10, -20, -30]),
    st.integers(-10, 40),
)
def test_amounts_in_another_unit_are_told(seed: int, shift: int, low: int) -> None:
    bell = np.exp(-0.5 * ((np.arange(21) - 10) / 4.0) ** 2)
    shares = list(bell / bell.sum())
    then = _weeks(seed, 52, shares, [str(low + i) for i in range(21)], 200)
    now = _weeks(seed + 1, 6, shares, [str(low + i + shift) for i in range(21)], 200)
    signs = [s for s in (sign_of(AMOUNT, c) for c in comparisons(then, now)) if s]
    assert {s.kind for s in signs} == {"unit"}
    assert {round(np.log10(s.factor or 1) * 10) for s in signs} == {shift}
