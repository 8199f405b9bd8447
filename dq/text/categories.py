"""One category spelt several ways (A107)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dq.text.dictionaries.loader import Dictionary, known
from dq.text.empties import empty_word
from dq.text.folding import fold, fold_tight, strip_accents
from dq.text.scripts import ScriptJudge
from dq.text.variants import Near, near_pairs

__all__ = ["Variant", "contradicted", "find_variants"]

RARER = 10
"""A variant is suspected when its neighbour is at least this many times as frequent."""

_LIST = 100
_FIRST_LETTER = 100
_WORD = re.compile(r"[^\W_]+(?:[+#]+(?=\W|$))?")
_DIGIT_GAP = re.compile(r"(?<=\d)\D+(?=\d)")
_NO_WORD = re.compile(r"[\W\d_]*")
_MAX_VALUES = 20_000
_GRADE = 4
"""Letters of a grade at most, its sign included."""


@dataclass(frozen=True)
class Variant:
    """A value and the one it should be.

    `reason` is case, space, punctuation, accent, typo, abbreviation, plural, ending or
    synonym; `certainty` is finding, or note where the two may be different things.
    """

    value: str
    canonical: str
    reason: str
    certainty: str
    count: int
    canonical_count: int


def find_variants(
    counts: Mapping[str, int],
    dictionary: Dictionary | None = None,
    contradicts: Callable[[str, str], bool] | None = None,
) -> tuple[Variant, ...]:
    """Values of a column that are other spellings of other values of it, by count.

    Same letters in other case, spaces, hyphens or accents are one category: a finding in a
    list of up to 100 values, and in a longer, typed one when at least ten times rarer.
    A slip of a letter is a finding when the value is ten times rarer than its neighbour, or
    when the dictionary has the neighbour and not it; else a note. Two words that a shipped
    dictionary knows are never a slip. `contradicts(value, neighbour)` says that another
    column tells them apart (two cities of one name in two states): then a note.
    Values without letters, hidden nulls and broken characters are left to their own rules.
    """
    words = {v: n for v, n in counts.items() if n > 0 and _is_word(v)}
    if len(words) > _MAX_VALUES:
        words = dict(sorted(words.items(), key=lambda item: -item[1])[:_MAX_VALUES])
    found: dict[str, Variant] = {}
    groups = _groups(words)
    leaders = {key: _leader(group, words, dictionary) for key, group in groups.items()}
    for key, group in groups.items():
        leader = leaders[key]
        for value in group:
            if value != leader:
                found[value] = _same_letters(value, leader, words, is_list=len(words) <= _LIST)
    if dictionary is not None:
        _add_synonyms(found, words, dictionary)
    totals = {leaders[key]: sum(words[v] for v in group) for key, group in groups.items()}
    for variant in _slips(totals, words, dictionary, contradicts):
        old = found.get(variant.value)
        if old is None or (old.certainty == "note" and variant.certainty == "finding"):
            found[variant.value] = variant
    return tuple(sorted(found.values(), key=lambda v: (v.certainty, -v.count, v.value)))


def contradicted(value: Iterable[str], neighbour: Iterable[str]) -> bool:
    """Whether what stands beside two values in another column has nothing in common."""
    left, right = set(value), set(neighbour)
    return bool(left) and bool(right) and not left & right


def _is_word(value: str) -> bool:
    if not value.strip() or len(value) > 120 or _NO_WORD.fullmatch(value):
        return False
    if empty_word(value, "category"):
        return False
    wrong = None if value.isascii() and value.isprintable() else ScriptJudge()(value)
    return wrong is None or wrong.severity == "info"


def _parts(value: str) -> tuple[str, ...]:
    text = fold_tight(value).replace("&", " and ")
    return tuple(_WORD.findall(text))


def _letters(value: str) -> str:
    """What is left of a value when case, spaces, hyphens and accents do not matter.

    Between digits something always separates («1-5» is not «15»), + and # count (C++, C#), and
    so does the minus of a grade (A-, BB-).
    """
    text = fold_tight(value).replace("&", "and")
    text = _DIGIT_GAP.sub("-", text)
    grade = "-" if len(text) <= _GRADE else ""
    return "".join(
        c
        for i, c in enumerate(text)
        if c.isalnum()
        or c in "+#%"
        or (c == "-" and (text[i - 1 : i].isdigit() or text[i:] == grade))
    )


def _groups(words: Mapping[str, int]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for value in words:
        groups.setdefault(_letters(value), []).append(value)
    return groups


def _leader(group: list[str], words: Mapping[str, int], dictionary: Dictionary | None) -> str:
    def rank(value: str) -> tuple[bool, int, bool, str]:
        shown = dictionary is not None and value in dictionary.shown.values()
        return value == " ".join(value.split()), words[value], shown, value

    return max(group, key=rank)


def _same_letters(value: str, leader: str, words: Mapping[str, int], *, is_list: bool) -> Variant:
    sure = is_list or words[leader] >= RARER * words[value]
    return Variant(
        value,
        leader,
        _difference(value, leader),
        "finding" if sure else "note",
        words[value],
        words[leader],
    )


def _difference(value: str, other: str) -> str:
    if re.sub(r"\s+", "", value) == re.sub(r"\s+", "", other):
        return "space"
    if fold(value) == fold(other):
        return "case"
    if strip_accents(fold(value)) == strip_accents(fold(other)):
        return "accent"
    plain = re.sub(r"\s+", "", fold(value)), re.sub(r"\s+", "", fold(other))
    return "space" if plain[0] == plain[1] else "punctuation"


def _add_synonyms(
    found: dict[str, Variant], words: Mapping[str, int], dictionary: Dictionary
) -> None:
    by_concept: dict[str, list[str]] = {}
    for value in words:
        concept = dictionary.concept(value)
        if concept is not None and value not in found:
            by_concept.setdefault(concept, []).append(value)
    for group in by_concept.values():
        leader = max(group, key=lambda v: (words[v], v))
        for value in group:
            if value != leader:
                certainty = "finding" if dictionary.closed else "note"
                found[value] = Variant(
                    value, leader, "synonym", certainty, words[value], words[leader]
                )


def _cased_like(canonical: str, value: str) -> str:
    if value.islower():
        return canonical.lower()
    return canonical.upper() if value.isupper() and len(value) > 3 else canonical


def _slips(
    totals: Mapping[str, int],
    words: Mapping[str, int],
    dictionary: Dictionary | None,
    contradicts: Callable[[str, str], bool] | None,
) -> list[Variant]:
    values = {value: _parts(value) for value in totals}
    if dictionary is not None:
        have = {_letters(value) for value in totals}
        for shown in dictionary.shown.values():
            if _letters(shown) not in have:
                values[shown] = _parts(shown)
    best: dict[str, tuple[tuple[bool, int], Variant]] = {}
    for near in near_pairs(values):
        judged = _judge(near, totals, words, dictionary, contradicts)
        if judged is None:
            continue
        rank = (judged.certainty == "finding", judged.canonical_count)
        if judged.value not in best or rank > best[judged.value][0]:
            best[judged.value] = (rank, judged)
    return [variant for _, variant in best.values()]


def _judge(
    near: Near,
    totals: Mapping[str, int],
    words: Mapping[str, int],
    dictionary: Dictionary | None,
    contradicts: Callable[[str, str], bool] | None,
) -> Variant | None:
    left, right = near.left, near.right
    inside = {
        v: dictionary is not None and dictionary.concept(v) is not None for v in (left, right)
    }
    if (inside[left] and inside[right]) or (known(left) and known(right)):
        return None
    value, canonical = sorted((left, right), key=lambda v: totals.get(v, 0))
    by_dictionary = inside[left] != inside[right]
    if by_dictionary:
        value, canonical = (left, right) if inside[right] else (right, left)
    count, other = totals.get(value, 0), totals.get(canonical, 0)
    if not count or (not by_dictionary and not other):
        return None
    enough = _FIRST_LETTER if near.first else RARER
    if by_dictionary and near.reason in ("typo", "abbreviation") and not near.first:
        sure = (dictionary is not None and dictionary.name != "cities") or other >= RARER * count
    else:
        sure = other >= enough * count and near.reason in ("typo", "abbreviation")
    if sure and contradicts is not None and other and contradicts(value, canonical):
        sure = False
    certainty = "finding" if sure else "note"
    if not other:
        canonical = _cased_like(canonical, value)
    return Variant(value, canonical, near.reason, certainty, words.get(value, count), other)
