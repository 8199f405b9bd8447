from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from dq.engines import open_engine
from dq.engines.base import Engine
from dq.errors import UsageError
from dq.semantics.compile import QUERY_FUNCTIONS, Compiler, expand
from dq.semantics.inforce import Meaning
from dq.sql.parse import parse_query
from tests.semantics import house

CASES = YAML(typ="safe").load((Path(__file__).parent / "compile.yaml").read_text(encoding="utf-8"))
GIVING = [c for c in CASES if "rows" in c]
REFUSED = [c for c in CASES if "says" in c]
AS_OF = date(2026, 6, 30)


@pytest.fixture(scope="module")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("house")
    engine = open_engine("duckdb", folder / "engine")
    house.load(engine, folder)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def spark(spark_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    house.load(spark_engine, tmp_path_factory.mktemp("house"))
    return spark_engine


def _answer(engine: Engine, case: dict[str, Any]) -> list[dict[str, Any]]:
    as_of = case.get("as_of", AS_OF)
    period = tuple(case["period"]) if "period" in case else None
    compiler = Compiler(Meaning(house.glossary()), as_of, period=period, own=case.get("own", False))
    query = parse_query(case["sql"], known=QUERY_FUNCTIONS)
    made = expand(query, compiler)
    params = {"as_of": datetime.combine(as_of, time(23, 59, 59))}
    return [dict(row) for row in engine.query(made.query, params).to_pylist()]


def _comparable(rows: list[dict[str, Any]]) -> list[str]:
    def plain(value: Any) -> Any:
        return float(value) if isinstance(value, Decimal | int) else value

    return sorted(str({k: plain(v) for k, v in sorted(row.items())}) for row in rows)


@pytest.mark.parametrize("case", GIVING, ids=[c["name"] for c in GIVING])
def test_gives(duck: Engine, case: dict[str, Any]) -> None:
    assert _comparable(_answer(duck, case)) == _comparable(case["rows"])


@pytest.mark.spark
@pytest.mark.parametrize("case", GIVING, ids=[c["name"] for c in GIVING])
def test_gives_the_same_on_spark(spark: Engine, case: dict[str, Any]) -> None:
    assert _comparable(_answer(spark, case)) == _comparable(case["rows"])


@pytest.mark.parametrize("case", REFUSED, ids=[c["name"] for c in REFUSED])
def test_refuses(case: dict[str, Any]) -> None:
    query = parse_query(case["sql"], known=QUERY_FUNCTIONS)
    with pytest.raises(UsageError) as caught:
        expand(query, Compiler(Meaning(house.glossary()), AS_OF))
    assert str(caught.value) == case["says"]


def test_tells_which_definitions_were_used() -> None:
    query = parse_query("SELECT MEASURE(win_rate) AS r FROM deals", known=QUERY_FUNCTIONS)
    made = expand(query, Compiler(Meaning(house.glossary()), AS_OF))
    assert list(made.used) == [
        "win_rate@2024-01-01", "deals_won@2024-01-01", "deals_closed@2024-01-01",
    ]  # fmt: skip
    assert (
        query.sql()
        == parse_query("SELECT MEASURE(win_rate) AS r FROM deals", known=QUERY_FUNCTIONS).sql()
    )
