"""X102: much exported, given away or deleted before an exit.

In the last weeks of a seller a list of customers can go along, deals can go to a friend,
traces can vanish. The CRM's own log tells: what a person did in the month before the last
day is compared with the months before. Many small portions count as one.

The log is the table `audit_log`, one row an act: `happened_at`, `user_id`, `action` (export,
reassign, delete, in the log's own words), `entity` (of which table), `record_id`, `records`
(how many; blank is one).

A person without a last day, whose account is switched off, left with the last login. What
others do (the head who hands the customers over) is not the leaver's.

Example: 12,400 contacts exported four days before the last day, never more than 30 before.
Repair: talk to the head and to security; restore what was deleted, check who holds the deals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import SYSTEM, count_query, missing, number, rows
from dq.checks.rules.values import nothing_found
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

ACTS: Mapping[str, str] = {
    "export": "export|download|экспорт|выгруз|експорт|вивантаж",
    "reassign": (
        "reassign|transfer|changed? owner|owner chang|owner_id|передач|передан|передав"
        "|смена ответственного|зміна відповідального"
    ),
    "delete": "delet|удал|видал",
}
"""Beginnings of the words that logs have for the three acts, in small letters."""

BEGIN = "(?:^|[^a-zа-яёіїєґ])"
OPEN_END = 2050


def checks(context: RuleContext) -> Iterator[CheckLike]:
    skip = missing(context, "users") or missing(
        context, "audit_log", "user_id", "action", "happened_at"
    )
    if skip is not None:
        yield Skip("users", skip.reason, skip.args)
        return
    last = _last_day(context)
    if last is None:
        yield Skip("users", "needs.columns", {"columns": "users.left_at"})
        return
    begin = _log_begins(context)
    if begin is None:
        yield Query("users", nothing_found(), count_query("crm.users", f.lit(False)))
        return
    context.engine.create("work.X102_acts", _acts(context))
    covered = f.date_of(last) >= f.lit(begin)
    leavers = exp.select(f.alias(f.count(), "n")).from_(f.table("crm.users", "u")).where(covered)
    yield Query("users", _too_much(context, begin), leavers)


def _log_begins(context: RuleContext) -> date | None:
    day = f.date_of(f.min(f.as_timestamp(f.col("happened_at"))))
    query = exp.select(f.alias(day, "day")).from_(f.table("crm.audit_log"))
    found = rows(context, query)[0]["day"]
    return found if isinstance(found, date) else None


def _last_day(context: RuleContext) -> exp.Expression | None:
    """The last day of a user (alias `u`): as declared, else the last login of a closed account."""
    ways = []
    if context.has("users", "left_at"):
        left = f.as_timestamp(f.col("left_at", "u"))
        ways.append(f.case((f.year(left) < f.lit(OPEN_END), left), default=f.lit(None)))
    if context.has("users", "active", "last_login_at"):
        login = f.as_timestamp(f.col("last_login_at", "u"))
        ways.append(f.case((f.not_(f.col("active", "u")), login), default=f.lit(None)))
    if not ways:
        return None
    return ways[0] if len(ways) == 1 else f.coalesce(*ways)


def _acts(context: RuleContext) -> exp.Query:
    """person, system columns, last (day), act, day, n of what leavers exported, gave or deleted."""
    action = f.fold(f.col("action", "l"))
    act = f.case(
        *[(f.search(action, f"{BEGIN}(?:{words})"), f.lit(name)) for name, words in ACTS.items()],
        default=f.lit(None),
    )
    count: exp.Expression = f.lit(1)
    if context.has("audit_log", "records"):
        count = f.coalesce(f.as_integer(f.col("records", "l")), f.lit(1))
    last = _last_day(context)
    assert last is not None  # noqa: S101 - asked before
    joined = (
        exp.select(
            f.alias(f.col("id", "u"), "person"),
            *[f.alias(f.col(c, "u"), c) for c in SYSTEM],
            f.alias(f.date_of(last), "last"),
            f.alias(act, "act"),
            f.alias(f.date_of(f.as_timestamp(f.col("happened_at", "l"))), "day"),
            f.alias(count, "n"),
        )
        .from_(f.table("crm.audit_log", "l"))
        .join(
            f.table("crm.users", "u"),
            on=f.col("user_id", "l").eq(f.col("id", "u")),
            join_type="inner",
        )
    )
    known = f.all_of(*[f.not_null(f.col(c)) for c in ("last", "day")])
    return exp.select("*").from_(joined.subquery("j")).where(known)


def _too_much(context: RuleContext, begin: date) -> exp.Query:
    """One row a person: the act that exceeds the person's usual month by most."""
    days = number(context.params["days"])
    until = f.days_between(f.col("day"), f.col("last"))
    near = f.all_of(until < f.lit(days), until > f.lit(-days))
    sums = {
        "n": f.sum(f.case((near, f.col("n")), default=f.lit(0))),
        "before": f.sum(f.case((until >= f.lit(days), f.col("n")), default=f.lit(0))),
        "first": f.min(f.case((near, f.col("day")), default=f.lit(None))),
    }
    person = [f.col(c) for c in ("person", *SYSTEM, "last", "act")]
    by_act = (
        exp.select(*person, *[f.alias(e, name) for name, e in sums.items()])
        .from_(f.table("work.X102_acts"))
        .where(f.not_null(f.col("act")))
        .group_by(*[p.copy() for p in person])
    )
    months = f.div0(f.days_between(f.lit(begin), f.col("last")), f.lit(days)) - f.lit(1.0)
    usual = f.div0(f.col("before"), f.greatest(months, f.lit(1.0)))
    rated = exp.select("*", f.alias(usual, "usual")).from_(by_act.subquery("a"))
    much = f.all_of(
        f.col("n") >= f.lit(context.params["least"]),
        f.as_double(f.col("n")) > f.lit(context.params["times_usual"]) * f.col("usual"),
    )
    excess = f.as_double(f.col("n")) - f.col("usual")
    order = [exp.Ordered(this=excess, desc=True, nulls_first=False), f.col("act")]
    worst = exp.select("*", f.alias(f.row_number([f.col("person")], order), "nth"))
    return (
        exp.select(
            f.alias(f.col("person"), "key"),
            *[f.col(c) for c in SYSTEM],
            f.alias(f.as_text(f.col("n")), "value"),
            f.alias(f.col("act"), "cause"),
            f.alias(f.as_text(f.col("n")), "arg_much"),
            f.alias(f.as_text(f.as_integer(f.round(f.col("usual"), 0))), "arg_usual"),
            f.alias(f.as_text(f.col("first")), "arg_first"),
            f.alias(f.as_text(f.col("last")), "arg_last"),
        )
        .from_(worst.from_(rated.subquery("r")).where(much).subquery("w"))
        .where(f.col("nth").eq(f.lit(1)))
    )


RULE = Rule(
    code="X102",
    slug="before_exit",
    family="X",
    scope=Scope.HISTORY,
    severity=Severity.WARNING,
    checks=checks,
    needs=("audit_log", "users.left_at, or users.active and users.last_login_at"),
    params={"days": 31, "least": 50, "times_usual": 5},
    doc=__doc__ or "",
)
