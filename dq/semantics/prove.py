"""The prover as conflicts use it: what it may assume of columns is what loading makes sure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from dq.crm.model import TABLES
from dq.semantics.inforce import Meaning
from dq.semantics.proof import Column, Proof, Relation, Table, relate

__all__ = ["prover"]

_BUDGET_MS = 500
"""Ample: a pair takes about 4, and a busy machine must not change what is told."""

_DERIVED: Mapping[str, str] = {
    "amount_base": "decimal",
    "margin_base": "decimal",
    "open_days": "integer",
    "last_activity_at": "timestamp",
    "department": "text",
    "merged_into_id": "text",
    "_live": "boolean",
    "_source": "text",
    "_row": "integer",
    "_money": "decimal",
    "_won": "boolean",
}


def prover(
    columns: Mapping[str, Sequence[str]], meaning: Meaning
) -> Callable[[exp.Expr, exp.Expr, str], tuple[str | None, str]]:
    """A prover of relations between predicates over a table; see `dq.semantics.proof`.

    Neither required columns nor the words that the glossary allows count as facts: data break
    both. A column of the house's own has no type here, and conditions on it stay open.
    """
    tables = {
        name: Table({c.name: Column(c.type) for c in entity.columns.values()} | _derived())
        for name, entity in TABLES.items()
    }

    def prove(a: exp.Expr, b: exp.Expr, table: str) -> tuple[str | None, str]:
        known = tables.get(table, Table({}))
        return _told(relate(a, b, known.columns, table=table, tables=tables, budget_ms=_BUDGET_MS))

    return prove


def _derived() -> dict[str, Column]:
    return {name: Column(kind) for name, kind in _DERIVED.items()}


def _told(proof: Proof) -> tuple[str | None, str]:
    """The relation if nothing narrower may hold, or if both are the same rows whatever they are."""
    if proof.exact or proof.relation in (Relation.EQUAL, Relation.EMPTY):
        return proof.relation.value, proof.why
    return None, proof.why
