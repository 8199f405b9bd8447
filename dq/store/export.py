"""The ledger as files for a stranger: entries, checkpoint, public keys; docs/verify.md checks them.

entries.jsonl       a canonical entry a line, as it was hashed and signed
checkpoint.txt      the signed checkpoint of just these entries
checkpoint.pem      the key that signed it
keys/<sha256>.pem   people's keys, named by their fingerprints
keys.json           whose they are, and who approved or revoked them, by entry
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dq.errors import IntegrityError, Place, UsageError
from dq.files import atomic_write, write_atomic
from dq.store.checkpoint import Checkpoint, vkey
from dq.store.keyring import Keyring, KnownKey
from dq.store.signing import fingerprint_of, public_pem, public_text
from dq.store.store import Store

__all__ = ["export_ledger"]


def export_ledger(store: Store, folder: Path, checkpoint: Checkpoint) -> list[Path]:
    """Write the entries under a checkpoint of this ledger into a new folder; the files.

    Raises:
        UsageError: the folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            "{folder} is there already and not empty.",
            fix="Name a new folder.",
            folder=str(folder),
        )
    keyring = store.keyring()
    signed = checkpoint.signed_by(keyring.checkpoint_keys)
    if signed is None:
        raise IntegrityError(
            "This checkpoint is not signed with a key of this ledger.",
            where=Place(file=str(store.path)),
        )
    entries = folder / "entries.jsonl"
    with atomic_write(entries, text=False) as handle:
        for line in store.ledger.texts(0, checkpoint.size):
            handle.write(line + b"\n")
    files = {
        "checkpoint.txt": checkpoint.text,
        "checkpoint.pem": public_pem(signed),
        "keys.json": json.dumps(_keys(keyring, checkpoint.origin), ensure_ascii=False, indent=2)
        + "\n",
    }
    for key in keyring.keys.values():
        files[f"keys/{_digits(key.fingerprint)}.pem"] = public_pem(key.public)
    written = [entries]
    for name, text in files.items():
        write_atomic(folder / name, text)
        written.append(folder / name)
    return written


def _keys(keyring: Keyring, origin: str) -> dict[str, Any]:
    return {
        "dq": 1,
        "ledger": origin,
        "checkpoint_keys": [
            {
                "fingerprint": fingerprint_of(public),
                "public": public_text(public),
                "vkey": vkey(origin, public),
                "entry": seq,
            }
            for public, seq in keyring.checkpoint_keys.items()
        ],
        "people": [_key(key) for key in keyring.keys.values()],
    }


def _key(key: KnownKey) -> dict[str, Any]:
    revoked = key.revoked
    return {
        "person": key.person,
        "fingerprint": key.fingerprint,
        "public": public_text(key.public),
        "file": f"keys/{_digits(key.fingerprint)}.pem",
        "entry": key.seq,
        "root_of_trust": key.root,
        "approved": [
            {"entry": each.seq, "time": each.time, "by": each.by, "roles": list(each.roles)}
            for each in key.approvals
        ],
        "revoked": None
        if revoked is None
        else {
            "entry": revoked.seq,
            "time": revoked.time,
            "by": revoked.by,
            "because": revoked.because,
        },
    }


def _digits(fingerprint: str) -> str:
    return fingerprint.removeprefix("sha256:")
