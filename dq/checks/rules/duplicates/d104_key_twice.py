"""D104: the same key twice in one import.

A join by that key counts the record's money once for each copy.

Example: deal 1047 stands in rows 12 and 318 of one file.
Repair: export again without overlap; where the rows differ, find out which one is current.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import SYSTEM, count_query, repeated_rows
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    for table in sorted(context.tables):
        if not context.tables[table].key_given:
            yield Skip(table, "needs.key")
            continue
        yield Query(table, _repeated(context, table), count_query(f"crm.{table}"), "id")


def _repeated(context: RuleContext, table: str) -> exp.Query:
    """One row a key: where it stands first, how often, what its copies are worth together."""
    counted = (
        exp.select(
            f.alias(f.col("id"), "key"),
            f.alias(f.min(f.col("_source")), "_source"),
            f.alias(f.min(f.col("_row")), "_row"),
            f.alias(f.max(f.as_decimal(f.col("_money"))), "_money"),
            f.alias(f.any_true(f.col("_won")), "_won"),
            f.alias(f.max(f.col("copies")), "copies"),
        )
        .from_(repeated_rows(context, table, SYSTEM).subquery("r"))
        .group_by(f.col("id"))
    )
    return exp.select(
        f.col("key"),
        f.alias(f.col("key"), "value"),
        *[f.col(c) for c in SYSTEM],
        f.alias(f.lit("twice"), "cause"),
        f.alias(f.as_text(f.col("copies")), "arg_copies"),
    ).from_(counted.subquery("c"))


RULE = Rule(
    code="D104",
    slug="key_twice",
    family="D",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks,
    needs=("any table with a key",),
    doc=__doc__ or "",
)
