"""Fillers: what is typed to try a form, or to get past one (F101)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dq.text.companies import split_company
from dq.text.dictionaries.files import lines
from dq.text.email import common_domains, split_addresses
from dq.text.folding import fold_tight
from dq.text.keyboard import PIECES, STARTS, is_walk
from dq.text.phone import split_phones, without_extension
from dq.text.verdict import Verdict

__all__ = [
    "FillerEmailJudge",
    "FillerNameJudge",
    "FillerPhoneJudge",
    "FillerTaxJudge",
    "counted",
    "filler_openings",
]

_WORDS = re.compile(r"[^\W_]+(?:'[^\W\d_]+)*")
_TRY = re.compile(r"(?:test|тест)+\d*")
_DIGITS_AFTER = re.compile(r"\d+$")
_SAMPLE = re.compile(r"[(\[](?:sample|demo|test|демо|тест|пример|зразок)[)\]]$")
_ONE_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_UP, _DOWN = "0123456789" * 3, "9876543210" * 3
_TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})
_NO_MAIL = frozenset(
    "no none net non null nil noemail nomail noname noone nobody nothing email mail netu "
    "nemae unknown".split()
)
_NO_ONE = _NO_MAIL - {"net", "email", "mail", "nil", "non"}
_KEYS_IN_LATIN = frozenset(
    "fyva fyvaprol yzuken ytsuken jcuken icuken tsuken yachsm iacsm fiva fivaprol".split()
)
_TRY_LOCAL = re.compile(
    r"(?:test|tests|testing|testov(?:yi|yy|iy|y|aya|oe|ich)|testik|prover(?:ka|it)|perevirka"
    r"|proba|demo|dummy|fake|sample|asdf)"
)
_BESIDE = frozenset(
    "user lead client contact mail email name account admin customer form site deal crm".split()
)


@cache
def _listed() -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in lines("filler_words.tsv"):
        kind, words = line.split("\t")
        found[kind] = frozenset(words.split("|"))
    return found


@dataclass(frozen=True)
class FillerNameJudge:
    """Says that a name is a filler: None when it can be somebody's.

    `kind` is what is named: person, company or deal. Causes: test (a try), sample (shipped
    with the CRM), keyboard (a walk along the keys), letter (one letter over and over),
    nobody (a person or firm of the textbook, warning), prompt (the form's hint, warning).
    """

    kind: str

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value; None when it can be a name."""
        if len(value) > 80:
            return None
        text = fold_tight(value)
        name = split_company(value).name if self.kind == "company" else text
        words = tuple(_WORDS.findall(name))
        if not words:
            return None
        cause = self._cause(words, text, value)
        if cause is None:
            return None
        return Verdict(cause, severity="warning" if cause in ("nobody", "prompt") else None)

    def _cause(self, words: tuple[str, ...], text: str, value: str) -> str | None:
        if _SAMPLE.search(text):
            return "sample"
        phrase = " ".join(words)
        if self.kind == "person" and phrase in _listed()["nobody"]:
            return "nobody"
        if self.kind == "person" and phrase in _listed()["prompt"]:
            return "prompt"
        if self.kind == "company" and phrase in _listed()["firm"]:
            return "nobody"
        if self._is_try(words):
            return "test"
        if self._is_walk(words, value):
            return "keyboard"
        if self.kind != "company" and len(words) == 1 and _ONE_LETTER.fullmatch(words[0]):
            return "letter"
        return None

    def _is_try(self, words: tuple[str, ...]) -> bool:
        """Nothing but test words, record words and digits, a test word among them."""
        known = _listed()
        tries = weak = others = 0
        for word in words:
            bare = _DIGITS_AFTER.sub("", word)
            if _TRY.fullmatch(word) or bare in known["test"]:
                tries += 1
            elif bare in known["weak"]:
                weak += 1
            elif bare in known["record"]:
                others += 1
            elif bare:
                return False
        if tries:
            return True
        if not weak or _is_surname(words):
            return False
        return self.kind == "person" or others > 0

    def _is_walk(self, words: tuple[str, ...], value: str) -> bool:
        bare = [b for word in words if (b := _DIGITS_AFTER.sub("", word) or word)]
        if self.kind == "company" and value.isupper() and len("".join(bare)) <= 3:
            return False
        return all(is_walk(b) or is_walk(w) for b, w in zip(bare, words, strict=True))


def _is_surname(words: tuple[str, ...]) -> bool:
    """Whether the only hint of a try is a word that is a surname too («Тестова», "Sample")."""
    return len(words) == 1 and words[0] in (
        "тестов", "тестова", "testov", "testova", "tester", "sample", "temp", "dummy", "debug",
    )  # fmt: skip


@dataclass(frozen=True)
class FillerEmailJudge:
    """Says that an address is a filler: test@…, asdf@…, 123@123.ru, no@no.com.

    Causes: test, keyboard, repeated, nobody.
    """

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value; None when it can be somebody's address."""
        for address in split_addresses(value) or (value.strip(),):
            cause = _about_address(address.lower())
            if cause is not None:
                return Verdict(cause, severity="warning")
        return None


def _about_address(address: str) -> str | None:
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        return None
    local = local.partition("+")[0]
    name = domain.partition(".")[0]
    words = [w for w in re.split(r"[._\-]+", local) if w]
    bare = [b for w in words if (b := _DIGITS_AFTER.sub("", w))]
    alike = local == name
    free = domain in common_domains()
    tries = [_TRY.fullmatch(b) or _TRY_LOCAL.fullmatch(b) for b in bare]
    if any(tries) and all(t or b in _BESIDE for t, b in zip(tries, bare, strict=True)):
        return "test"
    if bare and all(_walked(b, alike or free) for b in bare):
        return "keyboard"
    if len(set(local)) == 1 and len(local) >= 3 and (alike or free) and domain != "qq.com":
        return "repeated"
    if local.isdigit() and (alike or free) and len(local) >= 3 and counted(local):
        return None if domain == "qq.com" else "repeated"
    if local in _NO_ONE and (alike or free):
        return "nobody"
    return "nobody" if local in _NO_MAIL and name in _NO_MAIL else None


def _walked(word: str, anywhere: bool) -> bool:
    if word in STARTS or word in _KEYS_IN_LATIN:
        return anywhere
    return is_walk(word)


@dataclass(frozen=True)
class FillerPhoneJudge:
    """Says that a phone is a filler: one digit over and over, or digits counted up or down.

    What counts are the last seven digits; a toll-free number is bought for its digits.
    Causes: repeated, counted.
    """

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value; None when it can be somebody's number."""
        for phone in split_phones(value) or (without_extension(value),):
            cause = _about_number(re.sub("[^0-9]", "", phone))
            if cause is not None:
                return Verdict(cause, severity="warning")
        return None


def _about_number(digits: str) -> str | None:
    size = len(digits)
    if size < 5 or size > 15:
        return None
    tail = digits[-7:]
    if size >= 10 and digits[-10:-7] in _TOLL_FREE and len(set(digits[-10:])) > 1:
        return None
    if len(set(tail)) == 1:
        return "repeated"
    return "counted" if counted(tail) else None


@dataclass(frozen=True)
class FillerTaxJudge:
    """Says that a tax number is a filler: one digit over and over, or counted up or down."""

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value; None when it can be a number."""
        digits = re.sub("[^0-9]", "", value)
        if not 8 <= len(digits) <= 14:
            return None
        if len(set(digits)) == 1:
            return Verdict("repeated", severity="warning")
        return Verdict("counted", severity="warning") if counted(digits) else None


def counted(digits: str) -> bool:
    """Whether the digits count up or down by one, 9 being followed by 0."""
    return digits in _UP or digits in _DOWN


def filler_openings(kind: str) -> tuple[str, ...]:
    """Openings of words, one of which every filler name of the kind holds."""
    known = _listed()
    phrases = set(known["test"] | known["weak"] | {"test", "тест", "пример", "зразок"})
    phrases |= known["firm"] if kind == "company" else known["nobody"] | known["prompt"]
    first = {_WORDS.findall(fold_tight(p))[0] for p in phrases}
    letters = {c * 3 for c in "abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъыьэюяіїєґў"}
    return tuple(sorted(first | PIECES | (set() if kind == "company" else letters)))
