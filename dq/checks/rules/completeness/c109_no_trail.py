"""C109: a deal moved, and nobody ever called, met or wrote.

Either the work was done outside the CRM, or the deal was moved for the report's sake. Calls
linked to the deal's contact or company between its creation and its close count as its
trail; deals closed before the log of activities begins cannot have one.

Example: a deal went through three stages in a week without a single activity.
Repair: log what was done, link the telephony, or move the deal back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.completeness.stages import stage_is, stages_from
from dq.checks.rules.helpers import Link, count_query, met, missing, rows
from dq.findings import Severity
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["RULE"]

MOVED, BARE = "work.C109_moved", "work.C109_bare"
"""Deals that moved; those of them that no activity names."""

RECORD = ("key", "_source", "_row", "_money", "_won")
COLUMNS = (*RECORD, "contact_id", "account_id", "created_at", "closed_at")

MET = 0.5
"""If fewer activities than this meet the deal that they name, nothing is known of the rest."""


def checks(context: RuleContext) -> Iterator[CheckLike]:
    skip = missing(context, "deals", "status") or missing(context, "activities")
    if skip:
        yield Skip("deals", skip.reason, skip.args)
        return
    ways = [c for c in ("deal_id", "contact_id", "account_id") if context.filled("activities", c)]
    direct = Link("activities", "deal_id", "deals", by_name=False)
    if "deal_id" in ways and met(context, direct) < MET:
        yield Skip("deals", "needs.links_that_meet", {"column": "activities.deal_id"})
        return
    context.engine.create(MOVED, _moved(context, bool(ways)))
    context.engine.create(BARE, _without_own(ways))
    trails = [t for way in ways if (t := _trail(context, way)) is not None]
    evidence = count_query(MOVED)
    shown = [f.alias(f.col(c, "m"), c) for c in RECORD]
    sql = exp.select(*shown).from_(f.table(BARE, "m"))
    if not trails:
        if "deal_id" in ways:
            yield Query("deals", sql, evidence)
        else:
            yield Query("deals", sql.where(f.lit(False)), count_query(MOVED, f.lit(False)))
        return
    seen = exp.select(f.col("seen")).from_(union_all(trails).subquery("u")).distinct()
    sql = sql.join(
        seen.subquery("s"), on=f.col("key", "m").eq(f.col("seen", "s")), join_type="left"
    ).where(f.is_null(f.col("seen", "s")))
    yield Query("deals", sql, evidence)


def _without_own(ways: Sequence[str]) -> exp.Query:
    """Those of MOVED that no activity names."""
    bare = exp.select(*[f.alias(f.col(c, "m"), c) for c in COLUMNS]).from_(f.table(MOVED, "m"))
    if "deal_id" not in ways:
        return bare
    own = exp.select(f.alias(f.col("deal_id"), "seen")).from_(f.table("crm.activities")).distinct()
    return bare.join(
        own.subquery("s"), on=f.col("key", "m").eq(f.col("seen", "s")), join_type="left"
    ).where(f.is_null(f.col("seen", "s")))


def _moved(context: RuleContext, linked: bool) -> exp.Query:
    """Won deals, deals with stage history, deals at an advanced stage; none before the log."""
    moved: list[exp.Expr] = [f.col("status", "d").eq(f.lit("won"))]
    if context.filled("deals", "stage"):
        advanced = stage_is(context, stages_from(context, "proposal", open_only=True), "d")
        if advanced is not None:
            moved.append(advanced)
    query = exp.select(
        f.alias(f.col("id", "d"), "key"),
        *[f.alias(f.col(c, "d"), c) for c in ("_source", "_row", "_money", "_won")],
        *[
            f.alias(f.col(c, "d") if context.has("deals", c) else f.null(kind), c)
            for c, kind in (
                ("contact_id", "text"),
                ("account_id", "text"),
                ("created_at", "timestamp"),
                ("closed_at", "timestamp"),
            )
        ],
    ).from_(f.table("crm.deals", "d"))
    if context.filled("stage_history", "deal_id"):
        changed = (
            exp.select(f.alias(f.col("deal_id"), "changed"))
            .from_(f.table("crm.stage_history"))
            .distinct()
        )
        query = query.join(
            changed.subquery("h"),
            on=f.col("id", "d").eq(f.col("changed", "h")),
            join_type="left",
        )
        moved.append(f.not_null(f.col("changed", "h")))
    query = query.where(f.any_of(*moved))
    begin = _log_begins(context)
    if linked and begin is not None and context.has("deals", "closed_at"):
        closed = f.as_timestamp(f.col("closed_at", "d"))
        query = query.where(f.any_of(f.is_null(closed), closed >= f.lit(begin)))
    return query


def _log_begins(context: RuleContext) -> object:
    if not context.filled("activities", "started_at"):
        return None
    first = exp.select(f.alias(f.min(f.as_timestamp(f.col("started_at"))), "first"))
    return rows(context, first.from_(f.table("crm.activities")))[0]["first"]


def _trail(context: RuleContext, way: str) -> exp.Query | None:
    """Deals (`seen`) that some activity of their contact or account may belong to."""
    if (
        way == "deal_id"
        or not context.has("deals", way)
        or not context.filled("activities", "started_at")
    ):
        return None
    started = f.as_timestamp(f.col("started_at", "a"))
    inside = [
        f.any_of(
            f.is_null(f.col("created_at", "m")),
            f.date_of(started) >= f.date_of(f.as_timestamp(f.col("created_at", "m"))),
        ),
        f.any_of(
            f.is_null(f.col("closed_at", "m")),
            f.date_of(started) <= f.date_of(f.as_timestamp(f.col("closed_at", "m"))),
        ),
    ]
    return (
        exp.select(f.alias(f.col("key", "m"), "seen"))
        .from_(f.table(BARE, "m"))
        .join(
            f.table("crm.activities", "a"),
            on=f.col(way, "m").eq(f.col(way, "a")),
            join_type="inner",
        )
        .where(f.all_of(*inside))
    )


RULE = Rule(
    code="C109",
    slug="no_trail",
    family="C",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("deals.status", "activities"),
    doc=__doc__ or "",
)
