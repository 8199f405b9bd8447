from __future__ import annotations

import re
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def dq_yaml_example() -> str:
    """The whole example of docs/dq.yaml.md."""
    page = Path(__file__).parents[2] / "docs" / "dq.yaml.md"
    found = re.search(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]
