"""A look at data: exact counts, ends, values and forms, and what is called odd."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dq.checks.overview import ColumnOverview, Seen, TableOverview, overview
from dq.engines.base import Engine
from dq.errors import UsageError
from dq.look import look_at_files
from tests.repair.projects import project
from tests.repair.test_stored import folder_of

NOW = datetime(2026, 11, 22, 12, 0, 0)

ROWS = {
    "_row": [2, 3, 4, 5, 6, 7],
    "id": ["1", "2", "3", "4", "4", None],
    "phone": ["+7 916 123-45-67", "8(495)1234567", "+7 917 765-43-21", None, None, None],
    "stage": ["won", "won", "won", "won", "lost", None],
    "amount": [1.5, 10.0, 3.0, None, None, None],
    "price": ["1 200,50", "990", "-12.5", "7", None, None],
    "seen": ["12.03.2026", "1.4.2026", "2026-05-06", None, None, None],
    "nothing": [None] * 6,
    "same": ["x"] * 6,
}
COLUMNS = [
    Seen("id", "text", "id"), Seen("phone", "text", "phone", personal=True), Seen("stage", "text"),
    Seen("amount", "double", "money"), Seen("price", "text"), Seen("seen", "text"),
    Seen("nothing", "text"), Seen("same", "text"),
]  # fmt: skip


def look(engine: Engine, folder: Path) -> TableOverview:
    path = folder / f"{engine.name}.parquet"
    types = {n: pa.string() for n in ROWS} | {"_row": pa.int64(), "amount": pa.float64()}
    pq.write_table(pa.table({n: pa.array(v, types[n]) for n, v in ROWS.items()}), path)
    engine.load("work.t", path)
    return overview(engine, "deals", "work.t", COLUMNS, key="id", unread={"amount": 2})


def column(table: TableOverview, name: str) -> ColumnOverview:
    return next(c for c in table.columns if c.seen.name == name)


def test_counts_ends_values_and_forms(duck_engine: Engine, tmp_path: Path) -> None:
    table = look(duck_engine, tmp_path)
    assert (table.rows, table.key, table.repeated_keys) == (6, "id", 1)
    counts = {c.seen.name: (c.filled, c.distinct, c.least, c.most) for c in table.columns}
    assert counts == {
        "id": (5, 4, "1", "1"),
        "phone": (3, 3, "13", "16"),
        "stage": (5, 2, "3", "4"),
        "amount": (3, 3, "1.5", "10.0"),
        "price": (4, 4, "1", "8"),
        "seen": (3, 3, "8", "10"),
        "nothing": (0, 0, None, None),
        "same": (6, 1, "1", "1"),
    }
    assert column(table, "amount").mean == pytest.approx(14.5 / 3)
    assert column(table, "stage").top == (("won", 4), ("lost", 1))
    assert column(table, "phone").patterns == (("+9 999 999-99-99", 2), ("9(999)9999999", 1))


def test_what_is_odd(duck_engine: Engine, tmp_path: Path) -> None:
    table = look(duck_engine, tmp_path)
    odd = {c.seen.name: [(key, dict(args)) for key, args in c.warnings] for c in table.columns}
    assert {name: said for name, said in odd.items() if said} == {
        "id": [("profile.key_repeats", {"n": 1}), ("profile.key_blank", {"n": 1})],
        "amount": [("profile.unread", {"n": 2, "type": "double"})],
        "price": [("profile.numbers_as_text", {})],
        "seen": [("profile.days_as_text", {})],
        "nothing": [("profile.blank", {})],
        "same": [("profile.constant", {"value": "x"})],
    }


def test_both_engines_see_the_same(
    duck_engine: Engine, spark_engine: Engine, tmp_path: Path
) -> None:
    assert look(duck_engine, tmp_path) == look(spark_engine, tmp_path)


def test_a_file_at_hand(tmp_path: Path) -> None:
    rows = [
        f"D{i};Alpha {i};{'won' if i % 4 else 'lost'};{i},50;0{i % 10}.03.2026"
        for i in range(1, 40)
    ]
    rows[9] = "D10;Alpha 10;won;soon;10.03.2026"
    text = "id;name;stage;amount;created at\n" + "\n".join(rows) + "\n"
    (tmp_path / "deals.csv").write_text(text, encoding="utf-8")
    (table,) = look_at_files([tmp_path / "deals.csv"], now=NOW)
    assert (table.name, table.rows, table.sources) == ("deals", 39, ("deals.csv",))
    amount = column(table, "amount")
    assert (amount.seen.type, amount.filled, amount.unread) == ("decimal", 38, 1)
    assert (amount.least, amount.most) == ("1.5000", "39.5000")
    assert [key for key, _ in amount.warnings] == ["profile.unread"]


def test_a_table_of_a_run(tmp_path: Path) -> None:
    project(folder_of(tmp_path)).run()
    table = project(tmp_path).profile("deals")
    assert (table.rows, table.repeated_keys, table.sources) == (4, 0, ("deals.csv",))
    assert column(table, "owner_id").top == (("U1", 2), ("U2", 2))
    with pytest.raises(UsageError, match="The run has no table leads"):
        project(tmp_path).profile("leads")
