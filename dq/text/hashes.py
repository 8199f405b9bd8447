"""Hashed values: whether a column is pseudonymised, and hashes of nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

__all__ = ["HashForm", "hash_form", "is_hash", "null_hash", "null_hashes", "pseudonymised"]

_HEX = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
_BASE64 = {24: "md5", 28: "sha1", 44: "sha256", 88: "sha512"}
_HEX_TEXT = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_BASE64_TEXT = re.compile(r"[A-Za-z0-9+/_-]+={1,2}")
_NOTHING = (
    "", " ", "null", "NULL", "Null", "none", "None", "NONE", "nil", "nan", "NaN", "NA", "N/A",
    "n/a", "na", "-", "--", ".", "0", "unknown", "Unknown", "UNKNOWN", "undefined", "empty",
    "not set", "(not set)", "test", '""', "нет", "Нет", "не указано", "Не указано", "немає",
)  # fmt: skip
_SHARE = 0.95


@dataclass(frozen=True)
class HashForm:
    """What a column's hashes look like: hex or base64, of how many characters, which kind."""

    encoding: str
    length: int
    algorithm: str
    share: float = 1.0


def hash_form(value: str) -> HashForm | None:
    """The form of one value that can be a hash; a word or a number is none."""
    text = value.strip()
    size = len(text)
    if size in _HEX and _HEX_TEXT.fullmatch(text):
        if text.isdigit() or text.isalpha():
            return None
        return HashForm("hex", size, _HEX[size])
    if size in _BASE64 and _BASE64_TEXT.fullmatch(text):
        if len(set(text)) < size // 4:
            return None
        return HashForm("base64", size, _BASE64[size])
    return None


def is_hash(value: str) -> bool:
    """Whether one value can be a hash."""
    return hash_form(value) is not None


def pseudonymised(counts: Mapping[str, int] | Iterable[str]) -> HashForm | None:
    """The one form that at least 95 % of the non-blank values have (by rows), or None.

    A key column of hashes has such a form too: whether it is a key is for the caller to say.
    """
    weighted = counts if isinstance(counts, Mapping) else Counter(counts)
    total = 0
    forms: Counter[tuple[str, int, str]] = Counter()
    for value, count in weighted.items():
        if not value or value.isspace():
            continue
        total += count
        form = hash_form(value)
        if form is not None:
            forms[form.encoding, form.length, form.algorithm] += count
    if not forms:
        return None
    (encoding, length, algorithm), most = forms.most_common(1)[0]
    share = most / total
    return HashForm(encoding, length, algorithm, share) if share >= _SHARE else None


@cache
def _hashes_of_nothing() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for word in _NOTHING:
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, word.encode(), usedforsecurity=False).digest()
            known.setdefault(digest.hex(), word)
            known.setdefault(base64.b64encode(digest).decode(), word)
    return known


def null_hash(value: str) -> str | None:
    """The empty or placeholder word that the value is the hash of ("" for nothing at all).

    MD5, SHA-1 and SHA-256, in hex of either case or base64.
    """
    text = value.strip()
    if len(text) not in _HEX and len(text) not in _BASE64:
        return None
    known = _hashes_of_nothing()
    return known.get(text, known.get(text.lower()))


def null_hashes() -> tuple[str, ...]:
    """All hashes that `null_hash` knows, in small letters (base64 too), for predicates in SQL."""
    return tuple(sorted({digest.lower() for digest in _hashes_of_nothing()}))
