"""`dq glossary show`: the list of terms, and one term whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dq.formats.glossary.common import (
    Page,
    in_force_document,
    standing_document,
    version_document,
)
from dq.formats.terminal import pad, text_width
from dq.i18n.safe import isolate
from dq.semantics.approval import Standing, Status
from dq.semantics.inforce import InForce, Meaning
from dq.semantics.pages import Shown
from dq.semantics.terms import Term

__all__ = ["list_document", "list_text", "show_document", "show_text"]


def list_text(meaning: Meaning, page: Page) -> str:
    """A line a term: name, word, kind, where it stands."""
    t = page.t
    terms = list(meaning.glossary.terms.values())
    if not terms:
        return t.t("glossary.no_terms") + "\n"
    rows = [
        (
            term.name,
            term.label.text(t.language),
            t.t(f"glossary.kind.{term.kind}") + (f" · {t.table(term.of)}" if term.of else ""),
            _worst(meaning, term),
        )
        for term in terms
    ]
    sizes = [max(text_width(row[i]) for row in rows) for i in range(3)]
    lines = []
    for term, row in zip(terms, rows, strict=True):
        cells = [pad(row[i], sizes[i]) for i in range(3)]
        own = f"  +{len(term.own)}" if term.own else ""
        lines.append(f"{'  '.join(cells)}  {t.t(f'glossary.status.{row[3]}')}{own}".rstrip())
    return "\n".join(lines) + "\n"


def _worst(meaning: Meaning, term: Term) -> str:
    """The state of the term's definition that is furthest from approved."""
    order = [Status.APPROVED, Status.PROPOSED, Status.EDITED, Status.REMOVED, Status.WRITTEN]
    found = [s.status for s in meaning.standings.values() if s.subject == term.name]
    return max(found, key=order.index, default=Status.WRITTEN).value


def list_document(meaning: Meaning) -> dict[str, Any]:
    """All terms, each with its state."""
    return {
        "dq": 1,
        "terms": [
            {
                "term": term.name,
                "kind": term.kind,
                "of": term.of,
                "label": dict(term.label.texts),
                "departments": list(term.own),
                "status": _worst(meaning, term),
            }
            for term in meaning.glossary.terms.values()
        ],
    }


def show_text(shown: Shown, page: Page) -> str:
    """One term, field or section."""
    term = shown.meaning.glossary.terms.get(shown.name)
    if term is None:
        return "\n".join(_other(shown, page)) + "\n"
    return "\n".join(_term(shown, term, page)) + "\n"


def _term(shown: Shown, term: Term, page: Page) -> Iterator[str]:
    t = page.t
    word = term.label.text(t.language) or term.name
    kind = t.t(f"glossary.kind.{term.kind}") + (f" · {t.table(term.of)}" if term.of else "")
    yield page.paint(f"{isolate(word)} ({term.name}) · {kind}", "bold")
    others = [text for code, text in term.label.texts.items() if text != word and code]
    also = [*others, *term.synonyms]
    if also:
        yield from page.wrapped(t.t("glossary.also", words=t.joined(also)))
    if term.unit:
        yield t.t("glossary.unit", unit=term.unit)
    steward = term.steward or t.t("glossary.nobody")
    yield t.t("glossary.steward", who=steward)
    yield ""
    yield page.paint(t.t("glossary.on_day", day=shown.as_of), "bold")
    sides = list(shown.departments.items())
    if shown.only is None:
        sides.insert(0, (None, shown.company))  # type: ignore[arg-type]
    elif not sides:
        sides.append((shown.only, None))  # type: ignore[arg-type]
    for whose, used in sides:
        yield from _in_force(whose, used, shown, page)
    yield from _waiting(shown, page)
    yield from _versions(term, shown, page)
    if shown.uses:
        yield t.t("glossary.uses", terms=t.joined(shown.uses))
    if shown.used_by:
        yield t.t("glossary.used_by", terms=t.joined(shown.used_by))


def _in_force(whose: str | None, used: InForce | None, shown: Shown, page: Page) -> Iterator[str]:
    t = page.t
    name = page.whose(whose, shown.meaning.glossary)
    if used is None:
        yield f"  {name}: {t.t('glossary.not_yet')}"
        return
    approval = used.standing.approved if used.standing else None
    state = (
        t.t("glossary.approved_by", who=page.who(approval))
        if approval is not None
        else page.paint(t.t("glossary.unapproved"), "warning")
    )
    yield f"  {name} · {t.t('glossary.since', day=used.version.effective)} · {state}"
    yield from page.definition(used.version, "    ")


def _waiting(shown: Shown, page: Page) -> Iterator[str]:
    t = page.t
    names: list[str] = []
    for used in (shown.company, *shown.departments.values()):
        names += used.waiting if used is not None else ()
    for name in dict.fromkeys(names):
        yield from page.wrapped(t.t("glossary.waits", object=name), "", "warning")


def _versions(term: Term, shown: Shown, page: Page) -> Iterator[str]:
    t = page.t
    if len(term.versions) + sum(map(len, term.own.values())) < 2:
        return
    yield ""
    yield page.paint(t.t("glossary.versions"), "bold")
    standings = {s.object: s for s in shown.standings}
    for name, standing in standings.items():
        definition = standing.definition
        change = ""
        if definition is not None:
            texts = definition.words["change"]
            change = texts.get(t.language) or texts.get("") or texts.get("en") or ""
        said = page.status(standing)
        line = f"  {isolate(name)}  {said}" + (f"  {isolate(change)}" if change else "")
        yield line
    yield ""


def _other(shown: Shown, page: Page) -> Iterator[str]:
    """A field or section: its definitions with their texts."""
    for standing in shown.standings:
        yield page.paint(isolate(standing.object), "bold") + f"  {page.status(standing)}"
        if standing.definition is not None:
            yield from _content(standing, page)


def _content(standing: Standing, page: Page) -> Iterator[str]:
    definition = standing.definition
    if definition is None:
        return
    means: Mapping[str, str] = definition.words.get("means") or definition.words.get("label") or {}
    text = means.get(page.t.language) or means.get("") or means.get("en")
    if text:
        yield from page.wrapped(isolate(text), "  ")
    for name, value in definition.content.items():
        if value and name not in ("field", "ladder", "department", "stage"):
            yield from page.wrapped(f"{name}: {_plain(value)}", "  ", "dim")


def _plain(value: object) -> str:
    """A value of a definition as people write it: `new → qualified, lost; won → –`."""
    if isinstance(value, Mapping):
        lists = any(isinstance(v, list) for v in value.values())
        arrow, between = (" → ", "; ") if lists else (": ", ", ")
        return between.join(f"{k}{arrow}{_plain(v) or '–'}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def show_document(shown: Shown) -> dict[str, Any]:
    """The same as a document."""
    term = shown.meaning.glossary.terms.get(shown.name)
    document: dict[str, Any] = {
        "dq": 1,
        "name": shown.name,
        "as_of": shown.as_of.isoformat(),
        "definitions": [standing_document(s) for s in shown.standings],
    }
    if term is not None:
        document |= {
            "kind": term.kind,
            "of": term.of,
            "unit": term.unit,
            "label": dict(term.label.texts),
            "synonyms": list(term.synonyms),
            "steward": term.steward,
            "company": in_force_document(shown.company),
            "departments": {
                name: in_force_document(used) for name, used in shown.departments.items()
            },
            "versions": [version_document(v) for v in term.versions],
            "uses": list(shown.uses),
            "used_by": list(shown.used_by),
        }
    return document
