"""What a preset says of a CRM: how it is told, its own words, how its tables are mapped.

The keys of `presets/<name>.yaml` are the fields of these classes. Headers are kept in the
form of `dq.crm.headers.header_key`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "Preset",
    "PresetColumn",
    "PresetTable",
    "Signature",
    "StatusRule",
]


@dataclass(frozen=True)
class Signature:
    """Headers that tell one of the system's tables from all others.

    All of `all`, at least `least` of `any`, none of `none` must be there. `skip` names why
    the table feeds no canonical one; `history`: kept all the same although its rows carry
    validity (`_fivetran_start`); `yields_to`: not mapped when that other table is there.
    """

    name: str
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    least: int = 1
    none: tuple[str, ...] = ()
    skip: str | None = None
    history: bool = False
    yields_to: str | None = None

    def score(self, keys: frozenset[str]) -> int:
        """How many of its headers are there; 0 when it is not this table."""
        if any(k in keys for k in self.none) or not all(k in keys for k in self.all):
            return 0
        hits = sum(k in keys for k in self.any)
        if self.any and hits < self.least:
            return 0
        return len(self.all) + hits


@dataclass(frozen=True)
class PresetColumn:
    """Where a canonical column comes from.

    The first of `headers` that is there, else of `then`; all others of `then` are taken
    where it is blank.
    `values` are words to values; `stages`: words to won, lost, open by the preset's lists;
    `prefix`: taken only when every value begins with it (ids that say their table);
    `other` is used when none of the headers is there.
    """

    target: str
    headers: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    link: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    stages: bool = False
    default: str | None = None
    empty_words: tuple[str, ...] = ()
    split: str | None = None
    constant: str | None = None
    prefix: str | None = None
    other: PresetColumn | None = None


@dataclass(frozen=True)
class StatusRule:
    """Deal status by what the data say of each stage.

    `by` holds the stage, `won` and `closed` are flags; they stand in the same table, or in
    `table`, where `key` is the stage and `label` its name for people.
    """

    by: tuple[str, ...]
    won: tuple[str, ...]
    closed: tuple[str, ...]
    table: str | None = None
    key: tuple[str, ...] = ()
    label: tuple[str, ...] = ()


@dataclass(frozen=True)
class PresetTable:
    """How a row becomes a record of `table`; `also` are further records of the same row.

    `key` holds the variants of each key column. `present`, `collapse`, `deleted`,
    `merged_into`, `lines` as in `dq.crm.mapping`; `merge_log` is (survivor, merged, table).
    One of `needs` must be there for a record of `also`. A collapsed one is split off only
    where no file of its own gives that table.
    """

    table: str | None
    columns: tuple[PresetColumn, ...] = ()
    key: tuple[tuple[str, ...], ...] = ()
    status: StatusRule | None = None
    present: tuple[str, ...] = ()
    collapse: bool = False
    needs: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    deleted_values: tuple[str, ...] = ()
    merged_into: tuple[str, ...] = ()
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    merge_log: tuple[tuple[str, ...], tuple[str, ...], str] | None = None
    also: tuple[PresetTable, ...] = ()


@dataclass(frozen=True)
class Preset:
    """A CRM system: how it is told, its words, its stages, and its tables (second document).

    `dates` is the order of day and month where the values do not decide. `won`, `lost`,
    `open` are stage words.
    """

    name: str
    title: str
    words: Mapping[str, Mapping[str, str]]
    crm_url: Mapping[str, str]
    signatures: tuple[Signature, ...]
    dates: str | None = None
    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    tables: Mapping[str, PresetTable] = field(default_factory=dict)
