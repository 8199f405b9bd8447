"""The prover as conflicts use it: types of columns come from the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from dq.crm.model import TABLES

if TYPE_CHECKING:
    from sqlglot import exp

    from dq.semantics.proof import Column, Proof

__all__ = ["BUDGET_MS", "prover"]

BUDGET_MS = 200.0
"""What one pair may take: a person waits for a few of them."""

LOADING_MS = 10_000.0
"""What loading z3 may take, in a first proof that nobody waits for."""

DERIVED = {
    "amount_base": "decimal",
    "margin_base": "decimal",
    "open_days": "integer",
    "last_activity_at": "timestamp",
    "department": "text",
    "merged_into_id": "text",
}


def prover(
    columns: Mapping[str, Sequence[str]] | None = None,
) -> Callable[[exp.Expr, exp.Expr, str], Proof]:
    """A prover of relations between predicates over a table; see `dq.semantics.proof`.

    `columns` are those that are there, by table: a house's own columns have no known type, and
    what a definition says of them stays open.
    """
    from sqlglot import exp

    from dq.semantics.proof import Column, Table, relate

    relate(exp.true(), exp.true(), {}, budget_ms=LOADING_MS)

    known = {name: _columns(name) for name in TABLES}
    tables = {
        name: Table(
            {c: known[name].get(c, Column("text")) for c in (columns or {}).get(name, ())}
            | known[name],
            TABLES[name].key,
        )
        for name in TABLES
    }

    def prove(a: exp.Expr, b: exp.Expr, table: str) -> Proof:
        return relate(a, b, known.get(table, {}), table=table, tables=tables, budget_ms=BUDGET_MS)

    return prove


def _columns(table: str) -> dict[str, Column]:
    from dq.semantics.proof import Column

    entity = TABLES[table]
    made = {
        column.name: Column(column.type, nullable=column.name not in ("id",))
        for column in entity.columns.values()
    }
    return {**{name: Column(kind) for name, kind in DERIVED.items()}, **made}
