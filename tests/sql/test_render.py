"""Plans as text: names, literals, parameters, and what is refused in hand-made trees."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from dq.engines.base import Engine
from dq.errors import EngineError, PortabilityError
from dq.sql import portable as f
from dq.sql.render import bind, render, spark_name


def test_tables_are_schemas_on_duckdb_and_views_on_spark() -> None:
    plan = (
        exp.select(f.col("id", "deals"), f.col("имя", "a"))
        .from_(f.table("crm.deals"))
        .join(f.table("crm_all.accounts", "a"), on=f.col("a", "deals").eq(f.col("id", "a")))
    )
    assert render(plan, "duckdb") == (
        'SELECT "deals"."id", "a"."имя" FROM "crm"."deals" '
        'JOIN "crm_all"."accounts" AS "a" ON "deals"."a" = "a"."id"'
    )
    assert render(plan, "spark") == (
        "SELECT `deals`.`id`, `a`.`имя` FROM `crm__deals` AS `deals` "
        "JOIN `crm_all__accounts` AS `a` ON `deals`.`a` = `a`.`id`"
    )
    assert spark_name("work.x") == "work__x"


def test_order_says_where_nulls_go() -> None:
    plan = exp.select("a").from_("t").order_by(f.col("a"), f.col("b").desc())
    expected = 'ORDER BY "a" ASC NULLS LAST, "b" DESC NULLS LAST'
    assert expected in render(plan, "duckdb")
    assert expected.replace('"', "`") in render(plan, "spark")


def test_parameters_become_literals() -> None:
    plan = f.col("at") >= f.param("as_of")
    moment = datetime(2024, 1, 2, 3)
    assert render(plan, "spark", {"as_of": moment}) == (
        "`at` >= CAST('2024-01-02 03:00:00' AS TIMESTAMP_NTZ)"
    )
    assert plan.find(exp.Placeholder) is not None, "the plan itself is left as it was"
    with pytest.raises(EngineError, match=":as_of has no value"):
        render(plan, "duckdb")
    assert bind(plan, {"as_of": "x'--"}).sql() == "\"at\" >= 'x''--'"


@pytest.mark.parametrize(
    ("node", "word"),
    [
        (exp.func("lower", f.col("a")), "LOWER"),
        (exp.Anonymous(this="query", expressions=[f.lit("SELECT 1")]), "query"),
        (f.col("a") / 2, "div0"),
        (exp.cast(f.col("a"), "int"), "CAST"),
        (exp.select("a").from_("t").qualify("b > 1"), "QUALIFY"),
        (exp.select("a").from_("t").join("u", join_type="natural"), "METHOD"),
        (exp.select("a").from_("t").join("u", join_type="asof"), "METHOD"),
        (exp.select("a").from_("t").distinct("b"), "ON"),
        (exp.select(exp.Star(except_=[f.col("a")])).from_("t"), "EXCEPT"),
        (exp.Window(this=exp.RowNumber(), partition_by=[f.col("a")]), "ROW_NUMBER"),
        (exp.Window(this=exp.FirstValue(this=f.col("a"))), "FIRST_VALUE"),
        (exp.Window(this=f.median(f.col("a"))), "median"),
        (exp.RowNumber(), "without OVER"),
        (exp.Interval(this=f.lit("1"), unit=exp.var("DAY")), "INTERVAL"),
        (exp.CurrentDate(), "CURRENT_DATE"),
        (exp.Table(this=exp.Anonymous(this="read_text", expressions=[f.lit("x")])), "read_text"),
        (exp.Column(this=f.col("a").this, db=exp.to_identifier("d")), "DB"),
        (exp.Anonymous(this="lower", expressions=[]), "0 arguments"),
        (exp.Anonymous(this="search", expressions=[f.col("a"), f.col("b")]), "fixed value"),
        (exp.Cast(this=f.lit("abc"), to=exp.DataType.build("date")), "not of type"),
    ],
)  # fmt: skip
def test_refused_by_name(node: exp.Expr, word: str) -> None:
    for dialect in ("duckdb", "spark"):
        with pytest.raises(PortabilityError) as caught:
            render(node, dialect)
        assert word in str(caught.value)


@pytest.mark.parametrize("value", [datetime(2024, 1, 1, tzinfo=UTC), b"x", [1], Decimal("nan")])
def test_values_without_a_portable_literal(value: object) -> None:
    with pytest.raises(PortabilityError, match="cannot hold"):
        f.lit(value)


def test_text_is_not_taken_for_a_column() -> None:
    with pytest.raises(TypeError, match=r"col\('name'\)"):
        f.lower("name")


def test_unknown_keyword() -> None:
    with pytest.raises(TypeError, match="has no group"):
        f.lower(f.col("a"), group=1)
    assert f.regexp_extract(f.col("a"), "(x)", group=1).sql() == "REGEXP_EXTRACT(\"a\", '(x)', 1)"


VALUES = [
    "", "'", "''", '"', "\\", "\\'", "\\\\", "`", "%", "_", "\n", "\r\n", "\t", "\0", "\x1a", "\b",
    "${x}", "{{7*7}}",
    "-- x", "/* x */", "'; DROP TABLE t; --", "?", ":a", "$1", "\u2028", "👍", "e\u0301", "\\u0041",
    "\\n", "\\x41",
    0, -1, 2**31, -(2**31), 2**62, Decimal("0.1"), Decimal("-99999999999999.9999"),
    Decimal("1E+3"), 0.1, -1e300, 1e-300,
    True, False, date(1, 1, 1), date(9999, 12, 31), datetime(1582, 10, 10, 1, 2, 3, 4),
    datetime(9999, 12, 31, 23, 59, 59),
]  # fmt: skip


def _returned(engine: Engine, values: list[object]) -> list[object]:
    columns = [f.alias(f.lit(value), f"c{i}") for i, value in enumerate(values)]
    return list(engine.query(exp.select(*columns)).to_pylist()[0].values())


def test_literals_come_back_from_duckdb(duck_engine: Engine) -> None:
    assert _returned(duck_engine, VALUES) == VALUES


def test_literals_come_back_from_spark(spark_engine: Engine) -> None:
    assert _returned(spark_engine, VALUES) == VALUES


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=50))
def test_any_text_comes_back_from_duckdb(duck_engine: Engine, texts: list[str]) -> None:
    assert _returned(duck_engine, list(texts)) == texts


def test_any_text_comes_back_from_spark(spark_engine: Engine) -> None:
    texts = [a + b + c for a in "\\'\"n0u%" for b in "\\'\"n0u%x" for c in "\\'n0\n"]
    assert _returned(spark_engine, list(texts)) == texts
