"""Row predicates: one scan of a table marks the rows that break something."""

from __future__ import annotations

from sqlglot import exp

from dq.checks.executor.census import Counted, census
from dq.checks.executor.plan import Plan
from dq.checks.executor.projection import RECORD, Shown, finding, json_object
from dq.checks.rule import Check, Rule
from dq.engines.base import Engine
from dq.sql import portable as f

__all__ = ["row_findings"]


def row_findings(engine: Engine, plan: Plan, table: str) -> list[exp.Query]:
    """Queries of the findings of a table's row checks."""
    checks = plan.of(plan.checks, table)
    wanted = [Counted(rule, check.when, _condition(check)) for rule, check in checks]
    hits = census(engine, plan, table, wanted)
    hit = [pair for pair, n in zip(checks, hits, strict=True) if n]
    if not hit:
        return []
    name = f"work.marked_{table}"
    engine.create(name, _marked(table, [check for _, check in hit]))
    return [_found(plan, name, place, rule, check) for place, (rule, check) in enumerate(hit)]


def _condition(check: Check) -> exp.Expression:
    violated = check.violated.copy()
    return violated if check.when is None else f.all_of(check.when.copy(), violated)


def _marked(table: str, checks: list[Check]) -> exp.Select:
    """Rows that break something: what is broken (`v<n>`), and what its finding shows."""
    needed: list[exp.Expression] = [f.col(n) for n in RECORD]
    for place, check in enumerate(checks):
        needed.append(f.alias(f.coalesce(_condition(check), f.lit(False)), f"v{place}"))
        needed += [f.alias(e, f"o{place}_{n}") for n, e in _outputs(check).items()]
    wide = exp.select(*needed).from_(f.table(f"crm.{table}"), copy=False)
    broken = f.any_of(*[f.col(f"v{place}") for place in range(len(checks))])
    return exp.select("*").from_(wide.subquery("w", copy=False), copy=False).where(broken)


def _outputs(check: Check) -> dict[str, exp.Expression]:
    """Expressions that a finding of this check shows: value, cause and the message's places."""
    given: dict[str, exp.Expression] = {}
    if check.value is not None:
        given["value"] = f.as_text(check.value.copy())
    elif check.column is not None:
        given["value"] = f.as_text(f.col(check.column))
    if check.cause is not None:
        given["cause"] = f.as_text(check.cause.copy())
    given.update({f"arg_{n}": f.as_text(e.copy()) for n, e in check.args.items()})
    return given


def _found(plan: Plan, name: str, place: int, rule: Rule, check: Check) -> exp.Query:
    made = {n: f.col(f"o{place}_{n}") for n in _outputs(check)}
    shown = Shown(
        severity=f.lit(plan.severity(rule, check.severity and check.severity.value)),
        column=f.lit(check.column) if check.column else None,
        value=made.get("value"),
        cause=made.get("cause"),
        args=json_object({n: made[f"arg_{n}"] for n in check.args}),
    )
    broken = f.col(f"v{place}")
    return finding(rule.code, check.table, shown).from_(f.table(name), copy=False).where(broken)
