"""S101: a column that nobody defined.

A column that appears after the first day is filled by some and not by others, and means what
each of them thinks. It stays reported until the glossary says what it means (`fields:`), one
person proposes that and another approves it.

Example: `deals.region2`, new since the last export.
Repair: define it in glossary.yaml and run `dq glossary propose deals.region2`; or take the
column out of the CRM's form.
"""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.meaning.found import found_in
from dq.checks.rules.meaning.issues import Told, told_query
from dq.findings import Severity
from dq.semantics.creation import unknown

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    if context.meaning is None or context.baseline is None:
        yield Skip(None, "needs.glossary_baseline")
        return
    found = found_in(context)
    new = unknown(found, context.meaning, context.baseline).columns
    for table in found.columns:
        told = [
            Told(None, how, column=column, args={"field": f"{table}.{column}"})
            for (of, column), how in new.items()
            if of == table
        ]
        yield told_query(table, told, len(found.columns[table]))


RULE = Rule(
    code="S101",
    slug="undefined_field",
    family="S",
    scope=Scope.HISTORY,
    severity=Severity.WARNING,
    checks=checks,
    needs=("glossary.yaml", "a baseline (the first dq run writes it)"),
    doc=__doc__ or "",
)
