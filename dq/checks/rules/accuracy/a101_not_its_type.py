"""A101: a value that does not convert to its column's type, or is of another kind.

A cell that is no number or no date becomes empty, and every total and period goes on without
it. An e-mail in the city column makes a city of its own in every report by city. Words that
only mean "nothing here" are C104's.

Example: amount "by agreement", created 31.02.2026, city "info@west.example".
Repair: correct the cell in the source; where a whole column fails, declare how it is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext, TableFacts
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.unread import UNREAD, unread_cells, unread_nothing
from dq.checks.rules.values import clear_text, nothing_found, value_check
from dq.findings import Severity
from dq.sql import portable as f
from dq.text.kinds import OtherKindJudge

__all__ = ["RULE", "other_kind_suspect"]

KINDS = ("name", "company", "city", "country")
NAMED = ("address", "industry", "source", "title")
"""Canonical columns whose name says what they hold, beside those whose kind does."""

_LINK = "://|[wW][wW][wW][.]|[.][A-Za-zА-Яа-я]{2,6}/"
_EDGE = "^[0-9+−($€£¥₽₴₸-]|[0-9]$|^[0-9A-Za-z+/=_-]{24,}$|[$€£¥₽₴₸]$"
_SUM = (
    "(?i)[0-9].*(?:[$€£¥₽₴₸]|USD|EUR|GBP|RU[BR]|UAH|KZT|BYN|р[.]|руб[.]?|грн[.]?|тг[.]?|тенге|коп[.]?)$"
    "|^(?:[$€£¥₽₴₸]|USD|EUR|GBP|RU[BR]|UAH|KZT|BYN|р[.]|руб[.]?|грн[.]?|тг[.]?|тенге|коп[.]?).*[0-9]"
)
_SEVEN = "(?:[0-9][^0-9]*){7}"

TYPES = {
    "integer": "number", "decimal": "number", "double": "number", "date": "date",
    "timestamp": "date", "boolean": "flag",
}  # fmt: skip


def checks(context: RuleContext) -> Iterator[CheckLike]:
    for name in sorted(context.tables):
        facts = context.tables[name]
        typed = [c for c in facts.columns.values() if c.header is not None and c.type in TYPES]
        of_kind = list(_of_kind(facts))
        if not typed and not of_kind:
            yield Skip(name, "needs.typed_columns")
        if typed:
            yield _unread(context, facts, typed)
        for column, expected in of_kind:
            yield value_check(
                context,
                name,
                column.name,
                OtherKindJudge(expected),
                suspect=other_kind_suspect(f.col(column.name), expected),
            )


def other_kind_suspect(cell: exp.Expression, expected: str) -> exp.Expression:
    """A predicate that every value of another kind satisfies; most addresses and firms do not."""
    some = [f.contains(cell, f.lit("@")), f.search(cell, _LINK)]
    if expected in ("address", "company"):
        some.append(f.all_of(f.length(cell) <= f.lit(30), f.search(cell, _SUM)))
        if expected == "company":
            some.append(f.search(cell, _SEVEN))
    else:
        some.append(f.search(cell, _EDGE))
    return f.any_of(*some)


def _of_kind(facts: TableFacts) -> Iterator[tuple[ColumnFacts, str]]:
    for column in clear_text(facts, (*KINDS, "category", "text")):
        if column.kind in KINDS:
            yield column, column.kind
        elif column.canonical and column.name in NAMED:
            yield column, column.name


def _unread(context: RuleContext, facts: TableFacts, typed: list[ColumnFacts]) -> Query:
    evidence = exp.select(f.alias(f.lit(max(c.filled for c in typed)), "n"))
    if UNREAD not in context.engine.tables():
        return Query(facts.name, nothing_found(), evidence)
    cells = unread_cells(context, facts.name).subquery("c")
    said = [
        f.all_of(f.col("column").eq(f.lit(column)), f.in_(f.col("value"), list(words)))
        for column, words in sorted(unread_nothing(context, facts.name).items())
    ]
    kinds = [(f.col("column").eq(f.lit(c.name)), f.lit(TYPES[c.type])) for c in typed]
    money = [c.name for c in typed if c.kind == "money"]
    severity = f.case(
        (f.in_(f.col("column"), money), f.lit(Severity.ERROR.value)),
        default=f.lit(Severity.WARNING.value),
    )
    sql = exp.select(
        "*",
        f.alias(f.case(*kinds, default=f.lit("number")), "cause"),
        f.alias(severity, "severity"),
    ).from_(cells)
    return Query(facts.name, sql.where(f.not_(f.any_of(*said))) if said else sql, evidence)


RULE = Rule(
    code="A101",
    slug="not_its_type",
    family="A",
    scope=Scope.ROW,
    severity=Severity.WARNING,
    checks=checks,
    needs=("any table",),
    doc=__doc__ or "",
)
