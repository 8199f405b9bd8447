"""DuckDB inside the process: out of core, within a memory limit, tables as Parquet files."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from dq.engines.base import Limits
from dq.engines.plans import WorkFolder, check_rows, check_tables, deadline, mapped
from dq.errors import EngineError
from dq.sql.render import render

if TYPE_CHECKING:
    from dq.tables import BatchFn, RawTable

__all__ = ["DuckDBEngine"]

_LONG = 18  # digits that every whole number of 64 bits can have
_BATCH_ROWS = 65_536
_MONEY = pa.decimal128(18, 4)
_TO_KEEP = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
_TO_WORK = (
    "FORMAT parquet, COMPRESSION lz4_raw, WRITE_BLOOM_FILTER false, DICTIONARY_SIZE_LIMIT 10000"
)
"""Work tables are written once and read a few times: half the time of zstd to write."""
_KEPT = frozenset({"VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "DECIMAL(18,4)"})
_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER"}
    | {"UBIGINT", "UHUGEINT", '"NULL"'}
)


class DuckDBEngine:
    """The engine protocol on one in-memory DuckDB whose tables are views on Parquet files."""

    name = "duckdb"

    def __init__(
        self, work: Path | None = None, memory: str | None = None, threads: int | None = None
    ) -> None:
        self._folder = WorkFolder(work)
        self._files: dict[str, Path] = {}
        self._names: set[str] = set()
        self._memory = memory
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "temp_directory": str(self._folder.path / "spill"),
        }
        if memory:
            config["memory_limit"] = memory
        if threads:
            config["threads"] = threads
        with self._sentences():
            self._connection = duckdb.connect(":memory:", config=config)
            self._connection.execute("SET GLOBAL TimeZone = 'UTC'")
            self._connection.execute("SET GLOBAL lock_configuration = true")

    def load(self, name: str, source: RawTable | Path) -> None:
        """Make a Parquet file (or folder of them) readable under `name`; copies nothing."""
        path = source if isinstance(source, Path) else source.path
        self._show(name, path, owned=False)

    def schema(self, name: str) -> pa.Schema:
        """Arrow schema of a table."""
        plan = exp.select("*").from_(_table(name)).limit(0)
        return self.query(plan).schema

    def query(
        self,
        sql: exp.Query,
        params: Mapping[str, object] | None = None,
        limits: Limits | None = None,
    ) -> pa.Table:
        """Run a query with a small result."""
        seconds = limits.seconds if limits else None
        text = self._rendered(sql, params)
        if limits is not None and limits.rows is not None:
            text = f"SELECT * FROM ({text}) LIMIT {limits.rows + 1}"
        with self._cursor(seconds) as cursor:
            found = _small(cursor, text)
            if not all(_cast_in_arrow(t) for t in found.schema.types):
                found = _small(cursor, _typed(cursor, text))
            return check_rows(_as_engine_types(found), limits)

    def batches(
        self, sql: exp.Query, params: Mapping[str, object] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Run a query and stream its result."""
        with self._cursor() as cursor:
            text = self._text(cursor, sql, params)
            yield from cursor.sql(text).to_arrow_reader(_BATCH_ROWS)

    def write(self, sql: exp.Query, path: Path, params: Mapping[str, object] | None = None) -> int:
        """Write a query's result as one Parquet file; return its rows."""
        made = path.with_name(f".{path.name}.part")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._copy(sql, made, params, _TO_KEEP)
            made.replace(path)
        finally:
            made.unlink(missing_ok=True)
        return int(pq.read_metadata(path).num_rows)

    def create(self, name: str, sql: exp.Query, params: Mapping[str, object] | None = None) -> None:
        """Materialise a query under `name` as a Parquet file of the work folder."""
        path = self._folder.new(".parquet")
        self._copy(sql, path, params, _TO_WORK)
        self._show(name, path, owned=True)

    def view(self, name: str, sql: exp.Query) -> None:
        """Name a query without materialising it (cheap projections and filters only)."""
        with self._cursor() as cursor:
            self._define(cursor, name, self._text(cursor, sql, None))
        self._forget_file(name)

    def map_batches(self, name: str, sql: exp.Query, fn: BatchFn, schema: pa.Schema) -> None:
        """Materialise `fn` over the batches of a query under `name`, in the query's order."""
        path = self._folder.new(".parquet")
        with self._sentences(), pq.ParquetWriter(path, schema) as writer:
            for batch in self.batches(sql):
                made = mapped(fn, batch, schema)
                if made.num_rows:
                    writer.write_batch(made)
        self._show(name, path, owned=True)

    def drop(self, name: str) -> None:
        """Forget a table and its files; absent is no error."""
        if name not in self._names:
            return
        with self._cursor() as cursor:
            cursor.execute(f"DROP VIEW IF EXISTS {_sql(_table(name))}")
        self._names.discard(name)
        self._forget_file(name)

    def tables(self) -> tuple[str, ...]:
        """Names known, sorted."""
        return tuple(sorted(self._names))

    def close(self) -> None:
        """Release the connection and delete the engine's own files."""
        self._connection.close()
        self._folder.close()

    def _copy(
        self, sql: exp.Query, path: Path, params: Mapping[str, object] | None, how: str
    ) -> None:
        with self._cursor() as cursor:
            text = self._text(cursor, sql, params)
            cursor.execute(f"COPY ({text}) TO ? ({how})", [str(path)])

    def _show(self, name: str, path: Path, *, owned: bool) -> None:
        """Put a view with the engine's types on a Parquet file or a folder of them."""
        with self._cursor() as cursor:
            pattern = str(path / "**" / "*.parquet") if path.is_dir() else str(path)
            source = f"SELECT * FROM read_parquet({_sql(exp.Literal.string(pattern))})"
            self._define(cursor, name, _typed(cursor, source, long_numbers="VARCHAR"))
        self._forget_file(name)
        if owned:
            self._files[name] = path

    def _define(self, cursor: duckdb.DuckDBPyConnection, name: str, text: str) -> None:
        table = _table(name)
        if table.db:
            schema = exp.to_identifier(table.db, quoted=True)
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {_sql(schema)}")
        cursor.execute(f"CREATE OR REPLACE VIEW {_sql(table)} AS {text}")
        self._names.add(name)

    def _forget_file(self, name: str) -> None:
        path = self._files.pop(name, None)
        if path is not None:
            self._folder.remove(path)

    def _text(
        self,
        cursor: duckdb.DuckDBPyConnection,
        sql: exp.Query,
        params: Mapping[str, object] | None,
    ) -> str:
        return _typed(cursor, self._rendered(sql, params))

    def _rendered(self, sql: exp.Query, params: Mapping[str, object] | None) -> str:
        text = render(sql, "duckdb", params)
        check_tables(sql, self._names)
        return text

    @contextmanager
    def _cursor(self, seconds: float | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own, so that streams and queries do not disturb each other."""
        with self._sentences():
            cursor = self._connection.cursor()
        try:
            with deadline(seconds, cursor.interrupt), self._sentences():
                yield cursor
        finally:
            cursor.close()

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except duckdb.InterruptException as error:
            raise EngineError("The query was interrupted.") from error
        except duckdb.OutOfMemoryException as error:
            raise EngineError(
                "The query needs more memory than it may take ({memory}).",
                fix="Raise `memory` under `engine:` in dq.yaml.",
                memory=self._memory or "80%",
            ) from error
        except duckdb.Error as error:
            reason = str(error).strip().splitlines()[0].rstrip(".")
            raise EngineError("The query failed: {reason}.", reason=reason) from error


def _table(name: str) -> exp.Table:
    schema, _, last = name.rpartition(".")
    return exp.table_(last, db=schema or None, quoted=True)


def _sql(node: exp.Expr) -> str:
    return node.sql(dialect="duckdb", identify=True)


def _small(cursor: duckdb.DuckDBPyConnection, text: str) -> pa.Table:
    """A small result; planned once, where a relation would be planned twice."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)
        return cursor.execute(text).to_arrow_table()


def _cast_in_arrow(kind: pa.DataType) -> bool:
    """Whether a result's column is of the engine's types, or a cast away from them."""
    return (
        (
            pa.types.is_primitive(kind)
            and not pa.types.is_time(kind)
            and not pa.types.is_duration(kind)
        )
        or pa.types.is_string(kind)
        or pa.types.is_null(kind)
        or pa.types.is_decimal(kind)
    )


def _as_engine_types(table: pa.Table) -> pa.Table:
    fields = [pa.field(field.name, _arrow_target(field.type)) for field in table.schema]
    try:
        return table.cast(pa.schema(fields))
    except pa.ArrowInvalid as error:
        raise EngineError("A number does not fit: {reason}.", reason=str(error)) from error


def _arrow_target(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(kind) or pa.types.is_null(kind):
        return pa.int64()
    if pa.types.is_floating(kind):
        return pa.float64()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    if pa.types.is_decimal(kind) and kind != _MONEY:
        return pa.decimal128(38, kind.scale) if kind.scale else pa.int64()
    return kind


def _typed(cursor: duckdb.DuckDBPyConnection, text: str, *, long_numbers: str = "BIGINT") -> str:
    """The query with its columns in the engine's types, wrapped only where one differs.

    Whole numbers of more than 18 digits are ids when they come from a file: kept as text.
    """
    relation = cursor.sql(text)
    types = [str(t) for t in relation.types]
    if all(t in _KEPT for t in types):
        return text
    columns = []
    for name, found in zip(relation.columns, types, strict=True):
        column = _sql(exp.column(name, quoted=True))
        columns.append(
            column
            if found in _KEPT
            else f"CAST({column} AS {_target(found, long_numbers)}) AS {column}"
        )
    return f"SELECT {', '.join(columns)} FROM ({text})"


def _target(found: str, long_numbers: str) -> str:
    if found == "UBIGINT":
        return long_numbers
    if found in _INTEGERS:
        return "BIGINT"
    if found == "FLOAT":
        return "DOUBLE"
    if found.startswith("TIMESTAMP"):
        return "TIMESTAMP"
    if found.startswith("DECIMAL("):
        digits, scale = map(int, found[8:-1].split(","))
        if scale == 0:
            return long_numbers if digits > _LONG else "BIGINT"
        return f"DECIMAL(38,{scale})"
    return "VARCHAR"
