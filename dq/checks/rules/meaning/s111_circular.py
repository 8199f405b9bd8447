"""S111: a term that is defined by itself.

A definition that leads back to its own word selects nothing that anyone could compute.
glossary.yaml with such a circle is refused whole, with the place; `dq glossary lint` lists
all circles.

Example: client → active_client → client.
Repair: write one of them out of columns.
"""

from __future__ import annotations

from dq.checks.rule import Rule, Scope
from dq.checks.rules.meaning.issues import checks_of
from dq.findings import Severity
from dq.semantics.lint.terms import cycles

__all__ = ["RULE"]


RULE = Rule(
    code="S111",
    slug="circular",
    family="S",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks_of(cycles),
    needs=("glossary.yaml",),
    doc=__doc__ or "",
)
