"""S104: a definition that nobody approved.

A word that one person defined alone is one person's opinion. Where a newer text replaces an
approved one, reports go on with the approved one until the new one is approved too, and say
so.

Example: `prospect@2026-01-01` was proposed on 3 March and nobody has approved it.
Repair: `dq glossary propose TERM`, then another person: `dq glossary approve TERM --because …`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.meaning.issues import facts_of, issues_query
from dq.findings import Severity
from dq.semantics.lint.meaning import unapproved

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    facts = facts_of(context)
    if facts is None:
        yield Skip(None, "needs.glossary")
        return
    yield issues_query(context, unapproved(facts), len(facts.meaning.standings))


RULE = Rule(
    code="S104",
    slug="unapproved",
    family="S",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("glossary.yaml",),
    doc=__doc__ or "",
)
