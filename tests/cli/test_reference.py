"""The reference pages say what the code says. UPDATE_EXPECTED=1 writes them anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dq.cli.reference import cli_page, rules_page

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("name", "page"), [("cli.md", cli_page), ("rules.md", rules_page)])
def test_page_is_made_from_the_code(name: str, page: Callable[[], str]) -> None:
    path = DOCS / name
    if os.environ.get("UPDATE_EXPECTED"):
        path.write_text(page(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == page()
