"""What kind of thing a value is, and what a column of values holds (A101)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dq.text.companies import legal_form
from dq.text.damage import error_value
from dq.text.dictionaries.loader import dictionary, fold_term
from dq.text.email import normalise as read_email
from dq.text.email import split_addresses
from dq.text.empties import empty_word
from dq.text.hashes import is_hash
from dq.text.names import looks_like_name
from dq.text.phone import parse as read_phone
from dq.text.verdict import Verdict

__all__ = ["KINDS", "OtherKindJudge", "Profile", "kind_of", "profile"]

KINDS = (
    "empty", "email", "url", "hash", "id", "date", "flag", "number", "money", "phone",
    "country", "city", "company", "name", "note", "text",
)  # fmt: skip

_URL = re.compile(
    r"(?:https?://|ftp://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.(?:com|ru|ua|by|kz|net|org|info|biz|io|рф|укр"
    r"|com\.ua|de|eu|co|pro|store|shop|online|site)(?:/\S*)?",
    re.I,
)
_SURE_URL = re.compile(r"(?:https?://|ftp://|www\.)\S+|[\w.-]+\.[a-zа-я]{2,6}/\S+", re.I)
_UUID = re.compile(r"\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?", re.I)
_DATE = re.compile(
    r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d{2}))"
    r"(?:(?:T|,? )\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AP]M)?(?:Z| ?[+-]\d\d:?\d\d)?)?",
    re.I,
)
_NUMBER = re.compile(r"[-+−]?(?:\d{1,3}(?:[ \u00a0\u202f,.']\d{3})+|\d+)(?:[.,]\d+)?%?", re.ASCII)
_SIGN = r"[$€£¥₽₴₸]|(?:USD|EUR|GBP|RUB|RUR|UAH|KZT|BYN|руб\.?|р\.|грн\.?|тг\.?|тенге|коп\.?)"
_MONEY = re.compile(
    rf"(?:{_SIGN})[ \u00a0]?{_NUMBER.pattern[:-2]}|{_NUMBER.pattern[:-2]}[ \u00a0]?(?:{_SIGN})",
    re.I,
)
_PHONE = re.compile(
    r"\+\d[\d\s().\-–]{8,20}|[78]?[\s-]?\(\d{3,5}\)[\d\s.\-–]{5,12}"
    r"|8[\s-]\d{3}[\s-][\d\s-]{7,9}|0\d{2}[\s-]\d{3}[\s-]?\d{2}[\s-]?\d{2}"
)
_FLAGS = frozenset("yes no y n true false t f да нет так ні ja nein si sí não sim on off +".split())
_CODE = re.compile(r"(?=.*\d)[A-Za-zА-Яа-я0-9]+(?:[-_/.][A-Za-zА-Яа-я0-9]+)*")


def kind_of(value: str, country: str | None = None) -> str:
    """The kind of one value, one of KINDS: the most telling that fits, `text` otherwise.

    Digits alone are a number: only a column can tell whether they are phones or tax numbers
    (`profile`). `country` lets national phone forms be read.
    """
    text = value.strip()
    return _by_form(text, country) or _words(text)


def _by_form(text: str, country: str | None) -> str | None:
    """The kinds that are told by their characters; None where only the words can tell."""
    if not text or empty_word(text, "category"):
        return "empty"
    if len(text) > 200:
        return "note"
    if "@" in text and (read_email(text) is not None or split_addresses(text)):
        return "email"
    if _UUID.fullmatch(text):
        return "id"
    if is_hash(text):
        return "hash"
    if text[0].isdigit() or text[0] in "+-−($€£¥₽₴₸8" or text[-1].isdigit():
        found = _digits(text, country)
        if found is not None:
            return found
    if _URL.fullmatch(text):
        return "url"
    if text.lower() in _FLAGS:
        return "flag"
    return "money" if _MONEY.fullmatch(text) else None


def _digits(text: str, country: str | None) -> str | None:
    if _DATE.fullmatch(text):
        return "date"
    if _PHONE.fullmatch(text) and read_phone(text, country or "RU") is not None:
        return "phone"
    if _NUMBER.fullmatch(text):
        return "number"
    if _MONEY.fullmatch(text):
        return "money"
    return "id" if _CODE.fullmatch(text) and " " not in text and len(text) <= 40 else None


def _words(text: str) -> str:
    term = fold_term(text)
    if term in dictionary("countries").terms:
        return "country"
    if term in dictionary("cities").terms or term in dictionary("regions").terms:
        return "city"
    size = text.count(" ") + 1
    if size <= 8 and legal_form(text) is not None and size > 1:
        return "company"
    if looks_like_name(text):
        return "name"
    return "note" if size > 8 else "text"


@dataclass(frozen=True)
class Profile:
    """What a column holds: the kind of most of its filled rows, their share, and the rest."""

    kind: str
    share: float
    filled: int
    kinds: Mapping[str, int]


def profile(
    values: Mapping[str, int] | Iterable[str],
    country: str | None = None,
    limit: int = 500,
    kinder: Callable[[str, str | None], str] = kind_of,
) -> Profile:
    """Profile a column by its most frequent distinct values (at most `limit` of them).

    Numbers that are all possible phones of the country (10 to 15 digits, not in sequence)
    are phones; everything else keeps the kind of its single values.
    """
    counts = values if isinstance(values, Mapping) else Counter(values)
    kinds: Counter[str] = Counter()
    phones = 0
    top = sorted(counts.items(), key=lambda item: -item[1])[:limit]
    for value, count in top:
        kind = kinder(value, country)
        kinds[kind] += count
        digits = value.strip().lstrip("+")
        if kind == "number" and country and 10 <= len(digits) <= 13 and digits.isdigit():
            phone = read_phone(value, country)
            phones += count if phone is not None and phone.valid else 0
    empty = kinds.pop("empty", 0)
    filled = sum(kinds.values())
    if not filled:
        return Profile("empty", 1.0 if empty else 0.0, 0, dict(kinds))
    if phones >= 0.9 * kinds["number"] and phones > 0:
        kinds["phone"] += kinds.pop("number")
    kind, most = kinds.most_common(1)[0]
    return Profile(kind, most / filled, filled, dict(kinds))


_SURE = frozenset({"email", "url", "phone"})
_FOREIGN: Mapping[str, frozenset[str]] = {
    "city": _SURE | {"date", "money", "number", "hash"},
    "region": _SURE | {"date", "money", "hash"},
    "country": _SURE | {"date", "money", "number", "hash"},
    "name": _SURE | {"date", "money", "number"},
    "company": _SURE | {"money"},
    "address": frozenset({"email", "url", "money"}),
    "category": _SURE,
    "stage": _SURE | {"date", "money"},
    "source": frozenset({"email", "phone"}),
    "title": _SURE | {"date", "money", "number"},
    "industry": _SURE | {"date", "money", "number"},
    "url": frozenset({"email", "phone", "date", "money"}),
    "tax_id": frozenset({"email", "url", "date", "money"}),
}
_ALIASES = {"first_name": "name", "last_name": "name", "middle_name": "name", "full_name": "name"}


@dataclass(frozen=True)
class OtherKindJudge:
    """Says that a value is of another kind than its column (`expected`): an e-mail in the city.

    Causes: is_email, is_url, is_phone, is_date, is_money, is_number, is_hash. Only kinds that
    no such column can hold count: a company may be called "1945" or "Booking.com", a category
    may be a number.
    """

    expected: str

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value; None when it is fine or blank."""
        text = value.strip()
        foreign = _FOREIGN.get(_ALIASES.get(self.expected, self.expected))
        if foreign is None or not text or len(text) > 200 or error_value(text):
            return None
        if "@" not in text and "." not in text and not any(c.isdigit() for c in text):
            return None
        kind = _by_form(text, None)
        if kind not in foreign or (kind == "url" and not _SURE_URL.fullmatch(text)):
            return None
        return Verdict(f"is_{kind}")
