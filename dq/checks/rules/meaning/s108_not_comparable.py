"""S108: departments that sell in different ways.

A department that sells to distributors counts distributors as clients and their orders as
sales; one that sells to users counts users. Their revenue, clients and win rates do not stand
side by side, whatever the words say.

Example: direct sales in one country, two tiers in another.
Repair: show them apart, or agree on a measure that both have (sales to users).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.meaning.issues import facts_of, issues_query
from dq.findings import Severity
from dq.semantics.lint.meaning import not_comparable

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    facts = facts_of(context)
    if facts is None:
        yield Skip(None, "needs.glossary")
        return
    if len(facts.meaning.glossary.departments) < 2:
        yield Skip(None, "needs.departments")
        return
    from dq.semantics.conflicts import incomparable

    facts = replace(facts, incomparable=incomparable(facts.meaning))
    yield issues_query(context, not_comparable(facts), len(facts.meaning.glossary.departments))


RULE = Rule(
    code="S108",
    slug="not_comparable",
    family="S",
    scope=Scope.TABLE,
    severity=Severity.INFO,
    checks=checks,
    needs=("glossary.yaml",),
    doc=__doc__ or "",
)
