"""F103: one phone or e-mail on many people who have nothing to do with each other.

The seller's own number where the customer gave none, a promoter who made up thirty visitors: a
mailing to the segment reaches one person thirty times, and none of the thirty exists as
counted. People are strangers where they share neither a surname (in either script, the feminine
form too) nor a company or group of companies. Families, colleagues behind one switchboard or
company mailbox, and the same person written down again are none; two or three may share.
Fillers are F101, blanks C104.

Example: thirty leads of thirty companies with one mobile number.
Repair: ring the number; keep it on the one it belongs to, and ask who entered the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import SYSTEM, count_query, number, rows
from dq.checks.rules.values import clear_text, hashed, nothing_found, text_columns, work_name
from dq.findings import Severity
from dq.sql import portable as f
from dq.text.email import common_domains
from dq.text.email import normalise as email_key
from dq.text.fillers import FillerEmailJudge, FillerPhoneJudge
from dq.text.phone import parse, phone_key
from dq.text.strangers import strangers

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["RULE"]

TABLES = ("accounts", "contacts", "leads")
KINDS = ("phone", "email")
NAMES = ("full_name", "last_name", "first_name", "name")
SAMPLE = 200
"""Different people of one phone or address that are compared with each other."""

_FIELD, _PERSON = "\x1f", "\x1e"
_HOUSES = 1_000


def checks(context: RuleContext) -> Iterator[CheckLike]:
    tables = [t for t in TABLES if t in context.tables]
    if not tables:
        yield Skip(None, "needs.tables", {"tables": ", ".join(TABLES)})
    houses = _houses(context)
    for table in tables:
        facts = context.tables[table]
        yield from hashed(facts, KINDS)
        if not any(text_columns(facts, KINDS)):
            yield Skip(table, "needs.columns", {"columns": f"{table}.phone, {table}.email"})
        for column in clear_text(facts, KINDS):
            yield _shared(context, table, column, houses)


def _houses(context: RuleContext) -> frozenset[str]:
    """Mail domains of the house's own users: an address there is no customer's."""
    if not context.filled("users", "email"):
        return frozenset()
    domain = f.lower(f.split_part(f.col("email"), f.lit("@"), f.lit(2)))
    query = exp.select(f.alias(domain, "d")).from_(f.table("crm.users"))
    query = query.where(f.not_null(f.col("email"))).distinct().limit(_HOUSES)
    return frozenset(str(r["d"]) for r in rows(context, query)) - set(common_domains())


@dataclass(frozen=True)
class _Keys:
    """Batch function: (value) → (value, key) of phones or addresses that are somebody's."""

    kind: str
    country: str | None

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch's values that can be rung or written to, each with its key."""
        import pyarrow as pa

        values = batch.column(0).to_pylist()
        pairs = [(value, key) for value in values if (key := self._key(value)) is not None]
        columns = {"value": [v for v, _ in pairs], "key": [k for _, k in pairs]}
        return pa.RecordBatch.from_pydict(columns, schema=_key_schema())

    def _key(self, value: str) -> str | None:
        if self.kind == "email":
            return None if FillerEmailJudge()(value) else email_key(value)
        if FillerPhoneJudge()(value):
            return None
        phone = parse(value, self.country)
        if phone is None:
            return phone_key(value, self.country)
        return f"{phone.e164}x{phone.extension}" if phone.extension else phone.e164


def _key_schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema([("value", pa.string()), ("key", pa.string())])


@dataclass(frozen=True)
class _Strangers:
    """Batch function: (key, people) → (key, n): strangers among the people of a key."""

    companies: bool
    houses: frozenset[str]

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The number of strangers for each key of the batch."""
        import pyarrow as pa

        keys, people = batch.column(0).to_pylist(), batch.column(1).to_pylist()
        counts = [self._count(k, p) for k, p in zip(keys, people, strict=True)]
        return pa.RecordBatch.from_pydict({"key": keys, "n": counts}, schema=_count_schema())

    def _count(self, key: str, people: str) -> int:
        _, _, domain = key.rpartition("@")
        own = "@" in key and domain not in common_domains() and domain not in self.houses
        pairs = []
        for person in people.split(_PERSON):
            name, _, firm = person.partition(_FIELD)
            pairs.append((name, firm or (f"@{domain}" if own else "")))
        return strangers(pairs, self.companies)


def _count_schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema([("key", pa.string()), ("n", pa.int64())])


def _shared(
    context: RuleContext, table: str, column: ColumnFacts, houses: frozenset[str]
) -> CheckLike:
    evidence = count_query(f"crm.{table}", f.not_null(f.col(column.name)))
    if not column.filled:
        return Query(table, nothing_found(), evidence, column.name)
    name = f"work.{work_name('f103', table, column.name)}"
    least = number(context.params["least"])
    engine = context.engine
    engine.create(name, _repeated(context, table, column, least))
    values = exp.select(f.col("value")).from_(f.table(name)).distinct()
    engine.map_batches(f"{name}_key", values, _Keys(column.kind, context.country), _key_schema())
    engine.create(f"{name}_all", _people(context, table, name))
    judge = _Strangers(table == "accounts", houses)
    engine.map_batches(f"{name}_n", _gathered(f"{name}_all", least), judge, _count_schema())
    sql = (
        exp.select(
            f.alias(f.col("id", "p"), "key"),
            *[f.alias(f.col(c, "p"), c) for c in (*SYSTEM, "value")],
            f.alias(
                f.concat(f.lit("shared:"), f.left(f.md5(f.col("key", "p")), f.lit(12))), "cause"
            ),
            f.alias(f.as_text(f.col("n", "s")), "arg_strangers"),
        )
        .from_(f.table(f"{name}_all", "p"))
        .join(
            f.table(f"{name}_n", "s"), on=f.col("key", "p").eq(f.col("key", "s")), join_type="inner"
        )
        .where(f.col("n", "s") >= f.lit(least))
    )
    return Query(table, sql, evidence, column.name)


def _repeated(context: RuleContext, table: str, column: ColumnFacts, least: int) -> exp.Select:
    """Rows whose value, roughly, stands in enough rows: only these are looked at closely."""
    cell = f.col(column.name)
    rough = f.fold(cell)
    if column.kind == "phone":
        rough = f.right(f.regexp_replace(cell, "[^0-9]", ""), f.lit(6))
    used = [c for c in (*NAMES, *_firms(context, table)) if c in context.tables[table].columns]
    columns = ["id", *SYSTEM, *used]
    counted = exp.select(
        *[f.col(c) for c in columns],
        f.alias(f.trim(cell), "value"),
        f.alias(f.count_over([rough]), "together"),
    ).from_(f.table(f"crm.{table}")).where(f.filled(cell))  # fmt: skip
    return (
        exp.select(*[f.col(c) for c in (*columns, "value")])
        .from_(counted.subquery("c"))
        .where(f.col("together") >= f.lit(least))
    )


def _firms(context: RuleContext, table: str) -> list[str]:
    """Columns that tell whose people they are, the surest first."""
    if table == "accounts":
        return ["parent_id"]
    wanted = ["account_id"] if table == "contacts" else ["company"]
    facts = context.tables[table]
    own = [
        c.name
        for c in facts.columns.values()
        if not c.canonical and c.kind == "company" and c.type == "text"
    ]
    return [c for c in wanted if c in facts.columns] + own[:1]


def _people(context: RuleContext, table: str, name: str) -> exp.Select:
    """The rows with the key of their value, the person's name and the firm."""
    have = context.tables[table].columns
    parts = [f.col(c, "r") for c in ("last_name", "first_name") if c in have]
    named: list[exp.Expression] = [f.col(c, "r") for c in ("full_name", "name") if c in have]
    if parts:
        named.append(f.nullif(f.concat_ws(f.lit(" "), *parts), f.lit("")))
    person = f.coalesce(*named, f.lit(""))
    query = (
        exp.select(
            *[f.alias(f.col(c, "r"), c) for c in ("id", *SYSTEM, "value")],
            f.alias(f.col("key", "k"), "key"),
            f.alias(person, "person"),
        )
        .from_(f.table(name, "r"))
        .join(
            f.table(f"{name}_key", "k"),
            on=f.col("value", "r").eq(f.col("value", "k")),
            join_type="inner",
        )
    )
    firms: list[exp.Expression] = []
    for column in _firms(context, table):
        if column not in have:
            continue
        if column == "account_id":
            query, root = _rooted(context, query, f.col("account_id", "r"))
            firms.append(f.concat(f.lit("id:"), root))
        elif column != "parent_id":
            firms.append(f.nullif(f.col(column, "r"), f.lit("")))
    if table == "accounts":
        query, root = _rooted(context, query, f.col("id", "r"))
        firms.append(f.concat(f.lit("id:"), root))
    return query.select(f.alias(f.coalesce(*firms, f.lit("")), "firm"))


def _rooted(
    context: RuleContext, query: exp.Select, account: exp.Expression
) -> tuple[exp.Select, exp.Expression]:
    """The query joined to the accounts above an account, and the highest of them."""
    if not context.filled("accounts", "parent_id"):
        return query, account
    above: list[exp.Expression] = [account]
    for level in ("a", "b", "c"):
        parents = (
            exp.select(f.alias(f.col("id"), "child"), f.alias(f.max(f.col("parent_id")), "up"))
            .from_(f.table("crm.accounts"))
            .where(f.not_null(f.col("parent_id")))
            .group_by(f.col("id"))
        )
        query = query.join(
            parents.subquery(level),
            on=above[0].copy().eq(f.col("child", level)),
            join_type="left",
        )
        above.insert(0, f.col("up", level))
    return query, f.coalesce(*above)


def _gathered(place: str, least: int) -> exp.Select:
    """Of each key that stands in enough rows: its different people, as one text."""
    told = f.any_of(f.col("person").neq(f.lit("")), f.col("firm").neq(f.lit("")))
    different = (
        exp.select(*[f.col(c) for c in ("key", "person", "firm")])
        .from_(f.table(place))
        .where(told)
        .distinct()
    )
    order = [f.col("person"), f.col("firm")]
    placed = exp.select(
        f.col("key"),
        f.alias(f.concat(f.col("person"), f.lit(_FIELD), f.col("firm")), "who"),
        f.alias(f.row_number([f.col("key")], order), "place"),
        f.alias(f.count_over([f.col("key")]), "people"),
    ).from_(different.subquery("d"))
    return (
        exp.select(f.col("key"), f.alias(f.join_distinct(f.col("who"), f.lit(_PERSON)), "people"))
        .from_(placed.subquery("p"))
        .where(f.all_of(f.col("place") <= f.lit(SAMPLE), f.col("people") >= f.lit(least)))
        .group_by(f.col("key"))
    )


RULE = Rule(
    code="F103",
    slug="shared",
    family="F",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("phones or e-mails, and names or companies, of leads, contacts or accounts",),
    params={"least": 5},
    doc=__doc__ or "",
)
