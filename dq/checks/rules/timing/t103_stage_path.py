"""T103: a stage skipped, gone back, or left though it was the end.

The glossary's stage graph says which stage may follow which. A deal that jumps was moved for
the report's sake or worked outside the CRM, and every conversion between stages is wrong by
it; a won deal that is opened again moves a total that was reported. A deal may begin in any
stage and be lost from any; it may be taken up again where it was lost. What is put right
within the hour by the same person is a slip of the hand. Deals that changed their pipeline
are not judged, nor are stages that the glossary does not know.

Example: new → won.
Repair: enter the steps that were taken, or allow the step in the graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import SYSTEM, missing, number
from dq.checks.rules.timing.steps import STEPS, stage_steps
from dq.findings import Severity
from dq.sql import portable as f
from dq.sql.queries import union_all

if TYPE_CHECKING:
    import pyarrow as pa

    from dq.semantics.glossary import Stages

__all__ = ["RULE"]

OUTCOMES = ("won", "lost")
STEP = ("deal", "from", "to", "moment", "by", "place", "said", "moved")


def checks(context: RuleContext) -> Iterator[CheckLike]:
    skip = missing(context, "deals") or missing(context, "stage_history", "deal_id", "to_stage")
    if skip:
        yield Skip("deals", skip.reason, skip.args)
        return
    stages = None if context.glossary is None else context.glossary.stages
    if stages is None or not stages.graph:
        yield Skip("deals", "needs.stage_graph")
        return
    if not stage_steps(context):
        yield Skip("deals", "needs.columns", {"columns": "stage_history.changed_at"})
        return
    _name(context, stages)
    context.engine.create("work.T103_steps", _known_steps(context))
    evidence = exp.select(f.alias(f.count_distinct(f.col("deal")), "n")).from_(
        f.table("work.T103_steps")
    )
    yield Query("deals", _wrong(stages, number(context.params["slip_minutes"])), evidence, "stage")


# --- names to canonical stages ----------------------------------------------------------


def _pipeline(context: RuleContext, qualifier: str) -> exp.Expression:
    if not context.has("deals", "pipeline"):
        return f.lit("")
    return f.coalesce(f.col("pipeline", qualifier), f.lit(""))


def _name(context: RuleContext, stages: Stages) -> None:
    """`work.T103_names`: pipeline, name, stage (NULL: unknown), foreign (another pipeline's)."""
    joined = (
        exp.select(
            f.alias(_pipeline(context, "d"), "pipeline"),
            f.alias(f.col("from_stage", "s"), "a"),
            f.alias(f.col("to_stage", "s"), "b"),
        )
        .from_(f.table(STEPS, "s"))
        .join(
            f.table("crm.deals", "d"),
            on=f.col("deal", "s").eq(f.col("id", "d")),
            join_type="inner",
        )
    )
    sides = [
        exp.select(f.col("pipeline"), f.alias(f.col(side), "name"))
        .from_(joined.copy().subquery("j"))
        .where(f.not_null(f.col(side)))
        .distinct()
        for side in ("a", "b")
    ]
    both = exp.select(f.col("pipeline"), f.col("name")).from_(union_all(sides).subquery("u"))
    context.engine.map_batches(
        "work.T103_names", both.distinct(), _StageNames(stages), _name_schema()
    )


def _name_schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema(
        [
            ("pipeline", pa.string()),
            ("name", pa.string()),
            ("stage", pa.string()),
            ("foreign", pa.bool_()),
        ]
    )


@dataclass(frozen=True)
class _StageNames:
    """Batch function: (pipeline, name) → the canonical stage, or whose stage it is instead."""

    stages: Stages

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        import pyarrow as pa

        found = []
        pipelines, names = batch.column("pipeline").to_pylist(), batch.column("name").to_pylist()
        for pipeline, name in zip(pipelines, names, strict=True):
            stage = self.stages.canonical_stage(pipeline or None, name)
            others = (self.stages.canonical_stage(p, name) for p in self.stages.ladders)
            foreign = stage is None and any(o is not None for o in others)
            found.append({"pipeline": pipeline, "name": name, "stage": stage, "foreign": foreign})
        return pa.RecordBatch.from_pylist(found, schema=_name_schema())


def _known_steps(context: RuleContext) -> exp.Query:
    """Steps in canonical stages (`from`, `to`; NULL: unknown).

    `moved` is 1 for all steps of a deal that went through stages of another pipeline.
    """
    own = (
        exp.select(
            *[f.alias(f.col(c, "s"), c) for c in ("deal", "moment", "by", "place")],
            f.alias(f.col("from_stage", "s"), "a"),
            f.alias(f.col("to_stage", "s"), "b"),
            f.alias(_pipeline(context, "d"), "pipeline"),
        )
        .from_(f.table(STEPS, "s"))
        .join(
            f.table("crm.deals", "d"),
            on=f.col("deal", "s").eq(f.col("id", "d")),
            join_type="inner",
        )
    )
    foreign = f.any_of(*[f.coalesce(f.col("foreign", n), f.lit(False)) for n in ("na", "nb")])
    said = f.concat(f.coalesce(f.col("a", "o"), f.lit("")), f.lit(" → "), f.col("b", "o"))
    query = exp.select(
        *[f.alias(f.col(c, "o"), c) for c in ("deal", "moment", "by", "place")],
        f.alias(f.col("stage", "na"), "from"),
        f.alias(f.col("stage", "nb"), "to"),
        f.alias(said, "said"),
        f.alias(f.max_over(f.case((foreign, f.lit(1)), default=f.lit(0)), [f.col("deal", "o")]),
                "moved"),
    ).from_(own.subquery("o"))  # fmt: skip
    for alias, side in (("na", "a"), ("nb", "b")):
        same = f.all_of(
            f.col("pipeline", "o").eq(f.col("pipeline", alias)),
            f.col(side, "o").eq(f.col("name", alias)),
        )
        query = query.join(f.table("work.T103_names", alias), on=same, join_type="left")
    known = f.any_of(f.not_null(f.col("from")), f.not_null(f.col("to")))
    return exp.select(*[f.col(c) for c in STEP]).from_(query.subquery("q")).where(known)


# --- which steps are wrong --------------------------------------------------------------


def _legal(stages: Stages, start: exp.Expression, end: exp.Expression) -> exp.Expression:
    edges = [f"{a}>{b}" for a, targets in stages.graph.items() for b in targets]
    edges += [f"{a}>lost" for a in stages.canonical if a not in OUTCOMES]
    return f.in_(f.concat(start, f.lit(">"), end), sorted(set(edges)))


def _wrong(stages: Stages, minutes: int) -> exp.Query:
    """One row a deal: its first step that the graph does not know, and how many there are."""
    deal, order = [f.col("deal")], [f.col("moment"), f.col("place")]
    start, end = f.col("from"), f.col("to")
    around = {"from": start, "to": end, "moment": f.col("moment"), "by": f.col("by")}
    wide = exp.select(
        *[f.col(c) for c in STEP],
        *[f.alias(f.lag(e, deal, order), f"last_{n}") for n, e in around.items()],
        *[f.alias(f.lead(e, deal, order), f"next_{n}") for n, e in around.items()],
    ).from_(f.table("work.T103_steps"))
    judged = f.in_(start, sorted({*stages.graph, *OUTCOMES}))
    reopened = f.all_of(
        start.eq(f.lit("lost")),
        f.col("last_to").eq(f.lit("lost")),
        f.col("last_from").eq(end),
    )
    wrong = f.all_of(
        f.col("moved").eq(f.lit(0)),
        judged,
        f.not_null(end),
        start.neq(end),
        f.not_(_legal(stages, start, end)),
        f.not_(f.coalesce(reopened, f.lit(False))),
        f.not_(f.coalesce(_undone(stages, minutes), f.lit(False))),
        f.not_(f.coalesce(_undoes(stages, minutes), f.lit(False))),
    )
    place = f.row_number(deal, order)
    first = exp.select(
        *[f.col(c) for c in STEP],
        f.alias(place, "nth"),
        f.alias(f.count_over(deal), "steps"),
    ).from_(wide.subquery("w")).where(wrong)  # fmt: skip
    return (
        exp.select(
            f.alias(f.col("deal", "s"), "key"),
            *[f.alias(f.col(c, "d"), c) for c in SYSTEM],
            f.alias(f.col("said", "s"), "value"),
            f.alias(_cause(stages), "cause"),
            f.alias(_severity(), "severity"),
            f.alias(f.as_text(f.col("steps", "s")), "arg_steps"),
            f.alias(f.as_text(f.date_of(f.col("moment", "s"))), "arg_day"),
        )
        .from_(first.subquery("s"))
        .join(
            f.table("crm.deals", "d"),
            on=f.col("deal", "s").eq(f.col("id", "d")),
            join_type="inner",
        )
        .where(f.col("nth", "s").eq(f.lit(1)))
    )


def _near(moment: exp.Expression, later: exp.Expression, side: str, minutes: int) -> exp.Expression:
    """Two steps of one person within so many minutes; who is not known may be the same."""
    within = f.seconds_between(moment, later) <= f.lit(60 * minutes)
    same = f.coalesce(f.col("by").eq(f.col(f"{side}_by")), f.lit(True))
    return f.all_of(within, same)


def _undone(stages: Stages, minutes: int) -> exp.Expression:
    """The next step takes this one back, or leads where it should have gone."""
    start, target = f.col("from"), f.col("next_to")
    return f.all_of(
        _near(f.col("moment"), f.col("next_moment"), "next", minutes),
        f.col("next_from").eq(f.col("to")),
        f.any_of(target.eq(start), _legal(stages, start, target)),
    )


def _undoes(stages: Stages, minutes: int) -> exp.Expression:
    """This step takes the last one back, or leads where that should have gone."""
    start, target = f.col("last_from"), f.col("to")
    return f.all_of(
        _near(f.col("last_moment"), f.col("moment"), "last", minutes),
        f.col("last_to").eq(f.col("from")),
        f.any_of(target.eq(start), _legal(stages, start, target)),
    )


def _cause(stages: Stages) -> exp.Expression:
    forward = [
        f"{a}>{b}" for i, a in enumerate(stages.canonical) for b in stages.canonical[i + 1 :]
    ]
    start, end = f.col("from", "s"), f.col("to", "s")
    step = f.concat(start, f.lit(">"), end)
    return f.case(
        (start.eq(f.lit("won")), f.lit("left_won")),
        (start.eq(f.lit("lost")), f.lit("out_of_lost")),
        (f.in_(step, forward), f.lit("skipped")),
        default=f.lit("reversed"),
    )


def _severity() -> exp.Expression:
    """A win that was left moves a total that was reported."""
    won = f.col("from", "s").eq(f.lit("won"))
    return f.case((won, f.lit(Severity.ERROR.value)), default=f.lit(Severity.WARNING.value))


RULE = Rule(
    code="T103",
    slug="stage_path",
    family="T",
    scope=Scope.HISTORY,
    severity=Severity.WARNING,
    checks=checks,
    needs=("stage_history.deal_id", "stage_history.to_stage", "a stage graph in the glossary"),
    params={"slip_minutes": 60},
    doc=__doc__ or "",
)
