"""X101: a contact that only one seller knows.

When that seller leaves, nobody is left whom the customer would recognise; the account is
lost or goes along. Who had a talk with a contact, or a deal, knows it; a call that was not
answered, a letter without an answer and a line in a log are no talks. Three talks or a deal
make a relation, and who was not spoken with for two years has none.

Example: forty customers who were only ever called and met by one person.
Repair: introduce a second person before the first one leaves; begin with who has given
notice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import SYSTEM, missing, number, rows
from dq.checks.rules.values import nothing_found
from dq.findings import Severity
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["RULE"]

NOT_REACHED = (
    "no answer|not answered|unanswered|not reached|missed|busy|failed|voice ?mail|cancel|declined"
    "|rejected|no show|недозвон|не ?дозвон|не ?ответ|без ответа|нет ответа|не бер|не взял"
    "|занят|сброс|пропущен|недоступ|автоответ|отмен|не состоял"
    "|недодзвон|не додзвон|не відпов|без відповіді|немає відповіді|зайнят|недоступн|скасов"
    "|не відбул|не взяв"
)
"""Results of a call or meeting in which nobody was spoken with."""

CALLS = "call|звон|дзвін|дзвон"
LETTERS = "mail|letter|письм|лист"
NO_TALKS = "note|task|примеч|замет|задач|приміт|нотат|завдан"
INWARD = "in|incoming|inbound|received|вход.*|вхід.*"


def checks(context: RuleContext) -> Iterator[CheckLike]:
    skip = missing(context, "contacts")
    if skip is not None:
        yield Skip("contacts", skip.reason, skip.args)
        return
    talks = context.has("activities", "owner_id", "contact_id")
    deals = _deal_ways(context)
    if not talks and not deals:
        columns = "activities.contact_id, deals.contact_id"
        yield Skip("contacts", "needs.columns", {"columns": columns})
        return
    known = [*([_talks(context)] if talks else []), *deals]
    context.engine.create("work.X101_known", _known(known))
    evidence = (
        exp.select(f.alias(f.count_distinct(f.col("contact", "k")), "n"))
        .from_(f.table("work.X101_known", "k"))
        .join(
            f.table("crm.contacts", "c"),
            on=f.col("contact", "k").eq(f.col("id", "c")),
            join_type="inner",
        )
    )
    people = rows(
        context,
        exp.select(f.alias(f.count_distinct(f.col("person")), "n")).from_(
            f.table("work.X101_known")
        ),
    )[0]
    alone = number(people["n"]) < 2  # A firm of one seller: that is the firm, no finding.
    sql = nothing_found() if alone else _of_one(context)
    yield Query("contacts", sql, evidence, "owner_id")


# --- who knows whom ---------------------------------------------------------------------


def _talks(context: RuleContext) -> exp.Query:
    """contact, person, talks, deals, last: talks that took place."""
    started = f.null("timestamp")
    held: list[exp.Expression] = [f.not_null(f.col("contact_id")), f.not_null(f.col("owner_id"))]
    if context.has("activities", "started_at"):
        started = f.as_timestamp(f.col("started_at"))
        held.append(f.coalesce(started <= f.lit(context.as_of), f.lit(True)))
    held.append(_took_place(context))
    return (
        exp.select(
            f.alias(f.col("contact_id"), "contact"),
            f.alias(f.col("owner_id"), "person"),
            f.alias(f.count(), "talks"),
            f.alias(f.lit(0), "deals"),
            f.alias(f.max(started), "last"),
        )
        .from_(f.table("crm.activities"))
        .where(f.all_of(*held))
        .group_by(f.col("contact_id"), f.col("owner_id"))
    )


def _took_place(context: RuleContext) -> exp.Expression:
    def cell(column: str) -> exp.Expression:
        known = context.has("activities", column)
        return f.coalesce(f.lower(f.col(column)) if known else f.null("text"), f.lit(""))

    kind, result = cell("kind"), cell("result")
    failed: list[exp.Expression] = [f.search(kind, NO_TALKS), f.search(result, NOT_REACHED)]
    if context.has("activities", "duration_s"):
        silent = f.coalesce(f.col("duration_s").eq(f.as_decimal(f.lit(0))), f.lit(False))
        failed.append(f.all_of(f.search(kind, CALLS), silent))
    answered: exp.Expression = f.full_match(cell("direction"), INWARD)
    if context.has("activities", "replied_at"):
        answered = f.any_of(answered, f.not_null(f.col("replied_at")))
    failed.append(f.all_of(f.search(kind, LETTERS), f.not_(answered)))
    return f.not_(f.any_of(*failed))


def _deal_ways(context: RuleContext) -> list[exp.Query]:
    """contact, person, talks, deals, last: by the deals that name the contact."""
    if not context.has("deals", "owner_id"):
        return []
    dates = [c for c in ("created_at", "closed_at") if context.has("deals", c)]
    moments = [f.as_timestamp(f.col(c, "d")) for c in dates]
    past = [f.case((m <= f.lit(context.as_of), m), default=f.lit(None)) for m in moments]
    last: exp.Expression = f.null("timestamp")
    if past:
        last = past[0] if len(past) == 1 else f.greatest(*past)
    ways = []
    if context.has("deals", "contact_id"):
        ways.append((f.col("contact_id", "d"), exp.select().from_(f.table("crm.deals", "d"))))
    if context.has("deal_contacts", "deal_id", "contact_id"):
        named = (
            exp.select()
            .from_(f.table("crm.deals", "d"))
            .join(
                f.table("crm.deal_contacts", "l"),
                on=f.col("id", "d").eq(f.col("deal_id", "l")),
                join_type="inner",
            )
        )
        ways.append((f.col("contact_id", "l"), named))
    return [
        source.select(
            f.alias(contact, "contact"),
            f.alias(f.col("owner_id", "d"), "person"),
            f.alias(f.lit(0), "talks"),
            f.alias(f.count(), "deals"),
            f.alias(f.max(last), "last"),
        )
        .where(f.all_of(f.not_null(contact), f.not_null(f.col("owner_id", "d"))))
        .group_by(contact.copy(), f.col("owner_id", "d"))
        for contact, source in ways
    ]


def _known(ways: list[exp.Query]) -> exp.Query:
    names = ("contact", "person")
    return (
        exp.select(
            *[f.col(n) for n in names],
            f.alias(f.sum(f.col("talks")), "talks"),
            f.alias(f.sum(f.col("deals")), "deals"),
            f.alias(f.max(f.col("last")), "last"),
        )
        .from_(union_all(ways).subquery("u"))
        .group_by(*[f.col(n) for n in names])
    )


# --- known to one -----------------------------------------------------------------------


def _of_one(context: RuleContext) -> exp.Query:
    since = context.as_of - timedelta(days=number(context.params["recent_days"]))
    one = (
        exp.select(
            f.col("contact"),
            f.alias(f.min(f.col("person")), "person"),
            f.alias(f.count(), "people"),
            f.alias(f.sum(f.col("talks")), "talks"),
            f.alias(f.sum(f.col("deals")), "deals"),
            f.alias(f.max(f.col("last")), "last"),
        )
        .from_(f.table("work.X101_known"))
        .group_by(f.col("contact"))
    )
    related = f.any_of(
        f.col("deals", "k") > f.lit(0), f.col("talks", "k") >= f.lit(context.params["talks"])
    )
    recent = f.coalesce(f.col("last", "k") >= f.lit(since), f.lit(True))
    query = (
        exp.select(
            f.alias(f.col("id", "c"), "key"),
            *[f.alias(f.col(n, "c"), n) for n in SYSTEM],
            f.alias(_person(context), "value"),
            f.alias(_cause(context), "cause"),
            f.alias(_severity(context), "severity"),
            f.alias(_person(context), "arg_person"),
            f.alias(f.as_text(f.col("talks", "k")), "arg_talks"),
            f.alias(f.as_text(f.col("deals", "k")), "arg_deals"),
        )
        .from_(f.table("crm.contacts", "c"))
        .join(one.subquery("k"), on=f.col("id", "c").eq(f.col("contact", "k")), join_type="inner")
    )
    if "users" in context.tables:
        query = query.join(
            f.table("crm.users", "u"),
            on=f.col("person", "k").eq(f.col("id", "u")),
            join_type="left",
        )
    return query.where(f.all_of(f.col("people", "k").eq(f.lit(1)), related, recent))


def _person(context: RuleContext) -> exp.Expression:
    if context.has("users", "name"):
        return f.coalesce(f.col("name", "u"), f.col("person", "k"))
    return f.col("person", "k")


def _going(context: RuleContext) -> list[tuple[exp.Expression, str]]:
    """Conditions: the person has left, or will."""
    gone: list[exp.Expression] = []
    leaving: list[exp.Expression] = []
    if context.has("users", "left_at"):
        day = f.date_of(f.as_timestamp(f.col("left_at", "u")))
        gone.append(f.coalesce(day <= f.lit(context.as_of.date()), f.lit(False)))
        ahead = f.all_of(day > f.lit(context.as_of.date()), f.year(day) < f.lit(2050))
        leaving.append(f.coalesce(ahead, f.lit(False)))
    if context.has("users", "active"):
        gone.append(f.coalesce(f.not_(f.col("active", "u")), f.lit(False)))
    found = [(f.any_of(*gone), "left")] if gone else []
    return found + ([(f.any_of(*leaving), "leaving")] if leaving else [])


def _cause(context: RuleContext) -> exp.Expression:
    """By person where the exit is known; all the others are one group."""
    branches = [
        (when, f.concat(f.lit(f"{word}:"), _person(context))) for when, word in _going(context)
    ]
    return f.case(*branches, default=f.lit("alone")) if branches else f.lit("alone")


def _severity(context: RuleContext) -> exp.Expression:
    going = [(when, f.lit(Severity.WARNING.value)) for when, _ in _going(context)]
    quiet = f.lit(Severity.INFO.value)
    return f.case(*going, default=quiet) if going else quiet


RULE = Rule(
    code="X101",
    slug="known_to_one",
    family="X",
    scope=Scope.TABLE,
    severity=Severity.INFO,
    checks=checks,
    needs=("contacts", "activities.contact_id or deals.contact_id"),
    params={"talks": 3, "recent_days": 730},
    doc=__doc__ or "",
)
