"""The state of one proof: columns seen, axioms, and what was left open."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import z3
from sqlglot import exp

from dq.semantics.proof.facts import Column, Table
from dq.semantics.proof.logic import Formula, Truth, all_of, any_of, implies, not_
from dq.semantics.proof.values import (
    DAY,
    NULL,
    Kind,
    Ranks,
    UnsupportedError,
    Value,
    microseconds,
    ordered_as,
    scaled,
)

__all__ = ["Application", "Leaf", "Problem", "Row", "fixed", "monotone"]

_FIRST, _LAST = microseconds(date.min) // DAY, microseconds(date.max) // DAY
_KINDS = {
    "text": Kind.TEXT,
    "integer": Kind.NUMBER,
    "decimal": Kind.NUMBER,
    "double": Kind.DOUBLE,
    "date": Kind.TIME,
    "timestamp": Kind.TIME,
}


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a table; of several rows of one table, each has its own name."""

    name: str
    table: str | None
    columns: Mapping[str, Column] | None


@dataclass(frozen=True, eq=False)
class Leaf:
    """A column of a row, or a parameter (which has no row)."""

    key: str
    name: str
    row: Row | None
    column: Column
    value: Value | Truth


@dataclass(frozen=True, eq=False)
class Application:
    """A use of a function that the axioms do not fully describe.

    `node` is its expression with the leaves' keys for columns, `result` what it became.
    """

    node: exp.Expr
    leaves: tuple[Leaf, ...]
    result: Value | Truth


@dataclass
class Problem:
    """What one proof has gathered. Tables and types of parameters are those assumed."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    axioms: list[Formula] = field(default_factory=list)
    ranks: Ranks = field(default_factory=Ranks)
    leaves: dict[str, Leaf] = field(default_factory=dict)
    numbers: set[Fraction] = field(default_factory=set)
    doubles: set[float] = field(default_factory=set)
    times: set[int] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    applications: list[Application] = field(default_factory=list)
    later: list[Callable[[], None]] = field(default_factory=list)
    families: dict[str, list[tuple[Any, Any]]] = field(default_factory=dict)
    open_: dict[str, None] = field(default_factory=dict)
    subjects: dict[int, Any] = field(default_factory=dict)
    linked: bool = False
    """Whether texts that are no constants are compared with each other."""
    blind: bool = False
    """Whether something was left open that cannot be evaluated on a row either."""
    _names: dict[str, Formula] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)

    def add(self, *axioms: Formula) -> None:
        """Take axioms in."""
        self.axioms += [axiom for axiom in axioms if axiom is not True]

    def once(self, key: str) -> bool:
        """Whether this is asked for the first time."""
        new = key not in self._done
        self._done.add(key)
        return new

    def left_open(self, what: str, *, blind: bool = False) -> None:
        """Note something whose meaning the proof does not know (`blind`: nor can replay)."""
        self.open_.setdefault(what)
        self.blind |= blind

    def constant(self, value: object) -> Value | Truth:
        """A Python value."""
        if value is None:
            return NULL
        if isinstance(value, bool):
            return Truth(value, not value)
        if isinstance(value, str):
            self.texts.add(value)
            return Value(Kind.TEXT, self.place(value), const=value)
        if isinstance(value, float):
            return Value(Kind.DOUBLE, self._double(value), const=value)
        if isinstance(value, date):
            us = microseconds(value)
            self.times.add(us)
            day, tod = divmod(us, DAY)
            later = z3.IntVal(tod) if tod else None
            return Value(Kind.TIME, z3.IntVal(day), const=value, tod=later)
        if isinstance(value, int | Decimal | Fraction):
            self.numbers.add(Fraction(value))
            count, unit = scaled(value)
            return Value(Kind.NUMBER, z3.IntVal(count), unit=unit, const=value)
        raise UnsupportedError(f"a value of type {type(value).__name__}")

    def place(self, text: str) -> Any:
        """A text constant's place on the line, as a term."""
        return z3.RealVal(self.ranks.of(text))

    def _double(self, value: float) -> Any:
        if value - value != 0:
            return z3.Real(f"double {value}")
        self.doubles.add(value)
        return z3.RealVal(Fraction(value))

    def leaf(self, row: Row, name: str) -> Leaf:
        """A column of a row.

        Raises:
            UnsupportedError: its type is not known.
        """
        key = f"{row.name}.{name}"
        found = self.leaves.get(key)
        if found is None:
            if row.columns is None or name not in row.columns:
                raise UnsupportedError(f"the column {name}, whose type is not known")
            found = self._leaf(key, name, row, row.columns[name])
        return found

    def parameter(self, name: str) -> Leaf:
        """A parameter: of a value not known, never NULL.

        Raises:
            UnsupportedError: its type is not known.
        """
        key = f":{name}"
        found = self.leaves.get(key)
        if found is None:
            if name not in self.params:
                raise UnsupportedError(f"the parameter {key}, whose type is not known")
            found = self._leaf(key, name, None, Column(self.params[name], nullable=False))
        return found

    def _leaf(self, key: str, name: str, row: Row | None, column: Column) -> Leaf:
        null: Formula = z3.Bool(f"{key} is null") if column.nullable else False
        if column.type == "boolean":
            value: Value | Truth = Truth.strict(null, z3.Bool(key))
        elif column.type in _KINDS:
            kind = _KINDS[column.type]
            unit = Fraction(1, 10**column.scale) if column.type == "decimal" else Fraction(1)
            tod = z3.Int(f"{key} time") if column.type == "timestamp" else None
            value = Value(kind, z3.Const(key, kind.sort), null, unit, tod=tod)
            self._limit(value, column)
        else:
            raise UnsupportedError(f"a column of type {column.type}")
        self.leaves[key] = leaf = Leaf(key, name, row, column, value)
        return leaf

    def _limit(self, value: Value, column: Column) -> None:
        """Keep a column within its type and its closed domain."""
        term = value.term
        if column.type == "integer":
            self.add(term >= -(2**63), term < 2**63)
        elif column.type == "decimal":
            self.add(term > -(10**column.precision), term < 10**column.precision)
        elif value.kind is Kind.TIME:
            self.add(term >= _FIRST, term <= _LAST)
            if value.tod is not None:
                self.add(value.tod >= 0, value.tod < DAY)
        elif value.kind is Kind.TEXT:
            self.add(term >= 0)
        if column.values is not None:
            known = [self.constant(v) for v in column.values if v is not None]
            alike = [v for v in known if isinstance(v, Value) and v.kind is value.kind]
            if len(alike) == len(known):
                self.add(any_of([value.null, *(ordered_as("eq", value, v) for v in alike)]))

    def named(self, name: str) -> Formula:
        """A condition of which nothing is known but its name."""
        return self._names.setdefault(name, z3.Bool(name))

    def finish(self) -> None:
        """Add the axioms that need to know every constant and term of the problem."""
        while self.later:
            waiting, self.later = self.later, []
            for step in waiting:
                step()


def monotone(
    arg: Any,
    result: Any,
    function: Callable[[int], Any],
    constants: Mapping[Any, Any],
    within: tuple[int, int],
) -> list[Formula]:
    """What is known of a non-decreasing function of whole numbers at each constant, exactly.

    `constants` maps values that the function's results compare with to their terms; the axioms
    hold where the argument lies within the bounds.
    """
    low, high = within
    inside = all_of((arg >= low, arg <= high))
    axioms = []
    for constant, term in constants.items():
        reaches = _first(function, constant, operator.ge, low, high)
        passes = _first(function, constant, operator.gt, low, high)
        axioms.append(implies(inside, (result >= term) == (arg >= reaches)))
        axioms.append(implies(inside, (result > term) == (arg >= passes)))
    return axioms


def _first(
    function: Callable[[int], Any],
    constant: Any,
    compare: Callable[[Any, Any], bool],
    low: int,
    high: int,
) -> int:
    """The first number whose result compares so with a constant; `high + 1` for none."""
    while low <= high:
        middle = (low + high) // 2
        if compare(function(middle), constant):
            high = middle - 1
        else:
            low = middle + 1
    return low


def fixed(leaf: Leaf, value: Value | Truth) -> Formula:
    """That a leaf is not NULL and equals a constant of its kind."""
    own = leaf.value
    if isinstance(own, Truth) or isinstance(value, Truth):
        if isinstance(own, Truth) and isinstance(value, Truth):
            return own.t if value.t is True else own.f
        return False
    if own.kind is not value.kind:
        return False
    return all_of((not_(own.null), ordered_as("eq", own, value)))
