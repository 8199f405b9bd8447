"""What the tests of sources share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dq.sources import ReadOptions, read
from dq.sources.delimited import read_delimited
from dq.sources.job import Job
from dq.sources.lines import Part
from dq.tables import ROW, RawTable
from tests.realdata import CRM as DATA

__all__ = ["DATA", "both_ways", "cells_of", "read_text", "rows_of"]


def read_text(text: str | bytes, folder: Path, **options: Any) -> RawTable:
    """Read a text table strictly."""
    path = folder / "table.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    (table,) = read(path, into=folder / "raw", options=ReadOptions(**options))
    return table


def rows_of(table: RawTable | Part) -> list[dict[str, Any]]:
    """Rows of a raw table, with their numbers."""
    return pq.read_table(table.path).to_pylist()


def cells_of(table: RawTable | Part) -> list[list[Any]]:
    """Rows of a raw table as lists, without their numbers."""
    return [[value for name, value in row.items() if name != ROW] for row in rows_of(table)]


def both_ways(path: Path, folder: Path, *, lenient: bool = False, **options: Any) -> list[Part]:
    """A text file read by the fast reader if it agrees, and by the careful one."""
    facts = path.stat()
    parts = []
    for fast in (True, False):
        into = folder / str(fast)
        into.mkdir(exist_ok=True)
        job = Job(path, into, ReadOptions(**options), lenient, facts.st_size, facts.st_mtime)
        parts += read_delimited(job, fast=fast)
    return parts
