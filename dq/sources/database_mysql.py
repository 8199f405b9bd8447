"""MySQL and MariaDB: one read-only transaction on a snapshot, rows fetched as they come."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
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
    no_bytes,
    numbers,
)
from dq.sources.lines import refuse
from dq.sources.options import ReadOptions

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["MySql"]

_AT_ONCE = 8192
_CONNECT, _SILENT = 30, 600
"""Seconds until a server that does not answer is given up: on connecting, and later."""

_PREPARE = (
    "SET SESSION TRANSACTION READ ONLY",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "SET time_zone = '+00:00'",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
_TLS = {"ssl-ca": "ssl_ca", "ssl_ca": "ssl_ca", "ssl-cert": "ssl_cert", "ssl-key": "ssl_key"}


class MySql:
    """A connection in its one transaction; see `dq.sources.database_postgres`."""

    format = "mysql"

    def __init__(self, address: Address) -> None:
        self._address = address
        try:
            import pymysql
        except ImportError:
            raise UsageError(
                "MySQL needs a driver that is not installed.",
                fix="Install it with: pip install 'crm-dq[mysql]'",
            ) from None
        self._errors: tuple[type[Exception], ...] = (pymysql.Error, OSError, RuntimeError)
        host, port = _place(address.host)
        try:
            self._connection: Any = pymysql.connect(
                host=host,
                port=port,
                user=address.user,
                password=address.password or "",
                database=address.database,
                charset="utf8mb4",
                connect_timeout=_CONNECT,
                read_timeout=_SILENT,
                **{_TLS[k]: v for k, v in address.parameters if k in _TLS},
            )
        except self._errors as error:
            raise refuse(
                "The database cannot be reached: {reason}.",
                "Check address, user and password (an environment variable), and that the "
                "server is up.",
                reason=self._reason(error),
            ) from None
        try:
            for statement in _PREPARE:
                self._rows(statement)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the connection at once: rows that were not fetched are not waited for."""
        result = self._connection._result
        if result is not None:
            result.unbuffered_active = False
        with suppress(*self._errors):
            self._connection._force_close()

    def recover(self) -> bool:
        """Go on after an error; False when the connection is lost."""
        try:
            self._rows("SELECT 1")
        except SourceError:
            return False
        return True

    def tables(self) -> list[str]:
        """Tables of the database, without views."""
        return [name for name, kind in self._relations() if kind == "BASE TABLE"]

    def table(self, name: str) -> exp.Expr:
        """A table or view by its name, in any case.

        Raises:
            SourceError: there is none.
        """
        bare = name.rpartition(".")[2] if name.startswith(f"{self._address.database}.") else name
        known = [table for table, _ in self._relations()]
        for found in (
            [t for t in known if t == bare],
            [t for t in known if t.casefold() == bare.casefold()],
        ):
            if found:
                return exp.table_(found[0], quoted=True)
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

        nothing = exp.select("*").from_(source.copy()).limit(0)
        columns = self._described(_text(nothing))
        check_columns([c.name for c in columns], options)
        schema = pa.schema([(c.name, c.type) for c in columns])
        return Stream(schema, self._chunks(exp.select("*").from_(source.copy()), columns))

    def _chunks(self, query: exp.Query, columns: Sequence[_Column]) -> Generator[Chunk]:
        from pymysql.cursors import SSCursor

        rows = 0
        cursor = self._connection.cursor(SSCursor)
        try:
            cursor.execute(_text(query))
            while some := cursor.fetchmany(_AT_ONCE):
                yield _chunk(some, columns)
                rows += len(some)
        except self._errors as error:
            if not rows and _refusal(error):
                raise self._refused(error) from None
            raise refuse(
                "The database stopped after {n} rows: {reason}.",
                "Nothing of it was kept. Mend the cause and run again.",
                n=rows,
                reason=self._reason(error),
            ) from None

    def _refused(self, error: Exception) -> SourceError:
        return refuse(
            "The database refuses: {reason}.",
            "Correct table: or query: of the source.",
            reason=self._reason(error),
        )

    def _reason(self, error: Exception) -> str:
        """The server's own words in one line, without secrets."""
        text = str(error.args[-1]) if error.args else str(error)
        line = (text.strip() or type(error).__name__).splitlines()[0]
        return self._address.hidden(line.rstrip("."))

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall())
        except self._errors as error:
            raise self._refused(error) from None

    def _described(self, statement: str) -> list[_Column]:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(statement)
                flags = [field.flags for field in cursor._result.fields]
                return [_column(*told) for told in zip(cursor.description, flags, strict=True)]
        except self._errors as error:
            raise self._refused(error) from None

    def _relations(self) -> list[tuple[str, str]]:
        names = exp.column("table_name"), exp.column("table_type")
        query = (
            exp.select(*names)
            .from_("information_schema.tables")
            .where(exp.column("table_schema").eq(exp.func("database")))
            .order_by(names[0].copy())
        )
        return [(str(name), str(kind)) for name, kind in self._rows(_text(query))]


def _place(host: str) -> tuple[str, int]:
    name, colon, port = host.rpartition(":")
    if colon and port.isdecimal():
        return name.strip("[]"), int(port)
    return host.strip("[]") or "localhost", 3306


def _refusal(error: Exception) -> bool:
    """Whether the server answered, as opposed to being gone."""
    number = error.args[0] if error.args else 0
    return isinstance(number, int) and 1000 <= number < 2000


def _text(query: exp.Query) -> str:
    return query.sql(dialect="mysql")


Convert = Callable[[Any], object]


@dataclass(frozen=True)
class _Column:
    """What a column becomes, and how the driver's values get there.

    `plain` is a type of the values that need no conversion; others go through `convert`,
    which returns None for what is no value: it is reported.
    """

    name: str
    type: pa.DataType
    plain: tuple[type, ...]
    convert: Convert


def _column(told: Sequence[Any], flags: int) -> _Column:
    import pyarrow as pa
    from pymysql.constants import FIELD_TYPE as KIND
    from pymysql.constants import FLAG

    name, kind, _, _, precision, scale, _ = told
    if kind in (KIND.TINY, KIND.SHORT, KIND.INT24, KIND.LONG, KIND.YEAR):
        return _Column(name, pa.int64(), (int,), int)
    if kind == KIND.LONGLONG:
        return _Column(name, pa.uint64() if flags & FLAG.UNSIGNED else pa.int64(), (int,), int)
    if kind in (KIND.FLOAT, KIND.DOUBLE):
        return _Column(name, pa.float64(), (float,), float)
    if kind in (KIND.DECIMAL, KIND.NEWDECIMAL):
        digits = min(max(precision, scale + 1), WIDEST)
        return _Column(name, pa.decimal128(digits, scale), (Decimal,), Decimal)
    if kind == KIND.BIT:
        return _Column(name, pa.int64(), (), lambda data: int.from_bytes(data, "big"))
    if kind in (KIND.DATE, KIND.NEWDATE):
        return _Column(name, pa.date32(), (date,), _nothing)
    if kind == KIND.DATETIME:
        return _Column(name, pa.timestamp("us"), (datetime,), _nothing)
    if kind == KIND.TIMESTAMP:
        return _Column(name, pa.timestamp("us", "UTC"), (datetime,), _nothing)
    if kind == KIND.TIME:
        return _Column(name, pa.string(), (), _time)
    if kind == KIND.GEOMETRY:
        raise no_bytes(name, "geometry")
    return _Column(name, pa.string(), (str,), _nothing)


def _nothing(_value: object) -> None:
    """What is no value of the column's type, such as the day 0000-00-00."""


def _time(value: object) -> str:
    if not isinstance(value, timedelta):
        return str(value)
    seconds = int(value.total_seconds())
    sign = "-" if seconds < 0 else ""
    minutes, second = divmod(abs(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{sign}{hour:02d}:{minute:02d}:{second:02d}"


def _chunk(rows: Sequence[Sequence[Any]], columns: Sequence[_Column]) -> Chunk:
    import pyarrow as pa

    arrays: list[pa.Array] = []
    odd: list[Odd] = []
    for place, (column, cells) in enumerate(zip(columns, zip(*rows, strict=True), strict=True)):
        values: Sequence[Any] = cells
        kinds = set(map(type, values)) - {type(None), *column.plain}
        if kinds:
            values, some = _converted(values, column, place)
            odd += some
        array = pa.array(values, column.type)
        if pa.types.is_floating(column.type):
            array, some = numbers(array, place)
            odd += some
        arrays.append(array)
    return Chunk(arrays, odd)


def _converted(
    values: Sequence[Any], column: _Column, place: int
) -> tuple[Sequence[Any], list[Odd]]:
    result: list[object] = []
    odd: list[Odd] = []
    for row, value in enumerate(values):
        if value is None or type(value) in column.plain:
            result.append(value)
            continue
        if isinstance(value, bytes) and _is_text(column):
            raise no_bytes(column.name, "blob")
        made = column.convert(value)
        if made is None:
            odd.append(Odd(row, place, str(value)))
        result.append(made)
    return result, odd


def _is_text(column: _Column) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(column.type))
