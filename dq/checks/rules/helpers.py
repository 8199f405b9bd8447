"""What several rules share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import Check, Skip
from dq.crm.model import entity
from dq.sql import portable as f

__all__ = [
    "Link",
    "blank_links",
    "count_query",
    "links",
    "missing",
    "number",
    "rows",
]

SYSTEM = ("_source", "_row", "_money", "_won")


@dataclass(frozen=True)
class Link:
    """A mapped relation: `table.column` names a record of `target`, by id or by name."""

    table: str
    column: str
    target: str
    by_name: bool


def links(context: RuleContext) -> Iterator[Link]:
    """Relations whose column is mapped with values and whose other side is there."""
    for table in sorted(context.tables):
        facts = context.tables[table]
        for relation in entity(table).relations:
            if not context.filled(table, relation.column) or relation.target not in context.tables:
                continue
            by_name = facts.links.get(relation.column) == "name"
            yield Link(table, relation.column, relation.target, by_name)


def blank_links(context: RuleContext) -> Iterator[tuple[Link, Check]]:
    """Relations that are mapped without a single value: no evidence, said by a check of none."""
    for table in sorted(context.tables):
        for relation in entity(table).relations:
            if not context.has(table, relation.column) or context.filled(table, relation.column):
                continue
            if relation.target in context.tables:
                link = Link(table, relation.column, relation.target, by_name=False)
                yield link, Check(table, f.lit(False), relation.column, when=f.lit(False))


def missing(context: RuleContext, table: str, *columns: str) -> Skip | None:
    """A Skip that names what was never mapped, or None."""
    if table not in context.tables:
        return Skip(None, "needs.tables", {"tables": table})
    absent = [f"{table}.{c}" for c in columns if c not in context.tables[table].columns]
    return Skip(table, "needs.columns", {"columns": ", ".join(absent)}) if absent else None


def rows(context: RuleContext, query: exp.Query) -> list[dict[str, object]]:
    """A small result as dictionaries."""
    found: list[dict[str, object]] = context.engine.query(query).to_pylist()
    return found


def number(value: object) -> int:
    """A count out of a result row (NULL: 0)."""
    return int(str(value)) if value is not None else 0


def count_query(table: str, where: exp.Expression | None = None) -> exp.Select:
    """How many rows of a table satisfy a condition; the usual evidence of a query."""
    query = exp.select(f.alias(f.count(), "n")).from_(f.table(table))
    return query if where is None else query.where(where)
