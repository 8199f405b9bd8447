"""Stage words: whether a stage means won, lost or still open."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from dq.crm.headers import header_key
from dq.crm.synonyms import synonyms

__all__ = ["stage_status", "stage_values"]


def stage_status(
    word: str, won: Iterable[str] = (), lost: Iterable[str] = (), opened: Iterable[str] = ()
) -> str | None:
    """won, lost or open, or None for a word that nobody knows.

    The lists are a CRM's own words and come first; case, punctuation and a closing
    `(pipeline)` do not matter.
    """
    for status, words in (("won", won), ("lost", lost), ("open", opened)):
        if any(form in {header_key(w) for w in words} for form in _forms(word)):
            return status
    return _known(word)


@lru_cache(maxsize=4096)
def _known(word: str) -> str | None:
    stages = synonyms().stages
    for form in _forms(word):
        for status, words in (("won", stages.won), ("lost", stages.lost), ("open", stages.open)):
            if form in words:
                return status
        for status in ("won", "lost"):
            if form.startswith(f"closed {status} "):
                return status
    return None


def _forms(word: str) -> list[str]:
    """The word, without a bracket at its end, without a number before it (`5. Won`)."""
    whole = header_key(word)
    plain = header_key(word.split("(")[0])
    parts = plain.split()
    numbered = " ".join(parts[1:]) if parts and parts[0].isdigit() else plain
    return [form for form in dict.fromkeys((whole, plain, numbered)) if form]


def stage_values(
    words: Iterable[str],
    won: Iterable[str] = (),
    lost: Iterable[str] = (),
    opened: Iterable[str] = (),
) -> tuple[dict[str, str], list[str]]:
    """(word → won, lost or open; words that nobody knows), in the order given."""
    known: dict[str, str] = {}
    unknown: list[str] = []
    for word in words:
        status = stage_status(word, won, lost, opened)
        if status:
            known[word] = status
        else:
            unknown.append(word)
    return known, unknown
