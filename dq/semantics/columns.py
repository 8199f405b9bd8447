"""What a definition may read: the tables and columns that are there, else the model's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dq.crm.mapping import ProjectMapping
from dq.crm.model import DERIVED, TABLES

__all__ = ["MADE", "Columns", "There", "columns_known", "columns_of_table"]

Columns = Mapping[str, Collection[str]]
"""Columns that are there, by table."""

MADE = frozenset([*DERIVED, "_live", "_source", "_row", "_money", "_won"])
"""Columns that loading makes, those for its own use too."""


def columns_of_table(table: str, columns: Columns | None) -> frozenset[str]:
    """The columns of a table: those that are there, else those of the model."""
    if columns is not None and table in columns:
        return frozenset(columns[table])
    known = TABLES.get(table)
    return (frozenset(known.columns) | MADE) if known else frozenset()


def columns_known(mapping: ProjectMapping) -> dict[str, frozenset[str]]:
    """What definitions may read: columns of the model, of loading, and those the mapping keeps."""
    known = {table: columns_of_table(table, None) for table in TABLES}
    for source in mapping.sources:
        for table in source.tables:
            own = frozenset(column.name for column in table.own)
            known[table.table] = known.get(table.table, frozenset()) | own
    return known


@dataclass(frozen=True)
class There:
    """What there is to read.

    With `columns` None any column may be there. `more` are tables besides those of the model
    and those with `columns`.
    """

    columns: Columns | None = None
    more: Collection[str] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables, those of the model first."""
        return tuple(dict.fromkeys([*TABLES, *(self.columns or ()), *self.more]))

    def columns_of(self, table: str) -> frozenset[str] | None:
        """The columns of a table; None where any may be there."""
        if self.columns is None:
            return None
        return columns_of_table(table, self.columns) or None
