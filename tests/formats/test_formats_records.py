"""Records of groups out of findings.parquet."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dq.errors import StoreError
from dq.findings import findings_schema
from dq.formats.records import records_of


def _row(key: str | None, cause: str | None = None, **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(findings_schema().names)
    return {
        **empty, "id": f"id-{key}", "code": "C105", "severity": "error", "table": "deals",
        "column": "amount", "key": key, "cause": cause, **more,
    }  # fmt: skip


@pytest.fixture
def table() -> pa.Table:
    rows = [
        _row("K1", value="0", money=Decimal("12.5"), args=json.dumps({"usual": "5"}), row=2),
        _row("K2", cause="x"),
        _row("K3"),
        _row("K4", column=None),
        _row("K5"),
    ]
    return pa.Table.from_pylist(rows, schema=findings_schema())


def test_own_examples_first_then_the_file(table: pa.Table, group: Any) -> None:
    plain = group(column="amount", records=3, examples=[["K3"]])
    caused = group(column="amount", cause="x", records=1)
    found = records_of([plain, caused], table, 10)
    assert [f.key for f in found[plain.id]] == ["K3", "K1", "K5"]
    assert [f.key for f in found[caused.id]] == ["K2"]
    first = found[plain.id][1]
    assert (first.value, first.money, first.args, first.row) == (
        "0", Decimal("12.5000"), {"usual": "5"}, 2,
    )  # fmt: skip


def test_at_most_the_limit(table: pa.Table, group: Any) -> None:
    plain = group(column="amount", records=3)
    assert [f.key for f in records_of([plain], table, 2)[plain.id]] == ["K1", "K3"]


def test_from_a_file(table: pa.Table, group: Any, tmp_path: Path) -> None:
    plain = group(column=None, records=1)
    path = tmp_path / "findings.parquet"
    pq.write_table(table, path)
    assert [f.key for f in records_of([plain], path, 5)[plain.id]] == ["K4"]


def test_without_a_file_the_examples(group: Any, tmp_path: Path) -> None:
    plain = group(column="amount", records=3, examples=[["K3"]])
    for source in (None, tmp_path / "none.parquet"):
        assert [f.key for f in records_of([plain], source, 5)[plain.id]] == ["K3"]


def test_a_broken_file_is_said(group: Any, tmp_path: Path) -> None:
    path = tmp_path / "findings.parquet"
    path.write_bytes(b"not parquet at all")
    with pytest.raises(StoreError, match=r"The findings file findings\.parquet cannot be read"):
        records_of([group()], path, 5)
