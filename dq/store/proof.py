"""Proofs of RFC 6962, made from stored subtree hashes: a few hashes whatever the size."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from dq.errors import IntegrityError, Place, UsageError
from dq.store.checkpoint import Checkpoint
from dq.store.ledger import Ledger
from dq.store.merkle import node_hash

__all__ = [
    "check_root",
    "consistency_path",
    "consistency_proof",
    "inclusion_path",
    "inclusion_proof",
]

Nodes = Callable[[int, int], bytes]
"""The root of the whole subtree of a level and number."""


def inclusion_path(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """What leads from a leaf to the root of `size` leaves (RFC 6962, 2.1.1)."""
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range(nodes, middle, high))
            high = middle
        else:
            path.append(_range(nodes, low, middle))
            low = middle
    path.reverse()
    return path


def consistency_path(nodes: Nodes, first: int, size: int) -> list[bytes]:
    """What shows that `first` leaves are the beginning of `size` (RFC 6962, 2.1.2)."""
    if first in {0, size}:
        return []
    path: list[bytes] = []
    low, high = 0, size
    whole = True  # whether the part that ends at `first` is one that the verifier knows
    while high != first:
        middle = low + _split(high - low)
        if first <= middle:
            path.append(_range(nodes, middle, high))
            high = middle
        else:
            path.append(_range(nodes, low, middle))
            low, whole = middle, False
    if not whole:
        path.append(_range(nodes, low, high))
    path.reverse()
    return path


def _split(count: int) -> int:
    """The largest power of two below a count."""
    return 1 << (count - 1).bit_length() - 1


def _range(nodes: Nodes, low: int, high: int) -> bytes:
    """The root over the leaves from `low` on and before `high`."""
    count = high - low
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return nodes(level, low >> level)
    middle = low + _split(count)
    return node_hash(_range(nodes, low, middle), _range(nodes, middle, high))


def check_root(ledger: Ledger, checkpoint: Checkpoint, name: str) -> None:
    """Whether the stored hashes still give what a checkpoint saw; not whether the entries do.

    Raises:
        IntegrityError: they do not.
    """
    size = ledger.head()[0]
    if checkpoint.size > size or ledger.nodes().tree(checkpoint.size).root() != checkpoint.root:
        raise IntegrityError(
            "The ledger is not the one that this checkpoint has seen.",
            where=Place(file=name),
            fix="dq ledger verify --since tells what differs.",
        )


def inclusion_proof(ledger: Ledger, seq: int, checkpoint: Checkpoint) -> dict[str, Any]:
    """That an entry is in the ledger of a checkpoint, as a document that anybody can check.

    Raises:
        UsageError: the checkpoint was made before the entry.
        IntegrityError: the entry is damaged.
    """
    if not 0 <= seq < checkpoint.size:
        raise UsageError(
            "There is no entry {entry} among the {count} of the checkpoint.",
            fix="Entries count from 0.",
            entry=str(seq),
            count=checkpoint.size,
        )
    (entry,) = ledger.entries(seq, seq + 1)
    path = inclusion_path(ledger.nodes(), seq, checkpoint.size)
    return {
        "dq": 1,
        "proof": "inclusion",
        "entry": entry.canonical().decode("utf-8"),
        "index": seq,
        "path": [base64.b64encode(each).decode("ascii") for each in path],
        "checkpoint": checkpoint.text,
    }


def consistency_proof(ledger: Ledger, first: Checkpoint, second: Checkpoint) -> dict[str, Any]:
    """That all entries of one checkpoint stand unchanged before those of a later one.

    Raises:
        UsageError: the first is the later one.
    """
    if first.size > second.size:
        raise UsageError("The earlier checkpoint has more entries than the later one.")
    path = consistency_path(ledger.nodes(), first.size, second.size)
    return {
        "dq": 1,
        "proof": "consistency",
        "first": first.text,
        "path": [base64.b64encode(each).decode("ascii") for each in path],
        "checkpoint": second.text,
    }
