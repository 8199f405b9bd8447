"""Rows of a database to Parquet: streamed in chunks, never more in memory."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dq.sources.headers import unique
from dq.sources.lines import refuse, shown
from dq.sources.options import ReadOptions
from dq.sources.sink import ROW_GROUP, check_problems
from dq.tables import ROW, Problem

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Chunk", "Odd", "Stream", "check_columns", "decimals", "no_bytes", "numbers", "write"]

BUFFER = 64 * 1024 * 1024
"""Bytes that wait to be written as one row group."""

WIDEST = 38
"""Digits of the longest decimal number that Parquet and the engines hold."""

_NO_VALUE = "problem.no_value"


class Odd(NamedTuple):
    """A cell that the database holds but no calendar or number line does: NaN, infinity."""

    row: int  # from 0, in its chunk
    column: int
    value: str


@dataclass(frozen=True)
class Chunk:
    """Some rows: a column each, of the stream's types; the odd cells are NULL in them."""

    columns: Sequence[pa.Array]
    odd: Sequence[Odd] = ()


@dataclass(frozen=True)
class Stream:
    """A table or query on its way: its columns, and its rows as they come."""

    schema: pa.Schema
    chunks: Generator[Chunk]


def check_columns(names: Sequence[str], options: ReadOptions) -> None:
    """Refuse what cannot be a raw table.

    Raises:
        SourceError: no column, too many, or two of one name.
    """
    if not names:
        raise refuse("The table has no columns.", "Leave it out.")
    if len(names) > options.max_columns:
        raise refuse(
            "It has {n} columns; the limit is {limit}.",
            "Leave out what is not needed, or raise max_columns.",
            n=len(names),
            limit=options.max_columns,
        )
    _, repeated = unique(names)
    if repeated:
        raise refuse(
            "Two columns have the name “{column}”.",
            "Rename one of them: names that differ only in case count as the same.",
            column=repeated[0],
        )


def no_bytes(column: str, kind: str) -> Exception:
    """What to say of a column of bytes: they are no text, and guessing an encoding is none."""
    return refuse(
        "The column {column} holds bytes ({kind}), which dq does not read.",
        "Leave it out: write query: with the columns that are needed, or name a view.",
        column=column,
        kind=kind,
    )


def write(path: Path, stream: Stream, options: ReadOptions) -> tuple[int, tuple[Problem, ...]]:
    """Write all rows of a stream with their number, from 1; how many, and their odd cells.

    The file appears only when it is complete.

    Raises:
        SourceError: too many rows or odd cells.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = stream.schema.append(pa.field(ROW, pa.int64()))
    temporary = path.with_name(f".{path.name}.part")
    problems: list[Problem] = []
    waiting: list[pa.RecordBatch] = []
    rows = written = size = 0
    try:
        with (
            closing(stream.chunks) as chunks,
            pq.ParquetWriter(temporary, schema, compression="snappy") as writer,
        ):
            for chunk in chunks:
                count = len(chunk.columns[0])
                numbers = pa.array(range(rows + 1, rows + count + 1), pa.int64())
                batch = pa.RecordBatch.from_arrays([*chunk.columns, numbers], schema=schema)
                problems += (
                    Problem(_NO_VALUE, rows + 1 + o.row, schema.names[o.column], shown(o.value),
                            kept=True)
                    for o in chunk.odd
                )  # fmt: skip
                check_problems(len(problems), rows + 1)
                rows += count
                if options.max_rows is not None and rows > options.max_rows:
                    raise refuse(
                        "It has more than {limit} rows.",
                        "Write query: with a condition, or raise max_rows.",
                        limit=options.max_rows,
                    )
                waiting.append(batch)
                size += batch.nbytes
                if rows - written >= ROW_GROUP or size >= BUFFER:
                    writer.write_table(pa.Table.from_batches(waiting, schema))
                    waiting, written, size = [], rows, 0
            if waiting:
                writer.write_table(pa.Table.from_batches(waiting, schema))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return rows, tuple(problems)


def numbers(column: pa.Array, place: int) -> tuple[pa.Array, list[Odd]]:
    """Doubles without NaN and infinities."""
    import pyarrow as pa
    import pyarrow.compute as pc

    strange = pc.fill_null(pc.invert(pc.is_finite(column)), False)
    odd = [Odd(i, place, str(column[i].as_py())) for i in pc.indices_nonzero(strange).to_pylist()]
    if not odd:
        return column, odd
    return pc.if_else(strange, pa.scalar(None, pa.float64()), column), odd


def decimals(column: pa.Array, kind: pa.DataType, place: int) -> tuple[pa.Array, list[Odd]]:
    """Texts of decimal numbers as such, without NaN and infinities."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words = pa.array(["NaN", "Infinity", "-Infinity"])
    strange = pc.is_in(column, value_set=words)
    odd = [Odd(i, place, column[i].as_py()) for i in pc.indices_nonzero(strange).to_pylist()]
    if odd:
        column = pc.if_else(strange, pa.scalar(None, column.type), column)
    return pc.cast(column, kind), odd
