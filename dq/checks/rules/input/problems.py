"""Findings from `work.problems`, what reading the files left behind."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import Query
from dq.sql import portable as f

__all__ = ["problem_queries"]

PROBLEMS = "work.problems"


def problem_queries(context: RuleContext, *, kept: bool) -> Iterator[Query]:
    """One query a table: rows not taken (kept False), or cells spoiled (kept True)."""
    if PROBLEMS not in context.engine.tables():
        return
    names = context.engine.query(
        exp.select(f.col("table")).from_(f.table(PROBLEMS)).distinct()
    ).to_pylist()
    for table in sorted(row["table"] for row in names):
        mine = f.all_of(f.col("table").eq(f.lit(table)), f.col("kept").eq(f.lit(kept)))
        yield Query(
            table,
            exp.select(
                f.alias(f.concat(f.lit("#"), f.as_text(f.col("row"))), "key"),
                f.col("column"),
                f.col("value"),
                f.alias(f.col("problem"), "cause"),
                f.alias(f.col("detail"), "arg_detail"),
                f.alias(exp.cast(exp.null(), "DECIMAL(18, 4)"), "_money"),
                f.alias(exp.cast(exp.null(), "BOOLEAN"), "_won"),
                f.col("_source"),
                f.alias(f.col("row"), "_row"),
            )
            .from_(f.table(PROBLEMS))
            .where(mine),
            evidence=exp.select(f.alias(f.sum(f.col("rows_read")), "n")).from_(
                exp.select(f.col("_source"), f.alias(f.max(f.col("rows_read")), "rows_read"))
                .from_(f.table(PROBLEMS))
                .where(f.col("table").eq(f.lit(table)))
                .group_by(f.col("_source"))
                .subquery("s")
            ),
        )
