"""Every rule on cases that were written before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dq.checks.rules import RULES
from dq.engines.base import Engine
from tests.checks.caselib import Case, differences, load_cases
from tests.checks.runner import run_case

RULE_CODES = {rule.code for rule in RULES}
CASES = load_cases()


def _judge(case: Case, engine: Engine, work: Path) -> list[str]:
    rules = [r for r in RULES if r.code == case.code]
    findings, outcomes = run_case(case, rules, engine, work)
    lines = differences(case, findings)
    for table, wanted in case.outcomes.items():
        have = {o.outcome.value for o in outcomes if o.table in (table, None)}
        if wanted not in have or (wanted != "failed" and "failed" in have):
            lines.append(f"outcome of {table}: {sorted(have)} instead of {wanted}")
    lines += [f"errored: {o.args}" for o in outcomes if o.outcome.value == "errored"]
    return lines


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case, duck_engine: Engine, tmp_path: Path) -> None:
    if case.code not in RULE_CODES:
        pytest.skip(f"there is no rule {case.code} yet; its cases were written before it")
    assert _judge(case, duck_engine, tmp_path) == []
