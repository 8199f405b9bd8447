"""Which definition holds on a day: the newest approved one, and what is said beside it.

Without any approval of a term its text is used as it is written, and marked unapproved: a
house that has not begun to approve still gets figures. From the first approval on only
approved texts count; a newer text waits, and that is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from dq.semantics.approval import Standing, Status, ladders_of, standings
from dq.semantics.definitions import approved_expression, definitions, term_object
from dq.semantics.expression import Expression
from dq.semantics.glossary import Glossary
from dq.semantics.label import Label
from dq.semantics.stages import Stages
from dq.semantics.terms import Term, Version
from dq.store import DefinitionStep

__all__ = ["InForce", "Meaning"]


@dataclass(frozen=True)
class InForce:
    """A definition of a term that holds on a day.

    `department` is whose it is (None: the company's). `approved`: somebody approved exactly
    this text. `waiting` names newer texts that nobody has approved and that are not used.
    """

    term: Term
    version: Version
    department: str | None
    object: str
    approved: bool
    standing: Standing | None = None
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Candidate:
    """A version that may hold: its text in force, and whether it was approved."""

    object: str
    department: str | None
    version: Version
    standing: Standing | None
    approved: bool
    waiting: bool


@dataclass(frozen=True)
class Meaning:
    """A glossary together with what of it was approved."""

    glossary: Glossary
    steps: tuple[DefinitionStep, ...] = ()
    _cache: dict[tuple[str, date, str | None], InForce | None] = field(
        default_factory=dict, compare=False, repr=False
    )

    @cached_property
    def standings(self) -> Mapping[str, Standing]:
        """The standing of each definition by its object name."""
        return standings(definitions(self.glossary), self.steps)

    @cached_property
    def approved_stages(self) -> Stages:
        """The ladders that were approved, those as written where none ever was.

        Canonical stages and their graph are those of the file.
        """
        stages = self.glossary.stages
        found = ladders_of(self.standings)
        if not any(s.approved for s in found.values()):
            return stages
        ladders = {
            name: dict(standing.approved.content["stages"])
            for name, standing in found.items()
            if standing.approved is not None
        }
        return replace(stages, ladders=ladders)

    def values(self, table: str, column: str) -> tuple[frozenset[str], bool] | None:
        """The approved words of a column, and whether that text was approved; None: unsaid."""
        standing = self.standings.get(f"{table}.{column}")
        if standing is None:
            return None
        if standing.approved is not None:
            return frozenset(standing.approved.content["values"]), True
        if standing.definition is None:
            return None
        return frozenset(standing.definition.content["values"]), False

    def in_force(self, term: str, on: date, department: str | None = None) -> InForce | None:
        """The definition of a term that holds on a day; None before the first one.

        A department without a definition of its own has the company's.
        """
        key = (term, on, department)
        if key not in self._cache:
            self._cache[key] = self._find(term, on, department)
        return self._cache[key]

    def at(self, term: str, on: date, department: str | None = None) -> InForce | None:
        """The same; for a day before the first definition that first one."""
        found = self.in_force(term, on, department)
        if found is None:
            versions = self.versions(term, department)
            return versions[0] if versions else None
        return found

    def _find(self, name: str, on: date, department: str | None) -> InForce | None:
        term = self.glossary.terms.get(name)
        if term is None:
            return None
        chain = [c for c in self._chain(term, department) if c.version.effective <= on]
        chosen = next((c for c in chain if c.approved), None)
        if chosen is None:
            if not chain:
                return None
            chosen = chain[0]
        newer = chain[: chain.index(chosen) + 1]
        waiting = tuple(c.object for c in newer if c.waiting and (c.approved or c is not chosen))
        return InForce(
            term, chosen.version, chosen.department, chosen.object, chosen.approved,
            chosen.standing, waiting,
        )  # fmt: skip

    def _chain(self, term: Term, department: str | None) -> list[_Candidate]:
        """Versions from the one to be asked first: the department's newest on top."""
        chain: list[_Candidate] = []
        for whose in (department, None) if department is not None else (None,):
            chain += sorted(
                self._candidates(term, whose), key=lambda c: c.version.effective, reverse=True
            )
        return chain

    def _candidates(self, term: Term, whose: str | None) -> list[_Candidate]:
        written = term.own.get(whose, ()) if whose is not None else term.versions
        found = []
        names = set()
        for version in written:
            name = term_object(term.name, whose, version.effective.isoformat())
            names.add(name)
            standing = self.standings.get(name)
            approval = standing.approved if standing else None
            same = standing is not None and standing.status is Status.APPROVED
            used = version
            if approval is not None and not same:
                used = version_of(approval, version)
            found.append(_Candidate(name, whose, used, standing, approval is not None, not same))
        head = f"{term.name}/{whose}@" if whose is not None else f"{term.name}@"
        for name, standing in self.standings.items():
            if name.startswith(head) and name not in names and standing.approved is not None:
                used = version_of(standing.approved)
                found.append(_Candidate(name, whose, used, standing, True, True))
        return found

    def versions(self, term: str, department: str | None = None) -> tuple[InForce, ...]:
        """The definitions that follow each other in time, from the oldest."""
        known = self.glossary.terms.get(term)
        if known is None:
            return ()
        days = sorted({c.version.effective for c in self._chain(known, department)})
        found: list[InForce] = []
        for day in days:
            used = self.in_force(term, day, department)
            if used is not None and (not found or found[-1].object != used.object):
                found.append(used)
        return tuple(found)


def version_of(approved: DefinitionStep, like: Version | None = None) -> Version:
    """The version that an approved text says, in the words that were approved with it."""
    content: Mapping[str, Any] = approved.content or {}
    additive = content["additive_over"]
    effective = date.fromisoformat(content["effective"])
    base = like or Version(effective)
    return replace(
        base,
        effective=effective,
        means=Label(approved.words.get("means") or {}),
        change=Label(approved.words.get("change") or {}),
        where=_expression(content["where"]),
        expr=_expression(content["expr"]),
        time=content["time"],
        additive_over=None if additive == "all" else tuple(additive),
        numerator=content["numerator"],
        denominator=content["denominator"],
    )


def _expression(text: str | None) -> Expression | None:
    return None if text is None else approved_expression(text)
