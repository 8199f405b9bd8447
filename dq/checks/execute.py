"""The fused executor: many rules, few scans.

Row predicates of one table share one scan that keeps only the rows that break something;
verdicts in Python are taken once per distinct value of a column; table rules bring their
own query. Everything ends in `work.findings`, whose columns are those of findings.parquet
plus `won`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from dq.checks.context import RuleContext, TableFacts
from dq.checks.rule import Check, Query, Rule, Skip, ValueCheck
from dq.checks.verdicts import VerdictBatch, verdict_schema
from dq.engines.base import Engine
from dq.errors import DqError
from dq.findings import Outcome, RuleOutcome, findings_schema
from dq.sql import portable as f

__all__ = ["Plan", "execute"]

FINDING_COLUMNS = (
    "id",
    "code",
    "severity",
    "table",
    "key",
    "column",
    "value",
    "cause",
    "args",
    "money",
    "effect",
    "origin",
    "file",
    "sheet",
    "row",
    "won",
)

Place = Mapping[str, tuple[str, str | None]]
"""Source name → (file, sheet)."""


@dataclass
class Plan:
    """What all rules want, sorted by how it is done."""

    checks: list[tuple[Rule, Check]] = field(default_factory=list)
    values: list[tuple[Rule, ValueCheck]] = field(default_factory=list)
    queries: list[tuple[Rule, Query]] = field(default_factory=list)
    outcomes: list[RuleOutcome] = field(default_factory=list)


def execute(
    context: RuleContext,
    rules: Sequence[Rule],
    settings: Mapping[str, Mapping[str, object]],
    places: Place,
    progress: Callable[[str], None] = lambda _: None,
) -> list[RuleOutcome]:
    """Run the rules; make `work.findings`; return one outcome a rule and table.

    `settings` is the `rules:` section of dq.yaml: severity, params, enabled by code.
    """
    plan = _plan(context, rules, settings)
    engine = context.engine
    parts: list[exp.Query] = []
    evidence: dict[tuple[str, str], int] = {}
    for table in sorted({c.table for _, c in plan.checks}):
        progress(table)
        some = [(r, c) for r, c in plan.checks if c.table == table]
        parts += _row_checks(engine, table, some, evidence, settings)
    for table, column in sorted({(c.table, c.column) for _, c in plan.values}):
        progress(f"{table}.{column}")
        some_values = [(r, c) for r, c in plan.values if (c.table, c.column) == (table, column)]
        parts += _value_checks(engine, table, column, some_values, evidence, settings)
    for number, (rule, query) in enumerate(plan.queries):
        progress(rule.code)
        parts += _query(engine, number, rule, query, evidence, plan, settings, context.tables)
    _collect(engine, parts, places, context.tables)
    return _outcomes(engine, plan, evidence)


def _plan(
    context: RuleContext, rules: Sequence[Rule], settings: Mapping[str, Mapping[str, object]]
) -> Plan:
    plan = Plan()
    for rule in rules:
        own = settings.get(rule.code, {})
        if own.get("enabled") is False:
            continue
        given = own.get("params", {})
        params = {**rule.params, **(given if isinstance(given, Mapping) else {})}
        try:
            found = list(rule.checks(replace(context, params=params)))
        except DqError as error:
            plan.outcomes.append(_errored(rule, None, str(error)))
            continue
        except Exception as error:  # noqa: BLE001 - a rule that crashed is errored, never passed
            plan.outcomes.append(_errored(rule, None, f"{type(error).__name__}: {error}"))
            continue
        if not found:
            plan.outcomes.append(
                RuleOutcome(rule.code, None, Outcome.NOT_APPLICABLE, reason="outcome.not_there")
            )
        for item in found:
            match item:
                case Check():
                    plan.checks.append((rule, item))
                case ValueCheck():
                    plan.values.append((rule, item))
                case Query():
                    plan.queries.append((rule, item))
                case Skip():
                    plan.outcomes.append(
                        RuleOutcome(
                            rule.code,
                            item.table,
                            Outcome.NOT_APPLICABLE,
                            reason=item.reason,
                            args=item.args,
                        )
                    )
    return plan


def _errored(rule: Rule, table: str | None, reason: str) -> RuleOutcome:
    return RuleOutcome(
        rule.code, table, Outcome.ERRORED, reason="outcome.errored", args={"error": reason}
    )


def _severity(rule: Rule, settings: Mapping[str, Mapping[str, object]], own: str | None) -> str:
    declared = settings.get(rule.code, {}).get("severity")
    return str(declared or own or rule.severity.value)


def _row_checks(
    engine: Engine,
    table: str,
    checks: Sequence[tuple[Rule, Check]],
    evidence: dict[tuple[str, str], int],
    settings: Mapping[str, Mapping[str, object]],
) -> list[exp.Query]:
    """One scan marks the rows that break something; one reads the marks of each check."""
    conditions = [
        c.violated.copy() if c.when is None else f.all_of(c.when.copy(), c.violated.copy())
        for _, c in checks
    ]
    counted = [f.lit(True) if c.when is None else c.when.copy() for _, c in checks]
    counts = engine.query(
        exp.select(*[f.alias(f.count_if(w), f"e{i}") for i, w in enumerate(counted)]).from_(
            f.table(f"crm.{table}")
        )
    ).to_pylist()[0]
    for i, (rule, _) in enumerate(checks):
        place = (rule.code, table)
        evidence[place] = max(evidence.get(place, 0), counts[f"e{i}"])
    outputs = [_outputs(c) for _, c in checks]
    needed: list[exp.Expression] = [f.col(n) for n in ("id", "_source", "_row", "_money", "_won")]
    for i, condition in enumerate(conditions):
        needed.append(f.alias(f.coalesce(condition, f.lit(False)), f"v{i}"))
        needed += [f.alias(e, f"o{i}_{name}") for name, e in outputs[i].items()]
    wide = exp.select(*needed).from_(f.table(f"crm.{table}"))
    marked = (
        exp.select("*")
        .from_(wide.subquery("w"))
        .where(f.any_of(*[f.col(f"v{i}") for i in range(len(checks))]))
    )
    name = f"work.marked_{table}"
    engine.create(name, marked)
    found: list[exp.Query] = []
    for i, (rule, check) in enumerate(checks):
        given = {n: f.col(f"o{i}_{n}") for n in outputs[i]}
        severity = f.lit(_severity(rule, settings, check.severity and check.severity.value))
        found.append(
            _finding(rule, table, check.column, given, severity)
            .from_(f.table(name))
            .where(f.col(f"v{i}"))
        )
    return found


def _outputs(check: Check) -> dict[str, exp.Expression]:
    """Expressions a finding of this check shows: value, cause and the message's places."""
    given: dict[str, exp.Expression] = {}
    if check.value is not None:
        given["value"] = f.as_text(check.value.copy())
    elif check.column is not None:
        given["value"] = f.as_text(f.col(check.column))
    if check.cause is not None:
        given["cause"] = f.as_text(check.cause.copy())
    given.update({f"arg_{n}": f.as_text(e.copy()) for n, e in check.args.items()})
    return given


def _finding(
    rule: Rule,
    table: str,
    column: str | exp.Expression | None,
    given: Mapping[str, exp.Expression],
    severity: exp.Expression,
    key: str = "id",
) -> exp.Select:
    """The projection of one finding over a query that has the system columns."""
    name = column if isinstance(column, exp.Expression) else f.lit(column)
    args = {n.removeprefix("arg_"): e for n, e in given.items() if n.startswith("arg_")}
    return exp.select(
        f.alias(f.lit(rule.code), "code"),
        f.alias(severity, "severity"),
        f.alias(f.lit(table), "table"),
        f.alias(f.col(key), "key"),
        f.alias(f.as_text(name), "column"),
        f.alias(given.get("value", f.as_text(f.lit(None))), "value"),
        f.alias(given.get("cause", f.as_text(f.lit(None))), "cause"),
        f.alias(json_object(args), "args"),
        f.alias(f.as_decimal(f.col("_money")), "money"),
        f.alias(f.col("_won"), "won"),
        f.alias(f.col("_source"), "_source"),
        f.alias(f.col("_row"), "row"),
    )


def json_object(args: Mapping[str, exp.Expression]) -> exp.Expression:
    """A JSON object of text values (NULL as ""), built with portable functions."""
    if not args:
        return f.lit("{}")
    pieces: list[exp.Expression] = []
    for i, (name, value) in enumerate(sorted(args.items())):
        text: exp.Expression = f.coalesce(f.as_text(value), f.lit(""))
        text = f.replace(f.replace(text, f.lit("\\"), f.lit("\\\\")), f.lit('"'), f.lit('\\"'))
        text = f.regexp_replace(text, "[\u0001-\u001f]", " ")
        opening = "{" if i == 0 else ","
        pieces += [f.lit(f'{opening}{json.dumps(name)}:"'), text, f.lit('"')]
    return f.concat(*pieces, f.lit("}"))


def _value_checks(
    engine: Engine,
    table: str,
    column: str,
    checks: Sequence[tuple[Rule, ValueCheck]],
    evidence: dict[tuple[str, str], int],
    settings: Mapping[str, Mapping[str, object]],
) -> list[exp.Query]:
    """Distinct suspect values leave the engine once; verdicts are joined back."""
    cell = f.col(column)
    counts = engine.query(
        exp.select(
            *[
                f.alias(
                    f.count_if(
                        f.not_null(cell)
                        if c.when is None
                        else f.all_of(f.not_null(cell), c.when.copy())
                    ),
                    f"e{i}",
                )
                for i, (_, c) in enumerate(checks)
            ]
        ).from_(f.table(f"crm.{table}"))
    ).to_pylist()[0]
    for i, (rule, _) in enumerate(checks):
        place = (rule.code, table)
        evidence[place] = max(evidence.get(place, 0), counts[f"e{i}"])
    suspects = [c.suspect.copy() if c.suspect is not None else f.lit(True) for _, c in checks]
    distinct = (
        exp.select(f.alias(cell, "value"))
        .from_(f.table(f"crm.{table}"))
        .where(f.all_of(f.not_null(cell), f.any_of(*suspects)))
        .distinct()
    )
    name = f"work.verdicts_{table}_{abs(hash_name(column))}"
    engine.map_batches(
        name, distinct, VerdictBatch(tuple(c.judge for _, c in checks)), verdict_schema()
    )
    if not engine.query(exp.select(f.alias(f.count(), "n")).from_(f.table(name))).to_pylist()[0][
        "n"
    ]:
        return []
    found: list[exp.Query] = []
    for i, (rule, check) in enumerate(checks):
        given = {
            "value": f.col(column, "t"),
            "cause": f.col("cause", "v"),
        }
        own = f.coalesce(f.col("severity", "v"), f.lit(rule.severity.value))
        declared = settings.get(rule.code, {}).get("severity")
        severity = f.lit(str(declared)) if declared else own
        select = exp.select(
            f.alias(f.lit(rule.code), "code"),
            f.alias(severity, "severity"),
            f.alias(f.lit(table), "table"),
            f.alias(f.col("id", "t"), "key"),
            f.alias(f.lit(column), "column"),
            f.alias(given["value"], "value"),
            f.alias(given["cause"], "cause"),
            f.alias(f.col("args", "v"), "args"),
            f.alias(f.as_decimal(f.col("_money", "t")), "money"),
            f.alias(f.col("_won", "t"), "won"),
            f.alias(f.col("_source", "t"), "_source"),
            f.alias(f.col("_row", "t"), "row"),
        )
        select = (
            select.from_(_keyed(table, column, check).subquery("t"))
            .join(
                f.table(name, "v"),
                on=f.col(column, "t").eq(f.col("value", "v")),
                join_type="inner",
            )
            .where(f.col("judge", "v").eq(f.lit(i)))
        )
        found.append(select)
    return found


def _keyed(table: str, column: str, check: ValueCheck) -> exp.Select:
    query = exp.select(
        *[f.col(n) for n in dict.fromkeys(("id", "_source", "_row", "_money", "_won", column))]
    ).from_(f.table(f"crm.{table}"))
    return query if check.when is None else query.where(check.when.copy())


def hash_name(column: str) -> int:
    """A small stable number for a column's name (for names of intermediate tables)."""
    import zlib

    return zlib.crc32(column.encode("utf-8"))


def _query(
    engine: Engine,
    number: int,
    rule: Rule,
    query: Query,
    evidence: dict[tuple[str, str], int],
    plan: Plan,
    settings: Mapping[str, Mapping[str, object]],
    tables: Mapping[str, TableFacts],
) -> list[exp.Query]:
    """A table rule's own query; money and place are looked up by key."""
    name = f"work.query_{rule.code}_{number}"
    try:
        engine.create(name, query.sql)
        if query.evidence is not None:
            row = engine.query(query.evidence).to_pylist()[0]
            judged = int(next(iter(row.values())) or 0)
        else:
            judged = tables[query.table].rows if query.table in tables else 0
        columns = set(engine.schema(name).names)
    except DqError as error:
        plan.outcomes.append(_errored(rule, query.table, str(error)))
        return []
    place = (rule.code, query.table)
    evidence[place] = max(evidence.get(place, 0), judged)
    given: dict[str, exp.Expression] = {
        c: f.as_text(f.col(c)) for c in columns if c in ("value", "cause") or c.startswith("arg_")
    }
    column: str | exp.Expression | None = f.col("column") if "column" in columns else query.column
    fallback = f.lit(_severity(rule, settings, None))
    declared = settings.get(rule.code, {}).get("severity")
    severity: exp.Expression = fallback
    if "severity" in columns and not declared:
        severity = f.coalesce(f.as_text(f.col("severity")), fallback)
    if "_row" in columns:
        source: exp.Expression = f.table(name)
    else:
        source = _placed(name, query.table, columns).subquery("q")
    return [_finding(rule, query.table, column, given, severity, key="key").from_(source)]


def _placed(name: str, table: str, columns: set[str]) -> exp.Select:
    """The rule's rows with source, row and money of the record that they name."""
    keys = exp.select(f.col("key")).from_(f.table(name)).where(f.not_null(f.col("key"))).distinct()
    records = (
        exp.select(
            f.alias(f.col("id", "a"), "rid"),
            f.alias(f.min(f.col("_source", "a")), "_source"),
            f.alias(f.min(f.col("_row", "a")), "_row"),
            f.alias(f.max(f.as_decimal(f.col("_money", "a"))), "_money"),
            f.alias(f.any_true(f.col("_won", "a")), "_won"),
        )
        .from_(f.table(f"crm_all.{table}", "a"))
        .join(keys.subquery("k"), on=f.col("id", "a").eq(f.col("key", "k")), join_type="inner")
        .group_by(f.col("id", "a"))
    )
    return (
        exp.select(
            *[f.alias(f.col(c, "q"), c) for c in sorted(columns)],
            *[f.alias(f.col(c, "r"), c) for c in ("_source", "_row", "_money", "_won")],
        )
        .from_(f.table(name, "q"))
        .join(records.subquery("r"), on=f.col("key", "q").eq(f.col("rid", "r")), join_type="left")
    )


def _collect(
    engine: Engine, parts: Sequence[exp.Query], places: Place, tables: Mapping[str, TableFacts]
) -> None:
    """All findings in one table, with ids and the files that they are in."""
    if not parts:
        _empty(engine, tables)
        return
    union: exp.Query = parts[0]
    for other in parts[1:]:
        union = exp.union(union, other, distinct=False)
    file_of = _place_of(places, 0)
    sheet_of = _place_of(places, 1)
    identity: list[exp.Expression] = []
    for name in ("code", "table", "column", "key"):
        identity += [f.coalesce(f.col(name), f.lit("")), f.lit("\x1f")]
    computed: dict[str, exp.Expression] = {
        "id": f.substring(f.md5(f.concat(*identity[:-1])), f.lit(1), f.lit(16)),
        "effect": exp.cast(exp.null(), "DECIMAL(18, 4)"),
        "origin": exp.cast(exp.null(), "TEXT"),
        "file": file_of,
        "sheet": sheet_of,
    }
    engine.create(
        "work.findings",
        exp.select(*[f.alias(computed.get(n, f.col(n)), n) for n in FINDING_COLUMNS]).from_(
            union.subquery("u")
        ),
    )


def _place_of(places: Place, index: int) -> exp.Expression:
    branches = [
        (f.col("_source").eq(f.lit(name)), f.lit(place[index]))
        for name, place in places.items()
        if place[index] is not None
    ]
    if not branches:
        return exp.cast(exp.null(), "TEXT")
    return f.case(*branches, default=exp.cast(exp.null(), "TEXT"))


def _empty(engine: Engine, tables: Mapping[str, TableFacts]) -> None:
    schema = findings_schema()
    kinds = {"money": "DECIMAL(18, 4)", "effect": "DECIMAL(18, 4)", "row": "BIGINT"}
    nulls = [f.alias(exp.cast(exp.null(), kinds.get(n, "TEXT")), n) for n in schema.names] + [
        f.alias(exp.cast(exp.null(), "BOOLEAN"), "won")
    ]
    one = exp.select(f.alias(f.lit(1), "one"))
    engine.create(
        "work.findings",
        exp.select(*nulls).from_(one.subquery("o")).where(f.col("one").eq(f.lit(0))),
    )


def _outcomes(
    engine: Engine, plan: Plan, evidence: Mapping[tuple[str, str], int]
) -> list[RuleOutcome]:
    counted = engine.query(
        exp.select(
            f.col("code"),
            f.col("table"),
            f.alias(f.count(), "n"),
            f.alias(f.count_distinct(f.col("key")), "k"),
        )
        .from_(f.table("work.findings"))
        .group_by(f.col("code"), f.col("table"))
    ).to_pylist()
    found = {(r["code"], r["table"]): (r["n"], r["k"]) for r in counted}
    errored = {(o.code, o.table) for o in plan.outcomes if o.outcome is Outcome.ERRORED}
    outcomes = list(plan.outcomes)
    for place in sorted({*evidence, *found} - errored):
        code, table = place
        findings, records = found.get(place, (0, 0))
        checked = evidence.get(place, 0)
        outcome = Outcome.FAILED if findings else Outcome.PASSED if checked else Outcome.NO_EVIDENCE
        outcomes.append(RuleOutcome(code, table, outcome, checked, findings, records))
    return sorted(outcomes, key=lambda o: (o.code, o.table or ""))
