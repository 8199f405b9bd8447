"""F101: a test record, or a filler typed to get past a form.

"test", «Тест Тестович», asdf, 1234567, a number of nothing but nines: nobody stands behind
it, and it is counted as a lead, a customer, sometimes as a won deal. A word counts only where
the whole name is made of such words: a test drive, the surname Test or a laboratory are none.
A firm with a tax number may be called so. Toll-free numbers are bought for their digits.

Example: a won deal "TEST DO NOT DELETE" of 99,999.
Repair: delete the record, and keep tests in a pipeline or account of their own; where only
the phone or e-mail is filler, ask for the true one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.helpers import SYSTEM
from dq.checks.rules.values import (
    PairBatch,
    clear_text,
    hashed,
    pair_query,
    plain_letters,
    value_check,
    work_name,
)
from dq.findings import Severity
from dq.sql import portable as f
from dq.text.fillers import (
    FillerEmailJudge,
    FillerNameJudge,
    FillerPhoneJudge,
    FillerTaxJudge,
    filler_openings,
)
from dq.text.folding import INVISIBLE
from dq.text.verdict import Verdict

__all__ = ["RULE", "email_suspect", "name_suspect", "phone_suspect", "tax_suspect"]

TABLES = ("accounts", "contacts", "deals", "leads")
PARTS = ("last_name", "first_name", "middle_name")
KINDS = ("name", "company", "email", "phone", "tax_id")

_OUTSIDE = "[^0-9a-zа-яіїєґў]"
_SAME = "|".join(f"{d}{{5}}" for d in "0123456789")
_COUNTED = "|".join(
    row[i : i + 5]
    for row in ("01234567890123", "98765432109876")
    for i in range(10)
)  # fmt: skip
_TRIPLE = "|".join(f"{c}{{3}}" for c in "abcdefghijklmnopqrstuvwxyz0123456789")
_ADDRESSES = (
    "te?st|prov|perev|prob|demo|dummy|fake|sample|asdf|qwe|asd|zxc|fyv|fiv|yzuk|ytsu|jcuk|icuk"
    "|tsuk|yach|iacs|no|nil|net|null|mail|email|unknown|nemae|netu"
)


@dataclass(frozen=True)
class _Part:
    """Judges a part of a name by the whole of it: `Test` is a surname beside a first name."""

    def __call__(self, value: str, other: str) -> Verdict | None:
        judge = FillerNameJudge("person")
        verdict = judge(value)
        if verdict is None or not other:
            return verdict if verdict is not None else _whole(judge, value, other)
        if verdict.cause in ("keyboard", "letter", "sample", "prompt"):
            return verdict
        return judge(f"{other} {value}")


def _whole(judge: FillerNameJudge, value: str, other: str) -> Verdict | None:
    """John Doe and his like, whose parts are names."""
    verdict = judge(f"{other} {value}") if other else None
    return verdict if verdict is not None and verdict.cause == "nobody" else None


def checks(context: RuleContext) -> Iterator[CheckLike]:
    found = False
    for name in TABLES:
        facts = context.tables.get(name)
        if facts is None:
            continue
        yield from hashed(facts, KINDS)
        columns = clear_text(facts, KINDS)
        if name == "deals" and "name" in facts.columns:
            columns.append(facts.columns["name"])
        if not columns:
            yield Skip(name, "needs.name")
        for column in columns:
            found = True
            yield _check(context, name, column)
    if not found:
        yield Skip(None, "needs.name")


def _check(context: RuleContext, table: str, column: ColumnFacts) -> CheckLike:
    cell = f.col(column.name)
    if column.name in PARTS:
        return _part(context, table, column)
    if column.kind == "email":
        return value_check(context, table, column.name, FillerEmailJudge(), email_suspect(cell))
    if column.kind == "phone":
        return value_check(context, table, column.name, FillerPhoneJudge(), phone_suspect(cell))
    if column.kind == "tax_id":
        return value_check(context, table, column.name, FillerTaxJudge(), tax_suspect(cell))
    kind = {"company": "company", "text": "deal"}.get(column.kind, "person")
    unknown = None
    if kind == "company" and context.filled(table, "tax_id"):
        unknown = f.is_null(f.col("tax_id"))
    judge = FillerNameJudge(kind)
    return value_check(context, table, column.name, judge, name_suspect(cell, kind), unknown)


def _part(context: RuleContext, table: str, column: ColumnFacts) -> CheckLike:
    others = [f.col(c) for c in PARTS if c != column.name and context.filled(table, c)]
    other = f.coalesce(f.concat_ws(f.lit(" "), *others), f.lit("")) if others else f.lit("")
    source = exp.select(
        *[f.col(c) for c in ("id", *SYSTEM)],
        f.alias(f.col(column.name), "value"),
        f.alias(other, "other"),
    ).from_(f.table(f"crm.{table}"))
    name = work_name("f101", table, column.name)
    suspect = name_suspect(f.col("value"), "person")
    return pair_query(context, name, table, column.name, source, PairBatch(_Part(), ()), suspect)


def name_suspect(cell: exp.Expression, kind: str) -> exp.Expression:
    """A predicate that every filler name satisfies: one of its words begins like one."""
    openings = "|".join(filler_openings(kind))
    return f.any_of(
        f.search(plain_letters(cell), f"(?:^|{_OUTSIDE})(?:{openings})"),
        f.search(cell, f"[{INVISIBLE}]"),
    )


def email_suspect(cell: exp.Expression) -> exp.Expression:
    """A predicate that every filler address satisfies."""
    walks = "|".join(filler_openings("company"))
    opening = f"(?:^|[^a-zа-я0-9])(?:{_ADDRESSES}|{walks}|{_TRIPLE}|[0-9]{{3,}}@)"
    return f.all_of(f.contains(cell, f.lit("@")), f.search(f.lower(cell), opening))


def phone_suspect(cell: exp.Expression) -> exp.Expression:
    """A predicate that every filler number satisfies: five digits alike or counted."""
    return f.search(f.regexp_replace(cell, "[^0-9]", ""), f"{_SAME}|{_COUNTED}")


def tax_suspect(cell: exp.Expression) -> exp.Expression:
    """A predicate that every filler tax number satisfies."""
    return phone_suspect(cell)


RULE = Rule(
    code="F101",
    slug="filler",
    family="F",
    scope=Scope.ROW,
    severity=Severity.ERROR,
    checks=checks,
    needs=("names, e-mails, phones or tax numbers of leads, contacts, accounts or deals",),
    doc=__doc__ or "",
)
