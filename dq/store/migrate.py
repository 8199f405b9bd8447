"""Bringing a store up to date: forward steps, each in one transaction, with a copy before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from dq.clock import Clock, iso
from dq.errors import Place, StoreError
from dq.store.database import Database
from dq.store.nodes import fill_nodes

__all__ = ["Migration", "migrate", "shipped_migrations"]

_THEN: Mapping[int, Callable[[Database], None]] = {4: fill_nodes}


@dataclass(frozen=True)
class Migration:
    """One step: the version it leads to, its name, its SQL, and what SQL cannot do."""

    version: int
    name: str
    sql: str
    then: Callable[[Database], None] | None = None


@cache
def shipped_migrations() -> tuple[Migration, ...]:
    """The steps in `sql/migrations/NNNN_name.sql`, in order."""
    steps = []
    for file in files("dq.store").joinpath("sql/migrations").iterdir():
        if file.name.endswith(".sql"):
            number, _, name = file.name.removesuffix(".sql").partition("_")
            sql = file.read_text(encoding="utf-8")
            steps.append(Migration(int(number), name, sql, _THEN.get(int(number))))
    return tuple(sorted(steps, key=lambda step: step.version))


def migrate(database: Database, clock: Clock, backups: Path, steps: Sequence[Migration]) -> None:
    """Apply the steps that are missing.

    Raises:
        StoreError: the store was made by a newer dq, or a step failed (then nothing of it
            is in the store).
    """
    newest = steps[-1].version
    began = _version(database)
    if began == newest:
        return
    now = clock.now()
    for step in steps:
        version = _version(database)
        if version > newest:
            raise StoreError(
                "The store was made by a newer dq (version {version}, known here: {known}).",
                where=Place(file=str(database.path)),
                fix="Update dq.",
                version=str(version),
                known=str(newest),
            )
        if version >= step.version:
            continue
        if began > 0:  # a new store has nothing to lose
            stamp = now.strftime("%Y%m%dT%H%M%S%f")
            database.copy_to(backups / f"store-v{version}-{stamp}.db")
        with database.transaction():
            # Another process may have made the step while this one waited.
            if _version(database) == version:
                if version == 0:
                    database.run("create_schema_version")
                database.script(step.sql)
                if step.then is not None:
                    step.then(database)
                database.run(
                    "record_version",
                    {
                        "version": step.version,
                        "name": step.name,
                        "applied": iso(now),
                    },
                )


def _version(database: Database) -> int:
    if not database.run("has_schema_version"):
        return 0
    return int(database.run("schema_version")[0][0] or 0)
