"""A103: a phone number that cannot be dialled.

Digits lost or too many, words in place of a number, an exponent that a spreadsheet made. A
number without a country code is read in the record's own country (or its company's), before
the house's; where neither is known, only what is wrong in any country is said.

Example: +7 916 555-12-1, 7.9E+10, "ask the secretary".
Repair: take the number from the call log or an older export; ask the person for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.accuracy.countries import records
from dq.checks.rules.values import (
    PairBatch,
    clear_text,
    hashed,
    pair_query,
    text_columns,
    value_check,
    work_name,
)
from dq.findings import Severity
from dq.sql import portable as f
from dq.text.phone import PhoneJudge, fixed_line
from dq.text.verdict import Verdict

__all__ = ["RULE", "dialled"]

ARGS = ("fixed", "first", "count", "digits", "off", "digit")

_MOBILE: Mapping[str, str] = {
    "RU": "9[0-9]{9}",
    "UA": "(?:39|50|6[3678]|73|77|9[1-9])[0-9]{7}",
    "BY": "(?:25|29|33|44)[0-9]{7}",
    "KZ": "7[0-7][0-9]{8}",
}
_CODE: Mapping[str, str] = {"RU": "7", "UA": "380", "BY": "375", "KZ": "7"}
_TRUNK: Mapping[str, str] = {"RU": "8|0", "UA": "80|0", "BY": "80|0", "KZ": "8|0"}
_DRESSING = " \t().-‐‑‒–—−\u00a0"
_RUN = "|".join(digit * 7 for digit in "0123456789")


@dataclass(frozen=True)
class _Abroad:
    """Judges a number in the country of its record."""

    def __call__(self, value: str, country: str) -> Verdict | None:
        return PhoneJudge(country or None)(value)


def dialled(cell: exp.Expression, country: str | None) -> exp.Expression:
    """Numbers that are right beyond doubt: the bulk of a column stays in the engine."""
    whole = [f"[+]{_CODE[c]}(?:{_MOBILE[c]}|{fixed_line(c)})" for c in sorted(_MOBILE)]
    if country is not None and country in _MOBILE:
        whole.append(f"(?:{_CODE[country]}|{_TRUNK[country]})?{_MOBILE[country]}")
    bare = f.translate(cell, f.lit(_DRESSING), f.lit(""))
    return f.all_of(
        f.full_match(bare, "|".join(whole)), f.not_(f.search(bare.copy(), f"(?:{_RUN})$"))
    )


def checks(context: RuleContext) -> Iterator[CheckLike]:
    mapped = False
    for name in sorted(context.tables):
        facts = context.tables[name]
        mapped = mapped or any(text_columns(facts, ("phone",)))
        yield from hashed(facts, ("phone",))
        for column in clear_text(facts, ("phone",)):
            yield _column(context, name, column)
    if not mapped:
        yield Skip(None, "needs.kind", {"columns": "phone"})


def _column(context: RuleContext, table: str, column: ColumnFacts) -> CheckLike:
    source = records(context, table, column.name)
    if source is None:
        return value_check(
            context,
            table,
            column.name,
            PhoneJudge(context.country),
            suspect=f.not_(dialled(f.col(column.name), context.country)),
        )
    named = exp.select(
        *[f.col(n) for n in ("id", "_source", "_row", "_money", "_won")],
        f.alias(f.col(column.name), "value"),
        f.alias(f.col("country"), "other"),
    ).from_(source.subquery("r"))
    return pair_query(
        context,
        work_name("a103", table, column.name),
        table,
        column.name,
        named,
        PairBatch(_Abroad(), ARGS),
        suspect=f.not_(dialled(f.col("value"), None)),
    )


RULE = Rule(
    code="A103",
    slug="phone",
    family="A",
    scope=Scope.ROW,
    severity=Severity.WARNING,
    checks=checks,
    needs=("a column of phone numbers",),
    doc=__doc__ or "",
)
