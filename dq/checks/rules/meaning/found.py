"""What is in the tables at hand, as the glossary counts it: columns, words, stages."""

from __future__ import annotations

from dq.checks.context import RuleContext, TableFacts
from dq.semantics.creation import Found

__all__ = ["PICKLIST", "found_in", "pairs_of_stages"]

PICKLIST = 100
"""So many words at most does a list to pick from have."""

OFTEN = 3
"""So often at least does a word of a list stand in it, on average: else it is a text."""

_PIPELINE_STAGES = 2000


def found_in(context: RuleContext) -> Found:
    """Columns of all tables, words of columns that are lists, stages of deals by pipeline."""
    columns = {}
    values = {}
    for table, facts in sorted(context.tables.items()):
        columns[table] = tuple(
            name
            for name, column in facts.columns.items()
            if column.kind != "derived" and name != "id" and not name.startswith("_")
        )
        for name in columns[table]:
            words = _words(facts, table, name)
            if words:
                values[table, name] = words
    return Found(columns, values, pairs_of_stages(context))


def _words(facts: TableFacts, table: str, name: str) -> tuple[str, ...]:
    column = facts.columns[name]
    if (table, name) == ("deals", "stage") or column.kind != "category" or column.personal:
        return ()
    known = column.values
    if known is None or not known or len(known) > PICKLIST:
        return ()
    if column.filled < OFTEN * len(known):
        return ()
    return tuple(value for value, _ in known)


def pairs_of_stages(context: RuleContext) -> tuple[tuple[str, str], ...]:
    """Each pipeline with each of its stages; "" where deals name no pipeline."""
    from sqlglot import exp

    from dq.checks.rules.helpers import rows
    from dq.sql import portable as f

    if not context.filled("deals", "stage"):
        return ()
    pipeline = f.col("pipeline") if context.has("deals", "pipeline") else f.null("text")
    query = (
        exp.select(f.alias(f.coalesce(pipeline, f.lit("")), "p"), f.alias(f.col("stage"), "s"))
        .from_(f.table("crm.deals"))
        .where(f.not_null(f.col("stage")))
        .distinct()
        .limit(_PIPELINE_STAGES)
    )
    return tuple(sorted((str(r["p"]), str(r["s"])) for r in rows(context, query)))
