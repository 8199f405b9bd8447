"""The tax that an invoice names, against its amount (A108)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import Query
from dq.checks.rules.helpers import SYSTEM, count_query, number, rows
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["invoice_taxes"]

HIGHEST = 0.3
"""No sales tax takes more of an amount: the dearest rates are 27 and 28 per cent."""

TIMES = 2.5
"""So often the usual share no other rate is: full and reduced rates differ by less."""

LEAST = 5
"""Taxed invoices of a currency from which on its usual share is known."""

_SHARES = 1_000


def invoice_taxes(context: RuleContext) -> Iterator[Query]:
    """Taxes of the wrong sign, and those too big for any rate; no tax and reduced rates are fine.

    A house all of whose taxes are written with a minus writes them so: the sign of most of
    them is the right one.
    """
    if not context.has("invoices", "amount", "tax"):
        return
    amount, tax = f.as_double(f.col("amount")), f.as_double(f.col("tax"))
    zero = f.lit(0.0)
    judged = f.all_of(amount.neq(zero), tax.neq(zero))
    share = f.div0(tax, amount)
    own = _currency(context)
    evidence = count_query("crm.invoices", judged)
    usual = _usual(context, own, share, judged)
    table = f.table("crm.invoices")
    if not usual:
        none = exp.select(f.alias(f.col("id"), "key")).from_(table).where(f.lit(False))
        yield Query("invoices", none, evidence, "tax")
        return
    typical = f.case(
        *[(own.copy().eq(f.lit(name)), f.lit(value)) for name, value in sorted(usual.items())],
        default=f.null("double"),
    )
    turned = share * typical < zero
    most = f.case(
        (f.abs(typical) * f.lit(TIMES) > f.lit(HIGHEST), f.abs(typical) * f.lit(TIMES)),
        default=f.lit(HIGHEST),
    )
    cause = f.case(
        (turned, f.lit("invoice_tax_sign")),
        (f.abs(share) > most, f.lit("invoice_tax_size")),
        default=f.null("text"),
    )
    expected = f.round(f.as_decimal(amount * typical), 2)
    found = exp.select(
        f.alias(f.col("id"), "key"),
        *[f.col(c) for c in SYSTEM],
        f.alias(f.as_text(f.col("tax")), "value"),
        f.alias(cause, "cause"),
        f.alias(f.lit(Severity.ERROR.value), "severity"),
        f.alias(f.as_text(expected), "arg_expected"),
        f.alias(f.as_text(f.round(f.as_decimal(tax - amount * typical), 2)), "arg_off"),
    ).from_(table).where(f.all_of(judged.copy(), f.not_null(typical.copy())))  # fmt: skip
    sql = exp.select("*").from_(found.subquery("t")).where(f.not_null(f.col("cause")))
    yield Query("invoices", sql, evidence, "tax")


def _currency(context: RuleContext) -> exp.Expression:
    if not context.has("invoices", "currency"):
        return f.lit("")
    return f.coalesce(f.upper(f.col("currency")), f.lit(""))


def _usual(
    context: RuleContext, own: exp.Expression, share: exp.Expression, judged: exp.Expression
) -> dict[str, float]:
    """The usual share of the tax by currency: that of the median invoice and of all like it."""
    tax, amount = f.as_double(f.col("tax")), f.as_double(f.col("amount"))
    rounded = f.round(share.copy(), 3)
    found = rows(
        context,
        exp.select(
            f.alias(own, "c"),
            f.alias(rounded, "s"),
            f.alias(f.count(), "n"),
            f.alias(f.sum(tax), "tax"),
            f.alias(f.sum(amount), "amount"),
        )
        .from_(f.table("crm.invoices"))
        .where(judged.copy())
        .group_by(own.copy(), rounded.copy())
        .order_by(exp.column("n", quoted=True).desc(), exp.column("s", quoted=True))
        .limit(_SHARES),
    )
    counts: dict[str, list[tuple[float, int, float]]] = {}
    for row in found:
        whole = float(str(row["amount"]))
        exact = float(str(row["tax"])) / whole if whole else 0.0
        counts.setdefault(str(row["c"]), []).append((float(str(row["s"])), number(row["n"]), exact))
    usual = {}
    for name, shares in counts.items():
        total, passed = sum(n for _, n, _ in shares), 0
        for _, n, exact in sorted(shares):
            passed += n
            if passed * 2 >= total:
                if total >= LEAST and exact:
                    usual[name] = exact
                break
    return usual
