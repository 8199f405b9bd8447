"""What the code says: message keys found in the syntax trees of the package."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import dq
from dq import errors

PACKAGE = Path(dq.__file__).parent

_ERRORS = frozenset(errors.__all__) - {"Place"}
_KEYWORDS = {
    "Note": ("code",),
    "Skip": ("reason",),
    "RuleOutcome": ("reason",),
    "ColumnMapping": ("evidence",),
    "note": (),
}
_POSITIONS = {"Note": 0, "Skip": 1, "note": 0}
_TEXTS_OF_A_RULE = ("title", "message", "why", "fix")


@dataclass(frozen=True)
class Said:
    """A message key and where the code says it."""

    key: str
    place: str


@pytest.fixture(scope="session")
def said() -> tuple[Said, ...]:
    """Every message key in the code: errors and fixes, notes, reasons, t() and n(), rules."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                place = f"{path.relative_to(PACKAGE.parent)}:{node.lineno}"
                found += [Said(key, place) for key in _keys(node)]
    return tuple(found)


def _keys(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    keywords = {k.arg: k.value for k in call.keywords if k.arg}
    if name in _ERRORS:
        yield from _texts(call.args[0] if call.args else None)
        yield from _texts(keywords.get("fix"))
    elif name == "refuse":
        for argument in call.args[:2]:
            yield from _texts(argument)
    elif name in _KEYWORDS:
        position = _POSITIONS.get(name)
        if position is not None and len(call.args) > position:
            yield from _texts(call.args[position])
        for keyword in _KEYWORDS[name]:
            yield from _texts(keywords.get(keyword))
    elif name == "Rule":
        for code in _texts(keywords.get("code", call.args[0] if call.args else None)):
            yield from (f"rule.{code}.{part}" for part in _TEXTS_OF_A_RULE)
    elif name in {"t", "n"} and call.args:
        yield from (text for text in _texts(call.args[0]) if "." in text)


def _texts(node: ast.expr | None) -> Iterator[str]:
    """Texts written out in an expression: constants, and either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _texts(value)
