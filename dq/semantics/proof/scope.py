"""The rows that a condition sees, and what reads expressions over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlglot import exp

from dq.semantics.proof.logic import Truth
from dq.semantics.proof.problem import Leaf, Problem, Row
from dq.semantics.proof.values import UnsupportedError, Value

__all__ = ["Reader", "Result", "Scope"]

Result = Value | Truth


@dataclass(frozen=True, eq=False)
class Scope:
    """Rows that a condition sees, by the name each has there, and the scope around it.

    `own` is the row that unqualified names of the outermost scope belong to.
    """

    rows: dict[str, Row]
    around: Scope | None = None

    def find(self, node: exp.Expr) -> Row:
        """The row a column belongs to.

        Raises:
            UnsupportedError: it cannot be told.
        """
        table = node.text("table")
        if table:
            if table in self.rows:
                return self.rows[table]
            if self.around is not None:
                return self.around.find(node)
            return self.only()
        having = [r for r in self.rows.values() if r.columns is None or node.name in r.columns]
        if self.around is None:
            return self.only()
        if not having:
            return self.around.find(node)
        if len(having) > 1 or having[0].columns is None:
            raise UnsupportedError(f"the column {node.name}, which may be of several tables")
        return having[0]

    def only(self) -> Row:
        """The row of a scope that has one."""
        if len(self.rows) != 1:
            raise UnsupportedError("a row that is not named")
        return next(iter(self.rows.values()))


class Reader(Protocol):
    """Reads expressions: what the functions need of the encoder, which needs them."""

    problem: Problem

    def truth(self, node: exp.Expr, scope: Scope) -> Truth:
        """A condition."""

    def encode(self, node: exp.Expr, scope: Scope) -> Result:
        """A condition or a value."""

    def compare(self, key: str, a: Result, b: Result) -> Truth:
        """A comparison by sqlglot's key of it."""

    def same(self, a: Result, b: Result) -> Truth:
        """Equality for which NULL is a value like others."""

    def chosen(self, branches: Sequence[tuple[Any, Result]], last: Result) -> Result:
        """The first result whose formula holds, else the last."""

    def grounded(self, node: exp.Expr, scope: Scope) -> tuple[exp.Expr, tuple[Leaf, ...]]:
        """The expression with the keys of its leaves for columns, and those leaves."""
