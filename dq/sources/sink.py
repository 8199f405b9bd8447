"""Rows to Parquet: text columns and the row number, in blocks, never more in memory."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import get_ident
from types import TracebackType
from typing import TYPE_CHECKING

from dq.sources.edges import UNTIDY, untidy
from dq.sources.lines import refuse, shown
from dq.tables import ROW, Problem

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = ["CONTROL", "MOST_PROBLEMS", "Sink", "TableWriter", "check_problems", "schema_of"]

ROW_GROUP = 122_880
BLOCK = 16_384
MOST_PROBLEMS = 500_000
"""Above this many spoiled rows and cells a file is rejected as a whole."""

CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]"
"""Control characters that no text needs; tab, line ends and ESC are read as text."""

_LONG = "problem.too_long"
_CONTROL = "problem.control"


def check_problems(count: int, row: int) -> None:
    """Reject a file of which too much is spoiled to be told row by row.

    Raises:
        SourceError: More than `MOST_PROBLEMS` rows and cells are spoiled.
    """
    if count > MOST_PROBLEMS:
        raise refuse(
            "More than {limit} rows or cells of it are spoiled.",
            "Check that this is the right file, sheet, delimiter and encoding.",
            row=row,
            limit=MOST_PROBLEMS,
        )


def schema_of(names: Sequence[str]) -> pa.Schema:
    """Arrow schema of a raw table with these columns."""
    import pyarrow as pa

    return pa.schema([*((name, pa.string()) for name in names), (ROW, pa.int64())])


class TableWriter:
    """Writes Arrow tables of one schema to a Parquet file that appears only when complete.

    Columns of few distinct values get a dictionary, as the first row group tells. The file's
    metadata name the columns with white space at the ends of some cell (`UNTIDY`).
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self.schema = schema
        self.rows = 0
        self._temp = path.with_name(f".{path.name}.{os.getpid()}-{get_ident()}.part")
        self._writer: pq.ParquetWriter | None = None
        self._untidy: set[str] = set()

    def write(self, table: pa.Table) -> None:
        """Append one row group."""
        if self._writer is None:
            self._writer = self._open(table)
        self._untidy |= {
            name
            for name in table.column_names
            if name != ROW and name not in self._untidy and untidy(table[name])
        }
        self._writer.write_table(table, row_group_size=ROW_GROUP)
        self.rows += table.num_rows

    def close(self) -> None:
        """Finish the file and put it in its place."""
        if self._writer is None:
            self._writer = self._open(self.schema.empty_table())
        self._writer.add_key_value_metadata({UNTIDY: json.dumps(sorted(self._untidy))})
        self._writer.close()
        os.replace(self._temp, self.path)

    def abort(self) -> None:
        """Leave nothing behind."""
        if self._writer is not None:
            self._writer.close()
        self._temp.unlink(missing_ok=True)

    def _open(self, first: pa.Table) -> pq.ParquetWriter:
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        head = first.slice(0, BLOCK)
        repeating = [
            name
            for name in head.column_names
            if name != ROW and pc.count_distinct(head[name]).as_py() * 10 <= head.num_rows
        ]
        return pq.ParquetWriter(
            self._temp,
            self.schema,
            compression="snappy",
            use_dictionary=repeating,
            write_statistics=[ROW],
        )


class Sink:
    """Takes rows one by one; says which cells are too long or hold control characters."""

    def __init__(self, path: Path, names: Sequence[str], max_cell: int) -> None:
        self.names = tuple(names)
        self.problems: list[Problem] = []
        self._max_cell = max_cell
        self._writer = TableWriter(path, schema_of(names))
        self._numbers: list[int] = []
        self._rows: list[Sequence[str | None]] = []
        self._blocks: list[pa.Table] = []
        self._waiting = 0

    def __enter__(self) -> Sink:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._writer.abort()
            return
        self._block()
        self._flush()
        self._writer.close()

    @property
    def rows(self) -> int:
        """Rows written; complete once the sink is closed."""
        return self._writer.rows

    def add(self, row: int, cells: Sequence[str | None]) -> None:
        """Append a row of as many cells as there are names."""
        self._numbers.append(row)
        self._rows.append(cells)
        if len(self._rows) >= BLOCK:
            self._block()

    def _block(self) -> None:
        import pyarrow as pa

        if not self._rows:
            return
        text = pa.string()
        columns = [
            self._checked(index, _missing(pa.array(column, text)))
            for index, column in enumerate(zip(*self._rows, strict=True))
        ]
        numbers = pa.array(self._numbers, pa.int64())
        self._blocks.append(pa.Table.from_arrays([*columns, numbers], schema=self._writer.schema))
        self._waiting += len(self._numbers)
        self._rows, self._numbers = [], []
        if self._waiting >= ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._blocks:
            self._writer.write(pa.concat_tables(self._blocks))
            self._blocks, self._waiting = [], 0

    def _checked(self, index: int, column: pa.Array) -> pa.Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        sizes = pc.binary_length(column)
        longest = pc.max(sizes).as_py() or 0
        if longest > self._max_cell:
            long = pc.greater(sizes, self._max_cell)
            for place in _places(long):
                size = sizes[place].as_py()
                self._say(_LONG, index, place, column[place].as_py(), size=size)
            column = pc.if_else(pc.fill_null(long, False), pa.scalar(None, pa.string()), column)
        if _has_control(column):
            for place in _places(pc.match_substring_regex(column, CONTROL)):
                self._say(_CONTROL, index, place, column[place].as_py())
        return column

    def _say(self, code: str, index: int, place: int, value: str, **args: object) -> None:
        if args:
            args["limit"] = self._max_cell
        self.problems.append(
            Problem(code, self._numbers[place], self.names[index], shown(value), args, kept=True)
        )
        check_problems(len(self.problems), self._numbers[place])


def _missing(column: pa.Array) -> pa.Array:
    """The column with empty texts as missing values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    empty = pc.equal(column, "")
    if not pc.any(empty).as_py():
        return column
    return pc.if_else(pc.fill_null(empty, True), pa.scalar(None, pa.string()), column)


def _places(mask: pa.Array) -> Iterator[int]:
    import pyarrow.compute as pc

    for place in pc.indices_nonzero(pc.fill_null(mask, False)):
        yield place.as_py()


def _has_control(column: pa.Array) -> bool:
    """Whether any byte of the column's text is a control character."""
    import numpy as np

    buffers = column.buffers()
    if buffers[2] is None:
        return False
    data = np.frombuffer(buffers[2], np.uint8)
    low = int(np.count_nonzero(data < 32)) + int(np.count_nonzero(data == 127))
    return low > 0 and low > sum(int(np.count_nonzero(data == code)) for code in b"\t\n\r\x1b")
