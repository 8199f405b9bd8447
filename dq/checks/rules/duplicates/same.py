"""Which records are the same to the letter: their identifying fields in compared form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rules.duplicates.identity import (
    SETS,
    Field,
    FormBatch,
    form_schema,
    identifying,
    plain_form,
    rough_form,
)
from dq.checks.rules.helpers import SYSTEM
from dq.sql import portable as f

__all__ = ["PEOPLE", "Same", "deals", "identifying_columns", "people"]

PEOPLE = ("accounts", "contacts", "leads", "users", "products")


@dataclass(frozen=True)
class Same:
    """Records with the keys in which equal ones agree (NULL with NULL).

    `records` gives id, the system columns and whatever else was asked for; `judged` says
    which of them hold enough to be compared; `value` is what a finding shows.
    """

    records: exp.Select
    keys: tuple[exp.Expr, ...]
    judged: exp.Expression
    value: exp.Expr


def identifying_columns(context: RuleContext, table: str) -> list[str]:
    """Identifying columns that are mapped, filled or not."""
    return [c for c in SETS.get(table, ()) if context.has(table, c)]


def people(context: RuleContext, table: str, also: Sequence[str] = ()) -> Same | None:
    """The same of persons, firms and products; None where nothing identifies a record.

    `also` are more columns of the table that `records` gives.
    """
    fields = identifying(context, table)
    if not fields:
        return None
    place = f"work.same_{table}"
    if place not in context.engine.tables():
        context.engine.create(place, _candidates(table, fields))
    forms = {x.column: _form(context, place, x) for x in fields}
    need = min(2, sum(x.counts for x in fields))
    return _keyed(place, table, fields, forms, need, also)


def _candidates(table: str, fields: Sequence[Field]) -> exp.Query:
    """Rows that agree with another in every cheap form; only these are normalised."""
    rough = [form for x in fields if (form := rough_form(x)) is not None]
    columns = [f.col("id"), *[f.col(c) for c in SYSTEM], *[f.col(x.column) for x in fields]]
    base = exp.select(*columns).from_(f.table(f"crm.{table}"))
    if not rough:
        return base
    counted = exp.select(*columns, f.alias(f.count_over(partition=rough), "_alike")).from_(
        f.table(f"crm.{table}")
    )
    return (
        exp.select(*[c.copy() for c in columns])
        .from_(counted.subquery("c"))
        .where(f.col("_alike") > f.lit(1))
    )


def _form(context: RuleContext, place: str, field: Field) -> str | None:
    """A table (value, form) for fields that take a Python function."""
    if plain_form(field) is not None:
        return None
    name = f"{place}_{field.column}"
    if name in context.engine.tables():
        return name
    form = "company" if field.column == "name" and place.endswith("accounts") else field.form
    values = (
        exp.select(f.alias(f.col(field.column), "value"))
        .from_(f.table(place))
        .where(f.not_null(f.col(field.column)))
        .distinct()
    )
    context.engine.map_batches(name, values, FormBatch(form, context.country), form_schema())
    return name


def _keyed(
    place: str,
    table: str,
    fields: Sequence[Field],
    forms: dict[str, str | None],
    need: int,
    also: Sequence[str],
) -> Same:
    query = exp.select(*[f.alias(f.col(c, "r"), c) for c in ("id", *SYSTEM)]).from_(
        f.table(place, "r")
    )
    if also:
        query = query.join(
            f.table(f"crm.{table}", "x"),
            on=f.all_of(
                f.col("_source", "r").eq(f.col("_source", "x")),
                f.col("_row", "r").eq(f.col("_row", "x")),
                f.col("id", "r").eq(f.col("id", "x")),
            ),
            join_type="inner",
        ).select(*[f.alias(f.col(c, "x"), c) for c in also])
    for i, field in enumerate(fields):
        known = forms[field.column]
        if known is None:
            plain = plain_form(field, "r")
            form: exp.Expr = plain if plain is not None else f.col(field.column, "r")
        else:
            query = query.join(
                f.table(known, f"f{i}"),
                on=f.col(field.column, "r").eq(f.col("value", f"f{i}")),
                join_type="left",
            )
            form = f.col("form", f"f{i}")
        query = query.select(f.alias(form, f"k_{field.column}"))
    agreeing = [
        f.case((f.not_null(f.col(f"k_{x.column}")), f.lit(1)), default=f.lit(0))
        for x in fields
        if x.counts
    ]
    filled: exp.Expr = agreeing[0]
    for part in agreeing[1:]:
        filled = filled + part
    first = next(x.column for x in fields if x.counts)
    return Same(
        query,
        tuple(f.col(f"k_{x.column}") for x in fields),
        exp.paren(filled) >= f.lit(need),
        f.col(f"k_{first}"),
    )


def deals(context: RuleContext, also: Sequence[str] = ()) -> Same | None:
    """The same of deals: account and name, or account, amount and day; None without these.

    Named deals agree in amount, days and contract number as well: who enters a deal again does
    so minutes later, a renewal has days and a number of its own.
    """
    dates = [c for c in ("created_at", "closed_at") if context.filled("deals", c)]
    named = context.filled("deals", "name")
    amount = context.filled("deals", "amount")
    if not context.filled("deals", "account_id") or not (named or (amount and dates)):
        return None
    columns = ["account_id", *(["name"] if named else []), *(["amount"] if amount else []), *dates]
    others = [c for c in ("contact_id", "owner_id", "pipeline") if context.filled("deals", c)]
    contract = ["contract_no"] if context.filled("deals", "contract_no") else []
    records = exp.select(
        *[f.col(c) for c in ("id", *SYSTEM)],
        *[f.col(c) for c in dict.fromkeys([*columns, *others, *contract, *also])],
        f.alias(f.fold(f.col("name")) if named else f.null("text"), "_name"),
    ).from_(f.table("crm.deals"))
    judged = [f.not_null(f.col("account_id"))]
    if named:
        judged.append(f.not_null(f.col("name")))
        judged.append(f.any_of(*[f.not_null(f.col(c)) for c in columns[2:]] or [f.lit(True)]))
    else:
        judged.append(f.col("amount") > f.as_decimal(f.lit(0)))
        judged += [f.not_null(f.col(c)) for c in dates]
    if named:
        days = [f.date_of(f.as_timestamp(f.col(c))) for c in dates]
        keys = [f.col("_name"), *[f.col(c) for c in columns if c not in ("name", *dates)], *days]
        keys += [f.fold(f.col(c)) for c in contract]
    else:
        keys = [f.col(c) for c in (*columns, *others)]
    value = f.col("name") if named else f.col("account_id")
    return Same(records, tuple(keys), f.all_of(*judged), value)
