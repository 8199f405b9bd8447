"""Snapshots of a run: the typed, keyed tables under the digest of their rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.sql import portable as f

if TYPE_CHECKING:
    import pyarrow as pa

    from dq.crm.load import Crm
    from dq.engines.base import Engine
    from dq.runs.runs import RunWriter

__all__ = ["keep_tables", "row_hashes"]


def keep_tables(engine: Engine, crm: Crm, writer: RunWriter) -> None:
    """Keep every `crm_all` table of the run; equal tables are kept once."""
    from dq.runs import snapshot_digest

    for name in sorted(crm.tables):
        schema = engine.schema(f"crm_all.{name}")
        columns = [(field.name, str(field.type)) for field in schema]
        hashes = engine.query(row_hashes(name, schema)).column(0)
        digest = snapshot_digest(name, columns, hashes)
        writer.snapshot(name, digest, len(hashes), _writer(engine, name))


def _writer(engine: Engine, name: str) -> Callable[[Path], object]:
    def write(path: Path) -> object:
        return engine.write(exp.select("*").from_(f.table(f"crm_all.{name}")), path)

    return write


def row_hashes(name: str, schema: pa.Schema) -> exp.Query:
    """MD5 of each row of `crm_all.<name>`; cells carry their length, so none can run together."""
    cells: list[exp.Expr] = []
    for field in schema:
        text = f.as_text(f.col(field.name))
        there = f.concat(f.as_text(f.length(text)), f.lit(":"), text)
        cells.append(f.coalesce(there, f.lit("~")))
    return exp.select(f.alias(f.md5(f.concat(*cells)), "h")).from_(f.table(f"crm_all.{name}"))
