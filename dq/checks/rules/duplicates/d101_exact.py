"""D101: the same record twice, to the letter after normalising.

Capitals, spaces, quotes, the place of the legal form and the way a phone is written make no
other record. Only identifying fields are compared (name, company, e-mail, phone, tax number,
domain, address); a table without two of them, or one that is nearly unique, holds nothing
that identifies a record. Deals need account and name (with amount, days and contract number where
they are given), or account, amount and day; activities
and tasks owner, related record, text and time. A blank agrees with nothing.

Example: «ООО "ВЕКТОР"» and «Вектор ООО» with one ИНН.
Repair: merge them in the CRM; keep the one with deals and activities.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.duplicates.same import PEOPLE, deals, identifying_columns, people
from dq.checks.rules.helpers import SYSTEM, count_query
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

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
    same = people(context, table)
    if same is None:
        yield _nothing(table)
        return
    sql = _sets(same.records, same.keys, same.judged, same.value)
    yield Query(table, sql, count_query(f"crm.{table}"))


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
            *[f.col(c) for c in SYSTEM],
            f.alias(f.as_text(value), "value"),
            f.alias(f.lit("copy"), "cause"),
            f.alias(f.as_text(f.col("copies", "s")), "arg_copies"),
            f.alias(f.col("first", "s"), "arg_first"),
        )
        .from_(inside.subquery("j"))
        .join(several.subquery("s"), on=f.all_of(*same), join_type="inner")
    )


def _deals(context: RuleContext) -> Iterator[CheckLike]:
    same = deals(context)
    if same is None:
        yield _nothing("deals")
        return
    evidence = count_query("crm.deals", f.not_null(f.col("account_id")))
    yield Query("deals", _sets(same.records, same.keys, same.judged, same.value), evidence)


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
                for c in ("id", *SYSTEM, *related, *kinds, "owner_id", moment, text)
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
