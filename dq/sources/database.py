"""Databases as sources: tables and queries to raw tables with types of their own.

All that is read over one connection is of one moment, and nothing is written: the
transaction is read-only and, where the server has it, a snapshot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from sqlglot import exp

from dq.errors import Place, SourceError, UsageError
from dq.files import file_errors
from dq.findings import Note
from dq.sources.database_address import Address
from dq.sources.database_sink import Stream, write
from dq.sources.lines import note
from dq.sources.options import ReadOptions
from dq.tables import RawTable, SourceFacts

__all__ = ["Database", "Wanted", "open_database"]


class Connection(Protocol):
    """What a kind of database gives: see `dq.sources.database_postgres`."""

    format: str

    def tables(self) -> list[str]: ...
    def table(self, name: str) -> exp.Expr: ...
    def stream(self, source: exp.Expr, options: ReadOptions) -> Stream: ...
    def recover(self) -> bool: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Wanted:
    """A table (or view) by its name, or a query; `name` is what the raw table is called."""

    name: str
    table: str | None = None
    query: str | None = None


@dataclass(frozen=True)
class Database:
    """An open database; see `open_database`."""

    address: Address
    connection: Connection

    def tables(self) -> list[str]:
        """Names of its tables, each as `Wanted.table` takes it."""
        with self._naming(None):
            return self.connection.tables()

    def read(self, wanted: Wanted, into: Path, options: ReadOptions | None = None) -> RawTable:
        """Stream a table or query into a Parquet file of its own types.

        Raises:
            SourceError: it is not there or may not be read, has columns of bytes or two of
                one name, breaks a limit, or the connection was lost.
        """
        into.mkdir(parents=True, exist_ok=True)
        path = into / f"{_digest(wanted.name.encode())[:24]}.parquet"
        options = options or ReadOptions()
        with self._naming(wanted), file_errors(path, "write", SourceError):
            source = (
                _own_query(wanted.query)
                if wanted.query is not None
                else self.connection.table(wanted.table or wanted.name)
            )
            stream = self.connection.stream(source, options)
            rows, problems = write(path, stream, options)
        names = tuple(stream.schema.names)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return RawTable(
            name=wanted.name,
            path=path,
            columns=names,
            rows=rows,
            rows_read=rows,
            facts=SourceFacts(
                file=Path(self.address.label),
                format=self.connection.format,
                size=path.stat().st_size,
                sha256=digest,
                sheet=wanted.table,
                headers=names,
                notes=self._notes(rows),
                url=self.address.shown,
            ),
            problems=problems,
            typed=True,
        )

    def recover(self) -> bool:
        """Whether other tables can be read after one failed; False when the connection is lost."""
        return self.connection.recover()

    def _notes(self, rows: int) -> tuple[Note, ...]:
        empty = () if rows else (note("source.no_rows", severity="warning"),)
        return tuple(replace(n, file=self.address.label) for n in empty)

    @contextmanager
    def _naming(self, wanted: Wanted | None) -> Iterator[None]:
        """Errors name the database and the table."""
        try:
            yield
        except SourceError as error:
            sheet = (wanted.table or wanted.name) if wanted else None
            error.where = replace(error.where or Place(), file=self.address.label, sheet=sheet)
            raise


@contextmanager
def open_database(address: Address) -> Iterator[Database]:
    """Connect to a database; what is read before it closes is of one moment.

    Raises:
        SourceError: it cannot be reached.
        UsageError: its driver is not installed.
    """
    try:
        connection = _connect(address)
    except SourceError as error:
        error.where = replace(error.where or Place(), file=address.label)
        raise
    try:
        yield Database(address, connection)
    finally:
        connection.close()


def _connect(address: Address) -> Connection:
    if address.kind == "postgresql":
        from dq.sources.database_postgres import Postgres

        return Postgres(address)
    if address.kind == "mysql":
        from dq.sources.database_mysql import MySql

        return MySql(address)
    raise UsageError(
        "{address} is a file.", fix="Give its path.", address=address.shown
    )  # pragma: no cover - SQLite is read as a file before


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _own_query(text: str) -> exp.Expr:
    """A query of the user's own, as a table. The server takes no more than one statement."""
    return exp.alias_(exp.var(f"({text.rstrip().rstrip(';')}\n)"), "source", quoted=True)
