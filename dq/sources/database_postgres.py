"""PostgreSQL: one read-only transaction over all tables that are read, streamed by ADBC.

Types that Arrow has are kept; what it lacks (enums, JSON, arrays, ranges, addresses) comes as
the text that the server makes of it. Dates outside the years 1 to 9999, infinity and NaN are
no values to reckon with: they come as NULL and are reported.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from dq.errors import SourceError, UsageError
from dq.sources.database_address import Address
from dq.sources.database_sink import (
    WIDEST,
    Chunk,
    Odd,
    Stream,
    check_columns,
    decimals,
    no_bytes,
    numbers,
)
from dq.sources.lines import refuse
from dq.sources.options import ReadOptions

if TYPE_CHECKING:
    import pyarrow as pa
    from adbc_driver_postgresql import dbapi

__all__ = ["Postgres"]

_SETTINGS = {
    "connect_timeout": "30",
    "keepalives_idle": "60",  # a connection that is cut without a word is noticed
    "fallback_application_name": "dq",
}
_PREPARE = (
    "SET default_transaction_read_only = on",
    "SET synchronize_seqscans = off",  # rows come in one order while nothing changes
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO'",
    "SET extra_float_digits = 1",
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SAVEPOINT begun",  # a table that fails does not end the transaction of the others
)
_FIRST, _LAST = "0001-01-01", "9999-12-31 23:59:59.999999"
_REASON = re.compile(r"(?:ERROR|FATAL|PANIC):\s+(.+)")
_FORBIDDEN = "42501"

_WHOLE = frozenset({"int2", "int4", "int8", "oid"})
_DATES = frozenset({"date", "timestamp", "timestamptz"})


class Postgres:
    """A connection in its one transaction. Use as a context manager."""

    format = "postgresql"

    def __init__(self, address: Address) -> None:
        self._address = address
        try:
            from adbc_driver_postgresql import dbapi
        except ImportError:
            raise UsageError(
                "PostgreSQL needs a driver that is not installed.",
                fix="Install it with: pip install 'crm-dq[postgres]'",
            ) from None
        import pyarrow as pa

        self._errors: tuple[type[Exception], ...] = (dbapi.Error, pa.ArrowException, OSError)
        try:
            self._connection: Any = dbapi.connect(address.uri(**_SETTINGS), autocommit=True)
        except self._errors as error:
            raise refuse(
                "The database cannot be reached: {reason}.",
                "Check address, user and password (an environment variable), and that the "
                "server is up.",
                reason=self._reason(error),
            ) from None
        try:
            for statement in _PREPARE:
                self._run(statement)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the transaction and the connection; also one that is broken already."""
        with suppress(*self._errors, RuntimeError):
            self._connection.close()

    def recover(self) -> bool:
        """Go on after an error; False when the connection is lost."""
        try:
            self._run("ROLLBACK TO SAVEPOINT begun")
        except SourceError:
            return False
        return True

    def tables(self) -> list[str]:
        """Tables of the database as `schema.table`, without partitions and views."""
        return [f"{s}.{t}" for s, t, kind in self._relations() if kind in ("r", "p", "f")]

    def table(self, name: str) -> exp.Expr:
        """A table or view by its name, with or without schema, in any case.

        Raises:
            SourceError: there is none.
        """
        found = [(s, t) for s, t, _ in self._relations()]
        folded = name.casefold()
        exact = [(s, t) for s, t in found if name in (f"{s}.{t}", t)]
        loose = [(s, t) for s, t in found if folded in (f"{s}.{t}".casefold(), t.casefold())]
        for some in (exact, loose):
            some.sort(key=lambda pair: pair[0] != "public")
            if len(some) > 1 and some[0][0] != "public":
                raise refuse(
                    "Several tables are meant by {table}: {tables}.",
                    "Write it with its schema.",
                    table=name,
                    tables=", ".join(f"{s}.{t}" for s, t in some),
                )
            if some:
                schema, table = some[0]
                return exp.table_(table, db=schema, quoted=True)
        raise refuse(
            "There is no table {table} in the database.",
            "Check the name and the schema, and that the user may see it.",
            table=name,
        )

    def stream(self, source: exp.Expr, options: ReadOptions) -> Stream:
        """The columns and rows of a table or query.

        Raises:
            SourceError: it is not there, may not be read, has columns of bytes; and while the
                rows are taken: the connection was lost, the server gave up.
        """
        import pyarrow as pa

        described = self._described(exp.select("*").from_(source.copy()))
        check_columns(described.names, options)
        measured = self._measured(source, described)
        columns = [_column(field, measured) for field in described]
        selected = [exp.alias_(c.value, c.name, quoted=True) for c in columns]
        odd = [c.odd for c in columns if c.odd is not None]
        selected += [exp.alias_(o, f"odd {number}", quoted=True) for number, o in enumerate(odd)]
        schema = pa.schema([(c.name, c.type) for c in columns])
        query = exp.select(*selected).from_(source.copy())
        return Stream(schema, self._chunks(query, columns))

    def _chunks(self, query: exp.Query, columns: Sequence[_Column]) -> Generator[Chunk]:
        rows = 0
        beside = [n for n, column in enumerate(columns) if column.odd is not None]
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(_text(query))
                for batch in cursor.fetch_record_batch():
                    yield _chunk(batch, columns, beside)
                    rows += batch.num_rows
        except self._errors as error:
            raise self._stopped(error, rows) from None

    def _stopped(self, error: Exception, rows: int) -> SourceError:
        """What to say when rows come no more."""
        if not rows and "ERROR:" in str(error):  # a connection that is lost ends with FATAL
            return self._refused(error)
        return refuse(
            "The database stopped after {n} rows: {reason}.",
            "Nothing of it was kept. Mend the cause and run again.",
            n=rows,
            reason=self._reason(error),
        )

    def _refused(self, error: Exception) -> SourceError:
        reason = self._reason(error)
        if getattr(error, "sqlstate", None) == _FORBIDDEN:
            return refuse(
                "The database refuses: {reason}.",
                "Ask for the right to read it (GRANT SELECT).",
                reason=reason,
            )
        return refuse(
            "The database refuses: {reason}.",
            "Correct table: or query: of the source.",
            reason=reason,
        )

    def _reason(self, error: Exception) -> str:
        """The server's own words in one line, without secrets."""
        text = str(error)
        found = _REASON.search(text)
        line = (found[1] if found else text.partition("Failed to connect: ")[2] or text).strip()
        return self._address.hidden(line.splitlines()[0].strip().rstrip("."))

    def _run(self, statement: str) -> None:
        with self._asking() as cursor:
            cursor.execute(statement)

    def _rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        with self._asking() as cursor:
            cursor.execute(_text(query))
            return list(cursor.fetchall())

    def _described(self, query: exp.Query) -> pa.Schema:
        with self._asking() as cursor:
            schema: pa.Schema = cursor.adbc_execute_schema(_text(query))
            return schema

    @contextmanager
    def _asking(self) -> Iterator[dbapi.Cursor]:
        try:
            with self._connection.cursor() as cursor:
                yield cursor
        except self._errors as error:
            raise self._refused(error) from None

    def _relations(self) -> list[tuple[str, str, str]]:
        """Schema, name and kind of all that can be read; partitions are in their tables."""
        relation, schema = exp.column("relname", "c"), exp.column("nspname", "n")
        kind = exp.cast(exp.column("relkind", "c"), "TEXT")
        begins = exp.func("substring", exp.cast(schema, "TEXT"), exp.convert(1), exp.convert(3))
        query = (
            exp.select(exp.cast(schema, "TEXT"), exp.cast(relation, "TEXT"), kind)
            .from_("pg_catalog.pg_class AS c")
            .join("pg_catalog.pg_namespace AS n", on="n.oid = c.relnamespace")
            .where(kind.copy().isin("r", "p", "f", "v", "m"))
            .where(exp.not_(exp.column("relispartition", "c")))
            .where(begins.neq("pg_"))
            .where(exp.cast(schema, "TEXT").neq("information_schema"))
            .order_by(schema.copy(), relation.copy())
        )
        return [(str(s), str(t), str(k)) for s, t, k in self._rows(query)]

    def _measured(self, source: exp.Expr, described: pa.Schema) -> Mapping[str, pa.DataType]:
        """Types of the numbers whose digits are not declared: the table itself is asked.

        Without that a whole number (an id) would come with decimals that it does not have.
        """
        import pyarrow as pa

        free = [f.name for f in described if _type(f) == "numeric" and _declared(f) is None]
        if not free:
            return {}
        asked: list[exp.Expr] = []
        for name in free:
            column = exp.column(name, quoted=True)
            strange = exp.cast(column, "TEXT").isin("NaN", "Infinity", "-Infinity")
            number = exp.case().when(exp.not_(strange), column.copy())
            whole = exp.Anonymous(this="trunc", expressions=[exp.func("abs", number)])
            places = exp.Anonymous(this="scale", expressions=[number.copy()])
            asked += [exp.func("max", whole), exp.func("max", places)]
        answer = self._rows(
            exp.select(
                *(exp.alias_(exp.cast(one, "TEXT"), f"n{i}") for i, one in enumerate(asked))
            ).from_(source.copy())
        )[0]
        found: dict[str, pa.DataType] = {}
        for place, name in enumerate(free):
            most, scale = (answer[place * 2] or "0", int(answer[place * 2 + 1] or 0))
            digits = max(len(most) + scale, 1)
            found[name] = pa.decimal128(digits, scale) if digits <= WIDEST else pa.string()
        return found


@dataclass(frozen=True)
class _Column:
    """How a column is asked for and what it becomes.

    `odd` is the text of values that `value` leaves out, or None where there are none.
    """

    name: str
    type: pa.DataType
    value: exp.Expr
    odd: exp.Expr | None = None


def _text(query: exp.Query) -> str:
    text: str = query.sql(dialect="postgres")
    return text


def _type(field: pa.Field) -> str:
    name: bytes = (field.metadata or {}).get(b"POSTGRESQL:type", b"")
    return name.decode()


def _declared(field: pa.Field) -> pa.DataType | None:
    """The type of a numeric(p, s); None where digits are not declared, or are too many."""
    import pyarrow as pa

    modifier = int((field.metadata or {}).get(b"POSTGRESQL:typmod", b"-1")) - 4
    if modifier < 0:
        return None
    precision, scale = modifier >> 16 & 0xFFFF, modifier & 0x7FF
    fits = scale <= precision <= WIDEST  # a negative scale reads as a large one
    return pa.decimal128(precision, scale) if fits else None


def _column(field: pa.Field, measured: Mapping[str, pa.DataType]) -> _Column:
    import pyarrow as pa

    kind, cell = _type(field), exp.column(field.name, quoted=True)
    if kind in ("bytea", "_bytea"):
        raise no_bytes(field.name, kind)
    if kind == "bool":
        return _Column(field.name, pa.bool_(), cell)
    if kind in _WHOLE:
        return _Column(field.name, pa.int64(), exp.cast(cell, "BIGINT"))
    if kind in ("float4", "float8"):
        return _Column(field.name, pa.float64(), exp.cast(cell, "DOUBLE PRECISION"))
    if kind in ("numeric", "money"):
        number = cell if kind == "numeric" else exp.cast(cell, "DECIMAL(19, 2)")
        declared = pa.decimal128(19, 2) if kind == "money" else _declared(field)
        return _Column(field.name, declared or measured[field.name], exp.cast(number, "TEXT"))
    if kind in _DATES:
        inside = exp.Between(
            this=cell, low=exp.Literal.string(_FIRST), high=exp.Literal.string(_LAST)
        )
        value = exp.case().when(inside, cell.copy())
        odd = exp.case().when(exp.not_(inside.copy()), exp.cast(cell.copy(), "TEXT"))
        types = {
            "date": pa.date32(),
            "timestamp": pa.timestamp("us"),
            "timestamptz": pa.timestamp("us", "UTC"),
        }
        return _Column(field.name, types[kind], value, odd)
    if kind.startswith("_"):
        joined = exp.Anonymous(this="array_to_string", expressions=[cell, exp.convert(", ")])
        return _Column(field.name, pa.string(), joined)
    return _Column(field.name, pa.string(), exp.cast(cell, "TEXT"))


def _chunk(batch: pa.RecordBatch, columns: Sequence[_Column], beside: Sequence[int]) -> Chunk:
    import pyarrow as pa
    import pyarrow.compute as pc

    arrays: list[pa.Array] = []
    odd: list[Odd] = []
    for place, column in enumerate(columns):
        array = batch.column(place)
        some: list[Odd] = []
        if pa.types.is_decimal(column.type):
            array, some = decimals(array, column.type, place)
        elif pa.types.is_floating(column.type):
            array, some = numbers(array, place)
        arrays.append(array if array.type == column.type else pc.cast(array, column.type))
        odd += some
    for number, place in enumerate(beside, len(columns)):
        texts = batch.column(number)
        if texts.null_count < len(texts):
            there = pc.indices_nonzero(pc.is_valid(texts)).to_pylist()
            odd += (Odd(row, place, texts[row].as_py()) for row in there)
    return Chunk(arrays, odd)
