"""Worklists: from a run to workbooks, from answers to suppressions, through real runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from dq.errors import DqError
from dq.findings import Result
from dq.project import Project
from dq.repair.stored import Wanted
from dq.repair.worklist_sheet import COLUMNS
from tests.cli.calls import dq
from tests.repair.office import saved_again
from tests.repair.projects import found, on

DEALS = "id;name;owner id;stage;status;amount;created at;closed at\n"
ROWS = {
    "007": "007;Окна;U1;won;won;;2026-03-02;2026-04-10",
    "D2": "D2;=HYPERLINK(1);U1;won;won;;2026-03-02;2026-05-12",
    "D3": "D3;Двери;U2;won;won;;2026-03-02;2026-06-30",
    "D4": "D4;Полы;;won;won;;2026-03-02;2026-06-30",
    "D5": "D5;Крыша;U2;open;open;500;2026-06-20;",
}
"""Four were won without an amount (C105), the last of them by nobody known."""

USERS = "id;name\nU1;Иванова Анна\nU2;Петренко Олег\n"
ACCOUNTS = """id;name;tax id;phone;owner id;created at
0012;ООО «Юг»;7707083894;84951234567;U1;2026-03-01
"""
"""A tax number with a wrong digit."""

LETTERS = {name: chr(65 + place) for place, name in enumerate(COLUMNS)}


def write(folder: Path, rows: Mapping[str, str] = ROWS) -> None:
    (folder / "deals.csv").write_text(DEALS + "\n".join(rows.values()) + "\n", encoding="utf-8")
    (folder / "users.csv").write_text(USERS, encoding="utf-8")
    (folder / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")


def project(folder: Path, day: int = 1, month: int = 7) -> Project:
    if not (folder / "dq.yaml").exists():
        (folder / "dq.yaml").write_text(
            "sources:\n  deals: {path: deals.csv}\n  users: {path: users.csv}\n"
            "  accounts: {path: accounts.csv}\ndefaults: {country: RU}\n",
            encoding="utf-8",
        )
    return Project(folder, clock=on(day, month))


def make(folder: Path, day: int = 1, month: int = 7, **choice: object) -> dict[str, Path]:
    """Run, and write a worklist each; their files by their names."""
    own = project(folder, day, month)
    own.run()
    how = {key: choice.pop(key) for key in ("by", "most") if key in choice}
    wanted = Wanted(**{"codes": ("C105", "A104"), **choice})  # type: ignore[arg-type]
    made = own.worklists(folder / "lists", wanted, language="ru", **how)  # type: ignore[arg-type]
    return {worklist.name: path for path, worklist in made}


def cells(path: Path) -> list[dict[str, str | None]]:
    sheet = load_workbook(path).worksheets[0]
    rows = sheet.iter_rows(min_row=2, values_only=True)
    return [dict(zip(COLUMNS, row, strict=False)) for row in rows]


def fill(path: Path, **answers: tuple[str, str, str]) -> None:
    """Write (answer, reason, new value) beside the records of these keys (D2, _007)."""
    book = load_workbook(path)
    for row in book.worksheets[0].iter_rows(min_row=2):
        told = answers.get(str(row[3].value)) or answers.get(f"_{row[3].value}")
        for name, text in zip(("answer", "reason", "new_value"), told or (), strict=False):
            row[list(COLUMNS).index(name)].value = text or None
    book.save(path)


def edit(path: Path, change: Callable[[Worksheet], object]) -> None:
    book = load_workbook(path)
    change(book.worksheets[0])
    book.save(path)


def news(result: Result) -> tuple[int, int, int]:
    """Findings that are new, gone, and come back since the run before."""
    assert result.since is not None
    return result.since.new, result.since.gone, result.since.returned


def suppressed(folder: Path) -> dict[str, tuple[str, str, str]]:
    """Keys of what is accepted, each with reason, author and last day."""
    return {
        key: (s.because, s.author, s.until.isoformat())
        for s in project(folder).suppressions()
        for key in s.keys
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path)
    return tmp_path


Ready = tuple[Path, dict[str, Path]]
"""A project that has run, and its worklists by their names."""


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Ready:
    folder = tmp_path_factory.mktemp("once")
    write(folder)
    return folder, make(folder)


@pytest.fixture
def ready(once: Ready, tmp_path: Path) -> Ready:
    """A copy of the project that may be changed."""
    folder, made = once
    shutil.copytree(folder, tmp_path / "copy")
    return tmp_path / "copy", {
        name: tmp_path / "copy" / path.relative_to(folder) for name, path in made.items()
    }


def test_one_workbook_an_owner(ready: Ready) -> None:
    _, made = ready
    assert [path.name for path in made.values()] == [
        "2026-07-01 Иванова Анна.xlsx",
        "2026-07-01 Петренко Олег.xlsx",
        "2026-07-01 без ответственного.xlsx",
    ]
    first = {row["key"]: row for row in cells(made["Иванова Анна"])}
    assert set(first) == {"007", "D2", "0012"}
    row = first["007"]
    assert (row["code"], row["severity"], row["table"], row["name"]) == (
        "C105", "ошибка", "сделки", "Окна",
    )  # fmt: skip
    assert row["place"] == "deals.csv, строка 2"
    assert row["wrong"]
    assert row["todo"]
    assert (row["answer"], row["reason"], row["new_value"]) == (None, None, None)
    assert first["D2"]["name"] == "=HYPERLINK(1)"
    assert first["0012"]["value"] == "7707083894"
    assert [row["key"] for row in cells(made[""])] == ["D4"]


def test_all_cells_are_text_and_all_but_the_answers_are_locked(ready: Ready) -> None:
    book = load_workbook(ready[1]["Иванова Анна"])
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.number_format == "@"
            assert cell.value is None or cell.data_type == "s"
            unlocked = cell.row > 1 and list(COLUMNS)[cell.column - 1] in (
                "answer", "reason", "new_value",
            )  # fmt: skip
            assert cell.protection.locked is not unlocked
    assert sheet.protection.sheet
    (rule,) = sheet.data_validations.dataValidation
    assert rule.formula1 == '"исправлено,не ошибка,позже"'
    assert book.worksheets[1].sheet_state == "hidden"


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ({"by": "table"}, {"accounts": 1, "deals": 4}),
        ({"by": "rule"}, {"A104": 1, "C105": 4}),
        ({"owner": "U2"}, {"Петренко Олег": 1}),
        ({"owner": "Петренко Олег"}, {"Петренко Олег": 1}),
        ({"codes": ("C105",), "by": "rule", "most": 3}, {"C105": 3}),
        ({"tables": ("accounts",)}, {"Иванова Анна": 1}),
        ({"tables": ("users",)}, {}),
    ],
)
def test_which_findings(folder: Path, choice: dict[str, object], names: dict[str, int]) -> None:
    made = make(folder, **choice)
    assert {name: len(cells(path)) for name, path in made.items()} == names


def test_answers_become_suppressions_once(ready: Ready) -> None:
    folder, made = ready
    fill(
        made["Иванова Анна"],
        _007=("Не ошибка", "бартер, согласовано", ""),
        D2=("fixed", "", "1 500,50"),
        _0012=("пізніше", "жду клиента", ""),
    )
    own = project(folder, 2)
    done = own.import_worklists([made["Иванова Анна"]], author="Иванова Анна")
    assert dict(done.counts) == {"fixed": 1, "not_an_error": 1, "later": 1}
    assert suppressed(folder) == {"007": ("бартер, согласовано", "Иванова Анна", "2026-09-30")}
    with own.store() as store:
        kept = {(a.answer, a.reason, a.new_value, a.author) for a in store.answers()}
        entries = store.verify().size
    assert kept == {
        ("not_an_error", "бартер, согласовано", "", "Иванова Анна"),
        ("fixed", "", "1 500,50", "Иванова Анна"),
        ("later", "жду клиента", "", "Иванова Анна"),
    }

    own.lift([own.suppressions()[0].id], because="it was one after all")
    again = project(folder, 3).import_worklists([made["Иванова Анна"]])
    assert (sum(again.counts.values()), again.known, again.suppressed) == (0, 3, None)
    assert suppressed(folder) == {}  # what was lifted since is not brought back
    with own.store() as store:
        assert store.verify().size == entries + 1

    fill(made["Иванова Анна"], _007=("не ошибка", "бартер, договор 12", ""))
    changed = project(folder, 4).import_worklists([made["Иванова Анна"]], days=10)
    assert (changed.counts["not_an_error"], changed.known) == (1, 2)
    assert suppressed(folder)["007"][::2] == ("бартер, договор 12", "2026-07-14")


def test_the_next_list_tells_what_was_answered(ready: Ready) -> None:
    folder, made = ready
    fill(made["Петренко Олег"], D3=("позже", "жду счёт", ""))
    project(folder, 2).import_worklists([made["Петренко Олег"]], author="Олег")
    (row,) = cells(make(folder, 3)["Петренко Олег"])
    assert row["before"] == "позже, 02.07.2026, Олег: жду счёт"


def _set(name: str, row: int, value: object) -> Callable[[Worksheet], object]:
    return lambda sheet: setattr(sheet[f"{LETTERS[name]}{row}"], "value", value)


REFUSED = [
    ("id of another finding", _set("id", 2, "0123456789abcdef"),
     "[Замечания], P2: The id 0123456789abcdef is no finding of the run of this worklist. Undo the "
     "change, or make a new worklist."),
    ("no id", _set("id", 3, None),
     "[Замечания], P3: The row has no id. Undo the change, or make a new worklist."),
    ("ids of two rows swapped",
     lambda s: [setattr(s["P2"], "value", a) or setattr(s["P3"], "value", b)
                for a, b in [(s["P3"].value, s["P2"].value)]],
     "2: The cell was changed: the finding "),
    ("key", _set("key", 2, "7"), "[Замечания], D2: The cell was changed: the finding "),
    ("an answer that is none", _set("answer", 2, "может быть"),
     "[Замечания], M2: “может быть” is no answer. Choose one of the list in the cell, or leave it "
     "blank."),
    ("no reason", _set("answer", 2, "не ошибка"),
     "[Замечания], N2: A finding that is no error needs a reason. Write why, for whoever reads it "
     "in three months."),
    ("reason without answer", _set("reason", 3, "бартер"),
     "[Замечания], N3: Something is written here, but the row has no answer. Choose an answer in "
     "the same row, or clear this cell."),
    ("a row of one's own", _set("answer", 9, "позже"),
     "[Замечания], P9: The row has no id. Undo the change, or make a new worklist."),
    ("a heading", _set("reason", 1, "Почему"),
     "[Замечания], row 1: The worklist lacks the column reason. Put the heading back as it was, or "
     "make a new one with dq worklist."),
    ("two answers",
     lambda s: [setattr(s.cell(9, c.column), "value", c.value) for c in s[2]]
     and [setattr(s["M2"], "value", "позже"), setattr(s["M9"], "value", "исправлено")],
     "[Замечания], M9: The finding "),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_a_cell_that_is_not_right_is_named_and_nothing_is_taken(
    ready: Ready, change: Callable[[Worksheet], object], says: str
) -> None:
    folder, made = ready
    good, bad = made["Петренко Олег"], made["Иванова Анна"]
    fill(good, D3=("не ошибка", "бартер", ""))
    edit(bad, change)
    with pytest.raises(DqError) as refused:
        project(folder, 2).import_worklists([good, bad])
    assert says in str(refused.value)
    assert str(refused.value).startswith(bad.name)
    assert suppressed(folder) == {}
    with project(folder).store() as store:
        assert store.answers() == ()


def test_foreign_files(ready: Ready, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder, made = ready
    other = tmp_path_factory.mktemp("other")
    write(other)
    foreign = make(other, 5)
    with pytest.raises(DqError, match="which this project does not have"):
        project(folder).import_worklists([foreign["Иванова Анна"]])
    plain = folder / "plain.xlsx"
    book = load_workbook(made["Иванова Анна"])
    del book["dq"]
    book.save(plain)
    (folder / "text.xlsx").write_text("no workbook", encoding="utf-8")
    for path in (plain, folder / "text.xlsx", folder / "none.xlsx"):
        with pytest.raises(DqError) as refused:
            project(folder).import_worklists([path])
        assert path.name in str(refused.value)


def test_on_the_command_line(ready: Ready) -> None:
    folder, _ = ready
    said = dq("worklist", "--owner", "U2", "--code", "c105", cwd=folder, language="en")
    assert (said.code, said.err) == (0, "")
    (path,) = (folder / "worklists").iterdir()
    assert said.out == f"worklists/{path.name}: 1 finding\n"
    fill(path, D3=("not an error", "barter", ""))
    words = ("worklist", "import", str(path), "--by", "Oleg", "--until", "2126-01-01")
    refused = dq(*words, cwd=folder)
    assert refused.code == 2
    assert "180 days" in refused.err
    done = dq(*words[:-2], cwd=folder)
    assert done.code == 0, done.err
    assert done.out.startswith("Not an error: 1 finding.\nThe suppressions hold until ")
    assert dq(*words[:-2], cwd=folder).out == "1 answer was taken before.\n"


def test_the_stewards_loop(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Run, answer in a workbook that a Russian LibreOffice saves, import, run, repair, wait."""
    made = make(folder)
    fill(
        made["Иванова Анна"],
        _007=("не ошибка", "бартер 0012", ""),
        D2=("исправлено", "", "0501234567"),
        _0012=("позже", "", "007707083893"),
    )
    before = cells(made["Иванова Анна"])
    saved = saved_again(made["Иванова Анна"], tmp_path_factory.mktemp("office"))
    assert cells(saved) == before  # tax numbers, telephones, leading zeros, formulas as text
    assert load_workbook(saved).worksheets[0].protection.sheet

    project(folder, 2).import_worklists([saved], author="Иванова Анна", days=30)
    assert suppressed(folder) == {"007": ("бартер 0012", "Иванова Анна", "2026-08-01")}
    with project(folder).store() as store:
        assert {a.new_value for a in store.answers()} == {"", "0501234567", "007707083893"}

    # D2 is repaired; rows are put above: a new one, like 007 but for its key.
    twin = ROWS["007"].replace("007", "070", 1)
    rows = {"070": twin, **ROWS, "D2": ROWS["D2"].replace(";won;;", ";won;900;")}
    write(folder, rows)
    second = project(folder, 3).run()
    accepted = project(folder).suppressions()[0].id
    assert found(second) == {"070": None, "007": accepted, "D3": None, "D4": None}
    assert news(second) == (1, 1, 0)  # 070 came, D2 went

    # The suppression has ended: the finding comes back, and the run says so.
    third = project(folder, 2, 8).run()
    assert found(third) == {"070": None, "007": None, "D3": None, "D4": None}
    assert [n.args["n"] for n in third.notes if n.code == "suppress.ended"] == [1]
    again = {row["key"]: row["before"] for row in cells(make(folder, 3, 8)["Иванова Анна"])}
    assert again["007"] == "не ошибка, 02.07.2026, Иванова Анна: бартер 0012"
    assert again["070"] is None

    # D2 loses its amount again.
    write(folder, {**rows, "D2": ROWS["D2"]})
    assert news(project(folder, 4, 8).run()) == (1, 0, 1)
