"""dq glossary show: all terms, or one whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from dq.cli.glossary.shared import format_options, opened
from dq.cli.listing import emit, emit_json
from dq.cli.options import State
from dq.errors import UsageError

__all__ = ["command"]


@click.command("show")
@click.argument("name", required=False, metavar="[TERM]")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day it is asked for.")
@click.option("--department", metavar="NAME", help="Only this department's meaning.")
@format_options
@click.pass_obj
def command(
    state: State,
    name: str | None,
    as_of: datetime | None,
    department: str | None,
    format_: str,
    output: Path | None,
) -> int:
    r"""What a word means on a day, for the company and each department that differs.

    \b
    dq glossary show                       all terms
    dq glossary show prospect              what holds today, who approved it, its past
    dq glossary show prospect --as-of 2025-03-31 --department sales_us
    dq glossary show deals.amount          a column; stages, departments likewise
    """
    from dataclasses import replace

    from dq.formats.glossary.show import list_document, list_text, show_document, show_text

    project, page = opened(state, output)
    if name is None:
        meaning = project.glossary.meaning()
        if format_ == "json":
            emit_json(list_document(meaning), output)
        else:
            emit(list_text(meaning, page), output)
        return 0
    shown = project.glossary.show(name, as_of.date() if as_of else None)
    if department is not None:
        known = shown.meaning.glossary.departments
        if department not in known:
            raise UsageError(
                "The glossary has no department {department}.",
                fix="It has: {known}.",
                department=department,
                known=", ".join(known) or "-",
            )
        used = shown.meaning.in_force(name, shown.as_of, department)
        own = {department: used} if used is not None else {}
        shown = replace(shown, company=None, departments=own, only=department)
    if format_ == "json":
        emit_json(show_document(shown), output)
    else:
        emit(show_text(shown, page), output)
    return 0
