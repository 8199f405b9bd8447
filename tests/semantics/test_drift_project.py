"""Drift in a project: the first run adopts, later ones compare; people and the glossary decide."""

from __future__ import annotations

import json
import math
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from dq.clock import FixedClock
from dq.errors import UsageError
from dq.findings import Outcome, Result
from dq.project import Project
from tests.cli.calls import dq

FIRST, CHANGE, END = date(2025, 1, 6), date(2026, 2, 3), date(2026, 4, 6)
BASELINE = date(2026, 1, 20)
PERSON = "Zebediah Quillfeather"


def _rows(end: date, *, times: int = 100, renamed: bool = False) -> list[str]:
    """Eight deals a day until `end` (not in it), the same for the same arguments."""
    chance = np.random.default_rng(7)
    lines = ["id;name;full name;phone;owner;source;stage;amount;created at"]
    number = 0
    for place in range((END - FIRST).days):
        day = FIRST + timedelta(days=place)
        for _ in range(8):
            number += 1
            amount = math.exp(chance.normal(7.0, 0.8))
            source = ("Website", "Call", "Fair")[int(chance.choice(3, p=[0.5, 0.3, 0.2]))]
            if day >= CHANGE:
                amount *= times
                source = "Phone" if renamed and source == "Call" else source
            if day < end:
                lines.append(
                    f"D{number};Deal {number};{PERSON};+4477009{number:05d};U{number % 5};{source};"
                    f"won;{amount:.2f};{day} 10:00"
                )
    return lines


def _project(folder: Path, rows: list[str], day: date = END) -> Project:
    (folder / "deals.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    settings = folder / "dq.yaml"
    if not settings.exists():
        settings.write_text("dq: 1\nsources:\n  deals: {path: deals.csv}\n", encoding="utf-8")
    return Project(folder, clock=FixedClock(datetime(day.year, day.month, day.day, tzinfo=UTC)))


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A project whose first run was on the day of the baseline."""
    folder = tmp_path_factory.mktemp("begun")
    return folder, _project(folder, _rows(BASELINE), BASELINE).run()


@pytest.fixture
def begun(first_run: tuple[Path, Result], tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(first_run[0], tmp_path / "project")


def _outcome(result: Result) -> Outcome:
    [found] = {
        o.outcome for o in result.outcomes if o.code == "S107" and o.table in ("deals", None)
    }
    return found


def _findings(result: Result) -> list[dict[str, object]]:
    assert result.findings_path is not None
    rows = pq.read_table(result.findings_path).to_pylist()
    return [row for row in rows if row["code"] == "S107"]


def test_the_first_run_adopts_and_says_so(first_run: tuple[Path, Result]) -> None:
    result = first_run[1]
    adopted = [note.args for note in result.notes if note.code == "drift.adopted"]
    assert adopted == [{"n": 1, "tables": "deals"}]
    assert _outcome(result) is Outcome.NOT_APPLICABLE


def test_a_weekly_run_finds_what_changed(begun: Path) -> None:
    quiet = _project(begun, _rows(CHANGE), CHANGE).run()
    assert _outcome(quiet) is Outcome.PASSED
    assert not [note for note in quiet.notes if note.code == "drift.adopted"]
    loud = _project(begun, _rows(END)).run()
    [finding] = _findings(loud)
    assert (finding["table"], finding["column"], finding["key"]) == ("deals", "amount", None)
    assert (finding["cause"], finding["severity"]) == ("unit_up", "error")
    args = json.loads(str(finding["args"]))
    assert (args["since"], args["factor"]) == (CHANGE.isoformat(), "100")
    assert 80 < float(args["after"]) / float(args["before"]) < 120


def test_too_few_records_since_the_baseline_are_no_evidence(begun: Path) -> None:
    soon = BASELINE + timedelta(days=7)
    assert _outcome(_project(begun, _rows(soon), soon).run()) is Outcome.NO_EVIDENCE


def test_an_export_that_holds_only_the_new_records(begun: Path) -> None:
    rows = _rows(END, renamed=True, times=1)
    kept = [rows[0], *[row for row in rows[1:] if row[-16:-6] >= BASELINE.isoformat()]]
    [finding] = _findings(_project(begun, kept).run())
    assert (finding["column"], finding["cause"], finding["value"]) == ("source", "renamed", "Phone")
    args = json.loads(str(finding["args"]))
    assert (args["other"], args["since"]) == ("Call", CHANGE.isoformat())


def test_a_column_rewritten_in_old_records_too(begun: Path) -> None:
    rows = [row.replace(";Call;", ";Phone;") for row in _rows(END, times=1)]
    project = _project(begun, rows)
    [found] = project.drift.find([], project.assessment_settings(None))
    [change] = found.changes
    assert (change.kind, change.value, change.other) == ("renamed", "Phone", "Call")
    assert (change.rewritten, change.since) == (True, BASELINE)


def _field(folder: Path, entry: str) -> None:
    text = f"glossary: 1\nfields:\n  deals.amount: {{{entry}}}\n"
    (folder / "glossary.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("unit: RUB", f"unit: RUB, since: {CHANGE}", "field"),
        ("unit: RUB", "unit: kopecks", "entry"),
        ("unit: RUB", "unit: RUB, means: Sum of the contract.", None),
        ("means: Sum of the contract.", "unit: RUB", None),
    ],
)
def test_what_the_glossary_records_is_no_drift(
    begun: Path, before: str, after: str, why: str | None
) -> None:
    _field(begun, before)
    early = _project(begun, _rows(BASELINE), BASELINE)
    early.drift.adopt([], early.assessment_settings(None), because="with a glossary")
    _field(begun, after)
    project = _project(begun, _rows(END))
    how = project.assessment_settings(None)
    [found] = project.drift.find(["deals.amount"], how)
    wanted = None if why is None else (why, "deals.amount")
    assert [c.recorded for c in found.changes] == [wanted]


def test_a_recorded_change_is_no_finding(begun: Path) -> None:
    _field(begun, f"unit: kopecks, since: {CHANGE}")
    assert _outcome(_project(begun, _rows(END)).run()) is Outcome.PASSED
    said = dq("glossary", "drift", cwd=begun)
    assert (said.code, "1 change is recorded in the glossary" in said.out) == (0, True)


def test_a_version_of_a_term_records_it(begun: Path) -> None:
    (begun / "glossary.yaml").write_text(
        "glossary: 1\nterms:\n  revenue:\n    kind: measure\n    of: deals\n    versions:\n"
        "    - {effective: 2024-01-01, expr: SUM(amount)}\n"
        f"    - {{effective: {CHANGE}, expr: SUM(amount) / 100}}\n",
        encoding="utf-8",
    )
    project = _project(begun, _rows(END))
    [found] = project.drift.find([], project.assessment_settings(None))
    assert [c.recorded for c in found.changes] == [("term", "revenue")]


def test_adopting_and_approving(begun: Path) -> None:
    project = _project(begun, _rows(END))
    how = project.assessment_settings(None)
    with pytest.raises(UsageError, match="needs a reason"):
        project.drift.adopt([], how, because=" ")
    assert project.drift.adopt(["deals"], how, because="cents are right", author="Ann") == ["deals"]
    with pytest.raises(UsageError, match="another person"):
        project.drift.approve(because="yes", author="Ann")
    assert project.drift.approve(["deals"], because="yes", author="Bob") == ["deals"]
    assert project.drift.approve(["deals"], because="yes", author="Bob") == []
    with project.store() as store:
        actions = [(e.action, e.actor.name, e.because) for e in store.entries()]
    assert ("drift.adopt", "Ann", "cents are right") in actions
    assert ("drift.approve", "Bob", "yes") in actions
    [(end, approved)] = [(b.end, b.approved["by"]) for b in project.drift.baselines().values()]
    assert (end, approved) == (END, "Bob")
    # What is adopted later does not stand before somebody approves it.
    later = _project(begun, _rows(BASELINE), BASELINE)
    later.drift.adopt([], later.assessment_settings(None), because="older", author="Cid")
    assert project.drift.baselines()["deals"].end == END


def test_the_baseline_holds_no_personal_value(begun: Path) -> None:
    with _project(begun, _rows(END)).store() as store:
        kept = json.dumps(store.setting("drift.deals"), ensure_ascii=False)
    assert "Website" in kept
    assert PERSON not in kept
    assert "77009" not in kept


def test_against_the_latest_run_and_within_one_export(begun: Path) -> None:
    project = _project(begun, _rows(END))
    how = project.assessment_settings(None)
    [previous] = project.drift.find(["deals"], how, against="previous")
    [within] = project.drift.find(["deals"], how, since=date(2026, 1, 1))
    for found in (previous, within):
        [change] = found.changes
        assert (change.column, change.kind, change.since) == ("amount", "unit", CHANGE)


def test_the_verb(begun: Path) -> None:
    _project(begun, _rows(END))
    said = dq("glossary", "drift", "deals.amount", cwd=begun)
    assert said.code == 1
    assert "about 100 times larger since 3 Feb 2026" in said.out
    told = dq("glossary", "drift", "--format", "json", "--since", "2026-01-01", cwd=begun)
    [change] = json.loads(told.out)["changes"]
    assert (change["column"], change["kind"], change["since"]) == ("amount", "unit", "2026-02-03")
    wrong = dq("glossary", "drift", "deals.nothing", cwd=begun)
    assert (wrong.code, "has no column nothing" in wrong.err) == (2, True)
    taken = dq("glossary", "drift", "--adopt", "--because", "x", cwd=begun)
    assert (taken.code, "1 table: deals" in taken.out) == (0, True)
    assert dq("glossary", "drift", "deals.amount", "--adopt", cwd=begun).code == 2
    assert dq("glossary", "drift", "--adopt", "--approve", cwd=begun).code == 2
