"""Text in the cells of a spreadsheet: what is text stays text, and nothing acts."""

from __future__ import annotations

import re

__all__ = ["disarmed"]

_FORMULA = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d+)?")


def disarmed(text: str) -> str:
    """A text that no spreadsheet takes for a formula; plain numbers stay as they are."""
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text
