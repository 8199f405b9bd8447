"""Checking the whole ledger: entries, their places, hashes, signatures, and the tree above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dq.errors import IntegrityError, Place, StoreError
from dq.store.database import Database
from dq.store.entry import Entry
from dq.store.keyring import ABOUT_KEYS, Keyring, Standing
from dq.store.merkle import HASH_BYTES, Frontier, leaf_hash

__all__ = ["Claim", "Verification", "verify"]


@dataclass(frozen=True)
class Claim:
    """That the ledger's first `size` entries had a root; `name` says who claims it."""

    size: int
    root: bytes
    name: str


@dataclass(frozen=True)
class Verification:
    """What checking the ledger found: its size, its root (hexadecimal), what is wrong.

    `standings` counts the entries by what vouches for the name in them.
    """

    size: int
    root: str
    problems: tuple[IntegrityError, ...] = ()
    standings: Mapping[Standing, int] = field(default_factory=dict)
    keyring: Keyring | None = field(default=None, compare=False)

    @property
    def intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def require(self) -> None:
        """Raise the first problem, if there is one."""
        if self.problems:
            raise self.problems[0]


def verify(
    database: Database, origin: str, head: tuple[int, bytes, bytes], claims: Sequence[Claim]
) -> Verification:
    """Check a ledger in one pass over its entries; the caller holds a snapshot."""
    return _Check(database, origin, head, claims).run()


class _Check:
    """One pass; what was found so far."""

    def __init__(
        self,
        database: Database,
        origin: str,
        head: tuple[int, bytes, bytes],
        claims: Sequence[Claim],
    ) -> None:
        self.database = database
        self.size, self.frontier, self.root = head
        self.claims = claims
        self.wanted = {claim.size for claim in claims}
        self.tree = Frontier()
        self.keyring = Keyring(origin)
        self.problems: list[IntegrityError] = []
        self.standings = dict.fromkeys(Standing, 0)
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.about_keys: list[int] = []
        self.roots: dict[int, bytes] = {}

    def run(self) -> Verification:
        self._note_root()
        expected = 0
        for seq, text, leaf in self.database.stream("read_entries", {"start": 0}):
            self._missing(expected, seq)
            self._entry(seq, text, leaf)
            for level, index, value in self.tree.append(leaf):
                self.nodes[level, index] = value
            self._note_root()
            expected = seq + 1
        self._missing(expected, self.size)
        if not self.problems:
            self.problems += self._above()
        self.problems += self._claims()
        return Verification(
            self.size, self.root.hex(), tuple(self.problems), self.standings, self.keyring
        )

    def _missing(self, start: int, stop: int) -> None:
        count = stop - start
        if count == 1:
            self.problems.append(self._problem("Entry {entry} is missing.", entry=str(start)))
        elif count > 1:
            self.problems.append(
                self._problem(
                    "Entries {first} to {last} are missing.", first=str(start), last=str(stop - 1)
                )
            )

    def _note_root(self) -> None:
        if self.tree.size in self.wanted:
            self.roots[self.tree.size] = self.tree.root()

    def _entry(self, seq: int, text: bytes, leaf: bytes) -> None:
        if leaf_hash(text) != leaf:
            message = "Entry {entry} was changed."
        else:
            try:
                entry = Entry.parse(text)
                canonical = entry.canonical()
            except (ValueError, StoreError):
                message = "Entry {entry} cannot be read."
            else:
                if entry.seq != seq:
                    message = "Entry {entry} stands in the wrong place."
                elif canonical != text:
                    message = "Entry {entry} is not in canonical form."
                elif self._standing(entry) is Standing.FALSE:
                    message = "Entry {entry} carries a false signature."
                else:
                    return
        self.problems.append(self._problem(message, entry=str(seq)))

    def _standing(self, entry: Entry) -> Standing:
        """Count what vouches for an entry, and learn the keys that it speaks of."""
        if entry.action in ABOUT_KEYS:
            self.about_keys.append(entry.seq)
            self.keyring.take(entry)
        before = None if entry.mark is None else self.tree.root().hex()
        standing = self.keyring.judge(entry, before)
        self.standings[standing] += 1
        return standing

    def _above(self) -> Iterator[IntegrityError]:
        """What is recorded over the entries against what they give; the first that differs."""
        if self.tree.size != self.size:
            yield self._problem("The ledger's size does not fit its entries.")
        elif self.tree.dump() != self.frontier:
            yield self._broken_range()
        elif self.tree.root() != self.root:
            yield self._problem("The ledger's root does not fit its entries.")
        else:
            yield from self._stored()

    def _stored(self) -> Iterator[IntegrityError]:
        stored = {
            (level, index): value
            for level, index, value in self.database.stream("read_all_nodes", {})
        }
        differ = sorted(
            place
            for place in self.nodes.keys() | stored.keys()
            if self.nodes.get(place) != stored.get(place)
        )
        if differ:
            level, index = differ[0]
            yield self._problem(
                "The stored hash over entries {first} to {last} does not fit them.",
                first=str(index << level),
                last=str((index + 1 << level) - 1),
            )
        if [row[0] for row in self.database.run("read_key_entries")] != self.about_keys:
            yield self._problem("The list of entries about keys does not fit the entries.")

    def _broken_range(self) -> IntegrityError:
        """Name the entries below the first subtree that does not fit."""
        found, recorded = self.tree.dump(), self.frontier
        start = 0
        for bit in range(self.size.bit_length() - 1, -1, -1):
            if not self.size >> bit & 1:
                continue
            if found[:HASH_BYTES] != recorded[:HASH_BYTES]:
                return self._problem(
                    "Entries {first} to {last} are not those that were recorded.",
                    first=str(start),
                    last=str(start + (1 << bit) - 1),
                )
            found, recorded = found[HASH_BYTES:], recorded[HASH_BYTES:]
            start += 1 << bit
        return self._problem("The ledger's root does not fit its entries.")

    def _claims(self) -> Iterator[IntegrityError]:
        for claim in self.claims:
            if claim.size > self.tree.size:
                yield self._problem(
                    "Entries {first} to {last} were cut off: {checkpoint} has seen them.",
                    first=str(self.tree.size),
                    last=str(claim.size - 1),
                    checkpoint=claim.name,
                )
            elif self.roots[claim.size] != claim.root:
                yield self._problem(
                    "The first {count} entries are not those that {checkpoint} has seen: some "
                    "were changed, removed or put in since.",
                    count=claim.size,
                    checkpoint=claim.name,
                )

    def _problem(self, message: str, **args: Any) -> IntegrityError:
        return IntegrityError(message, where=Place(file=str(self.database.path)), **args)
