"""dq glossary history: who proposed and approved what, with the text of that day."""

from __future__ import annotations

from pathlib import Path

import click

from dq.cli.glossary.shared import format_options, opened
from dq.cli.listing import emit, emit_json
from dq.cli.options import State

__all__ = ["command"]


@click.command("history")
@click.argument("name", metavar="TERM")
@format_options
@click.pass_obj
def command(state: State, name: str, format_: str, output: Path | None) -> int:
    """Who proposed and approved a definition, when and why, with the text of that day."""
    from dq.formats.glossary.status import history_document, history_text

    project, page = opened(state, output)
    steps = project.glossary.history(name)
    if format_ == "json":
        emit_json(history_document(name, steps), output)
    else:
        emit(history_text(name, steps, page), output)
    return 0
