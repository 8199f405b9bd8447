"""The bar: only on a terminal, only for long work, and gone afterwards."""

from __future__ import annotations

import io
from typing import Any

from dq.formats.progress import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_nothing_off_a_terminal(words: Any) -> None:
    stream, clock = io.StringIO(), _Clock()
    with Progress(words("en"), 2, stream=stream, clock=clock) as progress:
        clock.now += 60
        progress.step("Checking")
    assert stream.getvalue() == ""


def test_nothing_when_quiet_or_quick(words: Any) -> None:
    stream, clock = _Terminal(), _Clock()
    with Progress(words("en"), 2, show=False, stream=stream, clock=clock) as progress:
        clock.now += 60
        progress.step("Checking")
    with Progress(words("en"), 2, stream=stream, clock=clock) as progress:
        clock.now += 0.5
        progress.step("Checking")
    assert stream.getvalue() == ""


def test_bar_and_its_end(words: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    stream, clock = _Terminal(), _Clock()
    with Progress(words("ru"), 4, stream=stream, clock=clock) as progress:
        clock.now += 10
        progress.step("Проверка сделок")
        clock.now += 0.01
        progress.step()
        assert stream.getvalue() == (
            "\r\x1b[2KПроверка сделок  [######..................]  25%  осталось 0:30"
        )
    assert stream.getvalue().endswith("\r\x1b[2K")


def test_items_are_labelled(words: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    stream, clock = _Terminal(), _Clock()
    with Progress(words("en"), None, stream=stream, clock=clock) as progress:
        clock.now += 5
        seen = list(progress.each(["a" * 50, "b"], str))
    assert seen == ["a" * 50, "b"]
    assert stream.getvalue().startswith("\r\x1b[2K" + "a" * 33 + "  0:05")
