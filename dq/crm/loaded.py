"""What a load gives: the tables that are there and the business "today"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dq.findings import Note

__all__ = ["Crm", "CrmColumn", "CrmTable", "LoadSettings"]


@dataclass(frozen=True)
class LoadSettings:
    """What the load must know: business zone and currency, today, and the wall clock."""

    now: datetime
    timezone: str | None = None
    currency: str | None = None
    as_of: datetime | None = None
    include_deleted: bool = False


@dataclass(frozen=True)
class CrmColumn:
    """A column of `crm.<table>`; `header` is its name in the source (None: derived).

    `sources` are those of the table's sources that have it, where not all do.
    """

    name: str
    type: str
    kind: str
    header: str | None
    canonical: bool
    personal: bool = False
    identifying: bool = False
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class CrmTable:
    """A canonical table that is there: read = live + deleted + merged (+ collapsed).

    `marks`: the source says which rows are deleted or merged. `links` are id, name or
    unlisted (by a name, while no file lists the records meant).
    """

    name: str
    columns: Mapping[str, CrmColumn]
    sources: tuple[str, ...]
    key_given: bool
    links: Mapping[str, str]
    read: int
    live: int
    deleted: int
    merged: int
    collapsed: int
    marks: bool = False


@dataclass(frozen=True)
class Crm:
    """The loaded model and its business "today"."""

    tables: Mapping[str, CrmTable]
    as_of: datetime
    as_of_origin: str
    notes: tuple[Note, ...] = ()
    settings: LoadSettings | None = None
    currency: str | None = None  # declared, else the one that all amounts are in
    newest_event: datetime | None = None
