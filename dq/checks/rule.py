"""What a rule is: code, needs, parameters, and the checks it makes on the tables at hand.

A rule never prints, raises or renders. It yields checks; the executor turns them into
findings and into one outcome a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

    from dq.checks.context import RuleContext
    from dq.findings import Severity
    from dq.text.verdict import Verdict

__all__ = ["Check", "CheckLike", "Query", "Rule", "Scope", "Skip", "ValueCheck"]


class Scope(Enum):
    """What a rule must see to decide: one row, its whole table(s), or earlier runs."""

    ROW = "row"
    TABLE = "table"
    HISTORY = "history"


@dataclass(frozen=True)
class Check:
    """A predicate over one row of `crm.<table>`; TRUE is a finding (NULL and FALSE are not).

    `when` limits the rows that can be judged; they are the evidence that is counted.
    Expressions name columns without a qualifier. `value` defaults to the column as text.
    `args` are expressions whose text fills the message's places; `cause` splits the
    findings of the rule into groups (default: one group a column).
    """

    table: str
    violated: exp.Expression
    column: str | None = None
    when: exp.Expression | None = None
    value: exp.Expression | None = None
    cause: exp.Expression | None = None
    args: Mapping[str, exp.Expression] = field(default_factory=dict)
    severity: Severity | None = None


@dataclass(frozen=True)
class ValueCheck:
    """A verdict in Python on the distinct values of a text column.

    `judge` maps a value to a Verdict or None (fine); it is pure and picklable.
    `suspect` is a cheap predicate that every value with a verdict must satisfy: it decides
    which distinct values leave the engine at all.
    """

    table: str
    column: str
    judge: Callable[[str], Verdict | None]
    suspect: exp.Expression | None = None
    when: exp.Expression | None = None


@dataclass(frozen=True)
class Query:
    """A query whose rows are findings, for rules that must see more than one row.

    Columns it must give: `key` (text; NULL for a finding about the table); it may give
    `column`, `value`, `cause`, `severity` (text) and any `arg_<name>` (text).
    `evidence` counts the records that were judged (one row, one number).
    `needs_money` = False for tables without amounts. Intermediate tables are made by the
    rule itself under `work.<code>_…`.
    """

    table: str
    sql: exp.Query
    evidence: exp.Query | None = None
    column: str | None = None


@dataclass(frozen=True)
class Skip:
    """The rule cannot judge this table: not applicable, and why (a message key)."""

    table: str | None
    reason: str
    args: Mapping[str, object] = field(default_factory=dict)


CheckLike = Check | ValueCheck | Query | Skip


@dataclass(frozen=True)
class Rule:
    """A rule. `checks` yields what to do for the tables that are there.

    `params` are the defaults; dq.yaml may replace them under rules: {CODE: {params: …}}.
    `folds` says of causes `word:value` how many values of a column stand alone; of more,
    those of few records are told together (cause `word_many`), of 0 all are.
    `needs` documents tables and columns (`deals.amount`), shown by `dq rules`.
    """

    code: str
    slug: str
    family: str
    scope: Scope
    severity: Severity
    checks: Callable[[RuleContext], Iterable[CheckLike] | Iterator[CheckLike]]
    needs: tuple[str, ...] = ()
    params: Mapping[str, object] = field(default_factory=dict)
    folds: Mapping[str, int] = field(default_factory=dict)
    doc: str = ""
