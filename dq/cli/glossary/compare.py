"""dq glossary compare: where departments mean different things."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from dq.cli.glossary.shared import format_options, opened
from dq.cli.listing import emit, emit_json
from dq.cli.options import State

__all__ = ["command"]


@click.command("compare")
@click.argument("terms", nargs=-1, metavar="[TERM]…")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Definitions of this day.")
@click.option("--run", default="latest", show_default=True, help="The run whose data count.")
@format_options
@click.pass_obj
def command(
    state: State,
    terms: tuple[str, ...],
    as_of: datetime | None,
    run: str,
    format_: str,
    output: Path | None,
) -> int:
    """Every pair of departmental definitions: proved where it can be, counted on the data.

    Gives the relation of the two sets of records (equal, one inside the other, disjoint,
    overlapping), both counts, the money on each side and records that tell them apart; then
    the departments whose figures do not compare, because they sell in different ways.
    """
    from dq.formats.glossary.compare import compare_document, compare_text

    project, page = opened(state, output)
    compared = project.glossary.compare(terms, as_of.date() if as_of else None, run)
    if format_ == "json":
        emit_json(compare_document(compared), output)
    else:
        emit(compare_text(compared, project.glossary.meaning(), page), output)
    return 0
