"""Keys of people: making, approving and revoking them, and what is known of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from dq.errors import UsageError
from dq.store.actor import Actor, local_actor
from dq.store.keyring import KEY_APPROVE, KEY_REVOKE, Keyring, KnownKey
from dq.store.keys import KeyFolder
from dq.store.people import Person, PublicKey, add_person_key, load_people, mark_revoked
from dq.store.signing import Signer, public_text
from dq.store.store import Store

__all__ = [
    "KeyState",
    "KeyView",
    "NewKey",
    "approve_key",
    "key_views",
    "new_key",
    "revoke_key",
]


class KeyState(StrEnum):
    """What a person's key is worth now."""

    ROOT = "root"  # the first of the ledger: self-declared
    CONFIRMED = "confirmed"  # the first, confirmed by another person
    APPROVED = "approved"
    ROLES = "roles"  # approved, but people.yaml names other roles by now
    NAME = "name"  # of another name in the ledger than in people.yaml
    UNAPPROVED = "unapproved"
    REVOKED = "revoked"
    NONE = "none"  # a person without a key


@dataclass(frozen=True)
class KeyView:
    """One key of one person, as people.yaml and the ledger together have it.

    `by` and `at` (UTC text or a day) say who approved or revoked it and when; `because` why it
    was revoked; `listed`: whether people.yaml has it; `here`: whether its private half is in
    the folder of keys.
    """

    person: str
    email: str | None
    roles: tuple[str, ...]
    state: KeyState
    fingerprint: str | None = None
    by: str | None = None
    at: str | None = None
    because: str | None = None
    approved_roles: tuple[str, ...] = ()
    listed: bool = True
    here: bool = False


@dataclass(frozen=True)
class NewKey:
    """A key that was made; `root`: it is the first of the ledger."""

    person: str
    signer: Signer
    file: Path
    root: bool


def new_key(
    project: Path,
    store: Store,
    folder: KeyFolder,
    name: str,
    *,
    today: date,
    email: str | None = None,
    roles: Sequence[str] = (),
    another: bool = False,
) -> NewKey:
    """Make a person's key: the private half into the folder, the public into people.yaml.

    The ledger learns it with its own signature. `another`: although they have one here.

    Raises:
        ConfigError: people.yaml is not valid, or would not be.
        UsageError: they have a key here already.
        IntegrityError: the ledger is damaged; nothing is written.
    """
    store.head()
    before = load_people(project).find(name)
    for old in before.keys if before is not None and not another else ():
        if old.revoked is None and folder.holds_person(old.public):
            raise UsageError(
                "{name} has a key here already.",
                fix="dq key list shows it; --another makes a further one.",
                name=name,
            )
    signer = Signer.new()
    file = folder.keep_person(signer)
    try:
        key = PublicKey(public_text(signer.public), today)
        add_person_key(project, name, key, email=email, roles=roles)
    except BaseException:
        file.unlink()
        raise
    person = load_people(project).owner(signer.fingerprint)
    known = name if person is None else person.name
    store.introduce(replace(local_actor(known), signer=signer))
    root = store.keyring().root
    return NewKey(known, signer, file, root is not None and root.fingerprint == signer.fingerprint)


def approve_key(project: Path, store: Store, name: str, actor: Actor, because: str) -> str:
    """Approve a person's newest key, with the roles that people.yaml names; its fingerprint.

    Raises:
        UsageError: the person or their key is not there, or the actor may not approve it.
    """
    person = _person(project, name)
    keys = [key for key in person.keys if key.revoked is None]
    if not keys:
        raise UsageError(
            "{name} has no key.", fix="They make one with dq key new.", name=person.name
        )
    key = keys[-1]
    if person.name == actor.name:
        raise UsageError(
            "Nobody approves a key of their own.", fix="Ask another person whose key counts."
        )
    _must_count(store.keyring(), actor)
    digests = {"person": person.name, "public": key.text, "roles": ",".join(sorted(person.roles))}
    with store.decide(actor, KEY_APPROVE, f"key/{key.fingerprint}", because, digests):
        pass
    return key.fingerprint


def revoke_key(
    project: Path,
    store: Store,
    name: str,
    actor: Actor,
    because: str,
    *,
    today: date,
    only: str | None = None,
) -> list[str]:
    """Revoke the keys of a person: they count no more from here on; their fingerprints.

    What was signed before stays signed. A key is revoked with itself or by one who counts.
    `only` is the beginning of the fingerprint of the one that is meant.

    Raises:
        UsageError: there is no such key, or the actor may not revoke it.
    """
    person = load_people(project).find(name)
    known = person.name if person is not None else name
    keyring = store.keyring()
    keys = {key.fingerprint for key in keyring.of_person(known)}
    if only is not None:
        wanted = f"sha256:{only.removeprefix('sha256:').replace(' ', '')}"
        keys = {key for key in keys if key.startswith(wanted)}
    if not keys:
        raise UsageError(
            "The ledger holds no such key of {name} that is not revoked.",
            fix="dq key list shows the keys.",
            name=known,
        )
    own = actor.signer.fingerprint if actor.signer is not None else ""
    if keys != {own}:
        _must_count(keyring, actor)
    ordered = sorted(keys, key=lambda each: (each == own, each))  # the one that signs, last
    with store.batch():
        for fingerprint in ordered:
            with store.decide(actor, KEY_REVOKE, f"key/{fingerprint}", because):
                pass
    for fingerprint in ordered:
        mark_revoked(project, fingerprint, today)
    return ordered


def _person(project: Path, name: str) -> Person:
    person = load_people(project).find(name)
    if person is None:
        raise UsageError(
            "people.yaml has nobody called {name}.",
            fix="dq key list shows who is there.",
            name=name,
        )
    return person


def _must_count(keyring: Keyring, actor: Actor) -> None:
    """Refuse an actor whose key says nothing about others' keys."""
    if actor.signer is None:
        raise UsageError(
            "This needs a key of your own, and {name} has none here.",
            fix="Make one with dq key new, and let another person approve it.",
            name=actor.name,
        )
    key = keyring.keys.get(actor.signer.fingerprint)
    first = key is None and keyring.root is None
    if not first and (key is None or not key.counts(1 << 62)):
        raise UsageError(
            "Your own key does not count yet.",
            fix="Ask a person whose key counts to approve it: dq key approve {name}.",
            name=actor.name,
        )


def key_views(project: Path, store: Store | None, folder: KeyFolder) -> list[KeyView]:
    """Everybody in people.yaml with their keys, then keys that only the ledger knows."""
    people = load_people(project)
    known = dict(store.keyring().keys) if store is not None else {}
    views: list[KeyView] = []
    for person in people.persons:
        if not person.keys:
            views.append(KeyView(person.name, person.email, person.roles, KeyState.NONE))
        for key in person.keys:
            view = _view(person, key, known.pop(key.fingerprint, None))
            views.append(replace(view, here=folder.holds_person(key.public)))
    for left in known.values():
        person = people.find(left.person) or Person(left.person)
        view = _judged(KeyView(left.person, person.email, person.roles, KeyState.NONE), left)
        views.append(replace(view, listed=False, here=folder.holds_person(left.public)))
    return views


def _view(person: Person, key: PublicKey, known: KnownKey | None) -> KeyView:
    view = KeyView(
        person.name, person.email, person.roles, KeyState.UNAPPROVED, fingerprint=key.fingerprint
    )
    if known is not None:
        view = _judged(view, known)
    if key.revoked is not None and view.state is not KeyState.REVOKED:
        return replace(view, state=KeyState.REVOKED, by=None, at=key.revoked.isoformat())
    return view


def _judged(view: KeyView, key: KnownKey) -> KeyView:
    view = replace(view, fingerprint=key.fingerprint, approved_roles=key.roles)
    if key.revoked is not None:
        said = key.revoked
        return replace(view, state=KeyState.REVOKED, by=said.by, at=said.time, because=said.because)
    if key.person != view.person:
        return replace(view, state=KeyState.NAME, by=key.person)
    if not key.approvals:
        state = KeyState.ROOT if key.root else KeyState.UNAPPROVED
        return replace(view, state=state, at=key.time)
    last = key.approvals[-1]
    state = KeyState.CONFIRMED if key.root else KeyState.APPROVED
    if set(last.roles) != set(view.roles):
        state = KeyState.ROLES
    return replace(view, state=state, by=last.by, at=last.time)
