"""dbt semantic models and metrics, as MetricFlow reads them.

A table is a semantic model; a measure is a measure and a simple metric whose filter is the
measure's predicate; a ratio is a ratio metric; populations, dimensions and events are
dimensions. What the form cannot say stands in a comment on top and in the losses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dq.crm.model import TABLES, Column, Entity
from dq.i18n.translator import Translator
from dq.semantics.exchange.said_sql import Unsayable, folded, plain_text, plain_tree
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

__all__ = ["export_dbt", "singular"]

_NAME = re.compile(r"[a-z]((?!__)[a-z0-9_])*[a-z0-9]")
_RESERVED = frozenset(
    "metric_time mf_internal_uuid nanosecond microsecond millisecond second minute hour day week "
    "month quarter year".split()
)
_CATEGORIES = frozenset("category flag city country company name text".split())
_SIMPLE = {"sum": "Sum", "min": "Min", "max": "Max", "average": "Avg", "median": "Median"}


@dataclass
class _Model:
    """A semantic model in the making; `by_column` names the dimension of a column."""

    entity: Entity
    entities: list[dict[str, Any]] = field(default_factory=list)
    dimensions: dict[str, dict[str, Any]] = field(default_factory=dict)
    measures: list[dict[str, Any]] = field(default_factory=list)
    by_column: dict[str, str] = field(default_factory=dict)

    @property
    def primary(self) -> str:
        return singular(self.entity.name)

    @property
    def names(self) -> set[str]:
        every = {*self.dimensions, *(m["name"] for m in self.measures)}
        return every | {e["name"] for e in self.entities}

    @property
    def default_time(self) -> str | None:
        """The time dimension that stands where a measure has none of its own."""
        times = [n for n, d in self.dimensions.items() if d["type"] == "time"]
        events = [n for n in times if (c := self.entity.columns.get(n)) is not None and c.event]
        first = [n for n in ("created_at",) if n in times]
        return next(iter([*first, *events, *times]), None)


def export_dbt(chosen: Selection, language: str, t: Translator) -> Export:
    """Semantic models and metrics in YAML; see the module."""
    maker = _Maker(chosen, language)
    maker.make()
    remarks = [str(t.t("exchange.dbt.head", day=chosen.day.isoformat()))]
    if maker.losses:
        remarks += ["", str(t.t("exchange.left_out")), *(f"- {e.said(t)}" for e in maker.losses)]
    document = {
        "semantic_models": [_model(m) for m in maker.models.values()],
        "metrics": maker.metrics,
    }
    return Export(yaml_text(document, remarks), tuple(maker.losses))


def singular(table: str) -> str:
    """The entity that a table is about: deals → deal, activities → activity."""
    if table.endswith("ies"):
        return table[:-3] + "y"
    if table.endswith("ches"):
        return table[:-2]
    return table[:-1] if table.endswith("s") else table


class _Maker:
    """Builds models and metrics, collecting what cannot be said."""

    def __init__(self, chosen: Selection, language: str) -> None:
        self.chosen = chosen
        self.language = language
        self.losses: list[Loss] = []
        self.metrics: list[dict[str, Any]] = []
        self.models: dict[str, _Model] = {}
        self._kinds: dict[str, str] = {}
        self._labels: set[str] = set()

    def make(self) -> None:
        used = {t.of for t in self.chosen.terms if t.of in TABLES}
        targets = {r.target for name in used if name for r in TABLES[name].relations}
        for name in (n for n in TABLES if n in used | targets):
            self.models[name] = self._table(TABLES[name])
        for model in self.models.values():
            self._columns(model)
        current = list(self._current())
        for kind in ("dimension", "population", "event", "measure", "ratio"):
            for definition in (d for d in current if d.term.kind == kind):
                self._definition(definition)
        self.losses += sections_left(self.chosen, "stages", "departments")
        if rules := ruled_fields(self.chosen, self.models):
            self.losses.append(Loss("fields", "exchange.loss.field_rules", {"names": rules}))

    def _current(self) -> Iterator[Definition]:
        for term in self.chosen.terms:
            for name in self.chosen.left_out(term):
                self.losses.append(Loss(name, "exchange.loss.definition"))
            definition = self.chosen.current(term)
            if definition is None:
                self.losses.append(
                    Loss(term.name, "exchange.loss.not_in_force", {"day": self.chosen.day})
                )
            elif not _NAME.fullmatch(term.name) or term.name in _RESERVED:
                self.losses.append(Loss(term.name, "exchange.loss.name"))
            elif term.of is not None and term.of not in TABLES:
                self.losses.append(Loss(term.name, "exchange.loss.table", {"table": term.of}))
            else:
                yield definition

    # --- tables ------------------------------------------------------------------------

    def _table(self, entity: Entity) -> _Model:
        model = _Model(entity)
        key = "id" if "id" in entity.columns else " || '|' || ".join(entity.key)
        model.entities.append({"name": model.primary, "type": "primary", "expr": key})
        taken = {model.primary}
        for relation in entity.relations:
            name = singular(relation.target)
            if name in taken:
                name = relation.column.removesuffix("_id")
            if name in taken:
                continue
            taken.add(name)
            model.entities.append({"name": name, "type": "foreign", "expr": relation.column})
        self._kinds |= dict.fromkeys(taken, "entity")
        return model

    def _columns(self, model: _Model) -> None:
        for column in model.entity.columns.values():
            timely = column.type in {"date", "timestamp"}
            wanted = timely or (column.kind in _CATEGORIES and column.type != "decimal")
            if column.relation is None and wanted and not column.personal:
                self._column(model, column.name, column, timely=timely)

    def _column(
        self, model: _Model, name: str, column: Column | None, *, timely: bool = False
    ) -> str:
        free = self._free(name, "dimension", model, f"{model.primary}_{name}")
        spec = self.chosen.glossary.fields.get(f"{model.entity.name}.{name}")
        made: dict[str, Any] = {"name": free, "type": "time" if timely else "categorical"}
        if timely:
            made["type_params"] = {"time_granularity": "day"}
        if free != name:
            made["expr"] = name
        if spec is not None and spec.label:
            made["label"] = spec.label.text(self.language)
        if spec is not None and spec.means:
            made["description"] = spec.means.text(self.language)
        model.dimensions[free] = made
        model.by_column[name] = free
        return free

    def _free(self, name: str, kind: str, model: _Model, other: str) -> str:
        if name in _RESERVED or name in model.names or self._kinds.get(name, kind) != kind:
            name = other
        while name in model.names or self._kinds.get(name, kind) != kind:
            name += "_x"
        self._kinds[name] = kind
        return name

    # --- terms -------------------------------------------------------------------------

    def _definition(self, definition: Definition) -> None:
        try:
            if definition.term.kind == "ratio":
                self._ratio(definition)
            elif definition.term.kind == "measure":
                self._measure(definition)
            else:
                self._dimension(definition)
        except Unsayable as problem:
            self.losses.append(Loss(definition.object, problem.key, problem.args_))

    def _tree(self, definition: Definition, part: str) -> exp.Expr | None:
        expression = getattr(definition.version, part)
        if expression is None:
            return None
        tree = plain_tree(expression, definition.term.of, self.chosen)
        if any(sign in expression.text for sign in ("{{", "{%", "{#")):
            raise Unsayable("exchange.loss.braces")
        return tree

    def _dimension(self, definition: Definition) -> None:
        term, model = definition.term, self.models[str(definition.term.of)]
        made: dict[str, Any] = {"type": "categorical"}
        if term.kind == "event":
            made = {"type": "time", "type_params": {"time_granularity": "day"}}
            text = self._moment(definition)
        elif term.kind == "population":
            text = f"({self._text(definition, 'where')}) IS TRUE"
        else:
            text = self._text(definition, "expr")
        name = self._free(term.name, "dimension", model, f"{term.name}_term")
        words = self._words(definition, unique=False)
        model.dimensions[name] = {"name": name, **made, "expr": text, **words}

    def _moment(self, definition: Definition) -> str:
        """The time of an event, where its predicate holds."""
        from sqlglot import exp

        moment = exp.column(str(definition.version.time))
        where = self._tree(definition, "where")
        if where is None:
            return str(moment.sql(dialect="duckdb"))
        return str(exp.Case(ifs=[exp.If(this=where, true=moment)]).sql(dialect="duckdb"))

    def _text(self, definition: Definition, part: str) -> str:
        expression, tree = getattr(definition.version, part), self._tree(definition, part)
        assert tree is not None  # noqa: S101 - the loader demands it of this kind
        return plain_text(expression, tree)

    def _measure(self, definition: Definition) -> None:
        term, model = definition.term, self.models[str(definition.term.of)]
        tree, where = self._tree(definition, "expr"), self._tree(definition, "where")
        assert tree is not None  # noqa: S101 - the loader demands it
        filter_ = None if where is None else _filter(where, self._refer(model, where))
        if where is not None and filter_ is None:
            tree = folded(tree, where)
        agg, expr = _aggregate(tree)
        time = definition.version.time
        if time is not None:
            on = model.by_column.get(time) or self._column(model, time, None, timely=True)
        elif model.default_time is None:
            raise Unsayable("exchange.loss.no_time", table=model.entity.name)
        else:
            on = model.default_time
            self.losses.append(Loss(definition.object, "exchange.loss.time_taken", {"column": on}))
        if definition.version.additive_over is not None:
            over = ", ".join(definition.version.additive_over)
            self.losses.append(Loss(definition.object, "exchange.loss.additive", {"over": over}))
        name = self._free(term.name, "measure", model, f"{term.name}_measure")
        model.measures.append({"name": name, "agg": agg, "expr": expr, "agg_time_dimension": on})
        self.metrics.append(
            {
                "name": term.name,
                **self._words(definition, unique=True),
                "type": "simple",
                "type_params": {"measure": {"name": name}},
                **({} if filter_ is None else {"filter": filter_}),
            }
        )

    def _refer(self, model: _Model, where: exp.Expr) -> dict[str, str] | None:
        """The dimension of each column of a predicate; None where a moment is compared.

        MetricFlow truncates a moment to its grain, which would change the predicate.
        """
        from sqlglot import exp

        refer: dict[str, str] = {}
        for name in sorted({column.name for column in where.find_all(exp.Column)}):
            column = model.entity.columns.get(name)
            if name.endswith("_at") or (column and column.type in {"date", "timestamp"}):
                return None
            dimension = model.by_column.get(name) or self._column(model, name, column)
            if model.dimensions[dimension]["type"] == "time":
                return None
            refer[name] = f"{model.primary}__{dimension}"
        return refer

    def _ratio(self, definition: Definition) -> None:
        ready = {metric["name"] for metric in self.metrics}
        version = definition.version
        missing = [p for p in (version.numerator, version.denominator) if p not in ready]
        if missing:
            raise Unsayable("exchange.loss.parts", name=missing[0])
        sides = {"numerator": version.numerator, "denominator": version.denominator}
        self.metrics.append(
            {
                "name": definition.term.name,
                **self._words(definition, unique=True),
                "type": "ratio",
                "type_params": {side: {"name": name} for side, name in sides.items()},
            }
        )

    def _words(self, definition: Definition, *, unique: bool) -> dict[str, Any]:
        term = definition.term
        words: dict[str, Any] = {}
        label = term.label.text(self.language)
        if label and not (unique and label in self._labels):
            words["label"] = label
            if unique:
                self._labels.add(label)
        if means := definition.version.means.text(self.language):
            words["description"] = means
        meta: dict[str, Any] = {"term": term.name, "kind": term.kind}
        meta["effective"] = definition.version.effective.isoformat()
        meta |= {k: v for k in ("unit", "steward") if (v := getattr(term, k))}
        if term.kind == "measure":
            # What the form cannot say, for who reads it back.
            if definition.version.time is None:
                meta["time"] = None
            if definition.version.additive_over is not None:
                meta["additive_over"] = list(definition.version.additive_over)
        if term.synonyms:
            meta["synonyms"] = list(term.synonyms)
        if (status := self.chosen.status.get(definition.object)) is not None:
            meta["status"] = status
        words["config"] = {"meta": meta}
        return words


def _model(model: _Model) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": model.entity.name,
        "model": f"ref('{model.entity.name}')",
    }
    if model.measures and model.default_time:
        made["defaults"] = {"agg_time_dimension": model.default_time}
    made["entities"] = model.entities
    made["dimensions"] = list(model.dimensions.values())
    if model.measures:
        made["measures"] = model.measures
    return made


def _aggregate(tree: exp.Expr) -> tuple[str, str]:
    """MetricFlow's aggregation and its argument.

    Raises:
        Unsayable: the expression is not one aggregate of one value.
    """
    from sqlglot import exp

    inner = tree.this if isinstance(tree, exp.AggFunc) else None
    if isinstance(tree, exp.Count):
        if isinstance(inner, exp.Star):
            return "count", "1"
        if isinstance(inner, exp.Distinct) and len(inner.expressions) == 1:
            return "count_distinct", inner.expressions[0].sql(dialect="duckdb")
        if inner is not None and not isinstance(inner, exp.Distinct):
            return "count", inner.sql(dialect="duckdb")
    for agg, name in _SIMPLE.items():
        if type(tree) is getattr(exp, name) and not isinstance(inner, exp.Distinct):
            return agg, tree.this.sql(dialect="duckdb")
    raise Unsayable("exchange.loss.aggregate")


def _filter(where: exp.Expr, refer: dict[str, str] | None) -> str | None:
    from sqlglot import exp

    if refer is None:
        return None

    def named(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column):
            return exp.var(f"{{{{ Dimension('{refer[node.name]}') }}}}")
        return node

    return str(where.transform(named).sql(dialect="duckdb"))
