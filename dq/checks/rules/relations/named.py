"""Names in a column of keys: some rows of a relation by id name the other side (R101, R102)."""

from __future__ import annotations

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rules.helpers import Link, count_query, number, rows
from dq.crm.lookups import name_form
from dq.crm.model import entity
from dq.sql import portable as f

__all__ = ["named", "names_of", "unmatched"]

SYSTEM = ("_source", "_row", "_money", "_won")


def unmatched(context: RuleContext, link: Link, dead_too: bool) -> exp.Select:
    """id, system columns, value, dead: live rows that meet no record by its key."""
    child = exp.select(
        f.col("id"), *[f.col(c) for c in SYSTEM], f.alias(f.col(link.column), "value")
    ).from_(f.table(f"crm.{link.table}")).where(f.not_null(f.col(link.column)))  # fmt: skip
    parent = (
        exp.select(f.alias(f.col("id"), "pid"), f.alias(f.any_true(f.col("_live")), "alive"))
        .from_(f.table(f"crm_all.{link.target}"))
        .group_by(f.col("id"))
    )
    absent = f.is_null(f.col("pid", "p"))
    if dead_too:
        absent = f.any_of(absent, f.not_(f.col("alive", "p")))
    return (
        exp.select(
            *[f.col(c, "c") for c in ("id", *SYSTEM, "value")],
            f.alias(f.not_null(f.col("pid", "p")), "dead"),
        )
        .from_(child.subquery("c"))
        .join(parent.subquery("p"), on=f.col("value", "c").eq(f.col("pid", "p")), join_type="left")
        .where(absent)
    )


def names_of(context: RuleContext, target: str) -> str | None:
    """A table n (name's form), key (the least), copies of a table's live records, or None."""
    known = f"work.names_{target}"
    if known in context.engine.tables():
        return known
    label = entity(target).name_column
    if label is None or not context.filled(target, label):
        return None
    name = f"work.R101_names_{target}"
    if name not in context.engine.tables():
        form = name_form(f.col(label))
        context.engine.create(
            name,
            exp.select(
                f.alias(form, "n"),
                f.alias(f.min(f.col("id")), "key"),
                f.alias(f.count_distinct(f.col("id")), "copies"),
            )
            .from_(f.table(f"crm.{target}"))
            .where(f.not_null(f.col(label)))
            .group_by(form.copy()),
        )
    return name


def named(context: RuleContext, place: str, link: Link) -> str | None:
    """`work.<place>_named`: value, key, copies of the unmatched values that are names.

    `work.<place>` holds the unmatched rows; None where no value of theirs is a name.
    """
    if link.by_name or not number(rows(context, count_query(f"work.{place}"))[0]["n"]):
        return None
    names = names_of(context, link.target)
    if names is None:
        return None
    values = exp.select(f.col("value")).from_(f.table(f"work.{place}")).distinct()
    found = f"work.{place}_named"
    context.engine.create(
        found,
        exp.select(f.col("value", "v"), f.col("key", "a"), f.col("copies", "a"))
        .from_(values.subquery("v"))
        .join(
            f.table(names, "a"),
            on=name_form(f.col("value", "v")).eq(f.col("n", "a")),
            join_type="inner",
        ),
    )
    return found if number(rows(context, count_query(found))[0]["n"]) else None
