"""Headers as people and APIs write them, brought to one form for comparing.

`StageName`, `stage_name`, `Stage Name` and `STAGE NAME` are one header; so are
`Дата создания`, its copy with a no-break space and its copy with Latin look-alikes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["header_key", "near", "skeleton", "table_key", "words"]

_LATIN_ALIKE, _CYRILLIC_ALIKE = "ABCEHIKMOPTXYaceiopxy", "АВСЕНІКМОРТХУасеіорху"
_TO_CYRILLIC = str.maketrans(_LATIN_ALIKE, _CYRILLIC_ALIKE)
_TO_LATIN = str.maketrans(_CYRILLIC_ALIKE, _LATIN_ALIKE)
_CYRILLIC = re.compile("[а-яёіїєґА-ЯЁІЇЄҐ]")
_LATIN = re.compile("[A-Za-z]")
_CAMEL = re.compile("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DIGITS = re.compile("(?<=[a-zа-я])(?=[0-9])|(?<=[0-9])(?=[a-zа-я])")
_APOSTROPHES = re.compile("['’`ʼ′]")
_NOT_WORD = re.compile(r"[^0-9a-zа-яёіїєґ№%]+")
_SAME = {"e mail": "email", "mail": "email", "identifier": "id", "n": "№", "no": "№"}
_UNITS = frozenset(
    "руб рублей rub usd eur uah грн kzt тг byn сек секунд sec seconds мин min шт pcs".split()
)

_TRANSLIT = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ",
        "a b v g d e e zh z i i k l m n o p r s t u f h c ch sh sh _ i _ e u a i i e g".split(),
        strict=True,
    )
)
_LOOSE = (
    ("shch", "sh"), ("sch", "sh"), ("kh", "h"), ("ts", "c"), ("tz", "c"),
    ("ya", "a"), ("ja", "a"), ("ia", "a"), ("yu", "u"), ("ju", "u"), ("iu", "u"),
    ("yo", "e"), ("jo", "e"), ("io", "e"), ("ye", "e"), ("je", "e"), ("ie", "e"),
    ("y", "i"), ("j", "i"), ("w", "v"), ("x", "h"), ("'", ""), ("_", ""),
)  # fmt: skip


@lru_cache(maxsize=8192)
def header_key(text: str) -> str:
    """A header in the form in which headers are compared: lower-case words, one space."""
    plain = unicodedata.normalize("NFKC", text).replace("\u00ad", "").strip()
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    plain = " ".join(_one_script(word) for word in plain.split())
    plain = _CAMEL.sub(" ", plain).lower().replace("ё", "е")
    plain = _APOSTROPHES.sub("", plain)
    plain = _DIGITS.sub(" ", _NOT_WORD.sub(" ", plain)).strip()
    return _SAME.get(plain, re.sub(r"\be mail\b", "email", plain))


def _one_script(word: str) -> str:
    """Look-alikes of the other script inside a word as the letters they stand for."""
    latin, cyrillic = len(_LATIN.findall(word)), len(_CYRILLIC.findall(word))
    if not (latin and cyrillic):
        return word
    ways = [(_TO_LATIN, _CYRILLIC), (_TO_CYRILLIC, _LATIN)]
    for table, rest in ways if latin > cyrillic else reversed(ways):
        other = word.translate(table)
        if not rest.search(other):
            return other
    return word


def words(key: str) -> tuple[str, ...]:
    """The words of a header key without units of measure at its end."""
    parts = key.split()
    while len(parts) > 1 and parts[-1] in _UNITS:
        parts.pop()
    return tuple(parts)


@lru_cache(maxsize=8192)
def skeleton(key: str) -> str:
    """A header key as it sounds in Latin letters, for transliterated headers.

    `дата создания`, `data sozdaniya`, `data sozdania` and `data_sozdanija` have one.
    """
    text = "".join(_TRANSLIT.get(c, c) for c in key)
    for long, short in _LOOSE:
        text = text.replace(long, short)
    return re.sub(r"(.)\1+", r"\1", text)


def near(key: str, known: Iterable[str]) -> str | None:
    """The known header that a misspelt one is nearest to: one slip in six letters or more."""
    from rapidfuzz.distance import OSA

    allowed = len(key) // 6
    if not allowed:
        return None
    ranked = sorted(
        (OSA.distance(key, other, score_cutoff=allowed), other)
        for other in known
        if abs(len(other) - len(key)) <= allowed and not _plural(key, other)
    )
    if not ranked or ranked[0][0] > allowed:
        return None
    return ranked[0][1]


def _plural(one: str, other: str) -> bool:
    return one == other or one + "s" == other or other + "s" == one


_NOISE = frozenset(
    "data dataset export exported list all full report table tbl sheet лист list1 sheet1 csv xlsx "
    "выгрузка экспорт список база отчет все sf salesforce hubspot hs pipedrive zoho amo amocrm "
    "kommo bitrix bitrix24 b24 dynamics crm copy копия final new the of from".split()
)


@lru_cache(maxsize=1024)
def table_key(name: str) -> str:
    """A file or sheet name without dates, numbers, system names and filler words."""
    stem = re.sub(r"\.(csv|tsv|txt|xlsx?|xlsb|ods|parquet|jsonl?|html?)$", "", name, flags=re.I)
    parts = [w for w in header_key(stem).split() if not re.search("[0-9]", w)]
    kept = [w for w in parts if w not in _NOISE]
    return " ".join(kept or parts)
