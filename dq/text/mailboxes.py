"""E-mail domains behind which nobody is: throw-away services, names that cannot be (F102)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from dq.text.dictionaries.files import lines
from dq.text.email import EmailJudge, split_addresses
from dq.text.verdict import Verdict

__all__ = ["MailboxJudge", "endings", "reserved", "throwaway"]

RESERVED_ENDINGS = frozenset(
    "test example invalid localhost local localdomain lan home corp internal intranet private "
    "onion".split()
)
"""Endings that are set aside for examples, tests and private networks (RFC 2606, 6761, 6762)."""

_EXAMPLES = frozenset({"example.com", "example.net", "example.org"})
_BESIDE = ("several", "display_name")


@dataclass(frozen=True)
class MailboxJudge:
    """Says that an address cannot lead to a person.

    Causes: throwaway (a service of addresses for minutes), reserved (a domain set aside for
    examples and private networks), no_ending (a top-level domain that does not exist). What
    is only misspelt has no verdict here. With several addresses in a cell one is enough.
    """

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value; None when a person can be reached there."""
        addresses = split_addresses(value) or (value.strip(" \t\r\n\u00a0<>\"'.,;"),)
        for address in addresses:
            _, at, domain = address.rpartition("@")
            cause = _about(domain.lower()) if at else None
            if cause is not None:
                return Verdict(cause, args={"domain": domain.lower()})
        return None


@lru_cache(maxsize=65536)
def _about(domain: str) -> str | None:
    labels = domain.split(".")
    if any(".".join(labels[i:]) in throwaway() for i in range(len(labels) - 1)):
        return "throwaway"
    ending = labels[-1]
    if ending in RESERVED_ENDINGS or ".".join(labels[-2:]) in _EXAMPLES:
        return "reserved" if len(labels) > 1 or ending == "localhost" else None
    if len(labels) < 2 or not re.fullmatch(r"[^\W\d_]{2,63}|xn--[a-z0-9-]+", ending):
        return None
    if _coded(ending) in endings():
        return None
    slip = EmailJudge()("a@" + domain)
    return "no_ending" if slip is None or slip.cause in _BESIDE else None


def _coded(ending: str) -> str:
    """The ending as the root zone writes it."""
    try:
        return ending.encode("idna").decode("ascii")
    except UnicodeError:
        return ending


@cache
def throwaway() -> frozenset[str]:
    """Domains of throw-away services."""
    return frozenset(" ".join(lines("throwaway_mail.txt")).split())


@cache
def endings() -> frozenset[str]:
    """All top-level domains, in their coded form."""
    return frozenset(" ".join(lines("tlds.txt")).split())


def reserved() -> tuple[str, ...]:
    """Domains that are set aside for examples."""
    return tuple(sorted(_EXAMPLES))
