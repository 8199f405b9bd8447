"""Text decoded with the wrong code page, and how to undo it.

A repair is offered only when the text goes back to bytes and forward again without loss
and the result looks like a language while the value itself does not.
"""

from __future__ import annotations

import re
from functools import cache

from dq.text.language import cyrillic_score

__all__ = ["SUSPECT", "is_mojibake", "repair_mojibake"]

_CONTINUED = "\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™"
_1251 = "[РС][\u00a0-\u00bfЂ-џҐґ‚„…†‡€‰‹‘’“”•–—™›№ \u0098]"
_1252 = f"[ÐÑÃÂÅÄâã][{_CONTINUED}]"
_866 = "[╨╤][\u2500-\u259fА-яЁё°∙·√№¤ ]"
_BOX = "[\u2550-\u256c\u2591-\u2593]"
_LATIN = "[À-ÿ][À-ÿ][À-ÿ]"
_KOI = "[а-яё][А-ЯЁ][А-ЯЁ]"
_DOS = (
    "[ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—™љ›њќћџ][\u00a0ЎўЈ¤Ґ¦§Ё©Є«¬\u00ad®Їа-п]"
    "|[¤¦§©«¬\u00ad®ЎўЈҐ][¤¦§©«¬\u00ad®ЎўЈҐ]"
)
SUSPECT = "|".join((_1251, _1252, _BOX, _LATIN, _KOI, _DOS))
"""Portable regex that every repairable value matches."""

_UTF8_AS_1251 = re.compile(_1251)
_UTF8_AS_1252 = re.compile(_1252)
_UTF8_AS_866 = re.compile(_866)
_BOXES = re.compile(_BOX)
_LATIN_RUN = re.compile(_LATIN)
_KOI_WORD = re.compile(_KOI)
_CP866 = re.compile(_DOS)
_SECOND_1251 = re.compile("[РС][^А-Яа-яA-Za-z0-9\\s.,]")
_HIGH = re.compile(r"[^\x00-\x7f]+")
_CYR_LETTER = re.compile("[А-Яа-яЁёІіЇїЄєҐґ]")


def repair_mojibake(value: str) -> str | None:
    """What the text was before it was read in the wrong encoding; None when it is fine."""
    if value.isascii():
        return None
    text = value
    for _ in range(3):
        step = _undo_once(text)
        if step is None:
            break
        text = step
    return text if text != value else None


def is_mojibake(value: str) -> bool:
    """Mostly pairs that UTF-8 makes in a wrong code page, even where bytes were lost since."""
    if value.isascii():
        return False
    high = sum(len(run) for run in _HIGH.findall(value))
    pairs = max(len(_SECOND_1251.findall(value)), len(_UTF8_AS_1252.findall(value)))
    return pairs >= 3 and pairs * 2 >= 0.6 * high


def _undo_once(value: str) -> str | None:
    if _UTF8_AS_1251.search(value) and (fixed := _utf8(value, "cp1251")):
        return fixed
    if _UTF8_AS_1252.search(value) and (fixed := _utf8_western(value)):
        return fixed
    if _UTF8_AS_866.search(value) and (fixed := _utf8(value, "cp866")):
        return fixed
    if _LATIN_RUN.search(value) and (fixed := _cyrillic(value, "cp1252", "cp1251")):
        return fixed
    if _BOXES.search(value) and (fixed := _cyrillic(value, "cp866", "cp1251")):
        return fixed
    if _CP866.search(value) and (fixed := _cyrillic(value, "cp1251", "cp866")):
        return fixed
    if _KOI_WORD.search(value) and (fixed := _cyrillic(value, "cp1251", "koi8-r")):
        return fixed
    return None


@cache
def _encoder(code_page: str) -> dict[str, int]:
    """Character to byte; the controls that ISO 8859-1 has in place of letters count too."""
    table: dict[str, int] = {}
    for byte in range(256):
        char = bytes([byte]).decode(code_page, "ignore") or chr(byte)
        table.setdefault(char, byte)
    for byte in range(0x80, 0xA0):
        table.setdefault(chr(byte), byte)
    return table


def _bytes(text: str, code_page: str) -> bytes | None:
    table = _encoder(code_page)
    try:
        return bytes([table[c] for c in text])
    except KeyError:
        return None


def _utf8(value: str, code_page: str) -> str | None:
    """Undo UTF-8 read as a Cyrillic code page, over the whole value."""
    nbsp = re.sub("(?<=[РС╨╤]) ", "\u00a0", value)
    for text in (value, nbsp):
        raw = _bytes(text, code_page)
        if raw is None:
            continue
        try:
            fixed = raw.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if len(fixed) > 1 and fixed.isprintable() and len(fixed) < len(value):
            return fixed
    return None


def _utf8_western(value: str) -> str | None:
    """Undo UTF-8 read as cp1252, run by run (capitals may have been lowered since)."""
    broken = False

    def undo(found: re.Match[str]) -> str:
        nonlocal broken
        run = found[0]
        for text in (run, run[:1].upper() + run[1:]):
            raw = _bytes(text, "cp1252")
            if raw is not None:
                try:
                    fixed = raw.decode("utf-8")
                except UnicodeDecodeError:
                    continue
                if fixed.isprintable():
                    return fixed
        broken = True
        return run

    fixed = _HIGH.sub(undo, value)
    return None if broken or fixed == value else fixed


def _cyrillic(value: str, seen_as: str, really: str) -> str | None:
    """Undo one 8-bit code page read as another, where the result is far better Cyrillic."""
    raw = _bytes(value, seen_as)
    if raw is None:
        return None
    fixed = raw.decode(really, "replace")
    letters = _CYR_LETTER.findall(fixed)
    others = sum(c.isalpha() for c in fixed) - len(letters)
    if len(letters) < 4 or others or not fixed.isprintable():
        return None
    good = cyrillic_score(fixed)
    usual_case = not re.search("[а-яё][А-ЯЁ]", fixed)
    if good >= 0.6 and good >= cyrillic_score(value) + 0.3 and usual_case:
        return fixed
    return None
