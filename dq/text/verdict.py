"""What a value function says of a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Verdict"]


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a value.

    `cause` is a short stable word (`near_miss`, `checksum`, `mixed_script`) that names the
    group and the message `rule.<CODE>.<cause>`; `detail`, when set, splits the group
    further (the misspelt domain); `args` fill the message's places; `suggestion` is a
    repair; `severity` overrides the rule's.
    """

    cause: str
    detail: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)
    suggestion: str | None = None
    severity: str | None = None
