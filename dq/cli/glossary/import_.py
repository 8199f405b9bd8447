"""dq glossary import FILE: definitions of others into glossary.yaml."""

from __future__ import annotations

from pathlib import Path

import click

from dq.cli.options import State
from dq.cli.output import language_of

__all__ = ["command"]

FORMATS = ("csv", "skos", "dbt")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), help="Default: told by the file's ending."
)
@click.option("--write", is_flag=True, help="Edit glossary.yaml; its comments stay.")
@click.pass_obj
def command(state: State, file: Path, format_: str | None, write: bool) -> int:
    """Take definitions from FILE: a table (CSV, Excel), SKOS in Turtle, dbt semantic models.

    Without --write it only says what would be added, changed, left, or refused and why.
    A meaning without SQL is listed and not written. Nothing is approved by an import.
    """
    from dq.i18n import translator
    from dq.project import Project
    from dq.semantics.exchange import import_glossary
    from dq.semantics.exchange.importing import imported_text

    project = Project(state.directory)
    imported = import_glossary(
        state.directory / file,
        project.glossary_path,
        today=project.clock.now().date(),
        form=format_,
        write=write,
    )
    t = translator(language_of(state, project.settings.defaults.language))
    click.echo(imported_text(imported, t))
    return imported.exit_code
