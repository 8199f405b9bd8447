"""Plans of so many calls or meetings that are always met and never exceeded (F109)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import Query
from dq.checks.rules.fakes.marks import LASTS
from dq.checks.rules.fakes.work import is_call, is_meeting
from dq.checks.rules.helpers import count_query, number, rows
from dq.checks.rules.values import nothing_found
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["always_met"]

_CALLS = re.compile("call|звон|дзвін|дзвон", re.I)
_MEETINGS = re.compile("meeting|visit|встреч|зустріч|зустріч|визит|візит", re.I)
_NOT_COUNTS = re.compile(
    "amount|sum|bonus|share|percent|rate|сумм|сума|бонус|доля|процент|відсот|частк", re.I
)


def always_met(context: RuleContext, table: str, moment: str) -> Iterator[Query]:
    """A finding about the table for each term that somebody meets to the point, every period."""
    needed = ("term", "value", "owner_id", "period_start", "period_end")
    if table != "activities" or not all(context.filled("plans", c) for c in needed):
        return
    if not all(context.filled(table, c) for c in ("owner_id", "kind", moment)):
        return
    terms = exp.select(f.col("term")).from_(f.table("crm.plans")).distinct()
    terms = terms.order_by(exp.column("term", quoted=True)).limit(1_000)
    lines: list[exp.Query] = []
    for row in rows(context, terms):
        term = str(row["term"])
        if LASTS.search(term) or _NOT_COUNTS.search(term):
            continue
        if _CALLS.search(term):
            lines += _met(context, moment, term, is_call(f.col("kind")))
        elif _MEETINGS.search(term):
            lines += _met(context, moment, term, is_meeting(f.col("kind")))
    judged = f.all_of(f.not_null(f.col(moment)), f.not_null(f.col("owner_id")))
    sql = union_all(lines) if lines else nothing_found()
    yield Query(table, sql, count_query(f"crm.{table}", judged))


def _met(
    context: RuleContext, moment: str, term: str, counts: exp.Expression
) -> Iterator[exp.Select]:
    """The finding of one term, if any: how many people, in how many periods."""
    params = context.params
    day = f.date_of(f.col(moment))
    daily = (
        exp.select(f.alias(f.col("owner_id"), "who"), f.alias(day, "day"), f.alias(f.count(), "n"))
        .from_(f.table("crm.activities"))
        .where(f.all_of(counts, f.not_null(f.col(moment)), f.not_null(f.col("owner_id"))))
        .group_by(f.col("owner_id"), day.copy())
    )
    value = f.as_decimal(f.col("value"))
    plans = exp.select(
        f.alias(f.col("owner_id"), "whose"),
        f.alias(f.date_of(f.col("period_start")), "begin"),
        f.alias(f.date_of(f.col("period_end")), "finish"),
        f.alias(value, "target"),
    ).from_(f.table("crm.plans")).where(
        f.all_of(
            f.col("term").eq(f.lit(term)),
            f.not_null(f.col("owner_id")),
            value > f.as_decimal(f.lit(0)),
            f.date_of(f.col("period_end")) <= f.lit(context.as_of.date()),
        )
    )  # fmt: skip
    done = (
        exp.select(
            *[f.alias(f.col(c, "p"), c) for c in ("whose", "begin", "finish", "target")],
            f.alias(f.as_decimal(f.sum(f.col("n", "d"))), "done"),
        )
        .from_(plans.subquery("p"))
        .join(
            daily.subquery("d"),
            on=f.all_of(
                f.col("whose", "p").eq(f.col("who", "d")),
                f.between(f.col("day", "d"), f.col("begin", "p"), f.col("finish", "p")),
            ),
            join_type="inner",
        )
        .group_by(*[f.col(c, "p") for c in ("whose", "begin", "finish", "target")])
    )
    width = f.as_decimal(f.lit(1 + float(str(params["met_width"]))))
    point = f.all_of(f.col("done") >= f.col("target"), f.col("done") <= f.col("target") * width)
    people = (
        exp.select(
            f.col("whose"),
            f.alias(f.count(), "periods"),
            f.alias(f.count_if(point), "met"),
        )
        .from_(done.subquery("m"))
        .group_by(f.col("whose"))
    )
    always = f.all_of(
        f.col("met") >= f.lit(number(params["periods"])),
        f.div0(f.col("met"), f.col("periods")) >= f.lit(float(str(params["met_share"]))),
    )
    found = rows(
        context,
        exp.select(
            f.alias(f.count_if(always), "people"),
            f.alias(f.max(f.case((always.copy(), f.col("met")))), "met"),
        ).from_(people.subquery("w")),
    )[0]
    if number(found["people"]):
        yield exp.select(
            f.alias(f.null("text"), "key"),
            f.alias(f.lit(f"always_met:{term}"), "cause"),
            f.alias(f.lit(term), "value"),
            f.alias(f.lit(str(number(found["people"]))), "arg_people"),
            f.alias(f.lit(str(number(found["met"]))), "arg_periods"),
        )
