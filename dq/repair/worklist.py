"""Worklists: the open findings of a run, each with its record and the person who has it.

One list an owner, a table or a rule. A list holds the worst findings first, and at most as
many as somebody can work through; what is left out is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from dq.crm.model import TABLES
from dq.errors import UsageError
from dq.findings import Finding, Severity
from dq.repair.stored import COLUMNS, finding_of
from dq.sql import portable as f
from dq.sql.queries import union_all

if TYPE_CHECKING:
    from dq.engines.base import Engine
    from dq.repair.stored import Chosen

__all__ = ["BY", "MOST", "Item", "Worklist", "worklists"]

BY = ("owner", "table", "rule")

MOST = 2000
"""Findings of one list where nobody says otherwise: more of them nobody works through."""


@dataclass(frozen=True)
class Item:
    """One finding to be worked on, with the record's name."""

    finding: Finding
    name: str | None


@dataclass(frozen=True)
class Worklist:
    """The findings of one owner, table or rule; `name` is empty for records without an owner.

    `left_out` counts those beyond the limit.
    """

    name: str
    items: tuple[Item, ...]
    left_out: int


def worklists(found: Chosen, by: str, most: int = MOST) -> Iterator[Worklist]:
    """The lists of chosen findings, in the order of their names, those without an owner last.

    Raises:
        UsageError: `by` is none of `BY`.
    """
    if by not in BY:
        raise UsageError(
            "There is no worklist by {by}.",
            fix="Choose one of: {choices}.",
            by=by,
            choices=", ".join(BY),
        )
    current: tuple[str, str] | None = None
    items: list[Item] = []
    left_out = 0
    seen: set[str] = set()
    for row in _rows(found, by):
        if row["id"] in seen:  # a key that stands twice in the file is one record to work on
            continue
        seen.add(row["id"])
        place = (row["list_name"] or "", row["list"] or "")
        if current is not None and place != current:
            yield Worklist(current[0], tuple(items), left_out)
            items, left_out = [], 0
        current = place
        if len(items) < most:
            items.append(Item(finding_of(row), row["record_name"]))
        else:
            left_out += 1
    if current is not None:
        yield Worklist(current[0], tuple(items), left_out)


def _rows(found: Chosen, by: str) -> Iterator[Mapping[str, Any]]:
    """Findings in the order of lists and of weight."""
    lists = {
        "owner": (f.col("owner", "w"), f.col("owner_id", "w")),
        "table": (f.col("table", "w"), f.null("text")),
        "rule": (f.col("code", "w"), f.null("text")),
    }
    ranks = [(f.col("severity", "w").eq(f.lit(s.value)), f.lit(s.rank)) for s in Severity]
    name, place = lists[by]
    query = exp.select(
        *[f.alias(f.col(n, "w"), n) for n in COLUMNS],
        f.alias(f.case(*ranks), "rank"),
        f.alias(name, "list_name"),
        f.alias(place, "list"),
    ).from_(found.query.copy().subquery("w"))
    names = _names(found.engine)
    if names is None:
        query = query.select(f.alias(f.null("text"), "record_name"))
    else:
        same = [f.col(n, "w").eq(f.col(k, "n")) for n, k in (("table", "t"), ("key", "k"))]
        query = query.select(f.alias(f.col("name", "n"), "record_name")).join(
            names.subquery("n"), on=f.all_of(*same), join_type="left"
        )
    order = (
        ("list_name", False), ("list", False), ("rank", True), ("money", True), ("code", False),
        ("cause", False), ("table", False), ("row", False), ("key", False), ("column", False),
    )  # fmt: skip
    whole = exp.select("*").from_(query.subquery("q"))
    for batch in found.engine.batches(
        whole.order_by(
            *[exp.Ordered(this=f.col(n), desc=desc, nulls_first=False) for n, desc in order]
        )
    ):
        yield from batch.to_pylist()


def _names(engine: Engine) -> exp.Query | None:
    """t, k, name: what people call the records of the run's tables."""
    known = set(engine.tables())
    queries: list[exp.Query] = []
    for table, facts in TABLES.items():
        kept = f"work.kept_{table}"
        if facts.name_column is None or kept not in known:
            continue
        if not {"id", facts.name_column} <= set(engine.schema(kept).names):
            continue
        queries.append(
            exp.select(
                f.alias(f.lit(table), "t"),
                f.alias(f.col("id"), "k"),
                f.alias(f.min(f.as_text(f.col(facts.name_column))), "name"),
            )
            .from_(f.table(kept))
            .group_by(f.col("id"))
        )
    return union_all(queries) if queries else None
