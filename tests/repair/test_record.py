"""One record whole: cells, findings, related records and its history."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dq.errors import UsageError
from dq.project import Project
from tests.repair.projects import project
from tests.repair.test_stored import DEALS, folder_of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    project(folder_of(folder)).run()
    project(folder, 2).suppress([("C105", "deals", "D1", None)], because="agreed")
    folder_of(folder, DEALS.replace("D2;Beta;U1;A1;won;won;900", "D2;Beta;U2;A1;won;won;"))
    project(folder, 3).run()
    return folder


@pytest.fixture
def kept(made: Path, tmp_path: Path) -> Project:
    """A copy of the project, to be changed."""
    return project(Path(shutil.copytree(made, tmp_path / "project")), 4)


def test_a_record_whole(kept: Project) -> None:
    record = kept.show("deals", "D2")
    cells = {c.column: c.value for c in record.rows[0]}
    assert {n: cells[n] for n in ("name", "owner_id", "status", "amount")} == {
        "name": "Beta", "owner_id": "U2", "status": "won", "amount": None
    }  # fmt: skip
    assert record.live
    assert [row for _, row in record.places] == [3]
    assert [f.code for f in record.findings if f.severity.value == "error"] == ["C105"]
    outward = {(r.table, r.column): r.keys for r in record.related if r.outward}
    assert outward["users", "owner_id"] == (("U2", "Boris Dun"),)
    history = [(m.there, "C105" in m.findings) for m in record.history]
    assert history == [(True, False), (True, True)]
    changed = {column: (old, new) for column, old, new in record.history[1].changed}
    assert changed["owner_id"] == ("U1", "U2")
    assert changed["amount"][1] is None


def test_records_that_name_it(kept: Project) -> None:
    related = {
        r.table: (r.count, r.keys) for r in kept.show("deals", "D1").related if not r.outward
    }
    assert related == {"deal_lines": (1, (("L1", None),))}
    missing = [r for r in kept.show("deal_lines", "L2").related if r.missing]
    assert [(r.table, r.column, r.keys) for r in missing] == [("deals", "deal_id", (("D9", None),))]


def test_suppressions_of_a_record(kept: Project) -> None:
    record = kept.show("deals", "D1")
    assert [(f.code, f.suppressed) for f in record.findings if f.code == "C105"] == [
        ("C105", "s1.1")
    ]
    assert [(s.id, s.because) for s in record.suppressions] == [("s1.1", "agreed")]
    assert "C105" not in record.history[-1].findings


def test_an_earlier_run(kept: Project) -> None:
    record = kept.show("deals", "D2", run="previous")
    assert {c.column: c.value for c in record.rows[0]}["owner_id"] == "U1"
    assert len(record.history) == 1


@pytest.mark.parametrize(
    ("table", "key", "says"),
    [
        ("deals", "D77", "There is no record D77 in deals. Give the key as dq findings shows it."),
        ("leads", "L1", "The run has no table leads. It has: deal_lines, deals, products, users."),
    ],
)
def test_what_is_not_there(kept: Project, table: str, key: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        kept.show(table, key)
    assert str(caught.value) == says
