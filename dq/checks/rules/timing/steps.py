"""The log of stages as steps: from which stage, to which, when, by whom."""

from __future__ import annotations

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.sql import portable as f

__all__ = ["STEPS", "stage_steps"]

STEPS = "work.stage_steps"


def stage_steps(context: RuleContext) -> bool:
    """Make `work.stage_steps`, or say that the log does not tell steps.

    Columns: deal, from_stage (NULL: from nowhere), to_stage, moment, by, place (order within
    the deal). Rows that change no stage are left out, and copies of a row.
    """
    if not context.has("stage_history", "deal_id", "to_stage", "changed_at"):
        return False
    if STEPS in context.engine.tables():
        return True
    by = f.col("changed_by") if context.has("stage_history", "changed_by") else f.null("text")
    deal, to = f.col("deal_id"), f.col("to_stage")
    order = [f.col("changed_at"), f.col("id"), f.col("_source"), f.col("_row")]
    before = f.lag(to, [deal], order)
    if context.has("stage_history", "from_stage"):
        before = f.coalesce(f.col("from_stage"), before)
    rows = (
        exp.select(
            f.alias(deal, "deal"),
            f.alias(before, "from_stage"),
            f.alias(to, "to_stage"),
            f.alias(f.as_timestamp(f.col("changed_at")), "moment"),
            f.alias(by, "by"),
            f.alias(f.row_number([deal], order), "place"),
        )
        .from_(f.table("crm.stage_history"))
        .where(f.all_of(f.not_null(deal), f.not_null(to), f.not_null(f.col("changed_at"))))
    )
    names = [f.col(c) for c in ("deal", "from_stage", "to_stage", "moment")]
    copy = f.row_number(names, [f.col("place")])
    kept = exp.select(
        *[f.col(c) for c in ("deal", "from_stage", "to_stage", "moment", "by", "place")],
        f.alias(copy, "copy"),
    ).from_(rows.subquery("r"))
    changed = f.distinct_from(f.fold(f.col("from_stage")), f.fold(f.col("to_stage")))
    context.engine.create(
        STEPS,
        exp.select(*[f.col(c) for c in ("deal", "from_stage", "to_stage", "moment", "by", "place")])
        .from_(kept.subquery("k"))
        .where(f.all_of(f.col("copy").eq(f.lit(1)), changed)),
    )
    return True
