"""Findings, their groups, and what a run says: the one result object all formats render."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "Finding",
    "Group",
    "InputFact",
    "Note",
    "OriginSummary",
    "Outcome",
    "Result",
    "RuleOutcome",
    "Severity",
    "Since",
    "TableSummary",
    "finding_id",
    "findings_schema",
]


class Severity(StrEnum):
    """How much a finding matters; what moves a certified total is at least an error."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info to 3 for critical."""
        return list(Severity).index(self)


class Outcome(Enum):
    """How a rule ended on a table. A rule that crashed never counts as passed."""

    PASSED = "passed"
    FAILED = "failed"
    NO_EVIDENCE = "no_evidence"
    NOT_APPLICABLE = "not_applicable"
    ERRORED = "errored"


@cache
def findings_schema() -> pa.Schema:
    """Schema of findings.parquet.

    `args` is a JSON object of text values for the message; `cause` is what findings of one
    group share (rule, table, column, cause); `money` is the record's own amount in units of
    `currency` (NULL: not known); `effect` is filled after reports; `suppressed` is the id of
    the suppression that accepts the finding (NULL: it is open).
    """
    import pyarrow as pa

    money = pa.decimal128(18, 4)
    return pa.schema(
        [
            ("id", pa.string()),
            ("code", pa.string()),
            ("severity", pa.string()),
            ("table", pa.string()),
            ("key", pa.string()),
            ("column", pa.string()),
            ("value", pa.string()),
            ("cause", pa.string()),
            ("args", pa.string()),
            ("money", money),
            ("effect", money),
            ("origin", pa.string()),
            ("file", pa.string()),
            ("sheet", pa.string()),
            ("row", pa.int64()),
            ("suppressed", pa.string()),
        ]
    )


def finding_id(code: str, table: str, column: str | None, key: str | None) -> str:
    """The identity of a finding between runs; the engine makes the same of its columns."""
    text = "\x1f".join((code, table, column or "", key or ""))
    return hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest()[:16]


@dataclass(frozen=True)
class Finding:
    """One thing wrong with one record (or, with key None, with one table)."""

    code: str
    severity: Severity
    table: str
    key: str | None = None
    column: str | None = None
    value: str | None = None
    cause: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)
    money: Decimal | None = None
    effect: Decimal | None = None
    origin: str | None = None
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    id: str = ""
    suppressed: str | None = None


@dataclass(frozen=True)
class Group:
    """Findings of one cause: same rule, table, column and cause."""

    id: str
    code: str
    severity: Severity
    table: str
    column: str | None
    cause: str | None
    records: int  # distinct records in the group (0: a finding about the table itself)
    of: int | None  # records the rule could judge
    args: Mapping[str, str] = field(default_factory=dict)  # of its first finding; message places
    money: Decimal | None = None  # sum of the records' own amounts, each record once
    money_won: Decimal | None = None  # of which won deals
    records_won: int | None = None
    effect: Decimal | None = None
    new: int | None = None
    examples: tuple[Finding, ...] = ()
    personal: bool = False  # the column holds personal data: mask values on pages and in logs
    header: str | None = None  # the column's name in the file
    suppressed: int = 0  # records of the same cause that are accepted, beside `records`


@dataclass(frozen=True)
class RuleOutcome:
    """How one rule ended on one table; `reason` is a message key for what is missing.

    `findings` and `records` leave out the suppressed: with no other the rule passed.
    """

    code: str
    table: str | None
    outcome: Outcome
    checked: int = 0
    findings: int = 0
    records: int = 0
    reason: str | None = None
    args: Mapping[str, object] = field(default_factory=dict)
    suppressed: int = 0


@dataclass(frozen=True)
class Note:
    """A line about a file, the data or the run that is no finding, said once.

    `code` is a message key (`source.encoding_detected`); `setting` is what to write into
    dq.yaml to declare what was detected, as (name, value).
    """

    code: str
    args: Mapping[str, object] = field(default_factory=dict)
    severity: str = "info"
    table: str | None = None
    file: str | None = None
    setting: tuple[str, object] | None = None


@dataclass(frozen=True)
class InputFact:
    """One file, sheet or table that was read, and what became of its rows.

    `url` is the address of a database as it was given, secrets as `${NAME}`.
    """

    name: str
    file: str
    sheet: str | None
    format: str
    encoding: str | None
    delimiter: str | None
    rows_read: int
    rows_kept: int
    rows_reported: int
    columns: int
    tables: tuple[str, ...]  # canonical tables it feeds
    preset: str | None
    unmapped: tuple[str, ...]  # headers kept under their own names
    sha256: str
    notes: tuple[Note, ...] = ()
    url: str | None = None


@dataclass(frozen=True)
class TableSummary:
    """A canonical table: read = live + deleted + merged, and its score.

    score = 1 - (live records with an unsuppressed error or critical / live records);
    None with `incomplete` when a rule errored. `score_with_suppressed` counts the suppressed
    errors too.
    """

    name: str
    read: int
    live: int
    deleted: int
    merged: int
    collapsed: int = 0  # identical split-off records or repeated product rows folded into one
    bad_records: int = 0
    score: float | None = None
    score_by_amount: float | None = None
    incomplete: bool = False
    money: Decimal | None = None
    won: int | None = None
    money_won: Decimal | None = None
    score_with_suppressed: float | None = None


@dataclass(frozen=True)
class OriginSummary:
    """What made records of a table (`form:Landing`, `user:u7`), and how many are bad.

    `bad` are live records with an unsuppressed error or critical, `of` all of this origin;
    `name` is that of the person whose key the origin is.
    """

    table: str
    origin: str
    bad: int
    of: int
    name: str | None = None


@dataclass(frozen=True)
class Since:
    """A run beside the one before: findings (none of them suppressed) by what became of them.

    `returned` are those of `new` that a run before the last one had. `rules_changed`: the
    rules are not those of that run, so that not all that is new is news of the data.
    """

    run_id: str
    day: date
    new: int
    gone: int
    returned: int = 0
    rules_changed: bool = False


@dataclass(frozen=True)
class MeaningCount:
    """How far the glossary is.

    `defined` of the columns, values and stages `found` in the data; of its `definitions`
    those approved, and those proposed that wait for an approval.
    """

    defined: int
    found: int
    approved: int
    waiting: int
    definitions: int


@dataclass(frozen=True)
class Result:
    """All that a scan, check or run found. Groups come ranked, worst first."""

    outcome: str  # clean | findings | errored
    exit_code: int
    as_of: date | None
    as_of_origin: str  # declared | newest_event | today
    started: datetime
    seconds: float
    inputs: tuple[InputFact, ...]
    tables: tuple[TableSummary, ...]
    groups: tuple[Group, ...]
    outcomes: tuple[RuleOutcome, ...]
    notes: tuple[Note, ...] = ()
    run_id: str | None = None
    currency: str | None = None  # None: units of the file
    language: str = "en"
    versions: Mapping[str, str] = field(default_factory=dict)
    findings_path: str | None = None  # findings.parquet, all records
    totals: Mapping[str, int] = field(default_factory=dict)  # open findings by severity
    suppressed: int = 0  # findings that are accepted, in none of the numbers above
    origins: tuple[OriginSummary, ...] = ()  # where bad records come from, the most first
    since: Since | None = None  # None: no earlier run is known
    meaning: MeaningCount | None = None  # None: there is no glossary
    compared: Mapping[str, Any] | None = None  # definitions by department; None: not compared
    fail_on: Severity = Severity.ERROR  # from this severity on the outcome is "findings"
