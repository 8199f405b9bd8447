"""What several rules share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    "given",
    "given_and",
    "links",
    "met",
    "missing",
    "number",
    "repeated",
    "repeated_rows",
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
    """Relations whose column is mapped with values and whose other side is there.

    Where no file lists the other side a name that is not among its records says nothing. A
    column that rows of a file give to two tables is judged in the larger one.
    """
    for table in sorted(context.tables):
        facts = context.tables[table]
        for relation in entity(table).relations:
            if _told_elsewhere(context, table, relation.column):
                continue
            if not context.filled(table, relation.column) or relation.target not in context.tables:
                continue
            how = facts.links.get(relation.column)
            if how == "unlisted":
                continue
            by_name = how == "name"
            yield Link(table, relation.column, relation.target, by_name)


def _told_elsewhere(context: RuleContext, table: str, column: str) -> bool:
    """Whether a larger table holds the same column of the same files (done tasks are calls)."""
    facts = context.tables[table]
    mine = facts.columns.get(column)
    if mine is None or mine.header is None:
        return False
    for name, other in context.tables.items():
        its = other.columns.get(column)
        same = its is not None and its.header == mine.header and other.sources == facts.sources
        if name != table and same and (other.rows, name) > (facts.rows, table):
            return True
    return False


def met(context: RuleContext, link: Link) -> float:
    """Share of a relation's filled cells that name a record that is there (none filled: 1)."""
    ids = exp.select(f.alias(f.col("id"), "pid")).from_(f.table(f"crm_all.{link.target}"))
    query = (
        exp.select(f.alias(f.count(), "n"), f.alias(f.count(f.col("pid", "p")), "met"))
        .from_(f.table(f"crm.{link.table}", "t"))
        .join(
            ids.distinct().subquery("p"),
            on=f.col(link.column, "t").eq(f.col("pid", "p")),
            join_type="left",
        )
        .where(f.not_null(f.col(link.column, "t")))
    )
    row = rows(context, query)[0]
    return number(row["met"]) / number(row["n"]) if number(row["n"]) else 1.0


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


def given(context: RuleContext, table: str, *columns: str) -> exp.Expression | None:
    """Rows whose source has one of the columns; None where every row's does.

    A file without a column says nothing of it: its rows are not blank there.
    """
    sources: dict[str, None] = {}
    for name in columns:
        having = context.tables[table].columns[name].sources
        if not having:
            return None
        sources.update(dict.fromkeys(having))
    return f.in_(f.col("_source"), sources)


def given_and(
    context: RuleContext, table: str, condition: exp.Expression, *columns: str
) -> exp.Expression:
    """The condition, where the row's source has one of the columns."""
    having = given(context, table, *columns)
    return condition if having is None else f.all_of(having, condition)


def repeated(context: RuleContext, table: str) -> str:
    """`work.repeated_<table>`: id and copies of the keys that stand in several rows."""
    name = f"work.repeated_{table}"
    if name not in context.engine.tables():
        counted = (
            exp.select(f.col("id"), f.alias(f.count(), "copies"))
            .from_(f.table(f"crm.{table}"))
            .group_by(f.col("id"))
        )
        context.engine.create(
            name,
            exp.select(f.col("id"), f.col("copies"))
            .from_(counted.subquery("c"))
            .where(f.col("copies") > f.lit(1)),
        )
    return name


def repeated_rows(context: RuleContext, table: str, columns: Sequence[str]) -> exp.Select:
    """Rows of the keys that stand in several rows: id, copies and these columns."""
    return (
        exp.select(
            f.alias(f.col("id", "t"), "id"),
            f.alias(f.col("copies", "k"), "copies"),
            *[f.alias(f.col(c, "t"), c) for c in columns],
        )
        .from_(f.table(f"crm.{table}", "t"))
        .join(
            f.table(repeated(context, table), "k"),
            on=f.col("id", "t").eq(f.col("id", "k")),
            join_type="inner",
        )
    )


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
