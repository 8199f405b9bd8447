"""Raw tables: what a source gives and an engine loads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dq.findings import Note

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ROW", "BatchFn", "Problem", "RawTable", "SourceFacts"]

ROW = "_row"
"""Column of a raw table: the record's place as a person sees it in the file (int64).

For text and spreadsheets the header is its own row, so with the header in row 1 the
first record is row 2. For Parquet and JSON lines the first record is row 1.
"""

BatchFn = Callable[["pa.RecordBatch"], "pa.RecordBatch"]
"""Maps one batch to one batch of the declared schema (any number of rows); pure, picklable."""


@dataclass(frozen=True)
class Problem:
    """A row, or a cell of a row, that the file itself spoils.

    `kept` tells whether the row is in the raw table all the same (a cell problem) or only
    here (a row problem): rows read = rows kept + rows reported with kept=False.
    """

    code: str
    row: int
    column: str | None = None
    value: str | None = None
    args: Mapping[str, object] = field(default_factory=dict)
    kept: bool = False


@dataclass(frozen=True)
class SourceFacts:
    """What is known of the file or database that a table came from.

    Of a database `file` is its name and server, `sheet` the table, `url` the address with
    secrets as `${NAME}`; size and digest are those of the rows as they were kept.
    """

    file: Path
    format: (
        str  # csv | xlsx | xls | xlsb | ods | html | json | parquet | sqlite | postgresql | mysql
    )
    size: int
    sha256: str
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    headers: tuple[str, ...] = ()  # exactly as they came, duplicates and blanks included
    modified: float | None = None
    notes: tuple[Note, ...] = ()
    url: str | None = None


@dataclass(frozen=True)
class RawTable:
    """A table as it came: a Parquet file of text columns plus `_row`.

    `typed` is True for sources that carry their own types (Parquet, databases).
    `rows_read` counts every record met; `rows` those kept in `path`;
    the difference is in `problems` (one entry a row, kept=False).
    """

    name: str
    path: Path
    columns: tuple[str, ...]
    rows: int
    rows_read: int
    facts: SourceFacts
    problems: tuple[Problem, ...] = ()
    typed: bool = False
