"""dq findings, show, diff and profile as a steward types them."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.cli.calls import dq
from tests.repair.projects import DEALS, project, write
from tests.repair.test_stored import folder_of

CONTACTS = (
    "id,full name,email\nC1,Ivan Petrov,ivan.petrov@gmial.com\nC2,Anna Berg,anna.berg@acme.de\n"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two runs; the second lacks an amount more."""
    folder = folder_of(tmp_path_factory.mktemp("made"))
    settings = folder / "dq.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text + "  contacts: {path: contacts.csv}\n", encoding="utf-8")
    (folder / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    assert dq("run", cwd=folder).code == 1
    deals = (folder / "deals.csv").read_text(encoding="utf-8")
    deals = deals.replace(";won;won;900;", ";won;won;;")
    (folder / "deals.csv").write_text(deals, encoding="utf-8")
    assert dq("run", cwd=folder).code == 1
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return shutil.copytree(made, tmp_path / "project")


def test_the_list(folder: Path) -> None:
    text = dq("findings", "--code", "C105", cwd=folder).out
    assert text.splitlines()[0].startswith("3 findings in the run ")
    assert [line.split()[1] for line in text.splitlines() if line.startswith("    ")] == [
        "D1", "D2", "D3"
    ]  # fmt: skip
    assert "Anna Berg" in text
    assert dq("findings", "--code", "C105", "--new", "--format", "json", cwd=folder).code == 0
    assert dq("findings", "--code", "C999", cwd=folder).out == "Nothing is found that fits.\n"


def test_personal_values_are_masked_unless_asked(folder: Path) -> None:
    words = ("findings", "--code", "A102")
    secret = "ivan.petrov@gmial.com"
    assert secret not in dq(*words, cwd=folder).out
    assert secret in dq(*words, "--full", cwd=folder).out
    assert secret not in dq(*words, "--format", "csv", "--mask", cwd=folder).out
    assert secret in dq(*words, "--format", "csv", cwd=folder).out
    assert secret in dq("show", "contacts", "C1", cwd=folder).out
    assert secret not in dq("show", "contacts", "C1", "--mask", cwd=folder).out
    with project(folder).store() as store:
        done = [(e.action, e.object.split("/")[0]) for e in store.entries()]
        views = [each for each in done if each[0] == "view"]
        assert store.verify().intact
    assert views == [("view", "findings"), ("view", "findings"), ("view", "contacts")]


def test_from_the_list_to_the_suppression(folder: Path) -> None:
    """A steward marks rows of the workbook and hands them back."""
    assert (
        dq(
            "findings", "--code", "C105", "--format", "xlsx", "--output", "list.xlsx", cwd=folder
        ).code
        == 0
    )
    sheet = openpyxl.load_workbook(folder / "list.xlsx").worksheets[0]
    assert sheet.max_row == 4
    said = dq("suppress", "--from", "list.xlsx", "--because", "old deals", cwd=folder)
    assert said.out.startswith("3 findings suppressed until ")
    listed = dq("findings", "--code", "C105", "--suppressed", "--format", "csv", cwd=folder).out
    rows = list(csv.DictReader(io.StringIO(listed.removeprefix("\ufeff"))))
    assert rows == []  # they are of the run before the decision
    dq("run", cwd=folder)
    listed = dq("findings", "--code", "C105", "--suppressed", "--format", "csv", cwd=folder).out
    rows = list(csv.DictReader(io.StringIO(listed.removeprefix("\ufeff"))))
    assert [(r["key"], r["suppressed"]) for r in rows] == [(f"D{n}", "s2.1") for n in (1, 2, 3)]


def test_counts(folder: Path) -> None:
    document = json.loads(
        dq("findings", "--code", "C105", "--by", "owner", "--format", "json", cwd=folder).out
    )
    assert document["counts"] == [
        {"name": "Anna Berg", "findings": 2, "records": 2},
        {"name": "Boris Dun", "findings": 1, "records": 1},
    ]
    assert "import:B7" in dq("findings", "--by", "origin", cwd=folder).out


def test_the_difference(folder: Path) -> None:
    document = json.loads(dq("diff", "--format", "json", cwd=folder).out)
    news = [(f["code"], f["key"]) for f in document["findings"] if f["change"] == "new"]
    assert ("C105", "D2") in news
    assert document["comparable"] is True
    text = dq("diff", cwd=folder).out
    assert "C105" in text
    assert "deals.amount" in text
    history = dq("diff", "--history", cwd=folder).out
    assert len(history.splitlines()) == 3
    runs = json.loads(dq("diff", "--history", "--format", "json", cwd=folder).out)["runs"]
    assert [r["joins"] for r in runs] == [True, True]
    same = dq("diff", runs[0]["run_id"], runs[0]["run_id"], cwd=folder).out
    assert "as before" in same


def test_a_run_says_what_is_new(folder: Path) -> None:
    said = dq("run", cwd=folder)
    assert "nothing new, nothing gone since the run of" in " ".join(said.out.split())
    document = json.loads(dq("check", "--format", "json", cwd=folder).out)
    assert (document["since"]["new"], document["since"]["gone"]) == (0, 0)
    assert {o["origin"] for o in document["origins"]} == {"import:B7"}
    page = (folder / "dq-report.html").read_text(encoding="utf-8")
    assert "nothing new, nothing gone" in page
    assert "import:B7" in page


def test_a_look(folder: Path) -> None:
    for words in (("deals.csv",), ("deals",)):
        text = dq("profile", *words, cwd=folder).out
        assert text.startswith("deals (deals): 4 rows, ")
        document = json.loads(dq("profile", *words, "--format", "json", cwd=folder).out)
        (table,) = document["tables"]
        stage = next(c for c in table["columns"] if c["name"] == "stage")
        assert stage["top"] == [{"value": "won", "rows": 3}, {"value": "open", "rows": 1}]
    masked = dq("profile", "contacts", cwd=folder).out
    assert "ivan.petrov" not in masked


@pytest.mark.parametrize("format_", ["github", "junit", "sarif", "csv"])
def test_formats_of_a_check(folder: Path, format_: str) -> None:
    said = dq("check", "--format", format_, cwd=folder)
    assert said.code == 1
    begins = {"github": "::", "junit": "<?xml", "sarif": "{", "csv": "\ufeffseverity,code,title"}
    assert said.out.startswith(begins[format_])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("findings", "--format", "xlsx"),
            "A workbook goes into a file. Name it with --output FILE.",
        ),
        (("check", "--format", "xlsx"), "A workbook goes into a file."),
        (("findings", "--suppressed", "--all"), "Choose --suppressed or --all, not both."),
        (("findings", "--by", "owner", "--format", "csv"), "Counts are text or json."),
        (("findings", "--run", "nonsense"), "There is no run nonsense."),
        (("show", "deals", "D99"), "There is no record D99 in deals."),
        (("show", "leads", "L1"), "The run has no table leads."),
        (("diff", "a", "b", "c"), "Name one run or two."),
        (("diff", "--history", "--format", "csv"), "The history is text or json."),
        (("profile", "nothing"), "The run has no table nothing."),
        (("profile", "nothing.csv"), "nothing.csv"),
    ],
)
def test_what_is_refused(folder: Path, words: tuple[str, ...], says: str) -> None:
    said = dq(*words, cwd=folder)
    assert said.code in {2, 3}
    assert says in said.err
    assert "Traceback" not in said.err


def test_in_russian(folder: Path) -> None:
    said = dq("findings", "--code", "C105", cwd=folder, language="ru").out
    assert said.startswith("3 замечания в проверке ")
    shown = dq("show", "deals", "D2", cwd=folder, language="ru").out
    assert "Замечания" in shown
    assert "История" in shown
    assert "С " in dq("diff", cwd=folder, language="ru").out


def test_one_run_alone(tmp_path: Path) -> None:
    write(tmp_path, list(DEALS.values()))
    project(tmp_path).run()
    assert "There is no run before the latest." in dq("diff", cwd=tmp_path).err
    assert dq("findings", "--new", cwd=tmp_path).code == 2
