"""R105: a hierarchy that runs in a circle.

A company that is its own parent's parent: a roll-up over the hierarchy counts it without end,
or not at all.

Example: A's parent is B, B's parent is A.
Repair: clear the wrong parent.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import Link, blank_links, count_query, links, number, rows
from dq.findings import Severity
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    found = [k for k in links(context) if k.target == k.table]
    blank = [check for link, check in blank_links(context) if link.target == link.table]
    yield from blank
    if not found and not blank:
        yield Skip(None, "needs.hierarchy")
    for link in found:
        yield _cycles(context, link)


def _cycles(context: RuleContext, link: Link) -> Query:
    """Follows parents step by step; a record that comes back to itself is in a circle."""
    place = f"work.R105_{link.table}"
    context.engine.create(
        f"{place}_edges",
        exp.select(f.alias(f.col("id"), "child"), f.alias(f.col(link.column), "parent"))
        .from_(f.table(f"crm.{link.table}"))
        .where(f.not_null(f.col(link.column))),
    )
    current = f"{place}_edges"
    circles = [_closed(current, 1)]
    for step in range(2, number(context.params["depth"]) + 1):
        following = f"{place}_{step}"
        open_end = f.col("child", "c").neq(f.col("parent", "c"))
        context.engine.create(
            following,
            exp.select(
                f.alias(f.col("child", "c"), "child"), f.alias(f.col("parent", "e"), "parent")
            )
            .from_(f.table(current, "c"))
            .join(
                f.table(f"{place}_edges", "e"),
                on=f.col("parent", "c").eq(f.col("child", "e")),
                join_type="inner",
            )
            .where(open_end),
        )
        if not number(rows(context, count_query(following))[0]["n"]):
            break
        circles.append(_closed(following, step))
        current = following
    sql = (
        exp.select(
            f.col("key"),
            f.alias(f.lit("circle"), "cause"),
            f.alias(f.as_text(f.min(f.col("steps"))), "arg_steps"),
        )
        .from_(union_all(circles).subquery("u"))
        .group_by(f.col("key"))
    )
    return Query(link.table, sql, count_query(f"{place}_edges"), link.column)


def _closed(table: str, step: int) -> exp.Select:
    return (
        exp.select(f.alias(f.col("child"), "key"), f.alias(f.lit(step), "steps"))
        .from_(f.table(table))
        .where(f.col("child").eq(f.col("parent")))
    )


RULE = Rule(
    code="R105",
    slug="cycle",
    family="R",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks,
    needs=("accounts.parent_id", "users.manager_id", "campaigns.parent_id"),
    params={"depth": 12},
    doc=__doc__ or "",
)
