"""dq scan FILE…: first touch."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from dq.cli.options import State, assessment_options, build_settings, place_of
from dq.cli.output import FORMATS, deliver, language_of, progress_for

__all__ = ["command"]


@click.command("scan")
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("dq-scan.html"),
    show_default=True,
    help="The page to write; - for none.",
)
@click.option("--preset", help="The CRM the files come from (default: recognised).")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write the result to this file.")
@click.option("--limit", default=1000, show_default=True, help="Records shown of a group.")
@click.option("--engine", default="duckdb", show_default=True, help="duckdb, local[N], spark://…")
@click.option("--encoding", help="Encoding of text files, when detection is wrong.")
@click.option("--delimiter", help="Delimiter of text files, when detection is wrong.")
@click.option("--sheet", help="Only this sheet of a workbook, or table of a database.")
@assessment_options
@click.pass_obj
def command(
    state: State,
    files: tuple[str, ...],
    out: Path,
    preset: str | None,
    format_: str,
    output: Path | None,
    limit: int,
    engine: str,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    as_of: datetime | None,
    country: str | None,
    currency: str | None,
    include_deleted: bool,
    fail_on: str,
) -> int:
    """First touch: recognise and check FILES, no project needed.

    Writes one self-contained HTML page (dq-scan.html) and prints the worst things in words.
    FILES are CSV, Excel, HTML, Parquet, JSON lines or SQLite files, folders, patterns, or
    addresses of databases: 'postgresql://me:${PASSWORD}@host/crm' (quoted, so that the
    variable reaches dq), mysql://….
    """
    from dq.files import atomic_write, workspace
    from dq.formats import render
    from dq.scanning import scan
    from dq.sources import ReadOptions

    language = language_of(state)
    progress = progress_for(state)
    options = (
        ReadOptions(encoding=encoding, delimiter=delimiter, sheet=sheet)
        if encoding or delimiter or sheet
        else None
    )
    with workspace() as kept:
        result = scan(
            [place_of(state.directory, f) for f in files],
            preset=preset,
            options=options,
            settings=build_settings(language, as_of, country, currency, include_deleted, fail_on),
            engine=engine,
            findings=kept / "findings.parquet",
            progress=progress,
        )
        progress("", "")
        deliver(result, state, format=format_, output=output, limit=limit, language=language)
        if str(out) == "-":
            return result.exit_code
        with atomic_write(state.directory / out) as handle:
            handle.write(render(result, "html", language=language, limit=limit))
    if format_ == "text" and not state.quiet:
        from dq.i18n import translator

        click.echo(translator(language).t("cli.page_written", path=str(out)))
    return result.exit_code
