"""The shipped dictionaries: what values can be, and which one a column is written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dq.text.dictionaries.files import lines
from dq.text.folding import fold_tight

__all__ = [
    "NAMES",
    "Dictionary",
    "dictionary",
    "dictionary_for",
    "dictionary_of",
    "fold_term",
    "known",
]

NAMES = ("countries", "regions", "cities", "industries", "channels", "stages", "titles")

_SHARE = 0.8
_CLOSED = frozenset({"countries", "regions"})


@dataclass(frozen=True)
class Dictionary:
    """Folded spelling to concept.

    A closed one lists all that can be (countries, regions); in an open one (cities,
    industries) a value that is not there can be right all the same. `shown` maps folded
    spellings to how they are written.
    """

    name: str
    terms: Mapping[str, str]
    shown: Mapping[str, str]
    closed: bool = False

    def concept(self, value: str) -> str | None:
        """What the value means, or None when it is not in the dictionary."""
        return self.terms.get(fold_term(value))

    def share(self, counts: Mapping[str, int]) -> float:
        """Share of rows whose value is in the dictionary."""
        total = sum(counts.values())
        inside = sum(n for value, n in counts.items() if self.concept(value) is not None)
        return inside / total if total else 0.0


def fold_term(value: str) -> str:
    """Fold a value as dictionaries are keyed: hyphens and dots do not matter."""
    text = fold_tight(value).replace("&", " and ")
    return " ".join("".join(c if c.isalnum() or c == "'" else " " for c in text).split())


@cache
def dictionary(name: str) -> Dictionary:
    """One of NAMES, read on first use."""
    spellings: list[tuple[str, list[str]]] = []
    if name == "countries":
        spellings = [(c, n.split("|")) for c, n in (x.split("\t") for x in lines("countries.tsv"))]
    elif name in ("regions", "cities"):
        kind = {"regions": ":region", "cities": ":city"}[name]
        for line in lines("places.tsv"):
            place, names = line.split("\t")
            if place.endswith(kind):
                spellings.append((f"{place[:2]} {names.split('|')[0]}", names.split("|")))
    elif name in NAMES:
        spellings = [(x.split("|")[0], x.split("|")) for x in lines(f"{name}.txt")]
    else:
        raise KeyError(name)
    return _build(name, spellings, closed=name in _CLOSED)


def _build(name: str, spellings: list[tuple[str, list[str]]], *, closed: bool) -> Dictionary:
    terms: dict[str, str] = {}
    shown: dict[str, str] = {}
    for concept, names in spellings:
        for spelling in names:
            key = fold_term(spelling)
            terms.setdefault(key, concept)
            shown.setdefault(key, spelling)
    return Dictionary(name, terms, shown, closed)


def dictionary_of(name: str, values: Mapping[str, str]) -> Dictionary:
    """A dictionary of the house's own: spelling to concept (the glossary's values); closed."""
    by_concept: dict[str, list[str]] = {}
    for spelling, concept in values.items():
        by_concept.setdefault(concept, []).append(spelling)
    return _build(name, list(by_concept.items()), closed=True)


def dictionary_for(counts: Mapping[str, int], names: tuple[str, ...] = NAMES) -> Dictionary | None:
    """The dictionary that a column is written in, or None.

    At least 80 % of its rows and half of its distinct values must be in it, two at least.
    """
    best: Dictionary | None = None
    best_share = _SHARE
    if len(counts) > 10_000:
        return None
    for name in names:
        one = dictionary(name)
        inside = sum(one.concept(value) is not None for value in counts)
        share = one.share(counts)
        enough = inside >= 2 and inside * 2 >= len(counts)
        if enough and (share > best_share or (best is None and share >= best_share)):
            best, best_share = one, share
    return best


@cache
def _all_terms() -> frozenset[str]:
    return frozenset(term for name in NAMES for term in dictionary(name).terms)


def known(value: str) -> bool:
    """Whether any shipped dictionary has the value: a word of its own, no misspelling."""
    return fold_term(value) in _all_terms()
