"""A project with hostile and plain data, run twice, with its site; and a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dq.project import Project
from dq.start import start

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HEAD = "ID,Deal name,Company,Status,Amount,Currency,Created,Closed,Owner,Note\n"
HOSTILE = (
    "<script>window.hurt=1</script>",
    "{{7*7}}",
    "javascript:window.hurt=1",
    "invoice\u202efdp.exe",
    "=1+1",
    "x" * 200_000,
)


def deals(broken: int) -> str:
    """Plain deals, hostile names, and so many won deals without amount."""
    lines = [HEAD]
    for i in range(120):
        amount = "" if i < broken else f"{1000 + 7 * i}"
        lines.append(
            f"D{i:03},Deal {i},Company {i % 30},won,{amount},EUR,2026-01-{1 + i % 28:02},"
            f"2026-02-{1 + i % 28:02},Anna,called\n"
        )
    for i, name in enumerate(HOSTILE):
        quoted = name.replace('"', '""')
        lines.append(f'H{i},"{quoted}","{quoted}",won,,EUR,2026-01-05,2026-02-05,Anna,"{quoted}"\n')
    return "".join(lines)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Run twice: three won deals lost their amount in between."""
    folder = tmp_path_factory.mktemp("site")
    file = folder / "deals.csv"
    file.write_text(deals(broken=60), encoding="utf-8")
    start(folder, [file])
    project = Project(folder)
    project.run()
    file.write_text(deals(broken=63), encoding="utf-8")
    project.build_site(project.run(), "en")
    return project


@pytest.fixture(scope="session")
def first_page(project: Project) -> Path:
    return project.folder / "site" / "index.html"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed.")
        pytest.skip("needs Debian's chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()
