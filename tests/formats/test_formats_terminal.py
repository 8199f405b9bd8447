"""Widths, wrapping, and when to colour."""

from __future__ import annotations

import io

import pytest

from dq.formats.terminal import pad, text_width, wants_color, wrap


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("abc", 3),
        ("сделка", 6),
        ("東京", 4),
        ("й", 1),
        ("и\u0306", 1),
        ("\u2068x\u2069", 1),
        ("", 0),
    ],
)
def test_width(text: str, width: int) -> None:
    assert text_width(text) == width
    assert text_width(pad(text, 10)) == 10


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 9, ["one two", "  three"]),
        ("1\u00a0204 сделок", 6, ["1\u00a0204", "  сделок"]),
        ("a-very-long-word here", 6, ["a-very-long-word", "  here"]),
        ("", 10, [""]),
    ],
)
def test_wrap(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width, rest="  ") == lines


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "wanted"),
    [
        (_Terminal(), {}, True),
        (_Terminal(), {"NO_COLOR": "1"}, False),
        (_Terminal(), {"NO_COLOR": ""}, True),
        (_Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colour(stream: io.StringIO, environ: dict[str, str], wanted: bool) -> None:
    assert wants_color(stream, environ) is wanted
