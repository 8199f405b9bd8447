"""What people decided, as values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dq.errors import UsageError

__all__ = [
    "LONGEST_SUPPRESSION",
    "Answer",
    "BaselineItem",
    "DefinitionStep",
    "KeptCheckpoint",
    "MappingApproval",
    "Suppression",
]

LONGEST_SUPPRESSION = timedelta(days=180)


@dataclass(frozen=True)
class Suppression:
    """Findings of a rule that are accepted until a day, with who accepted them and why.

    It is of the records named by `keys` (`""`: of the finding about the table itself) and of
    no other: a finding is known by code, table, column and key, never by its row.
    It holds on `until`, and no longer on the day after.
    """

    id: str
    code: str
    because: str
    author: str
    created: str
    until: date
    table: str
    column: str | None
    keys: tuple[str, ...]
    lifted: str | None = None
    lifted_by: str | None = None

    @property
    def seq(self) -> int:
        """The ledger's entry that recorded it: `s4.1` is of entry 4."""
        return int(self.id.removeprefix("s").partition(".")[0])

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.lifted is None and day <= self.until

    def ended(self, day: date) -> bool:
        """Whether its time is over, and nobody lifted it before."""
        return self.lifted is None and day > self.until

    @classmethod
    def of_row(cls, row: Sequence[Any]) -> Suppression:
        """From a row of the store, in the order of `read_suppressions`."""
        identity, code, table, column, keys, because, author, created, until, *lifted = row
        return cls(
            id=identity,
            code=code,
            because=because,
            author=author,
            created=created,
            until=date.fromisoformat(until),
            table=table,
            column=column,
            keys=tuple(json.loads(keys)),
            lifted=lifted[0],
            lifted_by=lifted[1],
        )


def check_until(until: date, today: date) -> None:
    """Refuse a suppression that has ended already or would outlast what is allowed.

    Raises:
        UsageError: either of the two.
    """
    if until < today:
        raise UsageError(
            "A suppression until {until} has ended already.",
            fix="Give a day from {today} on.",
            until=until,
            today=today,
        )
    latest = today + LONGEST_SUPPRESSION
    if until > latest:
        raise UsageError(
            "A suppression holds for {days} days at most.",
            fix="Give a day up to {latest}, and renew it then if it is still right.",
            days=LONGEST_SUPPRESSION.days,
            latest=latest,
        )


@dataclass(frozen=True)
class Answer:
    """What somebody said of a finding in a worklist of a run.

    `answer` is fixed, not_an_error or later; `answered` is UTC text, empty until it is kept.
    """

    run: str
    finding: str
    answer: str
    reason: str = ""
    new_value: str = ""
    author: str = ""
    answered: str = ""

    @property
    def content(self) -> tuple[str, str, str]:
        """What was said, without who said it and when."""
        return self.answer, self.reason, self.new_value


@dataclass(frozen=True)
class MappingApproval:
    """A mapping that somebody approved for files of one shape."""

    source: str
    shape: str
    mapping: Mapping[str, Any]
    digest: str
    approved_by: str
    approved: str


@dataclass(frozen=True, order=True)
class BaselineItem:
    """A column, value or stage that was there on the first day: adopted, not yet defined.

    `kind` is column, value or stage; a column's `value` is empty.
    """

    kind: str
    table: str
    column: str
    value: str = ""


@dataclass(frozen=True)
class DefinitionStep:
    """A definition of the glossary that somebody proposed or approved, with its text then.

    `content` is what it selects or computes (None: that it is taken out), `words` its labels
    and explanations, both JSON values; each has its own digest. `alone`: who approved it had
    proposed it, where one person may. `vouched` says what vouches for the name `by` (a value
    of Standing; empty: not looked at), `typed_at` on which machine, by which system's user.
    """

    object: str
    step: str
    digest: str
    content: Any
    words_digest: str
    words: Any
    by: str = ""
    at: str = ""
    because: str = ""
    alone: bool = False
    seq: int = -1
    vouched: str = ""
    typed_at: str = ""


@dataclass(frozen=True)
class KeptCheckpoint:
    """That a checkpoint of the ledger's first `size` entries was written to a place.

    `written` is UTC text; `root` hexadecimal; `elsewhere`: outside the project.
    """

    written: str
    size: int
    root: str
    place: str
    elsewhere: bool

    @classmethod
    def of_row(cls, row: Sequence[Any]) -> KeptCheckpoint:
        """From a row of the store, in the order of `read_checkpoints`."""
        written, size, root, place, elsewhere = row
        return cls(written, size, root.hex(), place, bool(elsewhere))
