"""The tables of a kept run, readable under their names of that day: `crm` and `crm_all`."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.runs import Snapshots
from dq.sql import portable as f

if TYPE_CHECKING:
    from dq.engines.base import Engine
    from dq.runs import Run

__all__ = ["as_of_run", "open_kept"]


def open_kept(engine: Engine, project: Path, run: Run) -> dict[str, tuple[str, ...]]:
    """Make the tables of a run readable; the columns of each, those of loading too."""
    snapshots = Snapshots(project / ".dq" / "snapshots")
    columns: dict[str, tuple[str, ...]] = {}
    for table, digest in sorted(run.snapshots.items()):
        kept = snapshots.find(digest)
        if kept is None:
            continue
        engine.load(f"crm_all.{table}", kept.path)
        live = exp.select("*").from_(f.table(f"crm_all.{table}")).where(f.col("_live"))
        engine.view(f"crm.{table}", live)
        columns[table] = tuple(engine.schema(f"crm_all.{table}").names)
    return columns


def as_of_run(run: Run) -> datetime:
    """The business "today" of a run: the end of its day."""
    told = run.document["as_of"]["date"]
    day = datetime.fromisoformat(told) if told else run.started.replace(tzinfo=None)
    return datetime.combine(day.date(), time(23, 59, 59))
