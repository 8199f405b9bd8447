"""A term's definitions by whose they are and by date, each with who decided on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from dq.formats.glossary.common import step_document, version_document
from dq.semantics.approval import Standing, Status
from dq.semantics.definitions import term_object
from dq.semantics.inforce import InForce, Meaning, version_of
from dq.semantics.terms import Term, Version
from dq.semantics.vouched import DAMAGED, Vouched
from dq.store import DefinitionStep

__all__ = ["Past", "sides", "statuses"]

_TOLD = ("entry", "digest", "by", "at", "because", "alone")
"""What a page says of a proposal or an approval; the texts stand beside it."""


@dataclass(frozen=True)
class Past:
    """What was proposed and approved, and what vouches for who did it."""

    steps: Sequence[DefinitionStep]
    signed: Mapping[tuple[int, str], Vouched]
    _of: dict[str, list[DefinitionStep]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for step in self.steps:
            self._of.setdefault(step.object, []).append(step)

    def decided(self, standing: Standing) -> dict[str, Any]:
        """Where a definition stands: its approval with the proposal before it, what waits."""
        approved = standing.approved
        return {
            "object": standing.object,
            "status": standing.status.value,
            "rewritten": standing.rewritten,
            "approved": self.step(approved),
            "asked": self.step(self._asked(approved)) if approved is not None else None,
            "proposed": self.step(standing.proposed),
        }

    def step(self, step: DefinitionStep | None) -> dict[str, Any] | None:
        """One proposal or approval with what vouches for its name."""
        told = step_document(step)
        if step is None or told is None:
            return None
        by = self.signed.get((step.seq, step.object), Vouched(DAMAGED))
        return {
            **{name: told[name] for name in _TOLD},
            "standing": by.standing,
            "host": by.host,
            "user": by.user,
            "key": by.key,
        }

    def _asked(self, approved: DefinitionStep) -> DefinitionStep | None:
        """The proposal that an approval answered."""
        found = None
        for step in self._of.get(approved.object, ()):
            if step.step == "proposed" and step.seq < approved.seq:
                found = step
        return found


def statuses(standings: Sequence[Standing]) -> list[str]:
    """approved, or what keeps it from that: waiting (proposed), unapproved."""
    open_ = [s for s in standings if s.status is not Status.APPROVED]
    found = ["waiting"] if any(s.proposed is not None for s in open_) else []
    found += ["unapproved"] if any(s.proposed is None for s in open_) else []
    return found or ["approved"]


def sides(
    term: Term, meaning: Meaning, standings: Sequence[Standing], past: Past, day: date
) -> Iterator[dict[str, Any]]:
    """The company's definitions, then those of each department, the newest of each first."""
    mine = {standing.object: standing for standing in standings}
    heads = [name.partition("@")[0].partition("/")[2] for name in mine]
    own = dict.fromkeys([*term.own, *(head for head in heads if head)])
    for whose in (None, *own):
        prefix = f"{term.name}/{whose}@" if whose else f"{term.name}@"
        periods = _periods(meaning, term.name, whose)
        written = {
            term_object(term.name, whose, v.effective.isoformat()): v
            for v in (term.own.get(whose, ()) if whose else term.versions)
        }
        versions = [
            _version(standing, written.get(name), periods.get(name), past, day)
            for name, standing in mine.items()
            if name.startswith(prefix)
        ]
        versions.sort(key=lambda one: str(one["effective"]), reverse=True)
        yield {"department": whose, "versions": versions}


def _periods(
    meaning: Meaning, term: str, whose: str | None
) -> dict[str, tuple[InForce, date, date | None]]:
    """The definitions that were, are or will be used: the text, from and to which day."""
    chain = meaning.versions(term, whose)
    ends = [after.version.effective - timedelta(days=1) for _, after in pairwise(chain)]
    return {
        used.object: (used, used.version.effective, end)
        for used, end in zip(chain, [*ends, None], strict=True)
        if used.department == whose
    }


def _version(
    standing: Standing,
    written: Version | None,
    period: tuple[InForce, date, date | None] | None,
    past: Past,
    day: date,
) -> dict[str, Any]:
    """One definition: the text that counts, and the one of the file where that waits."""
    approved = standing.approved
    changed = approved is not None and standing.status is not Status.APPROVED
    counts = version_of(approved, written) if changed and approved else written
    effective = standing.object.rpartition("@")[2]
    return {
        **past.decided(standing),
        "effective": effective,
        "state": _state(period, day),
        "until": period[2].isoformat() if period and period[2] else None,
        "text": version_document(counts) if counts is not None else None,
        "next": version_document(written) if changed and written is not None else None,
    }


def _state(period: tuple[InForce, date, date | None] | None, day: date) -> str:
    """unused: nobody approved it, and an approved one counts instead."""
    if period is None:
        return "unused"
    _, start, end = period
    return "later" if day < start else "past" if end is not None and day > end else "now"
