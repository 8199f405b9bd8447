"""What an import would change, definition by definition; the file decides nothing by itself.

Blank cells leave the glossary as it is. A definition is found by term, department and day.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dq.config import item_of
from dq.errors import ConfigError, DqError, UsageError
from dq.semantics.columns import There
from dq.semantics.exchange.incoming import Incoming, Step
from dq.semantics.exchange.selection import object_name, parts_of
from dq.semantics.glossary import Glossary
from dq.semantics.label import LANGUAGES, Label
from dq.semantics.terms import KINDS, Term, Version, read_terms

__all__ = ["Plan", "make_plan", "term_data"]

_TERM = ("unit", "steward")
_VERSION = ("where", "expr", "time", "numerator", "denominator")
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "population": ("where",),
    "measure": ("expr",),
    "dimension": ("expr",),
    "event": ("time",),
    "ratio": ("numerator", "denominator"),
}

Data = dict[str, Any]
"""A term as plain values, in the shape that glossary.yaml has."""

_Said = tuple[str, str | None]
"""The kind and the table of a term."""


@dataclass
class Plan:
    """Steps in the order of the file, and the terms as they are to be."""

    steps: list[Step] = field(default_factory=list)
    terms: dict[str, Data] = field(default_factory=dict)


class _Draft(Exception):  # noqa: N818 - an outcome, caught in this module
    """A meaning without the SQL that its kind needs."""


def make_plan(glossary: Glossary, rows: Sequence[Incoming], today: date) -> Plan:
    """Decide on every row; nothing is written."""
    said = {name: (term.kind, term.of) for name, term in glossary.terms.items()}
    for row in rows:
        said.setdefault(row.term, (row.kind or _kind_of(row) or "population", row.of))
    data: dict[str, Data] = {name: term_data(term) for name, term in glossary.terms.items()}
    parts: dict[str, list[str]] = {}
    plan = Plan()
    for row in rows:
        try:
            before = data.get(row.term)
            after, changed, effective = _applied(before, row, glossary, today)
            term = _checked(row.term, after, glossary, said)
        except _Draft:
            name = object_name(row.term, row.department)
            plan.steps.append(Step(name, "draft", row.place))
            continue
        except DqError as problem:
            plan.steps.append(_refused(row, problem))
            continue
        name = object_name(row.term, row.department, effective)
        if not changed:
            plan.steps.append(Step(name, "left", row.place))
            continue
        what = "added" if "versions" in changed else "changed"
        keys = tuple(key for key in changed if key != "versions")
        plan.steps.append(Step(name, what, row.place, keys))
        data[row.term] = plan.terms[row.term] = after
        parts[row.term] = parts_of(term)
    _drop_orphans(plan, glossary, rows, parts)
    return plan


def _drop_orphans(
    plan: Plan, glossary: Glossary, rows: Sequence[Incoming], parts: Mapping[str, list[str]]
) -> None:
    """Refuse terms made of terms that were themselves refused, until none is left."""
    while True:
        known = {*glossary.terms, *plan.terms}
        orphans = {n: m for n in plan.terms if (m := [p for p in parts[n] if p not in known])}
        if not orphans:
            return
        for name, missing in orphans.items():
            del plan.terms[name]
            for place, (step, row) in enumerate(zip(plan.steps, rows, strict=True)):
                if row.term == name and step.what in {"added", "changed"}:
                    problem = UsageError(
                        "It is made of {name}, which the glossary does not have.", name=missing[0]
                    )
                    plan.steps[place] = _refused(row, problem)


def _refused(row: Incoming, problem: DqError) -> Step:
    problem.where = row.place
    return Step(object_name(row.term, row.department), "refused", row.place, why=problem)


# --- one row -------------------------------------------------------------------------


def _applied(
    before: Data | None, row: Incoming, glossary: Glossary, today: date
) -> tuple[Data, list[str], date | None]:
    """The term with the row in it, the keys that changed, and the definition's day."""
    after: Data = copy.deepcopy(before) if before is not None else {}
    changed: list[str] = []
    _head(after, row, before is None)
    for key in _TERM:
        _set(after, key, getattr(row, key), changed)
    _set_label(after, "label", row.label, changed)
    if row.synonyms and set(row.synonyms) != set(after.get("synonyms", ())):
        _set(after, "synonyms", list(row.synonyms), changed)
    if row.department is not None and row.department not in glossary.departments:
        raise UsageError(
            "There is no department {name} in the glossary.",
            fix="Write it under departments first.",
            name=row.department,
        )
    return _with_version(after, row, changed, today)


def _head(after: Data, row: Incoming, new: bool) -> None:
    kind = row.kind or (_kind_of(row) if new else None)
    if kind is not None and kind not in KINDS:
        raise UsageError(
            "The kind {kind} is not known.",
            fix="Write one of: {known}.",
            kind=kind,
            known=", ".join(KINDS),
        )
    for key, value in (("kind", kind), ("of", row.of)):
        if value is not None and after.get(key, value) != value:
            raise UsageError(
                "The glossary has {key}: {held}, the file {value}; these are two different terms.",
                fix="Give one of them another name.",
                key=key,
                held=after[key],
                value=value,
            )
    if new:
        if kind is None:
            raise _Draft
        after["kind"] = kind
        if kind != "ratio" and row.of is None:
            raise UsageError("The term has no table.", fix="Fill the column “of”, such as deals.")
        if row.of is not None:
            after["of"] = row.of


def _kind_of(row: Incoming) -> str | None:
    """What kind of term a row's SQL makes it; None without SQL."""
    if row.numerator or row.denominator:
        return "ratio"
    if row.expr:
        return "measure" if _aggregates(row.expr) else "dimension"
    if row.time:
        return "event"
    return "population" if row.where else None


def _aggregates(text: str) -> bool:
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        return sqlglot.parse_one(text, read="duckdb").find(exp.AggFunc) is not None
    except SqlglotError:
        return False


def _with_version(
    after: Data, row: Incoming, changed: list[str], today: date
) -> tuple[Data, list[str], date | None]:
    """Put what the row says of one definition into the term."""
    versions = _versions(after, row.department)
    effective = row.effective
    if effective is None:
        effective = versions[-1]["effective"] if versions else today.isoformat()
    version = next((v for v in versions if v["effective"] == effective), None)
    if version is None:
        if row.department is not None and not _versions(after, None):
            raise UsageError(
                "The company has no definition of this term.",
                fix="Write that one first, in a row without a department.",
            )
        if any(getattr(row, key) is None for key in _NEEDS[after["kind"]]):
            raise _Draft
        version = {"effective": effective}
        _place(after, row.department, version)
        changed.append("versions")
    for key in ("means", "change"):
        _set_label(version, key, getattr(row, key), changed)
    for key in _VERSION:
        _set(version, key, getattr(row, key), changed)
    if row.additive_over is not None:
        _set(version, "additive_over", list(row.additive_over), changed)
    try:
        return after, changed, date.fromisoformat(effective)
    except ValueError:
        raise UsageError(
            "{value} is no day.", fix="Write it as 2026-01-31.", value=effective
        ) from None


def _versions(data: Data, department: str | None) -> list[Data]:
    if department is not None:
        data = data.get("departments", {}).get(department, {})
    versions: list[Data] = data.get("versions", [])
    return versions


def _place(data: Data, department: str | None, version: Data) -> None:
    if department is not None:
        data = data.setdefault("departments", {}).setdefault(department, {})
    versions = data.setdefault("versions", [])
    versions.append(version)
    versions.sort(key=lambda v: str(v["effective"]))


def _set(data: Data, key: str, value: object, changed: list[str]) -> None:
    if value is not None and data.get(key) != value:
        data[key] = value
        changed.append(key)


def _set_label(data: Data, key: str, new: Label, changed: list[str]) -> None:
    held = data.get(key)
    merged = _merged(held, new, key) if new else held
    if merged != held:
        data[key] = merged
        changed.append(key)


def _merged(held: str | dict[str, str] | None, new: Label, key: str) -> str | dict[str, str]:
    """Texts of the file over those of the glossary; plain text and languages never mix."""
    texts = dict(new.texts)
    plain = texts.pop("", None)
    if plain is not None and texts and plain not in texts.values():
        raise UsageError(
            "{key} stands both with and without a language.", fix="Keep one of them.", key=key
        )
    if texts:
        if isinstance(held, dict):
            return {code: t for code in LANGUAGES if (t := texts.get(code, held.get(code)))}
        if held is None or held in texts.values():
            return {code: texts[code] for code in LANGUAGES if code in texts}
        raise UsageError(
            "The glossary has {key} as one text for all languages, the file by language.",
            fix="Give the text in glossary.yaml its language first.",
            key=key,
        )
    assert plain is not None  # noqa: S101 - a label that says something
    if not isinstance(held, dict):
        return plain
    if plain in held.values():
        return held
    raise UsageError(
        "The glossary has {key} by language, the file as one text for all.",
        fix="Say in the file which language it is.",
        key=key,
    )


# --- terms as data -------------------------------------------------------------------


def term_data(term: Term) -> Data:
    """A term in the shape of glossary.yaml, days as texts; what is not said is left out."""
    data: Data = {"kind": term.kind}
    parts: tuple[tuple[str, object], ...] = (
        ("of", term.of),
        ("label", _plain(term.label)),
        ("synonyms", list(term.synonyms)),
        ("unit", term.unit),
        ("steward", term.steward),
    )
    data |= {key: value for key, value in parts if value}
    data["versions"] = [_version_data(v) for v in term.versions]
    if term.own:
        data["departments"] = {
            name: {"versions": [_version_data(v) for v in own]} for name, own in term.own.items()
        }
    return data


def _version_data(version: Version) -> Data:
    data: Data = {"effective": version.effective.isoformat()}
    parts: tuple[tuple[str, object], ...] = (
        ("means", _plain(version.means)),
        ("where", version.where.text if version.where else None),
        ("expr", version.expr.text if version.expr else None),
        ("time", version.time),
        ("numerator", version.numerator),
        ("denominator", version.denominator),
        ("change", _plain(version.change)),
    )
    data |= {key: value for key, value in parts if value}
    if version.additive_over is not None:
        data["additive_over"] = list(version.additive_over)
    return data


def _plain(label: Label) -> str | dict[str, str]:
    texts = dict(label.texts)
    return texts[""] if list(texts) == [""] else texts


def _checked(name: str, data: Data, glossary: Glossary, said: Mapping[str, _Said]) -> Term:
    """The term as the strict loader reads it, with stand-ins for the terms it names.

    Raises:
        ConfigError: the loader refuses it.
    """
    stubs = {n: _stub(*kind_and_table) for n, kind_and_table in said.items() if n != name}
    wanted = {n: stubs[n] for n in _named(data) if n in stubs}
    item = item_of({**wanted, name: data}, name)
    try:
        return read_terms(item, glossary.departments, There(more=_tables(glossary)))[name]
    except ConfigError as problem:
        problem.where = None  # the place is the row's, not one in a file of ours
        raise


def _stub(kind: str, table: str | None) -> Data:
    """The least that a term of this kind can be."""
    version: Data = {"effective": "2000-01-01", "where": "TRUE"}
    if kind == "measure":
        version["expr"] = "COUNT(*)"
    kind = "measure" if kind == "measure" else "population"
    return {"kind": kind, "of": table or "deals", "versions": [version]}


def _tables(glossary: Glossary) -> Collection[str]:
    return [term.of for term in glossary.terms.values() if term.of]


def _named(value: object) -> Iterator[str]:
    """Every word of a term's data that could be the name of another term."""
    if isinstance(value, Mapping):
        for member in value.values():
            yield from _named(member)
    elif isinstance(value, list):
        for member in value:
            yield from _named(member)
    elif isinstance(value, str):
        if "IS_TERM" in value.upper():
            yield from (word for word in value.replace('"', "'").split("'") if word.isidentifier())
        elif value.isidentifier():
            yield value
