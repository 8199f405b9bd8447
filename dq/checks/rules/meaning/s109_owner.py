"""S109: a definition that nobody answers for.

A term without a steward, or whose steward has left, is changed by whoever needs it and
defended by nobody.

Example: the steward of "revenue" left in May.
Repair: name a steward in glossary.yaml who is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.helpers import rows
from dq.checks.rules.meaning.issues import facts_of, issues_query
from dq.findings import Severity
from dq.semantics.lint.owners import owner_missing
from dq.sql import portable as f

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    facts = facts_of(context)
    if facts is None:
        yield Skip(None, "needs.glossary")
        return
    people = left_people(context)
    facts = replace(facts, people=people)
    glossary = facts.meaning.glossary
    yield issues_query(context, owner_missing(facts), len(glossary.terms) + len(glossary.fields))


def left_people(context: RuleContext) -> dict[str, date | None] | None:
    """E-mails and names of the CRM's users with the day on which each left."""
    if not context.filled("users", "left_at"):
        return None
    names = [c for c in ("email", "name") if context.has("users", c)]
    query = exp.select(
        *[f.col(c) for c in names], f.alias(f.as_timestamp(f.col("left_at")), "left_at")
    ).from_(f.table("crm.users"))
    people: dict[str, date | None] = {}
    for row in rows(context, query.limit(_PEOPLE)):
        left = row["left_at"]
        day = left.date() if isinstance(left, datetime) else None
        for name in names:
            if row[name]:
                people[str(row[name]).casefold()] = day
    return people


_PEOPLE = 100_000


RULE = Rule(
    code="S109",
    slug="owner_missing",
    family="S",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("glossary.yaml",),
    doc=__doc__ or "",
)
