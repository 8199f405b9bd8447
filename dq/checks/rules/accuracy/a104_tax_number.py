"""A104: a tax, registration or bank number with a wrong digit or of the wrong length.

By such a number an invoice goes to another company or nowhere, and two records of one company
are not recognised as one. The kind follows from the column and from the record's country;
digits that a spreadsheet destroyed are A109's.

Example: INN 5413800626 (check digit), EDRPOU of seven digits, an account that is not of its BIC.
Repair: look the company up in its country's register; take the account from the contract.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.accuracy.countries import records
from dq.checks.rules.helpers import SYSTEM
from dq.checks.rules.values import (
    PairBatch,
    hashed,
    pair_query,
    text_columns,
    tolerant,
    work_name,
)
from dq.findings import Severity
from dq.sql import portable as f
from dq.text.companies import legal_forms
from dq.text.tax import TaxJudge, inn_fits_form, normalise, tax_kind
from dq.text.tax_numbers import account_fits_bic
from dq.text.verdict import Verdict

__all__ = ["RULE"]

CANONICAL = {
    "tax_id": "tax_id", "kpp": "kpp", "registration_id": "registration_id", "bic": "bic",
    "bank_account": "bank_account",
}  # fmt: skip
ARGS = ("kind", "digits", "expected", "fixed", "bank", "form")
RUSSIAN = frozenset({"kpp", "bic", "ogrn", "ogrnip", "snils", "inn"})
SPOILT = frozenset({"digits_lost", "float_tail"})
"""What a spreadsheet did to a number is said once, by A109."""

_APART = "\x1f"
_SWIFT = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_ACCOUNT = 20


@dataclass(frozen=True)
class _Number:
    """Judges a number of one kind; the second value is the country of the record."""

    kind: str

    def __call__(self, value: str, country: str) -> Verdict | None:
        if self.kind in RUSSIAN and country not in ("", "RU"):
            return None
        if self.kind == "bic" and _SWIFT.fullmatch(normalise(value)):
            return None
        verdict = TaxJudge(self.kind, country or None)(value)
        if verdict is None or verdict.cause in SPOILT:
            return None
        if verdict.cause == "zero_lost" and self.kind == "bic":
            # A109 speaks of the zero that every BIC begins with.
            return None if value[0] != "0" else Verdict("length", self.kind, verdict.args)
        return verdict


@dataclass(frozen=True)
class _Account:
    """Judges a bank account; the second value is country and BIC."""

    def __call__(self, value: str, other: str) -> Verdict | None:
        country, _, bank = other.partition(_APART)
        account = normalise(value)
        if account[:2].isalpha():
            return TaxJudge("iban")(value)
        if country not in ("", "RU") or not account.isdigit():
            return None
        if account_fits_bic(account, normalise(bank)) is False:
            return Verdict("account_key", args={"bank": bank})
        if country == "RU" and len(account) != _ACCOUNT:
            args = {"digits": str(len(account)), "expected": str(_ACCOUNT), "kind": "account"}
            return Verdict("length", "account", args)
        return None


@dataclass(frozen=True)
class _Form:
    """Judges the length of an INN by the legal form; the second value is form and name."""

    def __call__(self, value: str, other: str) -> Verdict | None:
        form, _, name = other.partition(_APART)
        fits = inn_fits_form(value, form) if form else None
        if fits is None and name:
            fits = inn_fits_form(value, name)
        if fits is not False:
            return None
        digits = str(len(normalise(value)))
        return Verdict("legal_form", args={"digits": digits, "form": form or name})


def checks(context: RuleContext) -> Iterator[CheckLike]:
    mapped = False
    for name in sorted(context.tables):
        facts = context.tables[name]
        numbers = list(_numbers(context, name))
        mapped = mapped or bool(numbers)
        yield from hashed(facts, ("tax_id",))
        for column, kind in numbers:
            if not column.pseudonymised:
                yield _query(context, name, column, kind)
        if name == "accounts" and context.has(name, "tax_id"):
            yield from _forms(context)
    if not mapped:
        yield Skip(None, "needs.kind", {"columns": "tax_id"})


def _numbers(context: RuleContext, table: str) -> Iterator[tuple[ColumnFacts, str]]:
    facts = context.tables[table]
    kinds = {c.kind for c in facts.columns.values()}
    for column in text_columns(facts, kinds):
        if column.canonical:
            if column.name in CANONICAL:
                yield column, CANONICAL[column.name]
            continue
        kind = tax_kind(column.header or column.name, context.country)
        if kind or column.kind == "tax_id":
            yield column, kind or "tax_id"


def _rows(context: RuleContext, table: str, *columns: str) -> exp.Select:
    """Rows with the country of each; the house's where no record names one."""
    source = records(context, table, *columns)
    if source is not None:
        return source
    return exp.select(
        *[f.col(n) for n in ("id", *SYSTEM, *columns)],
        f.alias(f.lit(context.country or ""), "country"),
    ).from_(f.table(f"crm.{table}"))


def _paired(source: exp.Select, column: str, other: exp.Expression) -> exp.Select:
    return exp.select(
        *[f.col(n) for n in ("id", *SYSTEM)],
        f.alias(f.col(column), "value"),
        f.alias(other, "other"),
    ).from_(source.subquery("r"))


def _query(context: RuleContext, table: str, column: ColumnFacts, kind: str) -> Query:
    name = work_name("a104", table, column.name)
    if kind != "bank_account":
        source = _paired(_rows(context, table, column.name), column.name, f.col("country"))
        return pair_query(context, name, table, column.name, source, PairBatch(_Number(kind), ARGS))
    other: exp.Expression = f.concat(f.col("country"), f.lit(_APART))
    columns = [column.name]
    if context.has(table, "bic"):
        columns.append("bic")
        other = f.concat(f.col("country"), f.lit(_APART), f.coalesce(f.col("bic"), f.lit("")))
    source = _paired(_rows(context, table, *columns), column.name, other)
    return pair_query(context, name, table, column.name, source, PairBatch(_Account(), ARGS))


def _forms(context: RuleContext) -> Iterator[Query]:
    """INN against the legal form: ten digits for organisations, twelve for people."""
    texts = [c for c in ("legal_form", "name") if context.filled("accounts", c)]
    if not texts or context.tables["accounts"].columns["tax_id"].pseudonymised:
        return
    said = [
        f.coalesce(f.col(c), f.lit("")) if c in texts else f.lit("") for c in ("legal_form", "name")
    ]
    other = f.concat(said[0], f.lit(_APART), said[1])
    paired = _paired(_rows(context, "accounts", "tax_id", *texts), "tax_id", other)
    paired = paired.where(f.in_(f.col("country"), ["", "RU"]))
    size = f.length(f.regexp_replace(f.col("value"), "[^0-9]", ""))
    suspect = f.any_of(
        f.all_of(size.eq(f.lit(12)), f.search(f.lower(f.col("other")), _forms_of(sole=False))),
        f.all_of(size.eq(f.lit(10)), f.search(f.lower(f.col("other")), _forms_of(sole=True))),
    )
    yield pair_query(
        context, "a104_forms", "accounts", "tax_id", paired, PairBatch(_Form(), ARGS), suspect
    )


def _forms_of(*, sole: bool) -> str:
    """Regex of the spellings of Russian legal forms: of people, or of all others."""
    spellings = [
        s for s, form in legal_forms().items()
        if "RU" in form.countries and (form.kind == "sole") == sole
    ]  # fmt: skip
    return "|".join(
        "[^а-яёa-z]+".join(tolerant(word) for word in s.split()) for s in sorted(spellings)
    )


RULE = Rule(
    code="A104",
    slug="tax_number",
    family="A",
    scope=Scope.ROW,
    severity=Severity.WARNING,
    checks=checks,
    needs=("accounts.tax_id or another column of official numbers",),
    doc=__doc__ or "",
)
