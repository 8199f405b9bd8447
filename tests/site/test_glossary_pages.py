"""The glossary's room in a real browser: search, terms, who decided, harm that does none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dq.formats.glossary.compare import compare_document
from dq.project import Project
from dq.site import build_site
from dq.store.imprint import imprint
from tests.site.watching import Open, barriers, glossary_names, until, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES = (
    "#/", "#/glossary", "#/term/prospect", "#/term/revenue", "#/term/cheque", "#/term/hostile",
    "#/stages", "#/fields", "#/field/deals.amount", "#/field/deals.status", "#/departments",
    "#/term/none", "#/field/none", "#/search?q=revenue",
)  # fmt: skip


@pytest.fixture(scope="session")
def first(house: Project) -> Path:
    return house.folder / "site" / "index.html"


@pytest.fixture
def open_page(browser: Browser, first: Path) -> Iterator[Open]:
    with watched(browser, first) as at:
        yield at


def in_language(page: Page, language: str) -> None:
    page.click(f"#languages >> text={language.upper()}")
    until(page, f"document.documentElement.lang === '{language}'")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_opens(open_page: Open, address: str) -> None:
    page = open_page(address)
    assert page.inner_text("h1").strip()
    text = page.inner_text("body")
    assert "undefined" not in text
    assert "[object" not in page.content()
    assert page.evaluate("window.hurt") is None


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("reven", "revenue"),
        ("ВЫРУЧ", "revenue"),
        ("виторг", "revenue"),
        ("надежный", "prospect"),
        ("надёжн", "prospect"),
        ("обʼєкт", "prospect"),
        ("обєкт", "prospect"),
        ("hopeful", "prospect"),
        ("кошторис", "prospect"),
        ("спросил любой", "prospect"),
        ("успішних", "revenue"),
    ],
)
def test_a_word_of_any_language_finds_the_term(
    open_page: Open, language: str, typed: str, found: str
) -> None:
    page = open_page("#/glossary")
    in_language(page, language)
    page.fill("#filter-q", typed)
    until(page, "location.hash.includes('q=')")
    assert page.locator(".lines code").first.inner_text() == found
    assert page.evaluate("document.activeElement.id") == "filter-q"


def test_filters_by_kind_and_status(open_page: Open) -> None:
    page = open_page("#/glossary")
    assert page.locator(".line").count() == 5
    page.select_option("#filter-status", "waiting")
    until(page, "document.querySelectorAll('.line').length === 1")
    assert page.inner_text(".line code") == "revenue"
    page.select_option("#filter-status", "unapproved")
    until(page, "document.querySelectorAll('.line').length === 3")
    page.select_option("#filter-kind", "ratio")
    until(page, "document.querySelectorAll('.line').length === 1")
    page.focus("#filter-status")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "entry"
    page.keyboard.press("Enter")
    until(page, "location.hash === '#/term/cheque'")


def test_a_term_by_department_and_by_date_with_who_decided(open_page: Open) -> None:
    page = open_page("#/term/prospect")
    company, europe = page.locator(".side").all_inner_texts()
    assert company.index("since 1 Jul 2025") < company.index("1 Jan 2025 – 30 Jun 2025")
    assert "Has a budget." in company
    assert "status = 'open' AND amount > 1500" in company
    assert "asks for a budget" in company
    assert re.search(
        r"proposed: Ann Lee, 1 Mar 2026\s+“first <b>list</b>”\s+signed with an", company
    )
    assert re.search(r"approved: Boris, 1 Mar 2026\s+“agreed on Monday”", company)
    assert "typed, not signed: boris.k on desk-7" in company
    assert "EU sales · two_tier" in europe
    assert europe.index("status IN ('open', 'won')") < europe.index("waits, is not used")
    assert europe.index("waits, is not used") < europe.index("status <> 'lost'")


def test_a_conflict_with_counts_money_and_masked_keys(open_page: Open) -> None:
    page = open_page("#/term/prospect")
    said = page.inner_text(".conflict")
    assert "The company is inside EU sales" in said
    cells = page.locator(".conflict table >> nth=0").locator("tr").all_inner_texts()
    assert [re.findall(r"\d[\d,]*", row) for row in cells[1:]] == [
        ["11", "20,240"], ["40", "63,200"], ["11", "20,240"],
    ]  # fmt: skip
    assert "p***@mail.example" in said
    assert "person" not in page.content()
    assert "warning" in page.locator("main section .lines").inner_text()
    in_language(page, "uk")
    assert "Продажі Європа" in page.inner_text("main")
    assert "EU sales" not in page.inner_text("main")


def test_made_of_and_used_by(open_page: Open) -> None:
    page = open_page("#/term/cheque")
    page.click("dd >> text=Revenue >> nth=0")
    until(page, "location.hash === '#/term/revenue'")
    assert "Average cheque" in page.inner_text(".facts-list")
    assert "Another person has to approve it." in page.inner_text(".version")
    assert "no report uses it yet" not in page.inner_text("main")


def test_stages_fields_and_departments(open_page: Open) -> None:
    page = open_page("#/stages")
    assert page.locator(".flow li").all_inner_texts() == ["new", "won", "lost"]
    ladder = page.locator("section >> nth=1").locator("tbody tr").first.inner_text()
    assert ladder.split() == ["new", "Первичный", "Start"]
    assert "Vera" in page.inner_text("main")
    page.click("text=amount >> nth=0")
    until(page, "location.hash === '#/field/deals.amount'")
    assert "Nobody has proposed it yet" in page.inner_text("main")
    page = open_page("#/fields")
    page.fill("#filter-q", "відкрита")
    until(page, "document.querySelectorAll('.line').length === 1")
    page.click(".line a")
    until(page, "location.hash === '#/field/deals.status'")
    assert "Olga" in page.inner_text(".decisions")
    page = open_page("#/departments")
    assert "two_tier" in page.inner_text("main")
    assert "Revenue" in page.locator("section >> nth=0").inner_text()


def test_the_overview_names_what_waits_and_how_long(open_page: Open) -> None:
    page = open_page("#/")
    section = page.locator("section", has_text="Wait for an approval").inner_text()
    assert re.search(r"Defined\s+\d+ of \d+", section)
    assert re.search(r"Revenue revenue\s+Ann Lee\s+1 Mar 2026 · 10 days", section)
    page.click("section a >> text=Revenue")
    until(page, "location.hash === '#/term/revenue'")


@pytest.mark.parametrize("address", ["#/", "#/glossary", "#/runs"])
def test_every_page_prints_the_ledger(open_page: Open, house: Project, address: str) -> None:
    seal = imprint(house.folder, house.clock)
    assert seal is not None
    assert seal.key is not None
    foot = open_page(address).inner_text("#foot")
    assert f"Ledger: {seal.size} entries" in foot
    assert seal.root in foot
    assert seal.key in foot
    with house.store() as store:
        assert store.verify().root == seal.root


def test_the_field_at_the_top_finds_terms(open_page: Open) -> None:
    page = open_page("#/search?q=виторг")
    assert page.inner_text(".entry code") == "revenue"


def test_hostile_words_are_text(open_page: Open) -> None:
    for address in ("#/glossary", "#/term/hostile", "#/stages"):
        page = open_page(address)
        assert page.locator("main script, main img, main b:has-text('Bold')").count() == 0
        assert page.locator("main [href^=javascript]").count() == 0
        assert page.evaluate("window.hurt") is None
    page = open_page("#/term/hostile")
    assert "<script>window.hurt=1</script>" in page.inner_text("h1")
    assert 'onerror="window.hurt=1"' in page.inner_text(".sql")


@pytest.mark.parametrize("language", ["ru", "uk"])
@pytest.mark.parametrize("address", ["#/glossary", "#/term/prospect", "#/stages", "#/departments"])
def test_no_english_is_left(open_page: Open, house: Project, address: str, language: str) -> None:
    page = open_page(address)
    in_language(page, language)
    said = page.evaluate(
        """() => { const body = document.body.cloneNode(true);
        body.querySelectorAll('code, bdi, script, noscript, #languages, .mark, .site-title, dt')
          .forEach(node => node.remove()); return body.innerText; }"""
    )
    words = set(re.findall(r"(?<![\w-])[A-Za-z]{3,}(?![\w-])", said))
    names = {"Boris", "Ann", "Lee", "Vera", "CRM", "Bold", "EUR", "glossary", "yaml", "ladder"}
    allowed = glossary_names(house.glossary_path) | names
    assert {w for w in words - allowed if not re.fullmatch(r"S\d{3}", w)} == set()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "address",
    ["#/", "#/glossary", "#/term/prospect", "#/stages", "#/fields", "#/field/deals.status",
     "#/departments"],
)  # fmt: skip
def test_nothing_serious_for_accessibility(
    browser: Browser, first: Path, address: str, scheme: str
) -> None:
    assert barriers(browser, first.as_uri() + address, scheme) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("address", ["#/glossary", "#/term/prospect", "#/term/hostile", "#/stages"])
@pytest.mark.parametrize("width", [390, 760, 1280])
def test_nothing_is_cut_off(open_page: Open, address: str, width: int, language: str) -> None:
    page = open_page(address)
    in_language(page, language)
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    nav = "document.getElementById('nav')"
    assert page.evaluate(f"{nav}.scrollWidth <= {nav}.clientWidth")


def test_without_a_glossary_there_is_no_room(
    browser: Browser, house: Project, tmp_path: Path
) -> None:
    import shutil

    folder = tmp_path / "bare"
    shutil.copytree(house.folder, folder)
    (folder / "glossary.yaml").unlink()
    project = Project(folder)
    page = project.build_site(project.run(), "en")
    assert not list(page.parent.glob("data/glossary.*"))
    with watched(browser, page) as at:
        opened = at("#/glossary")
        assert "Glossary" not in opened.inner_text("#nav")
        assert "no such page" in opened.inner_text("h1").lower()
        assert "Wait for an approval" not in at("#/").inner_text("main")


def test_the_run_compares_departments_once(house: Project) -> None:
    """What the rule worked out is what the site shows, and what a comparison by itself gives."""
    result = house.run()
    assert result.compared is not None
    alone = compare_document(house.glossary.compare())
    assert result.compared["conflicts"] == alone["conflicts"]
    assert result.compared["not_comparable"] == alone["not_comparable"]
    meanings = house.glossary.on_site(result)
    assert meanings is not None
    assert meanings.compared is result.compared


def test_a_result_that_compared_nothing_is_compared_then(house: Project) -> None:
    result = replace(house.run(), compared=None)
    meanings = house.glossary.on_site(result)
    assert meanings is not None
    assert [c["term"] for c in meanings.compared["conflicts"]] == ["prospect"]


@pytest.mark.parametrize(
    ("uses", "said"),
    [
        (None, None),
        ({}, "no report uses it yet"),
        ({"revenue": ["sales by month", "<b>plan</b>"]}, "sales by month, <b>plan</b>"),
    ],
)
def test_which_reports_use_a_term(
    browser: Browser,
    house: Project,
    tmp_path: Path,
    uses: dict[str, list[str]] | None,
    said: str | None,
) -> None:
    result = house.run()
    meanings = house.glossary.on_site(result)
    assert meanings is not None
    first = build_site(result, tmp_path, meanings=replace(meanings, uses=uses))
    with watched(browser, first) as at:
        text = at("#/term/revenue").inner_text("main")
    assert ("Reports" in text) == (said is not None)
    assert said is None or said in text
