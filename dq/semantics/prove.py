"""The prover as conflicts use it: what it may assume of columns is what loading makes sure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dq.crm.model import DERIVED, TABLES

if TYPE_CHECKING:
    from sqlglot import exp

    from dq.semantics.proof import Column, Proof

__all__ = ["BUDGET_MS", "prover"]

BUDGET_MS = 500.0
"""Ample: a pair takes about 4, and a busy machine must not change what is told."""

LOADING_MS = 10_000.0
"""What loading z3 may take, in a first proof that nobody waits for."""


def prover() -> Callable[[exp.Expr, exp.Expr, str], Proof]:
    """A prover of relations between predicates over a table; see `dq.semantics.proof`.

    Neither required columns, nor unique keys, nor the words that the glossary allows count as
    facts: data break them all. A column of the house's own has no type here, and conditions
    on it stay open.
    """
    from sqlglot import exp

    from dq.semantics.proof import Table, relate

    relate(exp.true(), exp.true(), {}, budget_ms=LOADING_MS)
    tables = {name: Table(_columns(name)) for name in TABLES}

    def prove(a: exp.Expr, b: exp.Expr, table: str) -> Proof:
        known = tables.get(table, Table({}))
        return relate(a, b, known.columns, table=table, tables=tables, budget_ms=BUDGET_MS)

    return prove


def _columns(table: str) -> dict[str, Column]:
    from dq.semantics.proof import Column

    kinds = {**DERIVED, **{c.name: c.type for c in TABLES[table].columns.values()}}
    return {name: Column(kind) for name, kind in kinds.items()}
