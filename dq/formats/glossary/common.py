"""What pages of the glossary share: whose a definition is, who decided, how it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from dq.errors import Place
from dq.formats.terminal import Paint, wrap
from dq.i18n.safe import isolate
from dq.i18n.translator import Translator
from dq.semantics.approval import Standing, Status
from dq.semantics.glossary import Glossary
from dq.semantics.inforce import InForce
from dq.semantics.terms import Version
from dq.store import DefinitionStep

__all__ = [
    "Page",
    "in_force_document",
    "place_document",
    "standing_document",
    "step_document",
    "version_document",
]


@dataclass(frozen=True)
class Page:
    """How to write: language, columns, colour."""

    t: Translator
    width: int
    paint: Paint

    def wrapped(self, text: str, indent: str = "", style: str | None = None) -> Iterator[str]:
        """Lines of a text under an indent."""
        for line in wrap(text, self.width, first=indent, rest=indent):
            yield self.paint(line, style) if style else line

    def whose(self, department: str | None, glossary: Glossary) -> str:
        """A department in the reader's words, or the company."""
        if department is None:
            return self.t.t("glossary.company")
        known = glossary.departments.get(department)
        label = known.label.text(self.t.language) if known else ""
        return isolate(label or department)

    def who(self, step: DefinitionStep) -> str:
        """Who decided, on which day; marked where one person did both."""
        key = "glossary.by_alone" if step.alone else "glossary.by"
        said = self.t.t(key, who=step.by, day=date.fromisoformat(step.at[:10]))
        mark = f"glossary.vouched.{step.vouched}"
        return f"{said} ({self.t.t(mark)})" if step.vouched and self.t.has(mark) else said

    def status(self, standing: Standing) -> str:
        """Where a definition stands, in a few words."""
        word = self.t.t(f"glossary.status.{standing.status.value}")
        style = "good" if standing.status is Status.APPROVED else "warning"
        return self.paint(word, style)

    def definition(self, version: Version, indent: str) -> Iterator[str]:
        """A definition in words and in SQL."""
        means = version.means.text(self.t.language)
        if means:
            yield from self.wrapped(isolate(means), indent)
        for name in ("expr", "where"):
            expression = getattr(version, name)
            if expression is not None:
                text = " ".join(expression.text.split())
                yield from self.wrapped(f"{name}: {text}", indent, "dim")
        for name in ("time", "numerator", "denominator"):
            value = getattr(version, name)
            if value:
                yield self.paint(f"{indent}{name}: {value}", "dim")


def version_document(version: Version) -> dict[str, Any]:
    """A version as it is used."""
    return {
        "effective": version.effective.isoformat(),
        "means": dict(version.means.texts),
        "change": dict(version.change.texts),
        "where": version.where.text if version.where else None,
        "expr": version.expr.text if version.expr else None,
        "time": version.time,
        "additive_over": "all" if version.additive_over is None else list(version.additive_over),
        "numerator": version.numerator,
        "denominator": version.denominator,
    }


def in_force_document(used: InForce | None) -> dict[str, Any] | None:
    """A definition that holds, whose it is and what waits beside it."""
    if used is None:
        return None
    return {
        "object": used.object,
        "department": used.department,
        "approved": used.approved,
        "waiting": list(used.waiting),
        **version_document(used.version),
    }


def step_document(step: DefinitionStep | None) -> dict[str, Any] | None:
    """A proposal or approval."""
    if step is None:
        return None
    return {
        "entry": step.seq,
        "object": step.object,
        "step": step.step,
        "digest": step.digest,
        "words_digest": step.words_digest,
        "by": step.by,
        "at": step.at,
        "because": step.because,
        "alone": step.alone,
        "vouched": step.vouched,
        "typed_at": step.typed_at if step.vouched == "typed" else None,
        "content": step.content,
        "words": step.words,
    }


def standing_document(standing: Standing) -> dict[str, Any]:
    """A definition with what was decided about it."""
    definition = standing.definition
    return {
        "object": standing.object,
        "subject": standing.subject,
        "status": standing.status.value,
        "digest": definition.digest if definition else None,
        "words_changed": standing.rewritten,
        "place": place_document(definition.place) if definition else None,
        "approved": step_document(standing.approved),
        "proposed": step_document(standing.proposed),
    }


def place_document(place: Place | None) -> dict[str, Any] | None:
    """A spot in a file."""
    if place is None:
        return None
    return {"file": place.file, "line": place.line, "column": place.column}
