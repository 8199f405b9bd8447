"""A105: broken characters: a wrong encoding, two scripts in one word, signs nobody sees.

The text looks right or nearly so, and no search, join or duplicate check finds it. A Latin
"C" in «Cолнце» makes a second company; a zero-width space makes a second e-mail.

Example: «РђРЅРЅР°» (Анна), «Cepгeй» with four Latin letters, "An na" with a zero-width space.
Repair: take the suggested text; export the file again as UTF-8 where the encoding was lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.values import clear_text, hashed, text_columns, value_check
from dq.findings import Severity
from dq.sql import portable as f
from dq.text.scripts import SUSPECT, ScriptJudge

__all__ = ["RULE"]

KINDS = (
    "category", "text", "email", "name", "company", "url", "city", "country", "note", "person",
    "hash",
)  # fmt: skip
"""Kinds of text that people read; keys and numbers have rules of their own."""

ELSEWHERE = ("email",)
"""Kinds whose hashed columns another rule names."""


def checks(context: RuleContext) -> Iterator[CheckLike]:
    for name in sorted(context.tables):
        facts = context.tables[name]
        yield from hashed(facts, [k for k in KINDS if k not in ELSEWHERE])
        for column in clear_text(facts, KINDS):
            suspect = f.search(f.col(column.name), SUSPECT)
            yield value_check(context, name, column.name, ScriptJudge(), suspect)
        if not any(text_columns(facts, KINDS)):
            yield Skip(name, "needs.texts")


RULE = Rule(
    code="A105",
    slug="broken_text",
    family="A",
    scope=Scope.ROW,
    severity=Severity.WARNING,
    checks=checks,
    needs=("any table",),
    doc=__doc__ or "",
)
