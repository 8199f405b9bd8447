"""Cells that did not convert to their column's type, and those of them that mean "nothing"."""

from __future__ import annotations

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rules.blanks import DAY_ZERO, empty_suspect
from dq.checks.rules.helpers import rows
from dq.sql import portable as f
from dq.text.empties import emptiness

__all__ = ["UNREAD", "unread_cells", "unread_nothing"]

UNREAD = "work.unconverted"
"""table, key, column, value, _source, _row, _deleted; absent where all columns are text."""

_KINDS = {
    "date": "date", "timestamp": "date", "boolean": "flag", "integer": "number",
    "decimal": "number",
    "double": "number",
}  # fmt: skip


def unread_nothing(context: RuleContext, table: str) -> dict[str, dict[str, str]]:
    """By column: raw values that mean "nothing here", each with the reason."""
    if UNREAD not in context.engine.tables():
        return {}
    cell = f.col("value")
    found = rows(
        context,
        exp.select(f.col("column"), f.col("value"))
        .from_(f.table(UNREAD))
        .where(
            f.all_of(
                f.col("table").eq(f.lit(table)),
                f.any_of(empty_suspect(cell), f.search(cell, DAY_ZERO)),
            )
        )
        .distinct(),
    )
    nothing: dict[str, dict[str, str]] = {}
    for row in found:
        column, value = str(row["column"]), str(row["value"])
        facts = context.tables[table].columns.get(column)
        kind = _KINDS.get(facts.type, "text") if facts is not None else "text"
        reason = emptiness(value, kind) or emptiness(value, "text")
        if reason is not None:
            nothing.setdefault(column, {})[value] = reason
    return nothing


def unread_cells(context: RuleContext, table: str) -> exp.Select:
    """Live cells of a table that did not convert: key, column, value and system columns."""
    live: exp.Expression = f.coalesce(f.col("_live", "a"), f.not_(f.col("_deleted", "u")))
    query = (
        exp.select(
            f.alias(f.coalesce(f.col("id", "a"), f.col("key", "u")), "key"),
            f.alias(f.col("column", "u"), "column"),
            f.alias(f.col("value", "u"), "value"),
            f.alias(f.col("_source", "u"), "_source"),
            f.alias(f.col("_row", "u"), "_row"),
            f.alias(f.col("_money", "a"), "_money"),
            f.alias(f.col("_won", "a"), "_won"),
        )
        .from_(f.table(UNREAD, "u"))
        .join(
            f.table(f"crm_all.{table}", "a"),
            on=f.all_of(
                f.col("_source", "u").eq(f.col("_source", "a")),
                f.col("_row", "u").eq(f.col("_row", "a")),
            ),
            join_type="left",
        )
    )
    condition = f.col("table", "u").eq(f.lit(table))
    return query.where(condition if context.include_deleted else f.all_of(condition, live))
