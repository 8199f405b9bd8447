"""What rules may know: the tables at hand, facts of their columns, settings and the clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dq.config import Calendar, Period

if TYPE_CHECKING:
    from dq.engines.base import Engine
    from dq.semantics.conflicts import Conflict
    from dq.semantics.drift.baseline import Baseline
    from dq.semantics.glossary import Glossary
    from dq.semantics.inforce import Meaning
    from dq.store import BaselineItem

__all__ = ["Certified", "ColumnFacts", "RuleContext", "TableFacts"]


@dataclass(frozen=True)
class ColumnFacts:
    """A column of `crm.<table>` and what one profile of the live rows says of it.

    `kind`: for canonical columns the model's, for own columns what header and content say:
    money, duration, category, text, id, hash, date, number, flag, email, phone, name,
    company, tax_id, url, city, country, note. `values` are all distinct values with their
    counts, most frequent first, where there are at most 1,000 (None: more).
    `has_time`: at least one value is not at midnight. `sources` are those of the table's
    sources that have the column, where not all do: rows of the others are not blank in it.
    """

    name: str
    type: str
    kind: str
    header: str | None
    canonical: bool
    rows: int
    filled: int
    distinct: int | None = None
    values: tuple[tuple[str, int], ...] | None = None
    pseudonymised: bool = False
    has_time: bool = True
    personal: bool = False
    identifying: bool = False
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableFacts:
    """A table that is there. `rows` are live rows; `key_given` is False for content keys.

    `marks`: the source says which rows are deleted or merged. `links` tells for each
    relation column "id" or "name": how the source names the other side.
    """

    name: str
    rows: int
    columns: Mapping[str, ColumnFacts]
    key_given: bool
    links: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    marks: bool = False


@dataclass(frozen=True)
class Certified:
    """A period that was certified, by the date column that puts a record into it.

    `before` is the table as it was then (a Parquet file or a folder of them, with the columns
    of `crm_all`), kept by the run `run_id`; None where no earlier run kept it.
    """

    table: str
    column: str
    period: Period
    before: Path | None = None
    run_id: str | None = None


@dataclass(frozen=True)
class RuleContext:
    """Handed to a rule's `checks`. `params` are the rule's own, merged with dq.yaml.

    `certified` are the periods that may change no more. `meaning` is the glossary with what
    of it was approved, `baseline` what was adopted on the first day (None: no day yet),
    `uses` the reports that use each term (None: there are no reports). `drift` holds for each
    table how its columns looked, with which S107 compares them. `compared` takes what S105
    works out, for those who tell it again.
    """

    engine: Engine
    tables: Mapping[str, TableFacts]
    glossary: Glossary | None
    params: Mapping[str, object]
    as_of: datetime
    country: str | None = None
    currency: str | None = None
    language: str = "en"
    include_deleted: bool = False
    calendar: Calendar = field(default_factory=Calendar)
    certified: tuple[Certified, ...] = ()
    meaning: Meaning | None = None
    baseline: frozenset[BaselineItem] | None = None
    uses: Mapping[str, Collection[str]] | None = None
    drift: Mapping[str, Baseline] = field(default_factory=dict)
    compared: list[Conflict] = field(default_factory=list, compare=False, repr=False)

    def has(self, table: str, *columns: str) -> bool:
        """Whether the table is there with all these columns mapped."""
        facts = self.tables.get(table)
        return facts is not None and all(c in facts.columns for c in columns)

    def filled(self, table: str, column: str) -> bool:
        """Whether the column is mapped and has at least one value."""
        facts = self.tables.get(table)
        return facts is not None and column in facts.columns and facts.columns[column].filled > 0
