"""Deeds heaped into the last working hours of a month (F109)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import Query
from dq.checks.rules.fakes.work import has_clock, is_message, midnight
from dq.checks.rules.helpers import SYSTEM, count_query, number
from dq.sql import portable as f

__all__ = ["bursts", "single_deeds"]

_MINUTES = 60
_OTHERS = 20
"""Fewer deeds of colleagues on last days say nothing about the house's habit."""

_BY_CHANCE = 2.0
"""Standard deviations by which their share may lie above that of other days."""
_KEYS = ("who", "day", "last", "late")


def single_deeds(
    context: RuleContext, table: str, moment: str, when: exp.Expression | None = None
) -> exp.Select:
    """id, system columns, who, at: what was not done together with others at one instant.

    `when` is a condition on `at`: of one instant it holds for all or for none.
    """
    at = f.col(moment)
    judged = [f.not_null(at), f.not_null(f.col("owner_id")), f.not_(midnight(at))]
    if table == "deals" and context.has("deals", "status"):
        judged.append(f.col("status").eq(f.lit("won")))
    if table == "activities" and context.has(table, "kind"):
        judged.append(f.not_(is_message(f.col("kind"))))
    done = exp.select(
        *[f.col(c) for c in ("id", *SYSTEM)],
        f.alias(f.col("owner_id"), "who"),
        f.alias(at.copy(), "at"),
    ).from_(f.table(f"crm.{table}")).where(f.all_of(*judged))  # fmt: skip
    if when is not None:
        done = exp.select("*").from_(done.subquery("w")).where(when)
    instants = (
        exp.select(f.alias(f.col("at"), "crowded"), f.alias(f.count(), "n"))
        .from_(done.copy().subquery("i"))
        .group_by(f.col("at"))
    )
    crowds = exp.select(f.col("crowded")).from_(instants.subquery("n"))
    crowds = crowds.where(f.col("n") >= f.lit(number(context.params["instant"])))
    return (
        exp.select(*[f.alias(f.col(c, "d"), c) for c in ("id", *SYSTEM, "who", "at")])
        .from_(done.subquery("d"))
        .join(crowds.subquery("c"), on=f.col("at", "d").eq(f.col("crowded", "c")), join_type="left")
        .where(f.is_null(f.col("crowded", "c")))
    )


def bursts(context: RuleContext, table: str, moment: str) -> Iterator[Query]:
    """Days of owners who did nearly all of the month's last day in its last working hours.

    How many of a day's deeds fall into these hours is read from all other days, or from the
    last days of all others where that is clearly more: a house that closes its books in the
    evening, or that has a rush at the end of the month, does so with everybody. The owner's
    share must lie `burst_z` standard deviations above it.
    """
    if not has_clock(context, table, moment) or not context.filled(table, "owner_id"):
        return
    end = context.calendar.work_to
    latest = end.hour * _MINUTES + end.minute - number(context.params["work_hours"]) * _MINUTES
    evening = (24 - number(context.params["hours"])) * _MINUTES
    if not 0 < latest < evening:
        return
    at = f.col("at")
    minute = f.hour(at) * f.lit(_MINUTES) + f.minute(at)
    inside = f.all_of(minute >= f.lit(latest), minute.copy() < f.lit(evening))
    late = f.coalesce(inside, f.lit(False))
    last = f.coalesce(f.month(at).neq(f.month(f.add_days(at, f.lit(1)))), f.lit(False))
    place = f"work.F109_{table}_hours"
    deeds = single_deeds(context, table, moment)
    context.engine.create(
        place,
        exp.select(
            *[f.col(c) for c in ("id", *SYSTEM, "who", "at")],
            f.alias(f.date_of(at), "day"),
            f.alias(last, "last"),
            f.alias(late, "late"),
        ).from_(deeds.subquery("d")),
    )
    odd = _odd_days(context, place)
    sql = (
        exp.select(
            f.alias(f.col("id", "r"), "key"),
            *[f.alias(f.col(c, "r"), c) for c in SYSTEM],
            f.alias(f.as_text(f.col("at", "r")), "value"),
            f.alias(f.lit("last_working_hours"), "cause"),
        )
        .from_(f.table(place, "r"))
        .join(
            odd.subquery("o"),
            on=f.all_of(
                f.col("who", "r").eq(f.col("whose", "o")),
                f.col("day", "r").eq(f.col("when", "o")),
            ),
            join_type="inner",
        )
        .where(f.all_of(f.col("last", "r"), f.col("late", "r")))
    )
    yield Query(table, sql, count_query(f"crm.{table}", f.not_null(f.col(moment))), moment)


def _odd_days(context: RuleContext, place: str) -> exp.Select:
    """whose, when: owners and last days with far more late deeds than the hours explain."""
    one = f.lit(1)
    counted = (
        exp.select(
            f.col("who"),
            f.col("day"),
            f.alias(f.count(), "n"),
            f.alias(f.count_if(f.col("late")), "k"),
        )
        .from_(f.table(place))
        .where(f.col("last"))
        .group_by(f.col("who"), f.col("day"))
    )
    beside = exp.select(
        *[f.col(c) for c in ("who", "day", "n", "k")],
        f.alias(f.sum_over(f.col("n")), "all_n"),
        f.alias(f.sum_over(f.col("k")), "all_k"),
        f.alias(f.sum_over(f.col("n"), [f.col("who")]), "own_n"),
        f.alias(f.sum_over(f.col("k"), [f.col("who")]), "own_k"),
    ).from_(counted.subquery("c"))
    usual = exp.select(
        f.alias(f.count(), "days_n"), f.alias(f.count_if(f.col("late")), "days_k")
    ).from_(f.table(place)).where(f.not_(f.col("last")))  # fmt: skip
    others = f.div0(
        exp.paren(f.col("all_k", "b") - f.col("own_k", "b")) + one,
        exp.paren(f.col("all_n", "b") - f.col("own_n", "b")) + f.lit(2),
    )
    ordinary = f.div0(f.col("days_k", "u") + one.copy(), f.col("days_n", "u") + f.lit(2))
    rest = f.as_double(f.col("all_n", "b") - f.col("own_n", "b"))
    chance = f.sqrt(f.div0(ordinary.copy() * (f.lit(1.0) - ordinary.copy()), rest.copy()))
    rush = f.all_of(
        rest >= f.lit(_OTHERS), others.copy() - ordinary.copy() > chance * f.lit(_BY_CHANCE)
    )
    shares = (
        exp.select(
            *[f.alias(f.col(c, "b"), c) for c in ("who", "day", "n", "k")],
            f.alias(f.case((rush, others.copy()), default=ordinary.copy()), "p"),
        )
        .from_(beside.subquery("b"))
        .join(usual.subquery("u"), join_type="cross")
    )
    expected = f.as_double(f.col("n")) * f.col("p")
    spread = f.sqrt(expected.copy() * (f.lit(1.0) - f.col("p")))
    odd = f.all_of(
        f.not_null(f.col("who")),
        f.col("k") >= f.lit(number(context.params["burst"])),
        f.as_double(f.col("k")) - expected >= spread * f.lit(float(str(context.params["burst_z"]))),
    )
    return (
        exp.select(f.alias(f.col("who"), "whose"), f.alias(f.col("day"), "when"))
        .from_(shares.subquery("s"))
        .where(odd)
    )
