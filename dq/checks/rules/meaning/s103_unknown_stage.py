"""S103: a stage that no ladder knows.

Funnels, stage velocity and forecasts place a deal by its stage. A stage that appeared after
the first day and stands in no approved ladder of the glossary belongs nowhere: the deal
leaves the funnel, and nobody sees it.

Example: pipeline "Tenders", stage "Frozen", 12 deals.
Repair: add the stage to its pipeline's ladder in glossary.yaml and have it approved, or move
the deals.
"""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.context import RuleContext
from dq.checks.rule import Check, CheckLike, Rule, Scope, Skip
from dq.checks.rules.meaning.found import found_in
from dq.checks.rules.meaning.s102_unknown_category import STATES
from dq.findings import Severity
from dq.semantics.creation import unknown
from dq.sql import portable as f

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    if context.meaning is None or context.baseline is None:
        yield Skip(None, "needs.glossary_baseline")
        return
    if not context.filled("deals", "stage"):
        yield Skip("deals", "needs.columns", {"columns": "deals.stage"})
        return
    new = unknown(found_in(context), context.meaning, context.baseline).stages
    by_pipeline = context.has("deals", "pipeline")
    pipeline = f.coalesce(f.col("pipeline"), f.lit("")) if by_pipeline else f.lit("")
    conditions = {
        state: [
            f.all_of(pipeline.copy().eq(f.lit(p)), f.col("stage").eq(f.lit(s)))
            for (p, s), how in new.items()
            if how == state
        ]
        for state in STATES
    }
    there = [(f.any_of(*found), state) for state, found in conditions.items() if found]
    how = f.case(*there, default="new") if there else f.lit("new")
    yield Check(
        table="deals",
        column="stage",
        violated=f.any_of(*[condition for condition, _ in there]),
        when=f.not_null(f.col("stage")),
        cause=f.concat(how, f.lit(":"), f.col("stage")),
        args={"pipeline": f.coalesce(f.nullif(pipeline.copy(), f.lit("")), f.lit("-"))},
    )


RULE = Rule(
    code="S103",
    slug="unknown_stage",
    family="S",
    scope=Scope.ROW,
    severity=Severity.ERROR,
    checks=checks,
    needs=("glossary.yaml", "a baseline (the first dq run writes it)", "deals.stage"),
    folds=dict.fromkeys(STATES, 3),
    doc=__doc__ or "",
)
