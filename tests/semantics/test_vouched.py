"""Who stands behind a decision is read from the ledger, not from the state beside it."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from dq.clock import FixedClock
from dq.semantics.glossary import glossary_from_text
from dq.semantics.inforce import Meaning
from dq.semantics.vouched import vouched
from dq.semantics.workflow import approve, chosen, propose
from dq.store import Actor, Store, open_store
from dq.store.signing import Signer
from tests.semantics import house

CLIENT = "client@2024-01-01"


def _open(folder: Path) -> Store:
    return open_store(folder, FixedClock(datetime(2026, 5, 1, 9, 0)))


def _standings(store: Store) -> dict[tuple[str, str], str]:
    steps = store.definition_steps()
    found = vouched(store, steps)
    return {(s.by, s.step): found[s.seq, s.object].standing for s in steps}


def _meaning(store: Store) -> Meaning:
    return Meaning(glossary_from_text(house.GLOSSARY, "glossary.yaml"), store.definition_steps())


def _decided(store: Store, second: Actor) -> None:
    ann = Actor("Ann", "laptop", "ann", Signer.new())
    propose(store, ann, chosen(_meaning(store), ["client"]), because="new house")
    approve(store, second, chosen(_meaning(store), ["client"]), because="agreed")


def test_a_name_that_was_typed_and_one_that_signed(tmp_path: Path) -> None:
    with _open(tmp_path) as store:
        _decided(store, Actor("Boris", "desk", "bk"))
        found = vouched(store, store.definition_steps())
        typed = next(v for v in found.values() if v.key is None)
        assert (typed.standing, typed.host, typed.user) == ("typed", "desk", "bk")
        assert _standings(store) == {
            ("Ann", "proposed"): "approved",
            ("Boris", "approved"): "typed",
        }


def test_a_key_that_nobody_approved(tmp_path: Path) -> None:
    with _open(tmp_path) as store:
        _decided(store, Actor("Boris", "desk", "bk", Signer.new()))
        assert _standings(store)["Boris", "approved"] == "unapproved"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE definition_step SET by = 'Director' WHERE step = 'approved'",
        "UPDATE definition_step SET because = 'x' WHERE step = 'approved'",
        "UPDATE definition_step SET digest = 'sha256:0' WHERE step = 'approved'",
        "UPDATE definition_step SET step = 'approved' WHERE step = 'proposed'",
        "UPDATE ledger SET entry = replace(entry, 'Boris', 'Director')",
    ],
)
def test_what_the_ledger_does_not_say_is_told(tmp_path: Path, change: str) -> None:
    with _open(tmp_path) as store:
        _decided(store, Actor("Boris", "desk", "bk"))
    with sqlite3.connect(tmp_path / ".dq" / "store.db") as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute(change)
    database.close()
    with _open(tmp_path) as store:
        found = vouched(store, store.definition_steps())
        assert [v.standing for v in found.values()].count("damaged") == 1
