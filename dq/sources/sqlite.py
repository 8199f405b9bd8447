"""SQLite files: every table a raw table, of the types that its values have.

SQLite does not hold values to the types that columns declare, so the values decide: a column
of whole numbers alone is whole numbers, one with texts among them is text.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlglot import exp

from dq.errors import SourceError
from dq.sources.database_sink import Chunk, Odd, Stream, check_columns, no_bytes, numbers, write
from dq.sources.job import Job
from dq.sources.lines import Part, note, refuse, sheet_note

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["read_sqlite"]

_AT_ONCE = 16_384
_WAIT = 10.0
"""Seconds to wait for a program that writes to the file."""


def read_sqlite(job: Job) -> list[Part]:
    """Read the tables of an SQLite file, or one table, view or query that is declared.

    Undeclared, strict reading takes a file with exactly one table.

    Raises:
        SourceError: it is damaged or busy, has no table, or what is declared is not there.
    """
    try:
        with closing(_connect(job.path)) as connection:
            connection.execute("BEGIN")
            _check_length(job, connection)
            return _parts(job, connection)
    except (sqlite3.OperationalError, sqlite3.ProgrammingError, sqlite3.Warning) as error:
        if "locked" in str(error) or "busy" in str(error):
            raise refuse(
                "Another program is writing to the database.", "Wait until it is done."
            ) from error
        raise refuse(
            "The database cannot be read: {reason}.",
            "Copy it again, with its -wal file if there is one.",
            reason=str(error),
        ) from error
    except sqlite3.DatabaseError as error:
        raise refuse("The SQLite file is cut or damaged.", "Copy it again.") from error


def _connect(path: Path) -> sqlite3.Connection:
    """The file, opened for reading only."""
    place = quote(path.absolute().as_posix())
    connection = sqlite3.connect(
        f"file:{place}?mode=ro", uri=True, timeout=_WAIT, isolation_level=None
    )
    connection.text_factory = _text
    return connection


def _check_length(job: Job, connection: sqlite3.Connection) -> None:
    """Refuse a file that is shorter than its header says: missing pages would read as empty."""
    (pages,), (size,) = (
        connection.execute(f"PRAGMA {fact}").fetchone() for fact in ("page_count", "page_size")
    )
    if job.size < pages * size and not job.path.with_name(f"{job.path.name}-wal").exists():
        raise refuse("The SQLite file is cut or damaged.", "Copy it again.")


def _text(data: bytes) -> str:
    """Texts of old programs may not be UTF-8: such bytes are marked, not fatal."""
    return data.decode("utf-8", "replace")


def _parts(job: Job, connection: sqlite3.Connection) -> list[Part]:
    options = job.options
    if options.query is not None:
        text = options.query.rstrip().rstrip(";")
        return [_part(job, connection, exp.alias_(exp.var(f"({text}\n)"), "source"), None)]
    known = _tables(connection)
    names = [name for name, kind in known.items() if kind == "table"]
    if options.sheet is not None:
        names = [_declared(options.sheet, known, names)]
    elif len(names) > 1 and not job.lenient:
        raise refuse(
            "The database has several tables: {tables}.",
            "Write sheet: with the name of one, a source for each.",
            tables=", ".join(names),
        )
    if not names:
        raise refuse("The database has no tables.", "Check that it is the right file.")
    if len(names) == 1:
        return [_part(job, connection, exp.table_(names[0], quoted=True), names[0])]
    return _several(job, connection, names)


def _several(job: Job, connection: sqlite3.Connection, names: Sequence[str]) -> list[Part]:
    """All tables; one that cannot be read is named, and does not stop the others."""
    parts: list[Part] = []
    failed: list[SourceError] = []
    for name in names:
        try:
            part = _part(job, connection, exp.table_(name, quoted=True), name)
        except SourceError as error:
            failed.append(error)
            continue
        parts.append(replace(part, notes=(sheet_note(name), *part.notes)))
    if not parts:
        raise failed[0]
    skipped = [note("source.table_skipped", severity="warning", error=error) for error in failed]
    return [replace(parts[0], notes=(*parts[0].notes, *skipped)), *parts[1:]]


def _tables(connection: sqlite3.Connection) -> dict[str, str]:
    """Tables and views in the order of their making, without SQLite's own."""
    rows = connection.execute(
        "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') "
        "AND substr(name, 1, 7) <> 'sqlite_' ORDER BY rowid"
    )
    return dict(rows.fetchall())


def _declared(wanted: str | int, known: dict[str, str], tables: Sequence[str]) -> str:
    if isinstance(wanted, int):
        if 1 <= wanted <= len(tables):
            return tables[wanted - 1]
    else:
        for name in known:
            if name.casefold() == wanted.strip().casefold():
                return name
    raise refuse(
        "There is no table {table} in the database; it has {tables}.",
        "Correct the name.",
        table=str(wanted),
        tables=", ".join(known),
    )


def _part(job: Job, connection: sqlite3.Connection, source: exp.Expr, name: str | None) -> Part:
    try:
        stream = _stream(job, connection, source)
    except SourceError as error:
        if error.where is not None:
            error.where = replace(error.where, sheet=name)
        raise
    path = job.target(name or "")
    rows, problems = write(path, stream, job.options)
    names = tuple(stream.schema.names)
    return Part(
        path=path,
        names=names,
        rows=rows,
        rows_read=rows,
        problems=problems,
        notes=() if rows else (note("source.no_rows", severity="warning"),),
        headers=names,
        sheet=name,
        typed=True,
    )


def _stream(job: Job, connection: sqlite3.Connection, source: exp.Expr) -> Stream:
    import pyarrow as pa

    nothing = exp.select("*").from_(source.copy()).limit(0)
    described = connection.execute(nothing.sql(dialect="sqlite")).description
    names = [column[0] for column in described]
    check_columns(names, job.options)
    types = _types(connection, source, names)
    cells = [_cell(name, kind) for name, kind in zip(names, types, strict=True)]
    query = exp.select(*cells).from_(source.copy())
    schema = pa.schema(list(zip(names, types, strict=True)))
    return Stream(schema, _chunks(connection, query, schema))


def _types(
    connection: sqlite3.Connection, source: exp.Expr, names: Sequence[str]
) -> list[pa.DataType]:
    """Types of the columns, by the kinds of values that stand in them."""
    import pyarrow as pa

    asked: list[exp.Expr] = []
    for name in names:
        kind = exp.Anonymous(this="typeof", expressions=[exp.column(name, quoted=True)])
        for word in ("text", "real", "integer", "blob"):
            asked.append(exp.func("max", exp.paren(exp.EQ(
                this=kind.copy(), expression=exp.Literal.string(word)
            ))))  # fmt: skip
    told = []
    for start in range(0, len(asked), 1000):  # SQLite takes 2000 columns at once
        query = exp.select(*asked[start : start + 1000]).from_(source.copy())
        told += connection.execute(query.sql(dialect="sqlite")).fetchone()
    types = []
    for place, name in enumerate(names):
        text, real, integer, blob = told[place * 4 : place * 4 + 4]
        if blob:
            raise no_bytes(name, "blob")
        if real and not text:
            types.append(pa.float64())
        else:
            types.append(pa.int64() if integer and not text else pa.string())
    return types


def _cell(name: str, kind: pa.DataType) -> exp.Expr:
    import pyarrow as pa

    column = exp.column(name, quoted=True)
    if pa.types.is_string(kind):
        return exp.alias_(exp.cast(column, "TEXT"), name, quoted=True)
    if pa.types.is_floating(kind):
        return exp.alias_(exp.cast(column, "REAL"), name, quoted=True)
    return exp.alias_(column, name, quoted=True)


def _chunks(
    connection: sqlite3.Connection, query: exp.Query, schema: pa.Schema
) -> Generator[Chunk]:
    import pyarrow as pa

    cursor = connection.execute(query.sql(dialect="sqlite"))
    while rows := cursor.fetchmany(_AT_ONCE):
        arrays: list[pa.Array] = []
        odd: list[Odd] = []
        for place, (column, field) in enumerate(zip(zip(*rows, strict=True), schema, strict=True)):
            array = pa.array(column, field.type)
            if pa.types.is_floating(field.type):
                array, some = numbers(array, place)
                odd += some
            arrays.append(array)
        yield Chunk(arrays, odd)
