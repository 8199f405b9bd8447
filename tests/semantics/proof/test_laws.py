"""What is proved of any two predicates is never contradicted by data."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from dq.engines.base import Engine
from dq.semantics.proof import Column, Proof, Region, Relation, relate
from dq.sql.row import compile_predicate
from tests.sql.machines import on_engine
from tests.sql.strategies import predicates, rows

COLUMNS = {
    "name": Column("text"),
    "note": Column("text"),
    "amount": Column("decimal"),
    "number": Column("integer"),
    "share": Column("double"),
    "at": Column("timestamp"),
    "day": Column("date"),
    "flag": Column("boolean"),
}


def region(a: object, b: object) -> Region | None:
    if a is True:
        return Region.BOTH if b is True else Region.A_ONLY
    return Region.B_ONLY if b is True else None


def contradictions(proof: Proof, truths: list[tuple[object, object]]) -> set[Region]:
    """Regions proved empty in which rows lie."""
    return {r for a, b in truths if (r := region(a, b)) is not None} & proof.empty


def check_witnesses(proof: Proof, a: exp.Expr, b: exp.Expr) -> None:
    for where, witness in proof.witnesses.items():
        truths = (compile_predicate(p, witness.params)(witness.row) for p in (a, b))
        assert region(*truths) is where


@pytest.mark.slow
@settings(max_examples=400, suppress_health_check=list(HealthCheck), deadline=None)
@given(table=rows, a=predicates, b=predicates)
def test_rows_never_contradict(table: pa.Table, a: exp.Expr, b: exp.Expr) -> None:
    proof = relate(a, b, COLUMNS, budget_ms=300)
    closures = compile_predicate(a), compile_predicate(b)
    truths = [(closures[0](row), closures[1](row)) for row in table.to_pylist()]
    assert contradictions(proof, truths) == set(), proof
    check_witnesses(proof, a, b)
