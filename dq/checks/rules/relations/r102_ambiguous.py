"""R102: a link by a name that several records bear.

Two companies called "Alpha": which one does the deal belong to? Taking the first is a
guess, joining to both counts the deal twice. The link is left open and said.

Example: deals.account "Alpha", two accounts of that name.
Repair: merge the duplicates, or export the link by id.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import Link, blank_links, count_query, links, number, rows
from dq.crm.lookups import name_form
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

LEAST = 10
"""Ambiguous names from which on it can be said that most are."""


def checks(context: RuleContext) -> Iterator[CheckLike]:
    known = set(context.engine.tables())
    found = [k for k in links(context) if k.by_name and f"work.names_{k.target}" in known]
    blank = [check for _, check in blank_links(context)]
    yield from blank
    if not found and not blank:
        yield Skip(None, "needs.links_by_name")
    for link in found:
        doubled = (
            exp.select(f.col("n"), f.col("copies"))
            .from_(f.table(f"work.names_{link.target}"))
            .where(f.col("copies") > f.lit(1))
        )
        value = f.col(link.column, "t")
        matched = (
            exp.select(
                f.alias(f.col("id", "t"), "key"),
                f.alias(value, "value"),
                f.alias(f.as_text(f.col("copies", "d")), "arg_copies"),
                *[f.alias(f.col(c, "t"), c) for c in ("_source", "_row", "_money", "_won")],
            )
            .from_(f.table(f"crm.{link.table}", "t"))
            .join(doubled.subquery("d"), on=name_form(value).eq(f.col("n", "d")), join_type="inner")
        )
        place = f"work.R102_{link.table}_{link.column}"
        context.engine.create(place, matched)
        evidence = count_query(f"crm.{link.table}", f.not_null(f.col(link.column)))
        if _mostly(context, place, link):
            yield _about_table(context, place, link)
            continue
        sql = exp.select(
            *[
                f.col(c)
                for c in ("key", "value", "arg_copies", "_source", "_row", "_money", "_won")
            ],
            f.alias(f.lit(link.target), "arg_target"),
            f.alias(f.col("value"), "arg_value"),
            f.alias(f.concat(f.lit("ambiguous:"), f.col("value")), "cause"),
        ).from_(f.table(place))
        yield Query(link.table, sql, evidence, link.column)


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
