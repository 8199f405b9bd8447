"""Small tables that others are completed from: names, last activities, departments, rates.

Each is made once, from the finished table where there is one, else from the parts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlglot import exp

from dq.crm.keys import Keys
from dq.crm.model import entity
from dq.crm.parts import Part
from dq.crm.staging import staged
from dq.crm.typing import typed_null
from dq.engines.base import Engine
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["Join", "Lookups", "name_form"]

RATE_DAYS = 7
"""A rate older than these days does not count."""

FOREVER = datetime(9999, 12, 31)

_SIGNS, _PLAIN = '«»“”„"ёЁ’ʼ`', "      еЕ'''"


def name_form(cell: exp.Expr) -> exp.Expression:
    """A name as links by name compare it: capitals, spaces, kinds of quotes and ё are no other."""
    return f.fold(f.translate(cell, f.lit(_SIGNS), f.lit(_PLAIN)))


@dataclass(frozen=True)
class Join:
    """A lookup joined on one column, which is unique in it; `also` narrows the match."""

    table: str
    alias: str
    left: exp.Expr
    right: str
    also: exp.Expr | None = None

    def on(self, query: exp.Select) -> exp.Select:
        """The query with the lookup joined."""
        match: exp.Expr = self.left.eq(f.col(self.right, self.alias))
        if self.also is not None:
            match = f.all_of(match, self.also)
        return query.join(f.table(self.table, self.alias), on=match, join_type="left")


@dataclass
class Lookups:
    """Makes lookups; `done` are the tables that are finished."""

    engine: Engine
    parts: Mapping[str, Sequence[Part]]
    merges: Mapping[str, str]
    keys: Keys
    include_deleted: bool = False
    done: set[str] = field(default_factory=set)
    made: dict[str, bool] = field(default_factory=dict)

    def has(self, table: str, *columns: str) -> bool:
        """Whether some source gives all these columns to the table."""
        needed = set(columns)
        return any(needed <= p.types.keys() for p in self.parts.get(table, ()))

    def rows(self, table: str, columns: Collection[str]) -> exp.Query:
        """Live rows of a table with these columns (NULL where a source lacks one)."""
        if table in self.done:
            query = exp.select(*[f.col(c) for c in columns]).from_(f.table(f"crm_all.{table}"))
            return query if self.include_deleted else query.where(f.col("_live"))
        return union_all([self._part_rows(table, p, columns) for p in self.parts[table]])

    def _part_rows(self, table: str, part: Part, columns: Collection[str]) -> exp.Query:
        kinds = _kinds(self.parts[table])
        query = exp.select(
            *[
                f.alias(f.col(c, "p") if c in part.types else typed_null(kinds[c]), c)
                for c in columns
            ]
        ).from_(part.narrow.copy().subquery("p"))
        live = [f.not_(f.col("_deleted", "p")), f.is_null(f.col("_merged", "p"))]
        log = self.merges.get(table)
        if log is not None:
            query = Join(log, "m", f.col("id", "p"), "merged").on(query)
            live.append(f.is_null(f.col("merged", "m")))
        return query if self.include_deleted else query.where(f.all_of(*live))

    def _once(self, name: str, query: exp.Query) -> str:
        if name not in self.made:
            self.engine.create(name, query)
            self.made[name] = True
        return name

    def names(self, target: str) -> str:
        """`work.names_<target>`: n (the name's form), key (the least), copies.

        People are found by first and last name in either order as well: others name them
        without the middle one.
        """
        name = f"work.names_{target}"
        if name in self.made:
            return name
        return self._once(name, _keyed(self._named(target)))

    def people_of(self, firm: str) -> str | None:
        """`work.people_of_firms`: n and w (the company's key), key, copies, of contacts.

        Of several people of one name the one of the company that is named beside is meant.
        """
        if firm != "account_id" or not self.has("contacts", firm) or "contacts" not in self.done:
            return None
        name = "work.people_of_firms"
        if name in self.made:
            return name
        return self._once(name, _keyed(self._named("contacts", firm), f.col("w")))

    def _named(self, target: str, within: str | None = None) -> exp.Query:
        """Folded names and keys (n, key), with `within` also that column (w)."""
        also = [within] if within else []
        label = entity(target).name_column or "id"
        person = self.has(target, "first_name", "last_name")
        if not self.has(target, label):
            label = "id"
        forms: list[exp.Expr] = [] if person and label == "id" else [f.col(label)]
        if person:
            first, last = f.col("first_name"), f.col("last_name")
            orders: list[tuple[exp.Expr, ...]] = [(first, last), (last, first)]
            if self.has(target, "middle_name"):
                orders.append((last, first, f.col("middle_name")))
            forms += [f.concat_ws(f.lit(" "), *order) for order in orders]
        needs = dict.fromkeys(c.name for form in forms for c in form.find_all(exp.Column))
        rows = self.rows(target, ["id", *[n for n in needs if n != "id"], *also])
        named = {"w": f.col(within)} if within else {}
        return union_all(
            [
                staged(
                    rows.copy().subquery("t"), [{"n": name_form(form), "key": f.col("id"), **named}]
                )
                for form in forms
            ]
        )

    def ids(self, target: str) -> str:
        """`work.ids_<target>`: n (the id without its source's prefix), key, copies."""
        name = f"work.ids_{target}"
        prefixes = sorted(set(self.keys.prefixes.get(target, {}).values()))
        bare = f.case(
            *[
                (
                    f.starts_with(f.col("id"), f.lit(prefix)),
                    f.substring(f.col("id"), len(prefix) + 1, 1_000),
                )
                for prefix in prefixes
            ],
            default=f.col("id"),
        )
        rows = self.rows(target, ["id"]).subquery("t")
        return self._once(name, _keyed(staged(rows, [{"n": bare, "key": f.col("id")}])))

    def greatest(self, name: str, table: str, key: str, value: str) -> str | None:
        """A table (k, v): the greatest `value` of the table's live rows for each `key`."""
        if not self.has(table, key, value):
            return None
        rows = self.rows(table, [key, value]).subquery("t")
        return self._once(
            name,
            exp.select(f.alias(f.col(key), "k"), f.alias(f.max(f.col(value)), "v"))
            .from_(rows)
            .where(f.all_of(f.not_null(f.col(key)), f.not_null(f.col(value))))
            .group_by(f.col(key)),
        )

    def won_deals(self) -> str | None:
        """`work.won_deals`: k, v (TRUE): the deals that are won."""
        if not self.has("deals", "status"):
            return None
        query = (
            exp.select(f.alias(f.col("id"), "k"), f.alias(f.lit(True), "v"))
            .from_(self.rows("deals", ["id", "status"]).subquery("t"))
            .where(f.col("status").eq(f.lit("won")))
            .distinct()
        )
        return self._once("work.won_deals", query)

    def department_spans(self) -> str | None:
        """`work.department_spans`: k (user), since, until, v; spans of a user do not overlap."""
        columns = ("user_id", "department", "valid_from")
        if not self.has("user_history", *columns):
            return None
        once = (
            exp.select(
                f.col("user_id"),
                f.col("valid_from"),
                f.alias(f.max(f.col("department")), "department"),
            )
            .from_(self.rows("user_history", columns).subquery("h"))
            .where(f.all_of(f.not_null(f.col("user_id")), f.not_null(f.col("valid_from"))))
            .group_by(f.col("user_id"), f.col("valid_from"))
        )
        following = f.lead(
            f.col("valid_from"), partition=[f.col("user_id")], order=[f.col("valid_from")]
        )
        spans = {
            "k": f.col("user_id"),
            "since": f.col("valid_from"),
            "until": f.coalesce(following, f.lit(FOREVER)),
            "v": f.col("department"),
        }
        return self._once("work.department_spans", staged(once.subquery("o"), [spans]))

    def rates(self) -> str | None:
        """`work.rates_daily`: k (currency|day), rate: the last one not older than a week."""
        columns = ("currency", "day", "rate")
        if not self.has("rates", *columns):
            return None
        base = staged(
            self.rows("rates", columns).subquery("t"),
            [
                {
                    "currency": f.upper(f.col("currency")),
                    "day": f.date_of(f.as_timestamp(f.col("day"))),
                    "rate": f.col("rate"),
                }
            ],
        )
        ages = union_all([exp.select(f.alias(f.lit(n), "age")) for n in range(RATE_DAYS + 1)])
        on_day = f.date_of(f.add_days(f.col("day"), f.col("age")))
        spread = (
            exp.select(f.col("currency"), f.col("day"), f.col("rate"), f.alias(on_day, "on_day"))
            .from_(base.subquery("b"))
            .join(ages.subquery("a"), join_type="cross")
        )
        last = f.max_over(f.col("day"), partition=[f.col("currency"), f.col("on_day")])
        marked = exp.select("*", f.alias(last, "last")).from_(spread.subquery("s"))
        return self._once(
            "work.rates_daily",
            exp.select(
                f.alias(f.concat(f.col("currency"), f.lit("|"), f.as_text(f.col("on_day"))), "k"),
                f.alias(f.max(f.col("rate")), "rate"),
            )
            .from_(marked.subquery("m"))
            .where(f.col("day").eq(f.col("last")))
            .group_by(f.col("currency"), f.col("on_day")),
        )


def _keyed(pairs: exp.Query, *within: exp.Expr) -> exp.Select:
    """(n, key) to one row a name: the least key and how many keys there are."""
    names = [f.col("n"), *within]
    return (
        exp.select(
            *names,
            f.alias(f.min(f.col("key")), "key"),
            f.alias(f.count_distinct(f.col("key")), "copies"),
        )
        .from_(pairs.subquery("u"))
        .where(f.all_of(*[f.not_null(n) for n in names]))
        .group_by(*[n.copy() for n in names])
    )


def _kinds(parts: Sequence[Part]) -> dict[str, str]:
    kinds: dict[str, str] = {}
    for part in parts:
        for name, kind in part.types.items():
            kinds.setdefault(name, kind)
    return kinds
