"""dq profile FILE|TABLE: look at data."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dq.cli.listing import emit, emit_json, paint_of, width_of
from dq.cli.options import State
from dq.cli.output import language_of, progress_for

if TYPE_CHECKING:
    from dq.checks.overview import TableOverview

__all__ = ["command"]


@click.command("profile")
@click.argument("what", nargs=-1, required=True, metavar="FILE…|TABLE…")
@click.option("--preset", help="The CRM the files come from (default: recognised).")
@click.option("--run", default="latest", show_default=True, help="The run that kept TABLE.")
@click.option("--engine", default="duckdb", show_default=True, help="duckdb, local[N], spark://…")
@click.option(
    "--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True
)
@click.option("--output", type=click.Path(path_type=Path), help="Write the result to this file.")
@click.option("--full", is_flag=True, help="Show personal values as they are.")
@click.pass_obj
def command(
    state: State,
    what: tuple[str, ...],
    preset: str | None,
    run: str,
    engine: str,
    format_: str,
    output: Path | None,
    full: bool,
) -> int:
    r"""Look at data, column by column: type, filled, distinct, ends, frequent values, forms.

    \b
    dq profile deals.csv          a file at hand; no project needed
    dq profile deals              a table of the project, as the latest run kept it

    Forms stand for many values: 9 is a digit, a is a word. What is odd is said below.
    Personal values are masked unless --full is given. --verbose shows the forms of all texts.
    """
    from dq.formats.profile import profile_document, profile_text
    from dq.i18n import translator

    language = language_of(state)
    progress = progress_for(state)
    tables: tuple[TableOverview, ...] = ()
    files = [state.directory / w for w in what if _is_file(state.directory / w)]
    if len(files) == len(what):
        from dq.look import look_at_files

        tables = look_at_files(
            files,
            preset=preset,
            language=language,
            now=datetime.now(UTC).replace(tzinfo=None),
            engine=engine,
            progress=progress,
        )
    else:
        from dq.project import Project

        project = Project(state.directory)
        language = language_of(state, project.settings.defaults.language)
        tables = tuple(project.profile(table, run=run) for table in what)
        if full:
            project.viewed("profile/" + ",".join(what))
    progress("", "")
    t = translator(language)
    if format_ == "json":
        emit_json(profile_document(tables, t, masked=not full), output)
        return 0
    text = profile_text(
        tables,
        t,
        width=width_of(),
        paint=paint_of(state, output),
        masked=not full,
        verbose=state.verbose,
    )
    emit(text, output)
    return 0


def _is_file(path: Path) -> bool:
    """A file or folder that is there, or what can be nothing else: a pattern, a path."""
    return path.exists() or path.suffix != "" or any(c in path.name for c in "*?[/")
