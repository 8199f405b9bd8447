"""Checkpoints as C2SP has them, and what they are held against."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.errors import IntegrityError, SourceError, UsageError
from dq.store import Actor, Store
from dq.store.checkpoint import (
    check_checkpoint,
    key_hash,
    parse_checkpoint,
    public_of_vkey,
    read_checkpoint,
    sign_checkpoint,
    vkey,
)
from dq.store.keys import key_folder
from dq.store.sealing import claims_of, public_of_option, seal, trusted_keys
from dq.store.signing import Signer, public_text, verified

ANN = Actor("Ann Lee", "host-1", "ann")

# The example of c2sp.org/tlog-checkpoint.
C2SP = (
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)

# The example of the Go package golang.org/x/mod/sumdb/note: a key, a text, its signature.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_SIGNATURE = (
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)


def test_key_and_signature_of_another_implementation() -> None:
    public = public_of_vkey(GO_KEY)
    data = base64.b64decode(GO_SIGNATURE)
    assert key_hash("PeterNeumann", public) == bytes.fromhex("c74f20a3") == data[:4]
    assert vkey("PeterNeumann", public) == GO_KEY
    assert verified(public, GO_TEXT.encode(), data[4:])
    assert not verified(public, GO_TEXT.replace("is", "Is").encode(), data[4:])


def test_checkpoint_of_the_specification() -> None:
    read = parse_checkpoint(C2SP)
    assert (read.origin, read.size) == ("example.com/behind-the-sofa", 20852163)
    assert read.text == C2SP
    assert read.signed_by([Signer.new().public]) is None


@given(
    size=st.integers(0, 10**18 - 1),
    root=st.binary(min_size=32, max_size=32),
    origin=st.from_regex(r"[a-z][a-z0-9./-]{0,60}", fullmatch=True),
)
def test_what_is_signed_is_read(size: int, root: bytes, origin: str) -> None:
    signer = Signer.new()
    made = sign_checkpoint(origin, size, root, signer)
    read = parse_checkpoint(made.text)
    assert read == made
    assert (read.origin, read.size, read.root) == (origin, size, root)
    assert read.signed_by([Signer.new().public, signer.public]) == signer.public
    assert public_of_vkey(vkey(origin, signer.public)) == signer.public


@given(data=st.data())
def test_one_bit_changed_is_not_signed(data: st.DataObject) -> None:
    signer = Signer.new()
    made = sign_checkpoint("crm-dq/0a", 1204, bytes(range(32)), signer)
    bent = bytearray(made.text.encode())
    bit = data.draw(st.integers(0, len(bent) * 8 - 1))
    bent[bit // 8] ^= 1 << bit % 8
    try:
        read = parse_checkpoint(bytes(bent).decode())
    except ValueError:
        return
    assert read.signed_by([signer.public]) is None


def test_witnesses_may_sign_too() -> None:
    signer, witness = Signer.new(), Signer.new()
    made = sign_checkpoint("crm-dq/0a", 5, bytes(32), signer)
    other = base64.b64encode(bytes(4) + witness.sign(made.body.encode())).decode()
    read = parse_checkpoint(f"{made.text}— witness.example/w {other}\n")
    assert read.signed_by([signer.public]) == signer.public
    assert len(read.signatures) == 2


def test_false_signature_under_the_right_name_spoils_the_note() -> None:
    signer = Signer.new()
    made = sign_checkpoint("crm-dq/0a", 5, bytes(32), signer)
    false = base64.b64encode(key_hash("crm-dq/0a", signer.public) + bytes(64)).decode()
    lines = made.text.split("\n")
    spoilt = "\n".join([*lines[:4], f"— crm-dq/0a {false}", *lines[4:]])
    assert parse_checkpoint(spoilt).signed_by([signer.public]) is None


NONE = {
    "empty": "",
    "no signature": "crm-dq/0a\n5\n" + "A" * 43 + "=\n",
    "no size": C2SP.replace("20852163", "many"),
    "leading zero": C2SP.replace("20852163", "020852163"),
    "negative": C2SP.replace("20852163", "-1"),
    "endless size": C2SP.replace("20852163", "9" * 40),
    "short root": C2SP.replace("CsUYapGG", ""),
    "empty line": C2SP.replace("\n20852163", "\n\n20852163"),
    "hyphen for the dash": C2SP.replace("—", "-"),
    "control character": C2SP.replace("behind", "be\x07hind"),
    "end cut off": C2SP[:-1],
    "text behind": C2SP + "and more\n",
}


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_checkpoint(tmp_path: Path, name: str) -> None:
    path = tmp_path / "checkpoint.txt"
    path.write_bytes(NONE[name].encode())
    with pytest.raises(SourceError, match="This is no checkpoint"):
        read_checkpoint(path)


def test_line_ends_of_mail_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.txt"
    path.write_bytes(b"\xef\xbb\xbf" + C2SP.replace("\n", "\r\n").encode())
    assert read_checkpoint(path).text == C2SP


# --- of a store -----------------------------------------------------------------------


def test_first_checkpoint_makes_its_key_and_names_it(store: Store, keys: Path) -> None:
    folder = key_folder(store.path.parent.parent)
    made = seal(store, folder, ANN)
    assert made.size == 1
    (entry,) = store.entries()
    assert entry.action == "checkpoint.key"
    (public,) = store.keyring().checkpoint_keys
    assert entry.digests == {"public": public_text(public)}
    assert made.signed_by([public]) == public
    name = f"checkpoint-{store.ledger.origin.rpartition('/')[2]}"
    assert sorted(file.name for file in keys.iterdir()) == [f"{name}.pem", f"{name}.txt"]
    assert (keys / f"{name}.txt").read_text("utf-8") == made.text
    assert seal(store, folder, ANN).text == made.text
    assert trusted_keys(store, folder) == ((public,), True)


def test_colleague_without_the_key(store: Store, keys: Path) -> None:
    folder = key_folder(store.path.parent.parent)
    first = seal(store, folder, ANN)
    for file in keys.iterdir():
        file.unlink()
    assert trusted_keys(store, folder)[1] is False
    with pytest.raises(UsageError, match="not in your folder of keys"):
        seal(store, folder, ANN)
    second = seal(store, folder, ANN, new_key=True)
    assert len(store.keyring().checkpoint_keys) == 2
    assert first.signed_by(trusted_keys(store, folder)[0]) is None
    assert second.signed_by(trusted_keys(store, folder)[0]) is not None


def test_foreign_and_unsigned_checkpoints_are_named(store: Store, tmp_path: Path) -> None:
    folder = key_folder(store.path.parent.parent)
    made = seal(store, folder, ANN)
    keys, _ = trusted_keys(store, folder)
    signer = folder.checkpoint(made.origin)
    assert signer is not None
    other = sign_checkpoint("crm-dq/ff", made.size, made.root, signer)
    with pytest.raises(IntegrityError, match="a checkpoint of another ledger: crm-dq/ff"):
        check_checkpoint(other, made.origin, keys, "other.txt")
    file = tmp_path / "forged.txt"
    file.write_text(sign_checkpoint(made.origin, 1, made.root, Signer.new()).text, encoding="utf-8")
    claims, wrong = claims_of([file], made.origin, keys)
    assert claims == []
    assert [str(error) for error in wrong] == [
        f"{file}: This checkpoint is not signed with a key of this ledger."
    ]


def test_key_that_somebody_was_told() -> None:
    signer = Signer.new()
    assert public_of_option(public_text(signer.public)) == signer.public
    assert public_of_option(vkey("crm-dq/0a", signer.public)) == signer.public
    for text in ("", "ed25519:AAAA", "a+b+c", "sha256:00"):
        with pytest.raises(UsageError, match="is no public key of checkpoints"):
            public_of_option(text)
