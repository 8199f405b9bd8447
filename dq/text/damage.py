"""What spreadsheets do to values: dates for codes, lost zeros and digits, error words (A109)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dq.text.dictionaries.files import lines
from dq.text.folding import fold_tight
from dq.text.verdict import Verdict

__all__ = [
    "DamageJudge",
    "LostZeros",
    "error_value",
    "is_code_header",
    "lost_zeros",
    "month_share",
    "month_word",
    "month_words",
    "rounded_share",
]

_TEXTS = frozenset({"text", "category", "id", "name", "company", "phone", "tax_id", "code"})
_CODES = frozenset({"id", "phone", "tax_id", "code", "postcode", "account", "kpp", "bic"})
_NUMERIC = frozenset({"number", "integer", "decimal", "double", "money", "duration"})
_DATES = frozenset({"date", "timestamp", "birth_date"})

_FEW, _SEVERAL = 5, 20

_MONTH_FIRST = re.compile(r"([^\W\d_]{3,12})(?:[-–/]|[.]\s?)(\d{1,4})[.]?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:[-–/]|[.]\s?)([^\W\d_]{3,12})[.]?")
_EXPONENT = re.compile(r"[+-]?(\d)(?:[.,](\d+))?[eEеЕ]\+?(\d{1,3})")
_FLOAT = re.compile(r"([+-]?\d+)[.,]0")
_LONG = re.compile(r"\d{16,}")
_ERROR = re.compile(
    r"#(?:N/A|NA|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|GETTING_DATA|BLOCKED!"
    r"|Н/Д|ССЫЛКА!|ЗНАЧ!|ДЕЛ/0!|ИМЯ\?|ЧИСЛО!|ПУСТО!|ПЕРЕНОС!"
    r"|ПОСИЛАННЯ!|ДІЛ/0!|ІМ'Я\?|ІМ’Я\?"
    r"|NV|BEZUG!|WERT!|ZAHL!|¡REF!|¡VALOR!|¡NUM!|¡DIV/0!|¿NOMBRE\?|N/D|REF|VALOR!|NOME\?"
    r"|VALEUR!|NOM\?|NOMBRE!)|#{4,}|Err:5\d\d",
    re.I,
)
_CODE_HEADER = re.compile(
    r"zip|post(?:al|code| code)|\bplz\b|\bcep\b|(?:почтовый |поштовий )?индекс|індекс|инн\b|\binn\b"
    r"|огрн|бик\b|кпп|едрпоу|єдрпоу|рнокпп|\bбин\b|\biin\b|иин\b|унп|код\b|\bcode\b|артикул|\bsku\b"
    r"|barcode|штрих|табельн|\bean\b|\bgtin\b",
    re.I,
)


@dataclass(frozen=True)
class DamageJudge:
    """Says what a spreadsheet did to a value; `kind` is what the column holds.

    Causes: error_value; month_name (a range or code read as a date, in columns that are no
    dates); exponent (digits gone, in columns that are no numbers); float_tail (`123.0` for a
    code or id); rounded (a code of 18 digits or more that ends in zeros after the 15th).
    """

    kind: str = "text"

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value; None when it is fine or blank."""
        text = value.strip()
        if not text or len(text) > 60:
            return None
        if text[0] == "#" or text[0] == "E":
            return Verdict("error_value", detail=text) if error_value(text) else None
        if not any(c.isdigit() for c in text) or self.kind in _DATES:
            return None
        if self.kind not in _NUMERIC:
            if verdict := _exponent(text):
                return verdict
            if self.kind in _CODES and (verdict := _code(text)):
                return verdict
        if len(text) <= 18 and (verdict := _month(text)):
            return verdict
        return None


def error_value(text: str) -> bool:
    """A spreadsheet's error (`#N/A`, `#ССЫЛКА!`, `#DIV/0!`) or a column too narrow (`####`)."""
    return _ERROR.fullmatch(text.strip()) is not None


@cache
def _months() -> Mapping[str, int]:
    found: dict[str, int] = {}
    for line in lines("months.tsv"):
        number, names = line.split("\t")
        for name in names.split("|"):
            found[name] = int(number)
    return found


def month_word(word: str) -> int | None:
    """The number of a month by its name or abbreviation in any of about thirty languages."""
    return _months().get(fold_tight(word).strip(". "))


def month_words() -> list[str]:
    """Names and abbreviations of months, folded."""
    return sorted(_months())


def _month_parts(text: str) -> tuple[int, int, bool] | None:
    """(month, other number, day first) of `20.máj`, `5-Jan`, `янв.05`, `Jan-05`."""
    for pattern, word, number in ((_DAY_FIRST, 2, 1), (_MONTH_FIRST, 1, 2)):
        found = pattern.fullmatch(text)
        if found:
            month = month_word(found[word])
            if month is not None:
                return month, int(found[number]), word == 2
    return None


def _month(text: str) -> Verdict | None:
    parts = _month_parts(text)
    if parts is None:
        return None
    month, other, day_first = parts
    if day_first and not 1 <= other <= 31:
        return None
    if not day_first and other > 99:
        return None
    low, high = sorted((month, other))
    original = f"{low}-{high}" if day_first else f"{month}-{other}"
    return Verdict("month_name", detail=text, args={"original": original}, suggestion=original)


def _exponent(text: str) -> Verdict | None:
    found = _EXPONENT.fullmatch(text)
    if found is None:
        return None
    kept, power = 1 + len(found[2] or ""), int(found[3])
    if power < 5 or (found[2] is None and re.fullmatch(r"\d[eE]\d{1,3}", text)):
        return None
    if kept > power:
        digits = (found[1] + (found[2] or "")).ljust(power + 1, "0")
        return Verdict("exponent", args={"lost": "0"}, suggestion=digits)
    return Verdict("exponent", args={"lost": str(power + 1 - kept)})


def _code(text: str) -> Verdict | None:
    found = _FLOAT.fullmatch(text)
    if found:
        return Verdict("float_tail", suggestion=found[1])
    if _LONG.fullmatch(text) and len(text) >= 18 and not text[15:].strip("0"):
        return Verdict("rounded", args={"digits": str(len(text))})
    return None


def month_share(counts: Mapping[str, int]) -> float:
    """Share of rows written as day and month name: at 0.8 or more the column is dates."""
    filled = sum(n for v, n in counts.items() if v.strip())
    named = sum(n for v, n in counts.items() if _month_parts(v.strip()) is not None)
    return named / filled if filled else 0.0


def rounded_share(counts: Mapping[str, int]) -> float | None:
    """Share of the values of 16 digits or more that are zeros after the 15th digit.

    By chance a tenth of 16-digit values are; near 1 the column went through a spreadsheet.
    None when there are fewer than three such values.
    """
    long = [v for v in (v.strip() for v in counts) if _LONG.fullmatch(v)]
    if len(long) < 3:
        return None
    return sum(not v[15:].strip("0") for v in long) / len(long)


@dataclass(frozen=True)
class LostZeros:
    """Values one digit short of the column's length: `short` digits in `count` of `of` values."""

    length: int
    short: int
    count: int
    of: int


def is_code_header(header: str) -> bool:
    """Whether a header names codes of fixed length: postcodes, tax numbers, article numbers."""
    return _CODE_HEADER.search(fold_tight(header).replace("_", " ")) is not None


def lost_zeros(
    lengths: Mapping[int, int], zero_led: int = 0, *, fixed: bool = False
) -> LostZeros | None:
    """Judge a column of all-digit codes by how many values have each length.

    Found when nearly all values have the longest length (at least 4) or one less, and 1 to
    60 % are one less. Values that begin with a zero (`zero_led`) say that zeros are kept, and
    counters (1, 2, … 99, 100 …) say nothing: there each shorter length is a tenth or less.
    Meant for columns of codes (`is_code_header`): plain numbers have every length. `fixed`:
    by its nature the code has one length (postcodes); then five values are enough, and zeros
    that are kept in some rows do not speak for the others.
    """
    counts = {size: n for size, n in lengths.items() if n > 0 and size > 0}
    total = sum(counts.values())
    if total < (_FEW if fixed else _SEVERAL) or (zero_led and not fixed):
        return None
    longest = max(size for size, n in counts.items() if n >= 0.2 * total)
    above = sum(n for size, n in counts.items() if size > longest)
    full, short = counts[longest], counts.get(longest - 1, 0)
    below = sum(n for size, n in counts.items() if size < longest - 1)
    if longest < 4 or above > 0.01 * total or not short or short < 0.01 * total:
        return None
    if short > 0.6 * total or below > 0.1 * short:
        return None
    counter = below > 0 and below >= short / 25 and short <= 0.13 * full
    if counter and not fixed:
        return None
    return LostZeros(longest, longest - 1, short, total)
