"""Exports as CRMs give them: what a first scan finds in each, all of it and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from dq.findings import Result
from dq.scanning import scan
from tests.exports import makers

HERE = Path(__file__).parent
FILES: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "bitrix24": ("DEAL_20240401.xls", makers.bitrix24),
    "amocrm": ("amocrm_export_leads.csv", makers.amocrm),
    "salesforce": ("report1711965000.csv", makers.salesforce),
    "workbook": ("Продажи 2024.xlsx", makers.workbook),
}


def write(name: str, folder: Path) -> Path:
    """Write an export as its CRM names it."""
    file, make = FILES[name]
    path = folder / file
    path.write_bytes(make())
    return path


def _facts(result: Result) -> dict[str, Any]:
    """All that the first screen is made of, without its words."""
    return {
        "currency": result.currency,
        "as_of": str(result.as_of),
        "inputs": [
            f"{i.sheet or Path(i.file).name}: {i.preset}, {i.rows_read} read, {i.rows_kept} kept "
            f"→ {', '.join(i.tables) or 'as it is'}"
            for i in result.inputs
        ],
        "tables": [
            f"{t.name}: {t.live} live, {t.collapsed} folded, {t.bad_records} bad"
            for t in result.tables
        ],
        "groups": [
            f"{g.severity.value} {g.code} {g.table}.{g.column or ''} {g.cause or ''}: {g.records}"
            for g in result.groups
        ],
        "notes": sorted(
            {n.code for n in result.notes} | {n.code for i in result.inputs for n in i.notes}
        ),
    }


@pytest.mark.parametrize("name", FILES)
def test_what_a_first_scan_finds(name: str, tmp_path: Path) -> None:
    """UPDATE_EXPECTED=1 writes expected.yaml anew; read the diff."""
    found = _facts(scan([write(name, tmp_path)]))
    path = HERE / "expected.yaml"
    expected = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    if os.environ.get("UPDATE_EXPECTED"):
        expected[name] = found
        text = yaml.safe_dump(expected, allow_unicode=True, sort_keys=False, width=99)
        path.write_text(text, encoding="utf-8")
    assert found == expected[name]
