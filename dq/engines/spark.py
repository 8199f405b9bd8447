"""Spark 4, on this machine or a cluster: the answer when data outgrow one machine."""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from dq.engines.base import Limits
from dq.engines.plans import WorkFolder, check_rows, check_tables, deadline, mapped
from dq.errors import EngineError
from dq.sql.render import render, spark_name

try:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.logger import PySparkLogger
    from pyspark.sql import DataFrame, SparkSession, types
    from pyspark.sql.functions import col, expr
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
except ImportError as missing:
    raise EngineError(
        "Spark is not installed here ({reason}).",
        fix="Install it with: pip install 'crm-dq[spark]'.",
        reason=str(missing),
    ) from missing

if TYPE_CHECKING:
    from dq.tables import BatchFn, RawTable

__all__ = ["SparkEngine"]

_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.variable.substitute": "false",  # `${x}` in a text is just that
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.pythonUDF.arrow.enabled": "true",
    "spark.sql.legacy.parquet.nanosAsLong": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.constraintPropagation.enabled": "false",  # its cost is exponential in columns
}
_SMALL = 32 * 2**20
"""Bytes of all loaded files up to which a machine of its own plans longer than it works."""
_COMPILED = ("spark.sql.codegen.wholeStage", "spark.sql.codegen.factoryMode")
_MONEY = types.DecimalType(18, 4)
_KEPT = (
    types.StringType,
    types.LongType,
    types.DoubleType,
    types.BooleanType,
    types.DateType,
    types.TimestampNTZType,
)
_LONG = 18  # digits that every whole number of 64 bits can have
_JAVA_CLASS = re.compile(r"^[A-Za-z0-9_.$]+: ")
_start = threading.Lock()


class SparkEngine:
    """The engine protocol on a Spark session of its own; tables are temporary views."""

    name = "spark"

    def __init__(
        self,
        url: str = "spark",
        work: Path | None = None,
        memory: str | None = None,
        threads: int | None = None,
    ) -> None:
        self._folder = WorkFolder(work)
        self._files: dict[str, Path] = {}
        self._names: set[str] = set()
        self._loaded: dict[str, int] = {}
        self._small = False
        master = f"local[{threads or '*'}]" if url == "spark" else url
        self._local = master.startswith("local")
        with _start, _starting():
            self._started = SparkSession.getActiveSession() is None
            self._session = _session(master, self._folder.path, memory, threads or 2)

    def load(self, name: str, source: RawTable | Path) -> None:
        """Make a Parquet file (or folder of them) readable under `name`; copies nothing."""
        path = source if isinstance(source, Path) else source.path
        self._show(name, path)
        self._loaded[name] = _bytes(path)
        self._weigh()

    def schema(self, name: str) -> pa.Schema:
        """Arrow schema of a table."""
        return self._schema_of(exp.select("*").from_(_table(name)), None)

    def query(
        self,
        sql: exp.Query,
        params: Mapping[str, object] | None = None,
        limits: Limits | None = None,
    ) -> pa.Table:
        """Run a query with a small result."""
        seconds = limits.seconds if limits else None
        with self._limited(seconds):
            frame = self._frame(sql, params)
            if limits is not None and limits.rows is not None:
                frame = frame.limit(limits.rows + 1)
            return check_rows(_arrow(frame), limits)

    def batches(
        self, sql: exp.Query, params: Mapping[str, object] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Run a query and stream its result (by way of files unless all tables are small)."""
        if self._small:
            with _sentences():
                yield from _arrow(self._frame(sql, params)).to_batches()
            return
        path = self._folder.new()
        try:
            schema = self._save(self._frame(sql, params), path)
            for part in _parts(path):
                for batch in pq.ParquetFile(part).iter_batches():
                    yield batch.cast(schema)
        finally:
            self._folder.remove(path)

    def write(self, sql: exp.Query, path: Path, params: Mapping[str, object] | None = None) -> int:
        """Write a query's result as one Parquet file; return its rows."""
        made = path.with_name(f".{path.name}.part")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with pq.ParquetWriter(made, self._schema_of(sql, params)) as writer:
                for batch in self.batches(sql, params):
                    writer.write_batch(batch)
            made.replace(path)
        finally:
            made.unlink(missing_ok=True)
        return int(pq.read_metadata(path).num_rows)

    def create(self, name: str, sql: exp.Query, params: Mapping[str, object] | None = None) -> None:
        """Materialise a query under `name`: the lineage is cut."""
        self._keep(name, self._frame(sql, params))

    def view(self, name: str, sql: exp.Query) -> None:
        """Name a query without materialising it (cheap projections and filters only)."""
        with _sentences():
            self._define(name, self._frame(sql, None))
        self._forget_file(name)

    def map_batches(self, name: str, sql: exp.Query, fn: BatchFn, schema: pa.Schema) -> None:
        """Materialise `fn` over the batches of a query under `name`; `fn` runs in workers."""

        def over(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                yield mapped(fn, batch, schema)

        with _sentences():
            struct = from_arrow_schema(schema, prefer_timestamp_ntz=True)
            self._keep(name, self._frame(sql, None).mapInArrow(over, struct))

    def drop(self, name: str) -> None:
        """Forget a table and its files; absent is no error."""
        if name not in self._names:
            return
        with _sentences():
            self._session.catalog.dropTempView(spark_name(name))
        self._names.discard(name)
        self._loaded.pop(name, None)
        self._forget_file(name)

    def tables(self) -> tuple[str, ...]:
        """Names known, sorted."""
        return tuple(sorted(self._names))

    def close(self) -> None:
        """Stop Spark if this engine started it, and delete the engine's own files."""
        for name in self.tables():
            self.drop(name)
        if self._started:
            with _sentences():
                self._session.stop()
        self._folder.close()

    def _frame(self, sql: exp.Query, params: Mapping[str, object] | None) -> DataFrame:
        text = render(sql, "spark", params)
        check_tables(sql, self._names)
        with _sentences():
            return _typed(self._session.sql(text))

    def _schema_of(self, sql: exp.Query, params: Mapping[str, object] | None) -> pa.Schema:
        with _sentences():
            return _arrow_schema(self._frame(sql, params))

    def _save(self, frame: DataFrame, path: Path) -> pa.Schema:
        with _sentences():
            frame.write.parquet(str(path))
            return _arrow_schema(frame)

    def _keep(self, name: str, frame: DataFrame) -> None:
        """Small tables stay in memory (or spill); others become Parquet files."""
        path = None if self._small else self._folder.new()
        with _sentences():
            if path is None:
                cores = self._session.sparkContext.defaultParallelism
                kept = frame.coalesce(cores).localCheckpoint()
            else:
                frame.write.parquet(str(path))
                kept = self._session.read.schema(frame.schema).parquet(str(path))
            self._define(name, kept)
        self._forget_file(name)
        if path is not None:
            self._files[name] = path

    def _weigh(self) -> None:
        """On this machine, do without compiled plans and files as long as all is small."""
        small = self._local and sum(self._loaded.values()) <= _SMALL
        if small != self._small:
            self._small = small
            values = ("false", "NO_CODEGEN") if small else ("true", "FALLBACK")
            for key, value in zip(_COMPILED, values, strict=True):
                self._session.conf.set(key, value)

    def _show(self, name: str, path: Path) -> None:
        with _sentences():
            reader = self._session.read.option("recursiveFileLookup", "true")
            frame = reader.parquet(str(path))
            plain = _without_nanoseconds(frame, path)
            self._define(name, _typed(plain, long_numbers=types.StringType()))
        self._forget_file(name)

    def _define(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(spark_name(name))
        self._names.add(name)

    def _forget_file(self, name: str) -> None:
        path = self._files.pop(name, None)
        if path is not None:
            self._folder.remove(path)

    @contextmanager
    def _limited(self, seconds: float | None) -> Iterator[None]:
        """Cancel this thread's jobs when the time is over."""
        if seconds is None:
            with _sentences():
                yield
            return
        context = self._session.sparkContext
        tag = f"dq-{threading.get_ident()}"
        context.setInterruptOnCancel(True)
        context.addJobTag(tag)
        try:
            with deadline(seconds, lambda: context.cancelJobsWithTag(tag)), _sentences():
                yield
        finally:
            context.removeJobTag(tag)


def _session(master: str, work: Path, memory: str | None, threads: int) -> SparkSession:
    builder = SparkSession.builder.master(master).appName("dq")
    local = master.startswith("local")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.warehouse.dir": str(work / "warehouse"),
        "spark.log.level": "OFF",
        **_SETTINGS,
    }
    if local:
        settings |= {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.local.dir": str(work / "spill"),
            "spark.sql.shuffle.partitions": str(threads),
        }
    if memory:
        settings["spark.driver.memory" if local else "spark.executor.memory"] = _megabytes(memory)
    for key, value in settings.items():
        builder = builder.config(key, value)
    if local:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        _let_workers_import()
    PySparkLogger.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)
    with _quiet_start(work / "spark.log"):
        session = builder.getOrCreate().newSession()
    for key, value in _SETTINGS.items():
        session.conf.set(key, value)
    return session


def _let_workers_import() -> None:
    """Worker processes import this package from where the driver has it."""
    home = str(Path(__file__).resolve().parents[2])
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if home not in paths:
        os.environ["PYTHONPATH"] = os.pathsep.join([home, *filter(None, paths)])


@contextmanager
def _quiet_start(log: Path) -> Iterator[None]:
    """Give the Java process a file for its messages: it inherits the standard error."""
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _megabytes(memory: str) -> str:
    """`4GB` as Spark spells it."""
    return memory.upper().replace(" ", "").removesuffix("B").replace("I", "").lower()


def _table(name: str) -> exp.Table:
    schema, _, last = name.rpartition(".")
    return exp.table_(last, db=schema or None, quoted=True)


def _parts(path: Path) -> list[Path]:
    return sorted(path.glob("part-*.parquet"))


def _bytes(path: Path) -> int:
    files = path.rglob("*.parquet") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)


def _arrow(frame: DataFrame) -> pa.Table:
    table = frame.toArrow()
    return table.cast(_nullable(table.schema))


def _arrow_schema(frame: DataFrame) -> pa.Schema:
    return _nullable(to_arrow_schema(frame.schema))


def _nullable(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_nullable(True) for field in schema])


def _typed(frame: DataFrame, *, long_numbers: types.DataType | None = None) -> DataFrame:
    """The frame with its columns in the engine's types.

    Whole numbers of more than 18 digits are ids when they come from a file: kept as text.
    """
    long_type = long_numbers or types.LongType()
    targets = {field.name: _target(field.dataType, long_type) for field in frame.schema.fields}
    if not any(targets.values()):
        return frame
    return frame.select(
        *(
            col(_quoted(name)).cast(target).alias(name) if target else col(_quoted(name))
            for name, target in targets.items()
        )
    )


def _without_nanoseconds(frame: DataFrame, path: Path) -> DataFrame:
    """Timestamps in nanoseconds, which Spark reads as whole numbers, as timestamps."""
    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    schema = pq.read_schema(files[0]) if files else pa.schema([])
    columns = [
        field.name
        for field in schema
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns"
    ]
    return frame.withColumns(
        {
            name: expr(f"timestamp_micros({_quoted(name)} div 1000)").cast(types.TimestampNTZType())
            for name in columns
        }
    )


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _target(found: types.DataType, long_numbers: types.DataType) -> types.DataType | None:
    """The type to cast to, or None to keep it."""
    if isinstance(found, _KEPT) or found == _MONEY:
        return None
    if isinstance(found, types.IntegralType | types.NullType):
        return types.LongType()
    if isinstance(found, types.FloatType):
        return types.DoubleType()
    if isinstance(found, types.TimestampType):
        return types.TimestampNTZType()
    if isinstance(found, types.DecimalType):
        if found.scale == 0:
            return long_numbers if found.precision > _LONG else types.LongType()
        wide = types.DecimalType(38, found.scale)
        return None if found == wide else wide
    return types.StringType()


@contextmanager
def _starting() -> Iterator[None]:
    try:
        yield
    except (PySparkException, Py4JError, OSError, RuntimeError) as error:
        raise EngineError(
            "Spark does not start: {reason}.",
            fix="It needs Java 17 or 21 on this machine.",
            reason=_reason(error),
        ) from error


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise EngineError("The query failed: {reason}.", reason=_reason(error)) from error


def _reason(error: Exception) -> str:
    """The one line of Spark's message that says what is wrong."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    own = [line for line in lines if line.startswith("dq.errors.")]
    if own:
        return own[-1].partition(": ")[2].rstrip(".")
    causes = [line for line in lines if line.startswith("Caused by: ")]
    if causes and lines[0].startswith("An error occurred while calling"):
        lines = [_JAVA_CLASS.sub("", causes[-1].removeprefix("Caused by: "))]
    return lines[0].partition(" SQLSTATE:")[0].rstrip(".")
