"""The glossary: terms, departments, stages and fields of glossary.yaml, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

from dq.config import Item, parse_yaml, read_yaml
from dq.errors import ConfigError, Place
from dq.semantics.columns import Columns, There
from dq.semantics.label import Label, read_label
from dq.semantics.stages import Criterion, Stages, read_stages
from dq.semantics.terms import Department, Term, Version, check_calls, read_departments, read_terms

__all__ = [
    "Criterion",
    "Department",
    "Field",
    "Glossary",
    "Label",
    "Stages",
    "Term",
    "Version",
    "glossary_from_text",
    "load_glossary",
]


@dataclass(frozen=True)
class Field:
    """A column of the CRM: what it means, and from which stage on it must be filled.

    `values` are the words it may hold, each with its label; empty where any may stand.
    """

    table: str
    column: str
    means: Label = field(default_factory=Label)
    label: Label = field(default_factory=Label)
    unit: str | None = None
    owner: str | None = None
    since: date | None = None
    required_from: str | None = None
    values: Mapping[str, Label] = field(default_factory=dict)
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Glossary:
    """What the words of a house mean. `fields` go by `table.column`."""

    path: Path | None = None
    departments: Mapping[str, Department] = field(default_factory=dict)
    terms: Mapping[str, Term] = field(default_factory=dict)
    stages: Stages = field(default_factory=Stages)
    fields: Mapping[str, Field] = field(default_factory=dict)

    def required_by_stage(self, table: str = "deals") -> dict[str, list[str]]:
        """Columns that a record must have at each canonical stage, in the glossary's order.

        `required_from` asks for a column at its stage and every later one but lost (a deal is
        lost from anywhere); a criterion asks at its own stage. Only deals go through stages.
        """
        needed: dict[str, list[str]] = {stage: [] for stage in self.stages.canonical}
        if table != "deals":
            return {}
        for spec in self.fields.values():
            if spec.table == table and spec.required_from:
                for stage in self.stages.after(spec.required_from):
                    needed[stage].append(spec.column)
        for stage, criterion in self.stages.criteria.items():
            needed[stage] += [c for c in criterion.required if c not in needed[stage]]
        return {stage: columns for stage, columns in needed.items() if columns}

    def values(self, table: str, column: str) -> tuple[str, ...] | None:
        """The words a column may hold; None where the glossary does not say.

        Those of `deals.stage` and `deals.pipeline` are the names in the ladders.
        """
        spec = self.fields.get(f"{table}.{column}")
        if spec and spec.values:
            return tuple(spec.values)
        if table == "deals" and self.stages.ladders:
            if column == "pipeline":
                return tuple(self.stages.ladders)
            if column == "stage":
                names = (own for ladder in self.stages.ladders.values() for own in ladder)
                return tuple(dict.fromkeys(names))
        return None


def load_glossary(path: Path, columns: Columns | None = None, *, circles: bool = False) -> Glossary:
    """Read glossary.yaml strictly.

    With `columns`, an expression that reads any other column of those tables is refused;
    terms that are defined in a circle are, unless `circles` lets them pass.

    Raises:
        ConfigError: with file, line and column.
    """
    key = (str(path), _content(path), _frozen(columns), circles)
    if key not in _READ:
        while len(_READ) >= _KEPT:
            del _READ[next(iter(_READ))]
        _READ[key] = _glossary(read_yaml(path), path, columns, circles=circles)
    return _READ[key]


_KEPT = 4
_READ: dict[object, Glossary] = {}
"""The glossaries read last: one command asks for the same file several times."""


def _content(path: Path) -> bytes:
    """A digest of the file; empty where it cannot be read, which reading it will tell."""
    try:
        return sha256(path.read_bytes()).digest()
    except OSError:
        return b""


def _frozen(columns: Columns | None) -> object:
    if columns is None:
        return None
    return frozenset((table, frozenset(names)) for table, names in columns.items())


def glossary_from_text(text: str, name: str, columns: Columns | None = None) -> Glossary:
    """What `load_glossary` would say if the file `name` held this text."""
    return _glossary(parse_yaml(text, name), Path(name), columns)


def _glossary(
    root: Item, path: Path, columns: Columns | None, *, circles: bool = False
) -> Glossary:
    of = root.fields("glossary", "departments", "terms", "stages", "fields", required=["glossary"])
    if of["glossary"].integer(low=1) != 1:
        raise of["glossary"].error(
            "This file is written for a newer dq (format {value}).",
            fix="Update dq.",
            value=str(of["glossary"].node.value),
        )
    departments = read_departments(of["departments"]) if "departments" in of else {}
    there = There(columns)
    stages = read_stages(of["stages"], there) if "stages" in of else Stages()
    glossary = Glossary(
        path=path,
        departments=departments,
        terms=read_terms(of["terms"], departments, there) if "terms" in of else {},
        stages=stages,
        fields=_fields(of["fields"], stages) if "fields" in of else {},
    )
    for criterion in stages.criteria.values():
        check_calls(criterion.expression, glossary.terms, departments, of["stages"])
    if not circles:
        _refuse_circles(glossary)
    return glossary


def _refuse_circles(glossary: Glossary) -> None:
    from dq.semantics.circles import circles

    for circle in circles(glossary.terms):
        raise ConfigError(
            "{term} is defined by itself: {way} (S111).",
            where=glossary.terms[circle[0]].place,
            fix="Write one of these definitions out of columns.",
            term=circle[0],
            way=" → ".join([*circle, circle[0]]),
        )


def _fields(item: Item, stages: Stages) -> dict[str, Field]:
    fields = {}
    for name, entry in item.entries().items():
        table, dot, column = name.partition(".")
        if not (table and dot and column) or "." in column:
            raise entry.error(
                "{value} must be a table and a column, such as deals.product.",
                fix="Write the table, a dot and the column.",
                at_key=True,
                value=name,
            )
        of = entry.fields("means", "label", "unit", "owner", "since", "required_from", "values")
        fields[name] = Field(
            table=table,
            column=column,
            means=read_label(of.get("means")),
            label=read_label(of.get("label")),
            unit=of["unit"].text() if "unit" in of else None,
            owner=of["owner"].text() if "owner" in of else None,
            since=of["since"].day() if "since" in of else None,
            required_from=_required_from(of.get("required_from"), table, stages),
            values=_values(of.get("values")),
            place=entry.key_place,
        )
    return fields


def _required_from(item: Item | None, table: str, stages: Stages) -> str | None:
    if item is None:
        return None
    stage = item.text()
    if table != "deals":
        raise item.error("Only deals go through stages.", fix="Leave required_from out.")
    if stage not in stages.canonical:
        error = item.unknown(stage, stages.canonical)
        error.where = item.place
        raise error
    return stage


def _values(item: Item | None) -> dict[str, Label]:
    """A list of words, or words with their labels."""
    if item is None:
        return {}
    if item.is_map:
        return {
            word: Label() if label.blank else read_label(label)
            for word, label in item.entries().items()
        }
    values: dict[str, Label] = {}
    for word in item.items():
        if word.text() in values:
            raise word.error(
                "The value {value} stands here twice.", fix="Keep one of them.", value=word.text()
            )
        values[word.text()] = Label()
    return values
