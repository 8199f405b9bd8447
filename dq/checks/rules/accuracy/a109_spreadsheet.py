"""A109: what a spreadsheet did to a value.

A range of staff became a day (`20.máj` was 5-20), a code lost its leading zero, a long number
became `1,15775E+12`, a contract number got `.0` at its end. The value looks filled and joins
with nothing. Columns in which nearly all values are months hold months, a code in capitals
(MAR-24) is a code; numbers and dates in columns of their own are not judged, phones are A103's.
Where all numbers of a column end in `.0` they agree with each other: information.

Example: postcode 9409 where the others have five digits; bank account 4,07028E+19.
Repair: import the source again with the column as text; rounded digits cannot be restored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext, TableFacts
from dq.checks.rule import Check, CheckLike, Rule, Scope, Skip, ValueCheck
from dq.checks.rules.accuracy.zeros import zero_checks
from dq.checks.rules.helpers import number, rows
from dq.checks.rules.values import plain_letters, text_columns, value_check
from dq.crm.headers import header_key
from dq.crm.model import entity
from dq.findings import Severity
from dq.sql import portable as f
from dq.text.damage import DamageJudge, is_code_header, month_words
from dq.text.empties import emptiness
from dq.text.verdict import Verdict

__all__ = ["RULE"]

KINDS = (
    "text", "category", "id", "name", "company", "tax_id", "city", "country", "person", "note",
    "url", "email",
)  # fmt: skip
CODES = ("id", "tax_id")
FREE = ("name", "company", "person", "city", "country", "note", "url", "email")
"""Kinds in which a month and a number are somebody's words."""

CALENDAR = frozenset(
    "month months date day period quarter месяц дата день период квартал місяць період".split()
)

_EXPONENT = "^[+-]?[0-9](?:[.,][0-9]+)?[eEеЕ][+]?[0-9]{1,3}$"
_TAIL = "^[+-]?[0-9]+[.,]0$"
_ROUNDED = "^[0-9]{15}0{3,}$"
_ERROR = "^(?:#.|[Ee][Rr][Rr]:5)"
_LIKE_MONTH = "^[0-9]{1,2}[-–/.]|[-–/.][ \u00a0]?[0-9]{1,4}[.]?$"
_MONTH_LENGTH = 18


@dataclass(frozen=True)
class _Judge:
    """The judge of damage.

    `months`: they are damage here; `apart`: each of them makes a group of its own; `tails`:
    the severity of `.0`, where it is not the rule's.
    """

    kind: str
    months: bool
    apart: bool = True
    tails: str | None = None

    def __call__(self, value: str) -> Verdict | None:
        verdict = DamageJudge(self.kind)(value)
        if verdict is None:
            return None
        if verdict.cause == "month_name":
            if not self.months or value.isupper():
                return None
            return verdict if self.apart else replace(verdict, cause="months", detail=None)
        if verdict.cause == "float_tail":
            return replace(verdict, severity=self.tails)
        # C104 speaks of errors that mean "nothing here" (#N/A).
        is_word = verdict.cause == "error_value" and emptiness(value, "text") is not None
        return None if is_word else verdict


@dataclass(frozen=True)
class _Counts:
    """Cells of a column: suspected ones, those of them that are months, that end in `.0`.

    `spellings`: how many different months at most.
    """

    suspects: int = 0
    months: int = 0
    tails: int = 0
    spellings: int = 0


def checks(context: RuleContext) -> Iterator[CheckLike]:
    for name in sorted(context.tables):
        facts = context.tables[name]
        columns = [c for c in text_columns(facts, KINDS) if not c.pseudonymised]
        zeros = list(zero_checks(context, facts))
        judged = [f.not_null(f.col(c.name)) for c in columns if c.name != "id"]
        if not judged and not zeros:
            yield Skip(name, "needs.texts")
            continue
        if judged:
            yield Check(name, f.lit(False), when=f.any_of(*judged))
        yield from zeros
        yield from _damaged(context, facts, columns)


def _damaged(
    context: RuleContext, facts: TableFacts, columns: Sequence[ColumnFacts]
) -> Iterator[ValueCheck]:
    """Columns in which a value is suspected at all, so that the others cost nothing more."""
    unknown = [c for c in columns if c.values is None and c.filled]
    counted = _counts(context, facts, unknown) if unknown else {}
    share = float(str(context.params["month_share"]))
    for column in columns:
        plain = _Judge(_kind(column), months=_holds_no_months(facts, column))
        found = counted.get(column.name) or _counted(plain, column)
        if not found.suspects:
            continue
        all_tails = found.tails >= share * column.filled
        judge = replace(
            plain,
            months=plain.months and found.months < share * column.filled,
            apart=found.spellings <= number(context.params["groups"]),
            tails=Severity.INFO.value if all_tails else None,
        )
        yield value_check(context, facts.name, column.name, judge, _suspect(column))


def _counted(judge: _Judge, column: ColumnFacts) -> _Counts:
    """The same as `_counts` from the values that the profile knows."""
    causes = [(verdict.cause, n) for v, n in column.values or () if (verdict := judge(v))]
    months = [n for cause, n in causes if cause == "month_name"]
    tails = sum(n for cause, n in causes if cause == "float_tail")
    return _Counts(sum(n for _, n in causes), sum(months), tails, len(months))


def _kind(column: ColumnFacts) -> str:
    if column.kind in CODES:
        return column.kind
    is_code = not column.canonical and is_code_header(column.header or column.name)
    return "code" if is_code else column.kind


def _holds_no_months(facts: TableFacts, column: ColumnFacts) -> bool:
    if column.kind in FREE or column.name == entity(facts.name).name_column:
        return False
    return not CALENDAR & set(header_key(column.header or column.name).split())


def _counts(
    context: RuleContext, facts: TableFacts, columns: Sequence[ColumnFacts]
) -> Mapping[str, _Counts]:
    """Counts of the columns whose values are too many to list, in one scan."""
    projections = []
    for i, column in enumerate(columns):
        tail = f.search(f.col(column.name), _TAIL)
        projections.append(f.alias(f.count_if(_suspect(column)), f"s{i}"))
        projections.append(f.alias(f.count_if(_month(column)), f"m{i}"))
        projections.append(f.alias(f.count_if(tail), f"t{i}"))
    query = exp.select(*projections).from_(f.table(f"crm.{facts.name}"))
    row = rows(context, query)[0]
    found = {}
    for i, column in enumerate(columns):
        suspects, months, tails = (number(row[f"{c}{i}"]) for c in "smt")
        found[column.name] = _Counts(suspects, months, tails, months)
    return found


def _suspect(column: ColumnFacts) -> exp.Expression:
    cell = f.col(column.name)
    some = [f.search(cell, _ERROR), f.search(cell, _EXPONENT), _month(column)]
    if _kind(column) in (*CODES, "code"):
        some += [f.search(cell, _TAIL), f.search(cell, _ROUNDED)]
    return f.all_of(f.length(cell) <= f.lit(60), f.any_of(*some))


def _month(column: ColumnFacts) -> exp.Expression:
    words = "|".join(month_words())
    between = "(?:[-–/]|[.][ \u00a0]?)"
    pattern = f"[0-9]{{1,2}}{between}(?:{words})[.]?|(?:{words}){between}[0-9]{{1,4}}[.]?"
    cell = f.col(column.name)
    likely = f.all_of(f.length(cell) <= f.lit(_MONTH_LENGTH), f.search(cell, _LIKE_MONTH))
    return f.case((likely, f.full_match(plain_letters(cell), pattern)), default=f.lit(False))


RULE = Rule(
    code="A109",
    slug="spreadsheet",
    family="A",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("text columns of any table",),
    params={"month_share": 0.8, "groups": 10},
    doc=__doc__ or "",
)
