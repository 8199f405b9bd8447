"""Terms: what a word means, since when, and where a department means something else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from dq.config import Item
from dq.errors import ConfigError, Place
from dq.semantics.columns import There
from dq.semantics.expression import Expression, read_expression
from dq.semantics.label import Label, read_label
from dq.semantics.names import Call

__all__ = [
    "KINDS",
    "Department",
    "Term",
    "Version",
    "check_calls",
    "read_departments",
    "read_terms",
]

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
_ASKED = ("population", "event", "measure")
"""Kinds of which a record can be asked whether it belongs to them."""


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


def read_terms(item: Item, departments: Collection[str], there: There) -> dict[str, Term]:
    """Read the section `terms`; its definitions may read what is `there`."""
    reader = _Reader(departments, there)
    entries = item.entries()
    terms = {name: reader.term(name, entry) for name, entry in entries.items()}
    for part in reader.parts:
        _check_part(part, terms)
    for name, term in terms.items():
        for version in (*term.versions, *(v for own in term.own.values() for v in own)):
            for expression in (version.where, version.expr):
                check_calls(expression, terms, departments, entries[name])
    return terms


@dataclass(frozen=True)
class _Reader:
    """Reads terms one by one; `parts` are the measures that ratios name, looked up later."""

    departments: Collection[str]
    there: There
    parts: list[Item] = field(default_factory=list)

    def term(self, name: str, item: Item) -> Term:
        if not name.isidentifier():
            raise item.error(
                "The name {value} can hold letters, digits and _ only, and begins with a letter.",
                fix="Write _ in place of other characters.",
                at_key=True,
                value=name,
            )
        keys = ("kind", "of", "label", "synonyms", "unit", "steward", "versions", "departments")
        of = item.fields(*keys, required=["kind", "versions"])
        kind = of["kind"].choice(*KINDS)
        table = self._table(kind, item, of.get("of"))
        own = {}
        for department, entry in of["departments"].entries().items() if "departments" in of else ():
            self._check_department(department, entry)
            versions = entry.fields("versions", required=["versions"])["versions"]
            own[department] = self._versions(versions, kind, table)
        return Term(
            name=name,
            kind=kind,
            of=table,
            versions=self._versions(of["versions"], kind, table),
            own=own,
            label=read_label(of.get("label")),
            synonyms=tuple(s.text() for s in of["synonyms"].items()) if "synonyms" in of else (),
            unit=of["unit"].text() if "unit" in of else None,
            steward=of["steward"].text() if "steward" in of else None,
            place=item.key_place,
        )

    def _table(self, kind: str, item: Item, of: Item | None) -> str | None:
        if kind == "ratio":
            if of is not None:
                raise of.error(
                    "A ratio has no table of its own.",
                    fix="Delete the key of.",
                    at_key=True,
                )
            return None
        if of is None:
            raise item.error("{key} lacks the key {missing}.", fix="Add {missing}.", missing="of")
        table = of.text()
        if table not in self.there.tables:
            raise _unknown(of, table, self.there.tables)
        return table

    def _check_department(self, name: str, item: Item) -> None:
        if not self.departments:
            raise item.error(
                "The glossary has no department {department}.",
                fix="Describe it in the section departments.",
                at_key=True,
                department=name,
            )
        if name not in self.departments:
            raise item.unknown(name, self.departments)

    def _versions(self, item: Item, kind: str, table: str | None) -> tuple[Version, ...]:
        versions: list[Version] = []
        for entry in item.items():
            version = self._version(entry, kind, table)
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
            raise item.error("{key} is empty.", fix="Write a version with the key effective.")
        return tuple(versions)

    def _version(self, item: Item, kind: str, table: str | None) -> Version:
        of = item.fields(*_COMMON, *_KEYS[kind], required=["effective", *_REQUIRED[kind]])
        self.parts.extend(of[part] for part in ("numerator", "denominator") if part in of)
        return Version(
            effective=of["effective"].day(),
            means=read_label(of.get("means")),
            change=read_label(of.get("change")),
            where=self._expression(of.get("where"), table),
            expr=self._expression(of.get("expr"), table, measure=kind == "measure"),
            time=self._time(of.get("time"), table),
            additive_over=_additive(of.get("additive_over")),
            numerator=of["numerator"].text() if "numerator" in of else None,
            denominator=of["denominator"].text() if "denominator" in of else None,
            place=item.place,
        )

    def _expression(
        self, item: Item | None, table: str | None, *, measure: bool = False
    ) -> Expression | None:
        if item is None or table is None:
            return None
        return read_expression(item, table, self.there, measure=measure)

    def _time(self, item: Item | None, table: str | None) -> str | None:
        if item is None:
            return None
        time = item.text()
        known = self.there.columns_of(table or "")
        if known is not None and time not in known:
            raise _unknown(item, time, known)
        return time


def _additive(item: Item | None) -> tuple[str, ...] | None:
    if item is None or (not item.is_list and item.text() == "all"):
        return None
    return tuple(dimension.text() for dimension in item.items())


def _unknown(item: Item, name: str, known: Iterable[str]) -> ConfigError:
    """That a value is none of the names that are known."""
    error = item.unknown(name, known)
    error.where = item.place
    return error


def _check_part(item: Item, terms: Mapping[str, Term]) -> None:
    """Refuse a ratio of what is no measure."""
    name = item.text()
    measures = [term.name for term in terms.values() if term.kind == "measure"]
    if name not in measures:
        near = () if name in terms else get_close_matches(name, measures, n=1)
        raise item.error(
            "{name} is no measure of this glossary.",
            fix="Did you mean {near}?" if near else "A ratio divides one measure by another.",
            name=name,
            near="".join(near),
        )


def check_calls(
    expression: Expression | None,
    terms: Mapping[str, Term],
    departments: Collection[str],
    item: Item,
) -> None:
    """Refuse IS_TERM of what is no term, or of one that the record cannot belong to.

    Raises:
        ConfigError: at the call.
    """
    for call in expression.calls if expression is not None else ():
        error = _call_error(call, terms, departments, item)
        if error is not None:
            error.where = call.place
            raise error


def _call_error(
    call: Call, terms: Mapping[str, Term], departments: Collection[str], item: Item
) -> ConfigError | None:
    used = terms.get(call.term)
    if used is None:
        return item.unknown(call.term, terms)
    if used.kind not in _ASKED:
        return item.error(
            "{term} is of the kind {kind}; here stands a {wanted}.",
            fix="Ask for a term that selects records.",
            term=used.name,
            kind=used.kind,
            wanted=" / ".join(_ASKED),
        )
    if used.kind == "measure" and not any(version.where for version in used.versions):
        return item.error(
            "{term} is a measure without a condition: every record belongs to it.",
            fix="Ask for a population, or give the measure its where.",
            term=used.name,
        )
    if call.table is not None and used.of != call.table:
        return item.error(
            "{term} is about {table}, and here stands a record of {other}.",
            fix="Use a term about {other}.",
            term=used.name,
            table=used.of,
            other=call.table,
        )
    if call.department is not None and call.department not in departments:
        return item.unknown(call.department, departments)
    return None
