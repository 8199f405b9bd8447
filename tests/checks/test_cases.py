"""Every rule on cases that were written before it.

On DuckDB all of them. On Spark, where a case takes a second or more, those that
`telling_cases` picks: of every rule the two that expect the most findings, and the one with the
most rows among those that expect none. `DQ_SPARK_CASES=all` runs them all there, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

import pytest

from dq.checks.rules import RULES
from dq.engines.base import Engine
from tests.checks.caselib import Case, differences, load_cases
from tests.checks.runner import run_case

RULE_CODES = {rule.code for rule in RULES}
CASES = load_cases()


def telling_cases(cases: Iterable[Case]) -> list[Case]:
    """Of every rule's cases the few that show the most."""
    told: list[Case] = []
    for _, some in groupby(sorted(cases, key=str), key=lambda case: case.code):
        ranked = sorted(some, key=lambda case: (-len(case.expected), -_rows(case), case.name))
        guilty = [case for case in ranked if case.expected]
        innocent = [case for case in ranked if not case.expected]
        told += guilty[:2] + innocent[:1]
    return told


def _rows(case: Case) -> int:
    return sum(len(rows) for rows in case.tables.values())


ON_SPARK = CASES if os.environ.get("DQ_SPARK_CASES") == "all" else telling_cases(CASES)


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


def _needs_its_rule(case: Case) -> None:
    if case.code not in RULE_CODES:
        pytest.skip(f"there is no rule {case.code} yet; its cases were written before it")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case, duck_engine: Engine, tmp_path: Path) -> None:
    _needs_its_rule(case)
    assert _judge(case, duck_engine, tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("case", ON_SPARK, ids=str)
def test_spark_finds_the_same(
    case: Case, duck_engine: Engine, spark_engine: Engine, tmp_path: Path
) -> None:
    _needs_its_rule(case)
    one, other = (_all_of(case, engine, tmp_path) for engine in (duck_engine, spark_engine))
    assert other == one


def _all_of(case: Case, engine: Engine, work: Path) -> tuple[list[str], Sequence[object]]:
    """Findings, each with all that it says, and outcomes."""
    folder = work / engine.name
    folder.mkdir()
    rules = [r for r in RULES if r.code == case.code]
    findings, outcomes = run_case(case, rules, engine, folder)
    return sorted(map(repr, findings)), outcomes


def test_spark_sees_every_rule() -> None:
    told = telling_cases(CASES)
    for code in RULE_CODES & {case.code for case in CASES}:
        # What lint says comes to the engine as literals, for all these rules in one way.
        least = 1 if code.startswith("S") and code > "S103" else 3
        assert sum(case.code == code for case in told) >= least, code
