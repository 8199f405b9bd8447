"""Who stands behind a decision: what the ledger's own entry says, and what its name is worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dq.errors import IntegrityError
from dq.store.entry import Entry
from dq.store.keyring import Keyring
from dq.store.store import Store

__all__ = ["DAMAGED", "Vouched", "vouched_entries"]

DAMAGED = "damaged"
"""The ledger has no such entry that can be read, or it says another thing than the state."""


@dataclass(frozen=True)
class Vouched:
    """What vouches for the name in a decision.

    `standing` is a value of `dq.store.Standing`, or DAMAGED. `host` and `user` are the
    machine's words for who typed; `key` is the fingerprint of the key that signed, None
    without one.
    """

    standing: str
    host: str = ""
    user: str = ""
    key: str | None = None


def vouched_entries(store: Store, seqs: Iterable[int]) -> dict[int, tuple[Entry, Vouched] | None]:
    """The entries of these numbers with what vouches for their names; None: damaged or gone."""
    try:
        keyring = store.keyring()
    except IntegrityError:
        keyring = Keyring(store.ledger.origin)
    return {seq: _judged(store, keyring, seq) for seq in dict.fromkeys(seqs)}


def _judged(store: Store, keyring: Keyring, seq: int) -> tuple[Entry, Vouched] | None:
    try:
        entry = next(store.ledger.entries(seq, seq + 1), None)
        if entry is None:
            return None
        before = None if entry.mark is None else store.ledger.nodes().tree(seq).root().hex()
        standing = keyring.judge(entry, before)
    except IntegrityError:
        return None
    key = entry.mark.key if entry.mark is not None else None
    return entry, Vouched(standing.value, entry.actor.host, entry.actor.user, key)
