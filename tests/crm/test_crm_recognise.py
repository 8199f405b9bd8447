"""Header lists and tables of seven CRMs, and of none, with the mapping expected of each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dq.crm.model import TABLES
from dq.crm.recognise import recognise
from dq.errors import UsageError
from tests.crm.caselib import cases, tables
from tests.crm.compact import compact
from tests.crm.tables import raw_table

ALL = dict(cases())


@pytest.mark.parametrize("name", ALL)
def test_the_whole_mapping_is_as_expected(name: str, tmp_path: Path) -> None:
    case: Mapping[str, Any] = ALL[name]
    found = recognise(tables(tmp_path, case["files"]), **case.get("options", {}))
    assert compact(found) == case["expect"]


@pytest.mark.parametrize("name", ALL)
def test_each_raw_column_is_somewhere(name: str, tmp_path: Path) -> None:
    raws = tables(tmp_path, ALL[name]["files"])
    for raw, source in zip(raws, recognise(raws).mapping.sources, strict=True):
        used = {o.source for o in source.own}
        for table in source.tables:
            used |= {o.source for o in table.own} | set(table.key)
            used |= {c.source for c in table.columns if c.source}
            used |= {c for c in (*table.deleted, table.merged_into, table.in_force) if c}
        assert set(raw.columns) <= used


@pytest.mark.parametrize("name", ALL)
def test_no_name_is_taken_twice(name: str, tmp_path: Path) -> None:
    for source in recognise(tables(tmp_path, ALL[name]["files"])).mapping.sources:
        for table in source.tables:
            names = [c.target for c in table.columns] + [o.name for o in table.own]
            folded = [n.casefold() for n in names]
            assert len(folded) == len(set(folded))
            assert "id" not in folded


def test_order_of_columns_and_files_does_not_matter(tmp_path: Path) -> None:
    case = ALL["amocrm: the 76 columns of a deal export"]
    turned = {n: list(reversed(columns)) for n, columns in reversed(case["files"].items())}
    found = compact(recognise(tables(tmp_path, turned)))["files"]["amocrm_export_2024-03-01"]
    expected = case["expect"]["files"]["amocrm_export_2024-03-01"]
    assert found["deals"]["closed_at"] == expected["deals"]["closed_at"]
    assert found["contacts"] == expected["contacts"]


def test_a_preset_can_be_forced_or_refused(tmp_path: Path) -> None:
    raws = tables(tmp_path, ALL["zoho: leads, potentials and calls"]["files"])
    assert recognise(raws, preset="zoho").preset == "zoho"
    assert recognise(raws, preset="generic").preset == "generic"
    with pytest.raises(UsageError, match="There is no preset sugar"):
        recognise(raws, preset="sugar")


def test_a_threshold_of_one_maps_what_presets_say_only(tmp_path: Path) -> None:
    raws = tables(tmp_path, ALL["generic: payments, invoices and tasks"]["files"])
    found = recognise(raws, threshold=1.0)
    assert [s.tables for s in found.mapping.sources] == [(), (), ()]
    assert {g.reason for g in found.asked} == {"mapping.ask_table"}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_in_the_models_own_names_is_itself(name: str, tmp_path: Path) -> None:
    columns = list(TABLES[name].columns)
    without_id = [c for c in columns if c != "id"]
    headers = without_id if len(TABLES[name].key) > 1 else columns
    found = recognise([raw_table(tmp_path, name, headers, [])])
    table = found.mapping.sources[0].tables[0]
    assert table.table == name
    assert table.key == TABLES[name].key
    assert {c.target: c.source for c in table.columns} == {c: c for c in without_id}
    assert table.own == ()
    assert found.asked == ()


def test_nothing_at_all() -> None:
    assert recognise([]).mapping.sources == ()
