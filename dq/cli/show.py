"""dq show TABLE KEY: one record whole."""

from __future__ import annotations

from pathlib import Path

import click

from dq.cli.listing import emit, emit_json, paint_of, width_of
from dq.cli.options import State
from dq.cli.output import language_of

__all__ = ["command"]


@click.command("show")
@click.argument("table")
@click.argument("key")
@click.option("--run", default="latest", show_default=True, help="Id of a run, latest, previous.")
@click.option(
    "--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True
)
@click.option("--output", type=click.Path(path_type=Path), help="Write the result to this file.")
@click.option("--mask", is_flag=True, help="Mask personal values, for what is passed on.")
@click.pass_obj
def command(
    state: State, table: str, key: str, run: str, format_: str, output: Path | None, mask: bool
) -> int:
    """One record whole: its cells, findings on it, related records, its history over runs.

    TABLE is a table of the CRM model (deals), KEY the record's key as dq findings shows it.
    Values are shown in full, and the ledger records that they were looked at; --mask hides
    personal ones and is not recorded. --verbose names blank cells one by one.
    """
    from dq.formats.record import record_document, record_text
    from dq.i18n import translator
    from dq.project import Project
    from dq.runs import find_run

    project = Project(state.directory)
    of = find_run(project.folder, run)
    preset = next((i["preset"] for i in of.inputs.values() if i["preset"] != "generic"), None)
    t = translator(language_of(state, project.settings.defaults.language), preset)
    record = project.show(table, key, run=of.run_id)
    if not mask:
        project.viewed(f"{table}/record", {"key": key})
    today = project.clock.now().date()
    currency = of.document["currency"]
    if format_ == "json":
        document = record_document(record, t, today=today, currency=currency, masked=mask)
        emit_json(document, output)
        return 0
    text = record_text(
        record,
        t,
        today=today,
        currency=currency,
        width=width_of(),
        paint=paint_of(state, output),
        masked=mask,
        verbose=state.verbose,
    )
    emit(text, output)
    return 0
