"""S109: definitions that nobody answers for."""

from __future__ import annotations

from collections.abc import Iterator

from dq.errors import Place
from dq.semantics.lint.issue import Facts, Issue

__all__ = ["owner_missing"]


def owner_missing(facts: Facts) -> Iterator[Issue]:
    """A term without steward, or whose steward or owner has left."""
    glossary = facts.meaning.glossary
    for term in glossary.terms.values():
        yield from _owner(facts, term.name, term.steward, term.place, needed=True)
    for name, spec in glossary.fields.items():
        yield from _owner(facts, name, spec.owner, spec.place, needed=False)


def _owner(
    facts: Facts, about: str, owner: str | None, place: Place | None, *, needed: bool
) -> Iterator[Issue]:
    if owner is None:
        if needed:
            yield Issue("S109", "warning", about, "missing", {"object": about}, place)
        return
    if facts.people is None:
        return
    left = facts.people.get(owner.casefold())
    if left is not None and left <= facts.today:
        args = {"object": about, "owner": owner, "day": left.isoformat()}
        yield Issue("S109", "warning", about, "left", args, place)
