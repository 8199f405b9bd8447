"""Checkpoints: a ledger's size and root, signed, as C2SP notes that any witness reads.

    crm-dq/0f3c…            the ledger's name (origin)
    1204                    how many entries
    CsUYapGGPo4d…=          root, base64
    (an empty line)
    — crm-dq/0f3c… Az3grl…  base64 of the key's hash (4 bytes) and the Ed25519 signature

Formats: c2sp.org/tlog-checkpoint and c2sp.org/signed-note.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from dq.errors import IntegrityError, Place, SourceError
from dq.files import file_errors
from dq.store.signing import Signer, verified

__all__ = [
    "Checkpoint",
    "check_checkpoint",
    "key_hash",
    "parse_checkpoint",
    "public_of_vkey",
    "read_checkpoint",
    "sign_checkpoint",
    "vkey",
]

_ED25519 = b"\x01"
_MOST_BYTES = 1 << 20
_MOST_SIGNATURES = 100
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+=*)")


@dataclass(frozen=True)
class Checkpoint:
    """A signed note as it was read; nothing in it is believed before `signed_by`."""

    origin: str
    size: int
    root: bytes
    body: str
    signatures: tuple[tuple[str, bytes], ...]
    """Name, and key hash with signature."""

    @property
    def text(self) -> str:
        """The whole note."""
        lines = [f"— {name} {_base64(data)}\n" for name, data in self.signatures]
        return f"{self.body}\n{''.join(lines)}"

    def signed_by(self, publics: Iterable[bytes]) -> bytes | None:
        """Which of these keys signed it in the ledger's name; None: none of them.

        A signature under a key's hash that is not the key's makes the note worthless.
        """
        for public in publics:
            wanted = key_hash(self.origin, public)
            for name, data in self.signatures:
                if name == self.origin and data[:4] == wanted:
                    return public if verified(public, self.body.encode(), data[4:]) else None
        return None


def sign_checkpoint(origin: str, size: int, root: bytes, signer: Signer) -> Checkpoint:
    """The checkpoint of a ledger, signed in its name."""
    body = f"{origin}\n{size}\n{_base64(root)}\n"
    data = key_hash(origin, signer.public) + signer.sign(body.encode())
    return Checkpoint(origin, size, root, body, ((origin, data),))


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a file as a checkpoint.

    Raises:
        SourceError: it cannot be read or is none.
    """
    with file_errors(path, "read", SourceError):
        data = path.read_bytes()
    try:
        if len(data) > _MOST_BYTES:
            raise ValueError("too large")
        # mail and editors on Windows change line ends and put a mark before the text
        return parse_checkpoint(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except ValueError:
        raise SourceError(
            "This is no checkpoint.",
            where=Place(file=str(path)),
            fix="Give a file that dq ledger checkpoint has written.",
        ) from None


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a text is.

    Raises:
        ValueError: it is none.
    """
    if any(char < " " and char != "\n" for char in text):
        raise ValueError("control characters")
    body, _, tail = text.rpartition("\n\n")
    body += "\n"
    lines = body.splitlines()
    if len(lines) < 3 or not all(lines) or not tail.endswith("\n"):
        raise ValueError("too few lines")
    if not re.fullmatch(r"0|[1-9][0-9]{0,17}", lines[1]):
        raise ValueError("no size")
    root = base64.b64decode(lines[2], validate=True)
    if len(root) != 32 or _base64(root) != lines[2]:
        raise ValueError("no root")
    signatures: list[tuple[str, bytes]] = []
    for line in tail[:-1].split("\n"):
        found = _SIGNATURE.fullmatch(line)
        if not found or len(signatures) == _MOST_SIGNATURES:
            raise ValueError("no signature")
        data = base64.b64decode(found[2], validate=True)
        if _base64(data) != found[2]:
            raise ValueError("no signature")
        signatures.append((found[1], data))
    return Checkpoint(lines[0], int(lines[1]), root, body, tuple(signatures))


def check_checkpoint(checkpoint: Checkpoint, origin: str, keys: Iterable[bytes], name: str) -> None:
    """Whether it is of this ledger and signed with one of the keys.

    Raises:
        IntegrityError: it is not.
    """
    if checkpoint.origin != origin:
        raise IntegrityError(
            "This is a checkpoint of another ledger: {other}, not {origin}.",
            where=Place(file=name),
            other=checkpoint.origin,
            origin=origin,
        )
    if checkpoint.signed_by(keys) is None:
        raise IntegrityError(
            "This checkpoint is not signed with a key of this ledger.", where=Place(file=name)
        )


def key_hash(name: str, public: bytes) -> bytes:
    """The four bytes by which a signed note names an Ed25519 key."""
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def vkey(name: str, public: bytes) -> str:
    """A key as witnesses are told it: name, hash and key."""
    return f"{name}+{key_hash(name, public).hex()}+{_base64(_ED25519 + public)}"


def public_of_vkey(text: str) -> bytes:
    """The key that `vkey` wrote.

    Raises:
        ValueError: it is none.
    """
    name, _, rest = text.strip().partition("+")
    _, _, encoded = rest.partition("+")
    try:
        data = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ValueError("not a verifier key") from error
    if len(data) != 33 or vkey(name, data[1:]) != text.strip():
        raise ValueError("not a verifier key")
    return data[1:]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
