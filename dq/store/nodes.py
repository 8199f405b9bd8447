"""Stored hashes of whole subtrees: what a proof needs, without reading the entries.

Kept are the leaves and the subtrees of 2^8, 2^16 … leaves; those between are made of at most
256 of the level below.
"""

from __future__ import annotations

from dq.errors import IntegrityError, Place
from dq.store.database import Database
from dq.store.merkle import TILE, Frontier, Node

__all__ = ["Nodes", "fill_nodes", "store_nodes"]

_WIDTH = 1 << TILE


class Nodes:
    """Hashes of whole subtrees by level and number; for one look at the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """The root of the subtree over the 2^level leaves from index * 2^level on.

        Raises:
            IntegrityError: what it is made of is not all there.
        """
        stored, above = level - level % TILE, level % TILE
        first = index << above
        tile = self._tile(stored, first // _WIDTH)
        hashes = tile[first % _WIDTH : first % _WIDTH + (1 << above)]
        if len(hashes) != 1 << above:
            raise self._lacking()
        return Frontier(hashes).root()

    def tree(self, size: int) -> Frontier:
        """The tree of the first `size` entries.

        Raises:
            IntegrityError: what it is made of is not all there.
        """
        peaks: list[bytes] = []
        level = size.bit_length() // TILE * TILE
        while level >= 0:
            count = size >> level
            first = count - count % _WIDTH
            tail = self._tile(level, first // _WIDTH)[: count % _WIDTH] if count > first else []
            if len(tail) != count - first:
                raise self._lacking()
            peaks += Frontier(tail).peaks
            level -= TILE
        return Frontier.load(size, b"".join(peaks))

    def _tile(self, level: int, number: int) -> list[bytes]:
        """The hashes of one level, 256 of them or as many as there are."""
        if (level, number) not in self._tiles:
            start = number * _WIDTH
            span = {"start": start, "stop": start + _WIDTH}
            rows = (
                self._database.run("read_nodes", {"level": level, **span})
                if level
                else self._database.run("read_leaves", span)
            )
            self._tiles[level, number] = [row[0] for row in rows]
        return self._tiles[level, number]

    def _lacking(self) -> IntegrityError:
        return IntegrityError(
            "Hashes that the ledger keeps of its entries are missing.",
            where=Place(file=str(self._database.path)),
            fix="Run dq ledger verify: it names what is damaged.",
        )


def store_nodes(database: Database, made: list[Node]) -> None:
    """Keep subtrees that became whole, in the transaction of the entry that made them so."""
    for level, index, value in made:
        database.run("add_node", {"level": level, "idx": index, "hash": value})


def fill_nodes(database: Database) -> None:
    """Make the nodes of a ledger that was begun before they were kept."""
    tree = Frontier()
    made: list[Node] = []
    for (leaf,) in database.stream("read_leaves", {"start": 0, "stop": 1 << 62}):
        made += tree.append(leaf)
    store_nodes(database, made)
