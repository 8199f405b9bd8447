"""Every message of the exchange has a text: also those whose keys are put together."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import dq.semantics.exchange
from dq.cli.glossary import export, import_
from dq.i18n import translator
from dq.semantics.exchange import EXPORTS, IMPORTS
from dq.semantics.terms import KINDS

FOLDER = Path(dq.semantics.exchange.__file__).parent


def test_every_key_has_a_text() -> None:
    keys = {f"exchange.kind.{kind}" for kind in KINDS}
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                keys |= {node.value} if re.fullmatch(r"exchange(\.\w+)+", node.value) else set()
    assert len(keys) > 30
    t = translator("en")
    assert sorted(key for key in keys if not t.has(key)) == []


def test_the_command_line_offers_every_form() -> None:
    assert export.FORMATS == EXPORTS
    assert import_.FORMATS == IMPORTS
