from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from dq.clock import Clock, FixedClock
from dq.errors import IntegrityError, StoreError, UsageError
from dq.store import Actor, BaselineItem, Entry, Store, canonical_json, local_actor, open_store
from dq.store.merkle import Frontier, leaf_hash
from dq.store.migrate import Migration, shipped_migrations
from tests.store.tampering import tamper

STEWARD = Actor("steward@acme.example", "host-1", "ann")


def decide_times(store: Store, times: int) -> None:
    for n in range(times):
        with store.decide(STEWARD, "set", f"setting/{n}", "test") as tx:
            tx.set("answer", n)


def test_decision_and_entry_are_one(store: Store) -> None:
    with store.decide(STEWARD, "set", "setting/answer", "because I say so") as tx:
        tx.set("answer", {"a": [1, "два"]})
    assert store.setting("answer") == {"a": [1, "два"]}
    entry = next(store.entries())
    assert entry == Entry(
        seq=0,
        time="2026-03-01T09:30:01.000000Z",
        actor=STEWARD,
        action="set",
        object="setting/answer",
        because="because I say so",
        digests={"setting.answer": store.keyed_digest({"a": [1, "два"]})},
    )
    assert store.verify().intact
    assert store.verify().size == 1
    assert store.verify().root == Frontier([leaf_hash(entry.canonical())]).root().hex()


def test_decision_that_fails_leaves_nothing(store: Store) -> None:
    decide_times(store, 1)
    before = store.verify()

    def fail() -> None:
        with store.decide(STEWARD, "set", "setting/answer", "test") as tx:
            tx.set("answer", 42)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert store.setting("answer") == 0
    assert store.verify() == before
    decide_times(store, 1)
    assert store.verify().size == 2


@pytest.mark.parametrize("because", ["", "  \n"])
def test_decision_needs_a_reason(store: Store, because: str) -> None:
    with pytest.raises(UsageError, match="A decision needs a reason"):
        store.decide(STEWARD, "set", "setting/x", because).__enter__()
    assert store.verify().size == 0


def test_entry_is_canonical_json(store: Store) -> None:
    decide_times(store, 1)
    rows = sqlite3.connect(store.path).execute("SELECT entry FROM ledger").fetchall()
    digest = store.keyed_digest(0)
    assert rows == [
        (
            '{"action":"set","actor":{"host":"host-1","name":"steward@acme.example","user":"ann"},'
            f'"because":"test","digests":{{"setting.answer":"{digest}"}},'
            '"object":"setting/0","seq":0,"time":"2026-03-01T09:30:01.000000Z"}',
        )
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None]}, b'{"a":[true,null],"b":1}'),
        ({"€": "\r", "\u20ac1": 1e21}, '{"€":"\\r","€1":1e+21}'.encode()),
        (4.50, b"4.5"),
        ("\u0007", b'"\\u0007"'),
    ],
)
def test_canonical_json(value: object, text: bytes) -> None:
    assert canonical_json(value) == text


@pytest.mark.parametrize("value", [2**53, float("nan"), "\ud800", {1: 2}])
def test_what_json_cannot_say(value: object) -> None:
    with pytest.raises(StoreError, match="This cannot be recorded"):
        canonical_json(value)


def test_suppression_holds_until_its_day(store: Store) -> None:
    with store.decide(STEWARD, "suppress", "deals/C107", "agreed with sales") as tx:
        made = tx.suppress("C107", until=date(2026, 3, 31), table="deals", keys=["D1", "D2"])
        other = tx.suppress("C106", until=date(2026, 4, 1), table="deals", keys=["D3"])
    assert store.suppressions() == (other, made) or store.suppressions() == (made, other)
    assert (made.id, made.author, made.because) == (
        "s0.1",
        "steward@acme.example",
        "agreed with sales",
    )
    assert made.created == "2026-03-01T09:30:01.000000Z"
    assert set(store.suppressions(on=date(2026, 3, 31))) == {made, other}
    assert store.suppressions(on=date(2026, 4, 1)) == (other,)
    with store.decide(STEWARD, "lift", "suppression/s0.2", "no longer right") as tx:
        tx.lift("s0.2")
    assert store.suppressions(on=date(2026, 4, 1)) == ()
    assert [s.lifted_by for s in store.suppressions() if s.id == "s0.2"] == [STEWARD.name]
    assert "D1" not in "".join(entry.canonical().decode() for entry in store.entries())


@pytest.mark.parametrize(
    ("until", "says"),
    [
        (
            date(2026, 2, 28),
            "A suppression until 2026-02-28 has ended already. Give a day from 2026-03-01 on.",
        ),
        (
            date(2026, 8, 29),
            "A suppression holds for 180 days at most. "
            "Give a day up to 2026-08-28, and renew it then if it is still right.",
        ),
    ],
)
def test_suppression_ends_within_180_days(store: Store, until: date, says: str) -> None:
    with (
        pytest.raises(UsageError) as caught,
        store.decide(STEWARD, "suppress", "deals/C107", "why") as tx,
    ):
        tx.suppress("C107", until=until, table="deals", keys=["D1"])
    assert str(caught.value) == says
    assert store.verify().size == 0


def test_lifting_what_does_not_hold(store: Store) -> None:
    with (
        pytest.raises(UsageError, match=r"There is no suppression s9\.1 to lift"),
        store.decide(STEWARD, "lift", "suppression/s9.1", "why") as tx,
    ):
        tx.lift("s9.1")


def test_mapping_is_remembered_by_shape(store: Store) -> None:
    with store.decide(STEWARD, "map", "source/deals", "looks right") as tx:
        digest = tx.approve_mapping("deals", "shape-1", {"Сумма": "amount"})
    found = store.mapping("deals", "shape-1")
    assert found is not None
    assert found.mapping == {"Сумма": "amount"}
    assert (found.digest, found.approved_by) == (digest, STEWARD.name)
    assert store.mapping("deals", "shape-2") is None
    with store.decide(STEWARD, "map", "source/deals", "better") as tx:
        tx.approve_mapping("deals", "shape-1", {"Сумма": "expected_amount"})
    again = store.mapping("deals", "shape-1")
    assert again is not None
    assert again.mapping == {"Сумма": "expected_amount"}


def test_baseline_is_adopted_once(store: Store) -> None:
    items = [BaselineItem("column", "deals", "amount"), BaselineItem("value", "deals", "kind", "A")]
    with store.decide(STEWARD, "baseline", "project", "first day") as tx:
        assert tx.adopt(items) == 2
    with store.decide(STEWARD, "baseline", "project", "again") as tx:
        assert tx.adopt([*items, BaselineItem("stage", "deals", "stage", "Новая")]) == 1
    assert store.baseline() == {*items, BaselineItem("stage", "deals", "stage", "Новая")}


# --- integrity -----------------------------------------------------------------------

DAMAGES = [
    (
        "UPDATE ledger SET entry = replace(entry, 'test', 'tost') WHERE seq = 3",
        "Entry 3 was changed.",
    ),
    ("UPDATE ledger SET leaf = zeroblob(32) WHERE seq = 3", "Entry 3 was changed."),
    ("UPDATE ledger SET entry = CAST(x'ff' AS TEXT) WHERE seq = 2", "Entry 2 was changed."),
    ("DELETE FROM ledger WHERE seq = 4", "Entry 4 is missing."),
    ("DELETE FROM ledger WHERE seq >= 5", "Entries 5 to 6 are missing."),
    ("DELETE FROM ledger WHERE seq < 1", "Entry 0 is missing."),
    ("UPDATE ledger_head SET root = zeroblob(32)", "The ledger's root does not fit its entries."),
    (
        "UPDATE ledger_head SET frontier = zeroblob(length(frontier))",
        "Entries 0 to 3 are not those that were recorded.",
    ),
    ("DELETE FROM ledger_head", "The ledger's size does not fit its entries."),
    ("UPDATE ledger_head SET size = 5", "The ledger's size does not fit its entries."),
    (
        "UPDATE ledger SET seq = -1 - seq WHERE seq IN (1, 2);"
        "UPDATE ledger SET seq = CASE seq WHEN -2 THEN 2 ELSE 1 END WHERE seq < 0",
        "Entry 1 stands in the wrong place.",
    ),
    (
        "INSERT INTO ledger SELECT 7, entry, leaf FROM ledger WHERE seq = 6",
        "Entry 7 stands in the wrong place.",
    ),
]


@pytest.mark.parametrize(("statement", "says"), DAMAGES, ids=[says for _, says in DAMAGES])
def test_damage_is_named_and_writing_stops(
    store: Store, clock: FixedClock, statement: str, says: str
) -> None:
    decide_times(store, 7)
    if "-1 - seq" in statement:
        statement = "PRAGMA ignore_check_constraints = ON;" + statement
    tamper(store, statement)
    verification = store.verify()
    assert str(verification.problems[0]) == f"{store.path}: {says}"
    with open_store(store.path.parent.parent, clock) as fresh:
        with pytest.raises(IntegrityError) as caught:
            decide_times(fresh, 1)
        assert caught.value.exit_code == 4
        assert fresh.setting("answer") == 6


def test_entry_rewritten_with_its_hash_is_found(store: Store) -> None:
    decide_times(store, 6)
    text = next(store.entries(4)).canonical().replace(b"test", b"tost")
    tamper(
        store,
        f"UPDATE ledger SET entry = '{text.decode()}', leaf = x'{leaf_hash(text).hex()}' "
        "WHERE seq = 4",
    )
    says = [str(problem) for problem in store.verify().problems]
    assert says == [f"{store.path}: Entries 4 to 5 are not those that were recorded."]


def test_entry_that_is_not_canonical_is_found(store: Store) -> None:
    decide_times(store, 1)
    text = json.dumps(json.loads(next(store.entries()).canonical())).encode()
    leaf = leaf_hash(text)
    tamper(
        store,
        f"UPDATE ledger SET entry = '{text.decode()}', leaf = x'{leaf.hex()}'",
        f"UPDATE ledger_head SET frontier = x'{leaf.hex()}', root = x'{leaf.hex()}'",
    )
    says = [str(problem) for problem in store.verify().problems]
    assert says == [f"{store.path}: Entry 0 is not in canonical form."]


def test_ledger_refuses_change_and_deletion(store: Store) -> None:
    decide_times(store, 1)
    connection = sqlite3.connect(store.path)
    for statement in ("UPDATE ledger SET entry = ''", "DELETE FROM ledger"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()


# --- processes -----------------------------------------------------------------------

APPEND = """
import sys
from pathlib import Path
from dq.clock import Clock
from dq.store import Actor, open_store

project, name, times = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with open_store(project, Clock()) as store:
    for n in range(times):
        with store.decide(Actor(name, "h", "u"), "append", f"{name}/{n}", "test") as tx:
            tx.set(name, n)
"""


def test_processes_appending_at_once_lose_nothing(tmp_path: Path) -> None:
    """Four processes open one new store and append; every entry is there, in a valid tree."""
    names = ["a", "b", "c", "d"]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", APPEND, str(tmp_path), name, "40"], stderr=subprocess.PIPE
        )
        for name in names
    ]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
    with open_store(tmp_path, Clock()) as store:
        verification = store.verify()
        assert (verification.size, verification.problems) == (160, ())
        objects = [entry.object for entry in store.entries()]
        for name in names:
            assert [o for o in objects if o.startswith(name)] == [f"{name}/{n}" for n in range(40)]
            assert store.setting(name) == 39


def test_two_stores_of_one_process_see_each_other(store: Store, clock: FixedClock) -> None:
    with open_store(store.path.parent.parent, clock) as other:
        decide_times(store, 2)
        decide_times(other, 2)
        decide_times(store, 2)
    assert store.verify().size == 6


# --- migrations, copies, files that are none -------------------------------------------


def test_migration_copies_the_store_before_it(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / ".dq" / "store.db"
    first = shipped_migrations()
    with Store(path, clock, first) as store:
        decide_times(store, 3)
    assert not (tmp_path / ".dq" / "backups").exists()
    second = (
        *first,
        Migration(len(first) + 1, "more", "CREATE TABLE more (x); DROP TABLE secret;"),
    )
    with pytest.raises(StoreError, match="no such table: secret"):
        Store(path, clock, second)
    (copy,) = (tmp_path / ".dq" / "backups").iterdir()
    assert copy.name.startswith(f"store-v{len(first)}-2026")
    with Store(copy, clock, first) as store:
        assert store.verify().size == 3
        assert store.setting("answer") == 2


def test_migration_that_fails_leaves_nothing(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "store.db"
    first = shipped_migrations()
    Store(path, clock, first).close()
    broken = Migration(
        len(first) + 1, "broken", "CREATE TABLE more (x); INSERT INTO nowhere VALUES (1);"
    )
    with pytest.raises(StoreError, match="nowhere"):
        Store(path, clock, (*first, broken))
    with Store(
        path, clock, (*first, Migration(len(first) + 1, "more", "CREATE TABLE more (x);"))
    ) as store:
        decide_times(store, 1)


def test_newer_store_is_left_alone(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "store.db"
    first = shipped_migrations()
    Store(path, clock, (*first, Migration(9, "later", "CREATE TABLE later (x);"))).close()
    with pytest.raises(StoreError) as caught:
        Store(path, clock, first)
    assert str(caught.value) == (
        f"{path}: The store was made by a newer dq (version 9, known here: {len(first)}). "
        "Update dq."
    )


def test_backup_is_a_whole_store(store: Store, clock: FixedClock, tmp_path: Path) -> None:
    decide_times(store, 2)
    target = store.backup(tmp_path / "copies" / "копия.db")
    decide_times(store, 1)
    with Store(target, clock) as copy:
        assert copy.verify().size == 2
        assert copy.keyed_digest("x") == store.keyed_digest("x")
    assert store.backup().parent == store.path.parent / "backups"


def test_file_that_is_no_store(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / ".dq").mkdir()
    path = tmp_path / ".dq" / "store.db"
    path.write_bytes(b"this is not a database, not at all, by any means" * 50)
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path, clock)
    assert str(caught.value) == (
        f"{path}: The store is damaged. Put a copy from .dq/backups in its place."
    )


def test_other_databases_are_refused_in_words(tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(StoreError, match="keeps its store in SQLite only"):
        open_store(tmp_path, clock, "postgresql://host/db")


def test_local_actor_names_the_machine() -> None:
    actor = local_actor("ann@acme.example")
    assert actor.name == "ann@acme.example"
    assert actor.host
    assert local_actor().name == actor.user
