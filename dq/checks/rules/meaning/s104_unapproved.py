"""S104: a definition that nobody approved.

A word that one person defined alone is one person's opinion. Where a newer text replaces an
approved one, reports go on with the approved one until the new one is approved too, and say
so.

Example: `prospect@2026-01-01` was proposed on 3 March and nobody has approved it.
Repair: `dq glossary propose TERM`, then another person: `dq glossary approve TERM --because …`.
"""

from __future__ import annotations

from dq.checks.rule import Rule, Scope
from dq.checks.rules.meaning.issues import checks_of
from dq.findings import Severity
from dq.semantics.lint.meaning import unapproved

__all__ = ["RULE"]


RULE = Rule(
    code="S104",
    slug="unapproved",
    family="S",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks_of(unapproved),
    needs=("glossary.yaml",),
    doc=__doc__ or "",
)
