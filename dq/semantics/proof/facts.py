"""What a proof may assume, and what it says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum

__all__ = ["Column", "Proof", "Region", "Relation", "Table", "Witness"]


@dataclass(frozen=True)
class Column:
    """A column of which every row holds a value of the type, or NULL if `nullable`.

    `type` is text, integer (64 bits), decimal (`precision` digits, `scale` after the mark), double,
    date, timestamp or boolean. `values`: the only values it ever holds, where that is certain.
    State only what the data keep: a column that *should* be filled is nullable.
    """

    type: str
    nullable: bool = True
    values: Collection[object] | None = None
    scale: int = 4
    precision: int = 18


@dataclass(frozen=True)
class Table:
    """Another table, for sub-queries. No two rows of it share a `key` without NULL.

    `columns` are all that it has: a bare name in a sub-query that is none of them is looked for
    outside, as in SQL.
    """

    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()


class Relation(Enum):
    """How the rows of one definition, `a`, lie to those of another, `b`."""

    EQUAL = "equal"
    SUBSET = "subset"
    SUPERSET = "superset"
    DISJOINT = "disjoint"
    OVERLAP = "overlap"
    EMPTY = "empty"
    UNKNOWN = "unknown"


class Region(Enum):
    """The three sets that two definitions cut out of a table."""

    A_ONLY = "a_only"
    BOTH = "both"
    B_ONLY = "b_only"


@dataclass(frozen=True)
class Witness:
    """A row that lies in a region, found by the prover and confirmed by evaluating both.

    `params` are values of the parameters under which it does; `related` the rows of other
    tables, by table, that sub-queries find. A table not named there is empty.
    """

    row: Mapping[str, object]
    params: Mapping[str, object] = field(default_factory=dict)
    related: Mapping[str, tuple[Mapping[str, object], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Proof:
    """The relation of two definitions over all rows that may ever come.

    Args:
        relation: `SUBSET`: every row of a is one of b. `EMPTY`: see `never`.
        exact: nothing narrower holds: each region that the relation leaves open has a
            witness. A subset that is not exact may turn out equal, or a be empty.
        never: which of "a", "b" no row satisfies, for `EMPTY`.
        empty: regions proved to hold no row.
        witnesses: a row for each region that is proved to be able to hold one.
        uninterpreted: functions, terms and sub-queries whose meaning the proof left open.
        why: a sentence for an answer that is unknown or not exact; else empty.
    """

    relation: Relation
    exact: bool = False
    never: tuple[str, ...] = ()
    empty: frozenset[Region] = frozenset()
    witnesses: Mapping[Region, Witness] = field(default_factory=dict)
    uninterpreted: tuple[str, ...] = ()
    why: str = ""

    @property
    def proved(self) -> bool:
        """Whether a relation is proved."""
        return self.relation is not Relation.UNKNOWN

    @property
    def method(self) -> str:
        """`proved` or `unknown`."""
        return "proved" if self.proved else "unknown"
