"""C112: a company with open deals and fewer than two contacts, or without requisites.

When the only contact leaves, the deal leaves; without a tax number no invoice can be issued.

Example: an open deal, one contact, ИНН blank.
Repair: ask for a second person and the company's card.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import Link, count_query, met, missing
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

REQUISITES = ("tax_id", "registration_id")
"""Any one of these is enough to find the rest."""

MET = 0.5
"""If fewer contacts than this meet their company, nobody knows how many it has."""

SYSTEM = ("_source", "_row", "_money", "_won")


def checks(context: RuleContext) -> Iterator[CheckLike]:
    skip = missing(context, "accounts") or missing(context, "deals", "account_id", "status")
    if skip:
        yield Skip("accounts", skip.reason, skip.args)
        return
    firm = Link("contacts", "account_id", "accounts", by_name=False)
    contacts = context.filled("contacts", "account_id") and met(context, firm) >= MET
    mapped = [c for c in REQUISITES if context.has("accounts", c)]
    kept = [c for c in mapped if context.filled("accounts", c)]
    if not contacts and not mapped:
        yield Skip("accounts", "needs.columns", {"columns": "contacts.account_id, accounts.tax_id"})
        return
    context.engine.create("work.C112_open", _with_open_deals())
    judged = f.lit(contacts or bool(kept))
    evidence = count_query("work.C112_open", judged)
    if contacts:
        yield Query("accounts", _few_contacts(context), evidence)
    if mapped:
        yield Query("accounts", _no_requisites(mapped, bool(kept)), evidence, mapped[0])


def _with_open_deals() -> exp.Query:
    open_deals = (
        exp.select(f.alias(f.col("account_id"), "aid"), f.alias(f.sum(f.col("_money")), "money"))
        .from_(f.table("crm.deals"))
        .where(f.all_of(f.col("status").eq(f.lit("open")), f.not_null(f.col("account_id"))))
        .group_by(f.col("account_id"))
    )
    return (
        exp.select(
            f.alias(f.col("id", "a"), "key"),
            *[f.alias(f.col(c, "a"), c) for c in ("_source", "_row", "_won")],
            f.alias(f.as_decimal(f.col("money", "o")), "_money"),
        )
        .from_(f.table("crm.accounts", "a"))
        .join(
            open_deals.subquery("o"), on=f.col("id", "a").eq(f.col("aid", "o")), join_type="inner"
        )
    )


def _few_contacts(context: RuleContext) -> exp.Query:
    people = (
        exp.select(f.alias(f.col("account_id"), "aid"), f.alias(f.count(), "n"))
        .from_(f.table("crm.contacts"))
        .where(f.not_null(f.col("account_id")))
        .group_by(f.col("account_id"))
    )
    have = f.coalesce(f.col("n", "p"), f.lit(0))
    return (
        exp.select(
            *[f.alias(f.col(c, "o"), c) for c in ("key", *SYSTEM)],
            f.alias(f.lit("contacts"), "cause"),
            f.alias(f.as_text(have), "value"),
            f.alias(f.as_text(have.copy()), "arg_have"),
        )
        .from_(f.table("work.C112_open", "o"))
        .join(people.subquery("p"), on=f.col("key", "o").eq(f.col("aid", "p")), join_type="left")
        .where(have.copy() < f.lit(context.params["contacts"]))
    )


def _no_requisites(columns: list[str], kept: bool) -> exp.Query:
    blank = f.all_of(f.lit(kept), *[f.is_null(f.col(c, "a")) for c in columns])
    return (
        exp.select(
            *[f.alias(f.col(c, "o"), c) for c in ("key", *SYSTEM)],
            f.alias(f.lit("requisites"), "cause"),
        )
        .from_(f.table("work.C112_open", "o"))
        .join(
            f.table("crm.accounts", "a"),
            on=f.col("key", "o").eq(f.col("id", "a")),
            join_type="inner",
        )
        .where(blank)
    )


RULE = Rule(
    code="C112",
    slug="account_not_ready",
    family="C",
    scope=Scope.TABLE,
    severity=Severity.INFO,
    checks=checks,
    needs=("accounts", "deals.account_id", "contacts.account_id / accounts.tax_id"),
    params={"contacts": 2},
    doc=__doc__ or "",
)
