"""people.yaml, the folder of keys, and who acts."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dq.errors import ConfigError, IntegrityError, UsageError
from dq.store import Actor, Store, acting, load_people
from dq.store.keys import key_folder
from dq.store.people import ROLES, Person, PublicKey, add_person_key, mark_revoked
from dq.store.persons import KeyState, approve_key, key_views, new_key, revoke_key
from dq.store.signing import Signer, fingerprint_of, public_text

REFUSED = yaml.safe_load(Path(__file__).with_name("people_refused.yaml").read_text("utf-8"))
DAY = date(2026, 3, 1)


def some_key(day: date = DAY) -> PublicKey:
    return PublicKey(public_text(Signer.new().public), day)


@pytest.mark.parametrize("case", REFUSED, ids=[case["says"][:40] for case in REFUSED])
def test_refused_with_its_place(tmp_path: Path, case: dict[str, str]) -> None:
    (tmp_path / "people.yaml").write_text(case["text"], encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_people(tmp_path)
    assert str(caught.value) == f"{tmp_path}{os.sep}{case['says']}"


def test_nobody_and_somebody(tmp_path: Path) -> None:
    assert load_people(tmp_path).persons == ()
    (tmp_path / "people.yaml").write_text(
        "people:\n  Ann Lee: {email: Ann@acme.example, roles: steward}\n  Bob Ray: {}\n",
        encoding="utf-8",
    )
    people = load_people(tmp_path)
    ann = Person("Ann Lee", "Ann@acme.example", ("steward",))
    assert people.persons == (ann, Person("Bob Ray"))
    for name in ("ann lee", " ANN LEE ", "ann@ACME.example"):
        assert people.find(name) == ann
    assert people.find("ann") is None
    assert people.find("") is None


def test_key_is_added_and_nothing_else_is_touched(tmp_path: Path) -> None:
    path = tmp_path / "people.yaml"
    before = (
        "# ours\npeople:\n  # the steward\n  'Ann Lee':   # since 2019\n"
        "    email: ann@acme.example\n    roles:\n    - steward   # of all\n"
    )
    path.write_text(before, encoding="utf-8")
    key = some_key()
    add_person_key(tmp_path, "ann lee", key)
    assert path.read_text("utf-8") == (
        f'{before.rstrip()}\n    keys:\n      "{key.text}":\n        since: 2026-03-01\n'
    )
    mark_revoked(tmp_path, key.fingerprint, date(2026, 4, 1))
    assert path.read_text("utf-8").endswith(
        "        since: 2026-03-01\n        revoked: 2026-04-01\n"
    )
    assert path.read_text("utf-8").startswith(before.rstrip())


@given(
    people=st.lists(
        st.tuples(
            st.text(min_size=1, max_size=12).filter(lambda name: name.strip() == name != ""),
            st.lists(st.sampled_from(ROLES), max_size=3),
        ),
        max_size=5,
        unique_by=lambda each: each[0].casefold(),
    )
)
def test_what_is_added_is_read(
    tmp_path_factory: pytest.TempPathFactory, people: list[tuple[str, list[str]]]
) -> None:
    folder = tmp_path_factory.mktemp("people")
    written = []
    for name, roles in people:
        key = some_key()
        try:
            add_person_key(folder, name, key, roles=roles)
        except ConfigError:
            continue  # a name that YAML cannot hold, or only by touching others; nothing is written
        written.append(Person(name, None, tuple(dict.fromkeys(roles)), (key,)))
    assert load_people(folder).persons == tuple(written)


# --- the folder of keys ---------------------------------------------------------------


def test_key_lies_outside_the_project(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for inside in (project, project / "keys", project / "a" / ".." / "keys"):
        with pytest.raises(UsageError, match="The folder of keys lies in the project"):
            key_folder(project, {"DQ_KEYS": str(inside)})
    assert key_folder(project, {"DQ_KEYS": str(tmp_path / "keys")}).path == tmp_path / "keys"


@pytest.mark.skipif(sys.platform != "linux", reason="the place of settings differs by system")
def test_place_of_the_folder(tmp_path: Path) -> None:
    found = key_folder(tmp_path, {"XDG_CONFIG_HOME": "/srv/settings"})
    assert found.path == Path("/srv/settings/dq/keys")
    assert key_folder(tmp_path, {}).path == Path.home() / ".config" / "dq" / "keys"


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
def test_key_is_its_owners_alone(tmp_path: Path) -> None:
    folder = key_folder(tmp_path, {"DQ_KEYS": str(tmp_path.parent / "own" / "keys")})
    signer = Signer.new()
    file = folder.keep_person(signer)
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.path.stat().st_mode & 0o777 == 0o700
    found = folder.person(signer.public)
    assert found is not None
    assert found.fingerprint == signer.fingerprint
    file.chmod(0o640)
    with pytest.raises(UsageError, match="Others on this machine can read this key"):
        folder.person(signer.public)


def test_file_that_holds_another_key_or_none(tmp_path: Path, keys: Path) -> None:
    folder = key_folder(tmp_path)
    signer = Signer.new()
    file = folder.keep_person(signer)
    file.write_bytes(Signer.new().pem())
    with pytest.raises(IntegrityError, match="The file holds another key"):
        folder.person(signer.public)
    file.write_bytes(b"no key")
    with pytest.raises(IntegrityError, match="This is no Ed25519 key"):
        folder.person(signer.public)
    assert folder.person(Signer.new().public) is None


# --- who acts ---------------------------------------------------------------------------


def test_actor_without_people_is_the_systems_user(tmp_path: Path) -> None:
    assert acting(tmp_path).name == acting(tmp_path).user
    assert acting(tmp_path, "Ann").name == "Ann"
    assert acting(tmp_path, "Ann").signer is None


def test_actor_is_the_person_whose_key_is_here(tmp_path: Path, keys: Path) -> None:
    signer = Signer.new()
    key_folder(tmp_path).keep_person(signer)
    key = PublicKey(public_text(signer.public), DAY)
    add_person_key(tmp_path, "Ann Lee", key, email="ann@acme.example")
    add_person_key(tmp_path, "Bob Ray", some_key())
    for name in (None, "ann lee", "ANN@acme.example"):
        actor = acting(tmp_path, name)
        assert actor.name == "Ann Lee"
        assert actor.signer is not None
        assert actor.signer.fingerprint == signer.fingerprint
    assert acting(tmp_path, "bob ray") == Actor("Bob Ray", actor.host, actor.user)
    assert acting(tmp_path, "bob ray").signer is None
    assert acting(tmp_path, "Zoe").name == "Zoe"
    mark_revoked(tmp_path, signer.fingerprint, DAY)
    assert acting(tmp_path).name == actor.user
    assert acting(tmp_path, "Ann Lee").signer is None


def test_two_people_on_one_machine_say_who_they_are(tmp_path: Path, keys: Path) -> None:
    for name in ("Ann Lee", "Bob Ray"):
        signer = Signer.new()
        key_folder(tmp_path).keep_person(signer)
        add_person_key(tmp_path, name, PublicKey(public_text(signer.public), DAY))
    with pytest.raises(UsageError, match="Several people have their keys here: Ann Lee, Bob Ray"):
        acting(tmp_path)
    assert acting(tmp_path, "Bob Ray").signer is not None


# --- making, approving, revoking ----------------------------------------------------------


def states(store: Store) -> list[tuple[str, KeyState]]:
    project = store.path.parent.parent
    return [(v.person, v.state) for v in key_views(project, store, key_folder(project))]


def test_life_of_keys(store: Store, tmp_path: Path) -> None:
    folder = key_folder(tmp_path)
    ann = new_key(tmp_path, store, folder, "Ann Lee", today=DAY, roles=["steward"])
    assert ann.root
    bob = new_key(tmp_path, store, folder, "Bob Ray", today=DAY, roles=["auditor"])
    assert not bob.root
    assert states(store) == [("Ann Lee", KeyState.ROOT), ("Bob Ray", KeyState.UNAPPROVED)]

    by_ann, by_bob = (acting(tmp_path, name) for name in ("Ann Lee", "Bob Ray"))
    for actor, name, says in [
        (by_bob, "Ann Lee", "Your own key does not count yet"),
        (by_bob, "Bob Ray", "Nobody approves a key of their own"),
        (by_ann, "Zoe", "people.yaml has nobody called Zoe"),
        (acting(tmp_path, "Zoe"), "Bob Ray", "This needs a key of your own"),
    ]:
        with pytest.raises(UsageError, match=says):
            approve_key(tmp_path, store, name, actor, "met them")
    assert approve_key(tmp_path, store, "bob ray", by_ann, "met him") == bob.signer.fingerprint
    assert states(store)[1] == ("Bob Ray", KeyState.APPROVED)
    approve_key(tmp_path, store, "Ann Lee", by_bob, "met her")
    assert states(store)[0] == ("Ann Lee", KeyState.CONFIRMED)

    path = tmp_path / "people.yaml"
    honest = path.read_text("utf-8")
    path.write_text(honest.replace("[auditor]", "[auditor, director]"), encoding="utf-8")
    assert states(store)[1] == ("Bob Ray", KeyState.ROLES)
    path.write_text(honest.replace("Bob Ray:", "Eve Fox:"), encoding="utf-8")
    assert states(store)[1] == ("Eve Fox", KeyState.NAME)
    path.write_text(honest, encoding="utf-8")

    assert revoke_key(tmp_path, store, "Bob Ray", by_ann, "left", today=DAY) == [
        bob.signer.fingerprint
    ]
    assert states(store)[1] == ("Bob Ray", KeyState.REVOKED)
    (revoked,) = load_people(tmp_path).persons[1].keys
    assert revoked.revoked == DAY
    with pytest.raises(UsageError, match="no such key of Bob Ray that is not revoked"):
        revoke_key(tmp_path, store, "Bob Ray", by_ann, "again", today=DAY)
    assert store.verify().intact


def test_second_key_is_made_on_purpose_and_revoked_by_itself(store: Store, tmp_path: Path) -> None:
    folder = key_folder(tmp_path)
    first = new_key(tmp_path, store, folder, "Ann Lee", today=DAY)
    with pytest.raises(UsageError, match="Ann Lee has a key here already"):
        new_key(tmp_path, store, folder, "Ann Lee", today=DAY)
    second = new_key(tmp_path, store, folder, "Ann Lee", today=DAY, another=True)
    actor = acting(tmp_path)
    assert actor.signer is not None
    assert actor.signer.fingerprint == second.signer.fingerprint
    with pytest.raises(UsageError, match="Your own key does not count yet"):
        revoke_key(tmp_path, store, "Ann Lee", actor, "old", today=DAY)
    only = second.signer.fingerprint[:15]
    assert revoke_key(tmp_path, store, "Ann Lee", actor, "not used", today=DAY, only=only) == [
        second.signer.fingerprint
    ]
    assert states(store) == [("Ann Lee", KeyState.ROOT), ("Ann Lee", KeyState.REVOKED)]
    again = acting(tmp_path)
    assert again.signer is not None
    assert again.signer.fingerprint == first.signer.fingerprint


def test_key_taken_out_of_people_stays_in_the_list(store: Store, tmp_path: Path) -> None:
    made = new_key(tmp_path, store, key_folder(tmp_path), "Ann Lee", today=DAY)
    (tmp_path / "people.yaml").write_text("people: {Bob Ray: {}}\n", encoding="utf-8")
    views = key_views(tmp_path, store, key_folder(tmp_path))
    assert [(v.person, v.state, v.listed, v.fingerprint) for v in views] == [
        ("Bob Ray", KeyState.NONE, True, None),
        ("Ann Lee", KeyState.ROOT, False, made.signer.fingerprint),
    ]


def test_people_that_cannot_be_written_leave_no_key(
    store: Store, tmp_path: Path, keys: Path
) -> None:
    (tmp_path / "people.yaml").write_text("people: [broken]\n", encoding="utf-8")
    with pytest.raises(ConfigError):
        new_key(tmp_path, store, key_folder(tmp_path), "Ann Lee", today=DAY)
    assert list(keys.iterdir()) == []
    assert store.verify().size == 0


def test_fingerprint_is_that_of_openssl() -> None:
    """SHA-256 of the DER form: the digest openssl dgst gives of openssl pkey -outform DER."""
    import hashlib

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = Signer.new().public
    der = Ed25519PublicKey.from_public_bytes(public).public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    assert fingerprint_of(public) == f"sha256:{hashlib.sha256(der).hexdigest()}"
