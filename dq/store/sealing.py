"""Signing checkpoints of a store's ledger, and holding the ledger against those kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from dq.errors import DqError, IntegrityError, UsageError
from dq.files import write_atomic
from dq.store.actor import Actor
from dq.store.checkpoint import (
    Checkpoint,
    check_checkpoint,
    public_of_vkey,
    read_checkpoint,
    sign_checkpoint,
)
from dq.store.keyring import CHECKPOINT_KEY
from dq.store.keys import KeyFolder
from dq.store.proof import check_root
from dq.store.signing import Signer, public_bytes, public_text
from dq.store.store import Store
from dq.store.verification import Claim

__all__ = ["claims_of", "own_claims", "public_of_option", "seal", "trusted_keys"]


def seal(store: Store, folder: KeyFolder, actor: Actor, *, new_key: bool = False) -> Checkpoint:
    """The signed checkpoint of the ledger as it is now.

    The first makes the key, in the folder of keys, and names it in the ledger. The folder also
    remembers the newest: nothing is signed that does not go on from it.

    Raises:
        UsageError: the key is not here; `new_key` makes another.
        IntegrityError: the newest part of the ledger is damaged, or the ledger is another than
            the one that was signed here before.
    """
    origin = store.ledger.origin
    file = folder.seen_file(origin)
    if file.exists():
        check_root(store.ledger, read_checkpoint(file), str(file))
    signer = _checkpoint_key(store, folder, actor, new=new_key)
    size, root = store.head()
    made = sign_checkpoint(origin, size, root, signer)
    write_atomic(file, made.text)
    return made


def _checkpoint_key(store: Store, folder: KeyFolder, actor: Actor, *, new: bool) -> Signer:
    origin = store.ledger.origin
    known = store.keyring().checkpoint_keys
    signer = folder.checkpoint(origin)
    if signer is None:
        if known and not new:
            raise UsageError(
                "The key that signs this ledger's checkpoints is not in your folder of keys.",
                fix="Ask who has it, give a checkpoint of theirs with --in, or make a second key: "
                "dq ledger checkpoint --new-key.",
            )
        signer = Signer.new()
        folder.keep_checkpoint(origin, signer)
    if signer.public not in known:
        public = {"public": public_text(signer.public)}
        because = "signs checkpoints of this ledger"
        with store.decide(actor, CHECKPOINT_KEY, f"key/{signer.fingerprint}", because, public):
            pass
    return signer


def public_of_option(text: str) -> bytes:
    """The public key that somebody was told: as the ledger or as witnesses write it.

    Raises:
        UsageError: it is none.
    """
    try:
        return public_of_vkey(text) if "+" in text.partition(":")[0] else public_bytes(text)
    except ValueError:
        raise UsageError(
            "{value} is no public key of checkpoints.",
            fix="It is written as ed25519:…, or as witnesses write it: name+hash+key.",
            value=text,
        ) from None


def trusted_keys(
    store: Store, folder: KeyFolder, told: Sequence[bytes] = ()
) -> tuple[tuple[bytes, ...], bool]:
    """Keys that may have signed checkpoints, and whether they are known from outside the ledger.

    Those that somebody was told, else the one in the folder of keys, else what the ledger
    itself names, which who rewrites it could have changed too.
    """
    if told:
        return tuple(told), True
    own = folder.checkpoint(store.ledger.origin)
    if own is not None:
        return (own.public,), True
    try:
        return tuple(store.keyring().checkpoint_keys), False
    except IntegrityError:
        return (), False


def claims_of(
    files: Iterable[Path], origin: str, keys: Sequence[bytes]
) -> tuple[list[Claim], list[DqError]]:
    """What checkpoints in files say of the ledger, and what is wrong with the files.

    Raises:
        SourceError: a file is no checkpoint.
    """
    claims: list[Claim] = []
    wrong: list[DqError] = []
    for file in files:
        checkpoint = read_checkpoint(file)
        try:
            check_checkpoint(checkpoint, origin, keys, str(file))
        except IntegrityError as error:
            wrong.append(error)
        else:
            claims.append(Claim(checkpoint.size, checkpoint.root, str(file)))
    return claims, wrong


def own_claims(store: Store, folder: KeyFolder) -> tuple[list[Claim], list[Claim]]:
    """What the folder of keys remembers of the ledger, and what the store itself does.

    The first lies outside the project; the second can be changed with the ledger.
    """
    file = folder.seen_file(store.ledger.origin)
    outside = []
    if file.exists():
        seen = read_checkpoint(file)
        outside.append(Claim(seen.size, seen.root, str(file)))
    inside = [
        Claim(kept.size, bytes.fromhex(kept.root), kept.place) for kept in store.checkpoints()
    ]
    return outside, inside
