"""Pairs of values that are spelt nearly alike, found without comparing all with all.

Each value is cut into words; values that agree in all words but one are met through an
index of that word with letters left out (one, or two in a long word). So the number of
comparisons grows with the number of look-alikes, not with its square.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

__all__ = ["Near", "near_pairs"]

Judge = Callable[[str, str, str, str, tuple[str, ...]], "Near | None"]

_LONG = 10
_MAX_GROUP = 400
_ROMAN = re.compile(r"[ivx]{1,5}")
_PREFIXES = tuple("un in im ir dis non re de pre не без под пере по за".split())
_OPPOSITES = frozenset(
    frozenset(pair.split("/"))
    for pair in (
        "male/female import/export inbound/outbound online/offline internal/external "
        "input/output offer/order импорт/экспорт імпорт/експорт retail/detail lease/least "
        "бюджет/будет входящий/исходящий вхідний/вихідний лизинг/листинг"
    ).split()
)
_CYRILLIC_ENDING = frozenset("аеийоуыэюяьіїє")


@dataclass(frozen=True)
class Near:
    """Two values one slip apart.

    `reason` is typo, abbreviation, plural or ending; `first`: the slip is in the first letter
    of a lone word, where another word is as likely.
    """

    left: str
    right: str
    reason: str
    first: bool = False


def near_pairs(values: Mapping[str, tuple[str, ...]]) -> Iterator[Near]:
    """Pairs among values (each with its folded words) that are one slip apart."""
    index: dict[tuple[tuple[str, ...], str], list[tuple[str, str]]] = {}
    short: dict[tuple[tuple[str, ...], str], list[tuple[str, str]]] = {}
    for value, parts in values.items():
        for i, word in enumerate(parts):
            rest = (*parts[:i], "*", *parts[i + 1 :])
            for key in _keys(word):
                index.setdefault((rest, key), []).append((value, word))
            if len(parts) > 2:
                short.setdefault((rest, word[0]), []).append((value, word))
    seen: set[tuple[str, str]] = set()
    for (rest, _), group in index.items():
        yield from _compare(group, rest, seen, _slip)
    for (rest, _), group in short.items():
        if any(len(word) == 1 for _, word in group):
            yield from _compare(group, rest, seen, _abbreviated)


def _keys(word: str) -> Iterable[str]:
    if len(word) < 2 or not word.isalpha() or _ROMAN.fullmatch(word):
        return ()
    keys = {word}
    size = len(word)
    keys.update(word[:i] + word[i + 1 :] for i in range(size))
    if _LONG <= size <= 24:
        for i, j in combinations(range(size), 2):
            keys.add(word[:i] + word[i + 1 : j] + word[j + 1 :])
    return keys


def _compare(
    group: list[tuple[str, str]],
    rest: tuple[str, ...],
    seen: set[tuple[str, str]],
    judge: Judge,
) -> Iterator[Near]:
    if len(group) > _MAX_GROUP:
        return
    for (left, one), (right, other) in combinations(group, 2):
        pair = (left, right) if left < right else (right, left)
        if left == right or one == other or pair in seen:
            continue
        seen.add(pair)
        found = judge(left, one, right, other, rest)
        if found is not None:
            yield found


def _context(rest: tuple[str, ...]) -> int:
    return sum(len(word) for word in rest if word != "*")


def _slip(left: str, one: str, right: str, other: str, rest: tuple[str, ...]) -> Near | None:
    from rapidfuzz.distance import OSA

    if frozenset((one, other)) in _OPPOSITES:
        return None
    size, context = min(len(one), len(other)), _context(rest)
    allowed = 2 if min(len(one), len(other)) >= _LONG else 1
    distance = OSA.distance(one, other, score_cutoff=allowed)
    if distance > allowed or size + context < 5 or (size < 4 and context < 8):
        return None
    if len(one) == len(other) and size < (4 if context >= 4 else 5):
        return None
    if distance == 2 and one[:2] != other[:2]:
        return None
    long, low = (one, other) if len(one) >= len(other) else (other, one)
    if any(long == prefix + low for prefix in _PREFIXES):
        return None
    reason = _reason(long, low)
    return Near(left, right, reason, first=one[0] != other[0] and context == 0)


def _reason(long: str, low: str) -> str:
    if long in (low + "s", low + "es") or (long[:-3] == low[:-1] and long.endswith("ies")):
        return "plural"
    if len(long) - len(low) <= 1 and long[0] > "\u0400":
        stem = min(len(long), len(low)) - 1
        tails = long[stem:], low[stem:]
        if long[:stem] == low[:stem] and all(set(t) <= _CYRILLIC_ENDING for t in tails):
            return "ending"
        if long[:-1] == low and long[-1] in _CYRILLIC_ENDING:
            return "ending"
    return "typo"


def _abbreviated(left: str, one: str, right: str, other: str, rest: tuple[str, ...]) -> Near | None:
    if 1 not in (len(one), len(other)) or _context(rest) < 8 or not (one + other).isalpha():
        return None
    if len(one) == len(other) or (_ROMAN.fullmatch(one) and _ROMAN.fullmatch(other)):
        return None
    return Near(left, right, "abbreviation")
