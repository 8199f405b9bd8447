"""What both engines need of plans and of work folders."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.errors import EngineError

if TYPE_CHECKING:
    import pyarrow as pa

    from dq.engines.base import Limits
    from dq.tables import BatchFn

__all__ = ["WorkFolder", "check_rows", "check_tables", "deadline", "mapped"]

_AGAIN = 0.25  # seconds between two attempts to stop


class WorkFolder:
    """A folder of an engine's own files, each name used once."""

    def __init__(self, parent: Path | None) -> None:
        if parent is not None:
            parent.mkdir(parents=True, exist_ok=True)
        self.path = Path(tempfile.mkdtemp(prefix="engine-", dir=parent)).resolve()
        self._made = 0

    def new(self, suffix: str = "") -> Path:
        """A path that nothing has yet."""
        self._made += 1
        return self.path / f"t{self._made:06d}{suffix}"

    def remove(self, path: Path) -> None:
        """Delete a file or folder, if it is here and still there."""
        if not path.is_relative_to(self.path):
            return
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Delete the folder with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)


@contextmanager
def deadline(seconds: float | None, stop: Callable[[], object]) -> Iterator[None]:
    """Call `stop` once the time is over, and again until the work has ended.

    A single call may come before the work has begun and would then stop nothing.

    Raises:
        EngineError: the work failed after the time was over.
    """
    if seconds is None:
        yield
        return
    over, done = threading.Event(), threading.Event()

    def watch() -> None:
        if not done.wait(seconds):
            over.set()
            stop()
        while not done.wait(_AGAIN):
            stop()

    watchdog = threading.Thread(target=watch, daemon=True)
    watchdog.start()
    try:
        yield
    except EngineError as error:
        if not over.is_set():
            raise
        raise EngineError(
            "The query took longer than {seconds} seconds.", seconds=f"{seconds:g}"
        ) from error
    finally:
        done.set()
        watchdog.join()


def check_tables(plan: exp.Expr, known: Collection[str]) -> None:
    """Refuse a plan that reads a table the engine does not know (or a file by its name).

    Raises:
        EngineError: names the table.
    """
    inner = {cte.alias.lower() for cte in plan.find_all(exp.CTE)}
    names = {name.lower() for name in known}
    for table in plan.find_all(exp.Table):
        name = f"{table.db}.{table.name}" if table.db else table.name
        if name.lower() not in names and (table.db or name.lower() not in inner):
            raise EngineError("There is no table {table}.", table=name)


def check_rows(table: pa.Table, limits: Limits | None) -> pa.Table:
    """Refuse a result with more rows than allowed.

    Raises:
        EngineError: the result is too large.
    """
    if limits is not None and limits.rows is not None and table.num_rows > limits.rows:
        raise EngineError(
            "The result has more than {rows} rows.",
            fix="Narrow the query or raise the limit.",
            rows=limits.rows,
        )
    return table


def mapped(fn: BatchFn, batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """A batch through a function, in the declared schema.

    Raises:
        EngineError: the function failed or gave other columns.
    """
    try:
        result = fn(batch)
        return result.select(schema.names).cast(schema)
    except EngineError:
        raise
    except Exception as error:
        raise EngineError(
            "A batch function failed: {reason}.", reason=f"{type(error).__name__}: {error}"
        ) from error
