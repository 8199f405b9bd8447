"""`dq glossary lint`: issues by code, each with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dq.formats.glossary.common import Page, place_document
from dq.i18n.safe import isolate
from dq.i18n.translator import Translator
from dq.semantics.glossary import Glossary
from dq.semantics.lint import LEVELS, Issue

__all__ = ["issue_sentence", "lint_document", "lint_text"]

_EACH = 8
_MARKS = {"error": "✖", "warning": "▲", "info": "•"}


def lint_text(
    issues: Sequence[Issue], file: str, glossary: Glossary, page: Page, *, verbose: bool = False
) -> str:
    """Issues grouped by code, worst first; of many alike the first few unless `verbose`."""
    t = page.t
    if not issues:
        return page.paint(t.t("lint.none", file=file), "good") + "\n"
    counts = Counter(issue.level for issue in issues)
    parts = [
        f"{t.number(counts[level])} {t.severity(level)}"
        for level in reversed(LEVELS)
        if counts[level]
    ]
    lines = [page.paint(t.n("lint.tally", len(issues), parts=", ".join(parts)), "bold")]
    for level, code in dict.fromkeys((i.level, i.code) for i in issues):
        found = [i for i in issues if (i.level, i.code) == (level, code)]
        lines += ["", page.paint(f"{_MARKS[level]} {code} {_title(code, t)}", level)]
        for issue in found if verbose else found[:_EACH]:
            place = f"{t.place(issue.place)}: " if issue.place else ""
            lines += page.wrapped(f"{place}{issue_sentence(issue, glossary, t)}", "  ")
        if not verbose and len(found) > _EACH:
            lines.append("  " + t.n("glossary.more", len(found) - _EACH))
    return "\n".join(lines) + "\n"


def _title(code: str, t: Translator) -> str:
    key = t.first(f"rule.{code}.title", f"lint.{code}.title")
    return t.t(key) if key else code


def issue_sentence(issue: Issue, glossary: Glossary, t: Translator) -> str:
    """An issue in words."""
    key = t.first(f"lint.{issue.code}.{issue.key}", f"rule.{issue.code}.{issue.key}")
    args = {**issue.args, "example": issue.about}
    for name in ("a", "b"):
        if name in args:
            args[name] = _whose(str(args[name]), glossary, t)
    return t.t(key, **args) if key else isolate(issue.about)


def _whose(department: str, glossary: Glossary, t: Translator) -> str:
    known = glossary.departments.get(department)
    return (known.label.text(t.language) if known else "") or department


def lint_document(issues: Sequence[Issue], glossary: Glossary, t: Translator) -> dict[str, Any]:
    """All issues with places and sentences."""
    counts = Counter(issue.level for issue in issues)
    return {
        "dq": 1,
        "counts": {level: counts[level] for level in LEVELS},
        "issues": [
            {
                "code": issue.code,
                "level": issue.level,
                "about": issue.about,
                "key": issue.key,
                "message": issue_sentence(issue, glossary, t),
                "args": {k: str(v) for k, v in issue.args.items()},
                "place": place_document(issue.place),
            }
            for issue in issues
        ],
    }
