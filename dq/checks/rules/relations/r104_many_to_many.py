"""R104: several records where the relation has room for one.

Ids joined in a cell ("A1;A2"), or one key repeated with different parents: a join by this
column finds none of them, or counts the record once for each.

Example: `Associated Company IDs` holds "101;102" for 60 deals.
Repair: keep such links in a table of their own, one row each, and name the main one.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import Link, blank_links, count_query, links, repeated_rows
from dq.crm.lookups import name_form
from dq.findings import Severity
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["RULE"]

SEPARATORS = (";", ",", "|", "\n")
PLACE = ("_source", "_row", "_money", "_won")


def checks(context: RuleContext) -> Iterator[CheckLike]:
    found = list(links(context))
    blank = [check for _, check in blank_links(context)]
    yield from blank
    if not found and not blank:
        yield Skip(None, "needs.relations")
    for link in found:
        evidence = count_query(f"crm.{link.table}", f.not_null(f.col(link.column)))
        sql = union_all([_joined(context, link), _repeated(context, link)])
        yield Query(link.table, sql, evidence, link.column)


def _joined(context: RuleContext, link: Link) -> exp.Query:
    """Cells whose first two pieces are both known on the other side, the whole is not."""
    cell = f.col(link.column)
    unknown = exp.select(
        f.alias(f.col("id"), "key"), f.alias(cell, "value"), *[f.col(c) for c in PLACE]
    ).from_(f.table(f"crm.{link.table}")).where(
        f.all_of(f.not_null(cell), f.any_of(*[f.contains(cell, f.lit(s)) for s in SEPARATORS]))
    )  # fmt: skip
    several = f"work.R104_{link.table}_{link.column}"
    context.engine.create(several, unknown)
    known = _known(context, link)
    pieces = []
    for separator in SEPARATORS:
        value = f.col("value")
        first = f.trim(f.split_part(value, f.lit(separator), f.lit(1)))
        second = f.trim(f.split_part(value, f.lit(separator), f.lit(2)))
        if link.by_name:
            first, second = name_form(first), name_form(second)
        pieces.append(
            exp.select(
                *[f.col(c) for c in ("key", "value", *PLACE)],
                f.alias(first, "first"),
                f.alias(second, "second"),
            )
            .from_(f.table(several, "u"))
            .where(f.contains(value, f.lit(separator)))
        )
    whole = name_form(f.col("value", "p")) if link.by_name else f.col("value", "p")
    query = exp.select(
        *[f.alias(f.col(c, "p"), c) for c in ("key", "value", *PLACE)],
        f.alias(f.lit("joined"), "cause"),
        f.alias(f.lit(link.target), "arg_target"),
    ).from_(union_all(pieces).subquery("p"))
    for alias, side in (("a", f.col("first", "p")), ("b", f.col("second", "p"))):
        query = query.join(
            known.copy().subquery(alias), on=side.eq(f.col("k", alias)), join_type="inner"
        )
    query = query.join(known.copy().subquery("w"), on=whole.eq(f.col("k", "w")), join_type="left")
    return query.where(f.is_null(f.col("k", "w"))).distinct()


def _known(context: RuleContext, link: Link) -> exp.Query:
    names = f"work.names_{link.target}"
    if link.by_name and names in context.engine.tables():
        return exp.select(f.alias(f.col("n"), "k")).from_(f.table(names))
    return exp.select(f.alias(f.col("id"), "k")).from_(f.table(f"crm_all.{link.target}")).distinct()


def _repeated(context: RuleContext, link: Link) -> exp.Query:
    """Keys that stand in several rows of one file with different parents."""
    grouped = (
        exp.select(
            f.alias(f.col("id"), "key"),
            f.alias(f.min(f.col(link.column)), "value"),
            f.alias(f.max(f.col(link.column)), "other"),
            f.alias(f.min(f.col("_source")), "_source"),
            f.alias(f.min(f.col("_row")), "_row"),
            f.alias(f.max(f.as_decimal(f.col("_money"))), "_money"),
            f.alias(f.any_true(f.col("_won")), "_won"),
        )
        .from_(repeated_rows(context, link.table, (link.column, *PLACE)).subquery("r"))
        .group_by(f.col("id"))
    )
    return (
        exp.select(
            *[f.col(c) for c in ("key", "value", *PLACE)],
            f.alias(f.lit("repeated"), "cause"),
            f.alias(f.lit(link.target), "arg_target"),
        )
        .from_(grouped.subquery("g"))
        .where(f.col("value").neq(f.col("other")))
    )


RULE = Rule(
    code="R104",
    slug="many_to_many",
    family="R",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks,
    needs=("any two linked tables",),
    doc=__doc__ or "",
)
