"""D101: the same record twice, to the letter after normalising.

Capitals, spaces, quotes, the place of the legal form and the way a phone is written make no
other record. Only identifying fields are compared (name, company, e-mail, phone, tax number,
domain, address); a table without two of them, or one that is nearly unique, holds nothing
that identifies a record. Deals need account and name, or account, amount and day; activities
and tasks owner, related record, text and time. A blank agrees with nothing.

Example: «ООО "ВЕКТОР"» and «Вектор ООО» with one ИНН.
Repair: merge them in the CRM; keep the one with deals and activities.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.duplicates.identity import (
    Field,
    FormBatch,
    form_schema,
    identifying,
    plain_form,
    rough_form,
)
from dq.checks.rules.helpers import count_query
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

PLACE = ("_source", "_row", "_money", "_won")
PEOPLE = ("accounts", "contacts", "leads", "users", "products")
RELATED = ("deal_id", "lead_id", "contact_id", "account_id")


def checks(context: RuleContext) -> Iterator[CheckLike]:
    for table in PEOPLE:
        if table in context.tables:
            yield from _records(context, table)
    if "deals" in context.tables:
        yield from _deals(context)
    for table, text, moment in (
        ("activities", "note", "started_at"),
        ("tasks", "subject", "due_at"),
    ):
        if table in context.tables:
            yield from _events(context, table, text, moment)


def _nothing(table: str) -> Skip:
    return Skip(table, "needs.identity")


def _records(context: RuleContext, table: str) -> Iterator[CheckLike]:
    facts = context.tables[table]
    known = [c for c in identifying_columns(context, table) if facts.columns[c].filled]
    if not known:
        mapped = identifying_columns(context, table)
        if not mapped:
            yield _nothing(table)
            return
        none = exp.select(f.alias(f.col("id"), "key")).from_(f.table(f"crm.{table}"))
        yield Query(table, none.where(f.lit(False)), count_query(f"crm.{table}", f.lit(False)))
        return
    fields = identifying(context, table)
    if not fields:
        yield _nothing(table)
        return
    place = f"work.D101_{table}"
    context.engine.create(place, _candidates(table, fields))
    forms = {x.column: _form(context, place, x) for x in fields}
    need = min(2, sum(x.counts for x in fields))
    yield Query(table, _copies(place, fields, forms, need), count_query(f"crm.{table}"))


def identifying_columns(context: RuleContext, table: str) -> list[str]:
    """Identifying columns that are mapped, filled or not."""
    from dq.checks.rules.duplicates.identity import SETS

    return [c for c in SETS.get(table, ()) if context.has(table, c)]


def _candidates(table: str, fields: Sequence[Field]) -> exp.Query:
    """Rows that agree with another in every cheap form; only these are normalised."""
    rough = [form for x in fields if (form := rough_form(x)) is not None]
    columns = [f.col("id"), *[f.col(c) for c in PLACE], *[f.col(x.column) for x in fields]]
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
    form = "company" if field.column == "name" and place.endswith("accounts") else field.form
    values = (
        exp.select(f.alias(f.col(field.column), "value"))
        .from_(f.table(place))
        .where(f.not_null(f.col(field.column)))
        .distinct()
    )
    name = f"{place}_{field.column}"
    context.engine.map_batches(name, values, FormBatch(form, context.country), form_schema())
    return name


def _copies(
    place: str, fields: Sequence[Field], forms: dict[str, str | None], need: int
) -> exp.Query:
    compared: dict[str, exp.Expr] = {}
    query = exp.select(*[f.alias(f.col(c, "r"), c) for c in ("id", *PLACE)]).from_(
        f.table(place, "r")
    )
    for i, field in enumerate(fields):
        table = forms[field.column]
        if table is None:
            plain = plain_form(field, "r")
            compared[field.column] = plain if plain is not None else f.col(field.column, "r")
            continue
        alias = f"f{i}"
        query = query.join(
            f.table(table, alias),
            on=f.col(field.column, "r").eq(f.col("value", alias)),
            join_type="left",
        )
        compared[field.column] = f.col("form", alias)
    for name, form in compared.items():
        query = query.select(f.alias(form, f"k_{name}"))
    agreeing = [
        f.case((f.not_null(f.col(f"k_{x.column}")), f.lit(1)), default=f.lit(0))
        for x in fields
        if x.counts
    ]
    filled: exp.Expr = agreeing[0]
    for part in agreeing[1:]:
        filled = filled + part
    keys = [f.col(f"k_{x.column}") for x in fields]
    first = next(x.column for x in fields if x.counts)
    return _sets(query, keys, exp.paren(filled) >= f.lit(need), f.col(f"k_{first}"))


def _sets(
    base: exp.Query, keys: Sequence[exp.Expr], judged: exp.Expr, value: exp.Expr
) -> exp.Query:
    """Rows that share all keys (NULL with NULL) with another row."""
    inside = exp.select("*").from_(base.subquery("b")).where(judged)
    names = [f"c{i}" for i in range(len(keys))]
    grouped = (
        exp.select(
            *[f.alias(k.copy(), n) for n, k in zip(names, keys, strict=True)],
            f.alias(f.count(), "copies"),
            f.alias(f.min(f.col("id")), "first"),
        )
        .from_(inside.copy().subquery("j"))
        .group_by(*[k.copy() for k in keys])
    )
    several = exp.select("*").from_(grouped.subquery("g")).where(f.col("copies") > f.lit(1))
    same = [
        exp.NullSafeEQ(this=k.copy(), expression=f.col(n, "s"))
        for n, k in zip(names, keys, strict=True)
    ]
    return (
        exp.select(
            f.alias(f.col("id"), "key"),
            *[f.col(c) for c in PLACE],
            f.alias(f.as_text(value), "value"),
            f.alias(f.lit("copy"), "cause"),
            f.alias(f.as_text(f.col("copies", "s")), "arg_copies"),
            f.alias(f.col("first", "s"), "arg_first"),
        )
        .from_(inside.subquery("j"))
        .join(several.subquery("s"), on=f.all_of(*same), join_type="inner")
    )


def _deals(context: RuleContext) -> Iterator[CheckLike]:
    dates = [c for c in ("created_at", "closed_at") if context.filled("deals", c)]
    named = context.filled("deals", "name")
    amount = context.filled("deals", "amount")
    if not context.filled("deals", "account_id") or not (named or (amount and dates)):
        yield _nothing("deals")
        return
    columns = ["account_id", *(["name"] if named else []), *(["amount"] if amount else []), *dates]
    others = [c for c in ("contact_id", "owner_id", "pipeline") if context.filled("deals", c)]
    base = exp.select(
        *[f.col(c) for c in ("id", *PLACE)],
        *[f.col(c) for c in dict.fromkeys([*columns, *others])],
        f.alias(f.fold(f.col("name")) if named else f.null("text"), "_name"),
    ).from_(f.table("crm.deals"))
    judged = [f.not_null(f.col("account_id"))]
    if named:
        judged.append(f.not_null(f.col("name")))
        judged.append(f.any_of(*[f.not_null(f.col(c)) for c in columns[2:]] or [f.lit(True)]))
    else:
        judged.append(f.col("amount") > f.as_decimal(f.lit(0)))
        judged += [f.not_null(f.col(c)) for c in dates]
    keys = [f.col("_name") if c == "name" else f.col(c) for c in columns]
    keys += [f.col(c) for c in others] if not named else []
    value = f.col("name") if named else f.col("account_id")
    evidence = count_query("crm.deals", f.not_null(f.col("account_id")))
    yield Query("deals", _sets(base, keys, f.all_of(*judged), value), evidence)


def _events(context: RuleContext, table: str, text: str, moment: str) -> Iterator[CheckLike]:
    related = [c for c in RELATED if context.filled(table, c)]
    needed = ("owner_id", text, moment)
    if not related or not all(context.filled(table, c) for c in needed):
        yield _nothing(table)
        return
    kinds = ["kind"] if context.filled(table, "kind") else []
    alike = f"work.D101_{table}"
    context.engine.create(alike, _same_moment(table, moment))
    base = (
        exp.select(
            *[
                f.alias(f.col(c, "t"), c)
                for c in ("id", *PLACE, *related, *kinds, "owner_id", moment, text)
            ],
            f.alias(f.fold(f.col(text, "t")), "_text"),
        )
        .from_(f.table(f"crm.{table}", "t"))
        .join(
            f.table(alike, "m"),
            on=f.all_of(
                f.col("owner_id", "t").eq(f.col("owner_id", "m")),
                f.col(moment, "t").eq(f.col(moment, "m")),
            ),
            join_type="inner",
        )
    )
    judged = f.all_of(
        *[f.not_null(f.col(c)) for c in needed],
        f.any_of(*[f.not_null(f.col(c)) for c in related]),
    )
    keys = [f.col(c) for c in ("owner_id", moment, "_text", *related, *kinds)]
    evidence = count_query(f"crm.{table}", f.not_null(f.col(moment)))
    yield Query(table, _sets(base, keys, judged, f.col(text)), evidence)


def _same_moment(table: str, moment: str) -> exp.Query:
    """Owners and moments that stand in several rows: few rows are left to compare whole."""
    grouped = (
        exp.select(f.col("owner_id"), f.col(moment), f.alias(f.count(), "n"))
        .from_(f.table(f"crm.{table}"))
        .where(f.all_of(f.not_null(f.col("owner_id")), f.not_null(f.col(moment))))
        .group_by(f.col("owner_id"), f.col(moment))
    )
    return (
        exp.select(f.col("owner_id"), f.col(moment))
        .from_(grouped.subquery("g"))
        .where(f.col("n") > f.lit(1))
    )


RULE = Rule(
    code="D101",
    slug="exact",
    family="D",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks,
    needs=("identifying columns of any table",),
    doc=__doc__ or "",
)
