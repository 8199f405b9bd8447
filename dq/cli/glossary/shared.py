"""What the verbs of `dq glossary` share: project, page, options."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dq.cli.listing import paint_of, width_of
from dq.cli.options import State
from dq.cli.output import language_of

if TYPE_CHECKING:
    from dq.formats.glossary.common import Page
    from dq.project import Project

__all__ = ["by_option", "format_options", "opened"]


def opened(state: State, output: Path | None = None) -> tuple[Project, Page]:
    """The project, and how to write to its reader."""
    from dq.formats.glossary.common import Page
    from dq.i18n import translator
    from dq.project import Project

    project = Project(state.directory)
    t = translator(language_of(state, project.settings.defaults.language))
    return project, Page(t, width_of(), paint_of(state, output))


def format_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--format text|json and --output FILE."""
    command = click.option(
        "--output", type=click.Path(path_type=Path), help="Write the result to this file."
    )(command)
    return click.option(
        "--format", "format_", type=click.Choice(("text", "json")), default="text",
        show_default=True,
    )(command)  # fmt: skip


by_option = click.option(
    "--by",
    metavar="NAME",
    help="Who decides (default: the person whose key lies here, else the system's user).",
)
