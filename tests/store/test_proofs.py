"""Proofs from stored hashes, checked by an implementation of its own."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq.clock import Clock
from dq.errors import IntegrityError
from dq.store import Actor, Store, open_store
from dq.store.merkle import EMPTY_ROOT, Frontier, leaf_hash
from dq.store.migrate import shipped_migrations
from dq.store.nodes import Nodes
from dq.store.proof import consistency_path, inclusion_path
from tests.store.rfc6962 import consistent, mth, root_of_inclusion
from tests.store.tampering import rewrite, tamper, texts_of

ANN = Actor("Ann Lee", "host-1", "ann")
LARGEST = 300
STEP = 1 if os.environ.get("DQ_PROFILE") == "full" else 7


def fill(store: Store, count: int) -> None:
    with store.batch():
        for number in range(count):
            with store.decide(ANN, "test", f"thing/{number}", "test"):
                pass


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("proofs"), Clock()) as store:
        fill(store, LARGEST)
        yield store


@pytest.fixture(scope="module")
def leaves(filled: Store) -> list[bytes]:
    return [leaf_hash(text) for text in texts_of(filled.path)]


def test_inclusion_of_every_entry_in_every_size(filled: Store, leaves: list[bytes]) -> None:
    nodes = filled.ledger.nodes()
    for size in range(1, LARGEST + 1):
        root = mth(leaves[:size])
        for index in {*range(0, size, STEP), size - 1, size // 2, *range(min(size, 9))}:
            path = inclusion_path(nodes, index, size)
            assert root_of_inclusion(leaves[index], index, size, path) == root


def test_consistency_of_every_two_sizes(filled: Store, leaves: list[bytes]) -> None:
    nodes = filled.ledger.nodes()
    roots = [EMPTY_ROOT, *(mth(leaves[:size]) for size in range(1, LARGEST + 1))]
    for second in range(LARGEST + 1):
        assert consistency_path(nodes, 0, second) == []
        for first in {*range(1, second + 1, STEP), second, second // 2} - {0}:
            path = consistency_path(nodes, first, second)
            assert consistent(first, second, roots[first], roots[second], path)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_proof_fits_anything_else(
    filled: Store, leaves: list[bytes], data: st.DataObject
) -> None:
    size = data.draw(st.integers(2, LARGEST))
    index = data.draw(st.integers(0, size - 1))
    nodes, root = filled.ledger.nodes(), mth(leaves[:size])
    path = inclusion_path(nodes, index, size)
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index))
    assert root_of_inclusion(leaves[other], index, size, path) != root
    assert root_of_inclusion(leaves[index], other, size, path) != root
    place = data.draw(st.integers(0, len(path) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = bytearray(path[place])
    changed[bit // 8] ^= 1 << bit % 8
    bent = [*path[:place], bytes(changed), *path[place + 1 :]]
    assert root_of_inclusion(leaves[index], index, size, bent) != root
    assert root_of_inclusion(leaves[index], index, size, path[:-1]) != root
    assert root_of_inclusion(leaves[index], index, size, [*path, path[0]]) != root
    first = data.draw(st.integers(1, size - 1))
    steps = consistency_path(nodes, first, size)
    forged = bytes(32)
    assert not consistent(first, size, forged, root, steps)
    assert not consistent(first, size, mth(leaves[:first]), forged, steps)
    if steps:
        assert not consistent(first, size, mth(leaves[:first]), root, steps[:-1])


def test_the_tree_of_every_size_comes_from_stored_hashes(
    filled: Store, leaves: list[bytes]
) -> None:
    nodes = filled.ledger.nodes()
    tree = Frontier()
    for size in range(LARGEST + 1):
        assert nodes.tree(size).dump() == tree.dump()
        if size < LARGEST:
            tree.append(leaves[size])


def test_two_levels_of_stored_hashes(tmp_path: Path) -> None:
    """70,000 entries: the hashes of 2^8 and of 2^16 leaves, and proofs across both."""
    with open_store(tmp_path, Clock()) as store:
        fill(store, 1)
        leaves = [leaf_hash(b"%d" % n) for n in range(70_000)]
        tree = Frontier()
        made = [node for leaf in leaves for node in tree.append(leaf)]
        tamper(store, "DELETE FROM ledger")
        connection = sqlite3.connect(store.path)
        with connection:
            rows = [(seq, "", leaf) for seq, leaf in enumerate(leaves)]
            connection.executemany("INSERT INTO ledger VALUES (?, ?, ?)", rows)
            connection.executemany("INSERT INTO ledger_node VALUES (?, ?, ?)", made)
        connection.close()
        nodes = store.ledger.nodes()
        assert {level for level, _, _ in made} == {8, 16}
        assert nodes.tree(70_000).root() == tree.root() == mth(leaves)
        for index in (0, 255, 256, 65_535, 65_536, 69_999):
            path = inclusion_path(nodes, index, 70_000)
            assert root_of_inclusion(leaves[index], index, 70_000, path) == tree.root()
        for first in (1, 256, 65_536, 65_537, 69_999):
            path = consistency_path(nodes, first, 70_000)
            assert consistent(first, 70_000, mth(leaves[:first]), tree.root(), path)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(parts=st.lists(st.integers(0, 40), max_size=6))
def test_batches_and_single_decisions_give_one_tree(
    tmp_path_factory: pytest.TempPathFactory, parts: list[int]
) -> None:
    with open_store(tmp_path_factory.mktemp("parts"), Clock()) as store:
        for count in parts:
            fill(store, count)
            with store.decide(ANN, "test", "single", "test"):
                pass
        texts = texts_of(store.path)
        assert len(texts) == sum(parts) + len(parts)
        found = store.verify()
        assert found.intact
        assert found.root == mth([leaf_hash(text) for text in texts]).hex()


def test_a_ledger_from_before_gets_its_hashes(tmp_path: Path) -> None:
    """The step that adds stored hashes makes those of the entries that are there."""
    with open_store(tmp_path, Clock()) as store:
        fill(store, 600)
        before = [tuple(row) for row in _nodes(store.path)]
    assert len(before) == 2
    with open_store(tmp_path, Clock()) as store:
        tamper(
            store,
            "DROP TABLE ledger_node",
            "DROP TABLE ledger_origin",
            "DROP TABLE ledger_key",
            "DROP TABLE checkpoint",
            "DELETE FROM schema_version WHERE version = 4",
        )
    with Store(tmp_path / ".dq" / "store.db", Clock(), shipped_migrations()) as store:
        assert [tuple(row) for row in _nodes(store.path)] == before
        fill(store, 1)
        assert store.verify().intact


def _nodes(path: Path) -> list[tuple[int, int, bytes]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT level, idx, hash FROM ledger_node").fetchall()
    connection.close()
    return rows


def test_missing_hashes_are_said(tmp_path: Path) -> None:
    with open_store(tmp_path, Clock()) as store:
        fill(store, 600)
        rewrite(store, texts_of(store.path))
        tamper(store, "DELETE FROM ledger_node WHERE idx = 1")
        with pytest.raises(IntegrityError, match="Hashes that the ledger keeps"):
            Nodes(store._database).tree(600)
        assert [str(each).partition(": ")[2] for each in store.verify().problems] == [
            "The stored hash over entries 256 to 511 does not fit them."
        ]
