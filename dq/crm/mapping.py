"""How the columns of a raw table become columns of the canonical model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "ColumnMapping",
    "Conversion",
    "LinesRule",
    "OwnColumn",
    "ProjectMapping",
    "SourceMapping",
    "TableMapping",
]


@dataclass(frozen=True)
class Conversion:
    """How text becomes a value.

    `type` is one of text, integer, decimal, date, timestamp, boolean.
    `formats` are the column's date styles in the order they are tried, in strptime codes
    (`%d.%m.%Y %H:%M`); what was detected, never a guess per cell.
    `decimal_mark` and `grouping` describe numbers (`1 234,50`: "," and " ");
    currency signs and codes around a number are allowed and dropped.
    `values` maps words to values after trimming and case folding (stage → status, да → true);
    `default` is the value of non-blank words that are not in `values` (None: keep the word).
    `empty_words` are words that mean "none" here (amoCRM's `не закрыта` in a date column).
    `split` keeps only the first of several values joined by this separator.
    """

    type: str = "text"
    formats: tuple[str, ...] = ()
    decimal_mark: str = "."
    grouping: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    empty_words: tuple[str, ...] = ()
    split: str | None = None
    offset: bool = False  # timestamps carry a UTC offset or Z: converted to business time


@dataclass(frozen=True)
class ColumnMapping:
    """One canonical column of a table and where it comes from.

    `source` is the raw column (None with `constant`); further `fallbacks` are taken where it
    is blank. Where all of these are, the `joined` columns stand together, apart by a space
    (the parts of a name). `link` says how a relation's values name the other record: "id" (by
    its key) or "name" (by its name, resolved after normalising; ambiguous is R102, none is
    R101).
    `confidence` is 0..1 and `evidence` a message key with `evidence_args`.
    """

    target: str
    source: str | None
    conversion: Conversion = field(default_factory=Conversion)
    link: str | None = None
    constant: str | None = None
    fallbacks: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    confidence: float = 1.0
    evidence: str = "mapping.by_preset"
    evidence_args: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class OwnColumn:
    """A column that no canonical one fits: kept, typed, under its own name.

    `kind` is money, duration, category, text, id, hash, date, number or flag: what the
    content and header say; rules that read unmapped columns go by it.
    `name` is the name in crm.<table> (the header, unless it clashes with a canonical name).
    """

    name: str
    source: str
    conversion: Conversion = field(default_factory=Conversion)
    kind: str = "text"


@dataclass(frozen=True)
class LinesRule:
    """Rows that repeat an id and differ only in these columns are one record with lines."""

    product: str
    price: str | None = None
    quantity: str | None = None
    amount: str | None = None


@dataclass(frozen=True)
class TableMapping:
    """What one raw table gives to one canonical table (a wide row can feed several).

    `key` names the raw columns that make the record's key; empty means content keys.
    `present` lists raw columns of which one must be non-blank for the row to hold such a
    record at all (split-off contacts); `collapse` folds identical split-off records.
    `deleted` (any of them) and `merged_into` are raw columns that mark rows not live;
    `deleted_values` are the words that mean deleted. `in_force` marks with a word for no the
    rows that are no longer valid; where a table keeps the versions of its rows (`since`: the
    start of each) the newest of a key is the record and the others are folded into it.
    """

    source: str
    table: str
    columns: tuple[ColumnMapping, ...]
    own: tuple[OwnColumn, ...] = ()
    key: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    collapse: bool = False
    deleted: tuple[str, ...] = ()
    deleted_values: tuple[str, ...] = ("true", "1", "yes", "да", "так", "y", "t")
    merged_into: str | None = None
    in_force: str | None = None
    since: str | None = None
    lines: LinesRule | None = None
    preset: str = "generic"


@dataclass(frozen=True)
class SourceMapping:
    """All that one raw table becomes; with no tables it stays `src.<name>` only.

    `shape` is the digest of its normalised headers: the next file of this shape asks nothing.
    `merge_log` names (survivor, merged) columns of a table that lists merged records of
    `merge_table` (HubSpot's merged_deal).
    """

    source: str
    shape: str
    preset: str
    tables: tuple[TableMapping, ...]
    unmapped: tuple[str, ...] = ()
    own: tuple[OwnColumn, ...] = ()  # typing of src.<name> when no canonical table takes it
    merge_log: tuple[str, str] | None = None
    merge_table: str | None = None
    confidence: float = 1.0
    evidence: tuple[tuple[str, Mapping[str, object]], ...] = ()


@dataclass(frozen=True)
class ProjectMapping:
    """The mapping of a whole project or scan, with relations between unmapped columns.

    A relation is (table, column, other table, other column), proposed where at least 90 %
    of the values are found in a unique column.
    """

    sources: tuple[SourceMapping, ...]
    relations: tuple[tuple[str, str, str, str], ...] = ()
