"""Widths, wrapping and colours of a terminal."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from typing import IO

__all__ = ["Paint", "pad", "text_width", "wants_color", "wrap"]

_CODES = {
    "bold": "1",
    "dim": "2",
    "critical": "1;31",
    "error": "31",
    "warning": "33",
    "info": "34",
    "good": "32",
}
_SPACE = re.compile(r"[ ]+")


def text_width(text: str) -> int:
    """Columns that a text takes: wide East Asian characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Cf", "Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def pad(text: str, width: int) -> str:
    """The text, filled with spaces to the width."""
    return text + " " * max(width - text_width(text), 0)


def wrap(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """Lines no wider than `width`, broken at spaces only (numbers and keys stay whole).

    Args:
        text: The text; its own line breaks are spaces here.
        width: Columns of a whole line, indent included.
        first: What the first line begins with.
        rest: What the further lines begin with.
    """
    lines, line, used, indent = [], "", 0, first
    for word in _SPACE.split(text.strip()):
        size = text_width(word)
        if line and text_width(indent) + used + 1 + size > width:
            lines.append(indent + line)
            line, used, indent = word, size, rest
        else:
            line = f"{line} {word}" if line else word
            used = used + 1 + size if used else size
    lines.append(indent + line)
    return lines


def wants_color(stream: IO[str], environ: Mapping[str, str] | None = None) -> bool:
    """Whether to colour: only on a terminal that can, and never against NO_COLOR."""
    env = os.environ if environ is None else environ
    if env.get("NO_COLOR") or env.get("TERM") == "dumb":
        return False
    return stream.isatty()


class Paint:
    """Puts colour around a text, or leaves it alone."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, style: str) -> str:
        """The text in a style."""
        if not self.on or not text:
            return text
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m"
