"""dq glossary approve: make a definition the one that counts."""

from __future__ import annotations

import click

from dq.cli.glossary.shared import by_option, opened
from dq.cli.listing import emit
from dq.cli.options import State

__all__ = ["command"]


@click.command("approve")
@click.argument("names", nargs=-1, metavar="TERM…")
@click.option("--all", "every", is_flag=True, help="All that others proposed.")
@click.option("--because", default="", help="Why it is right: whoever audits it must know.")
@by_option
@click.pass_obj
def command(state: State, names: tuple[str, ...], every: bool, because: str, by: str | None) -> int:
    """Approve definitions that another person proposed, as they stand in glossary.yaml now.

    Nobody approves what is their own, except with review: solo in dq.yaml, and then it shows.
    An edit after the approval leaves the approved text in force until the new one is approved.
    """
    from dq.formats.glossary.status import done_text

    project, page = opened(state)
    done = project.glossary.approve(names, because=because, by=by, every=every)
    emit(done_text(done, "approved", page), None)
    return 0
