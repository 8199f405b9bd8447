"""The country of each record: its own column's, its company's, else the house's."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext
from dq.checks.rules.helpers import SYSTEM
from dq.sql import portable as f

__all__ = ["country_column", "records"]

COMPANY = {"contacts": "account_id", "deals": "account_id"}


def country_column(context: RuleContext, table: str) -> ColumnFacts | None:
    """The column that says a record's country, if it has values and not too many of them."""
    facts = context.tables[table]
    some = [c for c in facts.columns.values() if c.kind == "country" and c.values]
    return min(some, key=lambda c: (not c.canonical, c.name), default=None)


def records(context: RuleContext, table: str, *columns: str) -> exp.Select | None:
    """id, system columns, the columns, and `country` (ISO code, "" for unknown) of each row.

    None where neither the records nor their companies name a country.
    """
    own = country_column(context, table)
    link = COMPANY.get(table)
    company = None
    if link and context.filled(table, link) and "accounts" in context.tables:
        company = country_column(context, "accounts")
    if own is None and company is None:
        return None
    house = f.lit(context.country or "")
    codes = []
    if own is not None:
        codes.append(_code(f.col(own.name, "t"), own))
    if company is not None:
        codes.append(f.col("country", "c"))
    query = exp.select(
        *[f.alias(f.col(n, "t"), n) for n in ("id", *SYSTEM, *columns)],
        f.alias(f.coalesce(*codes, house), "country"),
    ).from_(f.table(f"crm.{table}", "t"))
    if company is None or link is None:
        return query
    lookup = (
        exp.select(
            f.alias(f.col("id"), "cid"),
            f.alias(f.max(_code(f.col(company.name), company)), "country"),
        )
        .from_(f.table("crm.accounts"))
        .where(f.not_null(f.col(company.name)))
        .group_by(f.col("id"))
    )
    on = f.col(link, "t").eq(f.col("cid", "c"))
    return query.join(lookup.subquery("c"), on=on, join_type="left")


def _code(cell: exp.Expression, column: ColumnFacts) -> exp.Expression:
    """ISO code of a country's name; "" for a name nobody knows, NULL for none."""
    by_code: dict[str, list[str]] = {}
    for name, code in _codes(column).items():
        by_code.setdefault(code, []).append(name)
    branches = [(f.in_(cell, names), f.lit(code)) for code, names in sorted(by_code.items())]
    return f.case((f.is_null(cell), f.null("text")), *branches, default=f.lit(""))


def _codes(column: ColumnFacts) -> Mapping[str, str]:
    from dq.text.dictionaries.loader import dictionary

    countries = dictionary("countries")
    known = set(countries.terms.values())
    found = {}
    for value, _ in column.values or ():
        code = countries.concept(value) or (value.upper() if value.upper() in known else None)
        if code is not None:
            found[value] = code
    return found
