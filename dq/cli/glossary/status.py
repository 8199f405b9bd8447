"""dq glossary status: what is approved, what waits."""

from __future__ import annotations

from pathlib import Path

import click

from dq.cli.glossary.shared import format_options, opened
from dq.cli.listing import emit, emit_json
from dq.cli.options import State

__all__ = ["command"]


@click.command("status")
@click.argument("names", nargs=-1, metavar="[TERM]…")
@format_options
@click.pass_obj
def command(state: State, names: tuple[str, ...], format_: str, output: Path | None) -> int:
    """Which definitions are approved, proposed, edited since, or only written.

    With --verbose (before the verb) all of them are listed.
    """
    from dq.formats.glossary.status import status_document, status_text
    from dq.semantics.workflow import chosen

    project, page = opened(state, output)
    meaning = project.glossary.meaning()
    found = {s.object: s for s in chosen(meaning, names, every=not names)}
    if format_ == "json":
        emit_json(status_document(found), output)
    else:
        emit(status_text(found, page, verbose=state.verbose or bool(names)), output)
    return 0
