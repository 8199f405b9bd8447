"""An issue of a glossary: code, level, place, and what it is about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dq.errors import Place
from dq.semantics.conflicts import Conflict, Incomparable
from dq.semantics.inforce import Meaning

__all__ = ["Facts", "Issue"]


@dataclass(frozen=True)
class Issue:
    """One thing to mend in a glossary.

    `about` is the object or name (`prospect/sales_us@2024-01-01`, `deals.amount`, `stages`);
    `key` picks the sentence (`glossary.<code>.<key>`) that `args` fill.
    """

    code: str
    level: str
    about: str
    key: str
    args: Mapping[str, object] = field(default_factory=dict)
    place: Place | None = None


@dataclass(frozen=True)
class Facts:
    """What lint knows beside the glossary; what is None was not looked at.

    `columns` are those of the data, by table; `uses` the reports that use a term; `people`
    those who are there, by e-mail and name, with the day on which they left; `conflicts` and
    `incomparable` as compared.
    """

    meaning: Meaning
    today: date
    columns: Mapping[str, Sequence[str]] | None = None
    uses: Mapping[str, Collection[str]] | None = None
    undefined: Mapping[str, Collection[str]] | None = None
    people: Mapping[str, date | None] | None = None
    conflicts: Sequence[Conflict] = ()
    incomparable: Sequence[Incomparable] = ()
