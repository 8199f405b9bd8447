"""What is asked of a glossary and what is answered, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dq.config.periods import Period, parse_period
from dq.errors import UsageError
from dq.semantics.approval import Standing
from dq.semantics.conflicts import Conflict, Incomparable
from dq.semantics.inforce import InForce, Meaning

__all__ = ["Compared", "Reference", "Shown", "parse_reference"]


@dataclass(frozen=True)
class Reference:
    """A term as people name it: `TERM`, `TERM/DEPARTMENT`, `TERM@DAY`, `TERM@PERIOD`."""

    term: str
    department: str | None
    day: date | None
    period: Period | None


def parse_reference(text: str) -> Reference:
    """Read a reference.

    Raises:
        UsageError: what stands after @ is neither a day nor a period.
    """
    name, at, when = text.partition("@")
    term, _, department = name.partition("/")
    if not at:
        return Reference(term, department or None, None, None)
    try:
        return Reference(term, department or None, date.fromisoformat(when), None)
    except ValueError:
        pass
    period = parse_period(when)
    if period is None:
        raise UsageError(
            "{text} names no day and no period after @.",
            fix="Write for example {term}@2026-01-31, {term}@2026-Q2 or {term}@2026-06.",
            text=text,
            term=term or "revenue",
        )
    return Reference(term, department or None, None, period)


@dataclass(frozen=True)
class Shown:
    """A term with what holds on a day for the company and each department, and its past.

    `only` is the department that alone was asked for.
    """

    meaning: Meaning
    name: str
    as_of: date
    company: InForce | None
    departments: Mapping[str, InForce]
    standings: tuple[Standing, ...]
    uses: tuple[str, ...]
    used_by: tuple[str, ...]
    only: str | None = None


@dataclass(frozen=True)
class Compared:
    """Conflicts of definitions; `run_id` names the data they were counted on (None: none)."""

    conflicts: tuple[Conflict, ...]
    incomparable: tuple[Incomparable, ...]
    as_of: date
    run_id: str | None
    currency: str | None
