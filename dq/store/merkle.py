"""The Merkle tree of RFC 6962, grown leaf by leaf.

A tree of n leaves is kept as its frontier: the roots of the perfect subtrees that the binary
digits of n name, largest first. Appending joins equal ones, as adding 1 carries.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

__all__ = ["EMPTY_ROOT", "TILE", "Frontier", "Node", "leaf_hash", "node_hash"]

HASH_BYTES = 32
TILE = 8
"""Subtrees of 2^8, 2^16 … leaves are those whose hashes are stored."""

Node = tuple[int, int, bytes]
"""A whole subtree: its level, its number among those of the level, its hash."""

EMPTY_ROOT = sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash of an entry (RFC 6962, section 2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node (RFC 6962, section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that can grow and tell its root; needs 32 bytes per binary digit of its size."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        for leaf in leaves:
            self.append(leaf)

    @classmethod
    def load(cls, size: int, data: bytes) -> Frontier:
        """The tree that `dump` gave.

        Raises:
            ValueError: the data do not fit the size.
        """
        if size < 0 or len(data) != size.bit_count() * HASH_BYTES:
            raise ValueError("the frontier does not fit the size of the tree")
        tree = cls()
        tree.size = size
        tree._peaks = [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]
        return tree

    def dump(self) -> bytes:
        """What `load` needs besides the size."""
        return b"".join(self._peaks)

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The roots of the perfect subtrees, largest first."""
        return tuple(self._peaks)

    def copy(self) -> Frontier:
        """The same tree, to be grown apart."""
        return Frontier.load(self.size, self.dump())

    def append(self, leaf: bytes) -> list[Node]:
        """Add a leaf hash at the end; the subtrees to be stored that are whole by it."""
        whole: list[Node] = []
        carry, level = self.size, 0
        while carry & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            carry >>= 1
            level += 1
            if level % TILE == 0:
                whole.append((level, carry, leaf))
        self._peaks.append(leaf)
        self.size += 1
        return whole

    def root(self) -> bytes:
        """The tree's root; of an empty tree the hash of nothing."""
        if not self._peaks:
            return EMPTY_ROOT
        *rest, node = self._peaks
        for peak in reversed(rest):
            node = node_hash(peak, node)
        return node
