"""R107: won deals and invoices that do not meet.

A won deal without an invoice is revenue on paper; an invoice without a won deal is revenue
that the CRM does not know; where the amounts differ, sales and books will never tie.

Example: a deal won at 120,000, invoiced at 102,000.
Repair: issue or link the invoice; correct the amount on the side that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import count_query, missing, rows
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

SYSTEM = ("_source", "_row", "_money", "_won")


def checks(context: RuleContext) -> Iterator[CheckLike]:
    skip = missing(context, "invoices", "deal_id") or missing(context, "deals", "status")
    if skip:
        yield Skip("deals", skip.reason, skip.args)
        return
    if not context.filled("invoices", "deal_id"):
        none = exp.select(f.alias(f.col("id"), "key")).from_(f.table("crm.deals"))
        nothing = count_query("crm.deals", f.lit(False))
        yield Query("deals", none.where(f.lit(False)), nothing)
        return
    context.engine.create("work.R107_invoiced", _invoiced(context))
    yield Query("deals", _deals(context), count_query("crm.deals", _won()))
    yield Query("invoices", _invoices(), count_query("crm.invoices"), "deal_id")


def _won() -> exp.Expression:
    return f.col("status").eq(f.lit("won"))


def _invoiced(context: RuleContext) -> exp.Query:
    """deal, net and gross sum of its invoices."""
    zero = f.as_decimal(f.lit(0))
    amount = f.coalesce(f.col("amount"), zero) if context.has("invoices", "amount") else zero
    tax = f.coalesce(f.col("tax"), zero.copy()) if context.has("invoices", "tax") else zero.copy()
    return (
        exp.select(
            f.alias(f.col("deal_id"), "deal"),
            f.alias(f.sum(amount), "invoiced"),
            f.alias(f.sum(tax), "tax"),
            f.alias(f.min(_currency(context, "invoices")), "low"),
            f.alias(f.max(_currency(context, "invoices")), "high"),
        )
        .from_(f.table("crm.invoices"))
        .where(f.not_null(f.col("deal_id")))
        .group_by(f.col("deal_id"))
    )


def _deals(context: RuleContext) -> exp.Query:
    amount = f.col("amount", "d") if context.has("deals", "amount") else f.null("decimal")
    invoiced, tax = f.col("invoiced", "i"), f.col("tax", "i")
    near = f.lit(1)
    same = f.any_of(
        f.abs(amount - invoiced) <= near,
        f.abs(amount - invoiced + tax) <= near,
        f.abs(amount - invoiced - tax) <= near,
    )
    judged = context.has("deals", "amount") and context.filled("invoices", "amount")
    own = _currency(context, "deals", "d")
    one_currency = f.all_of(own.eq(f.col("low", "i")), own.copy().eq(f.col("high", "i")))
    differs = f.all_of(f.lit(judged), f.not_null(amount), f.not_(same), one_currency)
    cause = f.case(
        (f.is_null(f.col("deal", "i")), f.lit("no_invoice")),
        (differs, f.lit("amount")),
        default=f.lit(None),
    )
    where: exp.Expr = f.col("status", "d").eq(f.lit("won"))
    if context.has("deals", "amount"):
        where = f.all_of(where, f.coalesce(amount.neq(f.as_decimal(f.lit(0))), f.lit(True)))
    first = _books_begin(context)
    if context.has("deals", "closed_at"):
        if first is not None:
            closed = f.as_timestamp(f.col("closed_at", "d"))
            where = f.all_of(where, f.coalesce(closed >= f.lit(first), f.lit(True)))
        fresh = f.days_between(f.as_timestamp(f.col("closed_at", "d")), f.lit(context.as_of))
        grace = f.lit(context.params["grace_days"])
        old = f.any_of(f.is_null(f.col("closed_at", "d")), fresh > grace)
        where = f.all_of(where, f.any_of(old, f.not_null(f.col("deal", "i"))))
    inner = (
        exp.select(
            f.alias(f.col("id", "d"), "key"),
            f.alias(cause, "cause"),
            f.alias(f.as_text(amount), "value"),
            f.alias(f.coalesce(f.as_text(invoiced), f.lit("")), "arg_invoiced"),
            f.alias(f.coalesce(f.as_text(amount), f.lit("")), "arg_amount"),
            *[f.alias(f.col(c, "d"), c) for c in SYSTEM],
        )
        .from_(f.table("crm.deals", "d"))
        .join(
            f.table("work.R107_invoiced", "i"),
            on=f.col("id", "d").eq(f.col("deal", "i")),
            join_type="left",
        )
        .where(where)
    )
    return exp.select("*").from_(inner.subquery("q")).where(f.not_null(f.col("cause")))


def _currency(context: RuleContext, table: str, alias: str | None = None) -> exp.Expr:
    """The record's currency; a blank stands for the one of the house."""
    if not context.has(table, "currency"):
        return f.lit("")
    return f.coalesce(f.upper(f.col("currency", alias)), f.lit(""))


def _books_begin(context: RuleContext) -> object:
    """The day of the first invoice: deals won before cannot have one here."""
    if not context.filled("invoices", "issued_at"):
        return None
    first = f.min(f.as_timestamp(f.col("issued_at")))
    query = exp.select(f.alias(first, "first")).from_(f.table("crm.invoices"))
    return rows(context, query)[0]["first"]


def _invoices() -> exp.Query:
    state = (
        exp.select(f.alias(f.col("id"), "did"), f.alias(f.any_true(_won()), "is_won"))
        .from_(f.table("crm.deals"))
        .group_by(f.col("id"))
    )
    cause = f.case((f.is_null(f.col("deal_id", "v")), f.lit("no_deal")), default=f.lit("not_won"))
    return (
        exp.select(
            f.alias(f.col("id", "v"), "key"),
            f.alias(f.col("deal_id", "v"), "value"),
            f.alias(cause, "cause"),
            *[f.alias(f.col(c, "v"), c) for c in SYSTEM],
        )
        .from_(f.table("crm.invoices", "v"))
        .join(state.subquery("s"), on=f.col("deal_id", "v").eq(f.col("did", "s")), join_type="left")
        .where(
            f.all_of(
                f.not_(f.coalesce(f.col("is_won", "s"), f.lit(False))),
                f.any_of(f.is_null(f.col("deal_id", "v")), f.not_null(f.col("did", "s"))),
            )
        )
    )


RULE = Rule(
    code="R107",
    slug="invoices",
    family="R",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks,
    needs=("deals.status", "invoices.deal_id"),
    params={"grace_days": 14},
    doc=__doc__ or "",
)
