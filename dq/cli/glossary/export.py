"""dq glossary export: the glossary in other forms."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from dq.cli.options import State
from dq.cli.output import language_of

__all__ = ["command"]

FORMATS = ("odcs", "skos", "dbt", "ossie", "markdown", "csv")


@click.command("export")
@click.option("--format", "format_", type=click.Choice(FORMATS), required=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write the result to this file.")
@click.option("--term", "terms", multiple=True, help="Only this term and what it is made of.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Only the definitions in force on this day (default: all, or today's where a form "
    "holds one).",
)
@click.pass_obj
def command(
    state: State,
    format_: str,
    output: Path | None,
    terms: tuple[str, ...],
    as_of: datetime | None,
) -> int:
    """Give the glossary to others: a data contract, SKOS, dbt, Ossie, Markdown or CSV.

    What a form cannot say is listed on stderr, and in the file where it has comments.
    """
    from dq.cli.listing import emit_by
    from dq.i18n import translator
    from dq.project import Project
    from dq.semantics.exchange import export_glossary

    project = Project(state.directory)
    language = language_of(state, project.settings.defaults.language)
    t = translator(language)
    meaning = project.glossary.meaning()
    status = {name: s.status.value for name, s in meaning.standings.items()}
    if format_ == "markdown":  # for people; the other forms keep the word itself
        status = {name: str(t.t(f"glossary.status.{word}")) for name, word in status.items()}
    made = export_glossary(
        meaning.glossary,
        format_,
        today=project.glossary.day(),
        language=language,
        terms=terms,
        as_of=as_of.date() if as_of else None,
        status=status,
    )
    emit_by(lambda stream: stream.write(made.text.encode("utf-8")), output)
    if made.losses and not state.quiet:
        click.echo(t.t("exchange.left_out"), err=True)
        for loss in made.losses:
            click.echo(f"- {loss.said(t)}", err=True)
    return 0
