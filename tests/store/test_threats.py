"""What an attacker can do to the ledger, and that a checkpoint kept elsewhere shows it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq.clock import Clock, FixedClock
from dq.errors import IntegrityError
from dq.store import Actor, Claim, Store, canonical_json, open_store
from dq.store.merkle import Frontier, leaf_hash
from dq.store.signing import Signer
from tests.store.tampering import renumbered, rewrite, tamper, texts_of

ANN = Actor("Ann Lee", "host-1", "ann")
STEP = 1 if os.environ.get("DQ_PROFILE") == "full" else 13
"""Bits from one that is flipped to the next."""


def fill(store: Store, count: int, actor: Actor = ANN) -> None:
    for number in range(count):
        with store.decide(actor, "test", f"thing/{number}", "test") as tx:
            tx.set("answer", number)


def claim(store: Store) -> Claim:
    """What a checkpoint of now says."""
    size, root = store.head()
    return Claim(size, root, "kept.txt")


def says(store: Store, kept: Claim | None = None) -> list[str]:
    found = store.verify([kept] if kept else [])
    return [str(problem).partition(": ")[2] for problem in found.problems]


CHANGED = (
    "The first 12 entries are not those that kept.txt has seen: some were changed, removed or "
    "put in since."
)


def test_each_bit_of_an_entry(store: Store) -> None:
    """Flipped in place, and with all hashes above it made anew."""
    fill(store, 12)
    kept, texts = claim(store), texts_of(store.path)
    victim = texts[5]
    for bit in range(0, len(victim) * 8, STEP):
        bent = bytearray(victim)
        bent[bit // 8] ^= 1 << bit % 8
        hexadecimal = bytes(bent).hex()
        tamper(store, f"UPDATE ledger SET entry = CAST(x'{hexadecimal}' AS TEXT) WHERE seq = 5")
        assert says(store, kept) == ["Entry 5 was changed."]
        # the same in memory, as a rewrite of the whole would have it
        leaves = [leaf_hash(bytes(bent) if n == 5 else text) for n, text in enumerate(texts)]
        assert Frontier(leaves).root() != kept.root


def rewritten(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Store], None]:
    """A change of the list of entries, with every number and hash put right afterwards."""
    return lambda store: rewrite(store, renumbered(change(texts_of(store.path))))


def edit(texts: list[bytes]) -> list[bytes]:
    return [canonical_json({**json.loads(texts[4]), "because": "other"}), *texts[:4], *texts[5:]]


def forge(texts: list[bytes]) -> list[bytes]:
    fields = json.loads(texts[4])
    return [*texts[:4], canonical_json({**fields, "because": "never said"}), *texts[5:]]


REWRITES = {
    "changed": (rewritten(forge), CHANGED),
    "dropped": (rewritten(lambda t: [*t[:3], *t[4:]]), "Entries 11 to 11 were cut off: "),
    "dropped and one put at the end": (
        rewritten(lambda t: [*t[:3], *t[4:], t[0]]),
        CHANGED,
    ),
    "swapped": (rewritten(lambda t: [*t[:3], t[4], t[3], *t[5:]]), CHANGED),
    "put in": (rewritten(lambda t: [*t[:3], t[0], *t[3:]]), CHANGED),
    "put in front": (rewritten(lambda t: [t[5], *t]), CHANGED),
    "cut off": (
        rewritten(lambda t: t[:9]),
        "Entries 9 to 11 were cut off: kept.txt has seen them.",
    ),
    "all gone": (
        rewritten(lambda t: t[:1]),
        "Entries 1 to 11 were cut off: kept.txt has seen them.",
    ),
    "moved and changed": (rewritten(edit), CHANGED),
}


@pytest.mark.parametrize("name", REWRITES)
def test_rewrite_with_all_hashes_made_anew(store: Store, name: str) -> None:
    """Nothing in the store contradicts it; only the checkpoint does."""
    fill(store, 12)
    kept = claim(store)
    act, said = REWRITES[name]
    act(store)
    assert says(store) == []
    found = says(store, kept)
    assert len(found) == 1
    assert found[0].startswith(said)
    with open_store(store.path.parent.parent, Clock()) as fresh:
        fill(fresh, 12)
        assert says(fresh, kept) == [CHANGED]


def test_old_store_put_back(store: Store, clock: FixedClock, tmp_path: Path) -> None:
    fill(store, 5)
    copy = store.backup(tmp_path / "old.db")
    fill(store, 7)
    kept = claim(store)
    store.close()
    for leftover in store.path.parent.glob("store.db-*"):
        leftover.unlink()
    shutil.copyfile(copy, store.path)
    with open_store(tmp_path, clock) as replayed:
        assert says(replayed) == []
        assert says(replayed, kept) == ["Entries 5 to 11 were cut off: kept.txt has seen them."]
        fill(replayed, 7)
        assert says(replayed, kept) == [CHANGED]


def test_store_replaced_while_it_is_open(store: Store) -> None:
    """Less than this process has seen already: nothing more is written."""
    fill(store, 6)
    rewrite(store, texts_of(store.path)[:4])
    with pytest.raises(IntegrityError, match="cut or replaced while dq was at work"):
        fill(store, 1)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_other_list_of_entries(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever is done to the list: a checkpoint accepts it only if it begins the same."""
    folder = tmp_path_factory.mktemp("any")
    with open_store(folder, Clock()) as store:
        fill(store, data.draw(st.integers(1, 8)))
        kept, texts = claim(store), texts_of(store.path)
        others = data.draw(st.lists(st.sampled_from(texts), max_size=10))
        rewrite(store, renumbered(others))
        same = renumbered(others)[: len(texts)] == texts
        assert (says(store, kept) == []) is same


def test_several_checkpoints_say_from_when_on(store: Store) -> None:
    fill(store, 4)
    first = claim(store)
    fill(store, 4)
    second = replace(claim(store), name="later.txt")
    texts = texts_of(store.path)
    rewrite(store, [*texts[:6], canonical_json({**json.loads(texts[6]), "because": "x"}), texts[7]])
    found = store.verify([first, second])
    assert [str(p).partition(": ")[2][:46] for p in found.problems] == [
        "The first 8 entries are not those that later.t"
    ]


def test_stored_hash_that_was_bent(store: Store) -> None:
    with store.batch():
        fill(store, 300)
    tamper(store, "UPDATE ledger_node SET hash = zeroblob(32)")
    assert says(store) == ["The stored hash over entries 0 to 255 does not fit them."]


def test_old_entry_changed_is_found_by_verify_and_not_by_the_next_entry(store: Store) -> None:
    """What the quick check before each entry gives up, and what it does not."""
    with store.batch():
        fill(store, 600)
    text = texts_of(store.path)[10].replace(b"test", b"tost")
    tamper(store, f"UPDATE ledger SET entry = CAST(x'{text.hex()}' AS TEXT) WHERE seq = 10")
    with open_store(store.path.parent.parent, Clock()) as fresh:
        fill(fresh, 1)
        assert says(fresh) == ["Entry 10 was changed."]
        with pytest.raises(IntegrityError, match="Entry 10 was changed"):
            list(fresh.entries())
    tamper(store, f"UPDATE ledger SET leaf = x'{leaf_hash(text).hex()}' WHERE seq = 599")
    with open_store(store.path.parent.parent, Clock()) as fresh, pytest.raises(IntegrityError):
        fill(fresh, 1)


# --- a signature pins what stands before it -------------------------------------------


def test_signed_entry_shows_a_rewrite_without_any_checkpoint(store: Store) -> None:
    fill(store, 4)
    signer = Actor("Ann Lee", "host-1", "ann", Signer.new())
    fill(store, 1, signer)
    texts = texts_of(store.path)
    assert len(texts) == 6  # the key came in before its first use
    rewrite(store, [canonical_json({**json.loads(texts[0]), "because": "x"}), *texts[1:]])
    assert says(store) == [
        "Entry 4 carries a false signature.",
        "Entry 5 carries a false signature.",
    ]


def test_signed_entry_is_worth_nothing_in_another_ledger(
    store: Store, tmp_path: Path, clock: FixedClock
) -> None:
    actor = Actor("Ann Lee", "host-1", "ann", Signer.new())
    fill(store, 2, actor)
    with open_store(tmp_path / "other", clock) as other:
        fill(other, 3)
        rewrite(other, texts_of(store.path))
        assert says(other) == [f"Entry {n} carries a false signature." for n in range(3)]


def test_each_bit_of_a_signed_entry_with_all_hashes_made_anew(store: Store) -> None:
    """What is left is never called signed: a false signature, or none."""
    fill(store, 1, Actor("Ann Lee", "host-1", "ann", Signer.new()))
    texts = texts_of(store.path)
    honest = store.verify().standings
    end = texts[1].index(b"==") * 8  # base64 has spare bits at its end
    for bit in [*range(0, len(texts[1]) * 8, STEP), *range(end - 8, end)]:
        bent = bytearray(texts[1])
        bent[bit // 8] ^= 1 << bit % 8
        try:
            if set(json.loads(bytes(bent))) != set(json.loads(texts[1])):
                continue
        except ValueError:
            continue
        rewrite(store, [texts[0], bytes(bent)])
        found = store.verify()
        assert found.problems
        assert found.standings != honest
    rewrite(store, texts)
    assert store.verify().standings == honest
