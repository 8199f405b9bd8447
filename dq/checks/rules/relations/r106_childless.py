"""R106: a record without children where nearly all its peers have several.

A seller without a single deal, a product that nobody sold: perhaps the links point to a
misspelt twin. Peers of a person are those of the same role; who is new, switched off or
withdrawn has a reason of his own, and a record that others of its table stand under (a
programme over its campaigns) works through them.

Example: 5 of 35 sellers have no deal; the other 30 have 293 on average.
Repair: none if it is true; else look for the name under which the children are filed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import (
    Link,
    blank_links,
    count_query,
    links,
    met,
    number,
    rows,
)
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

PAIRS = (
    ("deals", "owner_id"),
    ("deals", "account_id"),
    ("deal_lines", "product_id"),
    ("activities", "owner_id"),
    ("contacts", "account_id"),
    ("touches", "campaign_id"),
)
"""Children whose absence says something; (child table, its relation column)."""

BEGINS = ("hired_at", "introduced_at", "started_at", "created_at")
MET = 0.5
"""If fewer children than this meet their parent, whose they are is not known."""

ENDS = ("left_at", "discontinued_at")


def checks(context: RuleContext) -> Iterator[CheckLike]:
    found = [k for k in links(context) if (k.table, k.column) in PAIRS]
    blank = [k for k, _ in blank_links(context) if (k.table, k.column) in PAIRS]
    for link in blank:
        none = exp.select(f.alias(f.col("id"), "key")).from_(f.table(f"crm.{link.target}"))
        nothing = count_query(f"crm.{link.target}", f.lit(False))
        yield Query(link.target, none.where(f.lit(False)), nothing)
    if not found and not blank:
        yield Skip(None, "needs.relations")
    for link in found:
        if met(context, link) >= MET:
            yield _childless(context, link)
        else:
            place = f"{link.table}.{link.column}"
            yield Skip(link.target, "needs.links_that_meet", {"column": place})


def _in_service(context: RuleContext, table: str) -> exp.Expr:
    """Records that could have children by now and still may."""
    conditions: list[exp.Expr] = [f.lit(True)]
    if context.has(table, "active"):
        conditions.append(f.coalesce(f.col("active", "p"), f.lit(True)))
    young = context.as_of - timedelta(days=number(context.params["new_days"]))
    for column in BEGINS:
        if context.has(table, column):
            begun = f.as_timestamp(f.col(column, "p"))
            conditions.append(f.coalesce(begun <= f.lit(young), f.lit(True)))
    for column in ENDS:
        if context.has(table, column):
            ended = f.as_timestamp(f.col(column, "p"))
            conditions.append(f.coalesce(ended > f.lit(context.as_of), f.lit(True)))
    return f.all_of(*conditions)


def _heads(context: RuleContext, table: str) -> exp.Select | None:
    """Records (`head`) that others of the same table name as their parent."""
    if not context.filled(table, "parent_id"):
        return None
    return (
        exp.select(f.alias(f.col("parent_id"), "head"))
        .from_(f.table(f"crm.{table}"))
        .where(f.not_null(f.col("parent_id")))
        .distinct()
    )


def _childless(context: RuleContext, link: Link) -> Query:
    place = f"work.R106_{link.table}_{link.column}"
    children = (
        exp.select(f.alias(f.col(link.column), "pid"), f.alias(f.count(), "n"))
        .from_(f.table(f"crm.{link.table}"))
        .where(f.not_null(f.col(link.column)))
        .group_by(f.col(link.column))
    )
    by_role = context.filled(link.target, "role")
    peers = f.coalesce(f.col("role", "p"), f.lit("")) if by_role else f.lit("")
    parents = (
        exp.select(
            f.alias(f.col("id", "p"), "key"),
            *[f.alias(f.col(c, "p"), c) for c in ("_source", "_row", "_money", "_won")],
            f.alias(peers, "peers"),
            f.alias(f.coalesce(f.col("n", "c"), f.lit(0)), "n"),
        )
        .from_(f.table(f"crm.{link.target}", "p"))
        .join(children.subquery("c"), on=f.col("id", "p").eq(f.col("pid", "c")), join_type="left")
        .where(_in_service(context, link.target))
    )
    heads = _heads(context, link.target) if link.table == "touches" else None
    if heads is not None:
        above = f.col("id", "p").eq(f.col("head", "h"))
        parents = parents.join(heads.subquery("h"), on=above, join_type="left")
        parents = parents.where(f.is_null(f.col("head", "h")))
    context.engine.create(place, parents)
    judged = _judged(context, place)
    some = [
        exp.select(
            *[f.col(c) for c in ("key", "_source", "_row", "_money", "_won")],
            f.alias(f.lit(f"none:{link.table}"), "cause"),
            f.alias(f.lit(link.table), "arg_children"),
            f.alias(_told({p: n for p, n, _ in judged}), "arg_peers"),
            f.alias(_told({p: u for p, _, u in judged}), "arg_usual"),
        )
        .from_(f.table(place))
        .where(f.all_of(f.col("n").eq(f.lit(0)), f.in_(f.col("peers"), [p for p, _, _ in judged])))
    ] if judged else [
        exp.select(f.col("key")).from_(f.table(place)).where(f.lit(False))
    ]  # fmt: skip
    return Query(link.target, some[0], count_query(place))


def _told(numbers: Mapping[str, int]) -> exp.Expr:
    """The number of a row's group of peers, as text."""
    branches = [(f.col("peers").eq(f.lit(p)), f.lit(str(n))) for p, n in numbers.items()]
    return f.case(*branches, default=f.lit(""))


def _judged(context: RuleContext, place: str) -> list[tuple[str, int, int]]:
    """Groups of peers of whom nearly all have children: (group, size, usual number)."""
    found = rows(
        context,
        exp.select(
            f.col("peers"),
            f.alias(f.count(), "size"),
            f.alias(f.count_if(f.col("n") > f.lit(0)), "having"),
            f.alias(f.sum(f.col("n")), "children"),
        )
        .from_(f.table(place))
        .group_by(f.col("peers"))
        .limit(1000),
    )
    judged = []
    for row in found:
        size, having = number(row["size"]), number(row["having"])
        usual = number(row["children"]) / having if having else 0.0
        if (
            size >= number(context.params["least_peers"])
            and having >= float(str(context.params["share"])) * size
            and usual >= number(context.params["least_children"])
        ):
            judged.append((str(row["peers"]), size, round(usual)))
    return sorted(judged)


RULE = Rule(
    code="R106",
    slug="childless",
    family="R",
    scope=Scope.TABLE,
    severity=Severity.INFO,
    checks=checks,
    needs=("any two linked tables",),
    params={"share": 0.8, "least_children": 3, "least_peers": 5, "new_days": 90},
    doc=__doc__ or "",
)
