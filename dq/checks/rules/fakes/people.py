"""Who made a record: the column that says so, and whether that is a person or a machine."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rules.fakes.work import machine
from dq.crm.headers import header_key
from dq.sql import portable as f

__all__ = ["author_column", "with_machine"]

_MADE = ("created", "creator", "author", "создал", "создан", "автор", "створ")


def author_column(context: RuleContext, table: str) -> str | None:
    """The column that names who made a record, else its owner; None where neither is mapped."""
    facts = context.tables[table]
    named = "logged_by" if table == "activities" else "created_by"
    if context.has(table, named):
        return named
    for column in facts.columns.values():
        if column.canonical or column.kind != "person" or not column.filled:
            continue
        words = header_key(column.header or "").split()
        if any(word.startswith(stem) for word in words for stem in _MADE):
            return column.name
    return "owner_id" if context.has(table, "owner_id") else None


def with_machine(
    context: RuleContext, rows: exp.Select, who: str, columns: Sequence[str]
) -> exp.Select:
    """The rows with `machine`: whether the one in column `who` is one, by id or by name."""
    kept = [f.alias(f.col(c, "r"), c) for c in columns]
    person = f.col(who, "r")
    if not context.has("users", "name"):
        return exp.select(*kept, f.alias(machine(person), "machine")).from_(rows.subquery("r"))
    names = (
        exp.select(f.alias(f.col("id"), "uid"), f.alias(f.max(f.col("name")), "uname"))
        .from_(f.table("crm.users"))
        .group_by(f.col("id"))
    )
    return (
        exp.select(*kept, f.alias(machine(person, f.col("uname", "u")), "machine"))
        .from_(rows.subquery("r"))
        .join(names.subquery("u"), on=person.copy().eq(f.col("uid", "u")), join_type="left")
    )
