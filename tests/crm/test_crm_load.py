"""What the model holds after loading: rows and counts, on both engines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp

from dq.crm.load import LoadSettings, load
from dq.crm.model import entity
from dq.crm.recognise import recognise
from dq.engines.base import Engine
from dq.sql import portable as f
from tests.crm.caselib import load as read_yaml
from tests.crm.caselib import tables

CASES = {
    case["case"]: case for case in read_yaml(Path(__file__).parent / "loads.yaml")
}  # fmt: skip
NOW = datetime(2026, 11, 22, 12, 0, 0)

Case = Mapping[str, Any]


def _check(case: Case, engine: Engine, work: Path) -> None:
    raws = tables(work, case["files"])
    crm = load(engine, raws, recognise(raws).mapping, LoadSettings(now=NOW))
    for name, wanted in case["expect"].items():
        columns = wanted["columns"]
        query = exp.select(*[f.alias(f.as_text(f.col(c)), c) for c in columns])
        query = query.from_(f.table(f"crm_all.{name}"))
        query = query.order_by(*[exp.column(c, quoted=True) for c in columns])
        found = [list(row.values()) for row in engine.query(query).to_pylist()]
        assert found == [[_text(cell) for cell in row] for row in wanted["rows"]], name
        if "counts" in wanted:
            table = crm.tables[name]
            counts = [table.read, table.live, table.deleted, table.merged, table.collapsed]
            assert counts == wanted["counts"], name

    for link in case.get("resolved", ()):
        table, column = link.split(".")
        target = str(entity(table).columns[column].relation)
        ids = exp.select(f.col("id")).from_(f.table(f"crm_all.{target}"))
        lost = exp.select(f.col("id")).from_(f.table(f"crm_all.{table}"))
        lost = lost.where(f.all_of(f.not_null(f.col(column)), f.not_(f.in_(f.col(column), ids))))
        assert engine.query(lost).to_pylist() == [], link


def _text(cell: object) -> str | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return None if cell is None else str(cell)


@pytest.mark.parametrize("name", CASES)
def test_the_rows_are_as_expected(name: str, duck_engine: Engine, tmp_path: Path) -> None:
    _check(CASES[name], duck_engine, tmp_path)


@pytest.mark.parametrize("name", CASES)
def test_spark_has_the_same_rows(name: str, spark_engine: Engine, tmp_path: Path) -> None:
    _check(CASES[name], spark_engine, tmp_path)
