"""A definition as another file says it, before the glossary has taken it in."""

from __future__ import annotations

from dataclasses import dataclass, field

from dq.errors import DqError, Place
from dq.semantics.exchange.selection import Loss
from dq.semantics.label import Label

__all__ = ["Incoming", "Read", "Step"]


@dataclass(frozen=True)
class Incoming:
    """One definition. What is None or empty was not said, and stays as the glossary has it."""

    term: str
    place: Place
    kind: str | None = None
    of: str | None = None
    department: str | None = None
    effective: str | None = None
    label: Label = field(default_factory=Label)
    means: Label = field(default_factory=Label)
    change: Label = field(default_factory=Label)
    where: str | None = None
    expr: str | None = None
    time: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    additive_over: tuple[str, ...] | None = None
    unit: str | None = None
    steward: str | None = None
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Read:
    """What a file holds: definitions, what of it was refused, and what was left aside."""

    rows: tuple[Incoming, ...]
    refused: tuple[DqError, ...] = ()
    remarks: tuple[Loss, ...] = ()


@dataclass(frozen=True)
class Step:
    """What an import does with one definition.

    `what`: added, changed, left (the glossary says the same), draft (needs SQL, not written)
    or refused (`why` says it). `keys` are those that change.
    """

    object: str
    what: str
    place: Place | None = None
    keys: tuple[str, ...] = ()
    why: DqError | None = None
