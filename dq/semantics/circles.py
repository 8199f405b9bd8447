"""Terms that are made of terms: what each uses, and circles among them."""

from __future__ import annotations

from collections.abc import Mapping

from dq.semantics.terms import Term

__all__ = ["circles", "uses_of"]


def uses_of(term: Term) -> set[str]:
    """The terms that a term's definitions are made of."""
    found: set[str] = set()
    for version in (*term.versions, *(v for own in term.own.values() for v in own)):
        for expression in (version.where, version.expr):
            found |= set(expression.terms) if expression else set()
        found |= {n for n in (version.numerator, version.denominator) if n}
    return found


def circles(terms: Mapping[str, Term]) -> list[tuple[str, ...]]:
    """Each circle of terms once, from the term that stands first in the file."""
    order = {name: place for place, name in enumerate(terms)}
    found: dict[frozenset[str], tuple[str, ...]] = {}
    state: dict[str, int] = {}

    def visit(name: str, way: list[str]) -> None:
        if state.get(name) == 2:
            return
        if name in way:
            circle = way[way.index(name) :]
            start = min(range(len(circle)), key=lambda i: order[circle[i]])
            found.setdefault(frozenset(circle), tuple(circle[start:] + circle[:start]))
            return
        for other in sorted(uses_of(terms[name]), key=lambda n: order.get(n, 0)):
            if other in terms:
                visit(other, [*way, name])
        state[name] = 2

    for name in terms:
        visit(name, [])
    return list(found.values())
