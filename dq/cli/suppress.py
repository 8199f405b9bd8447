"""dq suppress: findings that are accepted for a time."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import click

from dq.cli.listing import emit, emit_json, paint_of, width_of
from dq.cli.options import State
from dq.cli.output import language_of
from dq.errors import UsageError

__all__ = ["command"]


class _Verbs(click.Group):
    """`list` and `lift`; whatever else follows names findings to suppress."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {*self.commands, *ctx.help_option_names}
        if args and args[0] not in known:
            args = ["add", *args]
        return super().parse_args(ctx, args)


@click.group("suppress", cls=_Verbs, subcommand_metavar="ID… | CODE TABLE KEY [COLUMN] | COMMAND")
def command() -> None:
    r"""Accept findings for a time, with a reason; they stay on record and count no more.

    \b
    dq suppress ID… --because TEXT                     findings by id (dq findings shows ids)
    dq suppress CODE TABLE KEY [COLUMN] --because TEXT what a rule found on one record
    dq suppress --from FILE --because TEXT             a list, as dq findings writes it
    dq suppress list                                   what is accepted, why, by whom, until when
    dq suppress lift ID… --because TEXT                show them again

    A suppression is of the findings that it names and of no other. It ends after 90 days, or
    as --days or --until say (at most 180): then the findings are back.
    """


@command.command("add")
@click.argument("what", nargs=-1, metavar="ID… | CODE TABLE KEY [COLUMN]")
@click.option("--from", "list_", metavar="FILE", help="A list of findings; - for stdin.")
@click.option("--because", default="", help="Why: whoever reads it in three months must know.")
@click.option("--days", type=click.IntRange(min=1), help="How long from today (default: 90).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day, instead of --days.")
@click.option("--by", "author", metavar="NAME", help="Who decides (default: whose key is here).")
@click.option("--run", default="latest", show_default=True, help="The run that has the findings.")
@click.pass_obj
def add(
    state: State,
    what: tuple[str, ...],
    list_: str | None,
    because: str,
    days: int | None,
    until: datetime | None,
    author: str | None,
    run: str,
) -> int:
    r"""Suppress findings (the word add may be left out).

    \b
    ID…                          findings by id, as dq findings shows them
    CODE TABLE KEY [COLUMN]      what a rule found on one record; - for KEY: on the whole table
    --from FILE                  a list: CSV, XLSX or Parquet of dq findings, or an id a line
    """
    from dq.i18n import translator
    from dq.project import Project
    from dq.repair.lists import read_list

    project = Project(state.directory)
    t = translator(language_of(state, project.settings.defaults.language))
    wanted = _wanted(what)
    if list_ is not None:
        wanted += read_list(sys.stdin if list_ == "-" else state.directory / Path(list_))
    done = project.suppress(
        wanted,
        because=because,
        days=days,
        until=until.date() if until else None,
        author=author,
        run=run,
    )
    ids = t.joined(s.id for s in done.made)
    click.echo(t.n("suppress.done", done.findings, until=done.made[0].until, ids=ids))
    if done.renewed:
        click.echo(t.n("suppress.renewed", done.renewed))
    if done.missing:
        click.echo(t.n("suppress.missing", len(done.missing), first=done.missing[0]))
    return 0


def _wanted(what: tuple[str, ...]) -> list[str | tuple[str, str, str, str | None]]:
    """Ids, or one finding by code, table, key and column."""
    from dq.checks.rules import RULES

    if not what or what[0].upper() not in {rule.code for rule in RULES}:
        return list(what)
    if not 3 <= len(what) <= 4:
        raise UsageError(
            "A finding is named by its id, or by code, table, key and, if need be, column.",
            fix="For example: dq suppress C105 deals D-17 amount --because TEXT.",
        )
    code, table, key, *column = what
    return [(code.upper(), table, "" if key == "-" else key, column[0] if column else None)]


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Also those that were lifted.")
@click.option(
    "--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True
)
@click.option("--output", type=click.Path(path_type=Path), help="Write the result to this file.")
@click.pass_obj
def list_command(state: State, every: bool, format_: str, output: Path | None) -> int:
    """What is accepted, by whom, why, and until when."""
    from dq.formats.suppressions import suppressions_document, suppressions_text
    from dq.i18n import translator
    from dq.project import Project

    project = Project(state.directory)
    t = translator(language_of(state, project.settings.defaults.language))
    found = project.suppressions(lifted=every)
    vouched = project.vouched(s.seq for s in found)
    today: date = project.clock.now().date()
    if format_ == "json":
        emit_json(suppressions_document(found, today, vouched), output)
    else:
        text = suppressions_text(
            found,
            today,
            t,
            width=width_of(),
            paint=paint_of(state, output),
            vouched=vouched,
            verbose=state.verbose,
        )
        emit(text, output)
    return 0


@command.command("lift")
@click.argument("names", nargs=-1, required=True, metavar="ID…")
@click.option("--because", default="", help="Why.")
@click.option("--by", "author", metavar="NAME", help="Who decides (default: whose key is here).")
@click.pass_obj
def lift(state: State, names: tuple[str, ...], because: str, author: str | None) -> int:
    """Show suppressed findings again.

    ID is that of a suppression (s4.1), of a whole decision (s4), or of a finding.
    """
    from dq.i18n import translator
    from dq.project import Project

    project = Project(state.directory)
    t = translator(language_of(state, project.settings.defaults.language))
    shown, ended = project.lift(names, because=because, author=author)
    click.echo(t.n("suppress.lifted", shown, ids=t.joined(s.id for s in ended)))
    return 0
