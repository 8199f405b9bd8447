"""The canonical CRM model: tables, columns, relations. What is a fact of the model is said once.

The report linter, the matcher and the completeness rules read these facts from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dq.crm.entities import ENTITIES
from dq.errors import UsageError

__all__ = ["DERIVED", "KINDS", "TABLES", "TYPES", "Column", "Entity", "Relation", "entity"]

TYPES = ("text", "integer", "decimal", "double", "date", "timestamp", "boolean")

KINDS = (
    "money", "duration", "category", "text", "id", "hash", "email", "phone", "name", "company",
    "tax_id", "url", "city", "country", "note", "date", "number", "flag", "person",
)  # fmt: skip
"""What a column is about; `hash` is for own columns only."""

DERIVED: Mapping[str, str] = {
    "amount_base": "decimal",
    "margin_base": "decimal",
    "open_days": "integer",
    "last_activity_at": "timestamp",
    "department": "text",
    "merged_into_id": "text",
}
"""Columns that no file has, with their types: made when tables are loaded, where they can be."""

_COMPOSITE = {
    "deal_contacts": ("deal_id", "contact_id"),
    "user_history": ("user_id", "valid_from"),
    "rates": ("currency", "day"),
}


@dataclass(frozen=True)
class Column:
    """A column that the rules know.

    `required`: a record without it is incomplete (C101). `event`: it holds a moment that
    has happened, so that the newest one is the business "today". `identifying`: it tells
    one record from another (D101, D102).
    """

    name: str
    type: str
    kind: str
    unit: str | None = None
    required: bool = False
    personal: bool = False
    identifying: bool = False
    event: bool = False
    relation: str | None = None

    @property
    def nullable(self) -> bool:
        """Whether a record may be without it."""
        return not self.required


@dataclass(frozen=True)
class Relation:
    """A column that names a record of another table.

    `enforced`: the CRM itself keeps it whole; `optional`: it may be blank.
    """

    column: str
    target: str
    cardinality: str = "N:1"
    enforced: bool = False
    optional: bool = True

    def __str__(self) -> str:
        return f"{self.column} → {self.target}"


@dataclass(frozen=True)
class Entity:
    """A canonical table. `key` are the columns that identify a record (mostly `id`)."""

    name: str
    columns: Mapping[str, Column]
    relations: tuple[Relation, ...]
    name_column: str | None
    key: tuple[str, ...]

    def relation(self, column: str) -> Relation | None:
        """The relation that a column holds, if any."""
        return next((r for r in self.relations if r.column == column), None)

    @property
    def required(self) -> tuple[str, ...]:
        """Columns without which a record is incomplete."""
        return tuple(c.name for c in self.columns.values() if c.required)

    @property
    def hierarchy(self) -> Relation | None:
        """The relation of the table to itself, if any."""
        return next((r for r in self.relations if r.target == self.name), None)


def _column(line: str) -> tuple[Column, Relation | None]:
    facts, _, link = line.partition("->")
    name, kind_of_value, kind, *flags = facts.split()
    unit = next((f.removeprefix("unit=") for f in flags if f.startswith("unit=")), None)
    target, *about = link.split() or [""]
    column = Column(
        name=name,
        type=kind_of_value,
        kind=kind,
        unit=unit,
        required="required" in flags,
        personal="personal" in flags,
        identifying="identifying" in flags,
        event="event" in flags,
        relation=target or None,
    )
    if not target:
        return column, None
    enforced, optional = "enforced" in about, "mandatory" not in about
    return column, Relation(name, target, enforced=enforced, optional=optional)


def _entity(name: str, label: str, text: str) -> Entity:
    read = [_column(line) for line in text.strip().splitlines()]
    return Entity(
        name=name,
        columns={column.name: column for column, _ in read},
        relations=tuple(relation for _, relation in read if relation is not None),
        name_column=label or None,
        key=_COMPOSITE.get(name, ("id",)),
    )


TABLES: Mapping[str, Entity] = {
    name: _entity(name, label, text) for name, (label, text) in ENTITIES.items()
}
"""All canonical tables by name."""


def entity(name: str) -> Entity:
    """The canonical table of that name.

    Raises:
        UsageError: there is no such table.
    """
    found = TABLES.get(name)
    if found is None:
        raise UsageError(
            "There is no CRM table {table}.",
            fix="The tables are {known}.",
            table=name,
            known=", ".join(TABLES),
        )
    return found
