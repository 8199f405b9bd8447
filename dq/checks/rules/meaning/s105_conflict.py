"""S105: departments mean different records by one word.

Two figures under one name disagree, and both are right by their own definition. Each pair of
definitions is compared: how their sets of records stand to each other is proved where it can
be (equal, subset, disjoint, overlap), and counted on the data.

Example: "prospect": 69 leads by the company's definition, 1,445 by that of UK sales.
Repair: agree on one definition, or give the two words two names; `dq glossary compare` shows
which records tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.meaning.issues import facts_of, issues_query
from dq.findings import Severity
from dq.semantics.lint.meaning import departments_differ
from dq.semantics.prove import prover

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    facts = facts_of(context)
    if facts is None:
        yield Skip(None, "needs.glossary")
        return
    from dq.semantics.conflicts import conflicts

    columns = {name: tuple(table.columns) for name, table in context.tables.items()}
    found = list(
        conflicts(
            facts.meaning,
            context.as_of.date(),
            prove=prover(),
            engine=context.engine,
            columns=columns,
            params={"as_of": context.as_of},
        )
    )
    context.compared[:] = found
    facts = replace(facts, conflicts=found)
    yield issues_query(context, departments_differ(facts), len(facts.meaning.glossary.terms))


RULE = Rule(
    code="S105",
    slug="conflict",
    family="S",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("glossary.yaml",),
    doc=__doc__ or "",
)
