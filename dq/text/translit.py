"""One key for a name in Cyrillic and in any of its usual Latin spellings.

Meet here: BGN/PCGN, GOST 7.79-2000 B, ICAO Doc 9303 (the Russian passport), the Ukrainian
rules of the Cabinet of Ministers (resolution 55 of 2010), and everyday spellings such as
"Alexey" or "Julia". The key loses detail on purpose (г, g, h and kh are one letter, for
"Olga" and "Olha"): equal keys say that two spellings can be one name, not that they are.
"""

from __future__ import annotations

import re
import unicodedata

from dq.text.folding import strip_accents

__all__ = ["to_latin", "translit_key"]

_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "yo",
    "є": "ye", "ж": "zh", "з": "z", "и": "i", "і": "i", "ї": "yi", "й": "y", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ў": "w", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h",
}  # fmt: skip

_STEPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"['’ʼ`\"ʹʺ]", ""),
        (r"s(?:hch|chch|zcz|hh|ch)", "S"),
        (r"sh", "S"),
        (r"tch|ch", "C"),
        (r"zh", "Z"),
        (r"kh|gh|h|g", "h"),
        (r"ts|tz|tc|cz|c(?=[eiy])", "T"),
        (r"ph", "f"),
        (r"ck|c|q", "k"),
        (r"x", "ks"),
        (r"w", "v"),
        (r"[yj]", "i"),
        (r"i{2,}", "i"),
        (r"i[eo]", "e"),
    )
)


def to_latin(value: str) -> str:
    """Cyrillic letters in Latin, everything else as it is; the case is lowered."""
    return "".join(_LATIN.get(c, c) for c in unicodedata.normalize("NFC", value).lower())


def translit_key(value: str) -> str:
    """The meeting key of one word or of several, spaces kept."""
    text = strip_accents(to_latin(value))
    for pattern, to in _STEPS:
        text = pattern.sub(to, text)
    return text
