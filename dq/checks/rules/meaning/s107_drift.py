"""S107: the values of a column came to mean something else, and the glossary does not say so.

A report over the year adds amounts in roubles to amounts in kopecks, or counts a category that
is called otherwise since March; nothing in it looks wrong. The records since the baseline are
compared with those of the year before it: another unit (all values 10, 100, 1000 times
larger), values that are new, gone, renamed or exchanged, a value or a blank that suddenly
stands everywhere, another distribution. A change counts when it is more than chance, more than
the year before moved by itself, and enough to matter; docs/drift.md has the limits.

Example: deals.amount: values are about 100 times larger since 2 March 2026 (median 1,200 →
118,000).
Repair: if the change is wanted, say it in glossary.yaml (`since`, `unit`, `values` of the
field, or a new version of the term); if not, repair the source. `dq glossary drift --adopt`
takes what is there now as the new baseline.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.findings import Severity
from dq.sql import portable as f

if TYPE_CHECKING:
    from dq.semantics.drift.find import Change

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    from dq.crm.events import event_date
    from dq.semantics.drift.find import since_baseline

    if not context.drift:
        yield Skip(None, "needs.baseline")
        return
    for name, facts in sorted(context.tables.items()):
        baseline = context.drift.get(name)
        if event_date(name, facts.columns) is None:
            yield Skip(name, "needs.date")
        elif baseline is None:
            yield Skip(name, "needs.baseline")
        else:
            found = since_baseline(
                context.engine, facts, baseline, context.as_of.date(), context.glossary
            )
            judged = f.lit(found.rows if found.judged else 0)
            lines = [_line(c) for c in found.changes if c.recorded is None] or [_nothing()]
            for line in lines:
                yield Query(name, line, exp.select(f.alias(judged.copy(), "n")))


def _line(change: Change) -> exp.Query:
    from dq.semantics.drift.words import args_of, cause_of, severity_of

    args = args_of(change)
    return exp.select(
        f.alias(f.null("text"), "key"),
        f.alias(f.lit(change.column), "column"),
        f.alias(f.lit(args["value"]) if "value" in args else f.null("text"), "value"),
        f.alias(f.lit(cause_of(change)), "cause"),
        f.alias(f.lit(severity_of(change).value), "severity"),
        *[f.alias(f.lit(text), f"arg_{name}") for name, text in args.items()],
    )


def _nothing() -> exp.Select:
    one = exp.select(f.alias(f.null("text"), "key"))
    return exp.select(f.col("key")).from_(one.subquery("o")).where(f.lit(False))


RULE = Rule(
    code="S107",
    slug="drift",
    family="S",
    scope=Scope.HISTORY,
    severity=Severity.WARNING,
    checks=checks,
    needs=("a date of creation or event in any table", "a baseline (made by the first dq run)"),
    doc=__doc__ or "",
)
