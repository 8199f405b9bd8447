"""dq worklist: open findings as workbooks to answer in, and the answers back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from dq.cli.options import SEVERITIES, State
from dq.cli.output import language_of

__all__ = ["command"]

BY = ("owner", "table", "rule")


class _Verbs(click.Group):
    """`import`; whatever else follows makes worklists."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group("worklist", cls=_Verbs, subcommand_metavar="[OPTIONS] | import FILE…")
def command() -> None:
    r"""Open findings as workbooks, one a person, and their answers back.

    \b
    dq worklist                        one XLSX an owner, worst findings first
    dq worklist --by table             one a table (or --by rule)
    dq worklist import FILE…           take the answers back

    In the workbook three columns are to be filled in: the answer (fixed, not an error, later),
    the reason, the new value. "Not an error" becomes a suppression with author, reason and end.
    """


@command.command("make")
@click.option("--by", type=click.Choice(BY), default="owner", show_default=True)
@click.option("--owner", help="Only of this owner, by name or id.")
@click.option("--table", "tables", multiple=True, help="Only of this table.")
@click.option("--code", "codes", multiple=True, help="Only of this rule or family (C105, C).")
@click.option(
    "--severity",
    type=click.Choice(SEVERITIES),
    default="warning",
    show_default=True,
    help="From this severity on.",
)
@click.option("--limit", default=2000, show_default=True, help="Findings of one workbook.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("worklists"),
    show_default=True,
    help="The folder to write to.",
)
@click.option("--run", default="latest", show_default=True, help="The run that has the findings.")
@click.pass_obj
def make(
    state: State,
    by: str,
    owner: str | None,
    tables: tuple[str, ...],
    codes: tuple[str, ...],
    severity: str,
    limit: int,
    out: Path,
    run: str,
) -> int:
    """Make the workbooks (the word make may be left out).

    They hold values in full, also personal ones: give each to whom it concerns.
    """
    from dq.i18n import translator
    from dq.project import Project
    from dq.repair.stored import Wanted

    project = Project(state.directory)
    t = translator(language_of(state, project.settings.defaults.language))
    wanted = Wanted(
        codes=tuple(code.upper() for code in codes), tables=tables, severity=severity, owner=owner
    )
    folder = out if out.is_absolute() else project.folder / out
    made = project.worklists(
        folder, wanted, by=by, most=max(limit, 1), language=t.language, run=run
    )
    for path, worklist in made:
        shown = path if out.is_absolute() else path.relative_to(project.folder)
        click.echo(t.n("worklist.made", len(worklist.items), path=str(shown)))
        if worklist.left_out:
            click.echo(f"  {t.n('worklist.left_out', worklist.left_out)}")
    if not made:
        click.echo(t.t("worklist.nothing"))
    return 0


@command.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--days", type=click.IntRange(min=1), help="How long “not an error” holds (90).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day, instead of --days.")
@click.option("--by", "author", metavar="NAME", help="Whose answers (default: whose key is here).")
@click.pass_obj
def import_(
    state: State,
    files: tuple[Path, ...],
    days: int | None,
    until: datetime | None,
    author: str | None,
) -> int:
    """Take the answers of workbooks back: all of them, or none where a cell is not right.

    Taking the same answers twice changes nothing.
    """
    from dq.i18n import translator
    from dq.project import Project

    project = Project(state.directory)
    t = translator(language_of(state, project.settings.defaults.language))
    done = project.import_worklists(
        [state.directory / file for file in files],
        until=until.date() if until else None,
        days=days,
        author=author,
    )
    for answer, count in done.counts.items():
        if count:
            click.echo(t.n(f"worklist.taken.{answer}", count))
    if done.suppressed is not None:
        click.echo(t.t("worklist.until", until=done.suppressed.made[0].until))
    if done.known:
        click.echo(t.n("worklist.known", done.known))
    if not sum(done.counts.values()) and not done.known:
        click.echo(t.t("worklist.no_answers"))
    return 0
