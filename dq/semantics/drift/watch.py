"""Which columns are watched for drift, and by which date their records count into a period.

A record's status, closing date or number of postponements goes on changing after the record
was made: the newest records have fewer of them, which is no change of meaning. Three things
keep that apart. Where a date says when a column got its value, records are taken by that date
(a lost reason by the day of the loss). A kept baseline is compared by age: its newest records
were as young then as today's newest are now. With no baseline the newest records are left out:
two weeks, and eight of the columns that the model knows to be *moving*. Columns that follow
from others are not watched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from dq.crm.events import event_date

__all__ = ["Facts", "TableLike", "Watch", "segment_column", "watched"]

FEW = 60
"""Values that are counted one by one; rarer ones of a column with more are counted together."""

SEGMENTS = 8
"""Parts of a table that are looked at on their own."""

_SEGMENTED_BY = ("department", "pipeline", "source", "channel", "category")

_OWN_DATE: Mapping[str, Mapping[str, str]] = {
    "deals": dict.fromkeys(("status", "lost_reason", "lost_side", "closed_at"), "closed_at"),
    "leads": {"converted_at": "converted_at", "first_response_at": "first_response_at"},
    "tasks": {"completed_at": "completed_at"},
    "tickets": {
        **dict.fromkeys(("cost", "satisfaction", "reopened_count", "resolved_at"), "resolved_at"),
        "first_response_at": "first_response_at",
    },
    "requests": {"first_response_at": "first_response_at"},
    "invoices": dict.fromkeys(("paid_amount", "paid_at"), "paid_at"),
    "documents": {"opened_at": "opened_at", "signed_at": "signed_at"},
}
"""The date on which a column got its value."""

_MOVING: Mapping[str, frozenset[str]] = {
    table: frozenset(columns.split())
    for table, columns in {
        "accounts": "category owner_id",
        "contacts": "owner_id",
        "leads": "status rejected_reason owner_id first_response_at converted_at "
        "converted_contact_id converted_account_id converted_deal_id",
        "deals": "stage status expected_amount probability contract_no lost_reason lost_side "
        "next_step next_step_at closed_at owner_id",
        "activities": "result delivered_at read_at replied_at",
        "tasks": "status completed_at postponed_count due_at",
        "tickets": "status satisfaction cost reopened_count resolved_at first_response_at",
        "requests": "status lead_id answered_by first_response_at",
        "invoices": "paid_amount paid_at",
        "documents": "opened_at signed_at",
        "campaigns": "budget cost ended_at",
    }.items()
}
"""Columns whose cells change, or are filled, after the record was made."""

_TODAYS = frozenset({"updated_at", "next_step_at", "last_activity_at", "last_login_at"})
"""Dates that the present day decides and not the record."""

_SHAPE_ONLY = frozenset(
    {"name", "company", "email", "phone", "tax_id", "url", "note", "text", "person"}
)
_FILL_ONLY = frozenset({"id", "hash"})


class Facts(Protocol):
    """What must be known of a column; `dq.checks.context.ColumnFacts` has it all."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def type(self) -> str:
        """text, integer, decimal, date, timestamp or boolean."""

    @property
    def kind(self) -> str:
        """What it is about: money, category, name and so on."""

    @property
    def filled(self) -> int:
        """Rows with a value."""

    @property
    def values(self) -> tuple[tuple[str, int], ...] | None:
        """All values with their counts, most frequent first, where they are few."""

    @property
    def personal(self) -> bool:
        """Whether it holds personal data."""

    @property
    def pseudonymised(self) -> bool:
        """Whether its values are hashes."""

    @property
    def canonical(self) -> bool:
        """Whether the model knows it."""


class TableLike(Protocol):
    """A table that is there; `dq.checks.context.TableFacts` has it all."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def columns(self) -> Mapping[str, Facts]:
        """Its columns by name."""


@dataclass(frozen=True)
class Watch:
    """A watched column.

    `shape` says what of a value is counted: `word` (the value), `number` (its order of
    magnitude), `date` (days from the record's own date `event`), `text` (length and alphabet),
    `filled` (only whether there is one). `by` is the date by which records count into a
    period. `words` are those counted one by one, None: all.
    """

    table: str
    column: str
    shape: str
    by: str
    event: str
    kind: str
    moving: bool = False
    personal: bool = False
    words: tuple[str, ...] | None = None

    @property
    def of_all(self) -> bool:
        """Whether blank cells are judged: not where records are taken by the column's date."""
        return self.by == self.event


Known = Mapping[str, tuple[str, tuple[str, ...]]]
"""Column → its shape in a baseline, and the words that were counted there."""


def watched(table: TableLike, known: Known | None = None) -> list[Watch]:
    """The columns of a table that are watched; none where its records have no date.

    Columns that a baseline knows are counted as they were there.
    """
    event = event_date(table.name, table.columns)
    return [] if event is None else list(_watches(table, event, known or {}))


def _watches(table: TableLike, event: str, known: Known) -> Iterator[Watch]:
    for facts in table.columns.values():
        shape = _shape(facts)
        if shape is None or facts.name in {event, "id", "merged_into_id", *_TODAYS}:
            continue
        before, kept = known.get(facts.name, (shape, ()))
        if {shape, before} == {"word", "text"}:
            shape = before
        own = _OWN_DATE.get(table.name, {}).get(facts.name)
        by = own if own is not None and own in table.columns else event
        moving = by == event and facts.name in _MOVING.get(table.name, ())
        words = None
        if shape == "word" and (facts.values is None or len(facts.values) > FEW):
            first = [value for value, _ in facts.values or ()][:FEW]
            words = tuple(dict.fromkeys([*first, *kept]))
        yield Watch(
            table.name, facts.name, shape, by, event, facts.kind, moving,
            facts.personal or facts.kind in _SHAPE_ONLY, words,
        )  # fmt: skip


def _shape(facts: Facts) -> str | None:
    if facts.kind == "derived":
        return None
    if facts.kind in _FILL_ONLY or facts.pseudonymised:
        return "filled"
    if facts.type in ("date", "timestamp"):
        return "date" if facts.canonical and not facts.personal else "filled"
    if facts.personal or facts.kind in _SHAPE_ONLY - {"text"}:
        return "filled" if facts.type != "text" or facts.kind == "person" else "text"
    if facts.type in ("integer", "decimal", "double"):
        return "number"
    if facts.type == "boolean" or _is_word(facts):
        return "word"
    return "text"


def _is_word(facts: Facts) -> bool:
    """A text of few values, each of many records; a free text that is short is none."""
    if facts.values is None:
        return False
    if facts.kind in ("category", "flag", "country", "city"):
        return True
    return len(facts.values) <= FEW and facts.filled >= 20 * len(facts.values)


def segment_column(table: TableLike) -> tuple[str, tuple[str, ...]] | None:
    """The column that cuts a table into parts, and its most frequent values."""
    for name in _SEGMENTED_BY:
        facts = table.columns.get(name)
        if facts is not None and facts.values and len(facts.values) >= 2:
            return name, tuple(value for value, _ in facts.values[:SEGMENTS])
    return None
