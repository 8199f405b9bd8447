"""dq ledger and dq key, as a person types them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from dq.clock import Clock
from dq.store import open_store
from tests.cli.calls import Said, dq
from tests.store.tampering import rewrite, tamper, texts_of


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "keys"
    monkeypatch.setenv("DQ_KEYS", str(folder))
    return folder


@pytest.fixture
def project(tmp_path: Path, keys: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    assert dq("init", cwd=folder).code == 0
    return folder


def call(project: Path, line: str, language: str = "en") -> Said:
    return dq(*line.split(" "), cwd=project, language=language)


def ann_and_bob(project: Path, monkeypatch: pytest.MonkeyPatch, keys: Path) -> None:
    """Ann, the first, here; Bob with keys of his own, approved by her."""
    assert dq("key", "new", "--name", "Ann Lee", "--role", "steward", cwd=project).code == 0
    monkeypatch.setenv("DQ_KEYS", str(keys.with_name("bobs")))
    assert dq("key", "new", "--name", "Bob Ray", "--role", "auditor", cwd=project).code == 0
    monkeypatch.setenv("DQ_KEYS", str(keys))
    said = dq("key", "approve", "bob ray", cwd=project)
    assert (said.code, said.err) == (0, "")


def damage(project: Path, *statements: str) -> None:
    with open_store(project, Clock()) as store:
        tamper(store, *statements)


def test_first_key_is_the_root_of_trust(project: Path, keys: Path) -> None:
    assert call(project, "key list").out == (
        'There is nobody in people.yaml yet. dq key new --name "YOUR NAME" makes your key: the '
        "first is the root of trust.\n"
    )
    said = dq(
        "key", "new", "--name", "Анна Ли", "--email", "anna@acme.example", "--role", "steward",
        cwd=project,
    )  # fmt: skip
    assert said.code == 0, said.err
    (file,) = keys.iterdir()
    first, fingerprint, root = said.out.splitlines()
    assert first == (
        f"The key of Анна Ли lies in {file}. Keep a copy in a safe place; give it to nobody."
    )
    assert fingerprint.startswith("Fingerprint: sha256:")
    assert root == (
        "It is the first key of this ledger: Анна Ли is the root of trust, self-declared until a "
        "second person confirms it with dq key approve."
    )
    listed = call(project, "key list").out
    assert listed.startswith("Анна Ли <anna@acme.example>: steward\n")
    assert "root of trust, self-declared, since" in listed
    assert "the private half is here" in listed
    assert not (project / "keys").exists()


def test_list_as_json(project: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ann_and_bob(project, monkeypatch, keys)
    document = json.loads(call(project, "key list --format json").out)
    found = [(k["person"], k["roles"], k["state"], k["by"], k["here"]) for k in document["keys"]]
    assert found == [
        ("Ann Lee", ["steward"], "root", None, True),
        ("Bob Ray", ["auditor"], "approved", "Ann Lee", False),
    ]


def test_revoking_needs_a_reason_and_says_what_ends(
    project: Path, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann_and_bob(project, monkeypatch, keys)
    said = dq("key", "revoke", "Bob Ray", cwd=project)
    assert (said.code, said.err) == (2, "A decision needs a reason. Say why with --because.\n")
    said = dq("key", "revoke", "Bob Ray", "--because", "left", cwd=project, language="ru")
    assert said.code == 0, said.err
    assert "Отозван 1 ключ Bob Ray" in said.out
    assert "отозвано с" in call(project, "key list", "ru").out
    assert "revoked: 20" in (project / "people.yaml").read_text("utf-8")


def test_decisions_of_other_verbs_are_signed(project: Path, keys: Path) -> None:
    from dq.project import Project

    dq("key", "new", "--name", "Ann Lee", cwd=project)
    Project(project).viewed("records/deals")
    document = json.loads(call(project, "ledger show --format json").out)
    assert [(e["name"], e["action"], e["identity"]) for e in document["entries"]] == [
        ("Ann Lee", "key.new", "approved"),
        ("Ann Lee", "view", "approved"),
    ]


def test_show_says_what_vouches_for_a_name(
    project: Path, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dq.project import Project

    ann_and_bob(project, monkeypatch, keys)
    with (
        Project(project).store() as store,
        store.decide(Project(project).actor("Zoe Kim"), "view", "records/deals", "full values"),
    ):
        pass
    said = call(project, "ledger show --last 2")
    assert said.code == 0
    assert said.out.startswith("The ledger has 4 entries.\n")
    assert " · Ann Lee · key approved · key/sha256:" in said.out.replace("\n    ", " ")
    assert "signed with an approved key, " in said.out
    assert "unverified identity: typed on " in said.out
    assert " · Zoe Kim · values seen in full · records/deals" in said.out
    only = call(project, "ledger show --about key.new --format json")
    assert [e["name"] for e in json.loads(only.out)["entries"]] == ["Ann Lee", "Bob Ray"]
    one = call(project, "ledger show 1 --format json")
    assert [e["identity"] for e in json.loads(one.out)["entries"]] == ["unapproved"]
    beyond = call(project, "ledger show 4")
    assert (beyond.code, beyond.err) == (
        2, "There is no entry 4; the ledger has 4, counted from 0.\n",
    )  # fmt: skip


def test_verify_with_and_without_a_checkpoint(project: Path, keys: Path, tmp_path: Path) -> None:
    dq("key", "new", "--name", "Ann Lee", cwd=project)
    said = call(project, "ledger verify")
    assert said.code == 0
    assert "✓ The ledger is whole: 1 entry, nothing in it contradicts anything." in said.out
    assert "Compared with no checkpoint" in said.out
    kept = tmp_path / "kept.txt"
    said = dq("ledger", "checkpoint", str(kept), cwd=project)
    assert said.out == (
        f"{kept}: the checkpoint of 2 entries. Keep it where the ledger is not: with the auditor, "
        "on another machine.\n"
    )
    said = dq("ledger", "verify", "--since", str(kept), cwd=project, language="ru")
    assert said.code == 0
    assert "✓ Журнал действий цел: 2 записи, противоречий нет." in said.out
    assert f"2 записи контрольной отметки {kept} стоят как были" in said.out.replace("\n  ", " ")
    document = json.loads(
        dq("ledger", "verify", "--since", str(kept), "--format", "json", cwd=project).out
    )
    assert document["intact"] is True
    (seen,) = keys.glob("*.txt")  # what the folder of keys remembers, outside the project too
    assert document["compared"] == [
        {"checkpoint": str(kept), "size": 2},
        {"checkpoint": str(seen), "size": 2},
    ]
    assert document["identity"] == {
        "approved": 2, "unapproved": 0, "revoked": 0, "false": 0, "typed": 0,
    }  # fmt: skip
    assert document["root_of_trust"]["person"] == "Ann Lee"
    assert document["key_known_from_outside"] is True


def test_checkpoint_in_the_project_is_not_elsewhere(project: Path, keys: Path) -> None:
    said = call(project, "ledger checkpoint kept.txt")
    assert said.code == 0
    assert "It lies in the project" in said.out
    printed = call(project, "ledger checkpoint")
    assert printed.out == (project / "kept.txt").read_text("utf-8")
    assert "Not kept anywhere yet" in printed.err


def test_damage_ends_with_4_names_the_entry_and_stops_writing(
    project: Path, keys: Path, tmp_path: Path
) -> None:
    dq("key", "new", "--name", "Ann Lee", cwd=project)
    kept = tmp_path / "kept.txt"
    dq("ledger", "checkpoint", str(kept), cwd=project)
    damage(project, "UPDATE ledger SET entry = replace(entry, 'checkpoints', 'checkpoinds')")
    for line in ("ledger verify", f"ledger verify --since {kept}"):
        said = call(project, line)
        assert said.code == 4
        assert "Entry 1 was changed." in said.out.replace("\n  ", " ")
    said = call(project, "ledger show")
    assert said.code == 4
    assert " · Ann Lee · new key · " in said.out.replace("\n    ", " ")
    assert said.err.count("Entry 1 was changed.") == 1
    for line in ("ledger checkpoint", "ledger prove 0", "key new --name Zoe", "ledger export out"):
        said = call(project, line)
        assert said.code == 4, line
        assert "Entry 1 was changed." in said.err
        assert said.out == ""
    assert not (project / "out").exists()
    said = call(project, "doctor")
    assert said.code == 3
    assert "Entry 1 was changed." in said.out
    document = json.loads(call(project, "ledger verify --format json").out)
    assert document["intact"] is False
    assert len(document["problems"]) == 1


def test_rewrite_of_the_whole_shows_against_the_checkpoint_alone(
    project: Path, keys: Path, tmp_path: Path
) -> None:
    """The attacker has the store, makes every hash anew and forgets the checkpoints it noted."""
    dq("ledger", "checkpoint", cwd=project)
    kept = tmp_path / "kept.txt"
    dq("ledger", "checkpoint", str(kept), cwd=project)
    with open_store(project, Clock()) as store:
        texts = texts_of(store.path)
        rewrite(store, [texts[0].replace(b"signs", b"signz")])
    assert call(project, "ledger verify").code == 4  # the store remembers a checkpoint itself
    damage(project, "DELETE FROM checkpoint")
    said = call(project, "ledger verify")  # and so does the folder of keys, outside the project
    assert said.code == 4
    (seen,) = keys.glob("*.txt")
    assert str(seen) in said.out.replace("\n  ", " ")
    said = call(project, "ledger prove 0")  # nothing is signed that does not go on from there
    assert (said.code, said.out) == (4, "")
    seen.unlink()
    assert call(project, "ledger verify").code == 0
    said = dq("ledger", "verify", "--since", str(kept), cwd=project)
    assert said.code == 4
    assert "some were changed, removed or put in since" in said.out.replace("\n  ", " ")
    forged = tmp_path / "forged.txt"
    forged.write_text(kept.read_text("utf-8").replace("\n1\n", "\n2\n"), encoding="utf-8")
    said = dq("ledger", "verify", "--since", str(forged), cwd=project)
    assert said.code == 4
    assert "is not signed with a key of this ledger" in said.out.replace("\n  ", " ")


def test_key_told_by_another_way(project: Path, keys: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    dq("ledger", "checkpoint", str(kept), cwd=project)
    dq("ledger", "export", str(tmp_path / "out"), cwd=project)
    told = json.loads((tmp_path / "out" / "keys.json").read_text("utf-8"))["checkpoint_keys"][0]
    for file in keys.iterdir():
        file.unlink()
    said = dq("ledger", "verify", "--since", str(kept), cwd=project)
    assert "known here from the ledger alone" in said.out.replace("\n  ", " ")
    for name in ("public", "vkey"):
        said = dq("ledger", "verify", "--since", str(kept), "--key", told[name], cwd=project)
        assert (said.code, "from the ledger alone" in said.out) == (0, False)
    other = "ed25519:XsTr2IkuTmC3W7DappFUyS8D6LnXBxrzMuERg5fzSCk="
    assert dq("ledger", "verify", "--since", str(kept), "--key", other, cwd=project).code == 4


def test_proof_is_of_an_entry_or_a_checkpoint(project: Path, keys: Path) -> None:
    for line in ("ledger prove", "ledger prove 0 --since kept.txt"):
        assert call(project, line).code == 2
    said = call(project, "ledger prove 9")
    assert (said.code, said.err) == (
        2, "There is no entry 9 among the 1 of the checkpoint. Entries count from 0.\n",
    )  # fmt: skip
    document = json.loads(call(project, "ledger prove 0").out)
    assert (document["proof"], document["index"], document["path"]) == ("inclusion", 0, [])


def test_doctor_asks_for_a_checkpoint_elsewhere(project: Path, keys: Path, tmp_path: Path) -> None:
    from dq.project import Project

    Project(project).viewed("records/deals")
    assert "checkpoint" not in call(project, "doctor").out
    age(project, 31)
    said = call(project, "doctor")
    assert said.code == 0
    assert (
        "· the ledger is 31 days old, and no checkpoint of it is kept elsewhere: a rewrite of the "
        "whole would not show. dq ledger checkpoint FILE\n"
    ) in said.out
    call(project, "ledger checkpoint inside.txt")
    assert "no checkpoint of it is kept elsewhere" in call(project, "doctor").out
    kept = tmp_path / "kept.txt"
    dq("ledger", "checkpoint", str(kept), cwd=project)
    assert "✓ the newest checkpoint of the ledger kept elsewhere" in call(project, "doctor").out
    damage(project, "UPDATE checkpoint SET written = '2020-01-01T00:00:00.000000Z', size = 1")
    assert "and the ledger has grown since" in call(project, "doctor").out


def age(project: Path, days: int) -> None:
    """Make the first entry older, as if by the machine's clock then."""
    from datetime import UTC, datetime, timedelta

    from dq.clock import iso
    from dq.store import canonical_json

    with open_store(project, Clock()) as store:
        fields = json.loads(texts_of(store.path)[0])
        fields["time"] = iso(datetime.now(UTC) - timedelta(days=days, minutes=1))
        rewrite(store, [canonical_json(fields)])


def test_ledger_of_before_signatures_is_read(project: Path, keys: Path) -> None:
    """Entries without the fields of a signature keep their bytes and are typed names."""
    from dq.project import Project

    Project(project).viewed("records/deals")
    connection = sqlite3.connect(project / ".dq" / "store.db")
    (text,) = connection.execute("SELECT entry FROM ledger").fetchone()
    connection.close()
    assert "signature" not in text
    said = call(project, "ledger verify --format json")
    assert json.loads(said.out)["identity"]["typed"] == 1
