"""C111: a column with one value, or nearly so.

It tells nobody apart from anybody: no report can be cut by it, and a filter on it does
nothing. A blank is a value of its own here.

Example: "Magazine" is "No" for all 9,240 leads.
Repair: none needed; drop the column from the export, or ask why nobody uses the field.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext, TableFacts
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import number
from dq.findings import Severity
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["RULE"]

NORMAL = ("currency", "pipeline", "country", "kind", "id", "legal_form", "status", "department")
"""One value in these is usual: a house has one currency, an export one pipeline or kind."""

CHOSEN = {("tasks", "kind"), ("tickets", "kind")}
"""Except that people choose it each time: one value is the form's default, never changed."""


def checks(context: RuleContext) -> Iterator[CheckLike]:
    for name in sorted(context.tables):
        facts = context.tables[name]
        judged = [c for c in facts.columns.values() if _judged(name, c)]
        if not judged:
            yield Skip(name, "needs.other_columns")
            continue
        filled = sum(1 for c in judged if c.filled)
        constant = [c for c in judged if _constant(context, facts, c)]
        evidence = exp.select(f.alias(f.lit(facts.rows if filled else 0), "n"))
        sql = union_all([_line(c, facts) for c in constant]) if constant else _nothing()
        yield Query(name, sql, evidence)


def _judged(table: str, column: ColumnFacts) -> bool:
    usual = column.name in NORMAL and (table, column.name) not in CHOSEN
    return column.header is not None and not usual and column.kind != "id"


def _constant(context: RuleContext, facts: TableFacts, column: ColumnFacts) -> bool:
    if facts.rows < number(context.params["least_rows"]) or not column.values:
        return False
    return column.values[0][1] >= float(str(context.params["share"])) * facts.rows


def _line(column: ColumnFacts, facts: TableFacts) -> exp.Select:
    value, count = (column.values or (("", 0),))[0]
    return exp.select(
        f.alias(f.null("text"), "key"),
        f.alias(f.lit(column.name), "column"),
        f.alias(f.lit(value), "value"),
        f.alias(f.lit("constant" if count == facts.rows else "nearly"), "cause"),
        f.alias(f.lit(value), "arg_value"),
        f.alias(f.lit(str(count)), "arg_count"),
        f.alias(f.lit(str(facts.rows)), "arg_rows"),
    )


def _nothing() -> exp.Select:
    one = exp.select(f.alias(f.null("text"), "key"))
    return exp.select(f.col("key")).from_(one.subquery("o")).where(f.lit(False))


RULE = Rule(
    code="C111",
    slug="constant",
    family="C",
    scope=Scope.TABLE,
    severity=Severity.INFO,
    checks=checks,
    needs=("any table",),
    params={"share": 0.995, "least_rows": 100},
    doc=__doc__ or "",
)
