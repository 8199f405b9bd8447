"""dq run: the main job."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from dq.cli.options import State, assessment_options, build_settings
from dq.cli.output import FORMATS, TABULAR, deliver, language_of, progress_for

__all__ = ["command"]


@click.command("run")
@click.option("--engine", help="duckdb, local[N] or spark://… (default: dq.yaml).")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write the result to this file.")
@click.option("--limit", default=1000, show_default=True, help="Records shown of a group.")
@assessment_options
@click.pass_obj
def command(
    state: State,
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
    """The main job: load the project's sources, check them, keep the run.

    The run is kept under .dq/runs (run.json, findings.parquet); the page is dq-report.html, the
    whole site is site/index.html.
    """
    from dq.files import atomic_write
    from dq.formats import render
    from dq.project import Project

    project = Project(state.directory)
    language = language_of(state, project.settings.defaults.language)
    progress = progress_for(state)
    result = project.run(
        settings=build_settings(language, as_of, country, currency, include_deleted, fail_on),
        engine=engine,
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
        project.viewed(f"findings/{result.run_id}")
    page = project.folder / "dq-report.html"
    with atomic_write(page) as handle:
        handle.write(render(result, "html", language=language, limit=limit, project=project.folder))
    site = project.build_site(result, language)
    if format_ == "text" and not state.quiet:
        from dq.i18n import translator

        t = translator(language)
        click.echo(t.t("cli.page_written", path=str(page)))
        click.echo(t.t("site.written", path=str(site)))
    return result.exit_code
