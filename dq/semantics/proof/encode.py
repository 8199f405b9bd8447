"""Predicates of a plan as formulas: every condition is TRUE, FALSE or NULL as in SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import z3
from sqlglot import exp

from dq.semantics.proof.apply import as_double, general
from dq.semantics.proof.functions import FUNCTIONS, product
from dq.semantics.proof.logic import Truth, all_of, any_of, either, not_
from dq.semantics.proof.problem import Leaf, Problem
from dq.semantics.proof.scope import Result, Scope
from dq.semantics.proof.text import note_comparison
from dq.semantics.proof.values import NULL, Kind, UnsupportedError, Value, aligned, compared, plain
from dq.sql.function import is_literal, value_of

if TYPE_CHECKING:
    from dq.semantics.proof.subqueries import Subqueries

__all__ = ["Encoder"]


class Encoder:
    """Encodes expressions over the rows of a scope."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.subqueries: Subqueries | None = None

    def truth(self, node: exp.Expr, scope: Scope) -> Truth:
        """A condition. What the encoding does not know becomes one that may be anything."""
        try:
            result = self.encode(node, scope)
        except UnsupportedError as reason:
            return self._opaque(node, scope, str(reason))
        if isinstance(result, Truth):
            return result
        return Truth(False, False) if result.kind is Kind.NULL else self._opaque(node, scope, "")

    def value(self, node: exp.Expr, scope: Scope) -> Value:
        """A value that is not boolean.

        Raises:
            UnsupportedError: the encoding does not know it.
        """
        return plain(self.encode(node, scope))

    def encode(self, node: exp.Expr, scope: Scope) -> Result:
        """A condition or a value."""
        if is_literal(node):
            return self.problem.constant(value_of(node))
        maker = _MAKERS.get(type(node))
        if maker is None:
            raise UnsupportedError(node.key.upper())
        return maker(self, node, scope)

    def grounded(self, node: exp.Expr, scope: Scope) -> tuple[exp.Expr, tuple[Leaf, ...]]:
        """The expression with the keys of its leaves for columns, and those leaves."""
        leaves: dict[str, Leaf] = {}

        def renamed(part: exp.Expr) -> exp.Expr:
            if isinstance(part, exp.Column):
                leaf = self.problem.leaf(scope.find(part), part.name)
            elif isinstance(part, exp.Placeholder):
                leaf = self.problem.parameter(part.name)
            else:
                return part
            leaves[leaf.key] = leaf
            return exp.column(leaf.key, quoted=True)

        if node.find(exp.Query):
            raise UnsupportedError("a sub-query")
        return node.transform(renamed), tuple(leaves.values())

    def _opaque(self, node: exp.Expr, scope: Scope, reason: str) -> Truth:
        """A condition of which only its being the same each time is known."""
        try:
            key = self.grounded(node, scope)[0].sql()
        except UnsupportedError:
            key = f"{'/'.join(r.name for r in scope.rows.values())}: {node.sql()}"
        self.problem.left_open(reason or node.sql(), blind=bool(node.find(exp.Query)))
        t, f = self.problem.named(f"{key} true"), self.problem.named(f"{key} false")
        self.problem.add(not_(all_of((t, f))))
        return Truth(t, f)

    def compare(self, key: str, a: Result, b: Result) -> Truth:
        """A comparison by sqlglot's key of it (eq, neq, gt, gte, lt, lte)."""
        if isinstance(a, Truth) or isinstance(b, Truth):
            return _compare_truths(key, a, b)
        if Kind.NULL in (a.kind, b.kind):
            return Truth(False, False)
        a, b = self.alike(a, b)
        result = compared(key, a, b)
        if a.kind is Kind.TEXT:
            note_comparison(self.problem, key, a, b)
        return result

    def alike(self, a: Value, b: Value) -> tuple[Value, Value]:
        """Two values as one kind, as SQL converts them.

        Raises:
            UnsupportedError: it does not, or not the same everywhere.
        """
        if a.kind is b.kind:
            return a, b
        kinds = {a.kind, b.kind}
        if kinds == {Kind.NUMBER, Kind.DOUBLE}:
            return as_double(self.problem, a), as_double(self.problem, b)
        if kinds == {Kind.TEXT, Kind.TIME}:
            time, text = (a, b) if a.kind is Kind.TIME else (b, a)
            read = self._as_time(text)
            if time.tod is None and read.tod is not None:
                raise UnsupportedError("a text with a time of day compared with a date")
            return (a, read) if time is a else (read, b)
        raise UnsupportedError("a comparison of values of different types")

    def _as_time(self, value: Value) -> Value:
        if not isinstance(value.const, str):
            raise UnsupportedError("a text compared with a date")
        try:
            return plain(self.problem.constant(datetime.fromisoformat(value.const)))
        except ValueError:
            raise UnsupportedError(f"'{value.const}' compared with a date") from None

    def same(self, a: Result, b: Result) -> Truth:
        """Equality for which NULL is a value like others."""
        null_a, null_b = a.null, b.null
        equal = self.compare("eq", a, b)
        return Truth.sure(any_of((all_of((null_a, null_b)), equal.t)))

    def chosen(self, branches: Sequence[tuple[Any, Result]], last: Result) -> Result:
        """The first result whose formula holds, else the last."""
        results = [result for _, result in branches] + [last]
        if any(isinstance(r, Truth) for r in results):
            return _chosen_truth(branches, last)
        values = [r for r in results if isinstance(r, Value) and r.kind is not Kind.NULL]
        if not values:
            return NULL
        kind = Kind.DOUBLE if any(v.kind is Kind.DOUBLE for v in values) else values[0].kind
        if kind is Kind.DOUBLE:
            branches = [(condition, self._double(result)) for condition, result in branches]
            last = self._double(last)
            values = [v for v in map(self._double, results) if v.kind is not Kind.NULL]
        if any(v.kind is not kind for v in values):
            raise UnsupportedError("a choice between values of different types")
        unit = min(v.unit for v in values)
        default = z3.RealVal(0) if kind in (Kind.DOUBLE, Kind.TEXT) else z3.IntVal(0)

        def term(result: Result) -> Any:
            if not isinstance(result, Value) or result.kind is Kind.NULL:
                return default
            return result.term if result.unit == unit else result.term * int(result.unit / unit)

        made, null, tod = term(last), last.null, _time_of_day(last)
        for condition, result in reversed(branches):
            made = either(condition, term(result), made)
            null = either(condition, result.null, null)
            tod = either(condition, _time_of_day(result), tod)
        dates = all(v.tod is None for v in values)
        return Value(kind, made, null, unit, tod=None if dates else tod)

    def _double(self, result: Result) -> Value:
        """A constant as a double; a choice between columns of different types stays open."""
        value = plain(result)
        if value.kind is Kind.NUMBER and value.const is not None:
            return as_double(self.problem, value)
        return value


def _time_of_day(result: Result) -> Any:
    tod = result.tod if isinstance(result, Value) else None
    return z3.IntVal(0) if tod is None else tod


def _chosen_truth(branches: Sequence[tuple[Any, Result]], last: Result) -> Truth:
    def truth(result: Result) -> Truth:
        if isinstance(result, Truth):
            return result
        if result.kind is not Kind.NULL:
            raise UnsupportedError("a choice between values of different types")
        return Truth(False, False)

    made = truth(last)
    for condition, result in reversed(branches):
        own = truth(result)
        made = Truth(either(condition, own.t, made.t), either(condition, own.f, made.f))
    return made


def _compare_truths(key: str, a: Result, b: Result) -> Truth:
    if not (isinstance(a, Truth) and isinstance(b, Truth)):
        null = a if isinstance(a, Value) else b
        if isinstance(null, Value) and null.kind is Kind.NULL:
            return Truth(False, False)
        raise UnsupportedError("a comparison of values of different types")
    if key not in ("eq", "neq"):
        raise UnsupportedError("an order of conditions")
    alike = any_of((all_of((a.t, b.t)), all_of((a.f, b.f))))
    unlike = any_of((all_of((a.t, b.f)), all_of((a.f, b.t))))
    return Truth(alike, unlike) if key == "eq" else Truth(unlike, alike)


def _column(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    return encoder.problem.leaf(scope.find(node), node.name).value


def _parameter(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    return encoder.problem.parameter(node.name).value


def _inner(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    return encoder.encode(node.this, scope)


def _connected(
    join: Callable[[list[Truth]], Truth],
) -> Callable[[Encoder, exp.Expr, Scope], Result]:
    def make(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
        return join([encoder.truth(part, scope) for part in (node.this, node.expression)])

    return make


def _not(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    return encoder.truth(node.this, scope).negated()


def _is(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    if isinstance(node.expression, exp.Null):
        return Truth.sure(encoder.encode(node.this, scope).null)
    inner = encoder.truth(node.this, scope)
    return Truth.sure(inner.t if value_of(node.expression) else inner.f)


def _comparison(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    left, right = encoder.encode(node.this, scope), encoder.encode(node.expression, scope)
    return encoder.compare(node.key, left, right)


def _null_safe(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    left, right = encoder.encode(node.this, scope), encoder.encode(node.expression, scope)
    same = encoder.same(left, right)
    return same if isinstance(node, exp.NullSafeEQ) else same.negated()


def _in(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    if node.args.get("query"):
        return _subquery(encoder, node, scope)
    x = encoder.encode(node.this, scope)
    listed = [encoder.encode(item, scope) for item in node.expressions]
    return Truth.disjunction(encoder.compare("eq", x, item) for item in listed)


def _between(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    x = encoder.encode(node.this, scope)
    low, high = (encoder.encode(node.args[key], scope) for key in ("low", "high"))
    return Truth.conjunction([encoder.compare("gte", x, low), encoder.compare("lte", x, high)])


def _subquery(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    if encoder.subqueries is None:
        raise UnsupportedError("a sub-query")
    return encoder.subqueries.truth(node, scope)


def _case(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    branches = [
        (encoder.truth(branch.this, scope).t, encoder.encode(branch.args["true"], scope))
        for branch in node.args["ifs"]
    ]
    default = node.args.get("default")
    return encoder.chosen(branches, NULL if default is None else encoder.encode(default, scope))


def _coalesce(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    parts = [encoder.encode(part, scope) for part in (node.this, *node.expressions)]
    return encoder.chosen([(not_(part.null), part) for part in parts[:-1]], parts[-1])


def _nullif(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    left, right = encoder.encode(node.this, scope), encoder.encode(node.expression, scope)
    return encoder.chosen([(encoder.compare("eq", left, right).t, NULL)], left)


def _arithmetic(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    a, b = encoder.value(node.this, scope), encoder.value(node.expression, scope)
    if Kind.NULL in (a.kind, b.kind):
        return NULL
    if a.kind is not Kind.NUMBER or b.kind is not Kind.NUMBER:
        if {a.kind, b.kind} <= {Kind.NUMBER, Kind.DOUBLE}:
            pair = [as_double(encoder.problem, v) for v in (a, b)]
            return general(encoder, node.key, node, pair, scope, Kind.DOUBLE, total=True)
        raise UnsupportedError("arithmetic of what are no numbers")
    null = any_of((a.null, b.null))
    if isinstance(node, exp.Mul):
        if a.const is None and b.const is None:
            return product(encoder, node, a, b, scope)
        return Value(Kind.NUMBER, a.term * b.term, null, a.unit * b.unit)
    left, right = aligned(a, b)
    term = left + right if isinstance(node, exp.Add) else left - right
    return Value(Kind.NUMBER, term, null, min(a.unit, b.unit))


def _negative(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    x = encoder.value(node.this, scope)
    if x.kind is Kind.NULL:
        return NULL
    if x.kind is Kind.DOUBLE:
        return general(encoder, "minus", node, [x], scope, Kind.DOUBLE, total=True)
    if x.kind is not Kind.NUMBER:
        raise UnsupportedError("minus of what is no number")
    return Value(x.kind, -x.term, x.null, x.unit)


def _call(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    name = str(node.this)
    if name in ("IS_TERM", "STAGE"):
        return _term(encoder, node, scope)
    maker = FUNCTIONS.get(name.lower())
    arguments = [encoder.encode(argument, scope) for argument in node.expressions]
    if maker is not None:
        made = maker(encoder, node, arguments, scope)
        if made is not None:
            return made
    return general(encoder, name.lower(), node, arguments, scope)


def _term(encoder: Encoder, node: exp.Expr, scope: Scope) -> Result:
    """A term or a canonical stage, whose definition is not given: it may be anything."""
    problem = encoder.problem
    written = node.sql()
    rows = "/".join(row.name for row in scope.rows.values())
    problem.left_open(written, blind=True)
    if node.this == "IS_TERM":
        return Truth.sure(problem.named(f"{rows}: {written}"))
    place = z3.Real(f"{rows}: {written}")
    problem.add(place >= 0)
    return Value(Kind.TEXT, place, problem.named(f"{rows}: {written} is null"))


_MAKERS: dict[type[exp.Expr], Callable[[Encoder, exp.Expr, Scope], Result]] = {
    exp.Column: _column,
    exp.Placeholder: _parameter,
    exp.Paren: _inner,
    exp.Alias: _inner,
    exp.And: _connected(Truth.conjunction),
    exp.Or: _connected(Truth.disjunction),
    exp.Not: _not,
    exp.Is: _is,
    exp.EQ: _comparison,
    exp.NEQ: _comparison,
    exp.GT: _comparison,
    exp.GTE: _comparison,
    exp.LT: _comparison,
    exp.LTE: _comparison,
    exp.NullSafeEQ: _null_safe,
    exp.NullSafeNEQ: _null_safe,
    exp.In: _in,
    exp.Between: _between,
    exp.Exists: _subquery,
    exp.Case: _case,
    exp.Coalesce: _coalesce,
    exp.Nullif: _nullif,
    exp.Add: _arithmetic,
    exp.Sub: _arithmetic,
    exp.Mul: _arithmetic,
    exp.Neg: _negative,
    exp.Anonymous: _call,
}
