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
from dq.checks.rules.helpers import blank_links, count_query, links
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]


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
            .join(doubled.subquery("d"), on=f.fold(value).eq(f.col("n", "d")), join_type="inner")
        )
        place = f"work.R102_{link.table}_{link.column}"
        context.engine.create(place, matched)
        sql = exp.select(
            *[
                f.col(c)
                for c in ("key", "value", "arg_copies", "_source", "_row", "_money", "_won")
            ],
            f.alias(f.lit(link.target), "arg_target"),
            f.alias(f.col("value"), "arg_value"),
            f.alias(f.concat(f.lit("ambiguous:"), f.col("value")), "cause"),
        ).from_(f.table(place))
        evidence = count_query(f"crm.{link.table}", f.not_null(f.col(link.column)))
        yield Query(link.table, sql, evidence, link.column)


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
