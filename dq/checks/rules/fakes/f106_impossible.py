"""F106: an activity that cannot be.

A call that somebody took and that lasted no time, two talks by one person at the same time, a
call at three at night by one who works by day, a call of more than a day: typed in, or counted
by a clock that is wrong. Letters and messages are written by machines at any hour and take no
time; missed calls may be short and overlap; whole days from midnight are entries of a calendar;
lines of one conference begin together. Who works at night by role or habit works at night, and
an account that talks twice at once most of the time is several people's.

Example: 15 minutes from 10:00 and 10 minutes from 10:05, both taken, one caller.
Repair: compare with the telephony's own list; correct the times, or delete what never was.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import Check, CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.fakes.work import (
    answered,
    has_clock,
    is_call,
    is_message,
    midnight,
    unanswered,
)
from dq.checks.rules.helpers import SYSTEM, count_query, number, rows
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

TABLE = "activities"
DAY = 86_400
NIGHT_ROLES = (
    "call.?cent|колл|кол.?центр|контакт.?центр|contact.?cent|support|поддерж|підтрим|дежур"
)


def checks(context: RuleContext) -> Iterator[CheckLike]:
    if TABLE not in context.tables:
        yield Skip(None, "needs.tables", {"tables": TABLE})
        return
    timed, lasting = context.has(TABLE, "started_at"), context.has(TABLE, "duration_s")
    if not timed and not lasting:
        columns = "activities.started_at, activities.duration_s"
        yield Skip(TABLE, "needs.columns", {"columns": columns})
        return
    if lasting:
        yield _too_long(context)
        if context.has(TABLE, "kind") and context.has(TABLE, "result"):
            yield _no_time()
    clock = has_clock(context, TABLE, "started_at")
    named = context.filled(TABLE, "owner_id") and context.filled(TABLE, "kind")
    if clock and named and context.filled(TABLE, "duration_s"):
        yield _overlaps(context)
    if clock and named:
        yield from _at_night(context)
    if not lasting and not (clock and named):
        yield Check(TABLE, f.lit(False), "started_at", when=f.lit(False))


def _column(context: RuleContext, name: str, kind: str = "text") -> exp.Expression:
    return f.col(name) if context.has(TABLE, name) else f.null(kind)


def _no_time() -> Check:
    duration = f.col("duration_s")
    return Check(
        TABLE,
        f.all_of(duration.eq(f.lit(0)), answered(f.col("result"))),
        "duration_s",
        when=f.all_of(f.not_null(duration), is_call(f.col("kind"))),
        cause=f.lit("no_time"),
    )


def _too_long(context: RuleContext) -> Check:
    duration, kind = f.col("duration_s"), _column(context, "kind")
    whole: exp.Expression = f.mod(f.as_integer(duration), f.lit(DAY)).eq(f.lit(0))
    if context.has(TABLE, "started_at"):
        started = f.col("started_at")
        whole = f.all_of(whole, f.coalesce(midnight(started), f.lit(True)))
    calendar = f.all_of(whole, f.not_(is_call(kind)))
    return Check(
        TABLE,
        f.all_of(duration > f.lit(DAY), f.not_(calendar)),
        "duration_s",
        when=f.all_of(f.not_null(duration), f.not_(is_message(kind))),
        cause=f.lit("too_long"),
        args={"hours": f.floor(f.div0(duration, f.lit(3_600)))},
    )


def _talks(context: RuleContext) -> list[exp.Expression]:
    """Conditions of a call with a beginning, an owner, and somebody at the other end."""
    started, result = f.col("started_at"), _column(context, "result")
    return [
        is_call(f.col("kind")),
        f.not_null(f.col("owner_id")),
        f.not_null(started),
        f.not_(midnight(started)),
        f.not_(unanswered(result)),
    ]


def _overlaps(context: RuleContext) -> Query:
    """Calls of one owner that overlap by a minute or more; lines of a conference are one."""
    least = f.lit(number(context.params["overlap_s"]))
    end = f.add_seconds(f.col("started_at"), f.as_integer(f.col("duration_s")))
    talk = f.all_of(
        *_talks(context), f.col("duration_s") >= least, f.col("duration_s") <= f.lit(DAY)
    )
    table = f.table(f"crm.{TABLE}")
    found = _doubles(context, talk, end, least)
    calls = exp.select(
        *[f.col(c) for c in ("id", *SYSTEM, "owner_id", "started_at")]
    ).from_(table.copy()).where(talk.copy())  # fmt: skip
    sql = (
        exp.select(
            f.alias(f.col("id", "t"), "key"),
            *[f.alias(f.col(c, "t"), c) for c in SYSTEM],
            f.alias(f.as_text(f.col("started_at", "t")), "value"),
            f.alias(f.lit("overlap"), "cause"),
        )
        .from_(calls.subquery("t"))
        .join(
            found.subquery("d"),
            on=f.all_of(
                f.col("owner_id", "t").eq(f.col("who", "d")),
                f.col("started_at", "t").eq(f.col("begin", "d")),
            ),
            join_type="inner",
        )
    )
    return Query(TABLE, sql, count_query(f"crm.{TABLE}", talk.copy()), "started_at")


def _doubles(
    context: RuleContext, talk: exp.Expression, end: exp.Expression, least: exp.Expression
) -> exp.Select:
    """Who and begin of calls that overlap another one; not of accounts that several people use."""
    spans = (
        exp.select(
            f.alias(f.col("owner_id"), "who"),
            f.alias(f.col("started_at"), "begin"),
            f.alias(f.max(end), "finish"),
        )
        .from_(f.table(f"crm.{TABLE}"))
        .where(talk)
        .group_by(f.col("owner_id"), f.col("started_at"))
    )
    by, order = [f.col("who")], [f.col("begin")]
    reached = exp.select(
        *[f.col(c) for c in ("who", "begin", "finish")],
        f.alias(f.max_over(f.col("finish"), by, order), "reached"),
        f.alias(f.lead(f.col("begin"), by, order), "following"),
    ).from_(spans.subquery("s"))
    before = exp.select(
        *[f.col(c) for c in ("who", "begin", "finish", "following")],
        f.alias(f.lag(f.col("reached"), by, order), "before"),
    ).from_(reached.subquery("r"))
    double = f.any_of(
        f.coalesce(f.seconds_between(f.col("begin"), f.col("before")) >= least, f.lit(False)),
        f.coalesce(f.seconds_between(f.col("following"), f.col("finish")) >= least, f.lit(False)),
    )
    marked = exp.select(
        f.col("who"), f.col("begin"), f.alias(double, "double")
    ).from_(before.subquery("b"))  # fmt: skip
    twice = f.case((f.col("double"), f.lit(1)), default=f.lit(0))
    counted = exp.select(
        *[f.col(c) for c in ("who", "begin", "double")],
        f.alias(f.sum_over(twice, by), "doubles"),
        f.alias(f.count_over(by), "calls"),
    ).from_(marked.subquery("m"))
    shared = f.all_of(
        f.col("calls") >= f.lit(number(context.params["shared_least"])),
        f.div0(f.col("doubles"), f.col("calls")) > f.lit(_share(context, "shared")),
    )
    found = exp.select(f.col("who"), f.col("begin")).from_(counted.subquery("c"))
    return found.where(f.all_of(f.col("double"), f.not_(shared)))


def _share(context: RuleContext, name: str) -> float:
    return float(str(context.params[name]))


def _night(context: RuleContext) -> exp.Expression:
    hour = f.hour(f.col("started_at"))
    begin, end = number(context.params["night_from"]), number(context.params["night_to"])
    inside = [hour >= f.lit(begin), hour < f.lit(end)]
    return f.all_of(*inside) if begin < end else f.any_of(*inside)


def _at_night(context: RuleContext) -> Iterator[Query]:
    """Talks at night by people who do not work at night, where the table as a whole does not."""
    spoke: exp.Expression = answered(_column(context, "result"))
    if context.filled(TABLE, "duration_s"):
        lasted = f.coalesce(f.col("duration_s") > f.lit(0), f.lit(False))
        spoke = f.any_of(lasted, f.all_of(f.is_null(f.col("duration_s")), spoke))
    talk = f.all_of(*_talks(context), spoke)
    night = _night(context)
    counts = rows(
        context,
        exp.select(
            f.alias(f.count(), "talks"), f.alias(f.count_if(night), "nights")
        ).from_(f.table(f"crm.{TABLE}")).where(talk),
    )[0]  # fmt: skip
    talks, nights = number(counts["talks"]), number(counts["nights"])
    if nights > _share(context, "night_table") * talks:
        return
    daily = _by_day(context, talk, night)
    calls = exp.select(
        *[f.col(c) for c in ("id", *SYSTEM, "owner_id", "started_at")]
    ).from_(f.table(f"crm.{TABLE}")).where(f.all_of(talk.copy(), night.copy()))  # fmt: skip
    sql = (
        exp.select(
            f.alias(f.col("id", "t"), "key"),
            *[f.alias(f.col(c, "t"), c) for c in SYSTEM],
            f.alias(f.as_text(f.col("started_at", "t")), "value"),
            f.alias(f.lit("night"), "cause"),
            f.alias(f.lit(Severity.WARNING.value), "severity"),
        )
        .from_(calls.subquery("t"))
        .join(
            daily.subquery("d"),
            on=f.col("owner_id", "t").eq(f.col("who", "d")),
            join_type="inner",
        )
    )
    if context.has("users", "role"):
        shift = exp.select(f.alias(f.col("id"), "uid")).from_(f.table("crm.users"))
        shift = shift.where(f.search(f.lower(f.col("role")), NIGHT_ROLES)).distinct()
        sql = sql.join(
            shift.subquery("u"),
            on=f.col("owner_id", "t").eq(f.col("uid", "u")),
            join_type="left",
        ).where(f.is_null(f.col("uid", "u")))
    yield Query(TABLE, sql, count_query(f"crm.{TABLE}", talk.copy()), "started_at")


def _by_day(context: RuleContext, talk: exp.Expression, night: exp.Expression) -> exp.Select:
    """People (`who`) who talked at night, but on few of their days."""
    day = f.date_of(f.col("started_at"))
    habits = (
        exp.select(
            f.alias(f.col("owner_id"), "who"),
            f.alias(f.count_distinct(day), "days"),
            f.alias(f.count_distinct(f.case((night.copy(), day.copy()))), "nights"),
        )
        .from_(f.table(f"crm.{TABLE}"))
        .where(talk.copy())
        .group_by(f.col("owner_id"))
    )
    usual = f.div0(f.col("nights"), f.col("days")) >= f.lit(_share(context, "night_habit"))
    daily = exp.select(f.col("who")).from_(habits.subquery("h"))
    return daily.where(f.all_of(f.col("nights") > f.lit(0), f.not_(usual)))


RULE = Rule(
    code="F106",
    slug="impossible",
    family="F",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks,
    needs=("activities.started_at or activities.duration_s",),
    params={
        "overlap_s": 60,
        "shared": 0.5,
        "shared_least": 20,
        "night_from": 0,
        "night_to": 6,
        "night_habit": 0.25,
        "night_table": 0.2,
    },
    doc=__doc__ or "",
)
