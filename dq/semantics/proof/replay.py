"""A model of z3 as rows of Python values, and the predicates evaluated on them.

What is found by reasoning counts only when the row closures, which the gate uses too, agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import z3
from sqlglot import exp

from dq.errors import DqError
from dq.semantics.proof.facts import Witness
from dq.semantics.proof.logic import Formula, Truth
from dq.semantics.proof.problem import Leaf, Problem, Row
from dq.semantics.proof.scope import Scope
from dq.semantics.proof.subqueries import Shown, shape_of
from dq.semantics.proof.text import Subject
from dq.semantics.proof.values import DAY, Kind, Ranks, moment, plain
from dq.sql.function import literal
from dq.sql.row import compile_value

__all__ = ["Data", "decoded", "holds"]


@dataclass(frozen=True)
class Data:
    """Rows by table, of which one is the row in question, and the parameters' values."""

    outer: Row
    rows: Mapping[str, Sequence[Row]]
    values: Mapping[str, Mapping[str, object]]
    params: Mapping[str, object]

    def witness(self) -> Witness:
        """The data as the result shows them."""
        related = {
            table: tuple(dict(self.values[row.name]) for row in rows if row is not self.outer)
            for table, rows in self.rows.items()
        }
        return Witness(
            dict(self.values[self.outer.name]),
            dict(self.params),
            {table: rows for table, rows in related.items() if rows},
        )


def decoded(
    problem: Problem, model: Any, outer: Row, shown: Mapping[str, Sequence[Shown]]
) -> Data | None:
    """What a model says of the row, the parameters and the rows of other tables.

    None where a value has no counterpart in Python.
    """
    reader = _Reader(problem, model)
    rows = {
        table: [s.row for s in found if reader.true(s.present)] for table, found in shown.items()
    }
    names = {row.name for found in rows.values() for row in found} | {outer.name}
    values: dict[str, dict[str, object]] = {name: {} for name in names}
    params: dict[str, object] = {}
    for leaf in list(problem.leaves.values()):
        try:
            value = reader.value(leaf)
        except (OverflowError, ValueError):
            return None
        if leaf.row is None:
            params[leaf.name] = value
        elif leaf.row.name in values:
            values[leaf.row.name][leaf.name] = value
    return Data(outer, rows, values, params)


class _Reader:
    """Reads values off a model. Texts that differ there differ here."""

    def __init__(self, problem: Problem, model: Any) -> None:
        self.problem = problem
        self.model = model
        self.ranks: Ranks = problem.ranks.copy()
        self.texts: dict[Fraction, str] = {}

    def true(self, formula: Formula) -> bool:
        """Whether a formula is true."""
        if isinstance(formula, bool):
            return formula
        return bool(z3.is_true(self.model.eval(formula, model_completion=True)))

    def number(self, term: Any) -> Fraction:
        """The value of a term."""
        found = self.model.eval(term, model_completion=True)
        if z3.is_algebraic_value(found):
            found = found.approx(20)
        return Fraction(found.as_fraction() if z3.is_rational_value(found) else found.as_long())

    def value(self, leaf: Leaf) -> object:
        """The value of a column or parameter."""
        value = leaf.value
        if isinstance(value, Truth):
            return True if self.true(value.t) else False if self.true(value.f) else None
        if self.true(value.null):
            return None
        exact = self.number(value.term)
        if value.kind is Kind.TEXT:
            return self._text(leaf, exact)
        if value.kind is Kind.DOUBLE:
            return float(exact)
        if value.kind is Kind.TIME:
            tod = 0 if value.tod is None else int(self.number(value.tod))
            at: datetime = moment(int(exact) * DAY + tod)
            day: date = at.date()
            return day if leaf.column.type == "date" else at
        if leaf.column.type == "integer":
            return int(exact)
        return Decimal(int(exact)).scaleb(-leaf.column.scale)

    def _text(self, leaf: Leaf, place: Fraction) -> str:
        known = self.texts.get(place)
        if known is not None:
            return known
        made = self._sample(leaf, place)
        if made is None:
            made = self.ranks.text_at(place)
        if made is None:
            raise ValueError("no text stands there")
        self.texts[place] = made
        return made

    def _sample(self, leaf: Leaf, place: Fraction) -> str | None:
        """A text that meets the conditions which the model says it meets."""
        ranks = self.problem.ranks
        known = ranks.texts[ranks.places.index(place)] if place in ranks.places else None
        value = plain(leaf.value)
        subject: Subject | None = self.problem.subjects.get(value.term.get_id())
        if subject is None or not subject.conditions:
            return known
        wanted = tuple(self.true(formula) for _, formula in subject.conditions)
        if known is not None and (known in subject.constants or subject.meets(known, wanted)):
            return known
        taken = set(subject.constants)
        if self.problem.linked:
            taken |= set(self.texts.values())
        for text in subject.texts_that(wanted):
            if text not in taken:
                return text
        return None


def holds(condition: exp.Expr, data: Data) -> bool:
    """Whether the row meets a prepared condition (NULL is no).

    Raises:
        DqError: it cannot be evaluated.
    """
    scope = Scope({data.outer.table or "": data.outer})
    return _value(condition, scope, data) is True


def _value(node: exp.Expr, scope: Scope, data: Data) -> object:
    """The value of an expression for the rows of a scope."""
    found: dict[str, object] = {}

    def replaced(part: exp.Expr) -> exp.Expr:
        if isinstance(part, exp.Exists) or (isinstance(part, exp.In) and part.args.get("query")):
            return literal(_subquery(part, scope, data))
        if isinstance(part, exp.Column):
            row = scope.find(part)
            key = f"{row.name}.{part.name}"
            found[key] = data.values[row.name].get(part.name)
            return exp.column(key, quoted=True)
        return part

    return compile_value(_replaced(node, replaced), data.params)(found)


def _replaced(node: exp.Expr, by: Any) -> exp.Expr:
    """A copy with nodes replaced from above: what is replaced is not entered."""
    made: exp.Expr = by(node)
    if made is not node:
        return made
    copy = node.__class__()
    for key, value in node.args.items():
        if isinstance(value, list):
            copy.set(key, [_replaced(v, by) if isinstance(v, exp.Expr) else v for v in value])
        else:
            copy.set(key, _replaced(value, by) if isinstance(value, exp.Expr) else value)
    return copy


def _subquery(node: exp.Expr, scope: Scope, data: Data) -> bool | None:
    """EXISTS or IN, by looking at every row.

    Raises:
        DqError: the sub-query is not of a plain form.
    """
    shape = shape_of(node.this if isinstance(node, exp.Exists) else node.args["query"])
    if shape is None or (isinstance(node, exp.In) and shape.shown is None):
        raise DqError("A sub-query of this form is not evaluated here.")
    sought = literal(_value(node.this, scope, data)) if isinstance(node, exp.In) else None
    unsure = False
    for rows in product(*(data.rows.get(table, ()) for _, table in shape.tables)):
        aliases = [alias for alias, _ in shape.tables]
        inner = Scope(dict(zip(aliases, rows, strict=True)), scope)
        if shape.condition is not None and _value(shape.condition, inner, data) is not True:
            continue
        if sought is None or shape.shown is None:
            return True
        equal = exp.EQ(this=sought, expression=literal(_value(shape.shown, inner, data)))
        same = compile_value(equal)({})
        if same is True:
            return True
        unsure |= same is None
    return None if unsure else False
