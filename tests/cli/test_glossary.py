"""`dq glossary …` as people call it: from a new export to an approval."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calls import dq

HEAD = "Deal ID,Deal name,Pipeline,Stage,Status,Amount,Created,Closed,Source"
ROWS = [
    f"D{n},Deal {n},Direct,{stage},{status},{100 * n},2026-0{1 + n % 5}-1{n % 9},"
    f"{closed},{'site' if n % 2 else 'fair'}"
    for n, stage, status, closed in (
        (n, "Signed" if n % 3 else "First call", "won" if n % 3 else "open",
         f"2026-0{2 + n % 4}-2{n % 8}" if n % 3 else "")
        for n in range(1, 31)
    )
]  # fmt: skip
GLOSSARY = """
glossary: 1
terms:
  large:
    kind: population
    of: deals
    steward: anna@acme.example
    label: {en: Large deal, ru: Крупная сделка, uk: Велика угода}
    versions:
      - {effective: 2025-01-01, means: From a thousand., where: amount >= 1000}
      - {effective: 2026-04-01, means: From two thousand., where: amount >= 2000, change: dearer}
  revenue:
    kind: measure
    of: deals
    steward: anna@acme.example
    label: Revenue
    versions:
      - effective: 2025-01-01
        means: Won.
        expr: SUM(amount)
        where: status = 'won'
        time: closed_at
      - effective: 2026-04-01
        means: Won, from five hundred.
        expr: SUM(amount)
        where: status = 'won' AND amount >= 500
        time: closed_at
        change: small deals are left out
"""


def _write(folder: Path, head: str = HEAD, rows: list[str] | None = None) -> None:
    (folder / "deals.csv").write_text("\n".join([head, *(rows or ROWS)]) + "\n", encoding="utf-8")


def _codes(folder: Path) -> list[tuple[str, str | None, str | None]]:
    said = dq("findings", "--code", "S", "--limit", "0", "--format", "json", cwd=folder)
    found = json.loads(said.out)["findings"]
    return sorted({(f["code"], f["column"], f["value"]) for f in found if f["code"] < "S104"})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    _write(folder)
    said = dq("init", "--from", "deals.csv", cwd=folder)
    assert said.code == 0, said.err
    assert "First day: " in said.out
    (folder / "glossary.yaml").write_text(GLOSSARY, encoding="utf-8")
    assert dq("run", cwd=folder).code in (0, 1)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of the project, to be changed."""
    return Path(shutil.copytree(made, tmp_path / "project"))


def _json(folder: Path, *words: str) -> Any:
    said = dq("glossary", *words, "--format", "json", cwd=folder)
    assert said.code == 0, said.err
    return json.loads(said.out)


def test_what_appears_later_is_told_until_two_people_settle_it(folder: Path) -> None:
    assert _codes(folder) == []
    rows = [f"{row},north" for row in ROWS]
    rows[0] = rows[0].replace("Signed", "Frozen")
    rows[1] = rows[1].replace(",fair,", ",TikTok,")
    _write(folder, HEAD + ",Region2", rows)
    dq("run", cwd=folder)
    assert _codes(folder) == [
        ("S101", "Region2", None),
        ("S102", "source", "TikTok"),
        ("S103", "stage", "Frozen"),
    ]
    more = """
fields:
  deals.Region2: {means: Where the client sits.}
  deals.source: {means: How the client came., values: [site, fair, TikTok]}
stages:
  canonical: [new, won, lost]
  ladders: {Direct: {First call: new, Signed: won, Frozen: lost}}
"""
    (folder / "glossary.yaml").write_text(GLOSSARY + more, encoding="utf-8")
    dq("run", cwd=folder)
    assert len(_codes(folder)) == 3  # written by one alone
    for name in ("deals.Region2", "deals.source", "stages"):
        said = dq("glossary", "propose", name, "--by", "Anna", cwd=folder)
        assert said.code == 0, said.err
    dq("run", cwd=folder)
    assert len(_codes(folder)) == 3  # proposed is not approved
    own = dq("glossary", "approve", "deals.Region2", "--by", "anna", "--because", "x", cwd=folder)
    assert own.code == 2
    assert "deals.Region2 was proposed by you; nobody approves what is their own." in own.err
    said = dq("glossary", "approve", "--all", "--by", "Boris", "--because", "agreed", cwd=folder)
    assert said.code == 0, said.err
    dq("run", cwd=folder)
    assert _codes(folder) == []
    edited = (GLOSSARY + more).replace(", TikTok]", ", TikTok, Threads]")
    (folder / "glossary.yaml").write_text(edited, encoding="utf-8")
    status = {d["object"]: d["status"] for d in _json(folder, "status")["definitions"]}
    assert status["deals.source"] == "edited"
    assert status["deals.Region2"] == "approved"
    steps = _json(folder, "history", "deals.source")["steps"]
    assert [(s["step"], s["by"], s["because"]) for s in steps] == [
        ("proposed", "Anna", "proposed"),
        ("approved", "Boris", "agreed"),
    ]
    shown = json.loads(dq("ledger", "show", "--format", "json", cwd=folder).out)
    actions = [entry["action"] for entry in shown["entries"]]
    assert actions.count("glossary.propose") == 3
    assert actions.count("glossary.approve") == 1


def test_one_person_alone_where_the_house_says_so(folder: Path) -> None:
    path = folder / "dq.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\nreview: solo\n", encoding="utf-8")
    assert dq("glossary", "propose", "large", "--by", "Anna", cwd=folder).code == 0
    said = dq("glossary", "approve", "large", "--by", "Anna", "--because", "x", cwd=folder)
    assert said.code == 0, said.err
    assert "self-reviewed" in dq("glossary", "show", "large", cwd=folder).out


def test_a_figure_before_and_after_a_change(folder: Path) -> None:
    words = ("diff", "revenue@2026-02-01..2026-03-31", "revenue@2026-04-01..2026-05-31")
    found = _json(folder, *words)
    exact = found["exact"]
    assert int(exact["definition"]) + int(exact["data"]) == int(exact["change"])
    assert int(exact["definition"]) != 0
    assert found["before"]["definitions"] == ["revenue@2025-01-01"]
    assert found["after"]["definitions"] == ["revenue@2026-04-01"]
    # only the first version is approved: the second is not used, and that is said
    dq("glossary", "propose", "revenue@2025-01-01", "--by", "Anna", cwd=folder)
    dq("glossary", "approve", "revenue@2025-01-01", "--by", "B", "--because", "x", cwd=folder)
    found = _json(folder, *words)
    assert found["definition"] == "0"
    assert found["after"]["definitions"] == ["revenue@2025-01-01"]
    assert found["after"]["waiting"] == ["revenue@2026-04-01"]
    text = dq("glossary", *words, cwd=folder).out
    assert "revenue@2026-04-01 is not approved and not used" in text


def test_what_holds_on_a_day(folder: Path) -> None:
    early = _json(folder, "show", "large", "--as-of", "2025-06-30")
    assert early["company"]["where"] == "amount >= 1000"
    late = _json(folder, "show", "large", "--as-of", "2026-06-30")
    assert late["company"]["where"] == "amount >= 2000"
    assert _json(folder, "show", "large", "--as-of", "2024-06-30")["company"] is None


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_every_page_speaks_the_language(folder: Path, language: str) -> None:
    label = {"en": "Large deal", "ru": "Крупная сделка", "uk": "Велика угода"}[language]
    assert label in dq("glossary", "show", cwd=folder, language=language).out
    for words in (
        ("show", "large"),
        ("status",),
        ("lint",),
        ("compare",),
        ("diff", "large@2025-06-30", "large@2026-06-30"),
        ("history", "large"),
    ):
        said = dq("glossary", *words, cwd=folder, language=language)
        assert said.code == 0, said.err
        assert said.out.strip()
        assert "glossary." not in said.out.replace("glossary.yaml", "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("show", "larg"), "The glossary has no larg. Did you mean large?"),
        (("approve", "large", "--because", "x"), "large@2025-01-01 was not proposed yet."),
        (("approve", "--all", "--because", "x"), "Nothing here waits for an approval."),
        (("propose",), "No term is named."),
        (("diff", "large@soon", "large"), "large@soon names no day and no period after @."),
        (("diff", "large@2026-Q1", "large"), "One of the two names a period"),
        (("diff", "revenue@2026-Q1", "large@2026-Q2"), "The figures of two periods"),
        (("compare", "none"), "The glossary has no none."),
        (("history", "none"), "The glossary has no none."),
        (("show", "large", "--department", "asia"), "The glossary has no department asia."),
    ],
)
def test_refusals_are_sentences(folder: Path, words: tuple[str, ...], says: str) -> None:
    said = dq("glossary", *words, cwd=folder)
    assert said.code == 2
    assert says in said.err


def test_without_a_glossary(tmp_path: Path) -> None:
    _write(tmp_path)
    dq("init", "--from", "deals.csv", cwd=tmp_path)
    (tmp_path / "glossary.yaml").unlink()
    said = dq("glossary", "status", cwd=tmp_path)
    assert said.code == 2
    assert "This project has no glossary.yaml." in said.err
    assert dq("run", cwd=tmp_path).code in (0, 1)
