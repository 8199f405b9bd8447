"""What becomes of findings from run to run, and of the scores."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dq.engines.base import Engine
from dq.errors import UsageError
from dq.findings import Since
from dq.repair.diff import Diff
from dq.runs import latest, list_runs
from tests.repair.projects import DEALS, HEADER, project, write
from tests.repair.test_stored import LINES, folder_of

BLANK = "D2;Beta;U1;won;won;;2026-03-02;2026-05-12"


def run(folder: Path, rows: dict[str, str], day: int, header: str = HEADER) -> Since | None:
    write(folder, list(rows.values()), header)
    return project(folder, day).run().since


def changes(diff: Diff, code: str = "C105") -> dict[str, list[str]]:
    """Keys by change, of a rule."""
    found: dict[str, list[str]] = {}
    for row in diff.rows.to_pylist():
        if row["code"] == code:
            found.setdefault(row["change"], []).append(str(row["key"]))
    return found


def test_new_gone_and_returned(tmp_path: Path) -> None:
    assert run(tmp_path, DEALS, 1) is None
    repaired = {**DEALS, "D1": DEALS["D1"].replace(";won;;", ";won;700;"), "D2": BLANK}
    without = {key: row for key, row in repaired.items() if key != "D3"}
    since = run(tmp_path, without, 2)
    assert since is not None
    assert (since.new, since.gone, since.returned, since.rules_changed) == (1, 2, 0, False)
    assert since.run_id == list_runs(tmp_path)[0].run_id
    assert changes(project(tmp_path).diff()) == {
        "new": ["D2"], "gone": ["D1"], "record_gone": ["D3"]
    }  # fmt: skip
    third = run(tmp_path, {**without, "D1": DEALS["D1"]}, 3)
    assert third is not None
    assert (third.new, third.gone, third.returned) == (1, 0, 1)
    diff = project(tmp_path).diff()
    assert changes(diff) == {"returned": ["D1"]}
    assert diff.unchanged == 1
    first = list_runs(tmp_path)[0].run_id
    assert changes(project(tmp_path).diff(first, "latest")) == {
        "new": ["D2"], "record_gone": ["D3"]
    }  # fmt: skip


def test_new_records_of_each_group(tmp_path: Path) -> None:
    run(tmp_path, DEALS, 1)
    write(tmp_path, [*DEALS.values(), "D7;Eta;U1;won;won;;2026-03-02;2026-05-12"])
    result = project(tmp_path, 2).run()
    assert {g.id: (g.records, g.new) for g in result.groups if g.code == "C105"} == {
        "C105|deals|amount|": (3, 1)
    }
    again = project(tmp_path, 3).check()
    assert {g.new for g in again.groups} == {0}


def test_suppressed_and_shown_again(tmp_path: Path) -> None:
    run(tmp_path, DEALS, 1)
    project(tmp_path, 2).suppress([("C105", "deals", "D1", None)], because="agreed", days=3)
    since = run(tmp_path, DEALS, 3)
    assert since is not None
    assert (since.new, since.gone) == (0, 0)
    assert changes(project(tmp_path).diff()) == {"suppressed": ["D1"]}
    run(tmp_path, DEALS, 6)
    assert changes(project(tmp_path).diff()) == {"reopened": ["D1"]}


def test_what_a_rule_could_not_judge_is_not_called_gone(tmp_path: Path) -> None:
    run(tmp_path, DEALS, 1)
    header = "id;name;owner;stage;status;created at;closed at\n"
    narrow = {
        k: ";".join(c for i, c in enumerate(r.split(";")) if i != 5) for k, r in DEALS.items()
    }
    run(tmp_path, narrow, 2, header)
    found = changes(project(tmp_path).diff())
    assert "gone" not in found
    assert sorted(found.get("not_judged", [])) == ["D1", "D3"]


def test_a_changed_value(tmp_path: Path) -> None:
    folder_of(tmp_path)
    for day, product in ((1, "P8"), (2, "P9")):
        lines = LINES.replace("L1;D1;P1", f"L1;D1;{product}")
        (tmp_path / "deal_lines.csv").write_text(lines, encoding="utf-8")
        project(tmp_path, day).run()
    diff = project(tmp_path).diff()
    (change,) = [c for c in diff.changes if c.column == "product_id"]
    assert (change.change, change.code, change.findings) == ("changed", "R101", 1)
    assert [(e.key, was, e.value) for e, was in change.told()] == [("L1", "P8", "P9")]


def test_scores_of_other_rules_are_not_joined(tmp_path: Path) -> None:
    run(tmp_path, DEALS, 1)
    run(tmp_path, {**DEALS, "D2": BLANK}, 2)
    same = project(tmp_path).diff()
    assert same.comparable
    assert [(s.table, s.before, s.after) for s in same.scores] == [("deals", 0.5, 0.25)]
    settings = tmp_path / "dq.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text + "rules:\n  C105: {severity: warning}\n", encoding="utf-8")
    since = run(tmp_path, DEALS, 3)
    assert since is not None
    assert since.rules_changed
    assert not project(tmp_path).diff().comparable
    points = project(tmp_path).history()
    assert [(p.scores["deals"], p.joins, p.totals["error"]) for p in points] == [
        (0.5, True, 2), (0.25, True, 3), (1.0, False, 0)
    ]  # fmt: skip
    assert [(p.new, p.gone) for p in points] == [(None, None), (1, 0), (0, 1)]
    assert [p.scores for p in project(tmp_path).history("leads")] == [{}, {}, {}]


def test_a_run_that_cannot_be_read_is_no_run_to_compare_with(tmp_path: Path) -> None:
    run(tmp_path, DEALS, 1)
    last = latest(tmp_path)
    assert last is not None
    (last.path / "findings.parquet").unlink()
    assert run(tmp_path, DEALS, 2) is None


@pytest.mark.parametrize("names", [("previous", "latest"), ("nothing", "latest")])
def test_runs_that_are_not_there(tmp_path: Path, names: tuple[str, str]) -> None:
    run(tmp_path, DEALS, 1)
    with pytest.raises(UsageError, match="There is no run"):
        project(tmp_path).diff(*names)


def test_runs_are_compared_alike_on_both_engines(
    tmp_path: Path, duck_engine: Engine, spark_engine: Engine
) -> None:
    from dq.repair.diff import diff_runs
    from dq.repair.stored import Wanted, chosen

    run(tmp_path, DEALS, 1)
    run(tmp_path, {**DEALS, "D1": DEALS["D1"].replace(";won;;", ";won;700;"), "D2": BLANK}, 2)
    runs = list_runs(tmp_path)
    ones, others = (diff_runs(e, tmp_path, *runs) for e in (duck_engine, spark_engine))
    assert ones.changes == others.changes
    assert (ones.unchanged, ones.scores) == (others.unchanged, others.scores)
    rows = [json.dumps(d.rows.to_pylist(), default=str) for d in (ones, others)]
    assert rows[0] == rows[1]
    lists = []
    for engine in (duck_engine, spark_engine):
        query = chosen(engine, tmp_path, runs[1], Wanted(codes=("C", "R101"), new=True), runs[0])
        lists.append(sorted(map(str, engine.query(query).to_pylist())))
    assert lists[0] == lists[1] != []
