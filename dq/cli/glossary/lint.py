"""dq glossary lint: what to mend."""

from __future__ import annotations

from pathlib import Path

import click

from dq.cli.glossary.shared import format_options, opened
from dq.cli.listing import emit, emit_json
from dq.cli.options import State

__all__ = ["command"]

LEVELS = ("info", "warning", "error")


@click.command("lint")
@format_options
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="error",
    show_default=True,
    help="Exit with 1 from this level on.",
)
@click.pass_obj
def command(state: State, format_: str, output: Path | None, fail_on: str) -> int:
    """What the glossary lacks, contradicts or leaves open; beside the newest run's data."""
    from dq.formats.glossary.lint import lint_document, lint_text

    project, page = opened(state, output)
    issues, meaning = project.glossary.lint()
    if format_ == "json":
        emit_json(lint_document(issues, meaning.glossary, page.t), output)
    else:
        text = lint_text(issues, "glossary.yaml", meaning.glossary, page, verbose=state.verbose)
        emit(text, output)
    return int(any(LEVELS.index(i.level) >= LEVELS.index(fail_on) for i in issues))
