"""What of a glossary goes out: terms, their definitions, and what a form could not say."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from dq.errors import UsageError
from dq.i18n.translator import Translator
from dq.semantics.definitions import term_object
from dq.semantics.glossary import Glossary
from dq.semantics.terms import Term, Version

__all__ = [
    "Definition",
    "Export",
    "Loss",
    "Selection",
    "object_name",
    "parts_of",
    "ruled_fields",
    "sections_left",
    "select",
]


def object_name(term: str, department: str | None = None, effective: date | None = None) -> str:
    """The name of a definition in the ledger: `prospect/sales_us@2024-01-01`."""
    if effective is not None:
        return term_object(term, department, effective.isoformat())
    return term if department is None else f"{term}/{department}"


@dataclass(frozen=True)
class Definition:
    """One version of a term, the company's or a department's; `until` is its last day."""

    term: Term
    department: str | None
    version: Version
    until: date | None = None

    @property
    def object(self) -> str:
        """Its name in the ledger."""
        return object_name(self.term.name, self.department, self.version.effective)


@dataclass(frozen=True)
class Loss:
    """Something that a form cannot say; `key` is a message, `object` what it is about."""

    object: str
    key: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def said(self, t: Translator) -> str:
        """The loss as a sentence."""
        text = t.t(self.key, **self.args)
        return f"{self.object}: {text}" if self.object else str(text)


@dataclass(frozen=True)
class Export:
    """A glossary in another form, and what that form could not say."""

    text: str
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True)
class Selection:
    """What is asked for.

    `on` picks the definitions in force on a day (None: all there are, in the forms that can
    hold them); `today` stands for it where a form holds one definition a term. `status` goes
    by object name, `uses` (names of reports) by term.
    """

    glossary: Glossary
    terms: tuple[Term, ...]
    today: date
    on: date | None = None
    status: Mapping[str, str] = field(default_factory=dict)
    uses: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The day whose definitions stand where only one can."""
        return self.on or self.today

    def definitions(self, term: Term) -> Iterator[Definition]:
        """Definitions of a term, the company's first, each from oldest to newest."""
        for department in (None, *term.own):
            versions = term.versions if department is None else term.own[department]
            starts = [v.effective for v in versions]
            for place, version in enumerate(versions):
                following = starts[place + 1] if place + 1 < len(starts) else None
                until = following - timedelta(days=1) if following else None
                if self.on is None or _holds(version, until, self.on):
                    yield Definition(term, department, version, until)

    def current(self, term: Term) -> Definition | None:
        """The company's definition in force on `day`."""
        version = term.version(self.day)
        return None if version is None else Definition(term, None, version)

    def left_out(self, term: Term) -> tuple[str, ...]:
        """Definitions other than the current one, by object name."""
        now = self.current(term)
        every = Selection(self.glossary, (term,), self.today).definitions(term)
        return tuple(d.object for d in every if now is None or d.object != now.object)


def _holds(version: Version, until: date | None, on: date) -> bool:
    return version.effective <= on and (until is None or on <= until)


def select(
    glossary: Glossary,
    names: Iterable[str] = (),
    *,
    today: date,
    on: date | None = None,
    status: Mapping[str, str] | None = None,
    uses: Mapping[str, Sequence[str]] | None = None,
) -> Selection:
    """The named terms, and those that they are made of; all where none is named.

    Raises:
        UsageError: there is no such term.
    """
    wanted = list(names)
    for name in wanted:
        if name not in glossary.terms:
            near = difflib.get_close_matches(name, glossary.terms, n=1)
            raise UsageError(
                "There is no term {name} in the glossary.",
                fix="Did you mean {near}?" if near else "Known are: {known}.",
                name=name,
                near=near[0] if near else "",
                known=", ".join(glossary.terms) or "-",
            )
    taken = _with_parts(glossary, wanted) if wanted else set(glossary.terms)
    terms = tuple(term for name, term in glossary.terms.items() if name in taken)
    return Selection(glossary, terms, today, on, status or {}, uses or {})


def _with_parts(glossary: Glossary, names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += parts_of(glossary.terms[name])
    return found


def parts_of(term: Term) -> list[str]:
    """Terms that a term's definitions name: both sides of a ratio, and IS_TERM."""
    parts: dict[str, None] = {}
    for version in (*term.versions, *(v for own in term.own.values() for v in own)):
        parts |= dict.fromkeys(p for p in (version.numerator, version.denominator) if p)
        for expression in (version.where, version.expr):
            parts |= dict.fromkeys(expression.terms if expression else ())
    return list(parts)


def sections_left(chosen: Selection, *names: str) -> list[Loss]:
    """Losses for sections of the glossary (stages, fields, departments) that a form has not."""
    has = {
        "stages": bool(chosen.glossary.stages.canonical),
        "fields": bool(chosen.glossary.fields),
        "departments": bool(chosen.glossary.departments),
    }
    return [Loss(name, f"exchange.loss.{name}") for name in names if has[name]]


def ruled_fields(chosen: Selection, tables: Iterable[str]) -> str:
    """Columns of some tables whose words or filling the glossary rules, joined by commas."""
    of = set(tables)
    specs = chosen.glossary.fields.items()
    return ", ".join(n for n, f in specs if f.table in of and (f.values or f.required_from))
