"""D106: duplicates that an import, or one person within minutes, made.

A list imported twice, a file with each row twice, old customers entered once more on the last
evening of a quarter: the base grows and nothing has happened. Named are the records that came
when their like was there already. Five copies in one import (one day of an import's user), or
by one person with no more than five minutes from one to the next, are a burst; single doubles
here and there are D101.

Example: sixty visitors of a fair, imported on 5 March and again on 6 March.
Repair: undo the second import; let imports look for the customer before they create one.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.duplicates.same import Same, deals, identifying_columns, people
from dq.checks.rules.fakes.people import author_column, with_machine
from dq.checks.rules.fakes.work import has_clock, imported, midnight
from dq.checks.rules.helpers import SYSTEM, count_query, number
from dq.checks.rules.values import nothing_found
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

TABLES = ("accounts", "contacts", "deals", "leads")
MOMENT = "created_at"


def checks(context: RuleContext) -> Iterator[CheckLike]:
    tables = [t for t in TABLES if t in context.tables]
    if not tables:
        yield Skip(None, "needs.tables", {"tables": ", ".join(TABLES)})
    for table in tables:
        yield _table(context, table)


def _table(context: RuleContext, table: str) -> CheckLike:
    author = author_column(context, table)
    if not context.has(table, MOMENT):
        return Skip(table, "needs.columns", {"columns": f"{table}.{MOMENT}"})
    if author is None:
        return Skip(table, "needs.author", {"table": table})
    if table != "deals" and not identifying_columns(context, table):
        return Skip(table, "needs.identity", {"table": table})
    evidence = count_query(
        f"crm.{table}", f.all_of(f.not_null(f.col(MOMENT)), f.not_null(f.col(author)))
    )
    filled = all(context.filled(table, c) for c in (MOMENT, author))
    if not filled or not context.tables[table].rows:
        return Query(table, nothing_found(), evidence)
    also = tuple(dict.fromkeys((MOMENT, author)))
    same = deals(context, also) if table == "deals" else people(context, table, also)
    if same is None:
        return Skip(table, "needs.identity", {"table": table})
    return Query(table, _bursts(context, table, author, same), evidence)


def _copies(context: RuleContext, table: str, author: str, same: Same) -> exp.Select:
    """Records whose like was there before: id, system columns, who, at, value, first."""
    keys = [k.copy() for k in same.keys]
    order = [f.col(MOMENT), f.col("_source"), f.col("_row")]
    known = f.all_of(same.judged, f.not_null(f.col(MOMENT)))
    inside = exp.select("*").from_(same.records.subquery("b")).where(known)
    placed = exp.select(
        *[f.col(c) for c in ("id", *SYSTEM)],
        f.alias(f.col(MOMENT), "at"),
        f.alias(f.col(author), "who"),
        f.alias(f.as_text(same.value), "value"),
        f.alias(f.row_number(keys, order), "place"),
        f.alias(f.count_over(keys), "copies"),
        *[f.alias(k, f"same{i}") for i, k in enumerate(keys)],
    ).from_(inside.subquery("i"))
    begin = f.case((f.col("place").eq(f.lit(1)), f.col("id")))
    named = exp.select(
        *[f.col(c) for c in ("id", *SYSTEM, "at", "who", "value", "place", "copies")],
        f.alias(f.max_over(begin, [f.col(f"same{i}") for i in range(len(keys))]), "first"),
    ).from_(placed.subquery("p")).where(f.col("copies") > f.lit(1))  # fmt: skip
    again = exp.select(
        *[f.col(c) for c in ("id", *SYSTEM, "at", "who", "value", "first")]
    ).from_(named.subquery("n")).where(
        f.all_of(f.col("place") > f.lit(1), f.not_null(f.col("who")))
    )  # fmt: skip
    marks = exp.select(
        f.alias(f.col("_source"), "isource"),
        f.alias(f.col("_row"), "irow"),
        f.alias(imported(context, table), "imported"),
    ).from_(f.table(f"crm.{table}"))
    return (
        exp.select(
            *[f.alias(f.col(c, "a"), c) for c in ("id", *SYSTEM, "at", "who", "value", "first")],
            f.alias(f.col("imported", "m"), "imported"),
        )
        .from_(again.subquery("a"))
        .join(
            marks.subquery("m"),
            on=f.all_of(
                f.col("_source", "a").eq(f.col("isource", "m")),
                f.col("_row", "a").eq(f.col("irow", "m")),
            ),
            join_type="inner",
        )
    )


def _bursts(context: RuleContext, table: str, author: str, same: Same) -> exp.Select:
    """Findings: copies of one import's day, or of one person's minutes, from `least` on."""
    columns = ("id", *SYSTEM, "at", "who", "value", "first")
    known = with_machine(
        context, _copies(context, table, author, same), "who", (*columns, "imported")
    )
    batch = f.any_of(f.col("machine"), f.col("imported"))
    clocked = has_clock(context, table, MOMENT)
    timed = f.all_of(f.lit(clocked), f.not_(midnight(f.col("at"))))
    told = exp.select(
        *[f.col(c) for c in columns], f.alias(batch, "batch")
    ).from_(known.subquery("k")).where(f.any_of(batch.copy(), timed))  # fmt: skip
    by = [f.col("who"), f.col("batch")]
    order = [f.col(c) for c in ("at", "_source", "_row")]
    before = exp.select(
        *[f.col(c) for c in (*columns, "batch")],
        f.alias(f.lag(f.col("at"), by, order), "before"),
    ).from_(told.subquery("t"))
    near = f.case(
        (f.col("batch"), f.date_of(f.col("before")).eq(f.date_of(f.col("at")))),
        default=f.seconds_between(f.col("before"), f.col("at"))
        <= f.lit(number(context.params["gap_s"])),
    )
    begins = f.case((f.coalesce(near, f.lit(False)), f.lit(0)), default=f.lit(1))
    linked = exp.select(
        *[f.col(c) for c in (*columns, "batch")],
        f.alias(f.sum_over(begins, by, order), "link"),
    ).from_(before.subquery("b"))
    counted = exp.select(
        *[f.col(c) for c in (*columns, "batch")],
        f.alias(f.count_over([*by, f.col("link")]), "together"),
    ).from_(linked.subquery("l"))
    return (
        exp.select(
            f.alias(f.col("id"), "key"),
            *[f.col(c) for c in (*SYSTEM, "value")],
            f.alias(f.case((f.col("batch"), f.lit("import")), default=f.lit("person")), "cause"),
            f.alias(f.col("first"), "arg_first"),
            f.alias(f.as_text(f.col("together")), "arg_together"),
        )
        .from_(counted.subquery("c"))
        .where(f.col("together") >= f.lit(number(context.params["least"])))
    )


RULE = Rule(
    code="D106",
    slug="made_again",
    family="D",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("identifying columns, and when and by whom records were created",),
    params={"least": 5, "gap_s": 300},
    doc=__doc__ or "",
)
