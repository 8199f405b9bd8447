"""Which keys count, and what a signature is worth: read from the ledger's own entries.

A key enters with its own signature, or by the approval of one that counts. The first in a ledger
is its root of trust: nobody can have approved it. Any other counts from the entry on in which
another person, whose key counts then, approves it; the root's is confirmed the same way. A key is
revoked with itself, or by anybody whose key counts. Entries that do not keep to this are on
record and change nothing.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from dq.store.entry import Entry
from dq.store.signing import fingerprint_of, public_bytes, verified

__all__ = [
    "ABOUT_KEYS",
    "CHECKPOINT_KEY",
    "KEY_APPROVE",
    "KEY_NEW",
    "KEY_REVOKE",
    "Approval",
    "Keyring",
    "KnownKey",
    "Revocation",
    "Standing",
    "key_of",
]

KEY_NEW, KEY_APPROVE, KEY_REVOKE = "key.new", "key.approve", "key.revoke"
CHECKPOINT_KEY = "checkpoint.key"
ABOUT_KEYS = frozenset({KEY_NEW, KEY_APPROVE, KEY_REVOKE, CHECKPOINT_KEY})


class Standing(StrEnum):
    """What vouches for the name in an entry."""

    APPROVED = "approved"
    UNAPPROVED = "unapproved"
    REVOKED = "revoked"
    FALSE = "false"
    TYPED = "typed"


@dataclass(frozen=True)
class Approval:
    """By whom a key was approved, for which roles, in which entry."""

    seq: int
    time: str
    by: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Revocation:
    """By whom a key was revoked, why, in which entry."""

    seq: int
    time: str
    by: str
    because: str


@dataclass
class KnownKey:
    """A key that the ledger holds, with what became of it."""

    fingerprint: str
    public: bytes
    person: str
    seq: int
    time: str
    root: bool
    approvals: list[Approval] = field(default_factory=list)
    revoked: Revocation | None = None

    def counts(self, seq: int) -> bool:
        """Whether it is approved, or the root's, and not revoked, at an entry."""
        return not self.ended(seq) and (self.root or any(a.seq < seq for a in self.approvals))

    def ended(self, seq: int) -> bool:
        """Whether it was revoked before an entry."""
        return self.revoked is not None and self.revoked.seq < seq

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles of the last approval."""
        return self.approvals[-1].roles if self.approvals else ()


class Keyring:
    """The keys of a ledger, built by taking its entries about keys in their order."""

    def __init__(self, origin: str, entries: Iterable[Entry] = ()) -> None:
        self.origin = origin
        self._keys: dict[str, KnownKey] = {}
        self._checkpoint_keys: dict[bytes, int] = {}
        for entry in entries:
            self.take(entry)

    @property
    def keys(self) -> Mapping[str, KnownKey]:
        """By fingerprint, in the order in which they came."""
        return MappingProxyType(self._keys)

    @property
    def checkpoint_keys(self) -> Mapping[bytes, int]:
        """Public keys that sign checkpoints, with the entries that name them."""
        return MappingProxyType(self._checkpoint_keys)

    @property
    def root(self) -> KnownKey | None:
        """The first key of all."""
        return next(iter(self._keys.values()), None)

    def of_person(self, name: str) -> list[KnownKey]:
        """A person's keys that are not revoked, the newest last."""
        return [k for k in self._keys.values() if k.person == name and k.revoked is None]

    def judge(self, entry: Entry, before: str | None = None) -> Standing:
        """What vouches for the name in an entry.

        Args:
            entry: of this ledger.
            before: the root of all entries before it; None: not compared.
        """
        mark = entry.mark
        if mark is None:
            return Standing.TYPED
        key = self._keys.get(mark.key)
        if key is None or not _signed(entry, key.public) or mark.ledger != self.origin:
            return Standing.FALSE
        if before is not None and mark.before != before:
            return Standing.FALSE
        if key.ended(entry.seq):
            return Standing.REVOKED
        known = key.counts(entry.seq) and key.person == entry.actor.name
        return Standing.APPROVED if known else Standing.UNAPPROVED

    def take(self, entry: Entry) -> None:
        """Learn from an entry what it says about keys, if it may say so."""
        if entry.action not in ABOUT_KEYS:
            return
        subject = key_of(entry)
        if entry.action == CHECKPOINT_KEY:
            public = _public(entry)
            if public is not None and fingerprint_of(public) == subject:
                self._checkpoint_keys.setdefault(public, entry.seq)
        elif entry.action == KEY_NEW:
            self._new(entry, subject)
        else:
            self._decided(entry, subject)

    def _new(self, entry: Entry, subject: str) -> None:
        public = _public(entry)
        mark = entry.mark
        if public is None or mark is None or subject in self._keys:
            return
        if fingerprint_of(public) == subject == mark.key and _signed(entry, public):
            self._keys[subject] = KnownKey(
                subject, public, entry.actor.name, entry.seq, entry.time, root=not self._keys
            )

    def _decided(self, entry: Entry, fingerprint: str) -> None:
        mark = entry.mark
        signer = self._keys.get(mark.key) if mark is not None else None
        if signer is None or self.judge(entry) in {Standing.FALSE, Standing.REVOKED}:
            return
        counts, by = signer.counts(entry.seq), signer.person
        subject = self._keys.get(fingerprint)
        if entry.action == KEY_REVOKE:
            if subject is not None and subject.revoked is None and (signer is subject or counts):
                subject.revoked = Revocation(entry.seq, entry.time, by, entry.because)
            return
        person = subject.person if subject is not None else entry.digests.get("person", "")
        if not counts or by == person:
            return
        if subject is None:
            public = _public(entry)
            if public is None or fingerprint_of(public) != fingerprint:
                return
            subject = KnownKey(fingerprint, public, person, entry.seq, entry.time, root=False)
            self._keys[fingerprint] = subject
        roles = tuple(filter(None, entry.digests.get("roles", "").split(",")))
        subject.approvals.append(Approval(entry.seq, entry.time, by, roles))


def key_of(entry: Entry) -> str:
    """The fingerprint of the key that an entry about keys is about."""
    return entry.object.removeprefix("key/")


def _public(entry: Entry) -> bytes | None:
    try:
        return public_bytes(entry.digests.get("public", ""))
    except ValueError:
        return None


def _signed(entry: Entry, public: bytes) -> bool:
    if entry.mark is None:
        return False
    try:
        signature = base64.b64decode(entry.mark.signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    if base64.b64encode(signature).decode("ascii") != entry.mark.signature:
        return False  # base64 has spare bits, which no signature covers
    return verified(public, entry.to_sign(), signature)
