"""C104: a cell that is filled and says nothing.

"-", "n/a", «нет», the prompt of a list left as it was, 999, day zero of a system, the hash of
an empty text: every count of filled cells is too high, every average of such numbers wrong.
Found from a list of words, and from the data's own defaults: an extreme value heaped far
away from all others, which no other column explains; of budgets, which people
say in round numbers, zeros and nines that stand alone. A word for nothing that is a surname
("Blank") is information beside a first name.

Example: City is "Select" for 2,249 leads.
Repair: empty the cell, and make the form refuse the word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext, TableFacts
from dq.checks.rule import Check, CheckLike, Query, Rule, Scope, Skip, ValueCheck
from dq.checks.rules.completeness.heaps import heaps
from dq.checks.rules.completeness.nothing import hidden_null
from dq.checks.rules.helpers import count_query, rows
from dq.findings import Severity
from dq.sql import portable as f
from dq.text.empties import EmptyJudge, defaults, emptiness

__all__ = ["RULE"]

SENTINEL_DAYS = tuple(
    date(*day)
    for day in (
        (1, 1, 1), (1753, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1901, 1, 1),
        (1970, 1, 1),
    )
)  # fmt: skip

NOTES = {("activities", "note"), ("leads", "note"), ("tasks", "note")}
"""Notes that say nothing are C108's."""

NO_ANSWERS = {("contacts", "title"), ("accounts", "industry")}
"""Categories in which «нет» is no option: everybody has a post, every firm a trade."""

SURNAMES = ("Blank", "Missing", "None")
"""Words for nothing that are surnames as well (others, as Null, are names to the judge)."""

UNCONVERTED = "work.unconverted"
UNUSED, UNUSED_ROWS = 0.995, 100
"""From this share of so many rows on a word says that the field is not used."""

DISTINCT_LIMIT = 5_000

REPEATED = "[+() -]*(?:0[0() -]*|9[9() -]{2,})"
"""Phones and codes of zeros or nines alone."""


def checks(context: RuleContext) -> Iterator[CheckLike]:
    for name in sorted(context.tables):
        facts = context.tables[name]
        judged = [
            c
            for c in facts.columns.values()
            if c.header is not None and c.name != "id" and (name, c.name) not in NOTES
        ]
        if not judged:
            yield Skip(name, "needs.other_columns")
            continue
        some = f.any_of(*[f.not_null(f.col(c.name)) for c in judged])
        yield Check(name, f.lit(False), when=some)
        for column in judged:
            if column.filled:
                yield from _column(context, facts, column)
        yield from _unconverted(context, facts)


def _column(context: RuleContext, facts: TableFacts, column: ColumnFacts) -> Iterator[CheckLike]:
    if column.type == "text":
        yield from _words(facts, column)
    elif column.type in ("date", "timestamp"):
        yield from _days(context, facts, column)
    elif column.type in ("integer", "decimal", "double"):
        for reason, value in heaps(context, facts, column):
            yield Check(
                facts.name,
                f.as_decimal(f.col(column.name)).eq(f.as_decimal(f.lit(value))),
                column=column.name,
                cause=f.concat(f.lit(f"{reason}:"), f.lit(str(value))),
                args={"word": f.lit(str(value))},
            )


def _unconverted(context: RuleContext, facts: TableFacts) -> Iterator[Query]:
    """Words for nothing in columns of numbers and dates, where they do not convert."""
    if UNCONVERTED not in context.engine.tables():
        return
    mine = f.all_of(f.col("table").eq(f.lit(facts.name)), f.not_(f.col("_deleted")))
    values = rows(
        context,
        exp.select(f.col("column"), f.col("value"))
        .from_(f.table(UNCONVERTED))
        .where(mine)
        .distinct()
        .limit(DISTINCT_LIMIT),
    )
    empty: dict[str, dict[str, str]] = {}
    for row in values:
        name, value = str(row["column"]), str(row["value"])
        column = facts.columns.get(name)
        reason = emptiness(value, column.kind) if column is not None else None
        if reason is not None:
            empty.setdefault(name, {})[value] = reason
    for name, words in sorted(empty.items()):
        cell = f.col("value")
        reason_of = f.case(
            *[(cell.eq(f.lit(w)), f.lit(f"{r}:{w}")) for w, r in sorted(words.items())],
            default=f.lit("word"),
        )
        sql = (
            exp.select(
                f.col("key"),
                f.col("value"),
                f.alias(reason_of, "cause"),
                f.alias(cell, "arg_word"),
                f.col("_source"),
                f.col("_row"),
                f.alias(f.null("decimal"), "_money"),
                f.alias(f.null("boolean"), "_won"),
            )
            .from_(f.table(UNCONVERTED))
            .where(
                f.all_of(mine.copy(), f.col("column").eq(f.lit(name)), f.in_(cell, sorted(words)))
            )
        )
        yield Query(facts.name, sql, count_query(f"crm.{facts.name}"), name)


def _words(facts: TableFacts, column: ColumnFacts) -> Iterator[CheckLike]:
    table, cell = facts.name, f.col(column.name)
    kind = column.name if (table, column.name) in NO_ANSWERS else column.kind
    surname = _surname(facts, column)
    if column.values is None:
        suspect = f.any_of(hidden_null(cell), f.full_match(cell, REPEATED))
        others = None if surname is None else f.not_(surname)
        yield ValueCheck(table, column.name, EmptyJudge(kind), suspect, when=others)
    else:
        yield from _known(table, column, kind, surname)
    if surname is not None:
        yield Check(
            table,
            surname.copy(),
            column=column.name,
            cause=f.concat(f.lit("soft:"), cell.copy()),
            args={"word": cell.copy()},
            severity=Severity.INFO,
        )


def _known(
    table: str, column: ColumnFacts, kind: str, surname: exp.Expression | None
) -> Iterator[Check]:
    """Words for nothing of a column all of whose values are known."""
    cell = f.col(column.name)
    found = list(defaults(dict(column.values or ()), kind, column.header))
    for reason in sorted({d.reason for d in found}):
        words = [d.value for d in found if d.reason == reason]
        said = f.in_(cell, words)
        yield Check(
            table,
            said if surname is None else f.all_of(said, f.not_(surname.copy())),
            column=column.name,
            cause=f.lit(reason) if reason == "hash" else f.concat(f.lit(f"{reason}:"), cell),
            args={"word": cell},
            severity=Severity.INFO if reason == "soft" or _unused(column, words) else None,
        )


def _surname(facts: TableFacts, column: ColumnFacts) -> exp.Expression | None:
    """Whether a word for nothing is written as a surname, beside a first name; never NULL."""
    first = facts.columns.get("first_name")
    if column.name != "last_name" or first is None or not first.filled:
        return None
    cell, beside = f.col("last_name"), f.col("first_name")
    named = f.all_of(
        f.not_null(beside),
        f.not_(f.coalesce(hidden_null(beside.copy()), f.lit(False))),
        f.not_(f.fold(beside.copy()).eq(f.fold(cell.copy()))),
    )
    return f.coalesce(f.all_of(f.in_(cell, SURNAMES), named), f.lit(False))


def _unused(column: ColumnFacts, words: Sequence[str]) -> bool:
    """Whether the words are all that the column has: nobody uses the field (C111 says so)."""
    covered = sum(count for value, count in column.values or () if value in words)
    return column.rows >= UNUSED_ROWS and covered >= UNUSED * column.rows


def _days(context: RuleContext, facts: TableFacts, column: ColumnFacts) -> Iterator[CheckLike]:
    day = f.date_of(f.as_timestamp(f.col(column.name)))
    yield Check(
        facts.name,
        f.in_(day, SENTINEL_DAYS),
        column=column.name,
        cause=f.lit("sentinel_date"),
        args={"word": f.as_text(day)},
    )
    for reason, value in heaps(context, facts, column):
        if value in SENTINEL_DAYS:
            continue
        yield Check(
            facts.name,
            day.copy().eq(f.lit(value)),
            column=column.name,
            cause=f.lit(f"{reason}:{value}"),
            args={"word": f.as_text(day.copy())},
        )


RULE = Rule(
    code="C104",
    slug="hidden_null",
    family="C",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("any table",),
    params={"share": 0.1, "said_share": 0.005, "least": 10},
    folds={"word": 0, "soft": 0, "choice": 0},
    doc=__doc__ or "",
)
