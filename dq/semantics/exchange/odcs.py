"""The Open Data Contract Standard (ODCS) 3: tables, columns, keys, relations, quality, terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dq.crm.model import TABLES, Column, Entity
from dq.i18n.translator import Translator
from dq.semantics.exchange.selection import Definition, Export, Loss, Selection
from dq.semantics.exchange.skos import term_iri
from dq.semantics.exchange.yaml_text import yaml_text
from dq.semantics.glossary import Field

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["API_VERSION", "export_odcs"]

API_VERSION = "v3.2.0"
"""The first version with `enum` and `synonyms`."""

_TYPES = {
    "text": "string",
    "integer": "integer",
    "decimal": "number",
    "double": "number",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
}


def export_odcs(chosen: Selection, language: str, t: Translator) -> Export:
    """A data contract in YAML; it holds the definitions in force on one day."""
    contract = _Contract(chosen, language, t)
    document = contract.document()
    losses = list(contract.losses())
    remarks = []
    if losses:
        remarks = [str(t.t("exchange.left_out")), *(f"- {loss.said(t)}" for loss in losses)]
    return Export(yaml_text(document, remarks), tuple(losses))


class _Contract:
    def __init__(self, chosen: Selection, language: str, t: Translator) -> None:
        self.chosen = chosen
        self.glossary = chosen.glossary
        self.language = language
        self.t = t
        # A day picks what was in force; each department's own meaning is in force beside it.
        self.on = Selection(
            chosen.glossary, chosen.terms, chosen.today, chosen.day, chosen.status, chosen.uses
        )

    def document(self) -> dict[str, Any]:
        tables = self._tables()
        ratios = [term for term in self.chosen.terms if term.of is None]
        document: dict[str, Any] = {
            "apiVersion": API_VERSION,
            "kind": "DataContract",
            "id": "dq-glossary",
            "name": "CRM",
            "version": self.chosen.day.isoformat(),
            "status": self._status(),
            "description": {
                "purpose": str(self.t.t("exchange.odcs.purpose")),
                "limitations": str(self.t.t("exchange.odcs.limits", day=self.chosen.day)),
            },
            "schema": [self._object(name) for name in tables],
        }
        people = self._people(tables)
        if people:
            document["team"] = {"members": people}
        if ratios:
            document["authoritativeDefinitions"] = [
                a for term in ratios for a in self._authorities(term.name)
            ]
            document["customProperties"] = [
                {"property": "terms", "value": [self._term(d) for d in self._of(None)]}
            ]
        return document

    def losses(self) -> Iterator[Loss]:
        for term in self.chosen.terms:
            here = {d.object for d in self.on.definitions(term)}
            every = Selection(self.glossary, (term,), self.chosen.today).definitions(term)
            for definition in every:
                if definition.object not in here:
                    yield Loss(definition.object, "exchange.loss.definition")
        if self.glossary.stages.graph:
            yield Loss("stages", "exchange.loss.graph")

    def _status(self) -> str:
        """A contract is in force once everything in it was approved."""
        held = [d.object for term in self.chosen.terms for d in self.on.definitions(term)]
        return "active" if all(self.chosen.status.get(o) == "approved" for o in held) else "draft"

    def _tables(self) -> list[str]:
        """All tables of the model, those of the terms where only some terms are asked for."""
        own = dict.fromkeys(f.table for f in self.glossary.fields.values())
        own |= dict.fromkeys(term.of for term in self.chosen.terms if term.of)
        every = dict.fromkeys([*TABLES, *own])
        if len(self.chosen.terms) == len(self.glossary.terms):
            return list(every)
        wanted = {term.of for term in self.chosen.terms}
        return [name for name in every if name in wanted]

    def _people(self, tables: list[str]) -> list[dict[str, Any]]:
        roles: dict[str, list[str]] = {}
        for term in self.chosen.terms:
            if term.steward:
                roles.setdefault(term.steward, []).append("steward")
        for spec in self.glossary.fields.values():
            if spec.owner and spec.table in tables:
                roles.setdefault(spec.owner, []).append("owner")
        return [
            {"username": who, "role": ", ".join(sorted(set(held)))} for who, held in roles.items()
        ]

    # --- tables and columns ------------------------------------------------------------

    def _object(self, name: str) -> dict[str, Any]:
        entity = TABLES.get(name)
        made: dict[str, Any] = {"name": name, "logicalType": "object", "physicalType": "table"}
        if self.t.has(f"table.{name}"):
            made["businessName"] = str(self.t.table(name))
        columns = list(entity.columns) if entity else []
        columns += [
            f.column
            for f in self.glossary.fields.values()
            if f.table == name and f.column not in columns
        ]
        made["properties"] = [self._property(name, entity, column) for column in columns]
        if name == "deals" and (quality := list(self._criteria())):
            made["quality"] = quality
        terms = [self._term(d) for d in self._of(name)]
        if terms:
            names = dict.fromkeys(term["name"] for term in terms)
            made["authoritativeDefinitions"] = [
                a for term in names for a in self._authorities(term)
            ]
            made["customProperties"] = [{"property": "terms", "value": terms}]
        return made

    def _property(self, table: str, entity: Entity | None, name: str) -> dict[str, Any]:
        column = entity.columns.get(name) if entity else None
        spec = self.glossary.fields.get(f"{table}.{name}")
        # A column of the house's own has no declared type: it comes as text.
        made: dict[str, Any] = {"name": name, "logicalType": "string"}
        if column is not None and entity is not None:
            made |= _facts(column, entity)
        extra: dict[str, object] = {}
        if column is not None and column.unit:
            extra["unit"] = column.unit
        if spec is not None:
            made |= self._meaning(spec)
            extra |= {
                key: value
                for key, value in (
                    ("unit", spec.unit),
                    ("owner", spec.owner),
                    ("since", spec.since.isoformat() if spec.since else None),
                    ("requiredFrom", spec.required_from),
                )
                if value
            }
        if extra:
            made["customProperties"] = [
                {"property": key, "value": value} for key, value in extra.items()
            ]
        quality = list(self._quality(table, name, spec))
        if quality:
            made["quality"] = quality
        return made

    def _meaning(self, spec: Field) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if spec.label:
            made["businessName"] = spec.label.text(self.language)
        if spec.means:
            made["description"] = spec.means.text(self.language)
        if spec.values:
            made["enum"] = [
                {"value": word, **({"label": said} if (said := label.text(self.language)) else {})}
                for word, label in spec.values.items()
            ]
        return made

    # --- quality -----------------------------------------------------------------------

    def _quality(self, table: str, name: str, spec: Field | None) -> Iterator[dict[str, Any]]:
        words = self.glossary.values(table, name)
        if words:
            yield {
                "name": f"{table}.{name}.values",
                "description": str(self.t.t("exchange.odcs.values")),
                "dimension": "conformity",
                "metric": "invalidValues",
                "arguments": {"validValues": list(words)},
                "mustBe": 0,
                "unit": "rows",
            }
        if spec is not None and spec.required_from:
            from sqlglot import exp

            stages = self.glossary.stages.after(spec.required_from)
            missing = exp.Is(this=exp.column(name), expression=exp.null())
            yield {
                "name": f"{table}.{name}.required_from_{spec.required_from}",
                "description": str(self.t.t("exchange.odcs.required", stage=spec.required_from)),
                "dimension": "completeness",
                "type": "sql",
                "query": _count(table, exp.and_(self._at(stages), missing)),
                "mustBe": 0,
                "unit": "rows",
            }

    def _criteria(self) -> Iterator[dict[str, Any]]:
        from sqlglot import exp, parse_one

        for stage, criterion in self.glossary.stages.criteria.items():
            rule = parse_one(criterion.expression.text, read="duckdb")
            broken = exp.Not(this=exp.Is(this=exp.paren(rule), expression=exp.true()))
            yield {
                "name": f"deals.{stage}.criterion",
                "description": str(self.t.t("exchange.odcs.criterion", stage=stage)),
                "dimension": "completeness",
                "type": "sql",
                "query": _count("deals", exp.and_(self._at((stage,)), broken)),
                "mustBe": 0,
                "unit": "rows",
            }

    def _at(self, stages: tuple[str, ...]) -> exp.Expr:
        """Deals at canonical stages, by the names of each pipeline's ladder."""
        from sqlglot import exp

        ladders = self.glossary.stages.ladders
        if not ladders:
            return exp.column("stage").isin(*stages)
        cases = []
        for pipeline, ladder in ladders.items():
            names = [own for own, stage in ladder.items() if stage in stages]
            if names:
                here = exp.column("pipeline").eq(pipeline)
                cases.append(exp.and_(here, exp.column("stage").isin(*names)))
        return exp.or_(*cases) if cases else exp.false()

    # --- terms -------------------------------------------------------------------------

    def _of(self, table: str | None) -> Iterator[Definition]:
        for term in self.chosen.terms:
            if term.of == table:
                yield from self.on.definitions(term)

    def _authorities(self, name: str) -> Iterator[dict[str, Any]]:
        term = self.glossary.terms[name]
        definition = self.chosen.current(term)
        said = [term.label.text(self.language) or name]
        if definition is not None and definition.version.means:
            said.append(definition.version.means.text(self.language))
        yield {
            "url": term_iri(name),
            "type": "businessDefinition",
            "description": ": ".join(said),
        }

    def _term(self, definition: Definition) -> dict[str, Any]:
        term, version = definition.term, definition.version
        made: dict[str, object | None] = {
            "name": term.name,
            "definition": definition.object,
            "kind": term.kind,
            "department": definition.department,
            "effective": version.effective.isoformat(),
            "label": term.label.text(self.language),
            "means": version.means.text(self.language),
            "where": version.where.text if version.where else None,
            "expr": version.expr.text if version.expr else None,
            "time": version.time,
            "numerator": version.numerator,
            "denominator": version.denominator,
            "additiveOver": None if version.additive_over is None else list(version.additive_over),
            "unit": term.unit,
            "steward": term.steward,
            "synonyms": list(term.synonyms),
            "status": self.chosen.status.get(definition.object),
        }
        return {key: value for key, value in made.items() if value not in (None, "", [])}


def _facts(column: Column, entity: Entity) -> Mapping[str, Any]:
    facts: dict[str, Any] = {"logicalType": _TYPES[column.type], "required": column.required}
    if column.name in entity.key:
        facts["primaryKey"] = True
        facts["primaryKeyPosition"] = entity.key.index(column.name) + 1
        facts["required"] = True
        if len(entity.key) == 1:
            facts["unique"] = True
    if column.personal:
        facts["classification"] = "personal"
    relation = entity.relation(column.name)
    if relation is not None:
        target = TABLES[relation.target]
        facts["relationships"] = [
            {"type": "foreignKey", "to": f"{relation.target}.{target.key[0]}"}
        ]
    return facts


def _count(table: str, where: exp.Expr) -> str:
    from sqlglot import exp

    query = exp.select(exp.Count(this=exp.Star())).from_(table).where(where)
    return str(query.sql(dialect="duckdb"))
