"""S102: a word in a list to pick from that nobody defined.

A new status, source or reason changes every report that counts by it, and drops out of those
that name the old words. What was there on the first day was adopted; what the glossary lists
and another person approved is known; all else is reported.

Example: `leads.source` = "TikTok", 14 leads.
Repair: add the word to the column's `values:` in glossary.yaml and have it approved, or
correct the records.
"""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.context import RuleContext
from dq.checks.rule import Check, CheckLike, Rule, Scope, Skip
from dq.checks.rules.meaning.found import found_in
from dq.findings import Severity
from dq.semantics.creation import unknown
from dq.sql import portable as f

__all__ = ["RULE"]

STATES = ("new", "written", "proposed")


def checks(context: RuleContext) -> Iterator[CheckLike]:
    if context.meaning is None or context.baseline is None:
        yield Skip(None, "needs.glossary_baseline")
        return
    found = found_in(context)
    new = unknown(found, context.meaning, context.baseline).values
    for table, column in found.values:
        words = new.get((table, column), {})
        how = (
            f.case(
                *[
                    (f.in_(f.col(column), [w for w, state in words.items() if state == one]), one)
                    for one in STATES
                    if one in words.values()
                ],
                default="new",
            )
            if words
            else f.lit("new")
        )
        yield Check(
            table=table,
            column=column,
            violated=f.in_(f.col(column), list(words)),
            when=f.not_null(f.col(column)),
            cause=f.concat(how, f.lit(":"), f.col(column)),
        )


RULE = Rule(
    code="S102",
    slug="unknown_category",
    family="S",
    scope=Scope.ROW,
    severity=Severity.WARNING,
    checks=checks,
    needs=("glossary.yaml", "a baseline (the first dq run writes it)"),
    folds=dict.fromkeys(STATES, 3),
    doc=__doc__ or "",
)
