"""Rules on what only looks wrong, and on what hides among it: cases in `lookalikes/`."""

from __future__ import annotations

from pathlib import Path

import pytest

from dq.engines.base import Engine
from tests.checks.caselib import Case, load_cases
from tests.checks.test_cases import _judge

LOOKALIKES = load_cases(Path(__file__).parent / "lookalikes")


@pytest.mark.parametrize("case", LOOKALIKES, ids=str)
def test_lookalike(case: Case, duck_engine: Engine, tmp_path: Path) -> None:
    assert _judge(case, duck_engine, tmp_path) == []
