"""C103: a record with little in it.

The share of useful fields that are filled, weighted: a phone or an e-mail counts more than a
job title. Fields that nobody in the table fills do not count, nor do those the CRM fills by
itself. A dash or "n/a" fills nothing.

Example: a contact with a name and nothing else among contacts with phones and companies.
Repair: complete it from the source that made it, or archive it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from dq.checks.context import RuleContext, TableFacts
from dq.checks.rule import Check, CheckLike, Rule, Scope, Skip
from dq.checks.rules.completeness.nothing import hidden_null
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

WEIGHTS: Mapping[str, Mapping[str, int]] = {
    "accounts": {
        "name": 2, "tax_id": 2, "domain": 1, "phone": 3, "email": 2, "address": 1, "city": 1,
        "industry": 1,
    },
    "contacts": {
        "full_name|first_name|last_name": 2, "email": 3, "phone": 3, "account_id": 2, "title": 1,
        "source": 1,
    },
    "leads": {
        "full_name": 2, "company": 1, "email": 3, "phone": 3, "source": 1, "interest": 1,
        "need": 1, "budget": 1,
    },
}  # fmt: skip
LEAST_FIELDS = 3


def checks(context: RuleContext) -> Iterator[CheckLike]:
    threshold = float(str(context.params["threshold"]))
    for table, weights in WEIGHTS.items():
        if table not in context.tables:
            continue
        used = _used(context.tables[table], weights)
        if len(used) < LEAST_FIELDS:
            yield Skip(table, "needs.columns", {"columns": ", ".join(weights)})
            continue
        whole = sum(weight for _, weight in used)
        got: exp.Expression = f.lit(0)
        for columns, weight in used:
            there = f.any_of(*[_says(context, table, c) for c in columns])
            got = got + f.case((there, f.lit(weight)), default=f.lit(0))
        score = f.div0(exp.paren(got), f.lit(whole))
        # Rounded by halves: `round` would write the long sum down several times.
        percent = f.as_text(f.floor(f.div0(exp.paren(got) * 200 + whole, f.lit(2 * whole))))
        yield Check(table, score < f.lit(threshold), args={"score": percent}, value=percent.copy())


def _used(facts: TableFacts, weights: Mapping[str, int]) -> list[tuple[list[str], int]]:
    used = []
    for names, weight in weights.items():
        columns = [
            c
            for c in names.split("|")
            if c in facts.columns and (facts.columns[c].filled or not facts.rows)
        ]
        if columns:
            used.append((columns, weight))
    return used


def _says(context: RuleContext, table: str, column: str) -> exp.Expression:
    cell = f.col(column)
    if context.tables[table].columns[column].type != "text":
        return f.not_null(cell)
    return f.all_of(f.not_null(cell), f.not_(hidden_null(cell)))


RULE = Rule(
    code="C103",
    slug="poor_record",
    family="C",
    scope=Scope.ROW,
    severity=Severity.INFO,
    checks=checks,
    needs=("accounts", "contacts", "leads"),
    params={"threshold": 0.35},
    doc=__doc__ or "",
)
