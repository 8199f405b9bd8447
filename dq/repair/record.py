"""One record whole: its cells, what is found on it, what it is linked to, what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from dq.crm.model import DERIVED, TABLES
from dq.errors import UsageError
from dq.findings import Finding
from dq.repair.stored import Judged, finding_of, judged, load_findings
from dq.runs import Snapshots, list_runs
from dq.sql import portable as f

if TYPE_CHECKING:
    from dq.engines.base import Engine
    from dq.runs import Run
    from dq.store import Suppression

__all__ = ["Cell", "Moment", "Record", "Related", "record"]

RUNS = 30
"""Runs of the history that are looked into, the newest."""

NAMED = 5
"""Records of another table that are named; the rest are counted."""


@dataclass(frozen=True)
class Cell:
    """A column of the record and its value as text; None: blank."""

    column: str
    value: str | None


@dataclass(frozen=True)
class Related:
    """Records of another table that this one names (`outward`), or that name this one.

    `keys` are the first of them with their names; `missing`: the record named is not there.
    """

    table: str
    column: str
    outward: bool
    count: int
    keys: tuple[tuple[str, str | None], ...]
    missing: bool = False


@dataclass(frozen=True)
class Moment:
    """The record in one run: findings then open, and cells (old, new) that changed."""

    run_id: str
    started: datetime
    there: bool
    findings: tuple[str, ...]
    changed: tuple[tuple[str, str | None, str | None], ...] = ()


@dataclass(frozen=True)
class Record:
    """A record of a run. Of a key that several rows have, `rows` are all of them."""

    table: str
    key: str
    run_id: str
    rows: tuple[tuple[Cell, ...], ...]
    live: bool
    places: tuple[tuple[str | None, int | None], ...]
    findings: tuple[Finding, ...]
    suppressions: tuple[Suppression, ...]
    related: tuple[Related, ...]
    history: tuple[Moment, ...]
    judged: Judged = field(default_factory=dict)


def record(
    engine: Engine,
    project: Path,
    run: Run,
    table: str,
    key: str,
    suppressions: Sequence[Suppression] = (),
) -> Record:
    """Look a record up in a run.

    Raises:
        UsageError: the run has no such table, or the table no such key.
    """
    kept = _Kept(engine, project, run)
    rows = kept.rows(table, key)
    if not rows:
        raise UsageError(
            "There is no record {key} in {table}.",
            fix="Give the key as dq findings shows it.",
            key=key,
            table=table,
        )
    files = {fact["name"]: fact["file"] for fact in run.document["inputs"]}
    load_findings(engine, "work.found", run)
    return Record(
        table=table,
        key=key,
        run_id=run.run_id,
        rows=tuple(_cells(row) for row in rows),
        live=any(row.get("_live") for row in rows),
        places=tuple((files.get(row.get("_source")), row.get("_row")) for row in rows),
        findings=_findings(engine, "work.found", table, key),
        suppressions=tuple(s for s in suppressions if s.table == table and key in s.keys),
        related=tuple(kept.related(table, key, rows)),
        history=_history(engine, project, run, table, key),
        judged=judged(run),
    )


def _cells(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    return tuple(
        Cell(name, None if value is None else str(value))
        for name, value in row.items()
        if not name.startswith("_") and name != "id"
    )


def _findings(engine: Engine, name: str, table: str, key: str) -> tuple[Finding, ...]:
    query = (
        exp.select("*")
        .from_(f.table(name))
        .where(f.all_of(f.col("table").eq(f.lit(table)), f.col("key").eq(f.lit(key))))
    )
    found = [finding_of(row) for row in engine.query(query).to_pylist()]
    return tuple(sorted(found, key=lambda x: (-x.severity.rank, x.code, x.column or "")))


class _Kept:
    """The tables of a run, as they were kept."""

    def __init__(self, engine: Engine, project: Path, run: Run) -> None:
        self.engine = engine
        self.run = run
        self._snapshots = Snapshots(project / ".dq" / "snapshots")
        self._schemas: dict[str, tuple[str, ...]] = {}

    def columns(self, table: str) -> tuple[str, ...]:
        """Columns of a table; none where the run does not have it."""
        if table not in self._schemas:
            digest = self.run.snapshots.get(table)
            kept = self._snapshots.find(digest) if digest else None
            names: tuple[str, ...] = ()
            if kept is not None:
                self.engine.load(f"work.kept_{table}", kept.path)
                names = tuple(self.engine.schema(f"work.kept_{table}").names)
            self._schemas[table] = names
        return self._schemas[table]

    def rows(self, table: str, key: str) -> list[dict[str, Any]]:
        """The rows of a key, those in use first."""
        if not self.columns(table):
            raise UsageError(
                "The run has no table {table}.",
                fix="It has: {tables}.",
                table=table,
                tables=", ".join(sorted(self.run.snapshots)),
            )
        query = (
            exp.select("*")
            .from_(f.table(f"work.kept_{table}"))
            .where(f.col("id").eq(f.lit(key)))
            .order_by(exp.Ordered(this=f.col("_live"), desc=True, nulls_first=False), f.col("_row"))
            .limit(NAMED)
        )
        found: list[dict[str, Any]] = self.engine.query(query).to_pylist()
        return found

    def related(self, table: str, key: str, rows: Sequence[Mapping[str, Any]]) -> list[Related]:
        """Records that this one names, then those that name it."""
        found = []
        model = TABLES.get(table)
        for relation in model.relations if model else ():
            named = rows[0].get(relation.column)
            if named is None or not self.columns(relation.target):
                continue
            name = self._names(relation.target, f.col("id").eq(f.lit(str(named))))
            keys = tuple(name) or ((str(named), None),)
            found.append(
                Related(relation.target, relation.column, True, 1, keys[:1], missing=not name)
            )
        for other in sorted(self.run.snapshots):
            about = TABLES.get(other)
            for relation in about.relations if about else ():
                if relation.target == table and relation.column in self.columns(other):
                    found += self._naming(other, relation.column, key)
        return found

    def _naming(self, table: str, column: str, key: str) -> list[Related]:
        where = f.all_of(f.col(column).eq(f.lit(key)), f.col("_live"))
        counted = exp.select(f.alias(f.count(), "n")).from_(f.table(f"work.kept_{table}"))
        n = int(self.engine.query(counted.where(where)).to_pylist()[0]["n"])
        if not n:
            return []
        keys = tuple(self._names(table, where.copy()))
        return [Related(table, column, False, n, keys)]

    def _names(self, table: str, where: exp.Expression) -> list[tuple[str, str | None]]:
        model = TABLES.get(table)
        label = model.name_column if model else None
        there = self.columns(table)
        name = f.as_text(f.col(label)) if label and label in there else f.null("text")
        query = (
            exp.select(f.alias(f.col("id"), "id"), f.alias(name, "name"))
            .from_(f.table(f"work.kept_{table}"))
            .where(where)
            .order_by(f.col("id"))
            .limit(NAMED)
        )
        return [(r["id"], r["name"]) for r in self.engine.query(query).to_pylist()]


def _history(engine: Engine, project: Path, last: Run, table: str, key: str) -> tuple[Moment, ...]:
    """The record in the runs up to this one, oldest first; a snapshot is read once."""
    runs = [run for run in list_runs(project) if run.run_id <= last.run_id][-RUNS:]
    seen: dict[str, dict[str, Any] | None] = {}
    moments: list[Moment] = []
    before: dict[str, Any] | None = None
    for number, run in enumerate(runs):
        digest = run.snapshots.get(table, "")
        if digest not in seen:
            rows = _Kept(engine, project, run).rows(table, key) if digest else []
            seen[digest] = rows[0] if rows else None
        row = seen[digest]
        found: tuple[str, ...] = ()
        if (run.path / "findings.parquet").is_file():
            name = f"work.found_{number}"
            load_findings(engine, name, run)
            on_it = _findings(engine, name, table, key)
            found = tuple(dict.fromkeys(x.code for x in on_it if x.suppressed is None))
        changed = _changed(before, row) if before is not None and row is not None else ()
        moments.append(Moment(run.run_id, run.started, row is not None, found, changed))
        before = row if row is not None else before
    return tuple(moments)


def _changed(
    before: Mapping[str, Any], row: Mapping[str, Any]
) -> tuple[tuple[str, str | None, str | None], ...]:
    """Columns of both whose values differ; what is derived from the day does not count."""
    names = [n for n in row if n in before and not n.startswith("_") and n not in DERIVED]
    return tuple(
        (n, _text(before[n]), _text(row[n])) for n in names if _text(before[n]) != _text(row[n])
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
