"""Whatever sources say is there in every language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import dq.sources
from dq.i18n.catalogue import LOCALES, read_fragment
from dq.i18n.template import places

PACKAGE = Path(dq.sources.__file__).parent


def _calls(*names: str) -> Iterator[ast.Call]:
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                yield node


def _sentences() -> set[str]:
    found = set()
    for call in _calls("refuse", "SourceError"):
        fixes = [k.value for k in call.keywords if k.arg == "fix"]
        for node in (*call.args, *fixes):
            if isinstance(node, ast.Constant):
                found.add(node.value)
    return found


def _keys() -> set[str]:
    found = set()
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if node.value.startswith("source."):
                    found.add(node.value)
                elif node.value.startswith("problem."):
                    found |= {node.value, f"{node.value}.fix"}
    return found


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_fragment_has_exactly_what_is_said(language: str) -> None:
    messages = read_fragment(LOCALES / f"sources.{language}.po", language)
    expected = _keys() | (_sentences() if language != "en" else set())
    assert set(messages) == expected


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_sentences_name_the_same_places(language: str) -> None:
    messages = read_fragment(LOCALES / f"sources.{language}.po", language)
    for sentence in _sentences():
        assert {places(text) for text in messages[sentence]} == {places(sentence)}


def test_every_refusal_says_what_to_do() -> None:
    for call in _calls("refuse"):
        assert len(call.args) == 2, ast.unparse(call)
    for call in _calls("SourceError"):
        assert any(k.arg == "fix" for k in call.keywords), ast.unparse(call)
