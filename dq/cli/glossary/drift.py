"""dq glossary drift: columns whose values came to mean something else."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dq.cli.listing import emit, emit_json, paint_of, width_of
from dq.cli.options import State
from dq.cli.output import language_of, progress_for
from dq.errors import UsageError

if TYPE_CHECKING:
    from dq.i18n.translator import Translator
    from dq.project import Project

__all__ = ["command"]


@click.command("drift")
@click.argument("names", nargs=-1, metavar="[TABLE[.COLUMN]]…")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Compare the records from this day on with those of the year before it.",
)
@click.option(
    "--against",
    type=click.Choice(("baseline", "previous")),
    default="baseline",
    show_default=True,
    help="previous: the tables as the latest run kept them.",
)
@click.option("--adopt", is_flag=True, help="Take what is there now as the new baseline.")
@click.option("--approve", is_flag=True, help="Approve what another person adopted.")
@click.option("--because", default="", help="Why, for --adopt and --approve.")
@click.option("--by", "author", metavar="NAME", help="Who decides (default: the system's user).")
@click.option("--engine", help="duckdb, local[N] or spark://… (default: dq.yaml).")
@click.option(
    "--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True
)
@click.option("--output", type=click.Path(path_type=Path), help="Write the result to this file.")
@click.pass_obj
def command(
    state: State,
    names: tuple[str, ...],
    since: datetime | None,
    against: str,
    adopt: bool,
    approve: bool,
    because: str,
    author: str | None,
    engine: str | None,
    format_: str,
    output: Path | None,
) -> int:
    r"""Columns whose values came to mean something else, and since when.

    \b
    dq glossary drift                            since the baseline
    dq glossary drift deals.amount               one column
    dq glossary drift --since 2026-03-01         within the data at hand
    dq glossary drift --against previous         since the latest run
    dq glossary drift --adopt --because TEXT     what is there now is right
    dq glossary drift --approve --because TEXT   by another person

    The first dq run of a project adopts a baseline. What the glossary records (since, unit or
    values of a field, a new version of a term) is told apart and is no finding of S107.
    Exit code 1: a unit changed.
    """
    from dq.formats.drift import drift_document, drift_text
    from dq.i18n import translator
    from dq.project import Project

    project = Project(state.directory)
    t = translator(language_of(state, project.settings.defaults.language))
    if adopt and approve:
        raise UsageError("One person adopts and another approves; give one of the two.")
    if adopt or approve:
        return _decide(state, project, t, names, approve, because, author)
    progress = progress_for(state)
    found = project.drift.find(
        names,
        project.assessment_settings(None),
        since=since.date() if since else None,
        against=against,
        engine=engine,
        progress=progress,
    )
    progress("", "")
    if format_ == "json":
        emit_json(drift_document(found, t), output)
    else:
        paint = paint_of(state, output)
        emit(drift_text(found, t, width=width_of(), paint=paint, verbose=state.verbose), output)
    units = (c.kind == "unit" and c.recorded is None for each in found for c in each.changes)
    return 1 if any(units) else 0


def _decide(
    state: State,
    project: Project,
    t: Translator,
    names: tuple[str, ...],
    approve: bool,
    because: str,
    author: str | None,
) -> int:
    if any("." in name for name in names):
        raise UsageError("A baseline is of a whole table.", fix="Name tables, or none for all.")
    if approve:
        done = project.drift.approve(names, because=because, author=author)
        key = "drift.approved"
    else:
        progress = progress_for(state)
        how = project.assessment_settings(None)
        done = project.drift.adopt(names, how, because=because, author=author, progress=progress)
        progress("", "")
        key = "drift.taken"
    click.echo(t.n(key, len(done), tables=", ".join(done)) if done else t.t("drift.none_waits"))
    return 0
