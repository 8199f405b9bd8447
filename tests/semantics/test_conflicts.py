from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from dq.engines import open_engine
from dq.engines.base import Engine
from dq.semantics.conflicts import Conflict, beside, conflicts, incomparable
from dq.semantics.glossary import glossary_from_text
from dq.semantics.inforce import Meaning
from dq.semantics.prove import prover
from tests.semantics import house

AS_OF = date(2026, 6, 30)
PARAMS = {"as_of": datetime(2026, 6, 30, 23, 59, 59)}


@pytest.fixture(scope="module")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Any]]:
    folder = tmp_path_factory.mktemp("house")
    engine = open_engine("duckdb", folder / "engine")
    yield engine, house.load(engine, folder)
    engine.close()


def _found(duck: tuple[Engine, Any], glossary: str = house.GLOSSARY) -> dict[str, Conflict]:
    engine, columns = duck
    meaning = Meaning(glossary_from_text(glossary, "glossary.yaml"))
    made = conflicts(meaning, AS_OF, prove=prover(), engine=engine, columns=columns, params=PARAMS)
    return {f"{c.a.object} | {c.b.object}": c for c in made}


def test_every_pair_of_definitions_is_compared(duck: tuple[Engine, Any]) -> None:
    found = _found(duck)
    assert list(found) == [
        "revenue@2024-01-01 | revenue/us@2024-01-01",
        "large_deal@2024-01-01 | large_deal/us@2024-01-01",
        "large_deal@2024-01-01 | large_deal/eu@2024-01-01",
        "large_deal/us@2024-01-01 | large_deal/eu@2024-01-01",
    ]


def test_relation_counts_and_examples_by_hand(duck: tuple[Engine, Any]) -> None:
    found = _found(duck)
    us = found["large_deal@2024-01-01 | large_deal/us@2024-01-01"]
    # amount >= 200: d2 d3 d4; amount >= 300 and won: d3
    assert (us.relation, us.method) == ("superset", "proved")
    assert us.measured is not None
    assert us.measured.rows == 6
    assert [us.measured.a.records, us.measured.b.records, us.measured.both.records] == [3, 1, 1]
    assert [e.key for e in us.measured.a_only] == ["d4", "d2"]  # the dearest first
    assert us.measured.b_only == ()
    assert us.measured.a_only[0].cells == {"amount_base": "400.0000", "status": "lost"}
    # of the four records of US Sales (d1 d3 d4 d5): by the company's d3 d4, by their own d3
    assert us.measured.own == {"us": (4, 2, 1)}
    eu = found["large_deal@2024-01-01 | large_deal/eu@2024-01-01"]
    # amount >= 150 and won: d2 d3; an amount of 150 to 200, or a lost one of 200, tells them apart
    assert (eu.relation, eu.method) == ("overlap", "proved")
    assert eu.measured is not None
    assert eu.measured.relation == "superset"  # in these data nobody is between


def test_measures_give_their_figures(duck: tuple[Engine, Any]) -> None:
    revenue = _found(duck)["revenue@2024-01-01 | revenue/us@2024-01-01"]
    assert (revenue.relation, revenue.method, revenue.differs) == ("subset", "proved", ())
    assert revenue.measured is not None
    assert revenue.measured.a.value == Decimal(600)
    assert revenue.measured.b.value == Decimal(1010)


def test_money_is_that_of_the_records(duck: tuple[Engine, Any]) -> None:
    us = _found(duck)["large_deal@2024-01-01 | large_deal/us@2024-01-01"]
    assert us.measured is not None
    assert us.measured.a.money == Decimal(900)
    assert us.measured.b.money == Decimal(300)
    assert [e.money for e in us.measured.a_only] == [Decimal(400), Decimal(200)]


def test_the_same_in_other_words_is_equal(duck: tuple[Engine, Any]) -> None:
    text = house.GLOSSARY.replace(
        "amount_base >= 300 AND status = 'won'", "NOT (amount_base < 200)"
    )
    found = _found(duck, text)["large_deal@2024-01-01 | large_deal/us@2024-01-01"]
    assert (found.relation, found.method, found.same) == ("equal", "proved", True)


def test_a_null_that_looks_equal_is_not(duck: tuple[Engine, Any]) -> None:
    text = house.GLOSSARY.replace(
        "amount_base >= 300 AND status = 'won'", "amount_base >= 200 OR amount_base IS NULL"
    )
    found = _found(duck, text)["large_deal@2024-01-01 | large_deal/us@2024-01-01"]
    assert (found.relation, found.method) == ("subset", "proved")
    assert found.measured is not None
    assert [e.key for e in found.measured.b_only] == ["d5"]  # the deal without an amount


def test_versions_and_other_terms_can_be_laid_side_by_side(duck: tuple[Engine, Any]) -> None:
    engine, columns = duck
    meaning = Meaning(house.glossary())
    one = meaning.in_force("large_deal", AS_OF)
    other = meaning.in_force("large_won", AS_OF)
    assert one is not None
    assert other is not None
    found = beside(
        meaning, one, other, AS_OF, prove=prover(), engine=engine, columns=columns, params=PARAMS
    )
    assert (found.relation, found.method) == ("superset", "proved")
    assert found.measured is not None
    assert [found.measured.a.records, found.measured.b.records] == [3, 2]


def test_departments_that_sell_in_other_ways() -> None:
    (pair,) = incomparable(Meaning(house.glossary()))
    assert (pair.a, pair.b, pair.models) == ("us", "eu", ("direct", "two_tier"))
    assert "revenue" in pair.terms
    assert "win_rate" in pair.terms
