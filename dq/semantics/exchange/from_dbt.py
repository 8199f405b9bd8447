"""dbt semantic models and metrics: measures, ratios and computed dimensions become terms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dq.config import parse_yaml
from dq.crm.model import TABLES
from dq.errors import ConfigError, Place, UsageError
from dq.files import file_errors
from dq.semantics.exchange.incoming import Incoming, Read
from dq.semantics.exchange.selection import Loss
from dq.semantics.label import Label

__all__ = ["read_dbt"]

_AGGREGATES = {
    "sum": "SUM({})",
    "min": "MIN({})",
    "max": "MAX({})",
    "average": "AVG({})",
    "median": "MEDIAN({})",
    "count": "COUNT({})",
    "count_distinct": "COUNT(DISTINCT {})",
    "sum_boolean": "SUM(CASE WHEN {} THEN 1 ELSE 0 END)",
}
_REF = re.compile(r"""ref\(\s*(?:['"][^'"]*['"]\s*,\s*)?['"]([^'"]+)['"]\s*\)""")
_CALL = re.compile(r"""\{\{\s*(\w+)\(\s*['"]([^'"]+)['"]\s*(?:,\s*[^)]*)?\)\s*\}\}""")
_COLUMN = re.compile(r"[A-Za-z_]\w*")
_MOST = 5_000_000


def read_dbt(path: Path) -> Read:
    """Read a file with `semantic_models` and `metrics`.

    Raises:
        ConfigError: it is not such a file.
    """
    from ruamel.yaml import YAML

    with file_errors(path, "read"):
        data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(
            "The file is not UTF-8.", where=Place(file=str(path)), fix="Save it as UTF-8."
        ) from None
    if len(data) > _MOST:
        raise ConfigError("{file} is larger than {limit} bytes.", file=str(path), limit=_MOST)
    parse_yaml(text, str(path))
    document = YAML(typ="safe", pure=True).load(text)
    known = isinstance(document, Mapping) and {"semantic_models", "metrics"} & set(document)
    if not known:
        raise ConfigError(
            "The file has neither semantic_models nor metrics.", where=Place(file=str(path))
        )
    return _Reader(document, path).read()


@dataclass(frozen=True)
class _Measure:
    table: str
    spec: Mapping[str, Any]
    time: str | None
    model: _Model


@dataclass(frozen=True)
class _Model:
    """A semantic model: the SQL of each name that a filter may use."""

    table: str
    primary: str | None
    names: Mapping[str, str]
    moments: frozenset[str]


class _Reader:
    def __init__(self, document: Mapping[str, Any], path: Path) -> None:
        self._models = _maps(document.get("semantic_models"))
        self._metrics = _maps(document.get("metrics"))
        self._path = path
        self._measures: dict[str, _Measure] = {}
        self._used: set[str] = set()
        self._rows: list[Incoming] = []
        self._refused: list[UsageError] = []
        self._columns = 0

    def read(self) -> Read:
        for spec in self._models:
            self._try(spec, self._model)
        # Ratios last: they name metrics.
        for spec in sorted(self._metrics, key=lambda s: str(s.get("type")).lower() == "ratio"):
            self._try(spec, self._metric)
        names = {str(spec.get("name")) for spec in self._metrics}
        for name, measure in self._measures.items():
            made = bool(measure.spec.get("create_metric")) and name not in names
            if made or name not in self._used:
                self._try(measure.spec, lambda spec, place, m=measure: self._alone(m, place))
        remarks = []
        if self._columns:
            remarks.append(Loss("", "exchange.import.dimensions", {"n": self._columns}))
        return Read(tuple(self._rows), tuple(self._refused), tuple(remarks))

    def _try(self, spec: Mapping[str, Any], take: Any) -> None:
        place = Place(file=str(self._path), key=str(spec.get("name", "?")))
        try:
            take(spec, place)
        except UsageError as problem:
            problem.where = problem.where or place
            self._refused.append(problem)

    # --- semantic models ---------------------------------------------------------------

    def _model(self, spec: Mapping[str, Any], _place: Place) -> None:
        table = _table(spec)
        names: dict[str, str] = {}
        moments = set()
        primary = spec.get("primary_entity")
        for entity in _maps(spec.get("entities")):
            names[str(entity.get("name"))] = str(entity.get("expr") or entity.get("name"))
            if str(entity.get("type")).lower() == "primary":
                primary = entity.get("name")
        dimensions = _maps(spec.get("dimensions"))
        for dimension in dimensions:
            name = str(dimension.get("name"))
            names[name] = str(dimension.get("expr") or name)
            if str(dimension.get("type")).lower() == "time":
                moments.add(name)
        model = _Model(table, primary, names, frozenset(moments))
        defaults = spec.get("defaults") or {}
        for dimension in dimensions:
            self._try(dimension, lambda d, place: self._dimension(d, model, place))
        for measure in _maps(spec.get("measures")):
            on = measure.get("agg_time_dimension") or defaults.get("agg_time_dimension")
            time = names.get(str(on), str(on)) if on else None
            made = _Measure(table, measure, time, model)
            self._measures.setdefault(str(measure.get("name")), made)

    def _dimension(self, spec: Mapping[str, Any], model: _Model, place: Place) -> None:
        expr = str(spec.get("expr") or spec.get("name"))
        meta = _meta(spec)
        if _COLUMN.fullmatch(expr) and meta.get("kind") not in {"event", "dimension"}:
            self._columns += 1
            return
        kind = meta.get("kind") if meta.get("kind") in {"population", "event"} else "dimension"
        timely = str(spec.get("type")).lower() == "time"
        said: dict[str, str] = {}
        if kind == "population":
            said["where"] = _is_true(expr)
        elif kind == "event" or (timely and "kind" not in meta):
            kind = "event"
            said = _event(expr)
        else:
            said["expr"] = expr
        self._rows.append(self._row(spec, place, kind=kind, of=model.table, **said))

    # --- metrics -----------------------------------------------------------------------

    def _metric(self, spec: Mapping[str, Any], place: Place) -> None:
        kind = str(spec.get("type")).lower()
        params = spec.get("type_params") or {}
        if kind == "simple":
            given = params.get("measure")
            name, filters = _input(given)
            measure = self._measures.get(name)
            self._used.add(name)
            if measure is None:
                raise UsageError("There is no measure {name} in the file.", name=name or "?")
            self._take(spec, measure, [*filters, *_filters(spec.get("filter"))], place)
        elif kind == "ratio":
            sides = {}
            for side in ("numerator", "denominator"):
                name, filters = _input(params.get(side))
                if filters:
                    raise UsageError(
                        "A side of the ratio has a filter of its own.",
                        fix="Make it a metric and name that one.",
                    )
                sides[side] = name
            if spec.get("filter"):
                raise UsageError(
                    "The ratio has a filter.", fix="Put the filter into the metrics of its sides."
                )
            self._rows.append(self._row(spec, place, kind="ratio", **sides))
        else:
            raise UsageError(
                "A metric of the type {type} is no term of a glossary.",
                fix="Only simple and ratio metrics are read.",
                type=kind,
            )

    def _alone(self, measure: _Measure, place: Place) -> None:
        self._take(measure.spec, measure, [], place)

    def _take(
        self, spec: Mapping[str, Any], measure: _Measure, filters: list[str], place: Place
    ) -> None:
        agg = str(measure.spec.get("agg")).lower()
        form = _AGGREGATES.get(agg)
        if form is None:
            raise UsageError("The aggregation {name} cannot be written in SQL here.", name=agg)
        if measure.spec.get("non_additive_dimension"):
            raise UsageError(
                "The measure takes one moment of its time dimension (non_additive_dimension).",
                fix="Write the term by hand.",
            )
        expr = str(measure.spec.get("expr") or measure.spec.get("name"))
        if agg == "count" and expr in {"1", "*"}:
            expr = "*"
        wheres = [_plain(text, measure.model) for text in filters]
        joined = " AND ".join(f"({w})" for w in wheres) if len(wheres) > 1 else "".join(wheres)
        self._rows.append(
            self._row(
                spec,
                place,
                kind="measure",
                of=measure.table,
                expr=form.format(expr),
                where=joined or None,
                time=self._time(measure, _meta(spec)),
            )
        )

    def _time(self, measure: _Measure, meta: Mapping[str, Any]) -> str | None:
        if meta.get("time", "own") is None or measure.time is None:
            return None
        if not _COLUMN.fullmatch(measure.time):
            raise UsageError(
                "The time dimension is no column but {text}.",
                fix="Write the term by hand.",
                text=measure.time,
            )
        return measure.time

    def _row(self, spec: Mapping[str, Any], place: Place, **said: Any) -> Incoming:
        meta = _meta(spec)
        texts = {key: str(spec[key]) for key in ("label", "description") if spec.get(key)}
        return Incoming(
            term=str(meta.get("term") or spec.get("name")),
            place=place,
            effective=str(meta["effective"]) if meta.get("effective") else None,
            label=_label(texts.get("label")),
            means=_label(texts.get("description")),
            unit=_word(meta.get("unit")),
            steward=_word(meta.get("steward")),
            synonyms=tuple(str(s) for s in meta.get("synonyms") or ()),
            additive_over=(
                tuple(str(s) for s in meta["additive_over"]) if "additive_over" in meta else None
            ),
            **said,
        )


def _maps(value: object) -> list[Mapping[str, Any]]:
    return [v for v in value if isinstance(v, Mapping)] if isinstance(value, list) else []


def _table(spec: Mapping[str, Any]) -> str:
    found = _REF.search(str(spec.get("model") or ""))
    relation = spec.get("node_relation")
    alias = relation.get("alias") if isinstance(relation, Mapping) else None
    for name in (found[1] if found else None, alias, spec.get("name")):
        if name in TABLES:
            return str(name)
    raise UsageError(
        "The semantic model is of no CRM table.",
        fix="Its model or its name must be one of: {known}.",
        known=", ".join(TABLES),
    )


def _meta(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    config = spec.get("config")
    meta = config.get("meta") if isinstance(config, Mapping) else None
    return meta if isinstance(meta, Mapping) else {}


def _input(value: object) -> tuple[str, list[str]]:
    """Name and filters of a measure or metric that another names."""
    if isinstance(value, Mapping):
        return str(value.get("name")), _filters(value.get("filter"))
    return str(value), []


def _filters(value: object) -> list[str]:
    if isinstance(value, str):
        return [value.strip()]
    return [str(v).strip() for v in value] if isinstance(value, list) else []


def _plain(text: str, model: _Model) -> str:
    """A filter with its dimensions as columns.

    Raises:
        UsageError: it names what is not of this table, or cuts a moment to its grain.
    """

    def column(call: re.Match[str]) -> str:
        what, path = call[1], call[2].split("__")
        own = path[:-1] in ([], [model.primary])
        name = path[-1] if what != "Entity" else call[2]
        sql = model.names.get(name)
        if what not in {"Dimension", "Entity"} or not own or sql is None or name in model.moments:
            raise UsageError(
                "The filter uses {text}, which is no plain column of {table}.",
                fix="Write the term by hand.",
                text=call[0],
                table=model.table,
            )
        return sql if _COLUMN.fullmatch(sql) else f"({sql})"

    plain = _CALL.sub(column, text)
    if "{{" in plain or "{%" in plain:
        raise UsageError(
            "The filter uses {text}, which is no plain column of {table}.",
            fix="Write the term by hand.",
            text=plain,
            table=model.table,
        )
    return plain


def _is_true(expr: str) -> str:
    """The predicate inside `(…) IS TRUE`."""
    found = re.fullmatch(r"\((.*)\) IS TRUE", expr, re.DOTALL)
    return found[1] if found else expr


def _event(expr: str) -> dict[str, str]:
    if _COLUMN.fullmatch(expr):
        return {"time": expr}
    found = re.fullmatch(r"CASE WHEN (.*) THEN ([A-Za-z_]\w*) END", expr, re.DOTALL)
    if found is None:
        raise UsageError(
            "The time dimension is no column but {text}.",
            fix="Write the term by hand.",
            text=expr,
        )
    return {"where": found[1], "time": found[2]}


def _label(text: str | None) -> Label:
    return Label({"": text}) if text else Label()


def _word(value: object) -> str | None:
    return str(value) if value else None
