"""F107: back-dated: entered long after it is said to have happened, or done when created.

What is written down weeks later is written from memory, often on the last day of a period; a
task that is complete in the second of its creation was never a task, and both count as work.
What a machine or an import brought was not back-dated by a person, nor was the history that a
new CRM took over in its first night; where four fifths of a kind of task are born complete, or
of all activities come late, that is how the CRM logs. Deals may be sold over the counter and
are not judged.

Example: five meetings of February entered on 31 March within a quarter of an hour.
Repair: ask for the calendar or the telephony's list; count by the day of entry.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.fakes.people import with_machine
from dq.checks.rules.fakes.work import has_clock, is_message, midnight
from dq.checks.rules.helpers import SYSTEM, count_query, missing, number, rows
from dq.checks.rules.values import nothing_found
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

DAY = 86_400
LATE = "work.F107_late"


def checks(context: RuleContext) -> Iterator[CheckLike]:
    found = False
    if "activities" in context.tables:
        found = True
        yield missing(context, "activities", "started_at", "logged_at") or _late(context)
    if "tasks" in context.tables:
        found = True
        yield missing(context, "tasks", "created_at", "completed_at") or _born_done(context)
    if not found:
        yield Skip(None, "needs.tables", {"tables": "activities, tasks"})


def _late(context: RuleContext) -> CheckLike:
    """Activities of people, entered so many days after they happened."""
    kind = f.col("kind") if context.has("activities", "kind") else f.null("text")
    judged = f.all_of(f.not_null(f.col("logged_at")), f.not_null(f.col("started_at")))
    delay = f.seconds_between(f.col("started_at", "t"), f.col("logged_at", "t"))
    first = exp.select(f.alias(f.min(f.as_timestamp(f.col("logged_at"))), "first"))
    first = first.from_(f.table("crm.activities"))
    base = (
        exp.select(
            f.alias(f.col("id", "t"), "key"),
            *[f.alias(f.col(c, "t"), c) for c in SYSTEM],
            f.alias(f.col("logged_at", "t"), "logged_at"),
            f.alias(delay, "delay"),
            f.alias(f.coalesce(f.col("logger", "t"), f.lit("")), "logger"),
        )
        .from_(_with_logger(context, f.all_of(judged, f.not_(is_message(kind)))).subquery("t"))
        .join(first.subquery("b"), join_type="cross")
        .where(
            f.all_of(
                delay.copy() >= f.lit(number(context.params["days"]) * DAY),
                f.not_(f.col("machine", "t")),
                f.seconds_between(f.col("first", "b"), f.col("logged_at", "t")) >= f.lit(DAY),
            )
        )
    )
    context.engine.create(LATE, base)
    evidence = count_query("crm.activities", judged)
    late = number(rows(context, count_query(LATE))[0]["n"])
    told = count_query("crm.activities", f.all_of(judged.copy(), f.not_(is_message(kind.copy()))))
    usual = float(str(context.params["system_share"]))
    if not late or late >= usual * number(rows(context, told)[0]["n"]):
        return Query("activities", nothing_found(), evidence, "logged_at")
    minute = f.trunc("minute", f.col("logged_at"))
    together = exp.select(
        *[f.col(c) for c in ("key", *SYSTEM, "logged_at", "delay")],
        f.alias(f.count_over([f.col("logger"), minute]), "together"),
    ).from_(f.table(LATE))  # fmt: skip
    sql = (
        exp.select(
            *[f.col(c) for c in ("key", *SYSTEM)],
            f.alias(f.as_text(f.col("logged_at")), "value"),
            f.alias(f.lit("late"), "cause"),
            f.alias(f.as_text(f.floor(f.div0(f.col("delay"), f.lit(DAY)))), "arg_days"),
        )
        .from_(together.subquery("q"))
        .where(f.col("together") < f.lit(number(context.params["import_least"])))
    )
    return Query("activities", sql, evidence, "logged_at")


def _with_logger(context: RuleContext, judged: exp.Expression) -> exp.Select:
    """Activities with who entered them (`logger`) and whether that is a machine."""
    columns = ["id", *SYSTEM, "started_at", "logged_at"]
    named = context.filled("activities", "logged_by")
    logger = f.col("logged_by") if named else f.null("text")
    own = exp.select(*[f.col(c) for c in columns], f.alias(logger, "logger"))
    own = own.from_(f.table("crm.activities")).where(judged)
    return with_machine(context, own, "logger", [*columns, "logger"])


def _born_done(context: RuleContext) -> CheckLike:
    """Tasks completed within seconds of their creation, where the CRM does not do so itself."""
    if not (
        has_clock(context, "tasks", "created_at") and has_clock(context, "tasks", "completed_at")
    ):
        judged = f.all_of(f.not_null(f.col("created_at")), f.not_null(f.col("completed_at")))
        if context.filled("tasks", "created_at") and context.filled("tasks", "completed_at"):
            return Skip("tasks", "needs.clock", {"columns": "created_at, completed_at"})
        return Query("tasks", nothing_found(), count_query("crm.tasks", judged), "completed_at")
    created, completed = f.col("created_at"), f.col("completed_at")
    kind = (
        f.fold(f.coalesce(f.col("kind"), f.lit(""))) if context.has("tasks", "kind") else f.lit("")
    )
    judged = f.all_of(
        f.not_null(created),
        f.not_null(completed),
        f.not_(f.all_of(midnight(created), midnight(completed))),
    )
    taken = f.seconds_between(created, completed)
    at_once = f.between(taken, f.lit(0), f.lit(number(context.params["seconds"])))
    one = f.case((at_once, f.lit(1)), default=f.lit(0))
    base = exp.select(
        f.alias(f.col("id"), "key"),
        *[f.col(c) for c in SYSTEM],
        f.alias(completed, "completed_at"),
        f.alias(kind, "kind"),
        f.alias(one, "born"),
    ).from_(f.table("crm.tasks")).where(judged)  # fmt: skip
    counted = exp.select(
        *[f.col(c) for c in ("key", *SYSTEM, "completed_at", "born")],
        f.alias(f.sum_over(f.col("born"), [f.col("kind")]), "borns"),
        f.alias(f.count_over([f.col("kind")]), "n"),
    ).from_(base.subquery("b"))
    share = float(str(context.params["system_share"]))
    sql = (
        exp.select(
            *[f.col(c) for c in ("key", *SYSTEM)],
            f.alias(f.as_text(f.col("completed_at")), "value"),
            f.alias(f.lit("born_done"), "cause"),
        )
        .from_(counted.subquery("c"))
        .where(
            f.all_of(
                f.col("born").eq(f.lit(1)),
                f.div0(f.col("borns"), f.col("n")) < f.lit(share),
            )
        )
    )
    return Query("tasks", sql, count_query("crm.tasks", judged.copy()), "completed_at")


RULE = Rule(
    code="F107",
    slug="backdated",
    family="F",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("activities.started_at and logged_at, or tasks.created_at and completed_at",),
    params={"days": 7, "seconds": 5, "system_share": 0.8, "import_least": 50},
    doc=__doc__ or "",
)
