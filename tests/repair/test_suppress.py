"""Suppressions: what they hide and what they never hide, through real runs of a project."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dq.engines.base import Engine
from dq.errors import UsageError
from dq.findings import Outcome, Result, Severity, finding_id
from dq.repair.lists import read_list
from dq.repair.suppress import until_day
from tests.repair.projects import DEALS, HEADER, found, project, write

WHY = "old deals, agreed with sales"


def score(result: Result) -> tuple[float | None, float | None]:
    table = next(t for t in result.tables if t.name == "deals")
    return table.score, table.score_with_suppressed


def errors(result: Result) -> dict[str, tuple[int, int]]:
    """Records and suppressed records of each group of errors."""
    return {
        f"{g.code} {g.column}": (g.records, g.suppressed)
        for g in result.groups
        if g.severity.rank >= Severity.ERROR.rank
    }


def test_a_suppressed_finding_stays_on_record_and_counts_no_more(tmp_path: Path) -> None:
    write(tmp_path, list(DEALS.values()))
    first = project(tmp_path).run()
    assert found(first) == {"D1": None, "D3": None}
    assert (first.exit_code, first.suppressed, errors(first)) == (1, 0, {"C105 amount": (2, 0)})
    assert score(first) == (0.5, 0.5)

    done = project(tmp_path, 2).suppress([("C105", "deals", "D1", None)], because=WHY)
    assert (done.findings, done.renewed, done.missing) == (1, 0, ())
    second = project(tmp_path, 3).run()
    assert found(second) == {"D1": "s1.1", "D3": None}
    assert (second.exit_code, second.suppressed) == (1, 1)
    assert errors(second) == {"C105 amount": (1, 1)}
    assert score(second) == (0.75, 0.5)
    group = next(g for g in second.groups if g.code == "C105")
    assert [e.key for e in group.examples] == ["D3"]
    assert second.totals["error"] == first.totals["error"] - 1

    project(tmp_path, 4).suppress([finding_id("C105", "deals", "amount", "D3")], because=WHY)
    third = project(tmp_path, 5).run()
    assert (third.exit_code, third.outcome, third.suppressed) == (0, "clean", 2)
    assert errors(third) == {}
    rule = next(o for o in third.outcomes if (o.code, o.table) == ("C105", "deals"))
    assert (rule.outcome, rule.findings, rule.suppressed) == (Outcome.PASSED, 0, 2)
    assert score(third) == (1.0, 0.5)


def test_rows_above_do_not_move_a_suppression(tmp_path: Path) -> None:
    write(tmp_path, list(DEALS.values()))
    project(tmp_path).run()
    project(tmp_path, 2).suppress([("C105", "deals", "D1", None)], because=WHY)
    more = [
        "D0;First;U1;won;won;;2026-03-02;2026-04-10",
        "D9;Omega;U1;won;won;;2026-03-02;2026-04-10",
    ]
    write(tmp_path, [*more, *reversed(DEALS.values())])
    assert found(project(tmp_path, 3).run()) == {"D0": None, "D9": None, "D1": "s1.1", "D3": None}


KEYLESS = "name;owner;stage;status;amount;created at;closed at\n"


def keyless(result: Result) -> list[tuple[int, str | None]]:
    """Row and suppression of each finding; keys are made from the content."""
    assert result.findings_path is not None
    rows = pq.read_table(result.findings_path).to_pylist()
    assert all(r["key"].startswith("~") for r in rows if r["code"] == "C105")
    return sorted((r["row"], r["suppressed"]) for r in rows if r["code"] == "C105")


def test_rows_above_do_not_move_a_suppression_of_a_record_without_a_key(tmp_path: Path) -> None:
    rows = [row.split(";", 1)[1] for row in DEALS.values()]
    write(tmp_path, rows, KEYLESS)
    first = project(tmp_path).run()
    assert keyless(first) == [(2, None), (4, None)]
    key = next(k for k in found(first))
    table = pq.read_table(str(first.findings_path)).to_pylist()
    row = next(r["row"] for r in table if r["code"] == "C105" and r["key"] == key)
    project(tmp_path, 2).suppress([("C105", "deals", key, None)], because=WHY)
    above = ["Omega;U1;won;won;;2026-03-02;2026-04-10", "Psi;U1;won;won;;2026-03-02;2026-04-10"]
    write(tmp_path, [*above, *rows], KEYLESS)
    after = keyless(project(tmp_path, 3).run())
    assert after == [
        (2, None), (3, None), *[(n + 2, "s1.1" if n == row else None) for n in (2, 4)]
    ]  # fmt: skip


def test_of_records_that_are_all_alike_as_many_are_hidden_as_were_named(tmp_path: Path) -> None:
    twin = "Alpha;U1;won;won;;2026-03-02;2026-04-10"
    other = "Beta;U1;won;won;900;2026-03-02;2026-05-12"
    write(tmp_path, [twin, other], KEYLESS)
    first = project(tmp_path).run()
    (key,) = found(first)
    project(tmp_path, 2).suppress([("C105", "deals", key, None)], because=WHY)
    write(tmp_path, [twin, twin, other, twin], KEYLESS)
    states = [state for _, state in keyless(project(tmp_path, 3).run())]
    assert sorted(states, key=str) == [None, None, "s1.1"]


def test_what_has_ended_comes_back_and_is_told(tmp_path: Path) -> None:
    write(tmp_path, list(DEALS.values()))
    project(tmp_path).run()
    project(tmp_path, 1).suppress([("C105", "deals", "D1", "amount")], because=WHY, days=10)
    last = project(tmp_path, 11).run()
    assert (found(last)["D1"], [n.code for n in last.notes if "suppress" in n.code]) == ("s1.1", [])
    after = project(tmp_path, 12).run()
    assert (found(after)["D1"], after.suppressed) == (None, 0)
    notes = [(n.code, n.args, n.severity) for n in after.notes if "suppress" in n.code]
    assert notes == [("suppress.ended", {"n": 1}, "warning")]


def test_a_new_suppression_replaces_what_held_before(tmp_path: Path) -> None:
    write(tmp_path, list(DEALS.values()))
    project(tmp_path).run()
    both = [("C105", "deals", key, None) for key in ("D1", "D3")]
    project(tmp_path, 2).suppress(both, because=WHY, days=10)
    done = project(tmp_path, 3).suppress(both[:1], because="asked again", days=100)
    assert (done.findings, done.renewed) == (1, 1)
    held = {k: (s.id, s.because, s.until) for s in project(tmp_path).suppressions() for k in s.keys}
    assert held == {
        "D1": ("s2.2", "asked again", date(2026, 10, 11)),
        "D3": ("s2.1", WHY, date(2026, 7, 12)),
    }


@pytest.mark.parametrize(
    ("names", "hidden"),
    [
        (["s1.1"], {"D1": None, "D3": None}),
        (["s1"], {"D1": None, "D3": None}),
        ([finding_id("C105", "deals", "amount", "D3")], {"D1": "s2.1", "D3": None}),
    ],
)
def test_lifting(tmp_path: Path, names: list[str], hidden: dict[str, str | None]) -> None:
    write(tmp_path, list(DEALS.values()))
    project(tmp_path).run()
    both = [("C105", "deals", key, None) for key in ("D1", "D3")]
    project(tmp_path, 2).suppress(both, because=WHY)
    shown, _ = project(tmp_path, 3).lift(names, because="repaired in the CRM")
    assert shown == sum(state is None for state in hidden.values())
    assert found(project(tmp_path, 4).run()) == hidden


def test_a_decision_and_its_entry_are_one(tmp_path: Path) -> None:
    write(tmp_path, list(DEALS.values()))
    project(tmp_path).run()
    project(tmp_path, 2).suppress([("C105", "deals", "D1", None)], because=WHY, author="Anna")
    project(tmp_path, 3).lift(["s1"], because="no longer right", author="Boris")
    with project(tmp_path).store() as store:
        entries = [(e.action, e.object, e.because, e.actor.name) for e in store.entries()]
        assert store.verify().intact
    assert entries[-2:] == [
        ("suppress", "deals/C105", WHY, "Anna"),
        ("lift", "suppression/s1.1", "no longer right", "Boris"),
    ]


@pytest.mark.parametrize(
    ("finding", "given", "says"),
    [
        (("C105", "deals", "D2", None), {}, "The run latest has no finding C105 deals D2."),
        ("0123456789abcdef", {}, "The run latest has no finding 0123456789abcdef."),
        (("C105", "deals", "D1", None), {"days": 181}, "A suppression holds for 180 days at most."),
        (("C105", "deals", "D1", None), {"because": " "}, "A decision needs a reason."),
        (("C105", "deals", "D1", None), {"until": date(2026, 6, 30)}, "has ended already"),
    ],
)
def test_what_is_refused_changes_nothing(
    tmp_path: Path,
    finding: str | tuple[str, str, str, str | None],
    given: dict[str, object],
    says: str,
) -> None:
    write(tmp_path, list(DEALS.values()))
    project(tmp_path).run()
    with pytest.raises(UsageError) as caught:
        project(tmp_path, 2).suppress([finding], **{"because": WHY, **given})  # type: ignore[arg-type]
    assert says in str(caught.value)
    assert project(tmp_path).suppressions() == ()


def test_until_when() -> None:
    today = date(2026, 7, 1)
    assert until_day(today) == date(2026, 9, 29)
    assert until_day(today, days=180) == date(2026, 12, 28)
    assert until_day(today, date(2026, 7, 2)) == date(2026, 7, 2)
    with pytest.raises(UsageError, match="not both"):
        until_day(today, date(2026, 7, 2), 3)


ID = finding_id("C105", "deals", "amount", "+7-D1")


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("ids.txt", f"{ID}  # agreed\n\n", [ID]),
        ("list.csv", f"\ufeffcode,id\r\nC105,{ID}\r\n", [ID]),
        ("semicolons.csv", f"id;key\n{ID};D1\n", [ID]),
        (
            "keys.csv",
            "code,table,key,column\nC105,deals,'+7-D1,amount\nC110,deals,,\n",
            [("C105", "deals", "+7-D1", "amount"), ("C110", "deals", "", None)],
        ),
    ],
)
def test_lists(tmp_path: Path, name: str, text: str, wanted: list[object]) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    assert read_list(tmp_path / name) == wanted


def test_a_list_that_names_nothing(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UsageError, match="The list names no finding"):
        read_list(tmp_path / "list.csv")


def test_of_a_list_what_is_repaired_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, list(DEALS.values()))
    project(tmp_path).run()
    ids = [finding_id("C105", "deals", "amount", key) for key in ("D1", "D2", "D3")]
    done = project(tmp_path, 2).suppress(ids, because=WHY)
    assert (done.findings, done.missing) == (2, (ids[1],))


def test_suppressions_hold_on_both_engines(
    tmp_path: Path, duck_engine: Engine, spark_engine: Engine
) -> None:
    from dq.assess import AssessmentSettings
    from tests.agreement import NOW, assessed, differences, read

    rows = [
        f"D{i};Deal {i};U1;won;won;{'' if i % 3 else 100};2026-03-02;2026-04-10" for i in range(30)
    ]
    header = HEADER.strip() + ";created by;Import batch\n"
    write(
        tmp_path,
        [f"{row};U{i % 2};{'B7' if i % 5 == 0 else ''}" for i, row in enumerate(rows)],
        header,
    )
    project(tmp_path).run()
    keys = [("C105", "deals", f"D{i}", None) for i in (1, 2, 4)]
    project(tmp_path, 2).suppress(keys, because=WHY, days=1)
    project(tmp_path, 2).suppress(keys[:2], because=WHY)
    given = project(tmp_path).suppressions()
    raws, mapping = read([tmp_path / "deals.csv"], tmp_path)
    how = replace(AssessmentSettings(now=NOW), suppressions=given, now=NOW.replace(month=8))
    one, other = (
        assessed(engine, raws, mapping, tmp_path, settings=how)
        for engine in (duck_engine, spark_engine)
    )
    assert differences(one, other) == []
    assert one.result.suppressed == other.result.suppressed == 2
    assert one.result.origins == other.result.origins
    assert [(o.origin, o.bad, o.of) for o in one.result.origins] == [
        ("user:U0", 7, 12),
        ("user:U1", 7, 12),
        ("import:B7", 4, 6),
    ]
    assert [n.args for n in one.result.notes if n.code == "suppress.ended"] == [{"n": 1}]
