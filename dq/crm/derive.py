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

from dq.crm.keys import Keys
from dq.crm.lookups import Join, Lookups, name_form
from dq.crm.model import entity
from dq.crm.money import MONEY_COLUMN, money_of
from dq.crm.parts import SYSTEM, Part, unread
from dq.crm.typing import typed_null
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["Completed", "complete", "needs", "open_days"]

ACTIVITY_LINK: Mapping[str, str] = {
    "deals": "deal_id",
    "leads": "lead_id",
    "accounts": "account_id",
    "contacts": "contact_id",
}

OWNED_SINCE: Mapping[str, str] = {
    "deals": "closed_at",
    "leads": "created_at",
    "activities": "started_at",
    "tasks": "created_at",
    "tickets": "opened_at",
}
"""The date at which the owner's department counts; without it today's does."""


@dataclass
class Completed:
    """A table ready to be written.

    `query` gives `names` and the `unread` columns; `columns` are the types of mapped and own
    columns, `derived` those of the added ones. `currency` is the one that all amounts are in,
    None where the rows name none; `mixed` tells that they name several and none is declared.
    """

    query: exp.Query
    names: tuple[str, ...]
    columns: dict[str, str]
    derived: dict[str, str]
    unread: tuple[str, ...]
    currency: str | None = None
    mixed: bool = False


def needs(table: str, parts: Mapping[str, Sequence[Part]]) -> list[str]:
    """Tables that a table is completed from, those at hand."""
    columns = _columns(parts[table])
    wanted = [target for _, target in _by_name(table, parts[table])]
    if "owner_id" in columns and "department" not in columns:
        wanted += ["users", "user_history"]
    if table in ACTIVITY_LINK:
        wanted.append("activities")
    if table == "deal_lines":
        wanted.append("deals")
    if "currency" in columns:
        wanted.append("rates")
    return [t for t in dict.fromkeys(wanted) if t in parts and t != table]


def complete(lookups: Lookups, table: str, keys: Keys, currency: str | None) -> Completed:
    """The query of a table with all that is derived."""
    parts = lookups.parts[table]
    columns = _columns(parts)
    judged = tuple(c for c in columns if any(c in p.unread for p in parts))
    unreads = [unread(c) for c in judged]
    base = _union(parts, columns, unreads)
    linked = _linked(lookups, table, base, columns, unreads, keys)
    adds = _Adds(lookups, table, columns)
    money = adds.money(currency)
    adds.last_activity()
    adds.department()
    won = adds.won()
    names = [*columns, "_source", "_row", "merged_into_id", "_live"]
    query = exp.select(
        *[f.alias(f.col(n, "l"), n) for n in names],
        *[f.alias(e, n) for n, e in adds.made.items()],
        f.alias(money, "_money"),
        f.alias(won, "_won"),
        *[f.alias(f.col(n, "l"), n) for n in unreads],
    ).from_(linked.subquery("l"))
    for join in adds.joins:
        query = join.on(query)
    given = (*names, *adds.made, "_money", "_won")
    return Completed(query, given, columns, adds.types, judged, adds.currency, adds.mixed)


def open_days(columns: Mapping[str, str], as_of: datetime) -> exp.Expr | None:
    """Days from creation to close, of open deals to the business "today"."""
    if "created_at" not in columns:
        return None
    end: exp.Expr = f.lit(as_of)
    if "closed_at" in columns:
        end = f.coalesce(f.as_timestamp(f.col("closed_at")), end)
    return f.days_between(f.as_timestamp(f.col("created_at")), end)


def _columns(parts: Sequence[Part]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for part in parts:
        for name, kind in part.types.items():
            columns.setdefault(name, kind)
    return columns


def _by_name(table: str, parts: Sequence[Part]) -> list[tuple[str, str]]:
    """Relation columns that name the other side, with their tables."""
    named = {c.target for p in parts for c in p.mapping.columns if c.link == "name"}
    return [(r.column, r.target) for r in entity(table).relations if r.column in named]


def _union(parts: Sequence[Part], columns: Mapping[str, str], unreads: Sequence[str]) -> exp.Query:
    """All parts under the same columns, absent ones NULL of the column's type."""
    if len(parts) == 1:
        return parts[0].sql.copy()
    queries = []
    for place, part in enumerate(parts):
        known = {*part.types, *[unread(c) for c in part.unread]}
        kinds = {**columns, **dict.fromkeys(unreads, "text")}
        queries.append(
            exp.select(
                *[
                    f.col(n) if n in known else f.alias(typed_null(kind), n)
                    for n, kind in kinds.items()
                ],
                *[f.col(n) for n in SYSTEM],
            ).from_(part.sql.copy().subquery(f"part{place}"))
        )
    return union_all(queries)


def _linked(
    lookups: Lookups,
    table: str,
    base: exp.Query,
    columns: Mapping[str, str],
    unreads: Sequence[str],
    keys: Keys,
) -> exp.Query:
    """Names in relation columns become keys; deleted and merged rows are marked."""
    joins: list[Join] = []
    values: dict[str, exp.Expr] = {n: f.col(n, "b") for n in (*columns, *unreads)}
    parts = lookups.parts[table]
    unclear = {c: t for p in parts for c, t in keys.unclear(p.mapping).items()}
    named = {c: t for c, t in _by_name(table, parts) if t in lookups.parts}
    # Companies first: of people of one name they tell which one is meant.
    found = sorted({**unclear, **named}.items(), key=lambda link: link[1] != "accounts")
    for column, target in found:
        lookup = lookups.names(target) if column in named else lookups.ids(target)
        cell = f.col(column, "b")
        alias = f"n_{column}"
        joins.append(Join(lookup, alias, name_form(cell) if column in named else cell, "n"))
        one = f.col("copies", alias).eq(f.lit(1))
        branches = [(one, f.col("key", alias))]
        people = None
        if target == "contacts" and column in named and "account_id" in columns:
            people = lookups.people_of("account_id")
        if people is not None:
            there = f"w_{column}"
            firm = f.col("w", there).eq(values["account_id"].copy())
            joins.append(Join(people, there, name_form(cell.copy()), "n", firm))
            branches.append((f.col("copies", there).eq(f.lit(1)), f.col("key", there)))
        values[column] = f.case(*branches, default=cell)
    merged: exp.Expr = f.col("_merged", "b")
    log = lookups.merges.get(table)
    if log is not None:
        joins.append(Join(log, "m", f.col("id", "b"), "merged"))
        merged = f.coalesce(f.col("survivor", "m"), merged)
    query = exp.select(
        *[f.alias(value, name) for name, value in values.items()],
        f.alias(f.col("_source", "b"), "_source"),
        f.alias(f.col("_row", "b"), "_row"),
        f.alias(merged, "merged_into_id"),
        f.alias(f.all_of(f.not_(f.col("_deleted", "b")), f.is_null(merged)), "_live"),
    ).from_(base.subquery("b"))
    for join in joins:
        query = join.on(query)
    return query


class _Adds:
    """Collects derived columns with the lookups that they need; rows are the alias `l`."""

    def __init__(self, lookups: Lookups, table: str, columns: Mapping[str, str]) -> None:
        self.lookups = lookups
        self.table = table
        self.columns = columns
        self.made: dict[str, exp.Expr] = {}
        self.types: dict[str, str] = {}
        self.joins: list[Join] = []
        self.currency: str | None = None
        self.mixed = False

    def _add(self, name: str, kind: str, value: exp.Expr) -> None:
        self.made[name] = value
        self.types[name] = kind

    def money(self, currency: str | None) -> exp.Expr:
        """The record's own amount in base currency; for deals also as a column."""
        column = MONEY_COLUMN.get(self.table)
        if column is None or self.columns.get(column) != "decimal":
            return typed_null("decimal")
        money = money_of(self.lookups, self.table, self.columns, currency)
        self.joins += money.joins
        self.currency, self.mixed = money.base, money.several
        amount = f.col(column, "l")
        if self.table != "deals":
            return money.in_base(amount) if money.branches else amount
        in_base = money.in_base(amount)
        self._add("amount_base", "decimal", in_base)
        if self.columns.get("cost") == "decimal":
            margin = money.in_base(amount - f.col("cost", "l"))
            self._add("margin_base", "decimal", margin)
        return in_base

    def last_activity(self) -> None:
        """The start of the newest activity that names the record."""
        link = ACTIVITY_LINK.get(self.table)
        if link is None or "last_activity_at" in self.columns:
            return
        lookup = self.lookups.greatest(f"work.last_{link}", "activities", link, "started_at")
        if lookup is None:
            return
        self.joins.append(Join(lookup, "la", f.col("id", "l"), "k"))
        self._add("last_activity_at", "timestamp", f.as_timestamp(f.col("v", "la")))

    def department(self) -> None:
        """The owner's department at the record's date, else today's."""
        if "owner_id" not in self.columns or "department" in self.columns:
            return
        owner = f.col("owner_id", "l")
        known: list[exp.Expr] = []
        spans = self.lookups.department_spans()
        if spans is not None:
            since = OWNED_SINCE.get(self.table)
            moment: exp.Expr = f.lit(datetime(9999, 1, 1))
            if since is not None and since in self.columns:
                moment = f.coalesce(f.as_timestamp(f.col(since, "l")), moment)
            within = f.all_of(moment >= f.col("since", "ds"), moment.copy() < f.col("until", "ds"))
            self.joins.append(Join(spans, "ds", owner, "k", within))
            known.append(f.col("v", "ds"))
        today = self.lookups.greatest("work.departments", "users", "id", "department")
        if today is not None:
            self.joins.append(Join(today, "dep", owner, "k"))
            known.append(f.col("v", "dep"))
        if known:
            self._add("department", "text", known[0] if len(known) == 1 else f.coalesce(*known))

    def won(self) -> exp.Expr:
        """Whether the record's deal is won; NULL for tables that have none."""
        if self.table == "deals" and "status" in self.columns:
            return f.coalesce(f.col("status", "l").eq(f.lit("won")), f.lit(False))
        if self.table == "deal_lines" and "deal_id" in self.columns:
            lookup = self.lookups.won_deals()
            if lookup is not None:
                self.joins.append(Join(lookup, "w", f.col("deal_id", "l"), "k"))
                return f.coalesce(f.col("v", "w"), f.lit(False))
        return typed_null("boolean")
