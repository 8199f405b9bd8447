"""The fused executor: many rules, few scans.

Per table one *census* counts, for every check, the records that it could judge and those
that it hits; only checks with hits are looked at again. Row predicates then share one scan
that keeps the rows that break something; verdicts in Python are taken once per distinct
value. Table rules bring their own query. Everything ends in `work.findings`, whose columns
are those of findings.parquet plus `won`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from dq.checks.context import RuleContext
from dq.checks.executor.annotate import annotate, returned
from dq.checks.executor.collect import Place, collect, outcomes
from dq.checks.executor.folding import fold
from dq.checks.executor.plan import Settings, make_plan
from dq.checks.executor.queries import query_findings
from dq.checks.executor.rows import row_findings
from dq.checks.executor.values import value_findings
from dq.checks.rule import Rule
from dq.findings import RuleOutcome
from dq.store import Suppression

__all__ = ["Place", "execute", "returned"]


def execute(
    context: RuleContext,
    rules: Sequence[Rule],
    settings: Settings,
    places: Place,
    progress: Callable[[str], None] = lambda _: None,
    *,
    suppressions: Sequence[Suppression] = (),
    day: date = date.max,
) -> list[RuleOutcome]:
    """Run the rules; make `work.findings`; return one outcome a rule and table.

    `settings` is the `rules:` section of dq.yaml: severity, params, enabled by code.
    `places` gives for each source its file and sheet. `suppressions` are applied as they
    hold on `day`.
    """
    plan = make_plan(context, rules, settings)
    parts = []
    for table in plan.tables:
        progress(table)
        parts += row_findings(context.engine, plan, table)
        parts += value_findings(context.engine, plan, table)
    for number, (rule, query) in enumerate(plan.queries):
        progress(rule.code)
        parts += query_findings(context.engine, plan, number, rule, query, context.tables)
    collect(context.engine, parts, places)
    annotate(context.engine, context.tables, suppressions, day)
    fold(context.engine, rules)
    return outcomes(context.engine, plan)
