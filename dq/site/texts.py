"""What the site says in one language: the run's own sentences, and the words of the pages."""

from __future__ import annotations

from collections.abc import Collection

from dq.checks.rules import RULES
from dq.findings import InputFact, OriginSummary, Outcome, Result, Severity
from dq.formats.view import View, view_of
from dq.formats.words import title_of, why_sentence
from dq.i18n.catalogue import Forms, catalogue
from dq.i18n.masking import mask_emails
from dq.i18n.safe import isolate, shorten
from dq.i18n.translator import Translator
from dq.semantics.conflicts import RELATIONS
from dq.semantics.terms import KINDS
from dq.site.facts import reasons_of

__all__ = ["texts_of"]

PAGES = "site."
"""Keys of what the pages themselves say; they are filled in the browser."""

_SHARED = (
    "column.head.table", "column.head.read", "column.head.live", "column.head.deleted",
    "column.head.merged", "column.head.bad", "column.head.score", "column.head.score_amount",
    "column.head.amount", "column.head.key", "column.head.value", "column.head.place",
    "column.head.file", "column.head.rows", "column.head.columns", "column.head.tables",
    "page.fix", "page.why", "page.masked", "score.incomplete", "label.as_of",
    "example.row", "example.sheet_row",
    "glossary.company", "glossary.nobody", "glossary.alone", "glossary.taken_out",
    "compare.both", "compare.records", "compare.money", "compare.value", "compare.differs",
    "compare.own", "compare.only", "compare.incomparable", "relation.in_data",
    *(f"glossary.kind.{kind}" for kind in KINDS),
    *(f"relation.{relation}" for relation in (*RELATIONS, "unknown")),
    *(f"relation.by.{method}" for method in ("proved", "measured", "unknown")),
)  # fmt: skip
"""Keys of other parts that the pages say too."""

_ORIGIN = 60
_KINDS = ("import", "integration", "form", "user")


def texts_of(result: Result, t: Translator, also: Collection[str] = ()) -> dict[str, object]:
    """All that the pages say in the translator's language, ready to be shown as it is.

    `also` are tables that the glossary names.
    """
    view = view_of(result, t, everything=True)
    return {
        "language": t.language,
        "words": _words(t.language),
        "severity": {s.value: t.severity(s.value) for s in Severity},
        "outcome": {o.value: t.outcome(o.value) for o in Outcome},
        "verdict": t.t(f"verdict.{result.outcome}"),
        "headline": view.headline,
        "asOf": view.as_of,
        "units": view.units,
        "causes": view.causes,
        "counts": [list(pair) for pair in view.counts],
        "suppressed": view.suppressed,
        "since": view.since,
        "refused": list(view.refused),
        "notes": [[note.severity, note.place, note.sentence] for note in view.brief],
        "settings": list(dict.fromkeys(n.setting for n in view.notes if n.setting)),
        "tables": {
            name: t.table(name) for name in sorted({*also, *(x.name for x in result.tables)})
        },
        "families": _families(result, t),
        "groups": _groups(view),
        "rules": _rules(result, t),
        "reasons": [t.t(o.reason, **o.args) for o in reasons_of(result.outcomes) if o.reason],
        "inputs": [_fed(fact, t) for fact in result.inputs],
        "origins": [_origin(origin, t) for origin in result.origins],
    }


def _words(language: str) -> dict[str, list[str]]:
    """Forms of the pages' own texts by key; what a language lacks is said in English."""
    found: dict[str, Forms] = {}
    for name in ("en", language):
        for key, forms in catalogue(name).items():
            if key.startswith(PAGES):
                found[key.removeprefix(PAGES)] = forms
            elif key in _SHARED:
                found[key] = forms
    return {key: list(forms) for key, forms in sorted(found.items())}


def _families(result: Result, t: Translator) -> dict[str, str]:
    letters = {rule.code[:1] for rule in RULES} | {group.code[:1] for group in result.groups}
    return {letter: t.family(letter) for letter in sorted(letters)}


def _groups(view: View) -> list[list[object]]:
    """Of each group: its sentence, its facts, what to do."""
    views = {one.group.id: one for one in view.groups}
    return [
        [views[group.id].sentence, list(views[group.id].facts), views[group.id].fix]
        for group in view.result.groups
    ]


def _rules(result: Result, t: Translator) -> dict[str, list[str]]:
    """Of each rule: its title and why it matters."""
    codes = {rule.code for rule in RULES} | {outcome.code for outcome in result.outcomes}
    return {code: [title_of(code, t), why_sentence(code, t)] for code in sorted(codes)}


def _origin(origin: OriginSummary, t: Translator) -> str:
    """`user:U7` as "user U7, Anna"; a user named as an import or a form is one."""
    kind, _, name = origin.origin.partition(":")
    inner = name.partition(":")[0]
    if kind == "user" and inner in _KINDS:
        kind, _, name = name.partition(":")
    named = [name, origin.name] if origin.name and origin.name != name else [name]
    said = isolate(mask_emails(shorten(", ".join(named), _ORIGIN)))
    return t.t(f"site.origin_{kind}", name=said) if kind in _KINDS else said


def _fed(fact: InputFact, t: Translator) -> str:
    """What a file feeds: the tables, in words."""
    return t.joined(t.table(name) for name in fact.tables) if fact.tables else ""
