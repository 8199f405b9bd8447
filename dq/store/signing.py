"""Ed25519: the one place that uses the cryptography package, and only when a key is used."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from dq.errors import IntegrityError, Place

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = [
    "Signer",
    "fingerprint_of",
    "public_bytes",
    "public_pem",
    "public_text",
    "short_fingerprint",
    "verified",
]

_KIND = "ed25519:"
_DER_HEAD = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of a key in its DER form (RFC 8410)."""


class Signer:
    """A private key that signs; what it signs with is never printed or stored by this object."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()
        self.fingerprint = fingerprint_of(self.public)

    @classmethod
    def new(cls) -> Signer:
        """A fresh key."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def of_pem(cls, pem: bytes, file: str) -> Signer:
        """The key of a PEM file, as `pem` gives it and OpenSSL makes it.

        Raises:
            IntegrityError: it is no Ed25519 key.
        """
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            private = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError):
            private = None
        if not isinstance(private, Ed25519PrivateKey):
            raise IntegrityError(
                "This is no Ed25519 key without a password.",
                where=Place(file=file),
                fix="Put a copy of the key in its place, or make a new key with dq key new.",
            )
        return cls(private)

    def pem(self) -> bytes:
        """The private key as PEM (PKCS 8), without a password."""
        from cryptography.hazmat.primitives.serialization import (
            Encoding,
            NoEncryption,
            PrivateFormat,
        )

        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self._private.sign(message)


def verified(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is that of the key over the message."""
    from cryptography.exceptions import InvalidSignature

    try:
        _verifier(public).verify(signature, message)  # type: ignore[attr-defined]
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def _verifier(public: bytes) -> object:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(public)


def public_text(public: bytes) -> str:
    """A public key as people.yaml and the ledger write it: `ed25519:` and base64."""
    return _KIND + base64.b64encode(public).decode("ascii")


def public_bytes(text: str) -> bytes:
    """The 32 bytes of `public_text`.

    Raises:
        ValueError: it is no public key.
    """
    try:
        public = base64.b64decode(text.removeprefix(_KIND), validate=True)
    except binascii.Error as error:
        raise ValueError("not a public key") from error
    if len(public) != 32 or public_text(public) != text:
        raise ValueError("not a public key")
    return public


def public_pem(public: bytes) -> str:
    """A public key as PEM, which OpenSSL reads."""
    body = base64.b64encode(_DER_HEAD + public).decode("ascii")
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"


def fingerprint_of(public: bytes) -> str:
    """`sha256:` and the SHA-256 of the key's DER form, as OpenSSL computes it too."""
    return f"sha256:{sha256(_DER_HEAD + public).hexdigest()}"


def short_fingerprint(fingerprint: str) -> str:
    """The first 16 digits, in fours, for the eye."""
    digits = fingerprint.removeprefix("sha256:")[:16]
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))
