"""Terms: what a word means, since when, and where a department means something else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from dq.config import Item
from dq.errors import Place
from dq.semantics.expression import Expression, read_expression
from dq.semantics.label import Label, read_label

__all__ = ["KINDS", "Department", "Term", "Version", "read_departments", "read_terms"]

KINDS = ("population", "measure", "dimension", "event", "ratio")

_COMMON = ("effective", "means", "change")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "population": ("where",),
    "measure": ("expr", "where", "time", "additive_over"),
    "dimension": ("expr",),
    "event": ("where", "time"),
    "ratio": ("numerator", "denominator"),
}
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "population": ("where",),
    "measure": ("expr",),
    "dimension": ("expr",),
    "event": ("time",),
    "ratio": ("numerator", "denominator"),
}


@dataclass(frozen=True)
class Department:
    """A part of the company; `names` are those under which the CRM's users hold it."""

    name: str
    label: Label = field(default_factory=Label)
    sales_model: str | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Version:
    """A definition from a day on, until the next.

    `additive_over` is None for "all", else the dimensions along which the measure adds up.
    """

    effective: date
    means: Label = field(default_factory=Label)
    change: Label = field(default_factory=Label)
    where: Expression | None = None
    expr: Expression | None = None
    time: str | None = None
    additive_over: tuple[str, ...] | None = None
    numerator: str | None = None
    denominator: str | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Term:
    """A word of the house. `versions` go from oldest to newest; `own` are departments'."""

    name: str
    kind: str
    of: str | None
    versions: tuple[Version, ...]
    own: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)
    label: Label = field(default_factory=Label)
    synonyms: tuple[str, ...] = ()
    unit: str | None = None
    steward: str | None = None
    place: Place | None = field(default=None, compare=False)

    def version(self, on: date, department: str | None = None) -> Version | None:
        """The definition in force on a day; a department's own where it has one by then."""
        versions = self.own.get(department, ()) if department is not None else ()
        return _newest(versions, on) or _newest(self.versions, on)


def _newest(versions: tuple[Version, ...], on: date) -> Version | None:
    return next((v for v in reversed(versions) if v.effective <= on), None)


def read_departments(item: Item) -> dict[str, Department]:
    """Read the section `departments`."""
    departments = {}
    for name, entry in item.entries().items():
        of = entry.fields("label", "sales_model", "names") if not entry.blank else {}
        departments[name] = Department(
            name,
            label=read_label(of.get("label")),
            sales_model=of["sales_model"].text() if "sales_model" in of else None,
            names=tuple(n.text() for n in of["names"].items()) if "names" in of else (),
        )
    return departments


def read_terms(
    item: Item,
    departments: Collection[str],
    tables: Collection[str],
    columns: Mapping[str, Collection[str]] | None,
) -> dict[str, Term]:
    """Read the section `terms`.

    `tables` are those a term may be of; `columns`, where given, their columns.
    """
    terms: dict[str, Term] = {}
    entries = item.entries()
    for name, entry in entries.items():
        if not name.isidentifier():
            raise entry.error(
                "The name {value} can hold letters, digits and _ only, and begins with a letter.",
                at_key=True,
                value=name,
            )
        terms[name] = _term(name, entry, departments, tables, columns)
    for name, term in terms.items():
        _check_uses(term, terms, entries[name])
    return terms


def _term(
    name: str,
    item: Item,
    departments: Collection[str],
    tables: Collection[str],
    columns: Mapping[str, Collection[str]] | None,
) -> Term:
    keys = ("kind", "of", "label", "synonyms", "unit", "steward", "versions", "departments")
    of = item.fields(*keys, required=["kind", "versions"])
    kind = of["kind"].choice(*KINDS)
    table = None
    if kind == "ratio":
        if "of" in of:
            raise of["of"].error("A ratio has no table of its own.", at_key=True)
    elif "of" not in of:
        raise item.error("{key} lacks the key {missing}.", fix="Add {missing}.", missing="of")
    else:
        table = of["of"].text()
        if table not in tables:
            error = of["of"].unknown(table, tables)
            error.where = of["of"].place
            raise error
    known = None if columns is None or table is None else columns.get(table)
    own = {}
    for department, entry in of["departments"].entries().items() if "departments" in of else ():
        if department not in departments:
            raise entry.unknown(department, departments)
        versions = entry.fields("versions", required=["versions"])["versions"]
        own[department] = _versions(versions, kind, known)
    return Term(
        name=name,
        kind=kind,
        of=table,
        versions=_versions(of["versions"], kind, known),
        own=own,
        label=read_label(of.get("label")),
        synonyms=tuple(s.text() for s in of["synonyms"].items()) if "synonyms" in of else (),
        unit=of["unit"].text() if "unit" in of else None,
        steward=of["steward"].text() if "steward" in of else None,
        place=item.key_place,
    )


def _versions(item: Item, kind: str, columns: Collection[str] | None) -> tuple[Version, ...]:
    versions: list[Version] = []
    for entry in item.items():
        version = _version(entry, kind, columns)
        if versions and version.effective == versions[-1].effective:
            raise entry.error(
                "Two versions take effect on {day}.",
                fix="Give each its own day.",
                day=version.effective.isoformat(),
            )
        if versions and version.effective < versions[-1].effective:
            raise entry.error(
                "This version takes effect before the one above it.",
                fix="Write versions from oldest to newest.",
            )
        versions.append(version)
    if not versions:
        raise item.error("{key} is empty.", fix="Write a value or leave the key out.")
    return tuple(versions)


def _version(item: Item, kind: str, columns: Collection[str] | None) -> Version:
    of = item.fields(*_COMMON, *_KEYS[kind], required=["effective", *_REQUIRED[kind]])
    time = of["time"].text() if "time" in of else None
    if time is not None and columns is not None and time not in columns:
        error = of["time"].unknown(time, columns)
        error.where = of["time"].place
        raise error
    return Version(
        effective=of["effective"].day(),
        means=read_label(of.get("means")),
        change=read_label(of.get("change")),
        where=read_expression(of["where"], columns) if "where" in of else None,
        expr=read_expression(of["expr"], columns) if "expr" in of else None,
        time=time,
        additive_over=_additive(of.get("additive_over")),
        numerator=of["numerator"].text() if "numerator" in of else None,
        denominator=of["denominator"].text() if "denominator" in of else None,
        place=item.place,
    )


def _additive(item: Item | None) -> tuple[str, ...] | None:
    if item is None or (not item.is_list and item.text() == "all"):
        return None
    return tuple(dimension.text() for dimension in item.items())


def _check_uses(term: Term, terms: Mapping[str, Term], item: Item) -> None:
    """Refuse a ratio of what is no measure, and IS_TERM of what is no term."""
    for version in (*term.versions, *(v for own in term.own.values() for v in own)):
        for part in (version.numerator, version.denominator):
            if part is not None and (part not in terms or terms[part].kind != "measure"):
                error = item.error(
                    "{name} is no measure of this glossary.",
                    fix="A ratio divides one measure by another.",
                    name=part,
                )
                error.where = version.place
                raise error
        for expression in (version.where, version.expr):
            for used in expression.terms if expression else ():
                if used not in terms:
                    error = item.unknown(used, terms)
                    error.where = expression.place if expression else None
                    raise error
