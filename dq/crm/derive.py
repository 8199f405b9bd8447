"""What is derived once at load: live rows, resolved links, base amounts, last activity.

System columns of every `crm_all` table: `_live`, `_source`, `_row`, `_money` (the record's
own amount in base currency, NULL where not known), `_won` (its deal is won), and
`merged_into_id`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from dq.crm.model import entity
from dq.crm.parts import Part, typed_null
from dq.engines.base import Engine
from dq.sql import portable as f

__all__ = ["MONEY_COLUMN", "complete"]

MONEY_COLUMN: Mapping[str, str] = {
    "deals": "amount",
    "deal_lines": "total",
    "invoices": "amount",
    "payments": "amount",
    "leads": "budget",
    "expenses": "amount",
    "campaigns": "cost",
    "plans": "value",
}

ACTIVITY_LINK: Mapping[str, str] = {
    "deals": "deal_id",
    "leads": "lead_id",
    "accounts": "account_id",
    "contacts": "contact_id",
}

RATE_DAYS = 7


@dataclass
class _Join:
    """A lookup joined on one column; `gives` are the columns it adds."""

    table: str
    alias: str
    left: exp.Expression
    right: str


def complete(
    engine: Engine,
    table: str,
    base: exp.Query,
    columns: Mapping[str, str],
    parts: Mapping[str, list[Part]],
    merge_log: str | None,
    as_of: datetime,
    currency: str | None,
) -> tuple[exp.Query, dict[str, str]]:
    """The query of `crm_all.<table>` and the types of the columns that it adds."""
    linked = _resolve_links(engine, table, base, columns, parts, merge_log)
    derived: dict[str, str] = {}
    joins: list[_Join] = []
    extra: list[exp.Expression] = []
    in_base: exp.Expression | None = None
    if table == "deals":
        in_base = _deal_money(engine, columns, parts, currency, joins, extra, derived)
        _open_days(columns, as_of, extra, derived)
    _last_activity(engine, table, columns, parts, joins, extra, derived)
    _department(engine, table, columns, parts, joins, extra, derived)
    money = in_base.copy() if in_base is not None else _money(table, columns)
    won = _won(engine, table, columns, parts, joins)
    names = [*columns, "_source", "_row", "merged_into_id", "_live"]
    query = exp.select(
        *[f.alias(f.col(n, "l"), n) for n in names],
        *extra,
        f.alias(money, "_money"),
        f.alias(won, "_won"),
    ).from_(linked.subquery("l"))
    for join in joins:
        query = query.join(
            f.table(join.table, join.alias),
            on=join.left.eq(f.col(join.right, join.alias)),
            join_type="left",
        )
    return query, derived


def _resolve_links(
    engine: Engine,
    table: str,
    base: exp.Query,
    columns: Mapping[str, str],
    parts: Mapping[str, list[Part]],
    merge_log: str | None,
) -> exp.Query:
    """Names in relation columns become keys; deleted and merged rows are marked."""
    by_name = {
        c.target
        for part in parts[table]
        for c in part.mapping.columns
        if c.link == "name" and c.target in columns
    }
    joins: list[_Join] = []
    values: dict[str, exp.Expression] = {n: f.col(n, "b") for n in columns}
    for relation in entity(table).relations:
        column, target = relation.column, relation.target
        if column not in by_name or target not in parts:
            continue
        lookup = _names(engine, target, parts)
        alias = f"n_{column}"
        joins.append(_Join(lookup, alias, f.fold(f.col(column, "b")), "n"))
        values[column] = f.case(
            (f.col("copies", alias).eq(f.lit(1)), f.col("key", alias)),
            default=f.col(column, "b"),
        )
    merged: exp.Expression = f.col("_merged", "b")
    if merge_log:
        joins.append(_Join(merge_log, "m", f.col("id", "b"), "merged"))
        merged = f.coalesce(f.col("survivor", "m"), merged)
    live = f.all_of(f.not_(f.col("_deleted", "b")), f.is_null(merged))
    query = exp.select(
        *[f.alias(value, name) for name, value in values.items()],
        f.alias(f.col("_source", "b"), "_source"),
        f.alias(f.col("_row", "b"), "_row"),
        f.alias(merged, "merged_into_id"),
        f.alias(live, "_live"),
    ).from_(base.subquery("b"))
    for join in joins:
        query = query.join(
            f.table(join.table, join.alias),
            on=join.left.eq(f.col(join.right, join.alias)),
            join_type="left",
        )
    return query


def _names(engine: Engine, target: str, parts: Mapping[str, list[Part]]) -> str:
    """`work.names_<target>`: n (folded name), key, copies; made once."""
    name = f"work.names_{target}"
    if name in engine.tables():
        return name
    label = entity(target).name_column or "id"
    selects = [
        exp.select(
            f.alias(f.fold(f.col(label if label in p.types else "id")), "n"),
            f.alias(f.col("id"), "key"),
        )
        .from_(p.sql.copy().subquery("p"))
        .where(f.all_of(f.not_(f.col("_deleted")), f.is_null(f.col("_merged"))))
        for p in parts[target]
    ]
    engine.create(
        name,
        exp.select(
            f.col("n"),
            f.alias(f.min(f.col("key")), "key"),
            f.alias(f.count_distinct(f.col("key")), "copies"),
        )
        .from_(_union_all(selects).subquery("u"))
        .where(f.not_null(f.col("n")))
        .group_by(f.col("n")),
    )
    return name


def _union_all(selects: Sequence[exp.Query]) -> exp.Query:
    union = selects[0]
    for other in selects[1:]:
        union = exp.union(union, other, distinct=False)
    return union


def _lookup(
    engine: Engine,
    name: str,
    parts: Sequence[Part],
    key: str,
    value: exp.Expression,
    needs: Sequence[str],
) -> str | None:
    """A table (k, v) with the greatest `value` for each `key` over the parts that have both."""
    if name in engine.tables():
        return name
    selects = [
        exp.select(f.alias(f.col(key), "k"), f.alias(value.copy(), "v"))
        .from_(p.sql.copy().subquery("p"))
        .where(f.not_null(f.col(key)))
        for p in parts
        if all(n in p.types for n in (key, *needs))
    ]
    if not selects:
        return None
    engine.create(
        name,
        exp.select(f.col("k"), f.alias(f.max(f.col("v")), "v"))
        .from_(_union_all(selects).subquery("u"))
        .group_by(f.col("k")),
    )
    return name


def _deal_money(
    engine: Engine,
    columns: Mapping[str, str],
    parts: Mapping[str, list[Part]],
    currency: str | None,
    joins: list[_Join],
    extra: list[exp.Expression],
    derived: dict[str, str],
) -> exp.Expression | None:
    """amount_base and margin_base: rounded half-even to the minor unit, a row at a time."""
    if "amount" not in columns:
        return None
    amount: exp.Expression = f.col("amount", "l")
    if "currency" in columns:
        amount = _in_base(engine, columns, parts, currency, joins)
    in_base = f.as_decimal(f.round_even(amount, 2))
    extra.append(f.alias(in_base, "amount_base"))
    derived["amount_base"] = "decimal"
    if "cost" in columns:
        extra.append(f.alias(in_base.copy() - f.col("cost", "l"), "margin_base"))
        derived["margin_base"] = "decimal"
    return in_base


def _in_base(
    engine: Engine,
    columns: Mapping[str, str],
    parts: Mapping[str, list[Part]],
    currency: str | None,
    joins: list[_Join],
) -> exp.Expression:
    base = currency or _only_currency(engine, parts["deals"])
    if base is None:
        return f.case((f.is_null(f.col("currency", "l")), f.col("amount", "l")), default=f.lit(None))
    own = f.any_of(f.is_null(f.col("currency", "l")), f.upper(f.col("currency", "l")).eq(f.lit(base)))
    branches = [(own, f.col("amount", "l"))]
    days = [f.col(c, "l") for c in ("closed_at", "created_at") if c in columns]
    if "rates" in parts and days:
        _daily_rates(engine, parts["rates"])
        day = f.date_of(f.coalesce(*[f.as_timestamp(d) for d in days]))
        place = f.concat(f.upper(f.col("currency", "l")), f.lit("|"), f.as_text(day))
        joins.append(_Join("work.rates_daily", "r", place, "k"))
        branches.append((f.not_null(f.col("rate", "r")), f.col("amount", "l") * f.col("rate", "r")))
    return f.case(*branches, default=f.lit(None))


def _only_currency(engine: Engine, parts: Sequence[Part]) -> str | None:
    selects = [
        exp.select(f.alias(f.upper(f.col("currency")), "c"))
        .from_(p.sql.copy().subquery("p"))
        .where(f.not_null(f.col("currency")))
        for p in parts
        if "currency" in p.types
    ]
    query = exp.select(
        f.alias(f.min(f.col("c")), "low"), f.alias(f.max(f.col("c")), "high")
    ).from_(_union_all(selects).subquery("u"))
    row = engine.query(query).to_pylist()[0]
    return row["low"] if row["low"] == row["high"] else None


def _daily_rates(engine: Engine, parts: Sequence[Part]) -> None:
    """`work.rates_daily`: for each currency and day the last rate not older than a week."""
    if "work.rates_daily" in engine.tables():
        return
    base = _union_all(
        [
            exp.select(
                f.alias(f.upper(f.col("currency")), "currency"),
                f.alias(f.date_of(f.as_timestamp(f.col("day"))), "day"),
                f.alias(f.col("rate"), "rate"),
            ).from_(p.sql.copy().subquery("p"))
            for p in parts
        ]
    )
    spread = _union_all(
        [
            exp.select(
                f.col("currency"),
                f.alias(f.date_of(f.add_days(f.col("day"), f.lit(n))), "on_day"),
                f.col("day"),
                f.col("rate"),
            ).from_(base.copy().subquery("b"))
            for n in range(RATE_DAYS + 1)
        ]
    )
    last = f.max_over(f.col("day"), partition=[f.col("currency"), f.col("on_day")])
    marked = exp.select("*", f.alias(last, "last")).from_(spread.subquery("s"))
    engine.create(
        "work.rates_daily",
        exp.select(
            f.alias(f.concat(f.col("currency"), f.lit("|"), f.as_text(f.col("on_day"))), "k"),
            f.alias(f.max(f.col("rate")), "rate"),
        )
        .from_(marked.subquery("m"))
        .where(f.col("day").eq(f.col("last")))
        .group_by(f.col("currency"), f.col("on_day")),
    )


def _open_days(
    columns: Mapping[str, str],
    as_of: datetime,
    extra: list[exp.Expression],
    derived: dict[str, str],
) -> None:
    if "created_at" not in columns:
        return
    ends: list[exp.Expression] = [f.lit(as_of)]
    if "closed_at" in columns:
        ends.insert(0, f.as_timestamp(f.col("closed_at", "l")))
    end = ends[0] if len(ends) == 1 else f.coalesce(*ends)
    days = f.days_between(f.as_timestamp(f.col("created_at", "l")), end)
    extra.append(f.alias(days, "open_days"))
    derived["open_days"] = "integer"


def _last_activity(
    engine: Engine,
    table: str,
    columns: Mapping[str, str],
    parts: Mapping[str, list[Part]],
    joins: list[_Join],
    extra: list[exp.Expression],
    derived: dict[str, str],
) -> None:
    link = ACTIVITY_LINK.get(table)
    if link is None or "activities" not in parts or "last_activity_at" in columns:
        return
    moment = f.as_timestamp(f.col("started_at"))
    lookup = _lookup(
        engine, f"work.last_{link}", parts["activities"], link, moment, ("started_at",)
    )
    if lookup is None:
        return
    joins.append(_Join(lookup, "la", f.col("id", "l"), "k"))
    extra.append(f.alias(f.col("v", "la"), "last_activity_at"))
    derived["last_activity_at"] = "timestamp"


def _department(
    engine: Engine,
    table: str,
    columns: Mapping[str, str],
    parts: Mapping[str, list[Part]],
    joins: list[_Join],
    extra: list[exp.Expression],
    derived: dict[str, str],
) -> None:
    """Today's department of the owner; `user_history` refines it where it is given."""
    if "owner_id" not in columns or "department" in columns or "users" not in parts:
        return
    lookup = _lookup(
        engine, "work.departments", parts["users"], "id", f.col("department"), ("department",)
    )
    if lookup is None:
        return
    joins.append(_Join(lookup, "dep", f.col("owner_id", "l"), "k"))
    extra.append(f.alias(f.col("v", "dep"), "department"))
    derived["department"] = "text"


def _money(table: str, columns: Mapping[str, str]) -> exp.Expression:
    column = MONEY_COLUMN.get(table)
    if column is None or column not in columns:
        return typed_null("decimal")
    return f.as_decimal(f.col(column, "l"))


def _won(
    engine: Engine,
    table: str,
    columns: Mapping[str, str],
    parts: Mapping[str, list[Part]],
    joins: list[_Join],
) -> exp.Expression:
    if table == "deals" and "status" in columns:
        return f.coalesce(f.col("status", "l").eq(f.lit("won")), f.lit(False))
    if table == "deal_lines" and "deal_id" in columns and "deals" in parts:
        flag = f.case((f.col("status").eq(f.lit("won")), f.lit(1)), default=f.lit(0))
        lookup = _lookup(engine, "work.won_deals", parts["deals"], "id", flag, ("status",))
        if lookup is not None:
            joins.append(_Join(lookup, "w", f.col("deal_id", "l"), "k"))
            return f.coalesce(f.col("v", "w").eq(f.lit(1)), f.lit(False))
    return typed_null("boolean")
