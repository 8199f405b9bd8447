"""R103: the owner is unknown, has left, or is switched off.

What belongs to nobody is worked by nobody, and it falls out of every report by seller. Only
what is still to be worked counts: open deals and tasks, unconverted leads, companies and
contacts; a closed deal of a seller who left is history.

Example: 40 open deals of a seller who left in March.
Repair: hand them over; where the name is unknown, correct it or export all users.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import Link, blank_links, count_query, links
from dq.checks.rules.relations.orphans import orphan_queries
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

OWNED = ("owner_id",)
DONE = (
    "done", "completed", "closed", "cancelled", "canceled", "завершена", "завершено",
    "выполнена", "выполнено", "отменена", "виконано", "скасовано",
)  # fmt: skip


def checks(context: RuleContext) -> Iterator[CheckLike]:
    found = [k for k in links(context) if k.target == "users" and k.column in OWNED]
    blank = [c for k, c in blank_links(context) if k.target == "users" and k.column in OWNED]
    yield from blank
    if not found and not blank:
        yield Skip(None, "needs.owner")
    yield from orphan_queries(context, "R103", found, dead_too=True)
    for link in found:
        yield from _gone(context, link)


def _open(context: RuleContext, table: str) -> exp.Expression | None:
    """Rows that still want work; None where the table is history."""
    if table == "deals" and context.has(table, "status"):
        return f.col("status", "t").eq(f.lit("open"))
    if table == "leads":
        closed = []
        for column in ("converted_at", "rejected_reason"):
            if context.has(table, column):
                closed.append(f.is_null(f.col(column, "t")))
        return f.all_of(*closed) if closed else f.lit(True)
    if table == "tasks" and context.has(table, "completed_at"):
        return f.is_null(f.col("completed_at", "t"))
    if table == "tasks" and context.has(table, "status"):
        return f.not_(f.in_(f.fold(f.coalesce(f.col("status", "t"), f.lit("open"))), DONE))
    if table == "tickets" and context.has(table, "resolved_at"):
        return f.is_null(f.col("resolved_at", "t"))
    if table in ("accounts", "contacts"):
        return f.lit(True)
    return None


def _gone(context: RuleContext, link: Link) -> Iterator[Query]:
    """Records of owners who have left or, if they have not, are switched off."""
    judged = _open(context, link.table)
    if judged is None:
        return
    still: list[exp.Expression] = [judged]
    if context.has("users", "left_at"):
        left = f.date_of(f.as_timestamp(f.col("left_at", "u")))
        gone = f.coalesce(left < f.lit(context.as_of.date()), f.lit(False))
        yield _of_word(context, link, f.all_of(*still, gone), "left")
        still.append(f.not_(gone.copy()))
    if context.has("users", "active"):
        off = f.coalesce(f.not_(f.col("active", "u")), f.lit(False))
        yield _of_word(context, link, f.all_of(*still, off), "inactive")


def _of_word(context: RuleContext, link: Link, condition: exp.Expression, word: str) -> Query:
    place = f"work.R103_{link.table}_{word}"
    label = f.col("name", "u") if context.has("users", "name") else f.col("id", "u")
    context.engine.create(
        place,
        exp.select(
            f.alias(f.col("id", "t"), "key"),
            f.alias(f.coalesce(label, f.col("id", "u")), "value"),
            *[f.alias(f.col(c, "t"), c) for c in ("_source", "_row", "_money", "_won")],
        )
        .from_(f.table(f"crm.{link.table}", "t"))
        .join(
            f.table("crm.users", "u"),
            on=f.col(link.column, "t").eq(f.col("id", "u")),
            join_type="inner",
        )
        .where(condition),
    )
    sql = exp.select(
        *[f.col(c) for c in ("key", "value", "_source", "_row", "_money", "_won")],
        f.alias(f.concat(f.lit(f"{word}:"), f.col("value")), "cause"),
        f.alias(f.col("value"), "arg_owner"),
    ).from_(f.table(place))
    evidence = count_query(f"crm.{link.table}", f.not_null(f.col(link.column)))
    return Query(link.table, sql, evidence, link.column)


RULE = Rule(
    code="R103",
    slug="owner",
    family="R",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("users", "owner_id of any table"),
    params={"partial_share": 0.5, "partial_least": 10},
    folds={"missing": 1, "near": 10, "left": 3, "inactive": 3},
    doc=__doc__ or "",
)
