"""All findings in one table, with ids and files; how each rule ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from dq.checks.executor.annotate import FOUND
from dq.checks.executor.plan import Plan
from dq.engines.base import Engine
from dq.findings import Outcome, RuleOutcome, findings_schema
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["Place", "collect", "outcomes"]

Place = Mapping[str, tuple[str, str | None]]
"""Source name → (file, sheet)."""

_KINDS = {"money": "DECIMAL(18, 4)", "effect": "DECIMAL(18, 4)", "row": "BIGINT", "won": "BOOLEAN"}


def collect(engine: Engine, parts: Sequence[exp.Query], places: Place) -> None:
    """Make FOUND of the queries of all checks."""
    names = [*findings_schema().names, "won"]
    if not parts:
        engine.create(FOUND, _nothing(names))
        return
    union = union_all(parts)
    identity: list[exp.Expression] = []
    for name in ("code", "table", "column", "key"):
        identity += [f.coalesce(f.col(name), f.lit("")), f.lit("\x1f")]
    made: dict[str, exp.Expression] = {
        "id": f.substring(f.md5(f.concat(*identity[:-1])), f.lit(1), f.lit(16)),
        "effect": _null("effect"),
        "origin": _null("origin"),
        "suppressed": _null("suppressed"),
        "file": _place_of(places, 0),
        "sheet": _place_of(places, 1),
    }
    columns = [f.alias(made.get(n, f.col(n)), n) for n in names]
    engine.create(FOUND, exp.select(*columns).from_(union.subquery("u", copy=False), copy=False))


def _null(column: str) -> exp.Expression:
    return exp.cast(exp.null(), _KINDS.get(column, "TEXT"))


def _nothing(names: Sequence[str]) -> exp.Select:
    one = exp.select(f.alias(f.lit(1), "one"))
    nulls = [f.alias(_null(n), n) for n in names]
    return (
        exp.select(*nulls)
        .from_(one.subquery("o", copy=False), copy=False)
        .where(f.col("one").eq(f.lit(0)))
    )


def _place_of(places: Place, index: int) -> exp.Expression:
    branches = [
        (f.col("_source").eq(f.lit(name)), f.lit(place[index]))
        for name, place in places.items()
        if place[index] is not None
    ]
    return f.case(*branches, default=_null("file")) if branches else _null("file")


def outcomes(engine: Engine, plan: Plan) -> list[RuleOutcome]:
    """One outcome a rule and table, in the order of codes."""
    counted = engine.query(
        exp.select(
            f.col("code"),
            f.col("table"),
            f.alias(f.count_if(f.is_null(f.col("suppressed"))), "n"),
            f.alias(f.count_if(f.not_null(f.col("suppressed"))), "s"),
            f.alias(
                f.count_distinct(
                    f.case((f.is_null(f.col("suppressed")), f.col("key")), default=f.null("text"))
                ),
                "k",
            ),
        )
        .from_(f.table("work.findings"), copy=False)
        .group_by(f.col("code"), f.col("table"))
    ).to_pylist()
    found = {(r["code"], r["table"]): (r["n"], r["k"], r["s"]) for r in counted}
    errored = {(o.code, o.table) for o in plan.outcomes if o.outcome is Outcome.ERRORED}
    known = list(plan.outcomes)
    for code, table in sorted({*plan.evidence, *found} - errored):
        findings, records, accepted = found.get((code, table), (0, 0, 0))
        checked = plan.evidence.get((code, table), 0)
        passed = checked or accepted
        outcome = Outcome.FAILED if findings else Outcome.PASSED if passed else Outcome.NO_EVIDENCE
        known.append(
            RuleOutcome(code, table, outcome, checked, findings, records, suppressed=accepted)
        )
    return sorted(known, key=lambda o: (o.code, o.table or ""))
