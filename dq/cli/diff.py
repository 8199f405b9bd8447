"""dq diff RUN RUN: what is new, gone and changed; all runs in a row."""

from __future__ import annotations

from pathlib import Path

import click

from dq.cli.listing import emit, emit_by, emit_json, paint_of, width_of
from dq.cli.options import State
from dq.cli.output import BINARY, language_of
from dq.errors import UsageError

__all__ = ["command"]

FORMATS = ("text", "json", "csv", "xlsx", "parquet")


@click.command("diff")
@click.argument("runs", nargs=-1, metavar="[RUN [RUN]]")
@click.option("--history", is_flag=True, help="All runs in a row instead: findings and scores.")
@click.option("--table", help="With --history: only the score of this table.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write the result to this file.")
@click.option("--limit", default=1000, show_default=True, help="Findings that json lists; 0: all.")
@click.pass_obj
def command(
    state: State,
    runs: tuple[str, ...],
    history: bool,
    table: str | None,
    format_: str,
    output: Path | None,
    limit: int,
) -> int:
    r"""What is new, gone, changed between two runs; without RUN, between the last two.

    RUN is an id as dq diff --history shows it, the beginning of one, latest, or previous.

    \b
    dq diff                       the last two runs
    dq diff 20260701 latest       since the first of July
    dq diff --history             every run with its findings and scores

    A finding is the same where rule, table, column and key are the same. Scores are compared
    only where both runs had the same rules. csv, xlsx and parquet list all findings that
    changed, values in full.
    """
    from dq.formats.difference import (
        diff_document,
        diff_text,
        history_document,
        history_text,
    )
    from dq.formats.rows import write_findings
    from dq.i18n import translator
    from dq.project import Project
    from dq.repair.stored import judged

    if len(runs) > 2:
        raise UsageError("Name one run or two.")
    if output is None and format_ in BINARY:
        raise UsageError("A workbook goes into a file.", fix="Name it with --output FILE.")
    project = Project(state.directory)
    t = translator(language_of(state, project.settings.defaults.language))
    paint, width = paint_of(state, output), width_of()
    if history:
        points = project.history(table)
        if format_ == "json":
            emit_json(history_document(points), output)
        elif format_ == "text":
            emit(history_text(points, t, width=width, paint=paint), output)
        else:
            raise UsageError("The history is text or json.")
        return 0
    before, after = _two(runs)
    diff = project.diff(before, after)
    if format_ == "json":
        emit_json(diff_document(diff, t, limit=limit), output)
    elif format_ == "text":
        emit(diff_text(diff, t, width=width, paint=paint, verbose=state.verbose), output)
    else:
        project.viewed(f"diff/{diff.before.run_id}/{diff.after.run_id}")
        currency = diff.after.document["currency"]
        emit_by(
            lambda stream: write_findings(
                diff.rows.to_batches(), diff.rows.schema, format_, stream, t,
                currency=currency, title=str(t.t("diff.title")), of=judged(diff.after),
            ),
            output,
        )  # fmt: skip
    return 0


def _two(runs: tuple[str, ...]) -> tuple[str, str]:
    """The runs to compare, the older named first where one is named."""
    if not runs:
        return "previous", "latest"
    return (runs[0], runs[1]) if len(runs) == 2 else (runs[0], "latest")
