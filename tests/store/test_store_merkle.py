"""RFC 6962 trees: the published test vectors, and growth against the definition."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.store.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash

# Inputs and roots of the reference implementation (certificate-transparency, merkletree tests).
INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(text)) for text in INPUTS[:size]]
    assert Frontier(leaves).root().hex() == ROOTS[size - 1]


def test_empty_tree() -> None:
    assert Frontier().root() == EMPTY_ROOT == sha256(b"").digest()


def defined_root(leaves: list[bytes]) -> bytes:
    """The recursive definition of RFC 6962, section 2.1."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(defined_root(leaves[:k]), defined_root(leaves[k:]))


@given(st.integers(1, 200), st.integers(0, 200))
def test_grown_tree_is_the_defined_one_and_survives_storing(size: int, cut: int) -> None:
    leaves = [leaf_hash(str(n).encode()) for n in range(size)]
    tree = Frontier(leaves[: min(cut, size)])
    tree = Frontier.load(tree.size, tree.dump())
    for leaf in leaves[min(cut, size) :]:
        tree.append(leaf)
    assert tree.root() == defined_root(leaves)


@pytest.mark.parametrize(("size", "data"), [(1, b""), (0, b"x" * 32), (3, b"x" * 32), (-1, b"")])
def test_frontier_that_does_not_fit(size: int, data: bytes) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Frontier.load(size, data)
