"""What the glossary's pages show, in all languages at once: a reader finds a word in any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dq.crm.model import TABLES
from dq.findings import Result
from dq.formats.view import own_words
from dq.formats.words import shown_key, shown_value
from dq.i18n.language import LANGUAGES
from dq.i18n.masking import kind_of_column
from dq.i18n.translator import Translator
from dq.semantics.approval import Standing, by_subject
from dq.semantics.circles import uses_of
from dq.semantics.definitions import LADDER
from dq.semantics.glossary import Field, Glossary
from dq.semantics.inforce import Meaning
from dq.semantics.terms import Term
from dq.semantics.vouched import Vouched
from dq.site.about import findings_about
from dq.site.timeline import Past, sides, statuses

__all__ = [
    "Meanings",
    "columns_named",
    "glossary_document",
    "glossary_summary",
    "tables_named",
]

_WAITING = 8
"""Terms and fields that the overview names."""


@dataclass(frozen=True)
class Meanings:
    """What the site needs of a project's glossary.

    `day` is the business day; `compared` as `dq.formats.glossary.compare` writes it;
    `signed` what vouches for each step; `uses` the reports that use each term (None: there is
    no catalogue of reports).
    """

    meaning: Meaning
    day: date
    compared: Mapping[str, Any]
    signed: Mapping[tuple[int, str], Vouched] = field(default_factory=dict)
    uses: Mapping[str, Sequence[str]] | None = None


def tables_named(glossary: Glossary) -> set[str]:
    """Tables that terms and fields are of."""
    return {t.of for t in glossary.terms.values() if t.of} | {
        f.table for f in glossary.fields.values()
    }


# --- the first page ----------------------------------------------------------------------


def glossary_summary(meanings: Meanings, result: Result) -> dict[str, Any]:
    """How far the glossary is, and what waits for an approval, the oldest first."""
    meaning = meanings.meaning
    past = Past((), meanings.signed)
    waiting: dict[str, list[Standing]] = {}
    for standing in meaning.standings.values():
        if standing.proposed is not None:
            waiting.setdefault(standing.subject, []).append(standing)
    lines = []
    for subject, found in waiting.items():
        first = min((s.proposed for s in found if s.proposed), key=lambda step: step.at)
        said = {
            **_subject(subject, meaning.glossary, result),
            "n": len(found),
            **(past.step(first) or {}),
        }
        said["days"] = (result.started.date() - date.fromisoformat(first.at[:10])).days
        lines.append(said)
    lines.sort(key=lambda line: (line["at"], line["kind"] != "term", line["subject"]))
    approved = sum(not s.waiting for s in meaning.standings.values())
    count = result.meaning
    return {
        "defined": count.defined if count else None,
        "found": count.found if count else None,
        "approved": approved,
        "definitions": len(meaning.standings),
        "waiting": sum(map(len, waiting.values())),
        "subjects": len(lines),
        "oldest": lines[:_WAITING],
    }


def _subject(subject: str, glossary: Glossary, result: Result) -> dict[str, Any]:
    term, spec = glossary.terms.get(subject), glossary.fields.get(subject)
    labels = term.label.texts if term else _field_label(spec, result) if spec else {}
    kind = "term" if term else "field" if "." in subject else subject
    return {"subject": subject, "kind": kind, "label": dict(labels)}


# --- the room ----------------------------------------------------------------------------


def glossary_document(meanings: Meanings, result: Result) -> dict[str, Any]:
    """Terms, stages, fields and departments with all that was decided and found about them."""
    meaning = meanings.meaning
    glossary = meaning.glossary
    past = Past(meaning.steps, meanings.signed)
    standing = by_subject(meaning.standings)
    used_by: dict[str, list[str]] = {}
    uses = {term.name: sorted(uses_of(term)) for term in glossary.terms.values()}
    for name, parts in uses.items():
        for part in parts:
            used_by.setdefault(part, []).append(name)
    found, of_subject = findings_about(meaning.glossary, result)
    terms = [
        _term(term, meanings, standing.get(term.name, []), past)
        | {"uses": uses[term.name], "usedBy": used_by.get(term.name, [])}
        | {"findings": of_subject.get(term.name, [])}
        for term in glossary.terms.values()
    ]
    return {
        "asOf": meanings.day.isoformat(),
        "catalogue": meanings.uses is not None,
        "departments": [
            {
                "name": d.name,
                "label": dict(d.label.texts),
                "model": d.sales_model,
                "names": list(d.names),
                "decided": _decided(meaning, past, f"departments/{d.name}"),
            }
            for d in glossary.departments.values()
        ],
        "terms": terms,
        "conflicts": [_conflict(c) for c in meanings.compared["conflicts"]],
        "incomparable": list(meanings.compared["not_comparable"]),
        "stages": _stages(meaning, past),
        "fields": [
            _field(spec, meaning, past)
            | {"label": _field_label(spec, result)}
            | {"findings": of_subject.get(name, [])}
            for name, spec in glossary.fields.items()
        ],
        "findings": found,
        "ofStages": of_subject.get("stages", []),
        "ofDepartments": of_subject.get("departments", []),
    }


def _decided(meaning: Meaning, past: Past, name: str) -> dict[str, Any] | None:
    standing = meaning.standings.get(name)
    return None if standing is None else past.decided(standing)


def _term(
    term: Term, meanings: Meanings, standings: Sequence[Standing], past: Past
) -> dict[str, Any]:
    uses = meanings.uses
    return {
        "name": term.name,
        "kind": term.kind,
        "of": term.of,
        "unit": term.unit,
        "steward": term.steward,
        "label": dict(term.label.texts),
        "synonyms": list(term.synonyms),
        "statuses": statuses(standings),
        "sides": list(sides(term, meanings.meaning, standings, past, meanings.day)),
        "reports": list(uses.get(term.name, ())) if uses is not None else None,
    }


def _stages(meaning: Meaning, past: Past) -> dict[str, Any] | None:
    stages = meaning.glossary.stages
    if not stages.canonical:
        return None
    required = meaning.glossary.required_by_stage()
    ladders = [
        {
            "name": name,
            "stages": dict(ladder),
            "decided": _decided(meaning, past, f"{LADDER}{name}"),
        }
        for name, ladder in stages.ladders.items()
    ]
    return {
        "canonical": [
            {
                "name": stage,
                "next": list(stages.graph[stage]) if stage in stages.graph else None,
                "required": required.get(stage, []),
                "enter": stages.criteria[stage].expression.text
                if stage in stages.criteria
                else None,
                "decided": _decided(meaning, past, f"stages/criteria/{stage}"),
            }
            for stage in stages.canonical
        ],
        "ladders": ladders,
        "decided": _decided(meaning, past, "stages"),
    }


def _field(spec: Field, meaning: Meaning, past: Past) -> dict[str, Any]:
    name = f"{spec.table}.{spec.column}"
    standing = meaning.standings.get(name)
    return {
        "name": name,
        "table": spec.table,
        "column": spec.column,
        "means": dict(spec.means.texts),
        "unit": spec.unit,
        "owner": spec.owner,
        "since": spec.since.isoformat() if spec.since else None,
        "requiredFrom": spec.required_from,
        "values": [[value, dict(label.texts)] for value, label in spec.values.items()],
        "statuses": statuses([standing] if standing else []),
        "decided": _decided(meaning, past, name),
    }


def _field_label(spec: Field, result: Result) -> dict[str, str]:
    """A field's name in each language; the column's where the glossary gives it none."""
    if spec.label:
        return dict(spec.label.texts)
    return {c: own_words(result, c).column(spec.column, spec.table) for c in LANGUAGES}


def columns_named(compared: Mapping[str, Any], t: Translator) -> dict[str, str]:
    """The columns that counter-examples show, as the language names them."""
    return {
        f"{c['of']}.{name}": t.column(name, c["of"])
        for c in compared["conflicts"]
        if c["measured"] is not None
        for example in (*c["measured"]["a_only"], *c["measured"]["b_only"])
        for name in example["cells"]
    }


# --- conflicts, masked -------------------------------------------------------------------


def _conflict(document: Mapping[str, Any]) -> dict[str, Any]:
    """A pair without its texts, which stand on the page already; records masked."""
    measured = document["measured"]
    table = document["of"]
    if measured is not None:
        measured = dict(measured) | {
            side: [_example(example, table) for example in measured[side]]
            for side in ("a_only", "b_only")
        }
    return {
        "term": document["term"],
        "of": table,
        "a": _side(document["a"]),
        "b": _side(document["b"]),
        "relation": document["relation"],
        "method": document["method"],
        "differs": document["differs"],
        "measured": measured,
    }


def _side(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in ("department", "object", "effective", "approved")}


def _example(example: Mapping[str, Any], table: str | None) -> dict[str, Any]:
    cells = [
        [name, shown_value(value, column=name, personal=_personal(table, name))]
        for name, value in example["cells"].items()
    ]
    key = shown_key(example["key"], personal=True)
    return {"key": key, "money": example["money"], "cells": cells}


def _personal(table: str | None, column: str) -> bool:
    known = TABLES[table].columns.get(column) if table and table in TABLES else None
    return known.personal if known is not None else kind_of_column(column) is not None
