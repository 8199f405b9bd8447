"""Broken characters: wrong encodings, mixed scripts, control and invisible characters (A105)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from dq.text.mojibake import SUSPECT as MOJIBAKE
from dq.text.mojibake import is_mojibake, repair_mojibake
from dq.text.verdict import Verdict

__all__ = ["SUSPECT", "ScriptJudge", "repair_mixed_script", "strip_invisible"]

_TO_CYRILLIC = str.maketrans("ABCEHIKMOPTXYaceiopxy", "АВСЕНІКМОРТХУасеіорху")
_TO_LATIN = str.maketrans("АВСЕНІКМОРТХУЈЅасеіорхујѕ", "ABCEHIKMOPTXYJSaceiopxyjs")
_CYR = "А-Яа-яЁёІіЇїЄєҐґЎў"
_MIXED = re.compile(f"[A-Za-z][{_CYR}]|[{_CYR}][A-Za-z]")
_WORD = re.compile(f"[A-Za-z{_CYR}]+")
_RUN = re.compile(f"[A-Za-z]+|[{_CYR}]+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_JOINED = re.compile("(?<=[\u0590-\u0eff\u2190-\u2bff\U0001f000-\U0001faff\ufe0f])[\u200c-\u200f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LOST = re.compile(r"[?\ufffd]{3,}")
_LOST_WORDS = re.compile(r"\?{3,}[ .,\-]+\?|\?{6,}")
_RUSSIAN = frozenset("ыэъёЫЭЪЁ")

SUSPECT = (
    "["
    r"\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffd"
    "]"
    "|[?][?][?]"
    f"|[A-Za-z][{_CYR}]|[{_CYR}][A-Za-z]|[РС][^А-Яа-яA-Za-z0-9]|{MOJIBAKE}"
)
"""A regex that every value with a verdict matches, except lone surrogates and NUL, which no
engine's text holds: explicit classes only, read alike by RE2, Java and Python."""

_BROKEN = re.compile(f"{SUSPECT}|[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class ScriptJudge:
    """Says what is broken in the characters of a value; None when nothing is.

    Causes: surrogate, control, bidi, mojibake (with a repair), lost_letters, mixed_script
    (with a repair), zero_width (info: harmless once removed). `1С`, "VIP-клиент",
    "e-mail'ом", "iPhone", «SMSка» and «ТрансTelecom» are words people write.
    """

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value; None when it is fine or blank."""
        if not _BROKEN.search(value):
            return None
        if _SURROGATE.search(value):
            return Verdict("surrogate")
        repaired = repair_mojibake(value)
        if repaired is not None:
            return Verdict("mojibake", suggestion=repaired)
        if is_mojibake(value):
            return Verdict("mojibake")
        if found := _CONTROL.search(value):
            code = f"U+{ord(found[0]):04X}"
            return Verdict("control", args={"code": code}, suggestion=_CONTROL.sub("", value))
        if _BIDI.search(value):
            return Verdict("bidi", suggestion=_BIDI.sub("", value))
        if _lost(value):
            return Verdict("lost_letters")
        if _mixed_words(value):
            return Verdict("mixed_script", suggestion=repair_mixed_script(strip_invisible(value)))
        cleaned = strip_invisible(value)
        if cleaned != value:
            return Verdict("zero_width", suggestion=cleaned, severity="info")
        return None


def strip_invisible(value: str) -> str:
    """Without zero-width characters; joiners inside emoji, Arabic or Indic text stay."""
    kept = {m.start() for m in _JOINED.finditer(value)}
    if not kept:
        return _INVISIBLE.sub("", value)
    return "".join(c for i, c in enumerate(value) if i in kept or not _INVISIBLE.match(c))


def repair_mixed_script(value: str) -> str | None:
    """All mixed words of the value in one script, or None where a word fits neither."""
    out = value
    for word in _mixed_words(value):
        repaired = _one_script(word)
        if repaired is None:
            return None
        out = out.replace(word, repaired)
    return out if out != value else None


def _mixed_words(value: str) -> list[str]:
    text = unicodedata.normalize("NFC", value)
    if not _MIXED.search(text):
        return []
    return [w for w in _WORD.findall(text) if _MIXED.search(w) and not _meant(w)]


def _one_script(word: str) -> str | None:
    latin = sum(c.isascii() for c in word)
    cyrillic = _fits(word.translate(_TO_CYRILLIC), ascii_=False)
    if cyrillic is not None and "і" in cyrillic.lower() and _RUSSIAN & set(cyrillic):
        cyrillic = None
    other = _fits(word.translate(_TO_LATIN), ascii_=True)
    if cyrillic is not None and (other is None or latin * 2 <= len(word)):
        return cyrillic
    return other


def _fits(word: str, *, ascii_: bool) -> str | None:
    return word if all(c.isascii() == ascii_ for c in word) else None


def _meant(word: str) -> bool:
    """Whether both scripts are there on purpose: a Russian ending, or two words joined."""
    runs = _RUN.findall(word)
    if word[0] in "eiе" and len(runs) == 2 and runs[0] in ("e", "i") and runs[1][0].isupper():
        return True
    if _one_script(word) is None:
        stray = any(len(r) == 1 and _lookalike(r) for r in runs[1:-1])
        first = len(runs[0]) == 1 and _lookalike(runs[0]) and runs[1][0].islower()
        last = len(runs) > 2 and len(runs[-1]) == 1 and _lookalike(runs[-1])
        return not (stray or first or last)
    if len(runs) != 2:
        return False
    head, tail = runs
    ending = head.isascii() and len(head) >= 2 and head.isupper() and tail.islower()
    return ending and len(tail) <= 4


def _lookalike(letter: str) -> bool:
    return letter.translate(_TO_CYRILLIC) != letter or letter.translate(_TO_LATIN) != letter


def _lost(value: str) -> bool:
    """Letters that became question marks: «???????? ????», "???? 12"; "???" alone is a word."""
    if "\ufffd" in value:
        return True
    if not _LOST.search(value):
        return False
    marks = value.count("?")
    rest = sum(c.isalpha() for c in value)
    return marks >= 4 and marks > 2 * rest and _LOST_WORDS.search(value) is not None
