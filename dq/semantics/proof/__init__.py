"""How two definitions lie to each other, proved by z3 with SQL's three-valued logic."""

from dq.semantics.proof.facts import Column, Proof, Region, Relation, Table, Witness
from dq.semantics.proof.prove import equivalent, implies, never_true, relate

__all__ = [
    "Column",
    "Proof",
    "Region",
    "Relation",
    "Table",
    "Witness",
    "equivalent",
    "implies",
    "never_true",
    "relate",
]
