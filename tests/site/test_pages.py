"""The site in a real browser, from the disk: pages, search, filters, languages, print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dq.i18n.language import LANGUAGES
from dq.i18n.numbers import format_share
from dq.project import Project
from tests.site.watching import Open, barriers, glossary_names, until, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = (
    "#/", "#/findings", "#/tables", "#/table/deals", "#/rules", "#/rules?outcome=not_applicable",
    "#/rule/C105", "#/rule/A106", "#/runs", "#/run", "#/search?q=D01", "#/record/deals/D001",
    "#/record/deals/none", "#/group/none", "#/nowhere",
)  # fmt: skip
GROUP = "#/group/C105%7Cdeals%7Camount%7C"


@pytest.fixture
def open_page(browser: Browser, first_page: Path) -> Iterator[Open]:
    """`open_page(address)`: a page; at the end no script failed and nothing was asked for."""
    with watched(browser, first_page) as at:
        yield at


@pytest.mark.parametrize("address", [*PAGES, GROUP])
def test_every_page_opens(open_page: Open, address: str) -> None:
    page = open_page(address)
    assert page.inner_text("h1").strip()
    assert "undefined" not in page.inner_text("main")
    assert page.evaluate("window.hurt") is None


def test_the_way_from_the_overview_to_a_record(open_page: Open) -> None:
    page = open_page("#/")
    page.click("text=won deals have no “amount”")
    page.wait_for_selector(".records table")
    assert page.inner_text(".records h2") == "Records 69"
    assert page.locator(".records tbody tr").count() == 50
    page.click(".pager a")
    until(page, "document.querySelectorAll('.records tbody tr').length === 19")
    page.click(".records tbody a >> nth=0")
    page.wait_for_selector(".lines")
    assert "dq show deals D050" in page.inner_text("main")


def test_search_finds_a_record_a_rule_and_a_value(open_page: Open) -> None:
    page = open_page("#/")
    page.fill("#search input", "d017")
    page.press("#search input", "Enter")
    page.wait_for_selector("main section")
    assert page.inner_text("main tbody th") == "D017"
    page = open_page("#/search?q=C105")
    assert "Won deal without" in page.inner_text("main")
    page = open_page("#/search?q=no-such-thing")
    assert "Nothing fits." in page.inner_text("main")


def test_filters_stay_in_the_address(open_page: Open) -> None:
    page = open_page("#/findings")
    every = page.locator(".line").count()
    page.select_option("#filter-severity", "error")
    until(page, f"document.querySelectorAll('.line').length < {every}")
    assert set(page.locator(".line .chip").all_inner_texts()) == {"error"}
    page.fill("#filter-q", "amount")
    until(page, "location.hash.includes('q=amount')")
    assert "severity=error" in page.evaluate("location.hash")
    assert page.evaluate("document.activeElement.id") == "filter-q"
    page.fill("#filter-q", "nothing like that")
    page.wait_for_selector(".empty")


def test_what_is_new_can_be_seen_alone(open_page: Open) -> None:
    page = open_page("#/")
    assert "3 new" in page.inner_text(".hero")
    page.click("text=Show what is new")
    until(page, "location.hash.includes('only=new')")
    assert page.locator(".line").count() == 1
    assert page.inner_text(".line .new") == "3 new"


def test_languages_switch_and_stay(open_page: Open) -> None:
    page = open_page("#/findings")
    page.click("#languages >> text=UK")
    until(page, "document.documentElement.lang === 'uk'")
    assert page.inner_text("h1").startswith("Зауваження")
    page = open_page("#/rules")
    assert page.inner_text("h1").startswith("Правила")


@pytest.mark.parametrize("language", ["ru", "uk"])
@pytest.mark.parametrize("address", ["#/", "#/findings", "#/rules", "#/runs", "#/run", GROUP])
def test_no_english_is_left(open_page: Open, project: Project, address: str, language: str) -> None:
    """Names, codes, commands and the data's own words stand in elements that say so."""
    page = open_page(address)
    page.click(f"#languages >> text={language.upper()}")
    until(page, f"document.documentElement.lang === '{language}'")
    page.wait_for_timeout(150)
    said = page.evaluate(
        """() => { const body = document.body.cloneNode(true);
        body.querySelectorAll('code, bdi, script, noscript, #languages, .mark, .site-title, svg')
          .forEach(node => node.remove()); return body.innerText; }"""
    )
    words = set(re.findall(r"(?<![\w-])[A-Za-z]{3,}(?![\w-])", said))
    allowed = glossary_names(project.glossary_path) | {
        "CRM",
        "SHA",
        "EUR",
        "csv",
        "deals",
        "duckdb",
        "engine",
        "rules",
        "name",
        "note",
    }
    found = {w for w in words - allowed if not re.fullmatch(r"[CDFARTXSI]\d{3}", w)}
    assert found - {"Amount", "Deal", "Company", "Note", "Owner", "Status", "Closed"} == set()


def test_keyboard_reaches_the_content(open_page: Open) -> None:
    page = open_page("#/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.closest('form').id") == "search"


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["#/", "#/findings", "#/rules", "#/run", GROUP])
def test_nothing_serious_for_accessibility(
    browser: Browser, first_page: Path, address: str, scheme: str
) -> None:
    assert barriers(browser, first_page.as_uri() + address, scheme) == []


@pytest.mark.slow
@pytest.mark.parametrize("address", ["#/", "#/findings", "#/table/deals", "#/run", GROUP])
@pytest.mark.parametrize("width", [390, 760, 1280])
def test_nothing_is_cut_off(open_page: Open, address: str, width: int) -> None:
    page = open_page(address)
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("address", ["#/", "#/table/deals", GROUP])
def test_print_on_a4(open_page: Open, address: str) -> None:
    page = open_page(address)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 less 10 mm at both sides
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    assert page.pdf(format="A4").startswith(b"%PDF")
    assert not page.is_visible("#search")


@pytest.mark.parametrize("address", ["#/findings", "#/rules"])
def test_filters_keep_their_height_on_a_phone(open_page: Open, address: str) -> None:
    page = open_page(address)
    page.set_viewport_size({"width": 390, "height": 900})
    heights = "[...document.querySelectorAll('.filter select')].map(one => one.offsetHeight)"
    assert set(page.evaluate(heights)) == {32}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_share_is_said_as_in_the_sentences(open_page: Open, language: str) -> None:
    """Apart from the last decimal, which a column of shares keeps."""
    page = open_page("#/")
    page.click(f"#languages >> text={language.upper()}")
    until(page, f"document.documentElement.lang === '{language}'")
    for share in (0.0, 0.0002, 0.05, 0.9687, 0.97, 0.9991, 0.99996, 1.0):
        said = re.sub(r"[.,]0(?=\D*$)", "", page.evaluate(f"dq.percent({share})"))
        assert said.split() == format_share(share, language).split()


def test_hostile_names_are_text(open_page: Open) -> None:
    page = open_page("#/record/deals/H0")
    assert (
        page.evaluate("document.querySelectorAll('main script, main [href^=javascript]').length")
        == 0
    )
    page = open_page("#/search?q=%3Cscript")
    assert page.evaluate("window.hurt") is None
    page = open_page("#/search?q=<img src=x onerror=window.hurt=1>")
    assert page.evaluate("window.hurt") is None
    policy = page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content") or ""
    assert "default-src 'none'" in policy


def test_scripts_from_elsewhere_are_refused(browser: Browser, first_page: Path) -> None:
    page = browser.new_page()
    page.goto(first_page.as_uri())
    page.wait_for_selector("main.ready")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'),"
        " {text: 'window.hurt=1'}))"
    )
    assert page.evaluate("window.hurt") is None
    page.close()
