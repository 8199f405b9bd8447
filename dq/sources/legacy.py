"""Which one-byte encoding a text is in, by how it would read in each."""

from __future__ import annotations

import math

__all__ = ["guess_legacy"]

_CANDIDATES = (
    ("cp1251", 0.0),
    ("cp866", -1.0),
    ("koi8-u", -1.0),
    ("mac_cyrillic", -3.0),
    ("cp1252", -0.5),
)
"""Encodings with what is known before looking: how much rarer they are, as a logarithm."""

_BY_FREQUENCY = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфё"
_RANKS = {letter: rank for rank, letter in enumerate(_BY_FREQUENCY)} | {
    "і": 4,
    "ї": 20,
    "є": 21,
    "ъ": 31,
    "ґ": 31,
}
_LATIN = frozenset("éèêëàâäáãåçñöóôõúüùûíîïìßøæýÿšžœ")
_QUOTES = frozenset("«»“”„’‘")
_SIGNS = _QUOTES | frozenset("№—–…·°§€₴₽•\u00a0©®™±")
_LINES = 400
_TELLING = 16
"""Characters after which more of them make a reading no surer."""


def guess_legacy(data: bytes) -> tuple[str, float]:
    """The likeliest one-byte encoding of text and how sure it is, 0..1.

    Each reading is scored by letter frequencies, by case (a capital after a small letter is
    unlikely) and by neighbours (Cyrillic beside Latin in a word is unlikely).
    """
    text = b"\n".join([line for line in data.splitlines() if not line.isascii()][:_LINES])
    scores = []
    for name, prior in _CANDIDATES:
        total, count = _score(text.decode(name, "replace"))
        scores.append((total * min(count, _TELLING) / max(count, 1) + prior, name))
    scores.sort(reverse=True)
    best = scores[0]
    rest = sum(math.exp(max(score - best[0], -50.0)) for score, _ in scores[1:])
    return best[1], 1.0 / (1.0 + rest)


def _score(text: str) -> tuple[float, int]:
    """Log-likelihood of a reading, and the number of characters that it is of."""
    total, count = 0.0, 0
    before = " "
    for char, after in zip(text, text[1:] + " ", strict=True):
        if not char.isascii():
            count += 1
            total += _likelihood(before, char, after)
        before = char
    return total, count


def _likelihood(before: str, char: str, after: str) -> float:
    small = char.lower()
    if small in _RANKS:
        value = -2.3 - 0.13 * _RANKS[small]
        value -= 5.0 if _is_latin(before) or _is_latin(after) else 0.0
    elif small in _LATIN:
        value = -4.0 - (3.0 if _is_other(before) or _is_other(after) else 0.0)
    elif char in _SIGNS:
        return -5.0 if char in _QUOTES or not (before + after).strip().isalpha() else -8.0
    else:
        return -12.0
    return value - (4.0 if char != small and before.islower() else 0.0)


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _is_other(char: str) -> bool:
    return not char.isascii() and char.isalpha()
