"""Ossie (Open Semantic Interchange): one semantic model with datasets, relationships, metrics.

The form is a draft, `VERSION`. Predicates are written into the aggregates, and what the form
has no place for (day, unit, steward, status) stands in `custom_extensions` as JSON.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dq.crm.model import TABLES
from dq.i18n.translator import Translator
from dq.semantics.exchange.said_sql import Unsayable, folded, plain_tree, qualified
from dq.semantics.exchange.selection import (
    Definition,
    Export,
    Loss,
    Selection,
    ruled_fields,
    sections_left,
)
from dq.semantics.exchange.yaml_text import yaml_text

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["VERSION", "export_ossie"]

VERSION = "0.2.0.dev0"

_TYPES = {
    "text": "String",
    "integer": "Integer",
    "decimal": "Decimal",
    "double": "Decimal",
    "date": "Date",
    "timestamp": "DateTime",
    "boolean": "Boolean",
}


def export_ossie(chosen: Selection, language: str, t: Translator) -> Export:
    """A semantic model in YAML; it holds the definitions in force on one day."""
    maker = _Maker(chosen, language)
    document = maker.document(str(t.t("exchange.title")))
    remarks = []
    if maker.losses:
        remarks = [str(t.t("exchange.left_out")), *(f"- {e.said(t)}" for e in maker.losses)]
    return Export(yaml_text(document, remarks), tuple(maker.losses))


class _Maker:
    def __init__(self, chosen: Selection, language: str) -> None:
        self.chosen = chosen
        self.language = language
        self.losses: list[Loss] = []
        self._trees: dict[str, exp.Expr] = {}

    def document(self, title: str) -> dict[str, Any]:
        fields: dict[str, list[dict[str, Any]]] = {}
        metrics = []
        for kind in ("dimension", "population", "event", "measure", "ratio"):
            for term in (t for t in self.chosen.terms if t.kind == kind):
                definition = self._current(term.name)
                if definition is None:
                    continue
                try:
                    if kind in {"measure", "ratio"}:
                        metrics.append(self._metric(definition))
                    else:
                        fields.setdefault(str(term.of), []).append(self._field(definition))
                except Unsayable as problem:
                    self.losses.append(Loss(definition.object, problem.key, problem.args_))
        self.losses += sections_left(self.chosen, "stages", "departments")
        if rules := ruled_fields(self.chosen, self._tables()):
            self.losses.append(Loss("fields", "exchange.loss.field_rules", {"names": rules}))
        tables = self._tables()
        document: dict[str, Any] = {
            "version": VERSION,
            "name": "crm",
            "description": title,
            "datasets": [self._dataset(name, fields.get(name, [])) for name in tables],
            "relationships": [
                {
                    "name": f"{name}_{relation.column}",
                    "from": name,
                    "to": relation.target,
                    "from_columns": [relation.column],
                    "to_columns": list(TABLES[relation.target].key),
                }
                for name in tables
                for relation in TABLES[name].relations
                if relation.target in tables
            ],
        }
        if metrics:
            document["metrics"] = metrics
        return document

    def _tables(self) -> list[str]:
        used = {term.of for term in self.chosen.terms if term.of in TABLES}
        targets = {r.target for name in used if name for r in TABLES[name].relations}
        return [n for n in TABLES if n in used | targets] or list(TABLES)

    def _current(self, name: str) -> Definition | None:
        term = self.chosen.glossary.terms[name]
        for other in self.chosen.left_out(term):
            self.losses.append(Loss(other, "exchange.loss.definition"))
        definition = self.chosen.current(term)
        if definition is None:
            self.losses.append(Loss(name, "exchange.loss.not_in_force", {"day": self.chosen.day}))
        elif term.of is not None and term.of not in TABLES:
            self.losses.append(Loss(name, "exchange.loss.table", {"table": term.of}))
            return None
        return definition

    def _dataset(self, name: str, terms: list[dict[str, Any]]) -> dict[str, Any]:
        entity = TABLES[name]
        names = {term["name"] for term in terms}
        fields = []
        for column in entity.columns.values():
            if column.name in names:  # the term stands; its SQL still reads the column
                self.losses.append(
                    Loss(f"{name}.{column.name}", "exchange.loss.column", {"name": column.name})
                )
                continue
            made = {
                "name": column.name,
                "expression": _said(column.name),
                "datatype": _TYPES[column.type],
            }
            spec = self.chosen.glossary.fields.get(f"{name}.{column.name}")
            if spec is not None and spec.means:
                made["description"] = spec.means.text(self.language)
            if column.type in {"date", "timestamp"} or column.type == "text":
                made["dimension"] = {"is_time": column.type != "text"}
            fields.append(made)
        return {
            "name": name,
            "source": name,
            "primary_key": list(entity.key),
            "fields": fields + terms,
        }

    def _field(self, definition: Definition) -> dict[str, Any]:
        from sqlglot import exp

        term = definition.term
        where = self._tree(definition, "where")
        made: dict[str, Any] = {}
        if term.kind == "event":
            moment = exp.column(str(definition.version.time))
            value: exp.Expr = moment
            if where is not None:
                value = exp.Case(ifs=[exp.If(this=where, true=moment)])
            made = {"datatype": "DateTime", "dimension": {"is_time": True}}
        elif where is not None:
            # CASE, for IS TRUE is no standard SQL everywhere
            value = exp.Case(ifs=[exp.If(this=where, true=exp.true())], default=exp.false())
            made = {"datatype": "Boolean", "dimension": {"is_time": False}}
        else:
            found = self._tree(definition, "expr")
            assert found is not None  # noqa: S101 - the loader demands it
            value = found
            made = {"dimension": {"is_time": False}}
        return {
            "name": term.name,
            "expression": _said(value.sql()),
            **made,
            **self._words(definition),
        }

    def _metric(self, definition: Definition) -> dict[str, Any]:
        from sqlglot import exp

        term, version = definition.term, definition.version
        if term.kind == "ratio":
            sides = [self._trees.get(str(n)) for n in (version.numerator, version.denominator)]
            above, below = sides
            if above is None or below is None:
                name = version.denominator if above is not None else version.numerator
                raise Unsayable("exchange.loss.parts", name=name)
            none = exp.Nullif(this=below.copy(), expression=exp.Literal.number(0))
            tree: exp.Expr = exp.Div(this=exp.paren(above.copy()), expression=none)
        else:
            found, where = self._tree(definition, "expr"), self._tree(definition, "where")
            assert found is not None  # noqa: S101 - the loader demands it
            tree = qualified(folded(found, where) if where is not None else found, str(term.of))
            self._trees[term.name] = tree
        return {
            "name": term.name,
            "expression": _said(tree.sql()),
            **self._words(definition),
        }

    def _tree(self, definition: Definition, part: str) -> exp.Expr | None:
        expression = getattr(definition.version, part)
        if expression is None:
            return None
        return plain_tree(expression, definition.term.of, self.chosen)

    def _words(self, definition: Definition) -> dict[str, Any]:
        term, version = definition.term, definition.version
        label, means = term.label.text(self.language), version.means.text(self.language)
        words: dict[str, Any] = {}
        if said := ": ".join(part for part in (label, means) if part):
            words["description"] = said
        if term.synonyms:
            words["ai_context"] = {"synonyms": list(term.synonyms)}
        data: dict[str, object] = {
            "definition": definition.object,
            "kind": term.kind,
            "effective": version.effective.isoformat(),
        }
        data |= {k: v for k in ("unit", "steward") if (v := getattr(term, k))}
        if version.time:
            data["time"] = version.time
        if version.additive_over is not None:
            data["additive_over"] = list(version.additive_over)
        if (status := self.chosen.status.get(definition.object)) is not None:
            data["status"] = status
        words["custom_extensions"] = [
            {"vendor_name": "DQ", "data": json.dumps(data, ensure_ascii=False)}
        ]
        return words


def _said(text: str) -> dict[str, Any]:
    return {"dialects": [{"dialect": "ANSI_SQL", "expression": text}]}
