"""D105: marked deleted or merged in the source, and still counted.

A deleted deal whose lines and invoices live on, an account merged into another that still
has deals of its own: a report over the children counts for it, a report over the parents
does not, and the two never tie. Dead rows that nothing alive points to are no fault; the
head of each table says how many there are.

Example: account A2 was merged into A1, and 14 deals still hang on A2.
Repair: move the children to the survivor, or delete them too.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import Link, count_query, links
from dq.findings import Severity
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    pointing = list(links(context))
    for table in sorted(context.tables):
        if not context.tables[table].marks:
            yield Skip(table, "needs.marks")
            continue
        evidence = count_query(f"crm_all.{table}")
        some = [link for link in pointing if link.target == table]
        if not some:
            none = exp.select(f.alias(f.col("id"), "key")).from_(f.table(f"crm_all.{table}"))
            yield Query(table, none.where(f.lit(False)), evidence)
            continue
        yield Query(table, _counted(table, some), evidence)


def _counted(table: str, pointing: list[Link]) -> exp.Query:
    """Dead records that live rows still name, with the money of those rows."""
    children = union_all(
        [
            exp.select(
                f.alias(f.col(link.column), "parent"),
                f.alias(f.as_decimal(f.col("_money")), "money"),
                f.alias(f.col("_won"), "won"),
            )
            .from_(f.table(f"crm.{link.table}"))
            .where(f.not_null(f.col(link.column)))
            for link in pointing
        ]
    )
    summed = (
        exp.select(
            f.col("parent"),
            f.alias(f.count(), "children"),
            f.alias(f.sum(f.col("money")), "money"),
            f.alias(f.any_true(f.col("won")), "won"),
        )
        .from_(children.subquery("c"))
        .group_by(f.col("parent"))
    )
    merged = f.not_null(f.col("merged_into_id", "d"))
    cause = f.case((merged, f.lit("merged")), default=f.lit("deleted"))
    return (
        exp.select(
            f.alias(f.col("id", "d"), "key"),
            f.alias(f.col("merged_into_id", "d"), "value"),
            f.alias(cause, "cause"),
            f.alias(f.as_text(f.col("children", "s")), "arg_children"),
            f.alias(f.coalesce(f.col("merged_into_id", "d"), f.lit("")), "arg_survivor"),
            f.alias(f.col("_source", "d"), "_source"),
            f.alias(f.col("_row", "d"), "_row"),
            f.alias(f.as_decimal(f.col("money", "s")), "_money"),
            f.alias(f.col("won", "s"), "_won"),
        )
        .from_(f.table(f"crm_all.{table}", "d"))
        .join(summed.subquery("s"), on=f.col("id", "d").eq(f.col("parent", "s")), join_type="inner")
        .where(f.not_(f.col("_live", "d")))
    )


RULE = Rule(
    code="D105",
    slug="dead_but_there",
    family="D",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks,
    needs=("a mark of deletion or merge",),
    doc=__doc__ or "",
)
