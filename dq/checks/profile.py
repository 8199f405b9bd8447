"""Facts of the loaded tables: what is filled, how many values, which values."""

from __future__ import annotations

from sqlglot import exp

from dq.checks.context import ColumnFacts, TableFacts
from dq.crm.load import Crm, CrmColumn, CrmTable
from dq.engines.base import Engine
from dq.sql import portable as f

__all__ = ["CATEGORY_LIMIT", "profile"]

CATEGORY_LIMIT = 1_000
"""Columns with at most this many distinct values have all their values listed."""

SAMPLE_ROWS = 20_000
"""Rows (by place in the file) whose distinct values decide which columns are counted whole."""


def profile(engine: Engine, crm: Crm) -> dict[str, TableFacts]:
    """Facts of every loaded table's live rows: one scan, and one a column of few values."""
    return {name: _table(engine, table) for name, table in crm.tables.items()}


def _table(engine: Engine, table: CrmTable) -> TableFacts:
    source = f.table(f"crm.{table.name}")
    columns = list(table.columns.values())
    counts = engine.query(_counts(columns).from_(source)).to_pylist()[0]
    rows = counts["rows"]
    few = _few(engine, table, columns)
    facts: dict[str, ColumnFacts] = {}
    for i, column in enumerate(columns):
        filled = counts[f"c{i}"]
        values = _values(engine, table.name, column.name) if column.name in few and filled else None
        facts[column.name] = ColumnFacts(
            name=column.name,
            type=column.type,
            kind=column.kind,
            header=column.header,
            canonical=column.canonical,
            rows=rows,
            filled=filled,
            distinct=len(values) if values is not None else None,
            values=values,
            pseudonymised=_pseudonymised(engine, table.name, column, filled),
            has_time=bool(counts.get(f"t{i}", False)),
            personal=column.personal,
            identifying=column.identifying,
        )
    return TableFacts(
        name=table.name,
        rows=rows,
        columns=facts,
        key_given=table.key_given,
        links=table.links,
        sources=table.sources,
        marks=table.marks,
    )


def _counts(columns: list[CrmColumn]) -> exp.Select:
    projections: list[exp.Expression] = [f.alias(f.count(), "rows")]
    for i, column in enumerate(columns):
        cell = f.col(column.name)
        projections.append(f.alias(f.count(cell), f"c{i}"))
        if column.type == "timestamp":
            midnight = cell.eq(f.as_timestamp(f.date_of(cell)))
            projections.append(f.alias(f.any_true(f.not_(midnight)), f"t{i}"))
    return exp.select(*projections)


def _few(engine: Engine, table: CrmTable, columns: list[CrmColumn]) -> set[str]:
    """Columns that have few distinct values among the first rows."""
    counted = [c for c in columns if c.type in ("text", "integer", "boolean", "decimal")]
    if not counted:
        return set()
    sample = (
        exp.select(*[f.col(c.name) for c in counted])
        .from_(f.table(f"crm.{table.name}"))
        .where(f.col("_row") <= f.lit(SAMPLE_ROWS))
    )
    query = exp.select(
        *[f.alias(f.count_distinct(f.col(c.name)), f"d{i}") for i, c in enumerate(counted)]
    ).from_(sample.subquery("s"))
    row = engine.query(query).to_pylist()[0]
    return {c.name for i, c in enumerate(counted) if row[f"d{i}"] <= CATEGORY_LIMIT}


def _values(engine: Engine, table: str, column: str) -> tuple[tuple[str, int], ...] | None:
    query = (
        exp.select(f.alias(f.as_text(f.col(column)), "v"), f.alias(f.count(), "n"))
        .from_(f.table(f"crm.{table}"))
        .where(f.not_null(f.col(column)))
        .group_by(f.as_text(f.col(column)))
        .order_by(exp.column("n", quoted=True).desc(), exp.column("v", quoted=True))
        .limit(CATEGORY_LIMIT + 1)
    )
    rows = engine.query(query).to_pylist()
    if len(rows) > CATEGORY_LIMIT:
        return None
    return tuple((r["v"], r["n"]) for r in sorted(rows, key=lambda r: (-r["n"], r["v"])))


def _pseudonymised(engine: Engine, table: str, column: CrmColumn, filled: int) -> bool:
    if column.type != "text" or column.kind in ("id", "flag") or not filled:
        return False
    from collections import Counter

    from dq.text.hashes import pseudonymised

    sample = (
        exp.select(f.alias(f.col(column.name), "v"))
        .from_(f.table(f"crm.{table}"))
        .where(f.not_null(f.col(column.name)))
        .limit(500)
    )
    return pseudonymised(Counter(r["v"] for r in engine.query(sample).to_pylist())) is not None
