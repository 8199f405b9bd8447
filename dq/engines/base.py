"""The engine protocol: one plan, many machines.

Names of tables are dotted (`raw.deals`, `src.deals`, `crm.deals`, `crm_all.deals`,
`work.x`); an engine maps them to what it has. Plans are sqlglot expressions built from
the portable functions of `dq.sql`; anything else is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlglot import exp

    from dq.tables import BatchFn, RawTable

__all__ = ["Engine", "Limits"]


@dataclass(frozen=True)
class Limits:
    """What a query may take: seconds of time, rows of result."""

    seconds: float | None = None
    rows: int | None = None


class Engine(Protocol):
    """Loads, transforms and queries tables; see the module docstring for names and plans."""

    name: str

    def load(self, name: str, source: RawTable | Path) -> None:
        """Make a Parquet file (or folder of them) readable under `name`; copies nothing."""

    def schema(self, name: str) -> pa.Schema:
        """Arrow schema of a table."""

    def query(
        self,
        sql: exp.Query,
        params: Mapping[str, object] | None = None,
        limits: Limits | None = None,
    ) -> pa.Table:
        """Run a query with a small result."""

    def batches(
        self, sql: exp.Query, params: Mapping[str, object] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Run a query and stream its result."""

    def write(self, sql: exp.Query, path: Path, params: Mapping[str, object] | None = None) -> int:
        """Write a query's result as one Parquet file; return its rows."""

    def create(
        self,
        name: str,
        sql: exp.Query,
        params: Mapping[str, object] | None = None,
    ) -> None:
        """Materialise a query under `name` (on disk as Parquet; on Spark the lineage is cut)."""

    def view(self, name: str, sql: exp.Query) -> None:
        """Name a query without materialising it (cheap projections and filters only)."""

    def map_batches(self, name: str, sql: exp.Query, fn: BatchFn, schema: pa.Schema) -> None:
        """Materialise `fn` over the batches of a query under `name`: the only row loop."""

    def drop(self, name: str) -> None:
        """Forget a table and its files; absent is no error."""

    def tables(self) -> tuple[str, ...]:
        """Names known, sorted."""

    def close(self) -> None:
        """Release connections and temporary files."""
