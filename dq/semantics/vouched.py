"""Who stands behind a proposal or an approval: what the ledger's own entry says and is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dq.errors import IntegrityError
from dq.store import DefinitionStep, Entry, Store
from dq.store.keyring import Keyring, Standing

__all__ = ["DAMAGED", "Vouched", "vouched"]

DAMAGED = "damaged"
"""The ledger has no such entry that can be read, or it says another thing than the step."""

_ACTIONS = {"proposed": "glossary.propose", "approved": "glossary.approve"}


@dataclass(frozen=True)
class Vouched:
    """What vouches for the name in a step.

    `standing` is that of `dq.store.Standing`, or DAMAGED. `host` and `user` are the machine's
    words for who typed; `key` is the fingerprint of the key that signed, None without one.
    """

    standing: str
    host: str = ""
    user: str = ""
    key: str | None = None


def vouched(store: Store, steps: Iterable[DefinitionStep]) -> Mapping[tuple[int, str], Vouched]:
    """What the ledger says of each step, by its entry's number and its object."""
    try:
        keyring = store.keyring()
    except IntegrityError:
        keyring = Keyring(store.ledger.origin)
    entries: dict[int, tuple[Entry, Standing] | None] = {}
    found = {}
    for step in steps:
        if step.seq not in entries:
            entries[step.seq] = _judged(store, keyring, step.seq)
        found[step.seq, step.object] = _of(step, entries[step.seq])
    return found


def _judged(store: Store, keyring: Keyring, seq: int) -> tuple[Entry, Standing] | None:
    try:
        entry = next(store.ledger.entries(seq, seq + 1), None)
        if entry is None:
            return None
        before = None if entry.mark is None else store.ledger.nodes().tree(seq).root().hex()
        return entry, keyring.judge(entry, before)
    except IntegrityError:
        return None


def _of(step: DefinitionStep, judged: tuple[Entry, Standing] | None) -> Vouched:
    if judged is None:
        return Vouched(DAMAGED)
    entry, standing = judged
    told = (entry.actor.name, entry.time, entry.because, entry.action)
    if told != (step.by, step.at, step.because, _ACTIONS.get(step.step)):
        return Vouched(DAMAGED)
    if entry.digests.get(step.object) != step.digest:
        return Vouched(DAMAGED)
    key = entry.mark.key if entry.mark is not None else None
    return Vouched(standing.value, entry.actor.host, entry.actor.user, key)
