"""The fast reader of delimited text: Arrow parses, one thread writes, another scans."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import TYPE_CHECKING

from dq.sources.bytescan import is_plain
from dq.sources.shape import Layout
from dq.sources.sink import ROW_GROUP, TableWriter, schema_of

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.csv as pacsv

__all__ = ["read_fast"]

BLOCK = 4 * 1024 * 1024
_WAITING = 3


class _OddError(Exception):
    """Something that the careful reader must look at."""


def read_fast(
    source: Path,
    target: Path,
    layout: Layout,
    *,
    start: int,
    row: int,
    width: int,
    delimiter: str,
    max_rows: int | None,
    max_cell: int,
) -> int | None:
    """Read plain delimited UTF-8 from byte `start` on.

    Returns the number of rows, or None when something is not plain: then nothing is written.

    Args:
        source: The file.
        target: Where the Parquet file goes.
        layout: Header and columns; they must be the first cells of each row.
        start: Place of the first record's first byte.
        row: Number of the first record.
        width: Cells in each row; those beyond the layout's must be blank in every row.
        delimiter: One ASCII character.
        max_rows: More rows than these are left to the careful reader to refuse.
        max_cell: Longer records are left to the careful reader.
    """
    import pyarrow as pa

    stop = Event()
    writer = TableWriter(target, schema_of(layout.names))
    with ThreadPoolExecutor(1, "dq-scan") as pool:
        scan = pool.submit(is_plain, source, start, delimiter, width, max_cell, stop.is_set)
        try:
            reader = _Reader(layout, width, row, max_rows)
            reader.copy(
                source, start, delimiter, writer, lambda: scan.done() and scan.result() is None
            )
            if scan.result() != reader.rows:
                raise _OddError
        except (_OddError, pa.ArrowInvalid):
            stop.set()
            writer.abort()
            return None
        except BaseException:
            stop.set()
            writer.abort()
            raise
    writer.close()
    return reader.rows


class _Reader:
    """Numbers the rows of Arrow's batches; blank rows and repeated headers are odd."""

    def __init__(self, layout: Layout, width: int, row: int, max_rows: int | None) -> None:
        self.rows = 0
        self._first = row
        self._width = width
        self._headers = layout.headers
        self._names = layout.names
        self._max_rows = max_rows

    def copy(
        self,
        source: Path,
        start: int,
        delimiter: str,
        writer: TableWriter,
        odd: Callable[[], bool],
    ) -> None:
        """Copy all records into the writer, or stop early when the scan finds them odd."""
        import pyarrow as pa

        queue: Queue[pa.Table | None] = Queue(_WAITING)
        failures: list[BaseException] = []
        thread = Thread(target=_drain, args=(queue, writer, failures), name="dq-write")
        thread.start()
        try:
            blocks: list[pa.RecordBatch] = []
            size = 0
            with pa.OSFile(str(source), "rb") as stream:
                stream.seek(start)
                for batch in _batches(stream, self._width, delimiter):
                    if failures or odd():
                        break
                    blocks.append(self._numbered(batch))
                    size += batch.num_rows
                    if size >= ROW_GROUP:
                        queue.put(pa.Table.from_batches(blocks))
                        blocks, size = [], 0
                if blocks:
                    queue.put(pa.Table.from_batches(blocks))
        finally:
            queue.put(None)
            thread.join()
        if failures:
            raise failures[0]

    def _numbered(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        import pyarrow as pa
        import pyarrow.compute as pc

        columns = batch.columns[: len(self._names)]
        if any(extra.null_count < len(extra) for extra in batch.columns[len(columns) :]):
            raise _OddError
        if self._headers and pc.any(pc.equal(columns[0], self._headers[0])).as_py():
            raise _OddError
        if _has_blank_row(columns):
            raise _OddError
        numbers = _range(self._first + self.rows, batch.num_rows)
        self.rows += batch.num_rows
        if self._max_rows is not None and self.rows > self._max_rows:
            raise _OddError
        return pa.RecordBatch.from_arrays([*columns, numbers], schema=schema_of(self._names))


def _has_blank_row(columns: list[pa.Array]) -> bool:
    import pyarrow.compute as pc

    mask = columns[0].is_null()
    for column in columns:
        if column.null_count == 0:
            return False
        mask = pc.and_(mask, column.is_null())
    return bool(pc.any(mask).as_py())


def _range(first: int, count: int) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    return pa.array(np.arange(first, first + count, dtype=np.int64))


def _batches(stream: pa.NativeFile, width: int, delimiter: str) -> pacsv.CSVStreamingReader:
    import pyarrow as pa
    import pyarrow.csv as pacsv

    names = [str(i) for i in range(width)]
    return pacsv.open_csv(
        stream,
        read_options=pacsv.ReadOptions(block_size=BLOCK, column_names=names),
        parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def _drain(
    queue: Queue[pa.Table | None], writer: TableWriter, failures: list[BaseException]
) -> None:
    while (table := queue.get()) is not None:
        if not failures:
            try:
                writer.write(table)
            except BaseException as error:  # noqa: BLE001 - raised again by the reading thread
                failures.append(error)
