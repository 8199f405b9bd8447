"""Hidden nulls: words and values that stand for "nothing here" (C104)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dq.text.dictionaries.files import lines
from dq.text.folding import fold_tight
from dq.text.hashes import null_hash
from dq.text.verdict import Verdict

__all__ = ["EMPTY_WORDS", "Default", "EmptyJudge", "defaults", "emptiness", "empty_word"]

FLAGS = frozenset({"flag", "boolean"})
CATEGORIES = frozenset({"category", "stage", "status", "source", "reason"})
NO_ANSWERS = frozenset({"title", "industry"})
"""Categories in which «нет» is no answer: it says that there is nothing here."""

_NONE = frozenset(
    "no non not none nothing nein kein keine nao nada нет нету ничего ні нема немає нічого".split()
)

NAMES = frozenset({"name", "first_name", "last_name", "middle_name", "full_name", "company"})
PLACES = frozenset({"country", "region", "currency", "code"})
NUMBERS = frozenset({"number", "integer", "decimal", "double"})
DIGITS = frozenset({"phone", "tax_id", "id", "postcode", "kpp", "bic", "account"})
DATES = frozenset({"date", "timestamp", "birth_date"})

_FRAME = " \t-–—_.…<>()[]{}«»\"'`#/\\|:;,!?=~•·"
_MARKS = re.compile(r"[\s\-–—−_.…<>()\[\]{}«»\"'`#/\\|:;,!?=~•·^&]+")
_BOXED = re.compile(r"(?:-+\s*[^-].*[^-]\s*-+|<.+>)")
_EMPTY_LISTS = frozenset({"[]", "{}", "[{}]", "()"})
"""How a program writes a list of nothing: nobody typed it."""
_NINES = re.compile(r"-?9{3,}(?:[.,](?:0+|9+))?")
_SENTINEL = re.compile(
    r"(?:(?:0000|0001|1753|1899|1900|1901)[-./](?:00|01|12)[-./](?:00|01|30|31)"
    r"|(?:00|01|30|31)[-./](?:00|01|12)[-./](?:0000|0001|1753|1899|1900|1901)"
    r"|1/0?1/(?:0001|1753|1900)|1/0/1900)"
    r"(?:[T ]00:00(?::00)?(?:\.0+)?(?:Z|[+-]\d\d:?\d\d)?)?"
)
_EPOCH = re.compile(
    r"(?:1970[-./]01[-./]01|01[-./]01[-./]1970|1/1/1970)"
    r"(?:[T ]0[0-3]:00(?::00)?(?:\.0+)?(?:Z|[+-]\d\d:?\d\d)?)?"
)
_NO_MAIL = re.compile(
    r"(?:no|non|none|na|n|null|нет|noemail|no-email|no_email|nomail|nomail|unknown|x+|0+|noname)"
    r"@(?:no|non|none|na|n|null|нет|noemail|no-email|nomail|email|mail|unknown|x+|0+)"
    r"(?:[.][\w.]+)?"
)
_NO_ZERO = re.compile(
    r"discount|tax|fee|bonus|refund|debt|vat|скидк|налог|ндс|комисс|бонус|возврат|долг|знижк"
    r"|подат|пдв|борг|count|колич|кільк|visit|view|score|балл|бал\b",
    re.I,
)


@dataclass(frozen=True)
class Default:
    """A value that stands for nothing in a column, with its rows and its share of the filled.

    `reason` is word, soft, choice, zero, nines, sentinel_date or hash; `certainty` is
    finding, or note for soft words, which can be an option of their own.
    """

    value: str
    count: int
    share: float
    reason: str
    certainty: str = "finding"


@dataclass(frozen=True)
class EmptyJudge:
    """Verdict on a hidden null; `kind` is the column's kind. Soft words are information."""

    kind: str = "text"

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value; None when it is fine or blank."""
        reason = emptiness(value, self.kind)
        if reason is None:
            return None
        shown = value.strip()
        severity = "info" if reason == "soft" else None
        return Verdict(reason, detail=None if reason == "hash" else shown, severity=severity)


def empty_word(value: str, kind: str = "text") -> bool:
    """Whether a value means "none" in a column of this kind (blank cells do not count).

    «нет» is an answer in a yes/no column and an option in a category; "Unknown" is a
    category of its own; "Null" and "NA" are surnames.
    """
    reason = emptiness(value, kind)
    return reason is not None and (reason != "soft" or fold_tight(value) in _EMPTY_LISTS)


def emptiness(value: str, kind: str = "text") -> str | None:
    """Why a value means "none": word, choice, soft, zeros, nines, sentinel_date, hash; or None."""
    if len(value) > 90 or not value or value.isspace():
        return None
    text = fold_tight(value)
    if not text or _MARKS.fullmatch(text):
        return _marks(text, kind)
    by_kind = _by_kind(text, kind)
    if by_kind is not None:
        return by_kind
    if len(text) > 40:
        return "hash" if null_hash(value) is not None else None
    strength = _words().get(text) or _words().get(text.strip(_FRAME))
    if strength == "soft" and _BOXED.fullmatch(text):
        return "choice"
    if strength is not None:
        return _by_strength(strength, value.strip(), text.strip(_FRAME), kind)
    if len(text) >= 24 and null_hash(value) is not None:
        return "hash"
    return None


def _marks(text: str, kind: str) -> str | None:
    if text in _EMPTY_LISTS:
        return "soft"
    if kind in FLAGS:
        return None if text in ("-", "–", "—", "−") else "word"
    return "word"


def _by_kind(text: str, kind: str) -> str | None:
    if kind in DATES:
        if _SENTINEL.fullmatch(text) or (kind != "birth_date" and _EPOCH.fullmatch(text)):
            return "sentinel_date"
    elif kind == "email":
        if _NO_MAIL.fullmatch(text):
            return "word"
    elif not text[-1].isdigit():
        return None
    elif kind in DIGITS:
        digits = re.sub(r"\D", "", text)
        if len(set(digits)) == 1 and (digits[0] == "0" or (digits[0] == "9" and len(digits) >= 3)):
            return "zeros" if digits[0] == "0" else "nines"
    elif kind in NUMBERS:
        if _NINES.fullmatch(text):
            return "nines"
    elif kind != "money" and kind not in CATEGORIES | NO_ANSWERS and _NINES.fullmatch(text):
        return "nines"
    return None


def _by_strength(strength: str, raw: str, core: str, kind: str) -> str | None:
    if strength == "choice":
        return None if kind in NAMES and raw in ("Select", "Choose") else "choice"
    if kind in NAMES and raw in ("Null", "NA", "Na", "Nan", "Nil", "No", "Non", "Void", "Nie"):
        return None
    if kind in PLACES and core in ("na", "no"):
        return None
    if strength == "always":
        return "word"
    if kind in FLAGS:
        return None
    if kind in NO_ANSWERS:
        return "word" if core in _NONE else "soft"
    if kind in CATEGORIES:
        return "soft" if core not in ("no", "non", "not", "нет", "ні", "nein", "nao") else None
    return "word"


EMPTY_WORDS: frozenset[str] = frozenset(
    word
    for line in lines("empty_words.tsv")
    if not line.startswith("soft")
    for word in line.split("\t")[1].split("|")
)
"""Folded words that say "nothing here" whatever the column, for predicates in SQL."""


@cache
def _words() -> Mapping[str, str]:
    found: dict[str, str] = {"na": "always"}
    for line in lines("empty_words.tsv"):
        strength, words = line.split("\t")
        for word in words.split("|"):
            found.setdefault(word, strength)
            found.setdefault(word.strip(_FRAME), strength)
    return found


def defaults(
    values_with_counts: Mapping[str, int], kind: str = "text", header: str | None = None
) -> list[Default]:
    """Values that stand for nothing in a column, most frequent first.

    Words, list defaults, sentinels and hashes of nothing are known by themselves. Two come
    from the data: zero as "unknown" in a money or number column (at least half of the
    filled cells, while the other values stand far from it: `_zero`), and repeated nines,
    which count in a number column only when they lie beyond all other values.
    A yes/no answer or the majority of a category is never one. `header` keeps zeros of
    discounts, taxes and counters, where 0 is the value.
    """
    counts = {v: n for v, n in values_with_counts.items() if v and not v.isspace() and n > 0}
    filled = sum(counts.values())
    found: list[Default] = []
    for value, count in counts.items():
        reason = emptiness(value, kind)
        if reason is None or (reason == "nines" and not _beyond(value, counts, kind)):
            continue
        certainty = "note" if reason == "soft" else "finding"
        found.append(Default(value, count, count / filled, reason, certainty))
    zero = _zero(counts, filled, header) if kind == "money" or kind in NUMBERS else None
    if zero is not None:
        found.append(zero)
    return sorted(found, key=lambda d: (-d.count, d.value))


def _number(value: str) -> float | None:
    try:
        return float(re.sub(r"[\s\u00a0]", "", value).replace(",", "."))
    except ValueError:
        return None


def _beyond(value: str, counts: Mapping[str, int], kind: str) -> bool:
    if kind not in NUMBERS:
        return True
    own = _number(value)
    others = [n for v in counts if (n := _number(v)) is not None and not _NINES.fullmatch(v)]
    return own is not None and (own < 0 <= min(others, default=0.0) or own > max(others, default=0))


def _zero(counts: Mapping[str, int], filled: int, header: str | None) -> Default | None:
    """Zero as unknown: half of the cells or more, and the rest begins far above it.

    A counter or a score, where 1 and 2 occur as well, or a sum with small amounts keeps
    its zeros: at most a twentieth of the other rows may lie below a hundredth of their median.
    """
    if header and _NO_ZERO.search(header):
        return None
    numbers = [(n, c, v) for v, c in counts.items() if (n := _number(v)) is not None]
    zeros = [(c, v) for n, c, v in numbers if n == 0]
    others = sorted((n, c) for n, c, _ in numbers if n != 0)
    count = sum(c for c, _ in zeros)
    if not zeros or count * 2 < filled or len(others) < 5 or others[0][0] < 0:
        return None
    rest = sum(c for _, c in others)
    passed, median = 0, 0.0
    for number, c in others:
        passed += c
        if passed * 2 >= rest:
            median = number
            break
    small = sum(c for n, c in others if n < median / 100)
    if median < 50 or small > max(1, rest // 20):
        return None
    return Default(max(zeros)[1], count, count / filled, "zero")
