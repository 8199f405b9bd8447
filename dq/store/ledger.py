"""The ledger: who did what to which object, when, why, with digests; append-only.

Entries are canonical JSON (RFC 8785), the leaves of an RFC 6962 Merkle tree. They carry keys
and digests, never values.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import rfc8785

from dq.errors import IntegrityError, Place, StoreError
from dq.store.actor import Actor
from dq.store.database import Database
from dq.store.merkle import EMPTY_ROOT, HASH_BYTES, Frontier, leaf_hash

__all__ = ["Entry", "Ledger", "Verification", "canonical_json"]


def canonical_json(value: object) -> bytes:
    """A value as RFC 8785 JSON: the same bytes for the same value, everywhere.

    Raises:
        StoreError: it holds what JSON cannot say (a number beyond 2^53, half a character).
    """
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    except rfc8785.CanonicalizationError as error:
        raise StoreError("This cannot be recorded: {reason}.", reason=str(error)) from error


@dataclass(frozen=True)
class Entry:
    """One line of the ledger; `time` is UTC text."""

    seq: int
    time: str
    actor: Actor
    action: str
    object: str
    because: str
    digests: Mapping[str, str]

    def canonical(self) -> bytes:
        """The bytes that are hashed."""
        return canonical_json(
            {
                "seq": self.seq,
                "time": self.time,
                "actor": {
                    "name": self.actor.name,
                    "host": self.actor.host,
                    "user": self.actor.user,
                },
                "action": self.action,
                "object": self.object,
                "because": self.because,
                "digests": dict(self.digests),
            }
        )

    @classmethod
    def parse(cls, text: bytes) -> Entry:
        """The entry of a canonical text.

        Raises:
            ValueError: it is no entry.
        """
        try:
            fields = json.loads(text.decode("utf-8"))
            return cls(**{**fields, "actor": Actor(**fields["actor"])})
        except (TypeError, KeyError, RecursionError) as error:
            raise ValueError("not an entry") from error


@dataclass(frozen=True)
class Verification:
    """What checking the ledger found: its size, its root (hexadecimal), what is wrong."""

    size: int
    root: str
    problems: tuple[IntegrityError, ...] = ()

    @property
    def intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def require(self) -> None:
        """Raise the first problem, if there is one."""
        if self.problems:
            raise self.problems[0]


class Ledger:
    """Reads, checks and appends; appending happens inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._checked = Frontier()

    def append(self, entry: Entry) -> None:
        """Add an entry at the end; `entry.seq` must be the ledger's size."""
        text = entry.canonical()
        leaf = leaf_hash(text)
        self._database.run(
            "append_entry", {"seq": entry.seq, "entry": text.decode("utf-8"), "leaf": leaf}
        )
        size, frontier, _ = self._head()
        tree = Frontier.load(size, frontier)
        tree.append(leaf)
        self._database.run(
            "write_head", {"size": tree.size, "frontier": tree.dump(), "root": tree.root()}
        )

    def next_seq(self) -> int:
        """The number of the next entry, after checking those not yet checked by this object.

        Raises:
            IntegrityError: the ledger is damaged; nothing more may be written.
        """
        tree = Frontier.load(self._checked.size, self._checked.dump())
        for seq, text, leaf in self._database.stream("read_entries", {"start": tree.size}):
            if seq != tree.size or leaf_hash(text) != leaf:
                break
            tree.append(leaf)
        size, frontier, root = self._head()
        if (tree.size, tree.dump(), tree.root()) != (size, frontier, root):
            self._verify().require()
        self._checked = tree
        return tree.size

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """Entries from `start` on, oldest first.

        Raises:
            IntegrityError: an entry cannot be read.
        """
        for seq, text, _ in self._database.stream("read_entries", {"start": start}):
            try:
                yield Entry.parse(text)
            except ValueError:
                raise self._problem("Entry {entry} cannot be read.", seq) from None

    def verify(self) -> Verification:
        """Check every entry, its place, its hash and the tree above; raises nothing."""
        with self._database.snapshot():
            return self._verify()

    def _verify(self) -> Verification:
        tree = Frontier()
        problems: list[IntegrityError] = []
        expected = 0
        for seq, text, leaf in self._database.stream("read_entries", {"start": 0}):
            problems += [
                self._problem("Entry {entry} is missing.", n) for n in range(expected, seq)
            ]
            problems += self._entry_problems(seq, text, leaf)
            tree.append(leaf)
            expected = seq + 1
        size, frontier, root = self._head()
        problems += [self._problem("Entry {entry} is missing.", n) for n in range(expected, size)]
        if not problems and tree.size != size:
            problems.append(self._problem("The ledger's size does not fit its entries."))
        if not problems and tree.dump() != frontier:
            problems.append(self._broken_range(tree.dump(), size, frontier))
        if not problems and tree.root() != root:
            problems.append(self._problem("The ledger's root does not fit its entries."))
        return Verification(size, root.hex(), tuple(problems))

    def _entry_problems(self, seq: int, text: bytes, leaf: bytes) -> list[IntegrityError]:
        if leaf_hash(text) != leaf:
            return [self._problem("Entry {entry} was changed.", seq)]
        try:
            entry = Entry.parse(text)
            canonical = entry.canonical()
        except (ValueError, StoreError):
            return [self._problem("Entry {entry} cannot be read.", seq)]
        if entry.seq != seq:
            return [self._problem("Entry {entry} stands in the wrong place.", seq)]
        if canonical != text:
            return [self._problem("Entry {entry} is not in canonical form.", seq)]
        return []

    def _broken_range(self, found: bytes, size: int, frontier: bytes) -> IntegrityError:
        """Name the entries below the first subtree that does not fit."""
        start = 0
        for bit in range(size.bit_length() - 1, -1, -1):
            if not size >> bit & 1:
                continue
            if found[:HASH_BYTES] != frontier[:HASH_BYTES]:
                return IntegrityError(
                    "Entries {first} to {last} are not those that were recorded.",
                    where=Place(file=str(self._database.path)),
                    first=str(start),
                    last=str(start + (1 << bit) - 1),
                )
            found, frontier = found[HASH_BYTES:], frontier[HASH_BYTES:]
            start += 1 << bit
        return self._problem("The ledger's root does not fit its entries.")

    def _head(self) -> tuple[int, bytes, bytes]:
        rows = self._database.run("read_head")
        return rows[0] if rows else (0, b"", EMPTY_ROOT)

    def _problem(self, message: str, seq: int | None = None) -> IntegrityError:
        args = {} if seq is None else {"entry": str(seq)}
        return IntegrityError(message, where=Place(file=str(self._database.path)), **args)
