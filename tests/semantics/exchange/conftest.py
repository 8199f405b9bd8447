from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dq.semantics.glossary import Glossary, load_glossary

TODAY = date(2026, 1, 15)
SMALL = Path(__file__).parent / "small.yaml"
HOUSE = Path(__file__).parents[3] / "glossary.yaml"


@pytest.fixture(scope="session")
def small() -> Glossary:
    return load_glossary(SMALL)


@pytest.fixture(scope="session")
def house() -> Glossary:
    """The repository's own glossary, whatever it holds."""
    return load_glossary(HOUSE)


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A copy of the small glossary to be edited."""
    path = tmp_path / "glossary.yaml"
    path.write_text(SMALL.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The house's whole glossary in one language tells most; in the others it is for test-all."""
    for item in items:
        params = getattr(getattr(item, "callspec", None), "params", {})
        if params.get("which") == "house" and params.get("language", "en") != "en":
            item.add_marker(pytest.mark.slow)
