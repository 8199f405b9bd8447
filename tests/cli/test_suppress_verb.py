"""dq suppress as a steward types it, in three languages."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.calls import dq
from tests.repair.projects import DEALS, project, write


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a run."""
    folder = tmp_path_factory.mktemp("made")
    write(folder, list(DEALS.values()))
    project(folder)
    assert dq("run", cwd=folder).code == 1
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return shutil.copytree(made, tmp_path / "project")


def test_the_loop_of_a_steward(folder: Path) -> None:
    until = (datetime.now(UTC).date() + timedelta(days=90)).isoformat()
    said = dq("suppress", "C105", "deals", "D1", "--because", "agreed", "--by", "Anna", cwd=folder)
    assert said.code == 0
    assert said.out.startswith("1 finding suppressed until ")
    identity = said.out.partition("(")[2].partition(")")[0]
    listed = json.loads(dq("suppress", "list", "--format", "json", cwd=folder).out)
    (one,) = listed["suppressions"]
    assert (one["id"], one["state"], one["code"], one["table"]) == (
        identity,
        "held",
        "C105",
        "deals",
    )
    assert (one["keys"], one["because"], one["author"]) == (["D1"], "agreed", "Anna")
    assert abs((date.fromisoformat(one["until"]) - date.fromisoformat(until)).days) <= 1
    text = dq("suppress", "list", cwd=folder).out
    assert "1 finding suppressed" in text
    assert "agreed" in text

    again = dq("run", cwd=folder)
    assert again.code == 1
    assert "1 finding suppressed; dq suppress list says why." in again.out
    assert "1 finding suppressed" in (folder / "dq-report.html").read_text(encoding="utf-8")
    document = json.loads(dq("check", "--format", "json", cwd=folder).out)
    assert document["summary"]["suppressed"] == 1
    lifted = dq("suppress", "lift", identity, "--because", "repaired", cwd=folder)
    assert lifted.out == f"1 finding will be shown again ({identity}).\n"
    assert dq("suppress", "list", cwd=folder).out == "Nothing is suppressed.\n"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ru", "1 замечание в исключениях; почему, скажет `dq suppress list`."),
        ("uk", "1 зауваження у винятках; чому, скаже `dq suppress list`."),
    ],
)
def test_in_other_languages(folder: Path, language: str, said: str) -> None:
    dq("suppress", "c105", "deals", "D1", "--because", "по договорённости", cwd=folder)
    assert said in dq("check", cwd=folder, language=language).out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("C105", "deals"), "A finding is named by its id, or by code, table, key"),
        (("C105", "deals", "D2", "--because", "x"), "has no finding C105 deals D2"),
        (("C105", "deals", "D1"), "Say why with --because."),
        (("nonsense", "--because", "x"), "has no finding nonsense"),
        ((), "Missing command"),
        (("--because", "x"), "There is nothing to suppress."),
    ],
)
def test_what_is_refused(folder: Path, words: tuple[str, ...], says: str) -> None:
    said = dq("suppress", *words, cwd=folder)
    assert said.code in {0, 2}
    assert says in said.err or (not words and "Usage" in said.out + said.err)


def test_without_a_run(tmp_path: Path) -> None:
    write(tmp_path, list(DEALS.values()))
    project(tmp_path)
    said = dq("suppress", "C105", "deals", "D1", "--because", "x", cwd=tmp_path)
    assert (said.code, "There is no run yet. dq run makes one." in said.err) == (2, True)
