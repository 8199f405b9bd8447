"""dq glossary propose: put a definition before the others."""

from __future__ import annotations

import click

from dq.cli.glossary.shared import by_option, opened
from dq.cli.listing import emit
from dq.cli.options import State

__all__ = ["command"]


@click.command("propose")
@click.argument("names", nargs=-1, metavar="TERM…")
@click.option("--all", "every", is_flag=True, help="All that is not approved or proposed yet.")
@click.option("--because", default="", help="Why it is changed.")
@by_option
@click.pass_obj
def command(state: State, names: tuple[str, ...], every: bool, because: str, by: str | None) -> int:
    r"""Propose definitions as they stand in glossary.yaml; another person approves them.

    \b
    TERM           a term with all its versions and departments
    TABLE.COLUMN   a column
    stages, departments, or one definition such as prospect/sales_us@2026-01-01
    """
    from dq.formats.glossary.status import done_text

    project, page = opened(state)
    done = project.glossary.propose(names, because=because, by=by, every=every)
    emit(done_text(done, "proposed", page), None)
    return 0
