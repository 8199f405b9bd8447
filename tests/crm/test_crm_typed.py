"""Sources with types of their own (Parquet, databases) keep them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dq.crm.mapping import Conversion
from dq.crm.recognise import recognise
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
