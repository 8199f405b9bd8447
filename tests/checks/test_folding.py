"""Causes of few records each are told together; what covers many stands alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlglot import exp

from dq.checks.executor.annotate import WHOLE
from dq.checks.executor.folding import fold
from dq.checks.rules import RULES
from dq.engines.base import Engine
from dq.findings import findings_schema
from dq.sql import portable as f

Causes = Mapping[str, int]


def _each(word: str, values: int, records: int = 1) -> Causes:
    """So many values of a word, of so many records each."""
    return {f"{word}:{i}": records for i in range(values)}


CASES: Sequence[tuple[str, str, Causes, Causes | None]] = (
    ("one missing value", "R101", {"missing:A": 3}, None),
    ("many of one record", "R101", _each("missing", 40), {"missing_many": 40}),
    (
        "one covers most",
        "R101",
        {"missing:A": 50, "missing:B": 2, "missing:C": 3},
        {"missing:A": 50, "missing_many": 5},
    ),
    ("a rest of one value", "R101", {"missing:A": 50, "missing:B": 2}, None),
    ("near misses stand alone", "R101", _each("near", 10, 2), None),
    ("too many near misses", "R101", _each("near", 11, 2), {"near_many": 22}),
    ("words for nothing", "C104", {"word:-": 90, "word:.": 40}, {"word_many": 130}),
    ("one word for nothing", "C104", {"word:-": 90}, None),
    ("other words", "C104", {"sentinel_date": 4, "heap:999": 3, "heap:0": 2}, None),
    ("five slips of spelling", "A107", _each("typo", 5), None),
    (
        "six slips and a case",
        "A107",
        {**_each("typo", 6), "case:x": 1},
        {"typo_many": 6, "case:x": 1},
    ),
    ("a rule that folds nothing", "A109", _each("month_name", 9), None),
)


def _findings(engine: Engine, code: str, causes: Causes, work: Path) -> None:
    """Findings as their rules tell them, one record each."""
    given = [cause for cause, count in causes.items() for _ in range(count)]
    columns = {
        name: pa.nulls(len(given), findings_schema().field(name).type)
        for name in findings_schema().names
    }
    columns["code"] = pa.array([code] * len(given))
    columns["table"] = pa.array(["deals"] * len(given))
    columns["column"] = pa.array(["account_id"] * len(given))
    columns["key"] = pa.array([str(i) for i in range(len(given))])
    columns["cause"] = pa.array(given)
    columns["won"] = pa.nulls(len(given), pa.bool_())
    path = work / "findings.parquet"
    pq.write_table(pa.table(columns), path)
    engine.load(WHOLE, path)


@pytest.mark.parametrize(
    ("code", "causes", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_which_causes_stand_alone(
    code: str, causes: Causes, told: Causes | None, duck_engine: Engine, tmp_path: Path
) -> None:
    """`told` None: as they were."""
    _findings(duck_engine, code, causes, tmp_path)
    fold(duck_engine, RULES)
    counted = exp.select(f.col("cause"), f.alias(f.count(), "n")).from_(f.table("work.findings"))
    found = duck_engine.query(counted.group_by(f.col("cause"))).to_pylist()
    assert {row["cause"]: row["n"] for row in found} == dict(causes if told is None else told)
