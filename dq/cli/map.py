"""dq map [FILE]: see and edit the mapping."""

from __future__ import annotations

from pathlib import Path

import click

from dq.cli.options import State, place_of
from dq.cli.output import language_of, progress_for
from dq.errors import UsageError

__all__ = ["command"]


@click.command("map")
@click.argument("file", required=False)
@click.option("--export", "export", type=click.Path(path_type=Path), help="Write it as XLSX.")
@click.option(
    "--import", "import_", type=click.Path(path_type=Path), help="Read it back from XLSX."
)
@click.option("--preset", help="Map FILE as this CRM's export.")
@click.option("--write", is_flag=True, help="Remember the mapping of FILE in mapping.yaml.")
@click.pass_obj
def command(
    state: State,
    file: str | None,
    export: Path | None,
    import_: Path | None,
    preset: str | None,
    write: bool,
) -> int:
    """See and edit how columns map to the CRM model.

    Without FILE: the project's mapping.yaml. With FILE: how that file would be mapped now.
    --export writes a workbook with drop-downs to edit; --import reads it back.
    """
    from dq.formats.mapping import mapping_text
    from dq.i18n import translator
    from dq.project import Project
    from dq.scanning import recognise_files

    t = translator(language_of(state))
    if import_ is not None:
        from dq.crm.mapping_file import write_mapping
        from dq.crm.mapping_sheet import read_mapping_sheet

        project = Project(state.directory)
        write_mapping(
            project.mapping_path, read_mapping_sheet(state.directory / import_, project.mapping())
        )
        click.echo(t.t("init.written", path=str(project.mapping_path)))
        return 0
    if file is not None:
        progress = progress_for(state)
        found = recognise_files(
            [place_of(state.directory, file)], preset=preset, language=t.language, progress=progress
        )
        progress("", "")
        if write:
            Project(state.directory).remember(found.mapping)
    else:
        from dq.crm.drafts import Recognition

        project = Project(state.directory)
        mapping = project.mapping()
        if not mapping.sources:
            raise UsageError(
                "There is no mapping yet.",
                fix="Name a file: dq map FILE, or run dq init --from FILE.",
            )
        found = Recognition(mapping, "")
    if export is not None:
        from dq.crm.mapping_sheet import write_mapping_sheet

        write_mapping_sheet(
            state.directory / export,
            found.mapping,
            lambda column: str(t.t(column.evidence, **dict(column.evidence_args))),
        )
        click.echo(t.t("init.written", path=str(export)))
        return 0
    click.echo(mapping_text(found, t))
    return 0
