"""dq findings: what a kept run found, chosen and listed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dq.cli.listing import emit, emit_by, emit_json, paint_of, width_of
from dq.cli.options import SEVERITIES, State
from dq.cli.output import BINARY, language_of
from dq.errors import UsageError

__all__ = ["command"]

FORMATS = ("text", "json", "csv", "xlsx", "parquet")
BY = ("owner", "origin", "code", "table", "column", "file")
_JSON = 1000
_FEW, _ALONE = 5, 50
"""Records of each rule and column that text shows; of one alone."""


@click.command("findings")
@click.option("--code", "codes", multiple=True, help="Rule or family: C105, C. May be repeated.")
@click.option("--table", "tables", multiple=True, help="Table: deals. May be repeated.")
@click.option("--column", "columns", multiple=True, help="Column: amount. May be repeated.")
@click.option("--key", "keys", multiple=True, help="Key of a record. May be repeated.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="This severity and worse.")
@click.option("--group", help="Id of a group, as JSON has it: 'C105|deals|amount|'.")
@click.option("--owner", help="Who answers for the record: name or key.")
@click.option("--origin", help="What made the record: form:Landing, or Landing.")
@click.option("--new", is_flag=True, help="Only what the run before did not have.")
@click.option("--suppressed", is_flag=True, help="Those that are suppressed, instead of the open.")
@click.option("--all", "every", is_flag=True, help="Open and suppressed.")
@click.option("--by", type=click.Choice(BY), help="Count by this instead of listing.")
@click.option("--run", default="latest", show_default=True, help="Id of a run, latest, previous.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write the result to this file.")
@click.option("--limit", type=click.IntRange(min=0), help="Most findings (json: 1000); 0: all.")
@click.option("--mask/--full", "mask", default=None, help="Personal values (default: see above).")
@click.pass_obj
def command(
    state: State,
    codes: tuple[str, ...],
    tables: tuple[str, ...],
    columns: tuple[str, ...],
    keys: tuple[str, ...],
    severity: str | None,
    group: str | None,
    owner: str | None,
    origin: str | None,
    new: bool,
    suppressed: bool,
    every: bool,
    by: str | None,
    run: str,
    format_: str,
    output: Path | None,
    limit: int | None,
    mask: bool | None,
) -> int:
    r"""What a run found: list it, filter it, take it to a spreadsheet.

    \b
    dq findings --code C105 --owner Anna        Anna's won deals without an amount
    dq findings --new --severity error          errors that the run before did not have
    dq findings --by origin                     where errors come from
    dq findings --format xlsx --output list.xlsx

    csv, xlsx and parquet are work files: all findings, values in full (--mask hides personal
    ones), and the ledger records that they were taken. text and json mask personal values
    unless --full is given.
    """
    from dq.i18n import translator
    from dq.project import Project
    from dq.repair.stored import Wanted
    from dq.runs import find_run

    project = Project(state.directory)
    of = find_run(project.folder, run)
    preset = next((i["preset"] for i in of.inputs.values() if i["preset"] != "generic"), None)
    t = translator(language_of(state, project.settings.defaults.language), preset)
    if suppressed and every:
        raise UsageError("Choose --suppressed or --all, not both.")
    wanted = Wanted(
        codes=codes,
        tables=tables,
        columns=columns,
        keys=keys,
        severity=severity,
        group=group,
        owner=owner,
        origin=origin,
        new=new,
        state="suppressed" if suppressed else "all" if every else "open",
    )
    masked = mask if mask is not None else format_ in ("text", "json")
    if output is None and format_ in BINARY:
        raise UsageError("A workbook goes into a file.", fix="Name it with --output FILE.")
    if by is not None:
        _count(project, of, wanted, by, state, t, format_, output)
        return 0
    if not masked:
        project.viewed(f"findings/{of.run_id}")
    most = (_JSON if format_ == "json" else 0) if limit is None else limit
    if format_ == "text" and limit is None:
        most = -1
    _list(project, of, wanted, state, t, format_, output, most, masked)
    return 0


def _list(
    project: Any,
    run: Any,
    wanted: Any,
    state: State,
    t: Any,
    format_: str,
    output: Path | None,
    most: int,
    masked: bool,
) -> None:
    from dq.formats.listed import findings_document, findings_text
    from dq.formats.rows import TABULAR, write_findings
    from dq.repair.stored import judged

    currency = run.document["currency"]
    with project.chosen(wanted, run.run_id) as found:
        if format_ in TABULAR:
            emit_by(
                lambda stream: write_findings(
                    found.batches(most), found.schema, format_, stream, t,
                    currency=currency, masked=masked, title=str(t.t("findings.title")),
                    of=judged(run),
                ),
                output,
            )  # fmt: skip
            return
        rows = found.heads(_FEW, _ALONE) if most < 0 else found.rows(most)
        if format_ == "json":
            document = findings_document(
                rows,
                found.total,
                t,
                run_id=run.run_id,
                currency=currency,
                masked=masked,
                of=judged(run),
            )
            emit_json(document, output)
            return
        text = findings_text(
            rows,
            found.total,
            t,
            run_id=run.run_id,
            currency=currency,
            width=width_of(),
            paint=paint_of(state, output),
            masked=masked,
        )
        emit(text, output)


def _count(
    project: Any,
    run: Any,
    wanted: Any,
    by: str,
    state: State,
    t: Any,
    format_: str,
    output: Path | None,
) -> None:
    from dq.formats.listed import breakdown_text

    with project.chosen(wanted, run.run_id) as found:
        rows = found.by(by)
    if format_ == "json":
        emit_json({"dq": 1, "run_id": run.run_id, "by": by, "counts": rows}, output)
    elif format_ == "text":
        emit(breakdown_text(rows, by, t, width=width_of(), paint=paint_of(state, output)), output)
    else:
        raise UsageError("Counts are text or json.")
