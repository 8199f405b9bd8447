"""Raw tables for tests, written as the readers write them: Parquet of text and `_row`."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dq.sources.headers import by_position, clean, unique
from dq.tables import ROW, RawTable, SourceFacts


def raw_table(
    folder: Path,
    name: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[str | None]],
    *,
    file: str | None = None,
) -> RawTable:
    """A raw table with these headers, made unique and named as the readers do."""
    columns, _ = unique([clean(h) or by_position(i) for i, h in enumerate(headers)])
    data = {
        column: pa.array([_cell(row, i) for row in rows], pa.string())
        for i, column in enumerate(columns)
    }
    data[ROW] = pa.array(range(2, len(rows) + 2), pa.int64())
    path = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:12]}.parquet"
    pq.write_table(pa.table(data), path)
    facts = SourceFacts(
        file=Path(file or f"{name}.csv"), format="csv", size=0, sha256="",
        header_row=1, headers=tuple(headers),
    )  # fmt: skip
    return RawTable(name, path, columns, len(rows), len(rows), facts)


def _cell(row: Sequence[str | None], place: int) -> str | None:
    return (row[place] or None) if place < len(row) else None


def raw_columns(folder: Path, name: str, columns: Mapping[str, Sequence[str | None]]) -> RawTable:
    """A raw table from columns."""
    longest = max((len(v) for v in columns.values()), default=0)
    rows = [
        [values[i] if i < len(values) else None for values in columns.values()]
        for i in range(longest)
    ]
    return raw_table(folder, name, list(columns), rows)


def raw_csv(folder: Path, path: Path, delimiter: str = ",") -> RawTable:
    """A raw table from a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle, delimiter=delimiter))
    return raw_table(folder, path.stem, rows[0], rows[1:], file=str(path))
