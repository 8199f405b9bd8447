"""Tables of two years as an engine has them, with what is known of their columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dq.checks.context import ColumnFacts, TableFacts
from dq.crm.model import TABLES
from dq.engines.base import Engine
from dq.semantics.drift.baseline import Baseline, look
from dq.semantics.drift.find import Found, since_baseline, since_day
from tests.semantics.disturb import DAY

__all__ = ["as_it_was", "beside_baseline", "facts_of", "put", "since"]

_TYPES = {"string": "text", "timestamp[us]": "timestamp", "bool": "boolean", "int64": "integer"}


def facts_of(name: str, table: pa.Table) -> TableFacts:
    """What the profile of a loaded table says of it."""
    columns = {column: _facts(name, column, table[column]) for column in table.column_names}
    return TableFacts(name, table.num_rows, columns, key_given=True)


def _facts(table: str, name: str, cells: pa.ChunkedArray) -> ColumnFacts:
    known = TABLES[table].columns.get(name)
    kind = _TYPES.get(str(cells.type), "decimal")
    values = None
    if kind != "timestamp":
        counted = pc.value_counts(cells.drop_null()).to_pylist()
        if len(counted) <= 1000:
            pairs = ((str(each["values"]), each["counts"]) for each in counted)
            values = tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
    return ColumnFacts(
        name=name,
        type=kind,
        kind=known.kind if known else "derived",
        header=name if known else None,
        canonical=True,
        rows=len(cells),
        filled=len(cells) - cells.null_count,
        values=values,
        personal=known.personal if known else False,
    )


def put(engine: Engine, folder: Path, name: str, table: pa.Table) -> TableFacts:
    """Make the engine's `crm.<name>` hold the rows."""
    path = folder / f"{name}-{len(list(folder.iterdir()))}.parquet"
    pq.write_table(table, path)
    engine.load(f"crm.{name}", path)
    return facts_of(name, table)


def since(engine: Engine, folder: Path, name: str, table: pa.Table) -> Found:
    """`--since` the day of the disturbance."""
    return since_day(engine, put(engine, folder, name, table), DAY.date(), _last(table))


def beside_baseline(
    engine: Engine, folder: Path, name: str, table: pa.Table, sound: pa.Table
) -> Found:
    """The table beside a baseline that was adopted the day before.

    `sound` is the table without a disturbance.
    """
    before = as_it_was(name, sound)
    made = look(engine, put(engine, folder, name, before), (DAY - timedelta(days=1)).date())
    assert made is not None
    kept = Baseline.of_json(name, made.as_json())
    return since_baseline(engine, put(engine, folder, name, table), kept, _last(table))


def _last(table: pa.Table) -> date:
    newest: datetime = pc.max(table["created_at"]).as_py()
    return newest.date()


def as_it_was(name: str, table: pa.Table, day: datetime = DAY) -> pa.Table:
    """The export of an earlier day: its newest records were not closed or answered yet."""
    stamp = pa.scalar(day, pa.timestamp("us"))
    old = table.filter(pc.less(table["created_at"], stamp)).combine_chunks()
    if name == "leads":
        fresh = pa.scalar(day - timedelta(days=14), pa.timestamp("us"))
        young = pc.greater(old["created_at"], fresh)
        return _with(old, young, {"status": "new", "first_response_at": None})
    still = pc.fill_null(pc.greater_equal(old["closed_at"], stamp), False)
    changed = {"status": "open", "stage": "negotiation", "closed_at": None, "lost_reason": None}
    old = _with(old, still, {**changed, "probability": 80})
    steps = table["next_step"].combine_chunks().drop_null()
    chance = np.random.default_rng(1)
    drawn = steps.take(pa.array(chance.integers(len(steps), size=len(old))))
    told = pc.and_(still, pa.array(chance.random(len(old)) > 0.15))
    place = old.column_names.index("next_step")
    return old.set_column(place, "next_step", pc.if_else(told, drawn, old["next_step"]))


def _with(table: pa.Table, rows: pa.ChunkedArray, values: Mapping[str, object]) -> pa.Table:
    for name, value in values.items():
        column = table[name]
        changed = pc.if_else(rows, pa.scalar(value, column.type), column)
        table = table.set_column(table.column_names.index(name), name, changed)
    return table
