"""A102: an e-mail address that is none, or one slip from a large mail service.

A letter to it never arrives, and nobody is told: the campaign's report counts it as sent.

Example: anna@gmial.com, orlova@yandex,ru, two addresses in one cell.
Repair: correct the domain where it is plain, else ask the person; keep one address a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext
from dq.checks.executor.verdicts import VerdictBatch, verdict_schema
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.helpers import number, rows
from dq.checks.rules.values import clear_text, hashed, text_columns, value_check, work_name
from dq.findings import Severity
from dq.sql import portable as f
from dq.text.email import EmailJudge, common_domains
from dq.text.verdict import Verdict

__all__ = ["GOOD", "RULE"]

_ATOM = "[A-Za-z0-9_+'-]+"
GOOD = f"{_ATOM}(?:[.]{_ATOM})*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?[.])+[A-Za-z]{{2,}}"
"""Addresses of this form, up to 64 characters long, can only be wrong by their domain."""

_SHARED = 3
"""Addresses of one company from which on a domain is the company's own."""

COMPANY = {"contacts": "account_id", "leads": "company"}


@dataclass(frozen=True)
class _Domain:
    """Judges a domain as an address of that domain."""

    def __call__(self, value: str) -> Verdict | None:
        return EmailJudge()("a@" + value)


@dataclass(frozen=True)
class _Address:
    """The judge, with domains that are companies' own after all."""

    own: frozenset[str]

    def __call__(self, value: str) -> Verdict | None:
        verdict = EmailJudge()(value)
        if verdict is not None and verdict.detail in self.own:
            return None
        return verdict


def checks(context: RuleContext) -> Iterator[CheckLike]:
    mapped = False
    for name in sorted(context.tables):
        facts = context.tables[name]
        mapped = mapped or any(text_columns(facts, ("email",)))
        yield from hashed(facts, ("email",))
        for column in clear_text(facts, ("email",)):
            wrong = _wrong_domains(context, name, column)
            own = _own_domains(context, name, column, wrong)
            suspect = f.any_of(
                f.not_(_good(column.name)), f.in_(_domain(column.name), sorted(wrong - own))
            )
            yield value_check(context, name, column.name, _Address(frozenset(own)), suspect)
    if not mapped:
        yield Skip(None, "needs.kind", {"columns": "email"})


def _good(column: str) -> exp.Expression:
    cell = f.col(column)
    return f.all_of(f.length(cell) <= f.lit(64), f.full_match(cell, GOOD))


def _domain(column: str) -> exp.Expression:
    return f.lower(f.split_part(f.col(column), f.lit("@"), f.lit(2)))


def _wrong_domains(context: RuleContext, table: str, column: ColumnFacts) -> set[str]:
    """Domains of well-formed addresses that the judge objects to."""
    if column.values is not None:
        domains = {v.partition("@")[2].lower() for v, _ in column.values}
        return {d for d in domains if d and _Domain()(d) is not None}
    domain = _domain(column.name)
    query = (
        exp.select(f.alias(f.lit(0), "place"), f.alias(domain, "value"))
        .from_(f.table(f"crm.{table}"))
        .where(f.all_of(_good(column.name), f.not_(f.in_(domain, sorted(common_domains())))))
        .distinct()
    )
    name = f"work.{work_name('a102', table, column.name)}"
    context.engine.map_batches(name, query, VerdictBatch({0: [(0, _Domain())]}), verdict_schema())
    return {str(r["value"]) for r in rows(context, exp.select(f.col("value")).from_(f.table(name)))}


def _own_domains(
    context: RuleContext, table: str, column: ColumnFacts, wrong: set[str]
) -> set[str]:
    """Domains that look misspelt and are shared by several people of one company."""
    company = COMPANY.get(table)
    if not wrong or company is None or not context.filled(table, company):
        return set()
    domain = _domain(column.name)
    people = f.count_distinct(f.lower(f.col(column.name)))
    query = (
        exp.select(f.alias(domain, "domain"), f.alias(people, "people"))
        .from_(f.table(f"crm.{table}"))
        .where(f.all_of(f.in_(domain, sorted(wrong)), f.not_null(f.col(company))))
        .group_by(domain.copy(), f.fold(f.col(company)))
    )
    return {str(r["domain"]) for r in rows(context, query) if number(r["people"]) >= _SHARED}


RULE = Rule(
    code="A102",
    slug="email",
    family="A",
    scope=Scope.ROW,
    severity=Severity.WARNING,
    checks=checks,
    needs=("a column of e-mail addresses",),
    folds={"near_miss": 5, "tld": 3},
    doc=__doc__ or "",
)
