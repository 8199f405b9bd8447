"""The one place that speaks to SQLite: connection, statements by name, transactions, errors."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from dq.errors import Place, StoreError
from dq.files import file_errors, sync_folder

__all__ = ["Database", "split_script"]

_BUSY_SECONDS = 30.0


@cache
def _statements() -> Mapping[str, str]:
    """Statements of `sql/statements.sql` by the name in the line above each."""
    text = files("dq.store").joinpath("sql/statements.sql").read_text(encoding="utf-8")
    parts = text.split("-- name: ")[1:]
    named = (part.split("\n", 1) for part in parts)
    return {name.strip(): sql.strip() for name, sql in named}


class Database:
    """A SQLite file in WAL mode. Not for use by two threads at once: open one in each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with file_errors(path, "write", StoreError):
            path.parent.mkdir(parents=True, exist_ok=True)
        with self.errors():
            self._connection = sqlite3.connect(
                path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                    self._connection.execute(f"PRAGMA {pragma}")
            except BaseException:
                self._connection.close()
                raise

    def run(self, name: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Run a statement of `statements.sql`; all its rows."""
        with self.errors():
            return self._connection.execute(_statements()[name], values or {}).fetchall()

    def changes(self, name: str, values: Mapping[str, object]) -> int:
        """Run a statement; the number of rows it changed."""
        with self.errors():
            return self._connection.execute(_statements()[name], values).rowcount

    def stream(self, name: str, values: Mapping[str, object]) -> Iterator[tuple[Any, ...]]:
        """Run a statement; its rows one by one."""
        with self.errors():
            yield from self._connection.execute(_statements()[name], values)

    def script(self, sql: str) -> None:
        """Run statements inside the open transaction."""
        with self.errors():
            for statement in split_script(sql):
                self._connection.execute(statement)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; writers of other processes wait until it ends.

        Inside another transaction it is a part of it: what fails in the part leaves the rest.
        """
        inner = self.in_transaction()
        with self.errors():
            self._connection.execute("SAVEPOINT part" if inner else "BEGIN IMMEDIATE")
        try:
            yield
            with self.errors():
                self._connection.execute("RELEASE part" if inner else "COMMIT")
        except BaseException:
            if self.in_transaction():
                for statement in ("ROLLBACK TO part", "RELEASE part") if inner else ("ROLLBACK",):
                    self._connection.execute(statement)
            raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several reads of one state; inside a transaction, of that."""
        if self.in_transaction():
            yield
            return
        with self.errors():
            self._connection.execute("BEGIN")
        try:
            yield
        finally:
            if self.in_transaction():
                self._connection.execute("ROLLBACK")

    def in_transaction(self) -> bool:
        """Whether a transaction or a snapshot is open."""
        return self._connection.in_transaction

    def copy_to(self, target: Path) -> None:
        """A whole copy while others may write; an unfinished one never has the name `target`."""
        part = target.with_name(f".{target.name}.part")
        with file_errors(target, "write", StoreError):
            target.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
        with self.errors():
            copy = sqlite3.connect(part)
            try:
                self._connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
            finally:
                copy.close()
        with file_errors(target, "write", StoreError):
            part.replace(target)
            sync_folder(target.parent)

    def close(self) -> None:
        """Close; closing twice is no error."""
        self._connection.close()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn SQLite's errors into sentences."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._error(error) from error

    def _error(self, error: sqlite3.Error) -> StoreError:
        where = Place(file=str(self.path))
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return StoreError(
                "Another process has been writing here for {seconds} seconds.",
                where=where,
                fix="Try again when it has finished.",
                seconds=int(_BUSY_SECONDS),
            )
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            return StoreError(
                "The store is damaged.",
                where=where,
                fix="Put a copy from .dq/backups in its place.",
            )
        if code == sqlite3.SQLITE_FULL:
            return StoreError(
                "The disk is full.", where=where, fix="Free some space and try again."
            )
        if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
            return StoreError(
                "You may not write here.",
                where=where,
                fix="Ask its owner for the right, or move it.",
            )
        return StoreError("The store refuses: {reason}.", where=where, reason=str(error))


def split_script(sql: str) -> Iterator[str]:
    """The statements of a script; a trigger with its inner semicolons is one."""
    statement = ""
    for part in re.split(r"(?<=;)", sql):
        statement += part
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
