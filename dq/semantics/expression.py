"""Expressions in the glossary: text, portable plan, and errors with line and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dq.config import Item
from dq.errors import DqError, Place
from dq.semantics.columns import There
from dq.semantics.names import TERM_FUNCTIONS, Call, calls_of
from dq.semantics.roles import check_role
from dq.semantics.written import Written

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["TERM_FUNCTIONS", "Expression", "read_expression"]


@dataclass(frozen=True)
class Expression:
    """An expression as written and as a portable plan. Copy the plan before changing it.

    `calls` are its uses of terms, with their places; only a text read from a file has them.
    """

    text: str
    plan: exp.Expr = field(compare=False)
    place: Place = field(compare=False)
    calls: tuple[Call, ...] = field(default=(), compare=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of its own table that it reads (not those of sub-queries), sorted."""
        return tuple(sorted({node.name for node in _own_columns(self.plan)}))

    @property
    def terms(self) -> tuple[str, ...]:
        """Terms that it uses by IS_TERM, sorted."""
        from sqlglot import exp

        calls = (c for c in self.plan.find_all(exp.Anonymous) if c.name.upper() == "IS_TERM")
        return tuple(sorted({c.expressions[0].name for c in calls if c.expressions}))


def read_expression(item: Item, table: str, there: There, *, measure: bool = False) -> Expression:
    """Read an expression over `table`: a condition, a value of a record, or a measure.

    Raises:
        ConfigError: it does not parse, is not portable, names what is not there, or
            aggregates where it may not.
    """
    from dq.sql.parse import parse_expression

    written = Written(item)
    try:
        plan = parse_expression(written.text, written.where, TERM_FUNCTIONS)
    except DqError as error:
        raise written.refused(error) from None
    calls = calls_of(plan, written, table, there)
    check_role(plan, written, measure=measure)
    return Expression(written.text, plan, written.where, calls)


def _own_columns(plan: exp.Expr) -> list[exp.Column]:
    """Columns outside sub-queries; the alias in IS_TERM is none."""
    from sqlglot import exp

    found: list[exp.Column] = []
    for node in plan.walk(prune=lambda n: isinstance(n, exp.Query) or _is_term(n)):
        if isinstance(node, exp.Column):
            found.append(node)
    return found


def _is_term(node: exp.Expr) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Anonymous) and node.name.upper() == "IS_TERM"
