"""dq glossary diff: two definitions, or a figure before and after."""

from __future__ import annotations

from pathlib import Path

import click

from dq.cli.glossary.shared import format_options, opened
from dq.cli.listing import emit, emit_json
from dq.cli.options import State

__all__ = ["command"]


@click.command("diff")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--run", default="latest", show_default=True, help="The run whose data count.")
@format_options
@click.pass_obj
def command(state: State, a: str, b: str, run: str, format_: str, output: Path | None) -> int:
    r"""Two definitions side by side; of two periods, what of the change is the definition's.

    \b
    dq glossary diff prospect@2025-01-31 prospect@2026-01-31    the definitions of two days
    dq glossary diff prospect prospect/sales_us                 company and department
    dq glossary diff revenue@2026-Q1 revenue@2026-Q2            two figures: the change split
                                                                into definition and data
    """
    from dq.formats.glossary.compare import (
        conflict_document,
        conflict_text,
        split_document,
        split_text,
    )
    from dq.semantics.split import Split

    project, page = opened(state, output)
    found = project.glossary.diff(a, b, run)
    if isinstance(found, Split):
        if format_ == "json":
            emit_json(split_document(found), output)
        else:
            emit(split_text(found, page), output)
        return 0
    if format_ == "json":
        emit_json({"dq": 1, **conflict_document(found)}, output)
    else:
        emit(conflict_text(found, project.glossary.meaning(), page), output)
    return 0
