"""Snapshots of a run: the typed, keyed tables under the digest of their rows.

Also those of an earlier run, with which a certified period is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.checks.context import Certified
from dq.errors import UsageError
from dq.runs import Run, Snapshots, find_run, latest, snapshot_digest
from dq.sql import portable as f

if TYPE_CHECKING:
    import pyarrow as pa

    from dq.config import Period
    from dq.crm.load import Crm
    from dq.engines.base import Engine
    from dq.runs import RunWriter

__all__ = ["certified_periods", "certified_record", "keep_tables", "row_hashes"]

CERTIFIED = "certified"
"""The parameter of run.json that names, by date column and period, the run to compare with."""

QUIET_DAYS = 7
"""Days without an event at a period's end that a weekend or holidays explain."""


def certified_periods(
    project: Path, closed: Mapping[str, tuple[Period, ...]]
) -> tuple[Certified, ...]:
    """The periods that dq.yaml calls closed, each with the tables as they were then.

    Compared is the run before the first that called the period closed, where its data reach
    the period's end (the report that was certified was made of it), else that first run. A
    period that is taken out of dq.yaml for one run begins anew.
    """
    if not closed:
        return ()
    newest = latest(project)
    found = []
    for name, periods in closed.items():
        table, _, column = name.partition(".")
        for period in periods:
            run = None if newest is None else _compared(project, newest, name, period)
            before = None if run is None else _kept(project, run, table)
            run_id = run.run_id if run is not None and before is not None else None
            found.append(Certified(table, column, period, before, run_id))
    return tuple(found)


def certified_record(certified: tuple[Certified, ...]) -> dict[str, dict[str, str | None]]:
    """What run.json keeps of the certified periods, for the runs to come."""
    record: dict[str, dict[str, str | None]] = {}
    for one in certified:
        record.setdefault(f"{one.table}.{one.column}", {})[one.period.text] = one.run_id
    return record


def _compared(project: Path, newest: Run, name: str, period: Period) -> Run | None:
    known = newest.document["parameters"].get(CERTIFIED, {}).get(name, {})
    if period.text not in known:
        return newest if _reaches(newest, period.end) else None
    run_id = known[period.text]
    try:
        return newest if run_id is None else find_run(project, run_id)
    except UsageError:
        return newest


def _reaches(run: Run, end: date) -> bool:
    """Whether the data go to the last day, or the run was made after it with data of that week."""
    as_of = run.document["as_of"]["date"]
    if as_of is None:
        return False
    short = (end - date.fromisoformat(as_of)).days
    return short <= 1 or (short <= QUIET_DAYS and run.started.date() >= end)


def _kept(project: Path, run: Run, table: str) -> Path | None:
    digest = run.snapshots.get(table)
    kept = None if digest is None else Snapshots(project / ".dq" / "snapshots").find(digest)
    return None if kept is None else kept.path


def keep_tables(engine: Engine, crm: Crm, writer: RunWriter) -> None:
    """Keep every `crm_all` table of the run; equal tables are kept once."""
    for name in sorted(crm.tables):
        schema = engine.schema(f"crm_all.{name}")
        columns = [(field.name, str(field.type)) for field in schema]
        hashes = engine.query(row_hashes(name, schema)).column(0)
        digest = snapshot_digest(name, columns, hashes)
        writer.snapshot(name, digest, len(hashes), _writer(engine, name))


def _writer(engine: Engine, name: str) -> Callable[[Path], object]:
    def write(path: Path) -> object:
        return engine.write(exp.select("*").from_(f.table(f"crm_all.{name}")), path)

    return write


def row_hashes(name: str, schema: pa.Schema) -> exp.Query:
    """MD5 of each row of `crm_all.<name>`; cells carry their length, so none can run together."""
    cells: list[exp.Expr] = []
    for field in schema:
        text = f.as_text(f.col(field.name))
        there = f.concat(f.as_text(f.length(text)), f.lit(":"), text)
        cells.append(f.coalesce(there, f.lit("~")))
    return exp.select(f.alias(f.md5(f.concat(*cells)), "h")).from_(f.table(f"crm_all.{name}"))
