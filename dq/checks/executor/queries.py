"""Table rules: a query of their own; money and place are looked up by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.checks.context import TableFacts
from dq.checks.executor.plan import Plan
from dq.checks.executor.projection import Shown, finding, json_object
from dq.checks.rule import Query, Rule
from dq.engines.base import Engine
from dq.errors import DqError
from dq.sql import portable as f

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["query_findings"]


def query_findings(
    engine: Engine,
    plan: Plan,
    number: int,
    rule: Rule,
    query: Query,
    tables: Mapping[str, TableFacts],
) -> list[exp.Query]:
    """The query of a table rule's findings; none where it crashed, which is an outcome."""
    name = f"work.query_{rule.code}_{number}"
    try:
        engine.create(name, query.sql)
        if query.evidence is not None:
            row = engine.query(query.evidence).to_pylist()[0]
            judged = int(next(iter(row.values())) or 0)
        else:
            judged = tables[query.table].rows if query.table in tables else 0
        schema = engine.schema(name)
    except DqError as error:
        plan.errored(rule, query.table, error)
        return []
    plan.judged(rule, query.table, judged)
    source: exp.Expression = f.table(name)
    if "_row" not in schema.names:
        source = _placed(name, query.table, schema.names).subquery("q", copy=False)
    shown = _shown(plan, rule, query, schema)
    return [finding(rule.code, query.table, shown, key="key").from_(source, copy=False)]


def _shown(plan: Plan, rule: Rule, query: Query, schema: pa.Schema) -> Shown:
    texts = {
        field.name: f.col(field.name) if field.type == "string" else f.as_text(f.col(field.name))
        for field in schema
    }
    severity: exp.Expression = f.lit(plan.severity(rule))
    if "severity" in texts and not plan.declared(rule):
        severity = f.coalesce(texts["severity"], severity)
    args = {c.removeprefix("arg_"): text for c, text in texts.items() if c.startswith("arg_")}
    return Shown(
        severity=severity,
        column=texts.get("column", f.lit(query.column) if query.column else None),
        value=texts.get("value"),
        cause=texts.get("cause"),
        args=json_object(args),
    )


def _placed(name: str, table: str, columns: Sequence[str]) -> exp.Select:
    """The rule's rows with source, row and money of the record that they name."""
    keys = (
        exp.select(f.col("key"))
        .from_(f.table(name), copy=False)
        .where(f.not_null(f.col("key")))
        .distinct()
    )
    records = (
        exp.select(
            f.alias(f.col("id", "a"), "rid"),
            f.alias(f.min(f.col("_source", "a")), "_source"),
            f.alias(f.min(f.col("_row", "a")), "_row"),
            f.alias(f.max(f.as_decimal(f.col("_money", "a"))), "_money"),
            f.alias(f.any_true(f.col("_won", "a")), "_won"),
        )
        .from_(f.table(f"crm_all.{table}", "a"), copy=False)
        .join(
            keys.subquery("k", copy=False),
            on=f.col("id", "a").eq(f.col("key", "k")),
            join_type="inner",
        )
        .group_by(f.col("id", "a"))
    )
    return (
        exp.select(
            *[f.alias(f.col(c, "q"), c) for c in sorted(columns)],
            *[f.alias(f.col(c, "r"), c) for c in ("_source", "_row", "_money", "_won")],
        )
        .from_(f.table(name, "q"), copy=False)
        .join(
            records.subquery("r", copy=False),
            on=f.col("key", "q").eq(f.col("rid", "r")),
            join_type="left",
        )
    )
