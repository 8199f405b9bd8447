"""The ledger: who did what to which object, when, why, with digests; append-only.

Entries are canonical JSON (RFC 8785), the leaves of an RFC 6962 Merkle tree. They carry keys
and digests, never values.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dq.errors import IntegrityError, Place, StoreError
from dq.store.database import Database
from dq.store.entry import Entry, Mark
from dq.store.keyring import ABOUT_KEYS, Keyring, key_of
from dq.store.merkle import EMPTY_ROOT, Frontier, leaf_hash
from dq.store.nodes import Nodes, store_nodes
from dq.store.verification import Claim, Verification, verify

if TYPE_CHECKING:
    from dq.store.signing import Signer

__all__ = ["Ledger"]

_TAIL = 256


class Ledger:
    """Reads, checks and appends; appending happens inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._checked: Frontier | None = None
        self._keys: frozenset[str] = frozenset()
        self.origin = str(database.run("read_origin")[0][0])

    # --- writing ---------------------------------------------------------------------

    def append(self, entry: Entry, signer: Signer | None = None) -> Entry:
        """Add an entry at the end, signed where there is a signer; the entry as it stands.

        Raises:
            StoreError: `entry.seq` is not the ledger's size.
        """
        size, frontier, root = self.head()
        if entry.seq != size:
            raise StoreError("Two decisions were begun at once.", fix="Make one after the other.")
        if signer is not None:
            unsigned = Mark(signer.fingerprint, self.origin, root.hex())
            signature = signer.sign(entry.marked(unsigned).to_sign())
            text64 = base64.b64encode(signature).decode("ascii")
            entry = entry.marked(replace(unsigned, signature=text64))
        text = entry.canonical()
        leaf = leaf_hash(text)
        self._database.run(
            "append_entry", {"seq": entry.seq, "entry": text.decode("utf-8"), "leaf": leaf}
        )
        tree = Frontier.load(size, frontier)
        store_nodes(self._database, tree.append(leaf))
        if entry.action in ABOUT_KEYS:
            about = {"seq": entry.seq, "fingerprint": key_of(entry)}
            self._database.run("add_key_entry", about)
        self._database.run(
            "write_head", {"size": tree.size, "frontier": tree.dump(), "root": tree.root()}
        )
        return entry

    def next_seq(self) -> int:
        """The number of the next entry, after a check that costs the same at any size.

        Checked are the newest 256 entries at most (once; afterwards only those that are new to
        this object), that their hashes and the stored hashes of the entries before give the
        recorded root, and that none follows. Not noticed here, but by `verify`, is an older
        entry whose text was changed without its hash.

        Raises:
            IntegrityError: the ledger is damaged; nothing more may be written.
        """
        head = self.head()
        tree = self._known(head[0]) if self._checked is None else self._checked.copy()
        for seq, text, leaf in self._database.stream("read_entries", {"start": tree.size}):
            if seq != tree.size or leaf_hash(text) != leaf:
                break
            tree.append(leaf)
        if (tree.size, tree.dump(), tree.root()) != head:
            self._checked = None
            self._verify().require()
            raise self._problem("The ledger was cut or replaced while dq was at work.")
        self._checked = tree
        return tree.size

    def _known(self, size: int) -> Frontier:
        """The tree of all but the newest 256 entries at most, from the stored hashes."""
        try:
            return self.nodes().tree(max(size - 1, 0) // _TAIL * _TAIL)
        except IntegrityError:
            return Frontier()

    def forget(self) -> None:
        """Check anew at the next entry: what was begun has not become part of the ledger."""
        self._checked = None
        self._keys = frozenset()

    # --- reading ---------------------------------------------------------------------

    def head(self) -> tuple[int, bytes, bytes]:
        """Size, frontier and root, as recorded."""
        rows = self._database.run("read_head")
        return rows[0] if rows else (0, b"", EMPTY_ROOT)

    def length(self) -> int:
        """One more than the number of the last entry that is there, whatever the head says."""
        return int(self._database.run("last_entry")[0][0]) + 1

    def entries(self, start: int = 0, stop: int = 1 << 62) -> Iterator[Entry]:
        """Entries from `start` on and before `stop`, oldest first.

        Raises:
            IntegrityError: an entry was changed or cannot be read.
        """
        span = {"start": start, "stop": stop}
        for seq, text, leaf in self._database.stream("read_some_entries", span):
            if leaf_hash(text) != leaf:
                raise self._problem("Entry {entry} was changed.", seq)
            try:
                yield Entry.parse(text)
            except ValueError:
                raise self._problem("Entry {entry} cannot be read.", seq) from None

    def texts(self, start: int = 0, stop: int = 1 << 62) -> Iterator[bytes]:
        """The canonical texts of entries, unchecked."""
        span = {"start": start, "stop": stop}
        return (row[1] for row in self._database.stream("read_some_entries", span))

    def keyring(self) -> Keyring:
        """The keys of this ledger, from its entries about keys.

        Raises:
            IntegrityError: one of these entries is damaged.
        """
        seqs = [row[0] for row in self._database.run("read_key_entries")]
        return Keyring(self.origin, (entry for seq in seqs for entry in self.entries(seq, seq + 1)))

    def knows_key(self, fingerprint: str) -> bool:
        """Whether a key has entered here, by the rules of the keyring."""
        if fingerprint not in self._keys:
            self._keys = frozenset(self.keyring().keys)
        return fingerprint in self._keys

    def nodes(self) -> Nodes:
        """The stored hashes, for proofs."""
        return Nodes(self._database)

    def verify(self, claims: Sequence[Claim] = ()) -> Verification:
        """Check every entry, hash and signature; `claims` are sizes with the root they had."""
        with self._database.snapshot():
            return self._verify(claims)

    def _verify(self, claims: Sequence[Claim] = ()) -> Verification:
        return verify(self._database, self.origin, self.head(), claims)

    def _problem(self, message: str, seq: int | None = None) -> IntegrityError:
        args = {} if seq is None else {"entry": str(seq)}
        return IntegrityError(message, where=Place(file=str(self._database.path)), **args)
