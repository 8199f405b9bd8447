"""Who signed: what a key is worth, entry by entry."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest

from dq.clock import FixedClock
from dq.errors import UsageError
from dq.store import Actor, Claim, Entry, Standing, Store, canonical_json
from dq.store.keyring import KEY_APPROVE, KEY_NEW, KEY_REVOKE
from dq.store.signing import Signer, public_text, verified
from tests.store.tampering import renumbered, rewrite, texts_of


def person(name: str) -> Actor:
    return Actor(name, "host-1", name.split()[0].lower(), Signer.new())


ANN, BOB, EVE = person("Ann Lee"), person("Bob Ray"), person("Eve Fox")


def key(actor: Actor) -> str:
    assert actor.signer is not None
    return f"key/{actor.signer.fingerprint}"


def decide(store: Store, actor: Actor, action: str = "test", obj: str = "thing/1") -> None:
    with store.decide(actor, action, obj, "because"):
        pass


def standings(store: Store) -> list[str]:
    keyring = store.keyring()
    return [
        f"{entry.actor.name} {entry.action} {keyring.judge(entry).value}"
        for entry in store.entries()
    ]


def test_entry_is_signed_over_its_canonical_text(store: Store) -> None:
    decide(store, ANN)
    introduced, entry = store.entries()
    assert (introduced.action, introduced.object) == (KEY_NEW, key(ANN))
    assert ANN.signer is not None
    assert introduced.digests == {"public": public_text(ANN.signer.public)}
    fields = json.loads(texts_of(store.path)[1])
    signature = base64.b64decode(fields.pop("signature"))
    assert fields["ledger"] == store.ledger.origin
    assert verified(ANN.signer.public, canonical_json(fields), signature)
    assert Entry.parse(entry.canonical()) == entry


def test_unsigned_entries_keep_their_bytes(store: Store) -> None:
    decide(store, replace(ANN, signer=None))
    assert set(json.loads(texts_of(store.path)[0])) == {
        "seq", "time", "actor", "action", "object", "because", "digests",
    }  # fmt: skip
    assert standings(store) == ["Ann Lee test typed"]


def test_first_key_is_the_root_and_others_count_from_their_approval_on(store: Store) -> None:
    decide(store, ANN)
    decide(store, BOB)
    decide(store, ANN, KEY_APPROVE, key(BOB))
    decide(store, BOB)
    assert standings(store) == [
        "Ann Lee key.new approved",
        "Ann Lee test approved",
        "Bob Ray key.new unapproved",
        "Bob Ray test unapproved",
        "Ann Lee key.approve approved",
        "Bob Ray test approved",
    ]
    root = store.keyring().root
    assert root is not None
    assert (root.person, root.root, root.approvals) == ("Ann Lee", True, [])
    assert store.verify().intact


def test_entry_that_only_claims_to_bring_a_key_does_not_keep_it_out(store: Store) -> None:
    decide(store, replace(EVE, signer=None), KEY_NEW, key(ANN))
    decide(store, ANN)
    assert standings(store) == [
        "Eve Fox key.new typed",
        "Ann Lee key.new approved",
        "Ann Lee test approved",
    ]
    assert store.verify().intact


def test_key_revoked_counts_no_more_and_what_it_signed_before_stays(store: Store) -> None:
    decide(store, ANN)
    decide(store, BOB)
    decide(store, ANN, KEY_APPROVE, key(BOB))
    decide(store, BOB)
    decide(store, ANN, KEY_REVOKE, key(BOB))
    decide(store, BOB)
    assert standings(store)[-3:] == [
        "Bob Ray test approved",
        "Ann Lee key.revoke approved",
        "Bob Ray test revoked",
    ]
    assert store.verify().standings == {
        Standing.APPROVED: 5,
        Standing.UNAPPROVED: 2,  # Bob's, before he was approved
        Standing.REVOKED: 1,
        Standing.FALSE: 0,
        Standing.TYPED: 0,
    }


POWERLESS = {
    "approval of one's own key": (BOB, KEY_APPROVE, BOB),
    "approval by a key that nobody approved": (BOB, KEY_APPROVE, EVE),
    "approval by a typed name": (replace(ANN, signer=None), KEY_APPROVE, BOB),
    "revocation by a key that nobody approved": (BOB, KEY_REVOKE, ANN),
    "revocation by a typed name": (replace(ANN, signer=None), KEY_REVOKE, ANN),
    "a second first key": (EVE, KEY_NEW, ANN),
}


@pytest.mark.parametrize("name", POWERLESS)
def test_what_changes_nothing(store: Store, name: str) -> None:
    for each in (ANN, BOB, EVE):
        decide(store, each)
    actor, action, subject = POWERLESS[name]
    before = dict(store.keyring().keys)
    decide(store, actor, action, key(subject))
    after = dict(store.keyring().keys)
    assert after == before
    assert store.verify().intact


def test_same_person_with_two_keys_does_not_approve_themselves(store: Store) -> None:
    other = replace(ANN, signer=Signer.new())
    decide(store, ANN)
    decide(store, other)
    decide(store, ANN, KEY_APPROVE, key(other))
    decide(store, other)
    assert standings(store)[-1] == "Ann Lee test unapproved"


def test_key_under_another_name_does_not_count(store: Store) -> None:
    decide(store, ANN)
    decide(store, replace(ANN, name="Bob Ray"))
    assert standings(store)[-1] == "Bob Ray test unapproved"


def test_key_that_never_signed_here_enters_by_its_approval(store: Store) -> None:
    assert BOB.signer is not None
    digests = {"person": "Bob Ray", "public": public_text(BOB.signer.public), "roles": "auditor"}
    decide(store, ANN)
    with store.decide(ANN, KEY_APPROVE, key(BOB), "met him", digests):
        pass
    decide(store, BOB)
    assert standings(store)[-1] == "Bob Ray test approved"
    assert store.keyring().keys[BOB.signer.fingerprint].roles == ("auditor",)


def test_signature_taken_off_is_only_typed_and_needs_a_checkpoint(store: Store) -> None:
    decide(store, ANN)
    kept = Claim(*store.head(), "kept.txt")
    marks = ("key", "ledger", "before", "signature")
    bare = [
        {name: value for name, value in json.loads(text).items() if name not in marks}
        for text in texts_of(store.path)
    ]
    rewrite(store, renumbered([canonical_json(fields) for fields in bare]))
    assert standings(store) == ["Ann Lee key.new typed", "Ann Lee test typed"]
    assert store.verify().intact
    assert not store.verify([kept]).intact


def test_entry_of_a_key_that_is_not_in_the_ledger_is_false(store: Store) -> None:
    decide(store, ANN)
    decide(store, BOB)
    texts = texts_of(store.path)
    rewrite(store, [*texts[:2], texts[3]])
    said = [str(problem).partition(": ")[2] for problem in store.verify().problems]
    assert said == ["Entry 2 stands in the wrong place."]
    rewrite(store, renumbered([*texts[:2], texts[3]]))
    assert [str(problem).partition(": ")[2] for problem in store.verify().problems] == [
        "Entry 2 carries a false signature."
    ]


# --- batches ----------------------------------------------------------------------------


def test_batch_is_all_or_nothing(store: Store) -> None:
    def fail() -> None:
        with store.batch():
            decide(store, ANN)
            decide(store, BOB)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert store.verify().size == 0
    with store.batch():
        decide(store, ANN)
        decide(store, BOB)
    assert (store.verify().size, store.verify().intact) == (4, True)


def half_done(store: Store) -> None:
    with store.decide(BOB, "test", "thing/2", "because") as tx:
        tx.set("answer", 2)
        tx.lift("s9.1")


def test_decision_that_fails_in_a_batch_leaves_the_others(store: Store) -> None:
    with store.batch():
        decide(store, ANN)
        with pytest.raises(UsageError):
            half_done(store)
        decide(store, ANN)
    assert standings(store) == [
        "Ann Lee key.new approved",
        "Ann Lee test approved",
        "Ann Lee test approved",
    ]
    assert store.setting("answer") is None
    assert store.verify().intact


def test_entries_of_a_batch_carry_the_time_of_each(store: Store, clock: FixedClock) -> None:
    with store.batch():
        decide(store, ANN)
        decide(store, ANN)
    times = [entry.time for entry in store.entries()]
    assert times == sorted(times)
    assert len(set(times)) == 2  # the key enters at the moment of the first


def test_store_is_where_the_key_is_not(store: Store, keys: Path) -> None:
    decide(store, ANN)
    assert ANN.signer is not None
    private = ANN.signer.pem()
    body = b"".join(private.splitlines()[1:-1])
    for file in store.path.parent.rglob("*"):
        if file.is_file():
            assert body not in file.read_bytes()
