"""Whole queries: joins, groups, windows, sets; the same rows and types on both engines."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlglot import exp

from dq.engines.base import Engine
from dq.sql import portable as f
from tests.sql.edges import MONEY

DEALS = pa.table(
    {
        "id": ["d1", "d2", "d3", "d4", "d5", "d6"],
        "account": ["a1", "a1", "a2", None, "a9", "a2"],
        "stage": ["won", "lost", "won", "open", "won", None],
        "amount": pa.array(
            [Decimal(v) if v else None for v in ("10.50", "20", "0.0001", "5", None, "7")], MONEY
        ),
        "lines": [1, 2, 3, 4, None, 6],
        "urgent": [True, False, None, False, None, None],
    }
)
ACCOUNTS = pa.table({"id": ["a1", "a2", "a3"], "name": ["Ромашка", "Beta", None]})

id_, account, stage, amount = (f.col(n, "d") for n in ("id", "account", "stage", "amount"))
_deals = f.table("crm.deals", "d")
_accounts = f.table("crm.accounts", "a")
_on = account.eq(f.col("id", "a"))


def _grouped() -> exp.Query:
    lines, urgent = f.col("lines", "d"), f.col("urgent", "d")
    return (
        exp.select(
            f.alias(stage, "stage"),
            f.alias(f.count(), "n"),
            f.alias(f.count(amount), "filled"),
            f.alias(f.count_distinct(account), "accounts"),
            f.alias(f.count_if(amount > 6), "large"),
            f.alias(f.sum(amount), "total"),
            f.alias(f.sum(lines), "lines"),
            f.alias(f.sum(amount * lines), "weighted"),
            f.alias(f.min(account), "first"),
            f.alias(f.max(amount), "most"),
            f.alias(f.any_true(urgent), "some"),
            f.alias(f.all_true(urgent), "every"),
            f.alias(f.median(amount), "median"),
            f.alias(f.quantile(lines, 0.25), "quarter"),
            f.alias(f.join_distinct(account, ", "), "names"),
            f.alias(f.div0(f.sum(amount), f.count(amount)), "mean"),
        )
        .from_(_deals)
        .group_by(stage)
        .having(f.count() > 0)
        .order_by(f.col("stage"))
    )


def _windows() -> exp.Query:
    by, order = [account], [amount.desc(), id_]
    return (
        exp.select(
            f.alias(id_, "id"),
            f.alias(f.row_number(by, order), "place"),
            f.alias(f.rank([], [stage]), "rank"),
            f.alias(f.lag(amount, by, order), "before"),
            f.alias(f.lead(id_, by, order), "after"),
            f.alias(f.count_over(by), "n"),
            f.alias(f.sum_over(amount, by), "total"),
            f.alias(f.sum_over(amount, by, order), "running"),
            f.alias(f.min_over(amount, by), "least"),
            f.alias(f.max_over(id_, by), "last"),
        )
        .from_(_deals)
        .order_by(id_)
    )


def _joined(kind: str, *, with_name: bool = True) -> exp.Query:
    columns = [f.alias(id_, "deal")] + ([f.alias(f.col("name", "a"), "name")] if with_name else [])
    return (
        exp.select(*columns)
        .from_(_deals)
        .join(_accounts, on=_on, join_type=kind)
        .order_by(f.col("deal"), *([f.col("name")] if with_name else []))
    )


def _with() -> exp.Query:
    won = exp.select(account, amount).from_(_deals).where(stage.eq("won"))
    return (
        exp.select(f.alias(f.coalesce(f.col("account"), "-"), "account"), f.col("amount"))
        .from_(f.table("won"))
        .with_("won", as_=won)
        .order_by(f.col("account"))
        .limit(2)
        .offset(1)
    )


def _union() -> exp.Query:
    one = exp.select(f.alias(f.col("id"), "key"), f.alias(f.null("decimal"), "money")).from_(
        _accounts
    )
    two = exp.select(f.alias(id_, "key"), f.alias(amount, "money")).from_(_deals)
    inner = exp.union(one, two, distinct=False)
    return exp.select("*").from_(inner.subquery("u")).order_by(f.col("key"))


def _filtered(condition: exp.Expr) -> exp.Query:
    return exp.select(f.alias(id_, "id")).from_(_deals).where(condition).order_by(id_)


def _exists() -> exp.Query:
    inner = exp.select(f.lit(1)).from_(_accounts).where(_on)
    return _filtered(f.not_(exp.Exists(this=inner)))


def _inline() -> exp.Query:
    values = exp.values([("won", 1), ("lost", 2)], alias="v", columns=["stage", "rank"])
    return (
        exp.select(f.alias(id_, "id"), f.alias(f.col("rank", "v"), "rank"))
        .from_(_deals)
        .join(values, on=stage.eq(f.col("stage", "v")))
        .order_by(id_)
    )


PLANS: Mapping[str, exp.Query] = {
    "grouped": _grouped(),
    "windows": _windows(),
    **{kind or "inner": _joined(kind) for kind in ("", "left", "right", "full")},
    "semi": _joined("semi", with_name=False),
    "anti": _joined("anti", with_name=False),
    "cross": exp.select(f.alias(f.count(), "n")).from_(_deals).join(_accounts, join_type="cross"),
    "with": _with(),
    "union": _union(),
    "in query": _filtered(f.in_(account, exp.select(f.col("id")).from_(f.table("crm.accounts")))),
    "exists": _exists(),
    "inline": _inline(),
    "distinct": exp.select(f.alias(stage, "s")).distinct().from_(_deals).order_by(f.col("s")),
    "empty": exp.select(f.alias(f.sum(amount), "s"), f.alias(f.count(), "n"))
    .from_(_deals)
    .where(f.any_of()),
    "nothing": exp.select("*").from_(_deals).where(f.in_(stage, [])),
    "null": exp.select(f.alias(f.null("text"), "n"), f.alias(f.lit(1), "one"))
    .from_(_deals)
    .limit(1),
    "wide": _filtered(f.any_of(*(id_.eq(f"d{i}") for i in range(1000)))),
}


def _load(engine: Engine, folder: Path) -> None:
    for name, table in (("deals", DEALS), ("accounts", ACCOUNTS)):
        pq.write_table(table, folder / f"{name}.parquet")
        engine.load(f"crm.{name}", folder / f"{name}.parquet")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "grouped",
            {
                "stage": ["lost", "open", "won", None],
                "n": [1, 1, 3, 1],
                "filled": [1, 1, 2, 1],
                "accounts": [1, 0, 3, 1],
                "large": [1, 0, 1, 1],
                "total": [Decimal(v) for v in ("20", "5", "10.5001", "7")],
                "lines": [2, 4, 4, 6],
                "weighted": [Decimal(v) for v in ("40", "20", "10.5003", "42")],
                "first": ["a1", None, "a1", "a2"],
                "most": [Decimal(v) for v in ("20", "5", "10.5", "7")],
                "some": [False, False, True, None],
                "every": [False, False, True, None],
                "median": [20.0, 5.0, 5.25005, 7.0],
                "quarter": [2.0, 4.0, 1.5, 6.0],
                "names": ["a1", None, "a1, a2, a9", "a2"],
                "mean": [20.0, 5.0, 5.25005, 7.0],
            },
        ),
        (
            "windows",
            {
                "id": ["d1", "d2", "d3", "d4", "d5", "d6"],
                "place": [2, 1, 2, 1, 1, 1],
                "rank": [3, 1, 3, 2, 3, 6],
                "before": [Decimal("20"), None, Decimal("7"), None, None, None],
                "after": [None, "d1", None, None, None, "d3"],
                "n": [2, 2, 2, 1, 1, 2],
                "total": [
                    *(Decimal(v) for v in ("30.5", "30.5", "7.0001", "5")), None, Decimal("7.0001"),
                ],
                "running": [
                    *(Decimal(v) for v in ("30.5", "20", "7.0001", "5")), None, Decimal("7"),
                ],
                "least": [
                    *(Decimal(v) for v in ("10.5", "10.5", "0.0001", "5")), None, Decimal("0.0001"),
                ],
                "last": ["d2", "d2", "d6", "d4", "d5", "d6"],
            },
        ),
        ("inner",
        {"deal": ["d1", "d2", "d3", "d6"], "name": ["Ромашка", "Ромашка", "Beta", "Beta"]}),
        ("semi", {"deal": ["d1", "d2", "d3", "d6"]}),
        ("anti", {"deal": ["d4", "d5"]}),
        ("exists", {"id": ["d4", "d5"]}),
        ("in query", {"id": ["d1", "d2", "d3", "d6"]}),
        ("with", {"account": ["a2", "a9"], "amount": [Decimal("0.0001"), None]}),
        ("inline", {"id": ["d1", "d2", "d3", "d5"], "rank": [1, 2, 1, 1]}),
        ("empty", {"s": [None], "n": [0]}),
        ("null", {"n": [None], "one": [1]}),
        ("cross", {"n": [18]}),
    ],
)  # fmt: skip
def test_rows(
    name: str, expected: dict[str, list[object]], duck_engine: Engine, tmp_path: Path
) -> None:
    _load(duck_engine, tmp_path)
    assert duck_engine.query(PLANS[name]).to_pydict() == expected


def test_spark_gives_what_duckdb_gives(
    duck_engine: Engine, spark_engine: Engine, tmp_path: Path
) -> None:
    for engine in (duck_engine, spark_engine):
        _load(engine, tmp_path)
    for name, plan in PLANS.items():
        duck, spark = duck_engine.query(plan), spark_engine.query(plan)
        assert spark.schema == duck.schema, name
        assert spark.to_pylist() == duck.to_pylist(), name
