"""A look at data: the columns of files at hand, or of a table that a run kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dq.errors import SourceError, UsageError
from dq.files import workspace
from dq.intake import expand, read_all

if TYPE_CHECKING:
    from dq.checks.overview import Seen, TableOverview
    from dq.crm.load import Crm
    from dq.engines.base import Engine
    from dq.runs import Run

__all__ = ["look_at_files", "look_at_kept"]

_TYPES = {
    "int64": "integer", "double": "double", "bool": "boolean", "date32[day]": "date",
    "timestamp[us]": "timestamp",
}  # fmt: skip


def look_at_files(
    files: Sequence[Path | str],
    *,
    preset: str | None = None,
    language: str = "en",
    now: datetime,
    engine: str = "duckdb",
    progress: Callable[[str, str], None] = lambda _part, _detail: None,
) -> tuple[TableOverview, ...]:
    """Read files as `dq scan` does, and look at the tables that they become.

    Raises:
        SourceError: a file cannot be read.
    """
    from dq.crm.load import LoadSettings, load
    from dq.crm.recognise import recognise
    from dq.engines import open_engine

    with workspace() as work:
        paths = expand([Path(f) for f in files])
        intake = read_all([(p, None) for p in paths], work / "raw", lenient=True, progress=progress)
        if not intake.raws:
            raise intake.refused[0] if intake.refused else SourceError("No file was given.")
        progress("recognise", "")
        found = recognise(intake.raws, preset=preset, language=language)
        machine = open_engine(engine, work / "engine")
        try:
            progress("load", "")
            crm = load(machine, intake.raws, found.mapping, LoadSettings(now=now))
            progress("profile", "")
            return _of_crm(machine, crm, {raw.name: raw.facts.file.name for raw in intake.raws})
        finally:
            machine.close()


def _of_crm(engine: Engine, crm: Crm, files: dict[str, str]) -> tuple[TableOverview, ...]:
    from dq.checks.overview import Seen, overview

    unread = _unread(engine)
    made = []
    for table in crm.tables.values():
        columns = [
            Seen(c.name, c.type, c.kind, c.header, c.personal)
            for c in table.columns.values()
            if c.header is not None or (c.name == "id" and table.key_given)
        ]
        made.append(
            overview(
                engine,
                table.name,
                f"crm.{table.name}",
                columns,
                key="id" if table.key_given else None,
                unread=unread.get(table.name),
                sources=[files.get(s, s) for s in table.sources],
            )
        )
    return tuple(made)


def _unread(engine: Engine) -> dict[str, dict[str, int]]:
    """Cells that did not convert, by table and column."""
    from sqlglot import exp

    from dq.sql import portable as f

    name = "work.unconverted"
    if name not in engine.tables():
        return {}
    query = (
        exp.select(f.col("table"), f.col("column"), f.alias(f.count(), "n"))
        .from_(f.table(name))
        .group_by(f.col("table"), f.col("column"))
    )
    found: dict[str, dict[str, int]] = {}
    for row in engine.query(query).to_pylist():
        found.setdefault(row["table"], {})[row["column"]] = row["n"]
    return found


def look_at_kept(engine: Engine, project: Path, run: Run, table: str) -> TableOverview:
    """Look at a table as a run kept it: its live records.

    Raises:
        UsageError: the run has no such table.
    """
    from sqlglot import exp

    from dq.checks.overview import overview
    from dq.runs import Snapshots
    from dq.sql import portable as f

    digest = run.snapshots.get(table)
    kept = Snapshots(project / ".dq" / "snapshots").find(digest) if digest else None
    if kept is None:
        raise UsageError(
            "The run has no table {table}.",
            fix="It has: {tables}.",
            table=table,
            tables=", ".join(sorted(run.snapshots)),
        )
    engine.load("work.kept", kept.path)
    live = exp.select("*").from_(f.table("work.kept")).where(f.col("_live"))
    engine.view("work.looked_at", live)
    columns = _kept_columns(engine, table)
    files = [i["file"] for i in run.document["inputs"] if table in i["tables"]]
    return overview(
        engine,
        table,
        "work.looked_at",
        columns,
        key="id",
        sources=[Path(file).name for file in files],
    )


def _kept_columns(engine: Engine, table: str) -> list[Seen]:
    """Columns of a kept table as the model knows them; own ones by their type alone."""
    from dq.checks.overview import Seen
    from dq.crm.model import DERIVED, TABLES

    model = TABLES.get(table)
    seen = []
    for field in engine.schema("work.looked_at"):
        if field.name.startswith("_") or field.name in DERIVED:
            continue
        known = model.columns.get(field.name) if model else None
        kind = "decimal" if str(field.type).startswith("decimal") else "text"
        seen.append(
            Seen(
                field.name,
                _TYPES.get(str(field.type), kind),
                known.kind if known else "id" if field.name.endswith("_id") else "text",
                personal=known.personal if known else False,
            )
        )
    return seen
