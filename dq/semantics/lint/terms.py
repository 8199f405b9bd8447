"""Terms that nobody uses (S110), go in circles (S111), clash (S112), or are not complete."""

from __future__ import annotations

from collections.abc import Iterator

from dq.semantics.circles import circles, uses_of
from dq.semantics.label import LANGUAGES
from dq.semantics.lint.issue import Facts, Issue

__all__ = ["clashes", "cycles", "incomplete", "unused"]


def unused(facts: Facts) -> Iterator[Issue]:
    """S110: no report and no other term uses it; silent where there are no reports at all."""
    if not facts.uses:
        return
    terms = facts.meaning.glossary.terms
    inner = {name for term in terms.values() for name in uses_of(term)}
    for term in terms.values():
        if term.name not in inner and not facts.uses.get(term.name):
            yield Issue("S110", "info", term.name, "unused", {"term": term.name}, term.place)


def cycles(facts: Facts) -> Iterator[Issue]:
    """S111: a term that is defined by itself, over others or at once."""
    for circle in circles(facts.meaning.glossary.terms):
        first = facts.meaning.glossary.terms[circle[0]]
        args = {"term": first.name, "way": " → ".join([*circle, circle[0]])}
        yield Issue("S111", "error", first.name, "circle", args, first.place)


def clashes(facts: Facts) -> Iterator[Issue]:
    """S112: one word, in one language or as a synonym, that two terms claim."""
    claimed: dict[str, dict[str, str]] = {}
    terms = facts.meaning.glossary.terms
    for term in terms.values():
        words = [term.name, *term.label.texts.values(), *term.synonyms]
        for word in words:
            folded = " ".join(word.split()).casefold().replace("_", " ")
            claimed.setdefault(folded, {}).setdefault(term.name, word)
    for owners in claimed.values():
        if len(owners) < 2:
            continue
        names = list(owners)
        last = terms[names[-1]]
        args = {"word": owners[names[-1]], "terms": ", ".join(names)}
        yield Issue("S112", "warning", last.name, "word", args, last.place)


def incomplete(facts: Facts) -> Iterator[Issue]:
    """S113: a term without explanation, or without its word in a language that others have."""
    terms = facts.meaning.glossary.terms
    spoken = [
        code for code in LANGUAGES if any(code in term.label.texts for term in terms.values())
    ]
    for term in terms.values():
        if not term.label:
            yield Issue("S113", "info", term.name, "label", {"term": term.name}, term.place)
        elif "" not in term.label.texts:
            lacking = [code for code in spoken if code not in term.label.texts]
            if lacking:
                args = {"term": term.name, "languages": ", ".join(lacking)}
                yield Issue("S113", "info", term.name, "language", args, term.place)
        for whose, versions in ((None, term.versions), *term.own.items()):
            for version in versions:
                if not version.means:
                    name = f"{term.name}/{whose}" if whose else term.name
                    args = {"term": name, "day": version.effective.isoformat()}
                    yield Issue("S113", "warning", name, "means", args, version.place)
        for version in term.versions[1:]:
            if not version.change:
                args = {"term": term.name, "day": version.effective.isoformat()}
                yield Issue("S113", "info", term.name, "change", args, version.place)
