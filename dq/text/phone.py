"""Phone numbers: one form (E.164), and what is wrong with the rest (A103)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from dq.text.empties import empty_word
from dq.text.verdict import Verdict

if TYPE_CHECKING:
    import phonenumbers

__all__ = [
    "Phone",
    "PhoneJudge",
    "fixed_line",
    "normalise",
    "parse",
    "phone_key",
    "split_phones",
    "without_extension",
]

_TEXT_MARK = re.compile(r"^['’‘ʼ`]\s*(?=[+＋(\d])")
"""An apostrophe keeps a spreadsheet from taking the number for a number; amoCRM writes it."""
_PLAIN = re.compile(r"[+＋]?[\d\s().\-‐‑‒–—−/\u00a0]+")
_EXPONENT = re.compile(r"\+?\d(?:[.,]\d+)?[eEеЕ]\+?\d{1,2}")
_FLOAT = re.compile(r"\+?\d{7,15}[.,]0{1,2}")
_EXTENSION = re.compile(
    r"[\s,;.(]*(?:доб(?:ав(?:очный)?)?|дод(?:ат(?:ковий)?)?|вн(?:утр)?|ext(?:ension)?|ex|x|х|tel|#)"
    r"[\s.:№#]*(?P<number>\d{1,6})\)?\s*$",
    re.I,
)
_BARE_EXTENSION = re.compile(
    r"^(?P<phone>.*\d[\d\s()-]{8,}\d)\s*(?:\((?P<number>\d{2,5})\)|,\s*(?P<n2>\d{2,4}))$"
)
_LABEL = re.compile(
    r"^(?:тел(?:ефон)?|моб(?:ильный|ільний)?|раб(?:очий)?|роб(?:очий)?|факс|сот(?:овый)?|дом|whatsapp"
    r"|viber|telegram|tel|phone|mobile|mob|cell|work|home|fax|office|tg|wa)[\s.:№]*(?=[+\d(])",
    re.I,
)
_SEPARATOR = re.compile(r"\s*(?:[;,|\n]|\s/\s|\s(?:и|или|та|або|and|or)\s)\s*|(?<=\d)/(?=[+\d(])")
_INNER = re.compile(r"(?<=\d)\s+(?=\+\d)")
_VANITY = re.compile(r"^\+?1?[\s.(-]*8(?:00|33|44|55|66|77|88)[\s.)-]*[A-Z0-9-]{7,10}$")
_RUN = re.compile(r"(\d)\1{6,}$")
_SURE = re.compile(
    r"\+(?:79\d{9}|380(?:39|50|6[3678]|73|77|9[1-9])\d{7}|375(?:25|29|33|44)\d{7}|77[0-7]\d{8})"
)
_DRESSING = re.compile(r"[\s().\-‐‑‒–—−\u00a0]+")
_SEQUENCES = frozenset(
    row[i : i + size]
    for row in ("0123456789012345", "9876543210987654")
    for size in range(7, 12)
    for i in range(len(row) - size + 1)
)
_EIGHT_APART = re.compile(r"\s*[+＋]\s*8[\s(\-]")
_MIN, _MAX = 7, 15


@dataclass(frozen=True)
class Phone:
    """A number in E.164 (`+79161234567`), its extension apart; `valid`: the range is in use."""

    e164: str
    extension: str | None = None
    valid: bool = True


@dataclass(frozen=True)
class PhoneJudge:
    """Says what is wrong with a phone; None when nothing is, or the cell is empty.

    `country` is the ISO code whose national numbers the column may hold; without one a
    number with no "+" is only judged by what is wrong in any country.
    Causes: digits_lost, float_tail, foreign_digits, several, with_text (info), no_phone,
    repeated, sequence, too_short, too_long, prefix (+8…), invalid.
    """

    country: str | None = None

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value; None when it is fine or blank."""
        return _judge(_stripped(value), self.country)


def normalise(value: str, country: str | None = None) -> str | None:
    """The number as E.164, without its extension; None when it is not one possible number."""
    phone = parse(value, country)
    return phone.e164 if phone else None


def parse(value: str, country: str | None = None) -> Phone | None:
    """The number and its extension, or None when the cell holds no single possible number."""
    text, extension = _apart(_LABEL.sub("", _stripped(value)))
    if not _PLAIN.fullmatch(text):
        if not _VANITY.match(text):
            return None
    elif not _MIN <= sum(c.isdigit() for c in text) <= _MAX + 3:
        return None
    found = _read(text, country)
    if found is None:
        return None
    e164, valid = found
    return Phone(e164, extension, valid)


def phone_key(value: str, country: str | None = None) -> str | None:
    """A key for comparison: E.164, else the digits of what can be a phone, else None."""
    e164 = normalise(value, country)
    if e164 is not None:
        return e164
    text, _ = _apart(_LABEL.sub("", _stripped(value)))
    digits = re.sub(r"\D", "", text)
    return digits if _PLAIN.fullmatch(text) and _MIN <= len(digits) <= _MAX else None


def fixed_line(country: str) -> str:
    """A portable regex of a country's fixed-line numbers, without its code."""
    import phonenumbers

    about = phonenumbers.PhoneMetadata.metadata_for_region(country, None)
    line = about.fixed_line if about is not None else None
    pattern = line.national_number_pattern if line is not None else None
    if pattern is None:
        raise ValueError(f"no numbering plan of {country}")
    return pattern.replace("\\d", "[0-9]")


def split_phones(value: str, country: str | None = None) -> tuple[str, ...]:
    """The numbers of a cell that holds several and nothing else, E.164 where known; else ()."""
    parts = [p for p in _SEPARATOR.split(_INNER.sub(";", _stripped(value))) if p and p.strip()]
    if len(parts) < 2:
        return ()
    keys: list[str] = []
    for part in parts:
        key = phone_key(part, country)
        if key is None:
            return ()
        keys.append(key)
    return tuple(dict.fromkeys(keys))


def _stripped(value: str) -> str:
    return _TEXT_MARK.sub("", value.strip())


def without_extension(value: str) -> str:
    """What a cell writes of a number before its extension, without a label in front."""
    return _apart(_LABEL.sub("", _stripped(value)))[0]


def _apart(text: str) -> tuple[str, str | None]:
    found = _EXTENSION.search(text)
    if found and sum(c.isdigit() for c in text[: found.start()]) >= 5:
        return text[: found.start()].strip(" ,;"), found["number"]
    bare = _BARE_EXTENSION.match(text)
    if bare:
        return bare["phone"].strip(), bare["number"] or bare["n2"]
    return text, None


@lru_cache(maxsize=65536)
def _read(text: str, country: str | None) -> tuple[str, bool] | None:
    """E.164 and whether its range is in use, by the numbering plans of libphonenumber."""
    import phonenumbers

    candidate = re.sub(r"[^\d+A-Z]", "", text.replace("＋", "+"))
    if candidate.startswith("00"):
        candidate = "+" + candidate[2:]
    if candidate.startswith("+"):
        candidate = _repair_prefix(candidate, text) or candidate
    elif country is None:
        return None
    sure = _sure(candidate, country)
    if sure is not None:
        return sure, True
    options = [candidate]
    if country in _OPENERS and not candidate.startswith("+"):
        options = _openings(candidate, country) + options
    for option in options:
        try:
            number = phonenumbers.parse(option, country)
        except phonenumbers.NumberParseException:
            continue
        if _possible(number):
            e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            if number.italian_leading_zero and phonenumbers.parse(e164, None) != number:
                continue
            if _repair_prefix(e164, e164) is not None:
                continue
            return e164, phonenumbers.is_valid_number(number)
    return None


def _valid(number: str) -> bool:
    """Whether a number that begins with +84 or +88 is in use as it stands."""
    import phonenumbers

    if number[2] not in "48":
        return False
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(number, None)))
    except phonenumbers.NumberParseException:
        return False


def _possible(number: phonenumbers.PhoneNumber) -> bool:
    """Of a possible length with its area code; what can only be dialled locally is not."""
    import phonenumbers

    reason = phonenumbers.is_possible_number_with_reason(number)
    return bool(reason == phonenumbers.ValidationResult.IS_POSSIBLE)


_OPENERS = {
    "RU": ("7", 11, "8"),
    "KZ": ("7", 11, "8"),
    "UA": ("380", 12, "80"),
    "BY": ("375", 12, "80"),
}


def _sure(candidate: str, country: str | None) -> str | None:
    """Mobile numbers of RU, UA, BY and KZ need no library: the bulk of a column."""
    if not candidate.startswith("+"):
        if country not in _OPENERS:
            return None
        code, size, _ = _OPENERS[country]
        national = size - len(code)
        options = _openings(candidate, country)
        if options:
            candidate = options[0]
        elif len(candidate) == national or (len(candidate) == national + 1 and candidate[0] == "0"):
            candidate = f"+{code}{candidate[-national:]}"
    return candidate if _SURE.fullmatch(candidate) else None


def _openings(digits: str, country: str) -> list[str]:
    """Readings that people write: a country code without "+", the trunk prefix 8 or 80."""
    code, size, trunk = _OPENERS[country]
    if digits.startswith(code) and len(digits) == size:
        return ["+" + digits]
    national = size - len(code)
    if digits.startswith(trunk) and len(digits) == len(trunk) + national:
        return [f"+{code}{digits[len(trunk) :]}"]
    return []


def _repair_prefix(number: str, text: str) -> str | None:
    """+8 916… and +7 8 916… are how +7 916… is mistyped; no other prefix is guessed.

    +84 and +880 are Vietnam and Bangladesh, unless the 8 stands apart: "+8 (495) …".
    """
    digits = number[1:]
    if len(digits) == 11 and digits[0] == "8" and digits[1] in "3489":
        return "+7" + digits[1:] if _EIGHT_APART.match(text) or not _valid(number) else None
    if len(digits) == 12 and digits.startswith("78") and digits[2] in "3489":
        return "+7" + digits[2:]
    return None


@lru_cache(maxsize=65536)
def _judge(text: str, country: str | None) -> Verdict | None:
    if not text:
        return None
    compact = _DRESSING.sub("", text)
    if compact.isascii() and (sure := _sure(compact, country)) and not _RUN.search(sure):
        return None
    if empty_word(text, "phone"):
        return None
    if _EXPONENT.fullmatch(text):
        return Verdict("digits_lost")
    if _FLOAT.fullmatch(text):
        whole = re.split("[.,]", text)[0]
        fixed = normalise(whole, country) or whole
        return Verdict("float_tail", suggestion=fixed)
    body, _ = _apart(_LABEL.sub("", text))
    digits = re.sub(r"\D", "", body)
    if not digits.isascii():
        return Verdict("foreign_digits", suggestion="".join(str(int(c)) for c in digits))
    numbers = split_phones(text, country)
    if len(numbers) > 1:
        args = {"count": str(len(numbers))}
        return Verdict("several", args=args, suggestion="\n".join(numbers))
    if not _PLAIN.fullmatch(body) and not _VANITY.match(body):
        return _judge_text(body, digits, country)
    return _judge_digits(body, digits, country)


def _judge_text(body: str, digits: str, country: str | None) -> Verdict:
    core = re.sub(r"^[^+\d(]*|[^\d]*$", "", body)
    fixed = normalise(core, country) if _PLAIN.fullmatch(core) else None
    if fixed is None and _MIN <= len(digits) <= _MAX and _PLAIN.fullmatch(core):
        fixed = digits
    if fixed is None:
        return Verdict("no_phone")
    return Verdict("with_text", suggestion=fixed, severity="info")


def _judge_digits(body: str, digits: str, country: str | None) -> Verdict | None:
    args = {"digits": str(len(digits)), "off": "?"}
    if not _VANITY.match(body):
        if len(digits) < _MIN:
            return Verdict("too_short", args=args)
        if len(digits) > _MAX:
            return Verdict("too_long", args=args)
    if _RUN.search(digits) or len(set(digits[-9:])) == 1:
        return Verdict("repeated", args={"digit": digits[-1]})
    if digits[-10:] in _SEQUENCES or digits in _SEQUENCES:
        return Verdict("sequence")
    compact = re.sub(r"[^\d+]", "", body.replace("＋", "+"))
    repaired = _repair_prefix(compact, body) if compact.startswith("+") else None
    if repaired:
        return Verdict("prefix", suggestion=repaired)
    found = _read(body, country)
    if found is None:
        return _impossible(compact, country, args)
    return None if found[1] else Verdict("invalid")


def _impossible(compact: str, country: str | None, args: dict[str, str]) -> Verdict | None:
    import phonenumbers

    if not compact.startswith(("+", "00")) and country is None:
        return None
    try:
        number = phonenumbers.parse(compact, country)
    except phonenumbers.NumberParseException:
        return Verdict("invalid")
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if _possible(number) or example is None:
        return Verdict("invalid")
    missing = len(str(example.national_number)) - len(str(number.national_number))
    if missing == 0:
        return Verdict("invalid")
    cause = "too_short" if missing > 0 else "too_long"
    return Verdict(cause, args={**args, "off": str(abs(missing))})
