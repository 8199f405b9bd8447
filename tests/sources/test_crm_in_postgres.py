"""The sample CRM in PostgreSQL gives the findings of its CSV files."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dq.assess import AssessmentSettings
from dq.demo.generate import LEAST_ROWS, generate
from dq.findings import Result
from dq.scanning import scan
from tests.servers import Server
from tests.sources.crm_in_postgres import load_crm

PLACE = {"file", "sheet", "row", "id", "value"}


def _value(text: str | None) -> object:
    """A value as it counts: 14280.0000 of a file is 14280.00 of a numeric column."""
    try:
        return Decimal(text) if text is not None and "." in text else text
    except InvalidOperation:
        return text


def _rows(path: Path) -> list[tuple[object, ...]]:
    rows = pq.read_table(path).to_pylist()
    told = [
        (*(v for k, v in sorted(row.items()) if k not in PLACE), _value(row["value"]))
        for row in rows
    ]
    return sorted(told, key=repr)


def _told(result: Result) -> dict[str, object]:
    return {
        "outcomes": [replace(o, args={}) for o in result.outcomes],
        "tables": {
            t.name: (t.read, t.live, t.bad_records, t.score, t.money) for t in result.tables
        },
        "groups": [(g.code, g.table, g.column, g.cause, g.records, g.of) for g in result.groups],
        "totals": result.totals,
        "as_of": result.as_of,
    }


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_findings_are_those_of_the_files(
    postgres_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(tmp_path, rows=LEAST_ROWS, seed=7)
    server = postgres_server.another("sample")
    typed = load_crm(server, tmp_path / "in", tmp_path / "work")
    assert len(typed) > 50  # it is no copy of texts: numbers, dates and flags have their types
    for name, value in postgres_server.environ.items():
        monkeypatch.setenv(name, value)
    how = AssessmentSettings(now=datetime(2026, 11, 22, 12))
    files, tables = tmp_path / "files.parquet", tmp_path / "tables.parquet"
    of_files = scan([tmp_path / "in"], settings=how, findings=files)
    of_tables = scan([server.url], settings=how, findings=tables)
    assert len(_rows(files)) > 1000
    assert _rows(tables) == _rows(files)
    assert _told(of_tables) == _told(of_files)
