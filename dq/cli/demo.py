"""dq demo [DIR]: the sample CRM."""

from __future__ import annotations

from pathlib import Path

import click

from dq.cli.options import State
from dq.cli.output import deliver, language_of, progress_for

__all__ = ["command"]


@click.command("demo")
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.option("--rows", default=3000, show_default=True, help="Deals; all tables grow with them.")
@click.option("--seed", default=1, show_default=True, help="Another seed, another company.")
@click.option("--make-only", is_flag=True, help="Make the files and run nothing on them.")
@click.pass_obj
def command(state: State, directory: Path | None, rows: int, seed: int, make_only: bool) -> int:
    """Make the sample CRM with planted, listed faults, run everything on it, say what to open.

    DIR defaults to dq-demo. What is planted stands in truth/faults.csv, how plainly it shows,
    and what only looks like a fault in truth/innocent.csv; where departments mean different
    things by one word, in truth/conflicts.csv. Most of the glossary is approved. A million
    deals, with all tables some 23 million rows, take about two minutes and one gigabyte of
    memory to make.
    """
    from dq.cli.demo_approvals import approve_sample
    from dq.demo.generate import generate
    from dq.files import atomic_write
    from dq.formats import render
    from dq.i18n import translator
    from dq.project import Project

    folder = state.directory / (directory or Path("dq-demo"))
    language = language_of(state)
    progress = progress_for(state)
    progress("demo", str(folder))
    generate(folder, rows=rows, seed=seed)
    t = translator(language)
    if make_only:
        progress("", "")
        click.echo(t.t("demo.made", folder=str(folder / "in"), truth=str(folder / "truth")))
        return 0
    project = Project(folder)
    approve_sample(project, t)
    result = project.run(settings=None, progress=progress)
    progress("", "")
    deliver(
        result,
        state,
        format="text",
        output=None,
        limit=1000,
        language=language,
        project=project.folder,
    )
    page = folder / "dq-report.html"
    with atomic_write(page) as handle:
        handle.write(render(result, "html", language=language, limit=1000, project=project.folder))
    site = project.build_site(result, language)
    click.echo("\n" + t.t("demo.open", page=str(site), truth=str(folder / "truth")))
    return 0
