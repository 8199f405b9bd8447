"""Values of a relation column that name no record: found once, told apart by what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import Query
from dq.checks.rules.helpers import Link, count_query, number, rows
from dq.checks.rules.relations.near import NearNames, near_schema
from dq.crm.model import entity
from dq.sql import portable as f

__all__ = ["orphan_queries"]

NAMES_LIMIT = 50_000
"""Targets with more names than this get no near-miss search by spelling."""


def orphan_queries(
    context: RuleContext, code: str, link: Link, *, dead_too: bool = False
) -> Iterator[Query]:
    """Findings for one relation: missing, near (misspelt), and, if `dead_too`, dead.

    A deleted or merged parent is D105's, except where the rule speaks of the parent itself.

    Where more than `partial_share` of the different values are missing, the other table is
    evidently not whole: one finding about the table instead of one a record.
    """
    place = f"{code}_{link.table}_{link.column}"
    _unmatched(context, place, link, dead_too)
    evidence = count_query(f"crm.{link.table}", f.not_null(f.col(link.column)))
    total = number(rows(context, _distinct(f"crm.{link.table}", link.column))[0]["n"])
    lost = number(rows(context, _distinct(f"work.{place}", "value"))[0]["n"])
    share = float(str(context.params.get("partial_share", 0.5)))
    least = number(context.params.get("partial_least", 10))
    if lost >= least and lost > share * total:
        yield _partial(place, link, lost, total, evidence)
        return
    _near(context, place, link)
    limit = number(context.params.get("causes", 30))
    yield Query(link.table, _named(place, link, lost <= limit), evidence, link.column)


def _unmatched(context: RuleContext, place: str, link: Link, dead_too: bool) -> None:
    """`work.<place>`: id, system columns, value, of live rows that meet no record."""
    child = exp.select(
        f.col("id"), *[f.col(c) for c in ("_source", "_row", "_money", "_won")],
        f.alias(f.col(link.column), "value"),
    ).from_(f.table(f"crm.{link.table}")).where(f.not_null(f.col(link.column)))  # fmt: skip
    parent = (
        exp.select(f.alias(f.col("id"), "pid"), f.alias(f.any_true(f.col("_live")), "alive"))
        .from_(f.table(f"crm_all.{link.target}"))
        .group_by(f.col("id"))
    )
    absent = f.is_null(f.col("pid", "p"))
    if dead_too:
        absent = f.any_of(absent, f.not_(f.col("alive", "p")))
    query = (
        exp.select(
            *[f.col(c, "c") for c in ("id", "_source", "_row", "_money", "_won", "value")],
            f.alias(f.not_null(f.col("pid", "p")), "dead"),
        )
        .from_(child.subquery("c"))
        .join(parent.subquery("p"), on=f.col("value", "c").eq(f.col("pid", "p")), join_type="left")
        .where(absent)
    )
    names = f"work.names_{link.target}"
    if link.by_name and names in context.engine.tables():
        ambiguous = exp.select(f.col("n")).from_(f.table(names)).where(f.col("copies") > f.lit(1))
        query = query.join(
            ambiguous.subquery("a"),
            on=f.fold(f.col("value", "c")).eq(f.col("n", "a")),
            join_type="left",
        ).where(f.is_null(f.col("n", "a")))
    context.engine.create(f"work.{place}", query)


def _distinct(table: str, column: str) -> exp.Select:
    return exp.select(f.alias(f.count_distinct(f.col(column)), "n")).from_(f.table(table))


def _partial(place: str, link: Link, lost: int, total: int, evidence: exp.Query) -> Query:
    del place
    one = exp.select(
        f.alias(f.as_text(f.lit(None)), "key"),
        f.alias(f.lit("partial"), "cause"),
        f.alias(f.lit("warning"), "severity"),
        f.alias(f.lit(str(lost)), "arg_missing"),
        f.alias(f.lit(str(total)), "arg_total"),
        f.alias(f.lit(link.target), "arg_target"),
        f.alias(f.lit(None), "_source"),
        f.alias(exp.cast(exp.null(), "BIGINT"), "_row"),
        f.alias(exp.cast(exp.null(), "DECIMAL(18, 4)"), "_money"),
        f.alias(exp.cast(exp.null(), "BOOLEAN"), "_won"),
    )
    return Query(link.table, one, evidence, link.column)


def _near(context: RuleContext, place: str, link: Link) -> None:
    """`work.<place>_near`: value, suggestion, for values that look like a known name or key."""
    label = entity(link.target).name_column or "id"
    known = context.tables[link.target].columns
    column = label if link.by_name and label in known else "id"
    names = rows(
        context,
        exp.select(f.alias(f.col(column), "v"))
        .from_(f.table(f"crm.{link.target}"))
        .where(f.not_null(f.col(column)))
        .distinct()
        .order_by(exp.column("v", quoted=True))
        .limit(NAMES_LIMIT + 1),
    )
    listed = tuple(str(r["v"]) for r in names) if len(names) <= NAMES_LIMIT else ()
    values = exp.select(f.col("value")).from_(f.table(f"work.{place}")).distinct()
    context.engine.map_batches(
        f"work.{place}_near", values, NearNames(listed, spelling=column != "id"), near_schema()
    )


def _named(place: str, link: Link, few: bool) -> exp.Query:
    near = f.not_null(f.col("suggestion", "s"))
    detail = f.concat(f.lit(":"), f.col("value", "w")) if few else f.lit("")
    cause = f.case(
        (f.col("dead", "w"), f.lit("dead")),
        (near, f.concat(f.lit("near"), detail)),
        default=f.concat(f.lit("missing"), detail.copy()),
    )
    return (
        exp.select(
            f.alias(f.col("id", "w"), "key"),
            f.alias(f.col("value", "w"), "value"),
            f.alias(cause, "cause"),
            f.alias(f.coalesce(f.col("suggestion", "s"), f.lit("")), "arg_suggestion"),
            f.alias(f.col("value", "w"), "arg_value"),
            f.alias(f.lit(link.target), "arg_target"),
            *[f.alias(f.col(c, "w"), c) for c in ("_source", "_row", "_money", "_won")],
        )
        .from_(f.table(f"work.{place}", "w"))
        .join(
            f.table(f"work.{place}_near", "s"),
            on=f.col("value", "w").eq(f.col("value", "s")),
            join_type="left",
        )
    )
