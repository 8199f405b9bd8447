"""What recognising works on: drafts of table mappings, and what is left to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dq.crm.mapping import ProjectMapping, SourceMapping
from dq.crm.sample import ColumnSample, TableSample
from dq.findings import Note

__all__ = ["Candidate", "Draft", "DraftColumn", "Guess", "Near", "Recognition", "SourceDraft"]


@dataclass(frozen=True)
class Candidate:
    """Something that a column (or a file) may be: a canonical column (or table).

    `evidence` is a message key; its places are `evidence_args` and, of a column, {header}.
    """

    target: str
    confidence: float
    evidence: str
    evidence_args: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Guess:
    """What was not sure enough to be mapped. `reason` is a message key.

    With `column` None the question is what table the file is. For a date column whose day
    and month cannot be told apart (`mapping.ask_date_order`) the candidates' targets are
    the two formats.
    """

    source: str
    column: str | None
    table: str | None
    candidates: tuple[Candidate, ...]
    reason: str = "mapping.ask_low"
    args: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Near:
    """A header that is a known one with a slip in it."""

    source: str
    column: str
    known: str
    target: str


@dataclass(frozen=True)
class Recognition:
    """What was recognised. `preset` is that of most files, `generic` where none was told.

    `asked` are guesses below the threshold: unmapped until somebody answers.
    """

    mapping: ProjectMapping
    preset: str
    asked: tuple[Guess, ...] = ()
    notes: tuple[Note, ...] = ()
    near: tuple[Near, ...] = ()


@dataclass
class DraftColumn:
    """A canonical column and the raw columns that feed it."""

    target: str
    column: ColumnSample | None
    fallbacks: list[ColumnSample] = field(default_factory=list)
    joined: list[ColumnSample] = field(default_factory=list)
    link: str | None = None
    constant: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    default: str | None = None
    empty_words: tuple[str, ...] = ()
    split: str | None = None
    confidence: float = 1.0
    evidence: str = "mapping.by_preset"
    args: dict[str, object] = field(default_factory=dict)

    def columns(self) -> list[ColumnSample]:
        """All raw columns that are read."""
        return [c for c in (self.column, *self.fallbacks, *self.joined) if c is not None]


@dataclass
class Draft:
    """One canonical table that a raw table feeds."""

    sample: TableSample
    table: str
    columns: dict[str, DraftColumn] = field(default_factory=dict)
    key: list[ColumnSample] = field(default_factory=list)
    present: list[ColumnSample] = field(default_factory=list)
    collapse: bool = False
    deleted: list[ColumnSample] = field(default_factory=list)
    deleted_values: tuple[str, ...] = ()
    merged_into: ColumnSample | None = None
    in_force: ColumnSample | None = None
    since: ColumnSample | None = None
    lines: dict[str, ColumnSample] = field(default_factory=dict)

    def column(self, target: str) -> ColumnSample | None:
        """The raw column of a target."""
        found = self.columns.get(target)
        return found.column if found else None


@dataclass
class SourceDraft:
    """All that is known of one raw table so far."""

    sample: TableSample
    preset: str = "generic"
    told_as: str | None = None  # the preset's name for such a table
    versions: bool = False  # it keeps the versions of its rows, with their validity
    tables: list[Draft] = field(default_factory=list)
    reused: SourceMapping | None = None
    merge_log: tuple[str, str] | None = None
    merge_table: str | None = None
    confidence: float = 1.0
    evidence: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    asked: list[Guess] = field(default_factory=list)
    near: list[Near] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def main(self) -> Draft | None:
        """The table that the source is about."""
        return self.tables[0] if self.tables else None
