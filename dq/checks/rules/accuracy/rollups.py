"""Roll-up counters of campaigns against the rows that they count.

A CRM keeps the number of members, responses and deals, and the deals' sum, in the campaign
itself. A report reads the stored number, or counts the rows; where they differ it shows one
of two truths. A counter that takes in the rows of the campaigns below counts them again when
campaigns are added up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext
from dq.checks.rule import Query
from dq.checks.rules.helpers import SYSTEM, number, rows
from dq.checks.rules.values import nothing_found, work_name
from dq.crm.headers import header_key
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["rollups"]

_TREE = "work.a108_tree"
_DEPTH = 10
_PARTIAL = 0.5
"""Rows that come to less than this of what is stored are evidently not all there."""

_SLACK = 0.51
"""Sums may be stored in whole units."""


@dataclass(frozen=True)
class _Counter:
    """A stored counter by its headers, and the ways in which the rows can be counted."""

    headers: tuple[str, ...]
    child: str
    tallies: tuple[str, ...]

    def told(self, column: ColumnFacts) -> str | None:
        """`own` or `tree`: whether the header counts the campaign's rows, or those below too."""
        key = header_key(column.header or "")
        if key in self.headers:
            return "own"
        below = {f"hierarchy {h}" for h in self.headers}
        below |= {h.replace("in campaign", "in hierarchy") for h in self.headers}
        return "tree" if key in below else None


_COUNTERS = (
    _Counter(("number of leads", "leads in campaign"), "touches", ("leads", "leads_only")),
    _Counter(
        ("number of contacts", "contacts in campaign"), "touches", ("contacts", "contacts_only")
    ),
    _Counter(("number of responses", "responses in campaign"), "touches", ("responses",)),
    _Counter(("number of opportunities", "opportunities in campaign"), "deals", ("deals",)),
    _Counter(
        ("number of won opportunities", "won opportunities in campaign"), "deals", ("won",)
    ),
    _Counter(
        ("amount all opportunities", "value opportunities in campaign"), "deals", ("amount",)
    ),
    _Counter(
        ("amount won opportunities", "value won opportunities in campaign"),
        "deals",
        ("amount_won",),
    ),
)  # fmt: skip

_RESPONDED = ("has responded", "responded")


def rollups(context: RuleContext) -> Iterator[Query]:
    """A query for each counter of the campaigns whose rows are there."""
    facts = context.tables.get("campaigns")
    tallies = {name: e for child in ("touches", "deals") for name, e in _tallies(context, child)}
    if facts is None or not tallies:
        return
    made: set[str] = set()
    for column in facts.columns.values():
        for counter in _COUNTERS:
            scope = counter.told(column) if column.type in ("integer", "decimal") else None
            known = [t for t in counter.tallies if t in tallies]
            if scope is None or not known or column.canonical:
                continue
            for table in (counter.child, _TREE):
                if table not in made:
                    _make(context, table)
                    made.add(table)
            yield _compare(context, column, counter.child, known, scope)


def _tallies(context: RuleContext, child: str) -> list[tuple[str, exp.Expr]]:
    """What can be counted of a child table's rows, by name."""
    if not context.filled(child, "campaign_id"):
        return []
    if child == "deals":
        won = f.col("_won")
        found: list[tuple[str, exp.Expr]] = [("deals", f.count())]
        if context.has("deals", "status"):
            found.append(("won", f.count_if(f.coalesce(won, f.lit(False)))))
        if context.has("deals", "amount"):
            amount = f.as_double(f.col("amount"))
            found.append(("amount", f.sum(amount)))
            if context.has("deals", "status"):
                found.append(("amount_won", f.sum(f.case((won.copy(), amount.copy())))))
        return found
    found = []
    ids = {name: context.has(child, f"{name}_id") for name in ("lead", "contact")}
    for name, other in (("lead", "contact"), ("contact", "lead")):
        if ids[name]:
            there = f.not_null(f.col(f"{name}_id"))
            found.append((f"{name}s", f.count_if(there)))
            if ids[other]:
                alone = f.all_of(there.copy(), f.is_null(f.col(f"{other}_id")))
                found.append((f"{name}s_only", f.count_if(alone)))
    for column in context.tables[child].columns.values():
        if column.type == "boolean" and header_key(column.header or "") in _RESPONDED:
            found.append(("responses", f.count_if(f.coalesce(f.col(column.name), f.lit(False)))))
            break
    return found


def _make(context: RuleContext, table: str) -> None:
    if table == _TREE:
        _tree(context)
        return
    context.engine.create(
        f"work.a108_tally_{table}",
        exp.select(
            f.alias(f.col("campaign_id"), "campaign"),
            *[f.alias(f.as_double(e), name) for name, e in _tallies(context, table)],
        )
        .from_(f.table(f"crm.{table}"))
        .where(f.not_null(f.col("campaign_id")))
        .group_by(f.col("campaign_id")),
    )


def _tree(context: RuleContext) -> None:
    """`work.a108_tree`: each campaign as top with itself and all below it as part, once."""
    itself = exp.select(f.alias(f.col("id"), "top"), f.alias(f.col("id"), "part"))
    context.engine.create(f"{_TREE}_0", itself.from_(f.table("crm.campaigns")))
    levels = [f"{_TREE}_0"]
    while context.filled("campaigns", "parent_id") and len(levels) <= _DEPTH:
        below = f"{_TREE}_{len(levels)}"
        context.engine.create(
            below,
            exp.select(f.alias(f.col("top", "l"), "top"), f.alias(f.col("id", "c"), "part"))
            .from_(f.table(levels[-1], "l"))
            .join(
                f.table("crm.campaigns", "c"),
                on=f.col("parent_id", "c").eq(f.col("part", "l")),
                join_type="inner",
            ),
        )
        if not number(
            rows(context, exp.select(f.alias(f.count(), "n")).from_(f.table(below)))[0]["n"]
        ):
            break
        levels.append(below)
    every = union_all([exp.select(f.col("top"), f.col("part")).from_(f.table(n)) for n in levels])
    context.engine.create(_TREE, exp.select("*").from_(every.subquery("u")).distinct())


def _compare(
    context: RuleContext, column: ColumnFacts, child: str, tallies: list[str], scope: str
) -> Query:
    name = f"work.{work_name('a108', 'campaigns', column.name)}"
    sums = [f.sum(f.coalesce(f.col(t, "y"), f.lit(0.0))) for t in tallies]
    own = f.col("part", "x").eq(f.col("top", "x"))
    owns = [
        f.sum(f.case((own.copy(), f.coalesce(f.col(t, "y"), f.lit(0.0))), default=f.lit(0.0)))
        for t in tallies
    ]
    counted = (
        exp.select(
            f.alias(f.col("top", "x"), "top"),
            *[f.alias(e, f"own{i}") for i, e in enumerate(owns)],
            *[f.alias(e, f"tree{i}") for i, e in enumerate(sums)],
        )
        .from_(f.table(_TREE, "x"))
        .join(
            f.table(f"work.a108_tally_{child}", "y"),
            on=f.col("part", "x").eq(f.col("campaign", "y")),
            join_type="left",
        )
        .group_by(f.col("top", "x"))
    )
    stored = f.col(column.name, "t")
    context.engine.create(
        name,
        exp.select(
            *[f.alias(f.col(n, "t"), n) for n in ("id", *SYSTEM)],
            f.alias(f.as_double(stored), "stored"),
            f.alias(f.as_text(stored.copy()), "value"),
            *[
                f.alias(f.col(f"{s}{i}", "c"), f"{s}{i}")
                for s in ("own", "tree")
                for i in range(len(tallies))
            ],
        )
        .from_(f.table("crm.campaigns", "t"))
        .join(counted.subquery("c"), on=f.col("id", "t").eq(f.col("top", "c")), join_type="inner")
        .where(f.not_null(stored.copy())),
    )
    return _judge(context, name, column.name, len(tallies), scope)


def _judge(context: RuleContext, name: str, column: str, readings: int, scope: str) -> Query:
    """The reading that explains most campaigns, and those that it does not explain."""
    stored = f.col("stored")
    fits = [f.abs(stored - f.col(f"{scope}{i}")) < f.lit(_SLACK) for i in range(readings)]
    row = rows(
        context,
        exp.select(
            f.alias(f.count(), "n"),
            f.alias(f.sum(f.col(f"{scope}0")), "all"),
            *[f.alias(f.count_if(fit), f"f{i}") for i, fit in enumerate(fits)],
        ).from_(f.table(name)),
    )[0]
    count = number(row["n"])
    evidence = exp.select(f.alias(f.lit(count), "n"))
    if not float(str(row["all"] or 0)):
        return Query("campaigns", nothing_found(), exp.select(f.alias(f.lit(0), "n")), column)
    best = max(range(readings), key=lambda i: (number(row[f"f{i}"]), -i))
    wrong = f.not_(fits[best].copy())
    right = f.col(f"{scope}{best}")
    below = f.all_of(
        f.lit(scope == "own"), f.abs(f.col("stored") - f.col(f"tree{best}")) < f.lit(_SLACK)
    )
    cause = f.case((below, f.lit("with_children")), default=f.lit("rollup"))
    totals = {
        str(r["cause"]): r
        for r in rows(
            context,
            exp.select(
                f.alias(cause, "cause"),
                f.alias(f.sum(f.col("stored")), "stored"),
                f.alias(f.sum(right.copy()), "counted"),
            )
            .from_(f.table(name))
            .where(wrong.copy())
            .group_by(cause.copy()),
        )
    }
    if not totals:
        return Query("campaigns", nothing_found(), evidence, column)
    found = [
        _wrong(name, word, right, f.all_of(wrong.copy(), cause.copy().eq(f.lit(word))), row)
        for word, row in sorted(totals.items())
    ]
    return Query("campaigns", union_all(found), evidence, column)


def _wrong(
    name: str, cause: str, right: exp.Expr, where: exp.Expr, totals: dict[str, object]
) -> exp.Select:
    stored, counted = float(str(totals["stored"])), float(str(totals["counted"]))
    partial = cause == "rollup" and abs(counted) < _PARTIAL * abs(stored)
    return (
        exp.select(
            f.alias(f.col("id"), "key"),
            *[f.col(c) for c in SYSTEM],
            f.col("value"),
            f.alias(f.lit(cause), "cause"),
            f.alias(f.lit("warning" if partial else "error"), "severity"),
            f.alias(f.as_text(f.round(f.as_decimal(right.copy()), 2)), "arg_expected"),
            f.alias(f.lit(f"{stored:.4f}"), "arg_stored"),
            f.alias(f.lit(f"{counted:.4f}"), "arg_counted"),
        )
        .from_(f.table(name))
        .where(where)
    )
