"""Value checks: distinct suspect values leave the engine once; verdicts are joined back."""

from __future__ import annotations

from sqlglot import exp

from dq.checks.executor.census import Counted, census
from dq.checks.executor.plan import Plan
from dq.checks.executor.projection import RECORD, Shown, finding
from dq.checks.executor.verdicts import Judges, VerdictBatch, verdict_schema
from dq.checks.rule import Rule, ValueCheck
from dq.engines.base import Engine
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["value_findings"]


def value_findings(engine: Engine, plan: Plan, table: str) -> list[exp.Query]:
    """Queries of the findings of a table's value checks."""
    checks = plan.of(plan.values, table)
    wanted = [Counted(rule, _judged(check), _suspect(check)) for rule, check in checks]
    hits = census(engine, plan, table, wanted)
    hit = [pair for pair, n in zip(checks, hits, strict=True) if n]
    if not hit:
        return []
    name = f"work.verdicts_{table}"
    columns = sorted({check.column for _, check in hit})
    judges: Judges = {place: [] for place in range(len(columns))}
    for number, (_, check) in enumerate(hit):
        judges[columns.index(check.column)].append((number, check.judge))
    values = [_values(table, place, column, hit) for place, column in enumerate(columns)]
    union = union_all(values)
    engine.map_batches(name, union, VerdictBatch(judges), verdict_schema())
    objected = exp.select(f.col("judge")).from_(f.table(name), copy=False).distinct()
    numbers = sorted(r["judge"] for r in engine.query(objected).to_pylist())
    return [_found(plan, name, n, *hit[n]) for n in numbers]


def _judged(check: ValueCheck) -> exp.Expression:
    filled = f.not_null(f.col(check.column))
    return filled if check.when is None else f.all_of(filled, check.when.copy())


def _suspect(check: ValueCheck) -> exp.Expression:
    judged = _judged(check)
    return judged if check.suspect is None else f.all_of(judged, check.suspect.copy())


def _values(table: str, place: int, column: str, hit: list[tuple[Rule, ValueCheck]]) -> exp.Select:
    """Distinct values of a column that some check finds suspect."""
    suspects = [_suspect(check) for _, check in hit if check.column == column]
    return (
        exp.select(f.alias(f.lit(place), "place"), f.alias(f.col(column), "value"))
        .from_(f.table(f"crm.{table}"), copy=False)
        .where(f.any_of(*suspects))
        .distinct()
    )


def _found(plan: Plan, name: str, number: int, rule: Rule, check: ValueCheck) -> exp.Query:
    declared = plan.declared(rule)
    own = f.coalesce(f.col("severity", "v"), f.lit(rule.severity.value))
    shown = Shown(
        severity=f.lit(declared) if declared else own,
        column=f.lit(check.column),
        value=f.col(check.column, "t"),
        cause=f.col("cause", "v"),
        args=f.col("args", "v"),
    )
    names = dict.fromkeys((*RECORD, check.column))
    records = exp.select(*[f.col(n) for n in names]).from_(
        f.table(f"crm.{check.table}"), copy=False
    )
    if check.when is not None:
        records = records.where(check.when.copy())
    verdicts = (
        exp.select(*[f.col(n) for n in ("value", "cause", "args", "severity")])
        .from_(f.table(name), copy=False)
        .where(f.col("judge").eq(f.lit(number)))
    )
    return (
        finding(rule.code, check.table, shown, of="t")
        .from_(records.subquery("t", copy=False), copy=False)
        .join(
            verdicts.subquery("v", copy=False),
            on=f.col(check.column, "t").eq(f.col("value", "v")),
            join_type="inner",
        )
    )
