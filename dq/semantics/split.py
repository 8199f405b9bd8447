"""A figure of two periods: how much of its change is the definition's, how much the data's.

With D1, D2 the definitions of the two periods and x1, x2 their records, the definition's part
is the mean of what the new rule changes on the old and on the new records,
½·[(D2−D1)(x1) + (D2−D1)(x2)]; the data's part is the rest. The two sum exactly: the parts of
a two-step Shapley value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.errors import UsageError
from dq.semantics.compile import Compiler
from dq.semantics.conflicts import measured_by
from dq.semantics.inforce import InForce, Meaning
from dq.semantics.terms import Term
from dq.sql import portable as f

if TYPE_CHECKING:
    from dq.config import Period
    from dq.engines.base import Engine

__all__ = ["Figure", "Split", "asked", "figure", "rounded", "split"]

CREATED: Mapping[str, str] = {"tickets": "opened_at", "touches": "touched_at"}
"""The column that says since when a record is there, where it is not created_at."""


@dataclass(frozen=True)
class Figure:
    """A term's figure for a period. `value` is exact; None where nothing was counted.

    `used` are the definitions that counted, `spans` whether more than one did.
    """

    period: Period
    value: Fraction | None
    used: tuple[InForce, ...]

    @property
    def spans(self) -> bool:
        """Whether a definition changed inside the period (S106)."""
        names = [(u.term.name, u.department) for u in self.used]
        return len(names) > len(set(names))


@dataclass(frozen=True)
class Split:
    """The change between two periods; `definition` + `data` = `change`, exactly.

    `crossed` are the old period by the new definition and the new period by the old one.
    """

    term: Term
    department: str | None
    before: Figure
    after: Figure
    crossed: tuple[Fraction, Fraction]
    definition: Fraction
    data: Fraction

    @property
    def change(self) -> Fraction:
        """The whole change."""
        return (self.after.value or Fraction(0)) - (self.before.value or Fraction(0))


def split(
    engine: Engine,
    meaning: Meaning,
    name: str,
    before: Period,
    after: Period,
    *,
    columns: Mapping[str, Sequence[str]],
    department: str | None = None,
) -> Split:
    """Split the change of a measure, ratio or population between two periods.

    Raises:
        UsageError: the term is of another kind, or has no definition by then.
    """
    of = _Asked(engine, meaning, name, columns, department)
    one, other = figure(of, before), figure(of, after)
    x1, x2 = one.value or Fraction(0), other.value or Fraction(0)
    if of.definitions(before) == of.definitions(after) and not (one.spans or other.spans):
        crossed = (x1, x2)
    else:
        crossed = (of.by(before, after) or Fraction(0), of.by(after, before) or Fraction(0))
    definition = ((crossed[0] - x1) + (x2 - crossed[1])) / 2
    return Split(of.term, department, one, other, crossed, definition, (x2 - x1) - definition)


def figure(asked: _Asked, period: Period) -> Figure:
    """The figure as it is reported: each record by the definition of its own time."""
    used = asked.used(period)
    if asked.term.kind == "measure" and len(used) > 1:
        return Figure(period, asked.reported(period, used), used)
    return Figure(period, asked.by(period, period), used)


class _Asked:
    """A term to be computed on the tables of an engine."""

    def __init__(
        self,
        engine: Engine,
        meaning: Meaning,
        name: str,
        columns: Mapping[str, Sequence[str]],
        department: str | None,
    ) -> None:
        self.engine = engine
        self.meaning = meaning
        self.columns = columns
        self.department = department
        self.term = Compiler(meaning, date.max, columns).term(
            name, "measure", "population", "ratio"
        )
        for table in self._tables(self.term):
            if table not in columns:
                raise UsageError(
                    "The data have no table {table}, which {term} is about.",
                    table=table,
                    term=name,
                )

    def _tables(self, term: Term) -> tuple[str, ...]:
        if term.kind != "ratio":
            return (term.of or "",)
        return Compiler(self.meaning, date.max, self.columns).tables_of(term.name)

    def compiler(self, period: Period) -> Compiler:
        """For a period; "today" is its last day."""
        return Compiler(
            self.meaning, _last(period), self.columns, period=(period.start, period.end)
        )

    def definition(self, period: Period) -> InForce:
        """What holds on the last day of a period.

        Raises:
            UsageError: nothing does yet.
        """
        found = self.meaning.at(self.term.name, _last(period), self.department)
        if found is None:
            raise UsageError("The term {term} has no definition.", term=self.term.name)
        return found

    def used(self, period: Period) -> tuple[InForce, ...]:
        """The definitions that count in a period, the term's own first."""
        term = self.term
        if term.kind == "measure":
            parts = self.compiler(period).counted(term, self.department)
            several = len(parts) > 1
            return tuple(p.used for p in parts) if several else (self.definition(period),)
        own = self.definition(period)
        if term.kind != "ratio":
            return (own,)
        return (own, *(u for part in self._parts(own) for u in part.used(period)))

    def definitions(self, period: Period) -> tuple[str, ...]:
        """Names of the definitions in force on the last day of a period, those of parts too."""
        own = self.definition(period)
        if self.term.kind != "ratio":
            return (own.object,)
        parts = self._parts(own)
        return (own.object, *(name for part in parts for name in part.definitions(period)))

    def _parts(self, used: InForce) -> tuple[_Asked, _Asked]:
        """Numerator and denominator."""
        names = (used.version.numerator or "", used.version.denominator or "")
        one, other = (
            _Asked(self.engine, self.meaning, name, self.columns, self.department) for name in names
        )
        return one, other

    def by(self, period: Period, like: Period) -> Fraction | None:
        """The figure of a period by the definition that holds on the last day of `like`."""
        used, term = self.definition(like), self.term
        if term.kind == "ratio":
            same = period == like
            above, below = (
                figure(part, period).value if same else part.by(period, like)
                for part in self._parts(used)
            )
            return above / below if above is not None and below else None
        compiler = self.compiler(period)
        within = self._within(used, period)
        if term.kind == "population":
            where = used.version.where
            counted = compiler.over(term, where.plan, "t") if where else exp.true()
            conditions = [f.is_true(counted), *([within] if within is not None else [])]
            return self._value(term, f.count_if(f.all_of(*conditions)), period)
        return self._value(term, measured_by(compiler, used, "t", within), period)

    def reported(self, period: Period, used: Sequence[InForce]) -> Fraction | None:
        """The figure of a period in which the definition changed: each record by its own."""
        compiler = self.compiler(period)
        value = compiler.measure(
            self.term.name, {self.term.of or "": "t"}, self.department,
            there={"t": self._within(used[0], period) or exp.true()},
        )  # fmt: skip
        return self._value(self.term, value, period)

    def _within(self, used: InForce, period: Period) -> exp.Expr | None:
        """Records of the period: by the measure's time; of a population those there by its end."""
        if self.term.kind == "population":
            column = CREATED.get(used.term.of or "", "created_at")
            if column not in self.columns.get(used.term.of or "", ()):
                return None
            return f.is_true(f.col(column, "t") < f.lit(_midnight(period.end)))
        if used.version.time is None:
            return None
        moment = f.col(used.version.time, "t")
        start, end = f.lit(_midnight(period.start)), f.lit(_midnight(period.end))
        return f.is_true(f.all_of(moment >= start, moment.copy() < end))

    def _value(self, term: Term, value: exp.Expr, period: Period) -> Fraction | None:
        query = exp.select(f.alias(value, "v")).from_(f.table(f"crm.{term.of}", "t"))
        as_of = datetime.combine(_last(period), time(23, 59, 59))
        found = self.engine.query(query, {"as_of": as_of}).to_pylist()[0]["v"]
        return None if found is None else Fraction(found)


def asked(
    engine: Engine,
    meaning: Meaning,
    name: str,
    columns: Mapping[str, Sequence[str]],
    department: str | None = None,
) -> _Asked:
    """A term ready to be computed; see `figure`."""
    return _Asked(engine, meaning, name, columns, department)


def rounded(parts: Sequence[Fraction], digits: int) -> list[Fraction]:
    """Parts rounded so that they add up to the rounded sum (largest remainder)."""
    unit = Fraction(1, 10**digits)
    whole = round(sum(parts, Fraction(0)) / unit)
    floors = [part // unit for part in parts]
    left = whole - sum(floors)
    order = sorted(range(len(parts)), key=lambda i: (-(parts[i] / unit - floors[i]), i))
    for i in order[: int(left)]:
        floors[i] += 1
    return [n * unit for n in floors]


def _last(period: Period) -> date:
    """The last day; a period's end is the day after."""
    return period.end - timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
