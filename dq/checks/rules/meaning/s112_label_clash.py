"""S112: one word that two terms claim.

People say the word and mean one of the two; whoever reads the figure takes the other.

Example: "client" is a synonym of "customer" and the name of another term.
Repair: keep the word for one term, and give the other its own.
"""

from __future__ import annotations

from dq.checks.rule import Rule, Scope
from dq.checks.rules.meaning.issues import checks_of
from dq.findings import Severity
from dq.semantics.lint.terms import clashes

__all__ = ["RULE"]


RULE = Rule(
    code="S112",
    slug="label_clash",
    family="S",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks_of(clashes),
    needs=("glossary.yaml",),
    doc=__doc__ or "",
)
