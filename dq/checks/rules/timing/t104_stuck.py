"""T104: an open deal that stands longer than the past lets expect.

What no deal of this stage ever took is not being worked; the pipeline total counts it all
the same. Where the log of stages is given, the time in the present stage is compared with
what deals needed to leave it; otherwise (and for stages with little history) with the age at
which deals were won, pipeline by pipeline. The longest time counts, without those far beyond
all others; the fewer deals the history has, the more room is left.

When more than a fifth of the open deals exceed the limit, that is one finding about the
table: nobody closes deals here. `share: 1` lists each of them.

Example: 1,291 of 1,589 open deals are older than any deal ever won (138 days).
Repair: ask the owners; close what is dead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import SYSTEM, count_query, missing, number, rows
from dq.checks.rules.timing.steps import STEPS, stage_steps
from dq.checks.rules.values import nothing_found
from dq.findings import Severity
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["RULE"]

MANY_PIPELINES = 200
"""More than this are no pipelines but names of something else."""

FAR_OUT = 3
"""Tukey's factor: beyond the upper quartile plus three interquartile ranges is no guide."""

Place = tuple[str, str | None]
"""Pipeline and stage; None: the deal as a whole."""


@dataclass(frozen=True)
class _Limit:
    """Days that a deal may stand, and the longest that the limit is drawn from."""

    days: int
    longest: int


def checks(context: RuleContext) -> Iterator[CheckLike]:
    skip = missing(context, "deals", "status", "created_at")
    if skip:
        yield skip
        return
    steps = context.has("deals", "stage") and stage_steps(context)
    if not steps and not context.has("deals", "closed_at"):
        yield Skip("deals", "needs.columns", {"columns": "deals.closed_at"})
        return
    limits: dict[Place, _Limit] = {}
    if context.filled("deals", "closed_at"):
        limits |= _limits(context, _ages(context))
    if steps:
        limits |= _limits(context, _stays(context))
    context.engine.create("work.T104_open", _open(context, steps=steps))
    if not limits:
        yield Query("deals", nothing_found(), count_query("work.T104_open", f.lit(False)))
        return
    context.engine.create("work.T104_judged", _judged(limits))
    yield _verdict(context)


# --- what the past lets expect ----------------------------------------------------------


def _pipeline(context: RuleContext, qualifier: str | None = None) -> exp.Expression:
    facts = context.tables["deals"].columns.get("pipeline")
    if facts is None or facts.distinct is None or facts.distinct > MANY_PIPELINES:
        return f.lit("")
    return f.coalesce(f.col("pipeline", qualifier), f.lit(""))


def _histogram(source: exp.Query) -> exp.Select:
    """place, stage, days, n: how many took how long."""
    names = ("pipeline", "stage", "days")
    return (
        exp.select(*[f.col(n) for n in names], f.alias(f.count(), "n"))
        .from_(source.subquery("s"))
        .where(f.col("days") >= f.lit(0))
        .group_by(*[f.col(n) for n in names])
    )


def _ages(context: RuleContext) -> dict[Place, list[tuple[int, int]]]:
    """Days from creation to close: of won deals, else of all that were closed."""
    days = f.days_between(f.as_timestamp(f.col("created_at")), f.as_timestamp(f.col("closed_at")))
    found: dict[Place, list[tuple[int, int]]] = {}
    for outcomes in (("won",), ("won", "lost")):
        closed = (
            exp.select(
                f.alias(_pipeline(context), "pipeline"),
                f.alias(f.null("text"), "stage"),
                f.alias(days, "days"),
            )
            .from_(f.table("crm.deals"))
            .where(f.in_(f.col("status"), outcomes))
        )
        for place, taken in _read(context, closed).items():
            if sum(n for _, n in found.get(place, [])) < number(context.params["least"]):
                found[place] = taken
    return found


def _stays(context: RuleContext) -> dict[Place, list[tuple[int, int]]]:
    """Days in each stage before a deal left it; of deals that were lost no stay counts."""
    deal = [f.col("deal", "s")]
    entered = f.lag(f.col("moment", "s"), deal, [f.col("moment", "s"), f.col("place", "s")])
    since = f.coalesce(entered, f.as_timestamp(f.col("created_at", "d")))
    stays = (
        exp.select(
            f.alias(_pipeline(context, "d"), "pipeline"),
            f.alias(f.fold(f.col("from_stage", "s")), "stage"),
            f.alias(f.days_between(since, f.col("moment", "s")), "days"),
        )
        .from_(f.table(STEPS, "s"))
        .join(
            f.table("crm.deals", "d"),
            on=f.col("deal", "s").eq(f.col("id", "d")),
            join_type="inner",
        )
        .where(f.coalesce(f.col("status", "d"), f.lit("")).neq(f.lit("lost")))
    )
    known = exp.select("*").from_(stays.subquery("k")).where(f.not_null(f.col("stage")))
    return _read(context, known)


def _read(context: RuleContext, source: exp.Query) -> dict[Place, list[tuple[int, int]]]:
    found: dict[Place, list[tuple[int, int]]] = {}
    for row in rows(context, _histogram(source)):
        stage = None if row["stage"] is None else str(row["stage"])
        place = (str(row["pipeline"]), stage)
        found.setdefault(place, []).append((number(row["days"]), number(row["n"])))
    return found


def _limits(
    context: RuleContext, taken: Mapping[Place, Sequence[tuple[int, int]]]
) -> dict[Place, _Limit]:
    limits = {}
    for place, some in taken.items():
        total = sum(n for _, n in some)
        if total < number(context.params["least"]):
            continue
        spread = sorted(some)
        low, high = _quantile(spread, total, 0.25), _quantile(spread, total, 0.75)
        fence = high + FAR_OUT * max(high - low, 1)
        longest = max(days for days, _ in spread if days <= fence)
        room = longest * number(context.params["room"]) / total
        limits[place] = _Limit(int(longest + room), longest)
    return limits


def _quantile(spread: Sequence[tuple[int, int]], total: int, share: float) -> int:
    seen = 0
    for days, n in spread:
        seen += n
        if seen >= share * total:
            return days
    return spread[-1][0]


# --- the open deals ---------------------------------------------------------------------


def _open(context: RuleContext, *, steps: bool) -> exp.Query:
    """key, system columns, pipeline, stage, days in it (or since creation) of open deals."""
    since: exp.Expression = f.as_timestamp(f.col("created_at", "d"))
    stage = f.fold(f.col("stage", "d")) if steps else f.null("text")
    if steps:
        begin = rows(
            context,
            exp.select(f.alias(f.min(f.col("moment")), "m")).from_(f.table(STEPS)),
        )[0]["m"]
        # A deal without steps may have come to its stage before the log began.
        since = f.coalesce(f.col("moment", "l"), f.greatest(since, f.lit(begin)))
    query = exp.select(
        f.alias(f.col("id", "d"), "key"),
        *[f.alias(f.col(c, "d"), c) for c in SYSTEM],
        f.alias(_pipeline(context, "d"), "pipeline"),
        f.alias(stage, "stage"),
        f.alias(f.days_between(since, f.lit(context.as_of)), "days"),
    ).from_(f.table("crm.deals", "d"))
    if steps:
        last = (
            exp.select(f.col("deal"), f.alias(f.max(f.col("moment")), "moment"))
            .from_(f.table(STEPS))
            .group_by(f.col("deal"))
        )
        query = query.join(
            last.subquery("l"), on=f.col("id", "d").eq(f.col("deal", "l")), join_type="left"
        )
    is_open = f.all_of(f.col("status", "d").eq(f.lit("open")), f.not_null(f.col("created_at", "d")))
    return query.where(is_open)


def _judged(limits: Mapping[Place, _Limit]) -> exp.Query:
    """Open deals with the limit of their stage, else of their pipeline."""
    table = union_all(
        [
            exp.select(
                f.alias(f.lit(pipeline), "pipeline"),
                f.alias(f.lit("" if stage is None else stage), "stage"),
                f.alias(f.lit(limit.days), "limit"),
                f.alias(f.lit(limit.longest), "longest"),
            )
            for (pipeline, stage), limit in sorted(
                limits.items(), key=lambda item: (item[0][0], item[0][1] or "")
            )
        ]
    )
    query = exp.select(
        *[f.alias(f.col(c, "o"), c) for c in ("key", *SYSTEM, "days")],
        f.alias(f.coalesce(f.col("limit", "s"), f.col("limit", "p")), "limit"),
        f.alias(f.coalesce(f.col("longest", "s"), f.col("longest", "p")), "longest"),
        f.alias(f.case((f.not_null(f.col("limit", "s")), f.lit("stage")), default=f.lit("deal")),
                "by"),
    ).from_(f.table("work.T104_open", "o"))  # fmt: skip
    stage = f.coalesce(f.col("stage", "o"), f.lit("-"))
    for alias, wanted in (("s", f.nullif(stage, f.lit(""))), ("p", f.lit(""))):
        same = f.all_of(
            f.col("pipeline", "o").eq(f.col("pipeline", alias)),
            wanted.eq(f.col("stage", alias)),
        )
        query = query.join(table.copy().subquery(alias), on=same, join_type="left")
    return exp.select("*").from_(query.subquery("j")).where(f.not_null(f.col("limit")))


def _verdict(context: RuleContext) -> Query:
    beyond = f.col("days") > f.col("limit")
    facts = rows(
        context,
        exp.select(
            f.alias(f.count(), "judged"),
            f.alias(f.count_if(beyond), "beyond"),
        ).from_(f.table("work.T104_judged")),
    )[0]
    judged, stuck = number(facts["judged"]), number(facts["beyond"])
    evidence = exp.select(f.alias(f.lit(judged), "n"))
    column = "stage" if context.has("deals", "stage") else None
    if stuck > float(str(context.params["share"])) * judged:
        return Query("deals", _of_the_table(beyond, judged), evidence, column)
    each = (
        exp.select(
            *[f.col(c) for c in ("key", *SYSTEM)],
            f.alias(f.as_text(f.col("days")), "value"),
            f.alias(f.col("by"), "cause"),
            f.alias(f.as_text(f.col("longest")), "arg_longest"),
        )
        .from_(f.table("work.T104_judged"))
        .where(beyond)
    )
    return Query("deals", each, evidence, column)


def _of_the_table(beyond: exp.Expression, judged: int) -> exp.Query:
    """One row: how many of the open deals, what they are worth, the longest time of the past."""
    longest = f.max(f.col("longest"))
    one_limit = f.all_of(
        f.min(f.col("longest")).eq(longest), f.min(f.col("by")).eq(f.lit("deal")),
        f.max(f.col("by")).eq(f.lit("deal")),
    )  # fmt: skip
    cause = f.case((one_limit, f.lit("many")), default=f.lit("many_stages"))
    return (
        exp.select(
            f.alias(f.null("text"), "key"),
            f.alias(cause, "cause"),
            f.alias(f.as_text(f.count()), "arg_n"),
            f.alias(f.lit(str(judged)), "arg_of"),
            f.alias(f.as_text(longest), "arg_longest"),
            f.alias(f.null("text"), "_source"),
            f.alias(f.null("integer"), "_row"),
            f.alias(f.sum(f.as_decimal(f.col("_money"))), "_money"),
            f.alias(f.any_true(f.col("_won")), "_won"),
        )
        .from_(f.table("work.T104_judged"))
        .where(beyond)
    )


RULE = Rule(
    code="T104",
    slug="stuck",
    family="T",
    scope=Scope.HISTORY,
    severity=Severity.WARNING,
    checks=checks,
    needs=("deals.status", "deals.created_at", "deals.closed_at or stage_history"),
    params={"least": 20, "room": 10, "share": 0.2},
    doc=__doc__ or "",
)
