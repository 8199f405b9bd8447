"""How the ledger stands, as whatever is handed on prints it: whoever keeps that is a witness."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dq.clock import Clock
from dq.errors import IntegrityError
from dq.store.signing import fingerprint_of
from dq.store.store import open_store

__all__ = ["Imprint", "imprint"]


@dataclass(frozen=True)
class Imprint:
    """Entries, root (hexadecimal), and the newest key of checkpoints.

    `key` is a fingerprint; None where no checkpoint was ever made.
    """

    size: int
    root: str
    key: str | None


def imprint(project: Path, clock: Clock) -> Imprint | None:
    """That of a project's ledger as it is recorded, unchecked; None where nothing was decided."""
    if not (project / ".dq" / "store.db").exists():
        return None
    with open_store(project, clock) as store:
        size, _, root = store.ledger.head()
        try:
            keys = list(store.keyring().checkpoint_keys)
        except IntegrityError:  # dq ledger verify says what is damaged
            keys = []
    return Imprint(size, root.hex(), fingerprint_of(keys[-1]) if keys else None)
