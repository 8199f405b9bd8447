"""Sums that other documents confirm: the deal was invoiced, and the invoices were paid."""

from __future__ import annotations

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.sql import portable as f

__all__ = ["unconfirmed"]

_DEAL_OF = {"deals": "id", "invoices": "deal_id", "deal_lines": "deal_id"}
"""Table with sums of a deal: its column that names the deal; payments name the invoice."""

_NEEDED = ("deal_id", "amount", "paid_amount")
_TAXED = (0.99, 1.3)
"""What was invoiced and paid, in parts of the amount: with tax at most, but for a cent or two."""


def unconfirmed(context: RuleContext, table: str, outliers: exp.Select) -> exp.Select:
    """Outliers (key, value as text, …) without those of a paid deal, up to its own amount.

    As they are where there are no invoices, or the table has no sums of deals.
    """
    deal_of = _deal_of(context, table)
    filled = all(context.filled("invoices", c) for c in _NEEDED)
    if deal_of is None or not filled or not context.filled("deals", "amount"):
        return outliers
    most = f.col("amount", "c") * f.lit(_TAXED[1])
    fits = f.as_double(f.as_decimal(f.col("value", "o"))) <= most
    return (
        exp.select(
            *[f.alias(f.col(c.alias_or_name, "o"), c.alias_or_name) for c in outliers.selects]
        )
        .from_(outliers.subquery("o"))
        .join(deal_of.subquery("d"), on=f.col("key", "o").eq(f.col("id", "d")), join_type="left")
        .join(
            _paid_deals().subquery("c"),
            on=f.col("deal", "d").eq(f.col("deal", "c")),
            join_type="left",
        )
        .where(f.not_(f.coalesce(fits, f.lit(False))))
    )


def _deal_of(context: RuleContext, table: str) -> exp.Select | None:
    """id, deal: the deal that each record of the table belongs to; None where none does."""
    if table == "payments":
        if not context.filled("payments", "invoice_id"):
            return None
        return (
            exp.select(f.alias(f.col("id", "p"), "id"), f.alias(f.col("deal_id", "i"), "deal"))
            .from_(f.table("crm.payments", "p"))
            .join(
                f.table("crm.invoices", "i"),
                on=f.col("invoice_id", "p").eq(f.col("id", "i")),
                join_type="inner",
            )
        )
    column = _DEAL_OF.get(table)
    if column is None or not context.filled(table, column):
        return None
    return exp.select(f.alias(f.col("id"), "id"), f.alias(f.col(column), "deal")).from_(
        f.table(f"crm.{table}")
    )


def _paid_deals() -> exp.Select:
    """deal, amount: deals whose invoices and what was paid of them come to their amount."""
    sums = (
        exp.select(
            f.alias(f.col("deal_id"), "deal"),
            f.alias(f.sum(f.as_double(f.col("amount"))), "invoiced"),
            f.alias(f.sum(f.as_double(f.col("paid_amount"))), "paid"),
        )
        .from_(f.table("crm.invoices"))
        .where(f.not_null(f.col("deal_id")))
        .group_by(f.col("deal_id"))
    )
    amount = f.as_double(f.col("amount", "t"))
    agree = [
        f.between(f.div0(f.col(c, "i"), amount.copy()), *(f.lit(bound) for bound in _TAXED))
        for c in ("invoiced", "paid")
    ]
    return (
        exp.select(f.alias(f.col("deal", "i"), "deal"), f.alias(amount, "amount"))
        .from_(sums.subquery("i"))
        .join(
            f.table("crm.deals", "t"), on=f.col("deal", "i").eq(f.col("id", "t")), join_type="inner"
        )
        .where(f.all_of(*agree))
    )
