"""R102: a link by a name that several records bear.

Two companies called "Alpha": which one does the deal belong to? Taking the first is a
guess, joining to both counts the deal twice. The link is left open and said. Where a column
holds keys, a name in some of its rows is looked up as well.

Example: deals.account "Alpha", two accounts of that name.
Repair: merge the duplicates, or export the link by id.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import (
    SYSTEM,
    Link,
    blank_links,
    count_query,
    links,
    number,
    rows,
)
from dq.checks.rules.relations.named import named, unmatched
from dq.crm.lookups import name_form
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

LEAST = 10
"""Ambiguous names from which on it can be said that most are."""


def checks(context: RuleContext) -> Iterator[CheckLike]:
    known = set(context.engine.tables())
    every = list(links(context))
    found = [k for k in every if k.by_name and f"work.names_{k.target}" in known]
    blank = [check for _, check in blank_links(context)]
    yield from blank
    mixed = [q for link in every if not link.by_name for q in _names_among_keys(context, link)]
    yield from mixed
    if not found and not blank and not mixed:
        yield Skip(None, "needs.links_by_name")
    for link in found:
        doubled = (
            exp.select(f.col("n"), f.col("copies"))
            .from_(f.table(f"work.names_{link.target}"))
            .where(f.col("copies") > f.lit(1))
        )
        same = name_form(f.col(link.column, "t")).eq(f.col("n", "d"))
        _matched(context, link, doubled, same)
        if _mostly(context, _place(link), link):
            yield _about_table(context, _place(link), link)
        else:
            yield _each(link)


def _place(link: Link) -> str:
    return f"work.R102_{link.table}_{link.column}"


def _names_among_keys(context: RuleContext, link: Link) -> Iterator[Query]:
    """Of a relation by key the rows that give a name instead, where several bear it."""
    place = f"R102_{link.table}_{link.column}_lost"
    context.engine.create(f"work.{place}", unmatched(context, link, dead_too=False))
    called = named(context, place, link)
    if called is None:
        return
    doubled = exp.select(f.alias(f.col("value"), "n"), f.col("copies")).from_(f.table(called))
    doubled = doubled.where(f.col("copies") > f.lit(1))
    if not rows(context, doubled.copy().limit(1)):
        return
    _matched(context, link, doubled, f.col(link.column, "t").eq(f.col("n", "d")))
    yield _each(link)


def _matched(context: RuleContext, link: Link, doubled: exp.Select, same: exp.Expression) -> None:
    """`work.R102_<table>_<column>`: rows whose value is among the doubled names (n, copies)."""
    matched = (
        exp.select(
            f.alias(f.col("id", "t"), "key"),
            f.alias(f.col(link.column, "t"), "value"),
            f.alias(f.as_text(f.col("copies", "d")), "arg_copies"),
            *[f.alias(f.col(c, "t"), c) for c in SYSTEM],
        )
        .from_(f.table(f"crm.{link.table}", "t"))
        .join(doubled.subquery("d"), on=same, join_type="inner")
    )
    context.engine.create(_place(link), matched)


def _each(link: Link) -> Query:
    sql = exp.select(
        *[f.col(c) for c in ("key", "value", "arg_copies", *SYSTEM)],
        f.alias(f.lit(link.target), "arg_target"),
        f.alias(f.col("value"), "arg_value"),
        f.alias(f.concat(f.lit("ambiguous:"), f.col("value")), "cause"),
    ).from_(f.table(_place(link)))
    evidence = count_query(f"crm.{link.table}", f.not_null(f.col(link.column)))
    return Query(link.table, sql, evidence, link.column)


def _mostly(context: RuleContext, place: str, link: Link) -> bool:
    """Whether names are no way to tell the records apart: most that are used are ambiguous."""
    names = number(rows(context, _names(place, "value"))[0]["n"])
    return names >= LEAST and 2 * names > number(
        rows(context, _names(f"crm.{link.table}", link.column))[0]["n"]
    )


def _names(table: str, column: str) -> exp.Select:
    return exp.select(f.alias(f.count_distinct(f.col(column)), "n")).from_(f.table(table))


def _about_table(context: RuleContext, place: str, link: Link) -> Query:
    records = number(rows(context, count_query(place))[0]["n"])
    names = number(rows(context, _names(place, "value"))[0]["n"])
    one = exp.select(
        f.alias(f.null("text"), "key"),
        f.alias(f.lit("mostly"), "cause"),
        f.alias(f.lit("warning"), "severity"),
        f.alias(f.lit(str(names)), "arg_names"),
        f.alias(f.lit(str(records)), "arg_n"),
        f.alias(f.lit(link.target), "arg_target"),
        f.alias(f.null("text"), "_source"),
        f.alias(exp.cast(exp.null(), "BIGINT"), "_row"),
        f.alias(f.null("decimal"), "_money"),
        f.alias(f.null("boolean"), "_won"),
    )
    return Query(link.table, one, exp.select(f.alias(f.lit(records), "n")), link.column)


RULE = Rule(
    code="R102",
    slug="ambiguous",
    family="R",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks,
    needs=("a relation given by name",),
    folds={"ambiguous": 3},
    doc=__doc__ or "",
)
