"""Every sentence of configuration, store, runs and glossary is there in Russian and Ukrainian."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import dq
from dq.config import strict
from dq.i18n.catalogue import catalogue
from dq.i18n.template import places

PACKAGE = Path(dq.__file__).parent
SOURCES = [
    path
    for pattern in ("config/*.py", "store/*.py", "runs/*.py", "semantics/*.py", "files/*.py")
    for path in sorted(PACKAGE.glob(pattern))
]
RAISE = ("error", "kind", "_problem")


def sentences(path: Path) -> Iterator[str]:
    """Texts given to what makes an error, or as its advice."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if (name in RAISE or name.endswith("Error")) and name != "ValueError" and node.args:
            yield from texts(node.args[0])
        if name == "match" and len(node.args) == 3:
            yield from texts(node.args[1])
            yield from texts(node.args[2])
        for keyword in node.keywords:
            if keyword.arg == "fix":
                yield from texts(keyword.value)


def texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


SAID = {text for path in SOURCES for text in sentences(path)}
SAID |= {text for _, *said in strict._PROBLEMS for text in said}


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_every_sentence_is_translated(language: str) -> None:
    messages = catalogue(language)
    assert len(SAID) > 100
    assert sorted(text for text in SAID if text not in messages) == []
    wrong = [text for text in SAID if places(text) != places(messages[text][0])]
    assert wrong == []
