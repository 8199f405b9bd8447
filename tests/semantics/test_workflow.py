from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from dq.clock import FixedClock
from dq.errors import UsageError
from dq.semantics.glossary import glossary_from_text
from dq.semantics.inforce import Meaning
from dq.semantics.workflow import approve, chosen, propose
from dq.store import Store, local_actor, open_store
from tests.semantics import house

ANNA, BORIS = local_actor("Anna"), local_actor("Boris")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path, FixedClock(datetime(2026, 5, 1, 9, 0))) as opened:
        yield opened


def _meaning(store: Store, text: str = house.GLOSSARY) -> Meaning:
    return Meaning(glossary_from_text(text, "glossary.yaml"), store.definition_steps())


def _status(store: Store, name: str, text: str = house.GLOSSARY) -> str:
    return _meaning(store, text).standings[name].status.value


def test_one_proposes_and_another_approves(store: Store) -> None:
    assert _status(store, "client@2024-01-01") == "written"
    done = propose(store, ANNA, chosen(_meaning(store), ["client"]), because="new house")
    assert done.objects == ("client@2024-01-01",)
    assert _status(store, "client@2024-01-01") == "proposed"
    approve(store, BORIS, chosen(_meaning(store), ["client"]), because="agreed")
    standing = _meaning(store).standings["client@2024-01-01"]
    assert standing.status.value == "approved"
    assert standing.approved is not None
    assert (standing.approved.by, standing.approved.because) == ("Boris", "agreed")
    assert not standing.approved.alone
    entries = list(store.entries())
    assert [(e.action, e.object, e.actor.name) for e in entries] == [
        ("glossary.propose", "glossary/client@2024-01-01", "Anna"),
        ("glossary.approve", "glossary/client@2024-01-01", "Boris"),
    ]
    digest = standing.definition.digest if standing.definition else ""
    assert entries[1].digests["client@2024-01-01"] == digest
    assert store.verify().intact


def test_nobody_approves_their_own_whatever_the_case_of_the_name(store: Store) -> None:
    propose(store, ANNA, chosen(_meaning(store), ["client"]), because="x")
    for name in ("Anna", "anna", " ANNA "):
        with pytest.raises(UsageError, match="nobody approves what is their own"):
            approve(store, local_actor(name), chosen(_meaning(store), ["client"]), because="x")
    assert _status(store, "client@2024-01-01") == "proposed"


def test_alone_is_allowed_where_the_house_says_so_and_it_shows(store: Store) -> None:
    propose(store, ANNA, chosen(_meaning(store), ["client"]), because="x")
    approve(store, ANNA, chosen(_meaning(store), ["client"]), because="x", solo=True)
    approved = _meaning(store).standings["client@2024-01-01"].approved
    assert approved is not None
    assert approved.alone


def test_what_was_not_proposed_cannot_be_approved(store: Store) -> None:
    with pytest.raises(UsageError, match="was not proposed yet"):
        approve(store, BORIS, chosen(_meaning(store), ["client"]), because="x")


def test_an_edit_after_the_proposal_needs_a_new_proposal(store: Store) -> None:
    propose(store, ANNA, chosen(_meaning(store), ["client"]), because="x")
    edited = house.GLOSSARY.replace("WHERE status = 'won')", "WHERE status <> 'lost')")
    assert edited != house.GLOSSARY
    assert _status(store, "client@2024-01-01", edited) == "written"
    with pytest.raises(UsageError, match="was not proposed yet"):
        approve(store, BORIS, chosen(_meaning(store, edited), ["client"]), because="x")


def test_an_edit_of_an_approved_text_unapproves_it(store: Store) -> None:
    propose(store, ANNA, chosen(_meaning(store), ["client"]), because="x")
    approve(store, BORIS, chosen(_meaning(store), ["client"]), because="x")
    edited = house.GLOSSARY.replace("WHERE status = 'won')", "WHERE status <> 'lost')")
    assert _status(store, "client@2024-01-01", edited) == "edited"
    used = _meaning(store, edited).in_force("client", date(2026, 5, 1))
    assert used is not None
    assert used.version.where is not None
    assert used.version.where.text == "id IN (SELECT account_id FROM deals WHERE status = 'won')"
    assert used.waiting == ("client@2024-01-01",)
    spaced = house.GLOSSARY.replace("WHERE status = 'won')", "WHERE  status='won' )")
    assert _status(store, "client@2024-01-01", spaced) == "approved"


def test_reworded_labels_need_no_approval_and_are_told(store: Store) -> None:
    propose(store, ANNA, chosen(_meaning(store), ["client"]), because="x")
    approve(store, BORIS, chosen(_meaning(store), ["client"]), because="x")
    text = house.GLOSSARY.replace(
        "  client:\n    kind: population\n", "  client:\n    label: Buyer\n    kind: population\n"
    )
    standing = _meaning(store, text).standings["client@2024-01-01"]
    assert standing.status.value == "approved"
    assert standing.rewritten


def test_what_is_taken_out_stays_in_force_until_that_is_approved(store: Store) -> None:
    propose(store, ANNA, chosen(_meaning(store), ["signed"]), because="x")
    approve(store, BORIS, chosen(_meaning(store), ["signed"]), because="x")
    line = next(row for row in house.GLOSSARY.splitlines() if "2026-01-01, expr: SUM" in row)
    text = house.GLOSSARY.replace(line + "\n", "")
    meaning = _meaning(store, text)
    assert meaning.standings["signed@2026-01-01"].status.value == "removed"
    used = meaning.in_force("signed", date(2026, 5, 1))
    assert used is not None
    assert used.object == "signed@2026-01-01"
    propose(store, ANNA, chosen(meaning, ["signed"]), because="was a mistake")
    approve(store, BORIS, chosen(_meaning(store, text), ["signed"]), because="it was")
    after = _meaning(store, text)
    assert "signed@2026-01-01" not in after.standings
    used = after.in_force("signed", date(2026, 5, 1))
    assert used is not None
    assert used.object == "signed@2024-01-01"


def test_all_at_once_leaves_ones_own(store: Store) -> None:
    meaning = _meaning(store)
    propose(store, ANNA, chosen(meaning, ["client", "revenue"]), because="x")
    propose(store, BORIS, chosen(_meaning(store), ["win_rate"]), because="x")
    done = approve(store, BORIS, chosen(_meaning(store), [], every=True), because="x", every=True)
    assert set(done.objects) == {
        "client@2024-01-01", "revenue@2024-01-01", "revenue/us@2024-01-01",
    }  # fmt: skip
    assert ("win_rate@2024-01-01", "own") in done.left


def test_a_decision_needs_a_reason(store: Store) -> None:
    propose(store, ANNA, chosen(_meaning(store), ["client"]), because="x")
    with pytest.raises(UsageError, match="reason"):
        approve(store, BORIS, chosen(_meaning(store), ["client"]), because=" ")


def test_an_unknown_name_is_told_with_the_nearest(store: Store) -> None:
    with pytest.raises(UsageError, match="Did you mean client"):
        chosen(_meaning(store), ["clients"])
