"""S109: definitions that nobody answers for."""

from __future__ import annotations

from collections.abc import Iterator

from dq.errors import Place
from dq.semantics.lint.issue import Facts, Issue

__all__ = ["owner_missing"]


def owner_missing(facts: Facts) -> Iterator[Issue]:
    """A term without steward, or whose steward or owner has left.

    Where no term has a steward yet, as on the first day, that is said once.
    """
    glossary = facts.meaning.glossary
    begun = any(term.steward for term in glossary.terms.values())
    if len(glossary.terms) > 1 and not begun:
        yield Issue("S109", "info", "glossary", "none", {"terms": len(glossary.terms)})
    for term in glossary.terms.values():
        yield from _owner(facts, term.name, term.steward, term.place, needed=begun)
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
