"""dq ledger: who did what, when and why; that nothing of it was changed; proofs for others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dq.cli.listing import emit, emit_json, paint_of, width_of
from dq.cli.options import State
from dq.cli.output import language_of
from dq.errors import DqError, IntegrityError, UsageError

if TYPE_CHECKING:
    from dq.formats.ledger import Checked, Shown
    from dq.i18n.translator import Translator
    from dq.project import Project
    from dq.store import Store
    from dq.store.checkpoint import Checkpoint
    from dq.store.keys import KeyFolder

__all__ = ["command"]

_FORMAT = click.option(
    "--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True
)
_OUTPUT = click.option(
    "--output", type=click.Path(path_type=Path), help="Write the result to this file."
)
_BY = click.option(
    "--by", "author", metavar="NAME", help="Who you are (default: whose key is here)."
)


@dataclass(frozen=True)
class _Open:
    project: Project
    store: Store
    folder: KeyFolder
    t: Translator


@contextmanager
def _open(state: State) -> Iterator[_Open]:
    from dq.i18n import translator
    from dq.project import Project
    from dq.store.keys import key_folder

    project = Project(state.directory)
    t = translator(language_of(state, project.settings.defaults.language))
    with project.store() as store:
        yield _Open(project, store, key_folder(project.folder), t)


@click.group("ledger")
def command() -> None:
    r"""What people decided, who, when and why; and that nothing of it was changed.

    \b
    dq ledger show                         the newest entries
    dq ledger checkpoint FILE              sign how it stands now; keep FILE elsewhere
    dq ledger verify --since FILE          prove that nothing from before was changed or cut
    dq ledger prove ENTRY --output FILE    a proof that one entry is in it, for a stranger
    dq ledger export FOLDER                all of it, for a stranger (docs/verify.md says how)

    A damaged ledger ends with exit code 4, and nothing more is written into it.
    """


@command.command("show")
@click.argument("entry", required=False, type=click.IntRange(min=0))
@click.option("--last", type=click.IntRange(min=1), default=20, show_default=True, help="How many.")
@click.option("--about", metavar="TEXT", help="Only entries whose action or object holds this.")
@click.option("--name", metavar="TEXT", help="Only entries of this name.")
@_FORMAT
@_OUTPUT
@click.pass_obj
def show(
    state: State,
    entry: int | None,
    last: int,
    about: str | None,
    name: str | None,
    format_: str,
    output: Path | None,
) -> int:
    """The newest entries, or one: who, when, what, why, and what vouches for the name."""
    from dq.formats.ledger import entries_document, entries_text

    with _open(state) as of:
        size = of.store.ledger.head()[0]
        found, problems = _read(of.store, entry, last, about, name)
        if entry is not None and not found and not problems:
            raise UsageError(
                "There is no entry {entry}; the ledger has {count}, counted from 0.",
                entry=str(entry),
                count=size,
            )
        if format_ == "json":
            document = entries_document(found, size, of.store.ledger.origin, problems, of.t)
            emit_json(document, output)
        else:
            emit(entries_text(found, size, of.t, width_of(), paint_of(state, output)), output)
        for problem in problems:
            click.echo(of.t.error(problem), err=True)
    return IntegrityError.exit_code if problems else 0


def _read(
    store: Store, entry: int | None, last: int, about: str | None, name: str | None
) -> tuple[list[Shown], list[DqError]]:
    """The entries asked for, oldest first, and what is damaged of what was read."""
    from dq.formats.ledger import Shown
    from dq.store.keyring import Keyring, Standing

    problems: list[DqError] = []
    try:
        store.head()
    except IntegrityError as error:
        problems.append(error)
    try:
        keyring = store.keyring()
    except IntegrityError:
        keyring = Keyring(store.ledger.origin)
    size = max(store.ledger.head()[0], store.ledger.length())
    numbers = iter((entry,)) if entry is not None else iter(range(size - 1, -1, -1))
    found: list[Shown] = []
    for number in numbers:
        try:
            for each in store.ledger.entries(number, number + 1):
                what = f"{each.action} {each.object}".casefold()
                if (about or "").casefold() in what and (
                    name is None or name.casefold() == each.actor.name.casefold()
                ):
                    found.append(Shown(each, keyring.judge(each)))
        except IntegrityError as error:
            problems.append(error)
        if len(found) == last:
            break
    for shown in found:
        if shown.standing is Standing.FALSE:
            problems.append(
                IntegrityError(
                    "Entry {entry} carries a false signature.", entry=str(shown.entry.seq)
                )
            )
    unlike = {str(problem): problem for problem in problems}
    return found[::-1], list(unlike.values())


@command.command("verify")
@click.option(
    "--since",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="CHECKPOINT",
    help="A checkpoint kept elsewhere; may be repeated.",
)
@click.option("--key", "told", multiple=True, metavar="KEY", help="The key that signed them.")
@_FORMAT
@_OUTPUT
@click.pass_obj
def verify(
    state: State,
    files: tuple[Path, ...],
    told: tuple[str, ...],
    format_: str,
    output: Path | None,
) -> int:
    """Check every entry, hash and signature; with --since, also against a rewrite of the whole.

    Without a checkpoint kept elsewhere a change is found where it was made carelessly. With one
    nothing from before it can be changed, removed or cut off unseen.
    """
    from dq.formats.ledger import verification_document, verification_text

    with _open(state) as of:
        checked = _checked(of, [state.directory / file for file in files], told)
        if format_ == "json":
            emit_json(verification_document(checked, of.t), output)
        else:
            text = verification_text(checked, of.t, width_of(), paint_of(state, output))
            emit(text, output)
    return IntegrityError.exit_code if checked.problems else 0


def _checked(of: _Open, files: list[Path], told: tuple[str, ...] = ()) -> Checked:
    from dq.formats.ledger import Checked
    from dq.store.sealing import claims_of, own_claims, public_of_option, trusted_keys

    publics = [public_of_option(text) for text in told]
    keys, pinned = trusted_keys(of.store, of.folder, publics)
    claims, wrong = claims_of(files, of.store.ledger.origin, keys)
    outside, inside = own_claims(of.store, of.folder)
    found = of.store.verify([*claims, *outside, *inside])
    compared = [(claim.name, claim.size) for claim in (*claims, *outside)]
    return Checked(of.store.ledger.origin, found, compared, pinned or not files, wrong)


@command.command("checkpoint")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--new-key", is_flag=True, help="Make a key although the ledger has one elsewhere.")
@_BY
@click.pass_obj
def checkpoint(state: State, file: Path | None, new_key: bool, author: str | None) -> int:
    """Check the whole ledger and sign how it stands: size and root. Keep the FILE elsewhere.

    On another machine, with the auditor, in a letter: who has it can prove later that nothing
    from before was changed. Without FILE the checkpoint is printed. The first one makes the
    key, which lies in your folder of keys and not in the project.
    """
    from dq.files import write_atomic
    from dq.store.sealing import seal

    with _open(state) as of:
        problems = _checked(of, []).problems
        if problems:
            raise problems[0]
        made = seal(of.store, of.folder, of.project.actor(author), new_key=new_key)
        if file is None:
            click.echo(made.text, nl=False)
            click.echo(of.t.t("ledger.checkpoint.printed"), err=True)
            return 0
        path = (state.directory / file).resolve()
        write_atomic(path, made.text)
        elsewhere = not path.is_relative_to(of.project.folder.resolve())
        of.store.note_checkpoint(made.size, made.root, str(path), elsewhere=elsewhere)
        click.echo(of.t.n("ledger.checkpoint.done", made.size, file=str(path)))
        if not elsewhere:
            click.echo(of.t.t("ledger.checkpoint.inside"))
    return 0


@command.command("prove")
@click.argument("entry", required=False, type=click.IntRange(min=0))
@click.option(
    "--since",
    type=click.Path(path_type=Path),
    metavar="CHECKPOINT",
    help="Instead of ENTRY: that all of this checkpoint stands unchanged.",
)
@click.option(
    "--in",
    "within",
    type=click.Path(path_type=Path),
    metavar="CHECKPOINT",
    help="Prove it for this checkpoint (default: a new one).",
)
@_BY
@_OUTPUT
@click.pass_obj
def prove(
    state: State,
    entry: int | None,
    since: Path | None,
    within: Path | None,
    author: str | None,
    output: Path | None,
) -> int:
    """A proof that ENTRY is in the ledger, or that a checkpoint's entries are; as JSON.

    It holds the entry (or the earlier checkpoint), the hashes of the path (RFC 6962) and the
    signed checkpoint: all that a stranger needs. docs/verify.md says how to check it.
    """
    from dq.store.proof import consistency_proof, inclusion_proof

    if (entry is None) == (since is None):
        raise UsageError("A proof is of an ENTRY, or with --since of a checkpoint.")
    with _open(state) as of:
        made = _sealed(of, state, within, author)
        if entry is not None:
            document = inclusion_proof(of.store.ledger, entry, made)
        elif since is not None:
            first = _own_checkpoint(of, state.directory / since)
            document = consistency_proof(of.store.ledger, first, made)
        emit_json(document, output)
    return 0


def _sealed(of: _Open, state: State, file: Path | None, author: str | None) -> Checkpoint:
    from dq.store.sealing import seal

    if file is not None:
        return _own_checkpoint(of, state.directory / file)
    return seal(of.store, of.folder, of.project.actor(author))


def _own_checkpoint(of: _Open, file: Path) -> Checkpoint:
    """A checkpoint of this ledger, which the ledger still keeps to."""
    from dq.store.checkpoint import check_checkpoint, read_checkpoint
    from dq.store.proof import check_root
    from dq.store.sealing import trusted_keys

    found = read_checkpoint(file)
    keys, _ = trusted_keys(of.store, of.folder)
    check_checkpoint(found, of.store.ledger.origin, keys, str(file))
    check_root(of.store.ledger, found, str(file))
    return found


@command.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--in",
    "within",
    type=click.Path(path_type=Path),
    metavar="CHECKPOINT",
    help="The entries of this checkpoint (default: all, under a new one).",
)
@_BY
@click.pass_obj
def export(state: State, folder: Path, within: Path | None, author: str | None) -> int:
    """Write entries, checkpoint and public keys into a new FOLDER, for a stranger to check."""
    from dq.store.export import export_ledger

    with _open(state) as of:
        made = _sealed(of, state, within, author)
        target = state.directory / folder
        export_ledger(of.store, target, made)
        click.echo(of.t.n("ledger.exported", made.size, folder=str(target)))
    return 0
