"""Formulas of z3 in which a Python bool may stand for a formula, and SQL's three truth values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import z3

__all__ = ["FALSE", "TRUE", "Formula", "Truth", "all_of", "any_of", "either", "implies", "not_"]

Formula = Any
"""A `z3.BoolRef` or a Python bool: what is plain at once never reaches the solver."""


def not_(x: Formula) -> Formula:
    """Negation."""
    if isinstance(x, bool):
        return not x
    return x.arg(0) if z3.is_not(x) else z3.Not(x)


def all_of(parts: Iterable[Formula]) -> Formula:
    """Conjunction."""
    open_ = []
    for part in parts:
        if part is False:
            return False
        if part is not True:
            open_.append(part)
    if not open_:
        return True
    return open_[0] if len(open_) == 1 else z3.And(*open_)


def any_of(parts: Iterable[Formula]) -> Formula:
    """Disjunction."""
    open_ = []
    for part in parts:
        if part is True:
            return True
        if part is not False:
            open_.append(part)
    if not open_:
        return False
    return open_[0] if len(open_) == 1 else z3.Or(*open_)


def implies(a: Formula, b: Formula) -> Formula:
    """Implication."""
    return any_of((not_(a), b))


def either(condition: Formula, yes: Formula, no: Formula) -> Formula:
    """`yes` where the condition holds, else `no`; both formulas, or both terms of one sort."""
    if isinstance(condition, bool):
        return yes if condition else no
    if isinstance(yes, bool) or isinstance(no, bool):
        return any_of((all_of((condition, yes)), all_of((not_(condition), no))))
    return z3.If(condition, yes, no)


@dataclass(frozen=True)
class Truth:
    """A truth value of SQL: TRUE where `t`, FALSE where `f`, else NULL; never both."""

    t: Formula
    f: Formula

    @property
    def null(self) -> Formula:
        """Where it is NULL."""
        return all_of((not_(self.t), not_(self.f)))

    def negated(self) -> Truth:
        """NOT."""
        return Truth(self.f, self.t)

    @classmethod
    def sure(cls, formula: Formula) -> Truth:
        """A condition that is never NULL."""
        return cls(formula, not_(formula))

    @classmethod
    def strict(cls, null: Formula, formula: Formula) -> Truth:
        """A condition that is NULL where `null`."""
        known = not_(null)
        return cls(all_of((known, formula)), all_of((known, not_(formula))))

    @classmethod
    def conjunction(cls, parts: Iterable[Truth]) -> Truth:
        """AND."""
        parts = list(parts)
        return cls(all_of(p.t for p in parts), any_of(p.f for p in parts))

    @classmethod
    def disjunction(cls, parts: Iterable[Truth]) -> Truth:
        """OR."""
        parts = list(parts)
        return cls(any_of(p.t for p in parts), all_of(p.f for p in parts))


TRUE = Truth(True, False)
FALSE = Truth(False, True)
