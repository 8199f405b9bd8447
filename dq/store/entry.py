"""One line of the ledger, as canonical JSON (RFC 8785): the bytes that are hashed and signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import rfc8785

from dq.errors import StoreError
from dq.store.actor import Actor

__all__ = ["Entry", "Mark", "canonical_json"]


def canonical_json(value: object) -> bytes:
    """A value as RFC 8785 JSON: the same bytes for the same value, everywhere.

    Raises:
        StoreError: it holds what JSON cannot say (a number beyond 2^53, half a character).
    """
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    except rfc8785.CanonicalizationError as error:
        raise StoreError("This cannot be recorded: {reason}.", reason=str(error)) from error


@dataclass(frozen=True)
class Mark:
    """What a signer adds to an entry.

    `ledger` and `before` (the root of all entries before it, hexadecimal) bind the signature to
    this place in this ledger: it cannot be taken to another, nor what stands before be changed.
    `signature` is base64, over the canonical entry without `signature`.
    """

    key: str
    ledger: str
    before: str
    signature: str = ""


@dataclass(frozen=True)
class Entry:
    """One line of the ledger; `time` is UTC text. Without a mark it is unsigned."""

    seq: int
    time: str
    actor: Actor
    action: str
    object: str
    because: str
    digests: Mapping[str, str]
    mark: Mark | None = None

    def canonical(self) -> bytes:
        """The bytes that are hashed."""
        fields = self._fields()
        if self.mark is not None:
            fields["signature"] = self.mark.signature
        return canonical_json(fields)

    def to_sign(self) -> bytes:
        """The bytes that are signed: the same without the signature."""
        return canonical_json(self._fields())

    def marked(self, mark: Mark) -> Entry:
        """The same with a mark."""
        return replace(self, mark=mark)

    def _fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "seq": self.seq,
            "time": self.time,
            "actor": {
                "name": self.actor.name,
                "host": self.actor.host,
                "user": self.actor.user,
            },
            "action": self.action,
            "object": self.object,
            "because": self.because,
            "digests": dict(self.digests),
        }
        if self.mark is not None:
            fields |= {
                "key": self.mark.key,
                "ledger": self.mark.ledger,
                "before": self.mark.before,
            }
        return fields

    @classmethod
    def parse(cls, text: bytes) -> Entry:
        """The entry of a canonical text.

        Raises:
            ValueError: it is no entry.
        """
        try:
            fields = json.loads(text.decode("utf-8"))
            seq, actor = fields.pop("seq"), fields.pop("actor")
            digests = fields.pop("digests")
            texts = (*fields.values(), *actor.values(), *digests.values())
            if set(actor) != {"name", "host", "user"} or type(seq) is not int:
                raise ValueError("not an entry")
            if not all(isinstance(each, str) for each in texts):
                raise ValueError("not an entry")
            mark = None
            if "signature" in fields:
                names = ("key", "ledger", "before", "signature")
                mark = Mark(**{name: fields.pop(name) for name in names})
            return cls(seq=seq, actor=Actor(**actor), digests=digests, mark=mark, **fields)
        except (TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ValueError("not an entry") from error
