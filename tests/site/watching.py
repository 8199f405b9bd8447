"""Opening a site's pages in a browser that reports whatever goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[[str], "Page"]


def until(page: Page, condition: str) -> None:
    """Wait for a condition; the page's policy forbids the browser's own way to evaluate one."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {condition}")


def glossary_names(path: Path) -> set[str]:
    """What sentences name as the file writes it: terms, and models of selling."""
    text = path.read_text(encoding="utf-8")
    return set(re.findall(r"(?m)(?<=^  )\w+(?=:)|(?<=sales_model: )\w+", text))


@contextmanager
def watched(browser: Browser, first_page: Path) -> Iterator[Open]:
    """`at(address)`: a page; at the end no script failed and nothing was asked for."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else 0)
    page.on("dialog", lambda dialog: wrong.append("a dialog"))
    page.on(
        "request",
        lambda asked: (
            wrong.append(asked.url)
            if not asked.url.startswith(first_page.parent.as_uri())
            else None
        ),
    )

    def at(address: str) -> Page:
        page.goto(first_page.as_uri() + address)
        page.wait_for_selector("main.ready")
        until(page, "!document.querySelector('main').innerText.includes('Loading')")
        return page

    yield at
    context.close()
    assert wrong == []


def barriers(browser: Browser, address: str, scheme: str) -> list[tuple[str, str, str]]:
    """What axe calls serious or critical on a page in a colour scheme."""
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("main.ready")
    page.wait_for_timeout(300)
    found = Axe().run(page).response["violations"]
    context.close()
    return [
        (one["id"], one["nodes"][0]["html"][:120], one["nodes"][0]["failureSummary"][:200])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
