"""dq check [TABLE…]: findings without keeping a run."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from dq.cli.options import State, assessment_options, build_settings
from dq.cli.output import FORMATS, TABULAR, deliver, language_of, progress_for

__all__ = ["command"]


@click.command("check")
@click.argument("tables", nargs=-1)
@click.option("--engine", help="duckdb, local[N] or spark://… (default: dq.yaml).")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write the result to this file.")
@click.option("--limit", default=1000, show_default=True, help="Records shown of a group.")
@assessment_options
@click.pass_obj
def command(
    state: State,
    tables: tuple[str, ...],
    engine: str | None,
    format_: str,
    output: Path | None,
    limit: int,
    as_of: datetime | None,
    country: str | None,
    currency: str | None,
    include_deleted: bool,
    fail_on: str,
) -> int:
    """Check the project's tables and print the findings; nothing is kept.

    TABLES are names of the CRM model (deals, contacts …); all when none is named.
    """
    from dq.crm.model import entity
    from dq.files import workspace
    from dq.project import Project

    for table in tables:
        entity(table)
    project = Project(state.directory)
    language = language_of(state, project.settings.defaults.language)
    progress = progress_for(state)
    with workspace() as kept:
        result = project.check(
            tables,
            settings=build_settings(language, as_of, country, currency, include_deleted, fail_on),
            engine=engine,
            findings=kept / "findings.parquet",
            progress=progress,
        )
        progress("", "")
        deliver(
            result,
            state,
            format=format_,
            output=output,
            limit=limit,
            language=language,
            project=project.folder,
        )
    if format_ in TABULAR:
        project.viewed("findings/check")
    return result.exit_code
