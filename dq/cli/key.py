"""dq key: people's signing keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dq.cli.listing import emit, emit_json, paint_of, width_of
from dq.cli.options import State
from dq.cli.output import language_of
from dq.store.people import ROLES

if TYPE_CHECKING:
    from dq.i18n.translator import Translator
    from dq.project import Project

__all__ = ["command"]


@click.group("key")
def command() -> None:
    r"""Who works here and signs decisions: make a key, approve others', revoke.

    \b
    dq key new --name "Ann Lee" --role steward    your key; the first one is the root of trust
    dq key approve NAME                           another person's key and roles, with your key
    dq key revoke NAME --because TEXT             it counts no more from here on
    dq key list                                   people, roles, fingerprints, what counts

    The private half lies outside the project (DQ_KEYS names the folder); people.yaml has the
    public one. Without a key a name is only what was typed, and is shown so.
    """


def _begin(state: State) -> tuple[Project, Translator]:
    from dq.i18n import translator
    from dq.project import Project

    project = Project(state.directory)
    return project, translator(language_of(state, project.settings.defaults.language))


@command.command("new")
@click.option("--name", required=True, help="Whose key: as in people.yaml, or a new name.")
@click.option("--email", help="Their e-mail.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="May be repeated.")
@click.option("--another", is_flag=True, help="A further key, although there is one here.")
@click.pass_obj
def new(state: State, name: str, email: str | None, roles: tuple[str, ...], another: bool) -> int:
    """Make your signing key, and write its public half into people.yaml."""
    from dq.store.keys import key_folder
    from dq.store.persons import new_key

    project, t = _begin(state)
    with project.store() as store:
        made = new_key(
            project.folder,
            store,
            key_folder(project.folder),
            name.strip(),
            today=project.clock.now().date(),
            email=email,
            roles=roles,
            another=another,
        )
    click.echo(t.t("key.made", name=made.person, file=str(made.file)))
    click.echo(t.t("key.fingerprint", key=made.signer.fingerprint))
    click.echo(t.t("key.made_root" if made.root else "key.made_next", name=made.person))
    return 0


@command.command("list")
@click.option(
    "--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True
)
@click.option("--output", type=click.Path(path_type=Path), help="Write the result to this file.")
@click.pass_obj
def list_command(state: State, format_: str, output: Path | None) -> int:
    """People, their roles, their keys' fingerprints, and what each key is worth."""
    from dq.formats.keys import keys_document, keys_text
    from dq.store.keys import key_folder
    from dq.store.persons import key_views

    project, t = _begin(state)
    with project.store() as store:
        views = key_views(project.folder, store, key_folder(project.folder))
    if format_ == "json":
        emit_json(keys_document(views), output)
    else:
        solo = project.settings.review == "solo"
        emit(
            keys_text(views, t, solo=solo, width=width_of(), paint=paint_of(state, output)), output
        )
    return 0


@command.command("approve")
@click.argument("name")
@click.option(
    "--because",
    default="checked the fingerprint",
    show_default=True,
    help="How you know that the key is theirs.",
)
@click.option("--by", "author", metavar="NAME", help="Who you are (default: whose key is here).")
@click.pass_obj
def approve(state: State, name: str, because: str, author: str | None) -> int:
    """Vouch with your key that a person's key is theirs, and for their roles in people.yaml.

    Compare the fingerprint with what they read to you before you do. Nobody approves their own.
    """
    from dq.store.persons import approve_key

    project, t = _begin(state)
    with project.store() as store:
        actor = project.actor(author)
        fingerprint = approve_key(project.folder, store, name, actor, because)
    click.echo(t.t("key.approved", name=name, by=actor.name))
    click.echo(t.t("key.fingerprint", key=fingerprint))
    return 0


@command.command("revoke")
@click.argument("name")
@click.option("--because", default="", help="Why: lost, stolen, left the company.")
@click.option("--key", "only", metavar="FINGERPRINT", help="Only this one of their keys.")
@click.option("--by", "author", metavar="NAME", help="Who you are (default: whose key is here).")
@click.pass_obj
def revoke(state: State, name: str, because: str, only: str | None, author: str | None) -> int:
    """Say that a person's keys count no more from here on; what they signed before stays."""
    from dq.store.persons import revoke_key

    project, t = _begin(state)
    with project.store() as store:
        revoked = revoke_key(
            project.folder,
            store,
            name,
            project.actor(author),
            because,
            today=project.clock.now().date(),
            only=only,
        )
    click.echo(t.n("key.revoked", len(revoked), name=name))
    for fingerprint in revoked:
        click.echo(t.t("key.fingerprint", key=fingerprint))
    return 0
