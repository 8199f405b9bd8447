"""C108: a note that says nothing.

«Позвонил», "called", a full stop, or the same sentence pasted into fourteen calls: the next
seller learns nothing, and a report that counts notes counts typing. "No answer" is a result,
not a note of this kind.

Example: fourteen calls with the same sentence.
Repair: ask for what was agreed and when; stop counting notes.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip, ValueCheck
from dq.checks.rules.helpers import count_query, number, rows
from dq.checks.rules.values import nothing_found, plain_letters, work_name
from dq.findings import Severity
from dq.sql import portable as f
from dq.text.notes import NoteJudge, idle_openings

__all__ = ["RULE", "idle_suspect"]

TABLES = ("activities", "leads", "tasks", "requests")
PLACE = ("_source", "_row", "_money", "_won")


def checks(context: RuleContext) -> Iterator[CheckLike]:
    found = False
    for name in TABLES:
        facts = context.tables.get(name)
        if facts is None:
            continue
        notes = [
            c.name
            for c in facts.columns.values()
            if c.kind == "note" and c.header and (c.name != "subject" or not c.canonical)
        ]
        for column in notes:
            found = True
            yield ValueCheck(name, column, NoteJudge(), idle_suspect(f.col(column)))
            yield _copies(context, name, column)
        if not notes:
            yield Skip(name, "needs.columns", {"columns": f"{name}.note"})
    if not found:
        yield Skip(None, "needs.tables", {"tables": "activities, leads"})


def idle_suspect(cell: exp.Expression) -> exp.Expression:
    """A predicate that every note that says nothing satisfies.

    A longer one begins as one of them does, and has no digits unless it is one hash.
    """
    openings = "|".join(sorted(idle_openings()))
    begins = f.search(plain_letters(cell), f"^[^a-zа-яіїєґў]*(?:{openings})")
    strange = f.search(cell, "[^\\x20-\\x7eА-Яа-яёЁІіЇїЄєҐґЎў№«»“”„–—’…\\s]")
    return f.all_of(
        f.length(cell) <= f.lit(60),
        f.any_of(
            f.length(cell) <= f.lit(20),
            f.not_(f.search(cell, "[ \u00a0]")),
            f.all_of(f.not_(f.search(cell, "[0-9]")), f.any_of(begins, strange)),
        ),
    )


def _copies(context: RuleContext, table: str, column: str) -> Query:
    """Long notes that stand, but for case and end punctuation, in many records."""
    note = f.regexp_replace(f.fold(f.col(column)), "[ .!?,;:]+$", "")
    long = f.length(f.col(column)) >= f.lit(number(context.params["copy_length"]))
    distinct = (
        exp.select(f.col(column), f.alias(f.count(), "n"))
        .from_(f.table(f"crm.{table}"))
        .where(long)
        .group_by(f.col(column))
    )
    folded = exp.select(f.alias(f.col(column), "note"), f.col("n"), f.alias(note, "same"))
    counted = exp.select(
        f.col("note"), f.alias(f.sum_over(f.col("n"), [f.col("same")]), "copies")
    ).from_(folded.from_(distinct.subquery("d")).subquery("f"))  # fmt: skip
    pasted = f"work.{work_name('c108', table, column)}"
    context.engine.create(
        pasted,
        exp.select(f.col("note"), f.col("copies"))
        .from_(counted.subquery("c"))
        .where(f.col("copies") >= f.lit(number(context.params["copies"]))),
    )
    evidence = count_query(f"crm.{table}", f.not_null(f.col(column)))
    if not number(rows(context, count_query(pasted))[0]["n"]):
        return Query(table, nothing_found(), evidence, column)
    sql = (
        exp.select(
            f.alias(f.col("id", "r"), "key"),
            *[f.alias(f.col(c, "r"), c) for c in PLACE],
            f.alias(f.col(column, "r"), "value"),
            f.alias(f.lit("copies"), "cause"),
            f.alias(f.as_text(f.col("copies", "p")), "arg_copies"),
        )
        .from_(f.table(f"crm.{table}", "r"))
        .join(f.table(pasted, "p"), on=f.col(column, "r").eq(f.col("note", "p")), join_type="inner")
    )
    return Query(table, sql, evidence, column)


RULE = Rule(
    code="C108",
    slug="note_says_nothing",
    family="C",
    scope=Scope.TABLE,
    severity=Severity.INFO,
    checks=checks,
    needs=("activities.note", "leads.note", "tasks.note"),
    params={"copies": 10, "copy_length": 30},
    folds={"empty_word": 0, "idle": 0, "too_short": 0},
    doc=__doc__ or "",
)
