"""Sources with types of their own (Parquet, databases) keep them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from dq.crm.load import LoadSettings, load
from dq.crm.mapping import Conversion
from dq.crm.recognise import recognise
from dq.engines.base import Engine
from dq.sql import portable as f
from dq.tables import ROW, RawTable
from tests.crm.tables import raw_table

COLUMNS = {
    "id": pa.array([1, 2, 3]),
    "stage": pa.array(["Won", "Lost", "New"]),
    "amount": pa.array([Decimal("1.50"), Decimal("2.00"), None], pa.decimal128(10, 2)),
    "created_at": pa.array([datetime(2024, 1, day) for day in (1, 2, 13)]),
    "close_date": pa.array([date(2024, 2, 1), date(2024, 2, 2), None]),
    "is_vip": pa.array([True, False, None]),
    "score": pa.array([0.5, 0.25, 0.75]),
    "seen": pa.array([date(2024, 2, 1), None, None]),
    "text_date": pa.array(["01.02.2024", "13.02.2024", None]),
    ROW: pa.array([1, 2, 3]),
}


def _typed(folder: Path) -> RawTable:
    raw = raw_table(folder, "deals", [c for c in COLUMNS if c != ROW], [["x"]])
    pq.write_table(pa.table(COLUMNS), raw.path)
    return replace(raw, rows=3, rows_read=3, typed=True)


def test_types_are_taken_as_they_are(tmp_path: Path) -> None:
    table = recognise([_typed(tmp_path)]).mapping.sources[0].tables[0]
    assert table.key == ("id",)
    found = {c.target: c.conversion for c in table.columns}
    assert found["amount"] == Conversion(type="decimal")
    assert found["created_at"] == Conversion(type="timestamp")
    assert found["closed_at"] == Conversion(type="timestamp")
    assert found["status"].values == {"Won": "won", "Lost": "lost", "New": "open"}
    assert {o.name: (o.kind, o.conversion) for o in table.own} == {
        "is_vip": ("flag", Conversion(type="boolean")),
        "score": ("number", Conversion(type="decimal")),
        "seen": ("date", Conversion(type="date")),
        "text_date": ("date", Conversion(type="date", formats=("%d.%m.%Y",))),
    }


ENDS = {
    "user_id": ["u1", "u2", "u3", "u4"],
    "department": ["Sales", "Sales", "Service", "Service"],
    "valid_from": [date(2023, 1, 1), date(2023, 6, 1), date(2024, 1, 1), date(2024, 6, 1)],
    "valid_to": [date(2023, 5, 31), date(9999, 12, 31), None, date(2024, 12, 31)],
    "closed at": [None, datetime(9999, 12, 31, 23, 59), datetime(2024, 1, 1, 12), None],
    ROW: [1, 2, 3, 4],
}


def _ends(folder: Path, engine: Engine) -> list[dict[str, object]]:
    raw = raw_table(folder, "user_history", [c for c in ENDS if c != ROW], [["x"] * 5])
    pq.write_table(pa.table(ENDS), raw.path)
    raw = replace(raw, rows=4, rows_read=4, typed=True)
    mapping = recognise([raw]).mapping
    load(engine, [raw], mapping, LoadSettings(now=datetime(2026, 1, 1)))
    names = [f.col(n) for n in ("user_id", "valid_from", "valid_to")]
    query = exp.select(*names).from_(f.table("crm.user_history")).order_by(f.col("user_id"))
    return engine.query(query).to_pylist()


STILL_OPEN = [
    (datetime(2023, 1, 1), datetime(2023, 5, 31)),
    (datetime(2023, 6, 1), None),  # the last of days means: not yet
    (datetime(2024, 1, 1), None),
    (datetime(2024, 6, 1), datetime(2024, 12, 31)),
]


def test_far_days_of_what_ends_mean_not_yet(tmp_path: Path, duck_engine: Engine) -> None:
    rows = _ends(tmp_path, duck_engine)
    assert [(r["valid_from"], r["valid_to"]) for r in rows] == STILL_OPEN


def test_far_days_on_spark(tmp_path: Path, spark_engine: Engine) -> None:
    rows = _ends(tmp_path, spark_engine)
    assert [(r["valid_from"], r["valid_to"]) for r in rows] == STILL_OPEN
