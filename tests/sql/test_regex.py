"""One spelling of a pattern for each engine."""

from __future__ import annotations

import pytest

from dq.errors import PortabilityError
from dq.sql.regex import portable_pattern, regex_text, replacement


@pytest.mark.parametrize(
    ("source", "re2", "java"),
    [
        ("^a.c$", r"^a.c\z", r"(?d)^a.c\z"),
        (r"\d+\s", r"[0-9]+[ \t\n\r\f\x0b]", r"(?d)[0-9]+[ \t\n\r\f\x0b]"),
        (r"[\w-]", r"[0-9A-Za-z_\-]", r"(?d)[0-9A-Za-z_\-]"),
        ("[a-z[&&]", r"[a-z\[\&\&]", r"(?d)[a-z\[\&\&]"),
        ("[]a]", r"[\]a]", r"(?d)[\]a]"),
        ("[^]a]", r"[^\]a]", r"(?d)[^\]a]"),
        ("(?i)ё", "(?i)ё", "(?diu)ё"),
        ("(?is)a", "(?is)a", "(?dius)a"),
        (r"\u0451\x41\t", "ёA\\x09", "(?d)ёA\\x09"),
        ("a{2,3}?", "a{2,3}?", "(?d)a{2,3}?"),
        ("(?:a|b)", "(?:a|b)", "(?d)(?:a|b)"),
    ],
)
def test_spelling(source: str, re2: str, java: str) -> None:
    pattern = portable_pattern(source)
    assert (pattern.re2, pattern.java) == (re2, java)


@pytest.mark.parametrize(
    "source",
    [
        "a(?=b)", "a(?!b)", "(?<=a)b", "(?<n>a)", "(?P<n>a)", "(?>a)", "a++", "a*+", "a?+",
        r"(a)\1",
        r"\p{L}", r"\Q.\E", r"\A", r"\z", r"\B", r"\h", "a{", "a{,3}", "a{1001}", "[[:alpha:]]",
        "[a",
        "(a", "a)", "*a", "[z-a]", "(?x)a", "a(?i)b", "\\",
    ],
)  # fmt: skip
def test_refused(source: str) -> None:
    with pytest.raises(PortabilityError):
        portable_pattern(source)


def test_replacement() -> None:
    assert replacement(r"\2-$1\\", 2) == (r"\2-$1\\", r"$2-\$1\\")
    with pytest.raises(PortabilityError):
        replacement(r"\3", 2)
    with pytest.raises(PortabilityError):
        replacement("\\n", 2)


def test_any_character_can_be_taken_literally() -> None:
    for char in map(chr, [*range(1, 128), 0x451, 0x2028]):
        assert portable_pattern(f"^{regex_text(char)}$").python.search(char)
