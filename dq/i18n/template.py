"""Filling the places of a message.

A place is `{name}` or `{name:kind}`. Places are only names: no attributes, no indexes, no
width codes, and what is filled in is never read as a template again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from string import Formatter

__all__ = ["fill", "parse", "places"]

MISSING = "…"
"""Stands for a place that nothing was given for."""

Piece = tuple[str, str | None, str]


@lru_cache(maxsize=4096)
def parse(template: str) -> tuple[Piece, ...]:
    """Pieces of a template: (text before, name of the place or None, kind)."""
    return tuple((text, name, kind or "") for text, name, kind, _ in Formatter().parse(template))


def places(template: str) -> frozenset[str]:
    """Names of the places of a template."""
    return frozenset(name for _, name, _ in parse(template) if name is not None)


def fill(template: str, say: Callable[[str, str], str | None]) -> str:
    """The template with each place filled by `say(name, kind)`; None leaves an ellipsis."""
    pieces: list[str] = []
    for text, name, kind in parse(template):
        pieces.append(text)
        if name is not None:
            said = say(name, kind)
            pieces.append(MISSING if said is None else said)
    return "".join(pieces)
