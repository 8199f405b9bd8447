"""docs/verify.md word by word: its commands accept a real export and reject each forgery."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from dq.clock import Clock
from dq.store import acting, canonical_json, open_store
from dq.store.checkpoint import Checkpoint, sign_checkpoint
from dq.store.export import export_ledger
from dq.store.keys import key_folder
from dq.store.merkle import Frontier, leaf_hash
from dq.store.persons import approve_key, new_key, revoke_key
from dq.store.proof import consistency_proof, inclusion_proof
from dq.store.sealing import seal
from dq.store.signing import Signer, public_pem

PAGE = Path(__file__).parents[2] / "docs" / "verify.md"
DAY = date(2026, 3, 1)
FENCE = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(language, body) for language, body in FENCE.findall(PAGE.read_text("utf-8"))]
SHELL = [body for language, body in BLOCKS if language == "sh"]
SCRIPTS = {body.split("\n")[0][2:]: body for language, body in BLOCKS if language == "python"}


def _openssl() -> str:
    try:
        said = subprocess.run(["openssl", "version"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return said.stdout.decode()


pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the page is for a POSIX shell"),
    pytest.mark.skipif(not _openssl().startswith("OpenSSL 3"), reason="OpenSSL 3 is not here"),
]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export with all kinds of signatures, an earlier checkpoint and two proofs."""
    base = tmp_path_factory.mktemp("verify")
    project, target = base / "project", base / "export"
    project.mkdir()
    folder = key_folder(project, {"DQ_KEYS": str(base / "keys")})
    with open_store(project, Clock()) as store:
        new_key(project, store, folder, "Ann Lee", today=DAY, roles=["steward"])
        new_key(project, store, folder, "Bob Ray", today=DAY, roles=["auditor"])
        new_key(project, store, folder, "Eve Fox", today=DAY, roles=["seller"])

        def by(name: str, action: str) -> None:
            actor = acting(project, name, {"DQ_KEYS": str(base / "keys")})
            because = 'she said: "key":"sha256:00", \\ и ещё'
            with store.decide(actor, action, "records/deals", because):
                pass

        by("Ann Lee", "view")
        by("Bob Ray", "view")  # nobody has approved it yet
        ann = acting(project, "Ann Lee", {"DQ_KEYS": str(base / "keys")})
        approve_key(project, store, "Bob Ray", ann, "met him")
        by("Bob Ray", "view")
        old = seal(store, folder, ann)
        bob = acting(project, "Bob Ray", {"DQ_KEYS": str(base / "keys")})
        revoke_key(project, store, "Bob Ray", ann, "left", today=DAY)
        with store.decide(bob, "view", "records/leads", "with a key that was revoked"):
            pass
        by("Zoe Kim", "view")
        by("Ann Lee", "view")
        new = seal(store, folder, ann)
        export_ledger(store, target, new)
        (target / "old.txt").write_text(old.text, encoding="utf-8")
        for name, proof in (
            ("proof.json", inclusion_proof(store.ledger, 6, new)),
            ("since.json", consistency_proof(store.ledger, old, new)),
        ):
            (target / name).write_text(json.dumps(proof), encoding="utf-8")
        assert store.verify().intact
    return target


@pytest.fixture
def folder(export: Path, tmp_path: Path) -> Path:
    """A copy of the export with the page's scripts, and nothing else."""
    target = tmp_path / "given"
    shutil.copytree(export, target)
    for name, text in SCRIPTS.items():
        (target / name).write_text(text, encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """A PATH whose python3 has the standard library alone."""
    programs = tmp_path_factory.mktemp("programs")
    python = programs / "python3"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "LANG") if name in os.environ}
    return {"PATH": f"{programs}:{os.environ['PATH']}", **kept}


def run(command: str, folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        ["sh", "-e", "-c", command], cwd=folder, env=environment, capture_output=True, check=False
    )
    return done.returncode, (done.stdout + done.stderr).decode()


def all_steps(folder: Path, environment: Mapping[str, str]) -> list[int]:
    """Numbers of the page's commands that reject, from 0."""
    return [n for n, step in enumerate(SHELL) if run(step, folder, environment)[0] != 0]


FINGERPRINT, CHECKPOINT, ENTRIES, SINCE, PROOF, CONSISTENT, ONE, ALL = range(8)


def test_page_has_the_steps_that_are_tested_here() -> None:
    assert len(SHELL) == 8
    assert set(SCRIPTS) == {"merkle.py", "signatures.py"}
    assert len(SCRIPTS["merkle.py"].splitlines()) <= 50


def test_dq_is_not_at_hand(folder: Path, environment: Mapping[str, str]) -> None:
    code, said = run("python3 -c 'import dq'", folder, environment)
    assert code == 1
    assert "No module named 'dq'" in said
    assert run("python3 -c 'import cryptography'", folder, environment)[0] == 1


def test_real_export_is_accepted(folder: Path, environment: Mapping[str, str]) -> None:
    said = [run(step, folder, environment) for step in SHELL]
    assert [code for code, _ in said] == [0] * 8, said
    assert "Signature Verified Successfully" in said[CHECKPOINT][1]
    for step in (ENTRIES, SINCE, PROOF, CONSISTENT):
        assert said[step][1] == "accepted\n"
    assert "Signature Verified Successfully" in said[ONE][1]
    told = json.loads((folder / "keys.json").read_text("utf-8"))
    digits = told["checkpoint_keys"][0]["fingerprint"].removeprefix("sha256:")
    assert digits in said[FINGERPRINT][1]


def test_each_signature_is_shown_for_what_it_is(
    folder: Path, environment: Mapping[str, str]
) -> None:
    _, said = run(SHELL[ALL], folder, environment)
    assert [re.sub(r"sha256:\w+", "KEY", line) for line in said.splitlines()] == [
        "0 approved Ann Lee key.new key/KEY",
        "1 unapproved Bob Ray key.new key/KEY",
        "2 unapproved Eve Fox key.new key/KEY",
        "3 approved Ann Lee view records/deals",
        "4 unapproved Bob Ray view records/deals",
        "5 approved Ann Lee key.approve key/KEY",
        "6 approved Bob Ray view records/deals",
        "7 approved Ann Lee checkpoint.key key/KEY",
        "8 approved Ann Lee key.revoke key/KEY",
        "9 revoked Bob Ray view records/leads",
        "10 typed Zoe Kim view records/deals",
        "11 approved Ann Lee view records/deals",
        "no signature is false",
    ]


# --- forgeries -------------------------------------------------------------------------


def entries(folder: Path) -> list[bytes]:
    return (folder / "entries.jsonl").read_bytes().splitlines()


def write(folder: Path, lines: list[bytes]) -> None:
    (folder / "entries.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))


def changed(line: bytes, **fields: object) -> bytes:
    return canonical_json({**json.loads(line), **fields})


def own_checkpoint(folder: Path) -> None:
    """A checkpoint over the entries as they are, by a key of the forger's own."""
    signer = Signer.new()
    lines = entries(folder)
    tree = Frontier(map(leaf_hash, lines))
    origin = (folder / "checkpoint.txt").read_text("utf-8").split("\n")[0]
    made: Checkpoint = sign_checkpoint(origin, len(lines), tree.root(), signer)
    (folder / "checkpoint.txt").write_text(made.text, encoding="utf-8")
    (folder / "checkpoint.pem").write_text(public_pem(signer.public), encoding="utf-8")


def forge_entry(folder: Path) -> None:
    lines = entries(folder)
    write(folder, [*lines[:3], changed(lines[3], because="never said"), *lines[4:]])


def swap(folder: Path) -> None:
    lines = entries(folder)
    write(folder, [*lines[:3], lines[4], lines[3], *lines[5:]])


def drop(folder: Path) -> None:
    lines = entries(folder)
    write(folder, [*lines[:10], *lines[11:]])


def cut(folder: Path) -> None:
    write(folder, entries(folder)[:5])


def insert(folder: Path) -> None:
    lines = entries(folder)
    mine = changed(lines[10], actor={"host": "h", "name": "Ann Lee", "user": "u"})
    write(folder, [*lines[:10], mine, *lines[10:]])


def bend_checkpoint(folder: Path) -> None:
    path = folder / "checkpoint.txt"
    path.write_text(path.read_text("utf-8").replace("\n12\n", "\n11\n"), encoding="utf-8")


def bend_proof(name: str, **fields: object) -> Callable[[Path], None]:
    def bend(folder: Path) -> None:
        path = folder / name
        proof = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({**proof, **fields}), encoding="utf-8")

    return bend


def forge_proof_entry(folder: Path) -> None:
    proof = json.loads((folder / "proof.json").read_text("utf-8"))
    bend_proof("proof.json", entry=proof["entry"].replace("Bob", "Rob"))(folder)


def strip_signature(folder: Path) -> None:
    """Bob's entry after the revocation, made a typed one."""
    lines = entries(folder)
    fields = json.loads(lines[9])
    bare = {k: v for k, v in fields.items() if k not in ("key", "ledger", "before", "signature")}
    write(folder, [*lines[:9], canonical_json(bare), *lines[10:]])


FORGERIES: dict[str, tuple[Callable[[Path], None], set[int]]] = {
    "an entry changed": (forge_entry, {ENTRIES, SINCE, ALL}),
    "two entries swapped": (swap, {ENTRIES, SINCE, ALL}),
    "an entry dropped": (drop, {ENTRIES, ALL}),
    "the end cut off": (cut, {ENTRIES, SINCE}),
    "an entry put in": (insert, {ENTRIES, ALL}),
    "a signature taken off": (strip_signature, {ENTRIES}),
    "the checkpoint's size changed": (bend_checkpoint, {CHECKPOINT, ENTRIES}),
    "a proof of another entry": (forge_proof_entry, {PROOF}),
    "a proof at another place": (bend_proof("proof.json", index=7), {PROOF}),
    "a proof beyond the end": (bend_proof("proof.json", index=12), {PROOF}),
    "a proof without a path": (bend_proof("proof.json", path=[]), {PROOF}),
    "a consistency proof without a path": (bend_proof("since.json", path=[]), {CONSISTENT}),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forgery_is_rejected(folder: Path, environment: Mapping[str, str], name: str) -> None:
    forge, rejected = FORGERIES[name]
    forge(folder)
    assert set(all_steps(folder, environment)) >= rejected


@pytest.mark.parametrize("name", ["an entry changed", "the end cut off", "two entries swapped"])
def test_rewrite_under_a_key_of_the_forgers_own(
    folder: Path, environment: Mapping[str, str], name: str
) -> None:
    """All hashes and the checkpoint made anew: the key is another, the old checkpoint rejects."""
    honest = run(SHELL[FINGERPRINT], folder, environment)
    FORGERIES[name][0](folder)
    own_checkpoint(folder)
    rejected = all_steps(folder, environment)
    assert ENTRIES not in rejected
    assert CHECKPOINT not in rejected
    assert SINCE in rejected
    assert run(SHELL[FINGERPRINT], folder, environment) != honest


def test_other_persons_key_file_is_seen(folder: Path, environment: Mapping[str, str]) -> None:
    for file in (folder / "keys").iterdir():
        file.write_text(public_pem(Signer.new().public), encoding="utf-8")
    assert all_steps(folder, environment) == [ONE]
