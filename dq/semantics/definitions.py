"""What of a glossary is approved one by one: its definitions, each with two digests.

`content` decides figures (kind, table, predicate, dates): its change needs an approval.
`words` are labels and explanations: their change is seen in the history and needs none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from dq.errors import Place
from dq.semantics.expression import Expression
from dq.semantics.glossary import Field, Glossary
from dq.semantics.label import Label
from dq.semantics.stages import Stages
from dq.semantics.terms import Department, Term, Version
from dq.store import canonical_json

__all__ = ["Definition", "definitions", "digest_of", "normal_sql", "object_name", "term_object"]

STAGES = "stages"
DEPARTMENTS = "departments"


@dataclass(frozen=True)
class Definition:
    """One definition of a glossary.

    `object` names it for good (`prospect@2024-01-01`, `prospect/sales_us@2024-01-01`,
    `deals.amount`, `stages`, `stages/ladder/NAME`, `stages/criteria/STAGE`,
    `departments/NAME`); `subject` is the term, field or section that people name.
    """

    object: str
    subject: str
    kind: str
    content: Mapping[str, Any]
    words: Mapping[str, Any]
    place: Place | None = field(default=None, compare=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the RFC 8785 JSON of `content`."""
        return digest_of(self.content)

    @cached_property
    def words_digest(self) -> str:
        """SHA-256 of the RFC 8785 JSON of `words`."""
        return digest_of(self.words)


def digest_of(value: object) -> str:
    """SHA-256 of a value's RFC 8785 JSON."""
    return f"sha256:{sha256(canonical_json(value)).hexdigest()}"


def normal_sql(expression: Expression | None) -> str | None:
    """An expression as one line of SQL that does not depend on spaces, case or comments."""
    if expression is None:
        return None
    return expression.plan.sql(dialect="duckdb", normalize_functions=False, comments=False)


def term_object(term: str, department: str | None, effective: str) -> str:
    """The name of a term's version."""
    return f"{term}/{department}@{effective}" if department else f"{term}@{effective}"


def object_name(definition: Definition) -> str:
    """Its name; for sorting and printing."""
    return definition.object


def definitions(glossary: Glossary) -> tuple[Definition, ...]:
    """All definitions of a glossary, in its order."""
    return (
        *(d for term in glossary.terms.values() for d in _of_term(term)),
        *(_of_field(spec) for spec in glossary.fields.values()),
        *_of_stages(glossary.stages),
        *(_of_department(d) for d in glossary.departments.values()),
    )


def _of_term(term: Term) -> Iterator[Definition]:
    for department, versions in ((None, term.versions), *term.own.items()):
        for version in versions:
            yield Definition(
                object=term_object(term.name, department, version.effective.isoformat()),
                subject=term.name,
                kind=term.kind,
                content=_version_content(term, department, version),
                words={
                    "label": _texts(term.label),
                    "means": _texts(version.means),
                    "change": _texts(version.change),
                    "synonyms": list(term.synonyms),
                    "steward": term.steward,
                },
                place=version.place,
            )


def _version_content(term: Term, department: str | None, version: Version) -> dict[str, Any]:
    additive = version.additive_over
    return {
        "term": term.name,
        "kind": term.kind,
        "of": term.of,
        "unit": term.unit,
        "department": department,
        "effective": version.effective.isoformat(),
        "where": normal_sql(version.where),
        "expr": normal_sql(version.expr),
        "time": version.time,
        "additive_over": "all" if additive is None else list(additive),
        "numerator": version.numerator,
        "denominator": version.denominator,
    }


def _of_field(spec: Field) -> Definition:
    name = f"{spec.table}.{spec.column}"
    return Definition(
        object=name,
        subject=name,
        kind="field",
        content={
            "field": name,
            "unit": spec.unit,
            "since": spec.since.isoformat() if spec.since else None,
            "required_from": spec.required_from,
            "values": list(spec.values),
        },
        words={
            "label": _texts(spec.label),
            "means": _texts(spec.means),
            "values": {value: _texts(label) for value, label in spec.values.items()},
            "owner": spec.owner,
        },
        place=spec.place,
    )


def _of_stages(stages: Stages) -> Iterator[Definition]:
    if not stages.canonical:
        return
    graph = {stage: list(after) for stage, after in stages.graph.items()}
    made: list[tuple[str, dict[str, Any]]] = [
        (STAGES, {"canonical": list(stages.canonical), "graph": graph})
    ]
    made += [
        (f"{STAGES}/ladder/{name}", {"ladder": name, "stages": dict(ladder)})
        for name, ladder in stages.ladders.items()
    ]
    made += [
        (f"{STAGES}/criteria/{stage}", {"stage": stage, "enter": normal_sql(c.expression)})
        for stage, c in stages.criteria.items()
    ]
    for name, content in made:
        yield Definition(name, STAGES, "stages", content, {}, stages.place)


def _of_department(department: Department) -> Definition:
    return Definition(
        object=f"{DEPARTMENTS}/{department.name}",
        subject=DEPARTMENTS,
        kind="department",
        content={
            "department": department.name,
            "sales_model": department.sales_model,
            "names": list(department.names),
        },
        words={"label": _texts(department.label)},
    )


def _texts(label: Label) -> dict[str, str]:
    return dict(label.texts)
