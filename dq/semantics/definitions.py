"""What of a glossary is approved one by one: its definitions, each with two digests.

`content` decides figures (kind, table, predicate, dates): its change needs an approval.
`words` are labels and explanations: their change is seen in the history and needs none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from dq.errors import DqError, Place
from dq.semantics.expression import TERM_FUNCTIONS, Expression
from dq.semantics.glossary import Field, Glossary
from dq.semantics.label import Label
from dq.semantics.stages import Stages
from dq.semantics.terms import Department, Term, Version
from dq.store import canonical_json

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = [
    "LADDER",
    "Definition",
    "approved_expression",
    "definitions",
    "digest_of",
    "normal_sql",
    "normalised",
    "term_object",
]

STAGES = "stages"
LADDER = f"{STAGES}/ladder/"
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
    plan = expression.plan.transform(_plainly)
    return plan.sql(dialect="duckdb", normalize_functions=False, comments=False)


def approved_expression(text: str) -> Expression:
    """An expression out of an approved text."""
    from dq.sql.parse import parse_expression

    where = Place(file="an approved definition")
    return Expression(text, parse_expression(text, where, TERM_FUNCTIONS), where)


def normalised(content: Mapping[str, Any]) -> dict[str, Any]:
    """A recorded content with its SQL as this version writes it."""
    made = dict(content)
    for name in ("where", "expr", "enter"):
        if made.get(name) is not None:
            try:
                made[name] = normal_sql(approved_expression(made[name]))
            except DqError:  # a text that this version no longer reads stays as it is
                continue
    return made


def _plainly(node: exp.Expr) -> exp.Expr:
    """Names without the quotes they do not need, parameters as people write them."""
    from sqlglot import exp

    if isinstance(node, exp.Identifier) and _PLAIN.fullmatch(node.name):
        return exp.to_identifier(node.name, quoted=node.name.upper() in _WORDS)
    if isinstance(node, exp.Placeholder):
        return exp.Var(this=f":{node.name}")
    return node


_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_WORDS = frozenset(
    "ALL AND ANY AS ASC BETWEEN BY CASE CAST CHECK COLUMN CROSS DEFAULT DESC DISTINCT ELSE END "
    "EXCEPT EXISTS FALSE FILTER FOR FROM FULL GROUP HAVING IN INNER INTERSECT INTERVAL INTO IS "
    "JOIN LEFT LIKE LIMIT NATURAL NOT NULL OFFSET ON OR ORDER OUTER OVER RIGHT SELECT SET SOME "
    "TABLE THEN TO TRUE UNION UNIQUE USING VALUES WHEN WHERE WINDOW WITH".split()
)
"""Words of SQL that are quoted where they are names."""


def term_object(term: str, department: str | None, effective: str) -> str:
    """The name of a term's version."""
    return f"{term}/{department}@{effective}" if department else f"{term}@{effective}"


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
        (f"{LADDER}{name}", {"ladder": name, "stages": dict(ladder)})
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
