"""Findings of a kept run: chosen by what they are about, with owner, origin and news."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dq.errors import StoreError, UsageError
from dq.project import Project
from dq.repair.stored import Wanted, is_personal
from dq.runs import latest
from tests.repair.projects import project

DEALS = """id;name;owner id;account;stage;status;amount;created at;closed at;Import batch
D1;Alpha;U1;A1;won;won;;2026-03-02;2026-04-10;B7
D2;Beta;U1;A1;won;won;900;2026-03-02;2026-05-12;
D3;Gamma;U2;A1;won;won;;2026-03-02;2026-06-30;B7
D4;Delta;U2;A1;open;open;500;2026-06-20;;
"""
USERS = "id;name;role\nU1;Anna Berg;field\nU2;Boris Dun;field\n"
LINES = "id;deal id;product;quantity;unit price\nL1;D1;P1;1;10\nL2;D9;P1;1;10\n"
PRODUCTS = "id;name\nP1;Till\n"


def folder_of(folder: Path, deals: str = DEALS) -> Path:
    names = {"deals": deals, "users": USERS, "deal_lines": LINES, "products": PRODUCTS}
    sources = "".join(f"  {name}: {{path: {name}.csv}}\n" for name in names)
    (folder / "dq.yaml").write_text(f"dq: 1\nsources:\n{sources}", encoding="utf-8")
    for name, text in names.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two runs; in the second D2 lost its amount, and D1 is suppressed."""
    folder = folder_of(tmp_path_factory.mktemp("kept"))
    project(folder).run()
    project(folder, 2).suppress([("C105", "deals", "D1", None)], because="agreed")
    folder_of(folder, DEALS.replace(";won;won;900;", ";won;won;;"))
    project(folder, 3).run()
    return project(folder, 4)


def keys(kept: Project, **wanted: object) -> list[str]:
    frame = kept.findings(Wanted(**wanted))  # type: ignore[arg-type]
    return [f"{r.code} {r.table} {r.key}" for r in frame.itertuples()]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"codes": ("C105",)}, ["C105 deals D2", "C105 deals D3"]),
        ({"codes": ("c105",), "state": "all"}, [f"C105 deals D{n}" for n in (1, 2, 3)]),
        ({"codes": ("C105",), "state": "suppressed"}, ["C105 deals D1"]),
        ({"codes": ("C105",), "new": True}, ["C105 deals D2"]),
        ({"codes": ("C105",), "owner": "anna berg"}, ["C105 deals D2"]),
        ({"codes": ("C105",), "owner": "u2"}, ["C105 deals D3"]),
        ({"codes": ("C105",), "origin": "import:B7"}, ["C105 deals D3"]),
        ({"codes": ("C105",), "origin": "b7"}, ["C105 deals D3"]),
        ({"codes": ("C105",), "keys": ("D3", "D4")}, ["C105 deals D3"]),
        ({"group": "C105|deals|amount|"}, ["C105 deals D2", "C105 deals D3"]),
        ({"group": "C105|deals"}, ["C105 deals D2", "C105 deals D3"]),
        ({"group": "C105|deals|closed_at"}, []),
        ({"codes": ("R",), "severity": "error"}, ["R101 deal_lines L2"]),
        ({"tables": ("deal_lines",), "columns": ("deal_id",)}, ["R101 deal_lines L2"]),
        ({"codes": ("C",), "severity": "critical"}, []),
        ({"codes": ("C105",), "tables": ("leads",)}, []),
    ],
)
def test_choosing(kept: Project, wanted: dict[str, object], found: list[str]) -> None:
    assert keys(kept, **wanted) == found


def test_all_columns_of_a_finding(kept: Project) -> None:
    (row,) = kept.findings(Wanted(codes=("C105",), new=True)).to_dict("records")
    assert {n: row[n] for n in ("severity", "table", "key", "column", "file", "row")} == {
        "severity": "error", "table": "deals", "key": "D2", "column": "amount",
        "file": "deals.csv", "row": 3,
    }  # fmt: skip
    assert (row["owner"], row["owner_id"], row["new"]) == ("Anna Berg", "U1", True)


def test_a_line_is_answered_for_by_the_owner_of_its_deal(tmp_path: Path) -> None:
    folder_of(tmp_path)
    (tmp_path / "deal_lines.csv").write_text(LINES.replace("P1", "P9"), encoding="utf-8")
    project(tmp_path).run()
    frame = project(tmp_path).findings(Wanted(codes=("R101",), columns=("product_id",)))
    owners = dict(zip(frame["key"], frame["owner"], strict=True))
    assert owners["L1"] == "Anna Berg"
    assert owners["L2"] is None or owners["L2"] != owners["L2"]  # its deal is not there


def test_the_first_of_each_kind(kept: Project) -> None:
    with kept.chosen(Wanted(severity="error", state="all")) as found:
        rows = found.heads(1, 50)
        alone = [r["key"] for r in rows if r["code"] == "C105"]
        assert (alone, next(r["of"] for r in rows if r["code"] == "C105")) == (["D1"], 3)
    with kept.chosen(Wanted(codes=("C105",), state="all")) as found:
        assert [r["key"] for r in found.heads(1, 50)] == ["D1", "D2", "D3"]
        assert [r["key"] for r in found.rows(2)] == ["D1", "D2"]
        assert found.total == 3


@pytest.mark.parametrize(
    ("by", "counts"),
    [
        ("owner", [("Boris Dun", 1), ("Anna Berg", 1)]),
        ("origin", [("import:B7", 1), (None, 1)]),
        ("code", [("C105", 2)]),
    ],
)
def test_counting(kept: Project, by: str, counts: list[tuple[str | None, int]]) -> None:
    with kept.chosen(Wanted(codes=("C105",))) as found:
        got = [(row["name"], row["findings"]) for row in found.by(by)]
    assert sorted(got, key=str) == sorted(counts, key=str)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Wanted(severity="bad"), "There is no severity bad. Choose one of: info, warning"),
        (Wanted(state="closed"), "Findings are open, suppressed or all."),
    ],
)
def test_what_is_refused(kept: Project, wanted: Wanted, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        kept.findings(wanted)
    assert str(caught.value).startswith(says)


def test_nothing_is_new_in_the_first_run(kept: Project) -> None:
    with pytest.raises(UsageError, match="There is no run before this one"):
        kept.findings(Wanted(new=True), run="previous")


def test_findings_that_are_lost(tmp_path: Path) -> None:
    project(folder_of(tmp_path)).run()
    run = latest(tmp_path)
    assert run is not None
    (run.path / "findings.parquet").unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        project(tmp_path).findings()


def test_findings_of_an_older_dq(tmp_path: Path) -> None:
    project(folder_of(tmp_path)).run()
    run = latest(tmp_path)
    assert run is not None
    path = run.path / "findings.parquet"
    table = pq.read_table(path).drop_columns(["suppressed"])
    pq.write_table(table, path)
    assert keys(project(tmp_path), codes=("C105",)) == ["C105 deals D1", "C105 deals D3"]


@pytest.mark.parametrize(
    ("table", "column", "personal"),
    [
        ("contacts", "email", True),
        ("contacts", None, True),
        ("deals", "contact_id", True),
        ("deals", "amount", False),
        ("deals", None, False),
        ("leads", "Own column", True),
        ("no_such", "email", False),
    ],
)
def test_what_is_personal(table: str, column: str | None, personal: bool) -> None:
    assert is_personal(table, column) is personal
