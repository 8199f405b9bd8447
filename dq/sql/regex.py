r"""Regular expressions that RE2 (DuckDB), Java (Spark) and Python read alike.

A pattern is read once, token by token, and written anew for each engine:

- `$` is the very end of the text, never "before a last newline"; `.` is anything but `\n`;
- `\d`, `\w`, `\s`, `\b` are ASCII everywhere (Unicode letters are written as classes);
- `(?i)` folds Unicode, `(?s)` lets `.` match newlines; both only at the very start;
- look-around, backreferences, named or atomic groups, possessive quantifiers and `\p{…}`
  are refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from dq.errors import PortabilityError

__all__ = ["Pattern", "portable_pattern", "regex_text", "replacement"]

_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": " \\t\\n\\r\\f\\x0b"}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\x0b", "a": "\x07", "0": "\0"}
_SPECIAL = frozenset("\\.^$*+?{}[]()|-&~#")
_WORD = "[0-9A-Za-z_]"
_BOUNDARY = f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))"
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_FLAGS = re.compile(r"\(\?([is]{1,2})\)")
_MAX_REPEAT = 1000  # RE2's own limit


@dataclass(frozen=True)
class Pattern:
    """One pattern in the three spellings, with the number of its groups."""

    source: str
    re2: str
    java: str
    java_full: str
    python: re.Pattern[str]

    @property
    def groups(self) -> int:
        """Number of capturing groups."""
        return self.python.groups

    @property
    def matches_empty(self) -> bool:
        """Whether the empty text matches (such a pattern cannot replace portably)."""
        return self.python.search("") is not None


@lru_cache(maxsize=4096)
def portable_pattern(source: str) -> Pattern:
    """Read a pattern and spell it for each engine.

    Raises:
        PortabilityError: the pattern uses what the engines read differently.
    """
    flags = ""
    rest = source
    if found := _FLAGS.match(source):
        flags, rest = found.group(1), source[found.end() :]
    reader = _Reader(source, rest)
    reader.read()
    python_flags = re.IGNORECASE if "i" in flags else re.NOFLAG
    if "s" in flags:
        python_flags |= re.DOTALL
    try:
        compiled = re.compile("".join(reader.python), python_flags)
    except re.error as error:
        raise PortabilityError(
            "The pattern {pattern} is no regular expression: {reason}.",
            fix="Correct it; a backslash before a mark takes the mark itself.",
            pattern=source,
            reason=str(error),
        ) from None
    inline = f"(?{flags})" if flags else ""
    java_flags = f"(?d{flags.replace('i', 'iu')})"
    java = "".join(reader.java)
    return Pattern(
        source=source,
        re2=inline + "".join(reader.re2),
        java=java_flags + java,
        java_full=f"{java_flags}\\A(?:{java})\\z",
        python=compiled,
    )


@lru_cache(maxsize=4096)
def replacement(source: str, groups: int) -> tuple[str, str]:
    r"""Spell a replacement text, groups as `\1`, for RE2 and Python (first) and Java (second).

    Raises:
        PortabilityError: a group the pattern does not have, or another escape.
    """
    common: list[str] = []
    java: list[str] = []
    chars = iter(source)
    for char in chars:
        if char != "\\":
            common.append(char)
            java.append("\\" + char if char == "$" else char)
            continue
        escaped = next(chars, "")
        if escaped == "\\":
            common.append("\\\\")
            java.append("\\\\")
        elif escaped.isascii() and escaped.isdigit() and int(escaped) <= groups:
            common.append("\\" + escaped)
            java.append("$" + escaped)
        else:
            raise PortabilityError(
                "The replacement {text} names no group of its pattern at \\{escaped}.",
                fix="Use the groups of the pattern, counted from 1.",
                text=source,
                escaped=escaped,
            )
    return "".join(common), "".join(java)


class _Reader:
    """Reads one pattern and collects its three spellings."""

    def __init__(self, source: str, rest: str) -> None:
        self.source = source
        self.text = rest
        self.at = 0
        self.re2: list[str] = []
        self.java: list[str] = []
        self.python: list[str] = []

    def read(self) -> None:
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "\\":
                self._escape()
            elif char == "[":
                self._class()
            elif char == "(":
                self._group()
            elif char in "*+?":
                self._quantifier(char, 1)
            elif char == "{":
                self._count()
            elif char == "$":
                self._put("\\z", "\\z", "\\Z")
                self.at += 1
            elif char in ")|.^":
                self._put(char)
                self.at += 1
            else:
                self._put(regex_text(char))
                self.at += 1

    def _refuse(self, what: str) -> PortabilityError:
        return PortabilityError(
            "The pattern {pattern} uses {what}, which not every engine reads the same way.",
            fix="Write it with classes, groups, repeats and alternatives only.",
            pattern=self.source,
            what=what,
        )

    def _put(self, re2: str, java: str | None = None, python: str | None = None) -> None:
        self.re2.append(re2)
        self.java.append(re2 if java is None else java)
        self.python.append(re2 if python is None else python)

    def _escape(self) -> None:
        escaped = self.text[self.at + 1 : self.at + 2]
        if escaped == "b":
            self._put("\\b", _BOUNDARY, _BOUNDARY)
            self.at += 2
        elif escaped.lower() in _CLASSES and escaped:
            negated = "^" if escaped.isupper() else ""
            self._put(f"[{negated}{_CLASSES[escaped.lower()]}]")
            self.at += 2
        else:
            self._put(regex_text(self._escaped_char()))

    def _escaped_char(self) -> str:
        """The one character that the escape at this place stands for."""
        escaped = self.text[self.at + 1 : self.at + 2]
        if escaped in ("x", "u"):
            digits = 2 if escaped == "x" else 4
            code = self.text[self.at + 2 : self.at + 2 + digits]
            if len(code) != digits or not all(c in "0123456789abcdefABCDEF" for c in code):
                raise self._refuse(f"\\{escaped}{code}")
            self.at += 2 + digits
            return chr(int(code, 16))
        if escaped in _CONTROLS and escaped:
            self.at += 2
            return _CONTROLS[escaped]
        if not escaped or escaped.isalnum():
            raise self._refuse(f"\\{escaped}")
        self.at += 2
        return escaped

    def _group(self) -> None:
        if self.text.startswith("(?:", self.at):
            self._put("(?:")
            self.at += 3
        elif self.text.startswith("(?", self.at):
            raise self._refuse(self.text[self.at : self.at + 4])
        else:
            self._put("(")
            self.at += 1

    def _quantifier(self, text: str, length: int) -> None:
        self.at += length
        following = self.text[self.at : self.at + 1]
        if following == "+":
            raise self._refuse(text + "+")
        if following == "?":
            text += "?"
            self.at += 1
        self._put(text)

    def _count(self) -> None:
        found = _COUNT.match(self.text, self.at)
        if found is None:
            raise self._refuse("{ without a count")
        if any(int(n) > _MAX_REPEAT for n in (found.group(1), found.group(3)) if n):
            raise self._refuse(found.group(0))
        self._quantifier(found.group(0), len(found.group(0)))

    def _class(self) -> None:
        self.at += 1
        parts = ["["]
        if self.text.startswith("^", self.at):
            parts.append("^")
            self.at += 1
        start = self.at
        while True:
            char = self.text[self.at : self.at + 1]
            if not char:
                raise self._refuse("[ without ]")
            if char == "]" and self.at > start:
                break
            if self.text.startswith(("[:", "[.", "[="), self.at):
                raise self._refuse(self.text[self.at : self.at + 2])
            parts.append(self._class_item(char, start))
        self.at += 1
        self._put("".join(parts) + "]")

    def _class_item(self, char: str, start: int) -> str:
        escaped = self.text[self.at + 1 : self.at + 2]
        if char == "\\" and escaped in _CLASSES and escaped:
            self.at += 2
            return _CLASSES[escaped]
        if char == "\\":
            return regex_text(self._escaped_char())
        self.at += 1
        makes_range = self.at - 1 > start and not self.text.startswith("]", self.at)
        return "-" if char == "-" and makes_range else regex_text(char)


def regex_text(char: str) -> str:
    """A character as a pattern that matches just it."""
    if char in _SPECIAL:
        return "\\" + char
    if char < " " or char == "\x7f":
        return f"\\x{ord(char):02x}"
    return char
