"""dq init [DIR] [--from FILE…]: start a project."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dq.cli.options import State, place_of
from dq.cli.output import language_of, progress_for

if TYPE_CHECKING:
    from dq.intake import Given

__all__ = ["command"]


@click.command("init")
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.option(
    "--from",
    "files",
    multiple=True,
    metavar="FILE|URL",
    help="Exports, or a database's address; may be repeated, or followed by further files.",
)
@click.argument("more", nargs=-1)
@click.option("--crm", help="The CRM they come from (default: recognised).")
@click.option("--country", metavar="RU|UA|…", help="Country for phones and tax numbers.")
@click.option("--currency", metavar="RUB|UAH|…", help="Base currency.")
@click.pass_obj
def command(
    state: State,
    directory: Path | None,
    files: tuple[str, ...],
    more: tuple[str, ...],
    crm: str | None,
    country: str | None,
    currency: str | None,
) -> int:
    r"""Start a project: dq.yaml, glossary.yaml, and with --from the mapping of your files.

    \b
    dq init --from deals.csv contacts.csv      in this folder
    dq init crm-checks --from exports/*.xlsx   in a folder of its own
    """
    from dq.formats.mapping import mapping_text
    from dq.i18n import translator
    from dq.project import Project
    from dq.start import start

    folder, given = _places(state.directory, directory, files, more)
    language = language_of(state)
    progress = progress_for(state)
    begun = start(
        folder,
        given,
        preset=crm,
        country=country.upper() if country else None,
        currency=currency.upper() if currency else None,
        language=language,
        progress=progress,
    )
    progress("", "")
    t = translator(language)
    for path in begun.written:
        click.echo(t.t("init.written", path=str(path)))
    if begun.recognition is not None:
        click.echo("")
        click.echo(mapping_text(begun.recognition, t))
    for error in begun.refused:
        click.echo(str(t.error(error)), err=True)
    if begun.recognition is not None and not begun.refused:
        note = Project(folder).adopt_baseline(progress)
        progress("", "")
        if note is not None:
            click.echo("\n" + t.t(note.code, **note.args))
    inside = folder.resolve() == Path.cwd()
    command_line = "dq run" if inside else f"dq -C {shlex.quote(str(folder))} run"
    click.echo("\n" + t.t("init.next", command=command_line))
    return 3 if begun.refused else 0


def _places(
    base: Path, directory: Path | None, files: tuple[str, ...], more: tuple[str, ...]
) -> tuple[Path, list[Given]]:
    """Which word is the folder and which are files: `dq init --from A B` names no folder."""
    from dq.intake import given

    rest = list(more)
    folder = base
    if directory is not None:
        is_file = bool(files) and ((base / directory).is_file() or directory.suffix != "")
        if is_file:
            rest.insert(0, str(directory))
        else:
            folder = base / directory
    return folder, [given(place_of(base, word)) for word in (*files, *rest)]
