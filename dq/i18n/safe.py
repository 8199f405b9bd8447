"""Text from data made fit to be shown: nothing hidden acts, nothing personal leaks.

Values, keys, headers and file names come from outside. Before they stand in a message,
characters that a terminal or a browser would obey (ESC, bidi overrides, line breaks,
zero-width ones) become visible, and right-to-left text is isolated from its neighbours.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["Said", "isolate", "shorten", "visible"]

FSI, PDI = "\u2068", "\u2069"

_PICTURES = {"\n": "⏎", "\t": "⇥", "\r": "␍", "\x7f": "␡"}
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SPACES = re.compile("  +")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff]")


class Said(str):
    """Text that is already fit to be shown; places of a message take it as it is."""

    __slots__ = ()


class _Pictures(dict[int, str]):
    """What stands for each character; fills itself as characters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if unicodedata.category(char) not in _HIDDEN_CATEGORIES:
            picture = char
        elif char in _PICTURES:
            picture = _PICTURES[char]
        elif code < 32:
            picture = chr(0x2400 + code)
        else:
            picture = f"⟨U+{code:04X}⟩"
        if len(self) < 10_000:
            self[code] = picture
        return picture


_TABLE = _Pictures()


def visible(text: str) -> Said:
    """The text with every hidden or acting character shown by name (`⟨U+202E⟩`, `␛`, `⏎`).

    Of spaces one after another, which pages and terminals show as one, each is shown too.
    """
    return Said(_SPACES.sub(lambda run: "␣" * len(run[0]), text.translate(_TABLE)))


def isolate(text: str) -> Said:
    """`visible`, and right-to-left text kept from reordering what stands around it."""
    if isinstance(text, Said):
        return text
    shown = visible(text)
    if _RIGHT_TO_LEFT.search(shown):
        return Said(f"{FSI}{shown}{PDI}")
    return shown


def shorten(text: str, length: int = 60) -> str:
    """The first characters of a text that is too long, with an ellipsis.

    Cut before it is made visible, so that a value of a megabyte costs nothing.
    """
    if len(text) <= length:
        return text
    cut = text[: length - 1].rstrip()
    while cut and unicodedata.combining(text[len(cut)]):
        cut = cut[:-1]
    return type(text)(cut + "…")
