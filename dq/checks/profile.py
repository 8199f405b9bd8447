"""Facts of the loaded tables: what is filled, how many values, which values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from dq.checks.context import ColumnFacts, TableFacts
from dq.crm.load import Crm, CrmColumn, CrmTable
from dq.engines.base import Engine
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["CATEGORY_LIMIT", "profile"]

CATEGORY_LIMIT = 1_000
"""Columns with at most this many distinct values have all their values listed."""

SAMPLE_ROWS = 20_000
"""Rows (by place in the file) whose distinct values decide which columns are counted whole."""

HASH_ROWS = 500
"""Values, by place in the file, that tell whether a column is pseudonymised."""

AT_ONCE = 64
"""Columns that one query looks at."""


def profile(engine: Engine, crm: Crm) -> dict[str, TableFacts]:
    """Facts of every loaded table's live rows; a few queries a table, however wide it is."""
    return {name: _table(engine, table) for name, table in crm.tables.items()}


def _table(engine: Engine, table: CrmTable) -> TableFacts:
    columns = list(table.columns.values())
    counts = _counts(engine, table.name, columns)
    filled = [c for c in columns if counts[f"c_{c.name}"]]
    values = _values(engine, table.name, _few(engine, table.name, filled))
    hashed = _pseudonymised(engine, table.name, filled)
    facts: dict[str, ColumnFacts] = {}
    for column in columns:
        known = values.get(column.name)
        facts[column.name] = ColumnFacts(
            name=column.name,
            type=column.type,
            kind=column.kind,
            header=column.header,
            canonical=column.canonical,
            rows=counts["rows"],
            filled=counts[f"c_{column.name}"],
            distinct=len(known) if known is not None else None,
            values=known,
            pseudonymised=column.name in hashed,
            has_time=bool(counts.get(f"t_{column.name}", False)),
            personal=column.personal,
            identifying=column.identifying,
            sources=column.sources,
        )
    return TableFacts(
        name=table.name,
        rows=counts["rows"],
        columns=facts,
        key_given=table.key_given,
        links=table.links,
        sources=table.sources,
        marks=table.marks,
    )


def _blocks(columns: Sequence[CrmColumn]) -> Iterator[Sequence[CrmColumn]]:
    for start in range(0, len(columns), AT_ONCE):
        yield columns[start : start + AT_ONCE]


def _counts(engine: Engine, table: str, columns: Sequence[CrmColumn]) -> dict[str, int]:
    """`rows`; filled cells as `c_<column>`; whether a timestamp has a time as `t_<column>`."""
    counts: dict[str, int] = {}
    for block in _blocks(columns) if columns else [()]:
        projections: list[exp.Expression] = [f.alias(f.count(), "rows")]
        for i, column in enumerate(block):
            cell = f.col(column.name)
            projections.append(f.alias(f.count(cell), f"c{i}"))
            if column.type == "timestamp":
                midnight = cell.eq(f.as_timestamp(f.date_of(cell)))
                projections.append(f.alias(f.any_true(f.not_(midnight)), f"t{i}"))
        query = exp.select(*projections).from_(f.table(f"crm.{table}"), copy=False)
        row = engine.query(query).to_pylist()[0]
        counts["rows"] = row["rows"]
        for i, column in enumerate(block):
            counts[f"c_{column.name}"] = row[f"c{i}"]
            counts[f"t_{column.name}"] = row.get(f"t{i}", 0)
    return counts


def _few(engine: Engine, table: str, columns: Sequence[CrmColumn]) -> list[CrmColumn]:
    """Columns that have few distinct values among the first rows."""
    counted = [c for c in columns if c.type in ("text", "integer", "boolean", "decimal")]
    few: list[CrmColumn] = []
    for block in _blocks(counted):
        sample = (
            exp.select(*[f.col(c.name) for c in block])
            .from_(f.table(f"crm.{table}"), copy=False)
            .where(f.col("_row") <= f.lit(SAMPLE_ROWS))
        )
        query = exp.select(
            *[f.alias(f.count_distinct(f.col(c.name)), f"d{i}") for i, c in enumerate(block)]
        ).from_(sample.subquery("s", copy=False), copy=False)
        row = engine.query(query).to_pylist()[0]
        few += [c for i, c in enumerate(block) if row[f"d{i}"] <= CATEGORY_LIMIT]
    return few


def _values(
    engine: Engine, table: str, columns: Sequence[CrmColumn]
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Values with their counts, the most frequent first, of columns that have few."""
    found: dict[str, list[tuple[str, int]]] = {}
    for block in _blocks(columns):
        counted = [_counted(table, place, column) for place, column in enumerate(block)]
        union = union_all(counted)
        for row in engine.query(union).to_pylist():
            found.setdefault(block[row["place"]].name, []).append((row["v"], row["n"]))
    return {
        name: tuple(sorted(values, key=lambda pair: (-pair[1], pair[0])))
        for name, values in found.items()
        if len(values) <= CATEGORY_LIMIT
    }


def _counted(table: str, place: int, column: CrmColumn) -> exp.Select:
    """place, v, n of a column's most frequent values."""
    text = f.col(column.name) if column.type == "text" else f.as_text(f.col(column.name))
    top = (
        exp.select(f.alias(f.lit(place), "place"), f.alias(text, "v"), f.alias(f.count(), "n"))
        .from_(f.table(f"crm.{table}"), copy=False)
        .where(f.not_null(f.col(column.name)))
        .group_by(text.copy())
        .order_by(exp.column("n", quoted=True).desc(), exp.column("v", quoted=True))
        .limit(CATEGORY_LIMIT + 1)
    )
    return exp.select(*[f.col(n) for n in ("place", "v", "n")]).from_(
        top.subquery(f"t{place}"), copy=False
    )


def _pseudonymised(engine: Engine, table: str, columns: Sequence[CrmColumn]) -> set[str]:
    """Columns whose values are hashes, judged by the first values in the file."""
    from dq.text.hashes import pseudonymised

    asked = [c for c in columns if c.type == "text" and c.kind not in ("id", "flag")]
    samples: Mapping[str, Counter[str]] = {c.name: Counter() for c in asked}
    for block in _blocks(asked):
        first = (
            exp.select(*[f.col(c.name) for c in block])
            .from_(f.table(f"crm.{table}"), copy=False)
            .order_by(f.col("_source"), f.col("_row"))
            .limit(HASH_ROWS)
        )
        for name, cells in engine.query(first).to_pydict().items():
            samples[name].update(v for v in cells if v is not None)
    for column in asked:
        if not samples[column.name]:
            samples[column.name].update(_first(engine, table, column.name))
    return {name for name, values in samples.items() if pseudonymised(values) is not None}


def _first(engine: Engine, table: str, column: str) -> list[str]:
    """First values of a column that is blank in the first rows."""
    query = (
        exp.select(f.alias(f.col(column), "v"))
        .from_(f.table(f"crm.{table}"), copy=False)
        .where(f.not_null(f.col(column)))
        .order_by(f.col("_source"), f.col("_row"))
        .limit(HASH_ROWS)
    )
    return [str(v) for v in engine.query(query).column("v").to_pylist()]
