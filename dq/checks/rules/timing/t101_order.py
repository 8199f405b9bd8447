"""T101: dates in an order that cannot be.

Closed before it was created, converted before it came, won before anybody had spoken with
the client: every duration and every conversion by month is wrong by it. Days are compared
where one of the two has no hour; up to a minute is the difference of two clocks. A first
contact is looked for in the log of activities, for deals that the log covers.

Example: created 2026-03-02, closed 2024-03-05.
Repair: correct the date that was mistyped (day and month exchanged? the year?); after an
import, bring the true day of creation over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import Check, CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import SYSTEM, count_query, number, rows
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

ORDER: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "accounts": (("updated_at", ("created_at",)),),
    "contacts": (("updated_at", ("created_at",)),),
    "leads": (("first_response_at", ("created_at",)), ("converted_at", ("created_at",))),
    "deals": (("closed_at", ("created_at",)),),
    "activities": (
        ("delivered_at", ("started_at",)),
        ("read_at", ("started_at", "delivered_at")),
        ("replied_at", ("started_at", "delivered_at")),
    ),
    "tasks": (("completed_at", ("created_at",)),),
    "requests": (("first_response_at", ("created_at",)),),
    "tickets": (("first_response_at", ("opened_at",)), ("resolved_at", ("opened_at",))),
    "campaigns": (("ended_at", ("started_at",)),),
    "users": (("left_at", ("hired_at",)),),
    "products": (("discontinued_at", ("introduced_at",)),),
    "plans": (("period_end", ("period_start",)),),
    "documents": (("opened_at", ("sent_at",)), ("signed_at", ("sent_at",))),
    "user_history": (("valid_to", ("valid_from",)),),
    "invoices": (("paid_at", ("issued_at",)),),
}
"""By table: a date, and those that it cannot precede. Plans and deeds have no order."""

MOVES_TOTALS = ("deals", "leads", "invoices")


@dataclass(frozen=True)
class _Linked:
    """A date of one table that cannot precede a date of the record it names."""

    table: str
    column: str
    link: str
    target: str
    since: str
    cause: str
    severity: Severity


LINKED = (
    _Linked("stage_history", "changed_at", "deal_id", "deals", "created_at", "deal",
            Severity.WARNING),
    _Linked("deals", "closed_at", "lead_id", "leads", "created_at", "lead", Severity.ERROR),
)  # fmt: skip


def checks(context: RuleContext) -> Iterator[CheckLike]:
    for table in sorted(context.tables):
        found = [*_own(context, table), *_linked(context, table)]
        if table == "deals":
            found += _first_contact(context)
        if not found and table in ORDER:
            pair = ORDER[table][0]
            columns = ", ".join(f"{table}.{c}" for c in (pair[0], pair[1][0]))
            found = [Skip(table, "needs.columns", {"columns": columns})]
        yield from found


def _own(context: RuleContext, table: str) -> Iterator[CheckLike]:
    for later, starts in ORDER.get(table, ()):
        known = [s for s in starts if context.has(table, s)]
        if not context.has(table, later) or not known:
            continue
        days = number(context.params["advance_days"]) if table == "invoices" else 0
        ways = [(s, _precedes(context, f.col(later), f.col(s), days)) for s in known]
        told = f.case(*[(way, f.lit(s)) for s, way in ways], default=f.lit(None))
        since = f.case(*[(way, f.as_text(f.col(s))) for s, way in ways], default=f.lit(None))
        yield Check(
            table,
            f.any_of(*[way for _, way in ways]),
            column=later,
            when=f.all_of(
                f.not_null(f.col(later)), f.any_of(*[f.not_null(f.col(s)) for s in known])
            ),
            cause=f.concat(f.lit("before:"), told),
            args={"start": told.copy(), "since": since},
            severity=Severity.ERROR if table in MOVES_TOTALS else Severity.WARNING,
        )


def _precedes(
    context: RuleContext, later: exp.Expression, start: exp.Expression, days: int = 0
) -> exp.Expression:
    """Whether a date precedes its start by more than two clocks differ, or by so many days."""
    after, before = f.as_timestamp(later), f.as_timestamp(start)
    apart = f.days_between(after, before)
    if days:
        return f.coalesce(apart > f.lit(days), f.lit(False))
    no_hour = f.any_of(
        after.eq(f.as_timestamp(f.date_of(after))), before.eq(f.as_timestamp(f.date_of(before)))
    )
    slack = -number(context.params["clock_seconds"])
    by_clock = f.add_seconds(before, f.lit(slack)) > after
    return f.coalesce(f.case((no_hour, apart > f.lit(0)), default=by_clock), f.lit(False))


def _linked(context: RuleContext, table: str) -> Iterator[CheckLike]:
    for pair in LINKED:
        if pair.table != table or not context.has(table, pair.column, pair.link):
            continue
        if not context.has(pair.target, pair.since):
            continue
        later, start = f.col(pair.column, "t"), f.col(pair.since, "o")
        sql = (
            exp.select(
                f.alias(f.col("id", "t"), "key"),
                *[f.alias(f.col(c, "t"), c) for c in SYSTEM],
                f.alias(f.as_text(later), "value"),
                f.alias(f.lit(pair.cause), "cause"),
                f.alias(f.lit(pair.severity.value), "severity"),
                f.alias(f.as_text(start), "arg_since"),
            )
            .from_(f.table(f"crm.{table}", "t"))
            .join(
                f.table(f"crm.{pair.target}", "o"),
                on=f.col(pair.link, "t").eq(f.col("id", "o")),
                join_type="inner",
            )
            .where(_precedes(context, later, start))
        )
        judged = f.all_of(f.not_null(f.col(pair.column)), f.not_null(f.col(pair.link)))
        yield Query(table, sql, count_query(f"crm.{table}", judged), pair.column)


def _first_contact(context: RuleContext) -> Iterator[CheckLike]:
    """Won deals whose first activity, in a log that covers them, is of a later day."""
    ways = [
        (column, own)
        for column, own in (("deal_id", "id"), ("contact_id", "contact_id"),
                            ("account_id", "account_id"))
        if context.filled("activities", column) and (own == "id" or context.has("deals", own))
    ]  # fmt: skip
    known = context.filled("activities", "started_at") and any(c == "deal_id" for c, _ in ways)
    if not known or not context.has("deals", "status", "created_at", "closed_at"):
        return
    begin = _log_begins(context)
    if begin is None:
        return
    closed = f.as_timestamp(f.col("closed_at", "d"))
    firsts = [f.col("first", alias) for alias in (f"a{i}" for i in range(len(ways)))]
    first = f.least(*firsts) if len(firsts) > 1 else firsts[0]
    sql = exp.select(
        f.alias(f.col("id", "d"), "key"),
        *[f.alias(f.col(c, "d"), c) for c in SYSTEM],
        f.alias(f.as_text(f.col("closed_at", "d")), "value"),
        f.alias(f.lit("contact"), "cause"),
        f.alias(f.lit(Severity.WARNING.value), "severity"),
        f.alias(f.as_text(first), "arg_since"),
    ).from_(f.table("crm.deals", "d"))
    for i, (column, own) in enumerate(ways):
        sql = sql.join(
            _first(context, column).subquery(f"a{i}"),
            on=f.col(own, "d").eq(f.col("of", f"a{i}")),
            join_type="left",
        )
    covered = f.as_timestamp(f.col("created_at", "d")) >= f.lit(begin)
    won = f.col("status", "d").eq(f.lit("won"))
    sql = sql.where(f.all_of(won, covered, f.days_between(closed, first) > f.lit(0)))
    yield Query("deals", sql, count_query("crm.deals", f.col("status").eq(f.lit("won"))),
                "closed_at")  # fmt: skip


def _first(context: RuleContext, column: str) -> exp.Select:
    """`of` (what an activity names by the column) and `first`, the first one that happened."""
    started = f.as_timestamp(f.col("started_at"))
    return (
        exp.select(f.alias(f.col(column), "of"), f.alias(f.min(started), "first"))
        .from_(f.table("crm.activities"))
        .where(f.all_of(f.not_null(f.col(column)), started <= f.lit(context.as_of)))
        .group_by(f.col(column))
    )


def _log_begins(context: RuleContext) -> object:
    """The day of the first activity since the first deal was created; at its midnight."""
    started = f.as_timestamp(f.col("started_at"))
    created = f.as_timestamp(f.col("created_at"))
    first_deal = rows(
        context, exp.select(f.alias(f.min(created), "m")).from_(f.table("crm.deals"))
    )[0]["m"]
    if first_deal is None:
        return None
    begin = f.as_timestamp(f.date_of(f.min(started)))
    query = exp.select(f.alias(begin, "m")).from_(f.table("crm.activities"))
    return rows(context, query.where(started >= f.lit(first_deal)))[0]["m"]


RULE = Rule(
    code="T101",
    slug="order",
    family="T",
    scope=Scope.ROW,
    severity=Severity.ERROR,
    checks=checks,
    needs=("two dates of one record",),
    params={"clock_seconds": 60, "advance_days": 180},
    doc=__doc__ or "",
)
