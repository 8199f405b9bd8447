"""A108: a stored total that is not what its parts add up to.

Which of the two is right nobody can tell from the report, and reports read different ones.
Compared are: a line's total with quantity, price, discount and tax; a deal's amount with its
live lines; what an invoice says was paid with its payments, and its tax with its amount (by
sign and by the house's usual share); the probability of closed deals
with their outcome; a weighted amount with amount and probability; the counters that a
campaign keeps of its members and deals with the rows that are there.

How a house reckons (with or without tax, discount as a sum or in per cent) is read from the
records: the reading that explains most of them is the rule, and it must explain at least
half. A few cents of rounding are arithmetic.

Example: 2 × 300 + 300 = 900 in the lines, 1,000 in the deal.
Repair: correct the part that is wrong; let the CRM compute the total.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.accuracy.rollups import rollups
from dq.checks.rules.accuracy.taxes import invoice_taxes
from dq.checks.rules.helpers import SYSTEM, number, rows
from dq.checks.rules.values import nothing_found
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

_CENT = 0.0103
_HALF_UNIT = 0.5
_PER_UNIT = 0.0057
"""Rounding of a unit price to the cent, times the quantity."""


@dataclass(frozen=True)
class _Comparison:
    """A stored number and the readings of what it should be, of each record.

    `source` gives id, system columns, stored, slack, tax and r0, r1, … (doubles), `value`
    (text). Readings stand from the simplest on.
    """

    table: str
    column: str
    cause: str
    source: exp.Select
    readings: int
    severity: Severity
    share: float = 0.5
    least: int = 1


def checks(context: RuleContext) -> Iterator[CheckLike]:
    compared = [*_lines(context), *_deals(context), *_invoices(context), *_chances(context)]
    for comparison in compared:
        yield _judge(context, comparison)
    others = [*invoice_taxes(context), *rollups(context)]
    yield from others
    if not compared and not others:
        yield Skip(None, "rule.A108.nothing")


def _double(column: str, table: str | None = None) -> exp.Expression:
    return f.as_double(f.col(column, table))


def _or_zero(column: str, table: str | None = None) -> exp.Expression:
    return f.coalesce(_double(column, table), f.lit(0.0))


def _rounding(stored: exp.Expression, slack: exp.Expression) -> exp.Expression:
    """The slack, with half a unit more where the stored number is a whole one."""
    whole = stored.eq(f.round(stored, 0))
    return slack + f.case((whole, f.lit(_HALF_UNIT)), default=f.lit(0.0))


def _select(
    alias: str,
    stored: exp.Expression,
    slack: exp.Expression,
    readings: list[exp.Expression],
    tax: exp.Expression | None = None,
) -> exp.Select:
    return exp.select(
        *[f.alias(f.col(n, alias), n) for n in ("id", *SYSTEM)],
        f.alias(f.as_double(stored), "stored"),
        f.alias(f.as_text(stored), "value"),
        f.alias(slack, "slack"),
        f.alias(tax if tax is not None else f.lit(0.0), "tax"),
        *[f.alias(reading, f"r{i}") for i, reading in enumerate(readings)],
    )


def _lines(context: RuleContext) -> Iterator[_Comparison]:
    """Quantity × price − discount + tax, as the house reckons."""
    if not context.has("deal_lines", "quantity", "unit_price", "total"):
        return
    base = _double("quantity", "t") * _double("unit_price", "t")
    discounts: list[exp.Expression] = [f.lit(0.0)]
    if context.filled("deal_lines", "discount"):
        discount = _or_zero("discount", "t")
        discounts += [
            discount,
            discount * _double("quantity", "t"),
            base * discount * f.lit(0.01),
            base * discount,
        ]
    taxes: list[exp.Expression] = [f.lit(0.0)]
    if context.filled("deal_lines", "tax"):
        taxes.append(_or_zero("tax", "t"))
    readings: list[exp.Expression] = [base - exp.paren(d) + t for t in taxes for d in discounts]
    slack = f.lit(_CENT) + f.abs(_double("quantity", "t")) * f.lit(_PER_UNIT)
    stored = f.col("total", "t")
    tax = _or_zero("tax", "t") if len(taxes) > 1 else None
    source = _select("t", stored, _rounding(stored, slack), readings, tax)
    source = source.from_(f.table("crm.deal_lines", "t"))
    yield _Comparison("deal_lines", "total", "line", source, len(readings), Severity.ERROR)


def _deals(context: RuleContext) -> Iterator[_Comparison]:
    """A deal's amount against its live lines; deals with a line without total are left out."""
    if not context.has("deals", "amount") or not context.has("deal_lines", "deal_id"):
        return
    priced = context.has("deal_lines", "quantity", "unit_price")
    if not context.has("deal_lines", "total") and not priced:
        return
    base = _double("quantity") * _double("unit_price")
    total = _double("total") if context.has("deal_lines", "total") else base
    sums = {"total": f.sum(total.copy())}
    if context.filled("deal_lines", "tax"):
        sums["tax"] = f.sum(_or_zero("tax"))
    if priced:
        sums["base"] = f.sum(base.copy())
    lines = (
        exp.select(
            f.alias(f.col("deal_id"), "deal"),
            f.alias(f.count(), "lines"),
            f.alias(f.count(total.copy()), "totals"),
            *[f.alias(e, n) for n, e in sums.items()],
        )
        .from_(f.table("crm.deal_lines"))
        .where(f.not_null(f.col("deal_id")))
        .group_by(f.col("deal_id"))
    )
    readings: list[exp.Expression] = [f.col("total", "s")]
    if "tax" in sums:
        readings += [
            f.col("total", "s") - f.col("tax", "s"),
            f.col("total", "s") + f.col("tax", "s"),
        ]
    if "base" in sums and context.has("deal_lines", "total"):
        readings.append(f.col("base", "s"))
    stored = f.col("amount", "t")
    slack = f.lit(_CENT) + f.as_double(f.col("lines", "s")) * f.lit(_CENT)
    source = (
        _select("t", stored, _rounding(stored, slack), readings)
        .from_(f.table("crm.deals", "t"))
        .join(lines.subquery("s"), on=f.col("id", "t").eq(f.col("deal", "s")), join_type="inner")
        .where(f.col("lines", "s").eq(f.col("totals", "s")))
    )
    yield _Comparison("deals", "amount", "lines", source, len(readings), Severity.ERROR)


def _invoices(context: RuleContext) -> Iterator[_Comparison]:
    """What was paid of an invoice against its payments."""
    if not context.has("invoices", "paid_amount"):
        return
    if not context.has("payments", "invoice_id", "amount"):
        return
    payments = (
        exp.select(
            f.alias(f.col("invoice_id"), "invoice"),
            f.alias(f.sum(_double("amount")), "total"),
            f.alias(f.count(), "lines"),
        )
        .from_(f.table("crm.payments"))
        .where(f.all_of(f.not_null(f.col("invoice_id")), f.not_null(f.col("amount"))))
        .group_by(f.col("invoice_id"))
    )
    stored = f.col("paid_amount", "t")
    slack = f.lit(_CENT) + f.as_double(f.col("lines", "s")) * f.lit(_CENT)
    source = (
        _select("t", stored, _rounding(stored, slack), [f.col("total", "s")])
        .from_(f.table("crm.invoices", "t"))
        .join(
            payments.subquery("s"),
            on=f.col("id", "t").eq(f.col("invoice", "s")),
            join_type="inner",
        )
    )
    yield _Comparison("invoices", "paid_amount", "paid", source, 1, Severity.ERROR)


def _chances(context: RuleContext) -> Iterator[_Comparison]:
    """Won is certain, lost is out; and what a weighted amount should be."""
    if not context.filled("deals", "probability"):
        return
    top = f.max(f.as_double(f.col("probability")))
    highest = rows(context, exp.select(f.alias(top, "m")).from_(f.table("crm.deals")))[0]["m"]
    whole = 1.0 if float(str(highest or 0)) <= 1.0 else 100.0
    stored = f.col("probability", "t")
    if context.has("deals", "status"):
        for status, right in (("won", whole), ("lost", 0.0)):
            source = (
                _select("t", stored, f.lit(whole * 0.0051), [f.lit(right)])
                .from_(f.table("crm.deals", "t"))
                .where(f.col("status", "t").eq(f.lit(status)))
            )
            yield _Comparison("deals", "probability", status, source, 1, Severity.WARNING)
    if context.filled("deals", "expected_amount") and context.filled("deals", "amount"):
        weighted = _double("amount", "t") * _double("probability", "t") * f.lit(1 / whole)
        stored = f.col("expected_amount", "t")
        slack = _rounding(stored, f.lit(_CENT * 2))
        source = _select("t", stored, slack, [weighted]).from_(f.table("crm.deals", "t"))
        if context.has("deals", "status"):
            source = source.where(f.col("status", "t").eq(f.lit("open")))
        yield _Comparison(
            "deals", "expected_amount", "weighted", source, 1, Severity.WARNING, 0.8, 10
        )


def _judge(context: RuleContext, comparison: _Comparison) -> CheckLike:
    name = f"work.a108_{comparison.table}_{comparison.cause}"
    context.engine.create(name, comparison.source)
    stored, slack = f.col("stored"), f.col("slack")
    readings = [f.col(f"r{i}") for i in range(comparison.readings)]
    judged = f.all_of(f.not_null(stored), f.not_null(readings[0]))
    fits = [f.abs(stored - r) <= slack for r in readings]
    row = rows(
        context,
        exp.select(
            f.alias(f.count_if(judged), "n"),
            *[f.alias(f.count_if(fit), f"f{i}") for i, fit in enumerate(fits)],
        ).from_(f.table(name)),
    )[0]
    count = number(row["n"])
    right = [number(row[f"f{i}"]) for i in range(comparison.readings)]
    best = max(range(comparison.readings), key=lambda i: (right[i], -i))
    evidence = exp.select(f.alias(f.lit(count), "n"))
    if not count:
        return Query(comparison.table, nothing_found(), evidence, comparison.column)
    if count < comparison.least or right[best] < comparison.share * count:
        place = f"{comparison.table}.{comparison.column}"
        return Skip(comparison.table, "rule.A108.no_reading", {"columns": place})
    sql = _wrong(name, comparison, readings[best], judged)
    return Query(comparison.table, sql, evidence, comparison.column)


def _wrong(
    name: str, comparison: _Comparison, reading: exp.Expression, judged: exp.Expression
) -> exp.Select:
    stored, slack, tax = f.col("stored"), f.col("slack"), f.col("tax")
    cause: exp.Expression = f.lit(comparison.cause)
    if comparison.cause == "line":
        turned = f.any_of(
            f.abs(stored - reading - tax * f.lit(2.0)) <= slack,
            f.abs(stored - reading + tax * f.lit(2.0)) <= slack,
        )
        cause = f.case((f.all_of(tax.neq(f.lit(0.0)), turned), f.lit("tax_sign")), default=cause)
    expected = f.round(f.as_decimal(reading), 2)
    return (
        exp.select(
            f.alias(f.col("id"), "key"),
            *[f.col(c) for c in SYSTEM],
            f.col("value"),
            f.alias(cause, "cause"),
            f.alias(f.lit(comparison.severity.value), "severity"),
            f.alias(f.as_text(expected), "arg_expected"),
            f.alias(f.as_text(f.round(f.as_decimal(stored - reading), 2)), "arg_off"),
        )
        .from_(f.table(name))
        .where(f.all_of(judged, f.abs(stored - reading) > slack))
    )


RULE = Rule(
    code="A108",
    slug="total",
    family="A",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks,
    needs=(
        "deal_lines.total",
        "deals.amount with deal_lines",
        "invoices.paid_amount or tax",
        "counters of campaigns with touches or deals",
    ),
    doc=__doc__ or "",
)
