"""Engines run plans: DuckDB inside the process, or Spark where data outgrow one machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dq.engines.base import Engine

__all__ = ["open_engine"]


def open_engine(
    url: str = "duckdb",
    work: Path | None = None,
    memory: str | None = None,
    threads: int | None = None,
) -> Engine:
    """Open an engine.

    Args:
        url: `duckdb`, `spark` (all cores of this machine), `local[N]` or `spark://host:port`.
        work: folder for materialised tables and spilling, made if absent; a folder of its own
            inside is removed on close. Default: the system's temporary folder.
        memory: the most memory to take (`4GB`).
        threads: the most threads to run (`local[N]` and clusters name their own).

    Raises:
        UsageError: the URL names no engine.
        EngineError: the engine is not installed or does not start.
    """
    if url == "duckdb":
        from dq.engines.duckdb import DuckDBEngine

        return DuckDBEngine(work, memory, threads)
    if url == "spark" or url.startswith(("spark://", "local")):
        from dq.engines.spark import SparkEngine

        return SparkEngine(url, work, memory, threads)
    from dq.errors import UsageError

    raise UsageError(
        "There is no engine {url}.", fix="Use duckdb, spark, local[N] or spark://….", url=url
    )
