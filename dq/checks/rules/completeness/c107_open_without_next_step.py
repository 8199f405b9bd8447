"""C107: an open deal without a next step on a day and hour.

A deal for which nothing is planned is not worked; it stands in the pipeline total all the
same. An open task with its hour is a next step as well. Hours are asked for only where the
column holds hours.

Example: status "open", next step blank; or «Перезвонить» without a day.
Repair: plan the step, or close the deal.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import Check, CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import count_query, given_and, missing
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    skip = missing(context, "deals", "status")
    if skip:
        yield skip
        return
    mapped = [c for c in ("next_step", "next_step_at") if context.has("deals", c)]
    if not mapped:
        yield Skip("deals", "needs.columns", {"columns": "deals.next_step, deals.next_step_at"})
        return
    tasks = context.filled("tasks", "deal_id") and context.filled("tasks", "due_at")
    if not tasks and not any(context.filled("deals", c) for c in mapped):
        yield Check("deals", f.lit(False), column=mapped[0], when=f.lit(False))
        return
    faults = list(_faults(context, mapped))
    if tasks:
        yield _with_tasks(faults, _open(context, mapped), context)
        return
    for column, cause, fault in faults:
        yield Check(
            "deals",
            fault,
            column=column,
            when=_open(context, mapped),
            cause=f.lit(cause),
            value=f.lit(None),
        )


def _open(context: RuleContext, mapped: list[str]) -> exp.Expression:
    return given_and(context, "deals", f.col("status").eq(f.lit("open")), *mapped)


def _faults(context: RuleContext, mapped: list[str]) -> Iterator[tuple[str, str, exp.Expression]]:
    """(column, cause, predicate), no two true of one deal."""
    step, moment = f.col("next_step"), f.col("next_step_at")
    if len(mapped) == 1:
        yield mapped[0], "nothing", f.is_null(f.col(mapped[0]))
    else:
        yield "next_step", "nothing", f.all_of(f.is_null(step), f.is_null(moment))
        yield "next_step_at", "no_day", f.all_of(f.not_null(step), f.is_null(moment))
        yield "next_step", "no_step", f.all_of(f.is_null(step), f.not_null(moment))
    facts = context.tables["deals"].columns.get("next_step_at")
    if facts is not None and facts.type == "timestamp" and facts.has_time:
        midnight = moment.eq(f.as_timestamp(f.date_of(moment)))
        known = [f.not_null(step)] if "next_step" in mapped else []
        yield "next_step_at", "no_hour", f.all_of(f.not_null(moment), midnight, *known)


def _with_tasks(
    faults: list[tuple[str, str, exp.Expression]], judged: exp.Expression, context: RuleContext
) -> Query:
    open_task = [f.not_null(f.col("due_at")), f.not_null(f.col("deal_id"))]
    if context.has("tasks", "completed_at"):
        open_task.append(f.is_null(f.col("completed_at")))
    planned = (
        exp.select(f.alias(f.col("deal_id"), "planned"))
        .from_(f.table("crm.tasks"))
        .where(f.all_of(*open_task))
        .distinct()
    )
    cause = f.case(*[(fault, f.lit(c)) for _, c, fault in faults], default=f.lit(None))
    column = f.case(*[(fault, f.lit(n)) for n, _, fault in faults], default=f.lit(None))
    inner = exp.select(
        f.alias(f.col("id"), "key"),
        f.alias(cause, "cause"),
        f.alias(column, "column"),
        *[f.col(c) for c in ("_source", "_row", "_money", "_won")],
    ).from_(f.table("crm.deals")).where(judged.copy())  # fmt: skip
    sql = (
        exp.select(
            *[
                f.alias(f.col(c, "q"), c)
                for c in ("key", "cause", "column", "_source", "_row", "_money", "_won")
            ]
        )
        .from_(inner.subquery("q"))
        .join(
            planned.subquery("p"), on=f.col("key", "q").eq(f.col("planned", "p")), join_type="left"
        )
        .where(f.all_of(f.not_null(f.col("cause", "q")), f.is_null(f.col("planned", "p"))))
    )
    return Query("deals", sql, count_query("crm.deals", judged))


RULE = Rule(
    code="C107",
    slug="open_without_next_step",
    family="C",
    scope=Scope.ROW,
    severity=Severity.WARNING,
    checks=checks,
    needs=("deals.status", "deals.next_step / deals.next_step_at"),
    doc=__doc__ or "",
)
