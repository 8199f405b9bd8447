"""Names that are none: letters as no language of names puts them side by side (F105).

A model of pairs of letters, one for Latin and one for Cyrillic script, learnt from lists of
names of many countries and from the table's own. Each pair of neighbours in a word speaks for a
name or for fingers on a keyboard: the logarithm of the one probability over the other, where
fingers go to a key nearby or to any. The sum decides; a word that can be said aloud needs
twice the evidence. Words that make a name with the other keyboard layout are told apart.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from dq.text.dictionaries.files import lines
from dq.text.hashes import is_hash
from dq.text.keyboard import is_walk, neighbours, other_layout
from dq.text.verdict import Verdict

__all__ = ["GibberishJudge", "Spelling", "count_pairs", "plain", "rare_pairs", "spelling"]

LATIN = "abcdefghijklmnopqrstuvwxyz"
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяіїє"
VOWELS = "aeiouyаеиоуъыэюяіїє"

_RARE = -1.5
"""Every word with a verdict has a pair that speaks so much against a name."""

_MUTE, _SPOKEN = -4.5, -9.0
"""Sums that condemn a word that cannot be said aloud, and one that can."""

_WALK, _WALKED = 5, -4.0
"""So many keys in a row need less evidence, though they can be said («вапрол»)."""

_LAYOUT, _READS = 8.0, 1.0
"""How much better the other layout must read, and how much like a name."""

_SHORTEST, _COMPOUND = 4, 9
_CAPITALS = {"person": 4, "company": 7}
"""Words in capitals up to this length are abbreviations."""

_SMOOTH = 12.0
_NEAR = 0.4
_END = 0.15
_SHARE = 1.0
_LEARN = 50
_DOUBT = 3
"""Occurrences of a pair in a table that teach nothing: the gibberish itself is in there."""

_PLAIN = str.maketrans(
    {
        "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss",
        "ı": "i", "ə": "e", "ё": "е", "ґ": "г", "ў": "у", "ә": "а", "ғ": "г", "қ": "к", "ң": "н",
        "ө": "о", "ұ": "у", "ү": "у", "һ": "х", "җ": "ж", "ҡ": "к", "ҙ": "з", "ҫ": "с", "ҥ": "н",
        "ҕ": "г",
    }
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"@|://|www[.]|[a-zа-я0-9][.](?:[a-z]{2,}|рф)\b", re.I)
_KEYS = re.compile(r"[a-z]+(?:[\[\];',.`]+[a-z]+)*", re.I)
_SCRIPT = {"latin": re.compile(f"[{LATIN}]+"), "cyrillic": re.compile(f"[{CYRILLIC}]+")}
_ALPHABET = {"latin": LATIN, "cyrillic": CYRILLIC}
_VOWEL_RUNS = re.compile(f"[{VOWELS}]+")


def plain(word: str) -> str:
    """A word in small letters without accents; й and ї stay letters."""
    if word.isascii():
        return word.lower()
    text = unicodedata.normalize("NFC", word.lower()).translate(_PLAIN)
    if text.isascii():
        return text
    out: list[str] = []
    for char in text:
        keep = char in "йї" or not unicodedata.decomposition(char)
        parts = char if keep else unicodedata.normalize("NFD", char)
        out.append(parts if keep else "".join(c for c in parts if not unicodedata.combining(c)))
    return "".join(out)


def _script(word: str) -> str | None:
    return next((name for name, letters in _SCRIPT.items() if letters.fullmatch(word)), None)


def _pairs(word: str) -> list[str]:
    framed = f"^{word}$"
    return [framed[i : i + 2] for i in range(len(framed) - 1)]


def count_pairs(values: Iterable[str]) -> Counter[str]:
    """Pairs of neighbouring letters in all words, their edges (^ and $) included."""
    counts: Counter[str] = Counter()
    for value in values:
        for word in _WORD.findall(plain(value)):
            if len(word) >= 2 and _script(word) is not None:
                counts.update(_pairs(word))
    return counts


@cache
def _names() -> frozenset[str]:
    """All shipped names, plain."""
    return _listed("first_names.txt", "last_names.txt", "hard_names.txt")


def _listed(*files: str) -> frozenset[str]:
    return frozenset(
        plain(word) for name in files for line in lines(name) for word in re.split(r"[\s'-]+", line)
    )


@cache
def _shipped() -> Counter[str]:
    """Pairs of the names that teach; the hard ones would make gibberish readable."""
    return count_pairs(_listed("first_names.txt", "last_names.txt"))


@dataclass(frozen=True)
class Spelling:
    """How names are spelt: by pair, the evidence for a name (`weight`) and its probability."""

    weight: Mapping[str, float] = field(repr=False)
    chance: Mapping[str, float] = field(repr=False)

    def evidence(self, word: str) -> float:
        """The sum of the pairs' evidence for a name, of a plain word of one script."""
        return sum(self.weight[pair] for pair in _pairs(word))

    def likelihood(self, word: str) -> float:
        """Logarithm of the word's probability as a name."""
        return sum(self.chance[pair] for pair in _pairs(word))


def spelling(learnt: Mapping[str, int] | None = None) -> Spelling:
    """The model from the shipped names and the pairs counted in a table (`count_pairs`).

    A table's own names weigh at most as much as the shipped ones; fewer than fifty pairs
    teach nothing.
    """
    weight: dict[str, float] = {}
    chance: dict[str, float] = {}
    for alphabet in _ALPHABET.values():
        counts = _counts(alphabet, learnt or {})
        first: Counter[str] = Counter()
        second: Counter[str] = Counter()
        for pair, n in counts.items():
            first[pair[0]] += n  # type: ignore[assignment]
            second[pair[1]] += n  # type: ignore[assignment]
        total = sum(second.values()) + len(alphabet) + 1
        for a in "^" + alphabet:
            for b in alphabet + "$":
                alone = (second[b] + 1) / total
                named = (counts.get(a + b, 0.0) + _SMOOTH * alone) / (first[a] + _SMOOTH)
                chance[a + b] = math.log(named)
                weight[a + b] = chance[a + b] - math.log(_typed(a, b, alphabet))
    return Spelling(weight, chance)


def _counts(alphabet: str, learnt: Mapping[str, int]) -> dict[str, float]:
    """Pairs of one script: shipped, and the table's scaled down to their sum."""
    inside = set(alphabet)
    shipped = {p: float(n) for p, n in _shipped().items() if inside & set(p)}
    own = {p: n - _DOUBT for p, n in learnt.items() if inside & set(p) and n > _DOUBT}
    size = sum(own.values())
    if size < _LEARN:
        return shipped
    scale = min(1.0, _SHARE * sum(shipped.values()) / size)
    for pair, n in own.items():
        shipped[pair] = shipped.get(pair, 0.0) + scale * n
    return shipped


def _typed(a: str, b: str, alphabet: str) -> float:
    """Probability that fingers on a keyboard write b after a."""
    if b == "$":
        return _END
    if a == "^":
        return 1 / len(alphabet)
    beside = [c for c in neighbours().get(a, "") if c in alphabet]
    near = _NEAR if beside else 0.0
    by_chance = (1 - near) / len(alphabet)
    return (1 - _END) * (by_chance + (near / len(beside) if b in beside else 0.0))


@dataclass(frozen=True)
class GibberishJudge:
    """Says that a name is gibberish; None when it can be one, or is an abbreviation or address.

    `kind` is person or company. Causes: gibberish, layout (suggestion: what the other layout
    reads).
    """

    model: Spelling = field(compare=False)
    kind: str = "person"

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value."""
        if len(value) > 120 or _ADDRESS.search(value) or is_hash(value):
            return None
        mute = False
        for word in _WORD.findall(unicodedata.normalize("NFC", value)):
            if self._skipped(word):
                continue
            text = plain(word)
            if text in _names():
                continue
            script = _script(text)
            if script is None or min(self.model.weight[p] for p in _pairs(text)) > _RARE:
                continue
            read = _other(self.model, text, script)
            if read is not None:
                return Verdict("layout", suggestion=_typed_again(value, self.model))
            walked = len(text) >= _WALK and is_walk(text)
            limit = _WALKED if walked else _SPOKEN if _can_be_said(text) else _MUTE
            mute = mute or self.model.evidence(text) <= limit
        return Verdict("gibberish") if mute else None

    def _skipped(self, word: str) -> bool:
        if len(word) < _SHORTEST or (not word.isalpha() and any(map(str.isdigit, word))):
            return True
        if word.isupper() and len(word) <= _CAPITALS[self.kind]:
            return True
        if self.kind != "company":
            return False
        if is_walk(word.lower()):
            return True  # F101's
        if len(word) > _SHORTEST + 1:
            return False
        return not _VOWEL_RUNS.search(plain(word))


def _can_be_said(word: str) -> bool:
    """Whether vowels stand among the consonants: runs below four, three at the end.

    Long words may be compounds, with runs where they join.
    """
    runs = [len(run) for run in _VOWEL_RUNS.split(word.replace("ь", ""))]
    vowels = sum(c in VOWELS for c in word)
    if vowels * 5 < len(word):
        return False
    return len(word) > _COMPOUND or (max(runs) < 4 and runs[-1] < 3)


def _other(model: Spelling, word: str, script: str) -> str | None:
    """The name that the same keys write with the other layout on; None where it reads worse."""
    for reading in other_layout(word):
        text = plain(reading)
        if _script(text) in (None, script):
            continue
        better = model.likelihood(text) - model.likelihood(word)
        if better > _LAYOUT and model.evidence(text) > _READS:
            return reading
    return None


def _typed_again(value: str, model: Spelling) -> str:
    """The value with every word that reads better in the other layout written so."""

    def again(found: re.Match[str]) -> str:
        word = found.group()
        text = plain(word)
        script = _script(text)
        read = _other(model, text, script) if script else None
        if read is None and script:
            read = other_layout(text)[0]
        if read is None:
            return word
        return read.capitalize() if word[:1].isupper() else read

    return _WORD.sub(again, value)


@lru_cache(maxsize=8)
def _classes(rare: tuple[str, ...]) -> str:
    letters = LATIN + CYRILLIC
    after: dict[str, str] = {}
    for pair in rare:
        after[pair[0]] = after.get(pair[0], "") + pair[1]
    parts = []
    for first, following in sorted(after.items()):
        head = f"(?:^|[^{letters}])" if first == "^" else first
        inside = "".join(sorted(set(following) - {"$"}))
        if inside:
            parts.append(f"{head}[{inside}]")
        if "$" in following:
            parts.append(f"{head}(?:$|[^{letters}])")
    return "|".join(parts)


def rare_pairs(model: Spelling) -> str:
    """A portable regex, for plain small letters: a pair that some word with a verdict has."""
    return _classes(tuple(sorted(p for p, w in model.weight.items() if w <= _RARE)))
