"""A predicate or value of a plan as a Python closure over one row.

The closure gives what SQL gives: three-valued logic, NULL for None. Columns are looked up
by name without their qualifier; a column that the row lacks is NULL.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any

from sqlglot import exp

from dq.errors import PortabilityError
from dq.sql.allowed import check_portable
from dq.sql.function import Function, Kind, function_named, is_literal, value_of
from dq.sql.render import bind
from dq.sql.values import EXACT, as_float, compare

__all__ = ["compile_predicate", "compile_value"]

RowValue = Mapping[str, object]
Closure = Callable[[RowValue], object]


def compile_predicate(
    expression: exp.Expr, params: Mapping[str, object] | None = None
) -> Callable[[RowValue], bool | None]:
    """Make a closure that says True, False or None (unknown) of a row.

    Raises:
        PortabilityError: the expression needs more than one row, or is not portable.
        EngineError: a parameter has no value.
    """
    closure = compile_value(expression, params)

    def predicate(row: RowValue) -> bool | None:
        result = closure(row)
        return None if result is None else bool(result)

    return predicate


def compile_value(expression: exp.Expr, params: Mapping[str, object] | None = None) -> Closure:
    """Make a closure that gives the expression's value for a row.

    Raises:
        PortabilityError: the expression needs more than one row, or is not portable.
        EngineError: a parameter has no value.
    """
    check_portable(expression)
    return _closure(bind(expression, params or {}))


def _closure(node: exp.Expr) -> Closure:
    if is_literal(node):
        value = value_of(node)
        return lambda row: value
    make = _MAKERS.get(type(node))
    if make is None:
        raise PortabilityError("{what} needs more than one row.", what=node.key.upper())
    closure = make(node)
    if node.find(exp.Column) is not None:
        return closure
    constant = closure({})
    return lambda row: constant


def _column(node: exp.Expr) -> Closure:
    name = node.name
    return lambda row: row.get(name)


def _inner(node: exp.Expr) -> Closure:
    return _closure(node.this)


def _and(node: exp.Expr) -> Closure:
    parts = [_closure(part) for part in _flat(node, exp.And)]

    def row_and(row: RowValue) -> object:
        result: object = True
        for part in parts:
            value = part(row)
            if value is None:
                result = None
            elif not value:
                return False
        return result

    return row_and


def _or(node: exp.Expr) -> Closure:
    parts = [_closure(part) for part in _flat(node, exp.Or)]

    def row_or(row: RowValue) -> object:
        result: object = False
        for part in parts:
            value = part(row)
            if value is None:
                result = None
            elif value:
                return True
        return result

    return row_or


def _flat(node: exp.Expr, kind: type[exp.Expr]) -> list[exp.Expr]:
    """Operands of a chain of one connective, left to right."""
    if isinstance(node, exp.Paren) and isinstance(node.this, kind):
        node = node.this
    if not isinstance(node, kind):
        return [node]
    return _flat(node.this, kind) + _flat(node.expression, kind)


def _not(node: exp.Expr) -> Closure:
    inner = _closure(node.this)

    def row_not(row: RowValue) -> object:
        value = inner(row)
        return None if value is None else not value

    return row_not


def _is(node: exp.Expr) -> Closure:
    inner = _closure(node.this)
    if isinstance(node.expression, exp.Null):
        return lambda row: inner(row) is None
    wanted = bool(value_of(node.expression))
    return lambda row: inner(row) is wanted


def _comparison(test: Callable[[Any, Any], bool]) -> Callable[[exp.Expr], Closure]:
    def make(node: exp.Expr) -> Closure:
        left, right = _closure(node.this), _closure(node.expression)
        if is_literal(node.expression):
            return _compared_with(left, value_of(node.expression), test)

        def row_compare(row: RowValue) -> object:
            a, b = left(row), right(row)
            return None if a is None or b is None else test(compare(a, b), 0)

        return row_compare

    return make


def _compared_with(left: Closure, fixed: object, test: Callable[[Any, Any], bool]) -> Closure:
    """Comparison with a fixed value, the common case: like with like needs no conversion."""
    if fixed is None:
        return lambda row: None
    number = isinstance(fixed, int | Decimal) and not isinstance(fixed, bool)
    alike = {int, Decimal} if number else {type(fixed)} - {float}

    def row_compare(row: RowValue) -> object:
        a = left(row)
        if a.__class__ in alike:
            return test(a, fixed)
        return None if a is None else test(compare(a, fixed), 0)

    return row_compare


def _null_safe(equal: bool) -> Callable[[exp.Expr], Closure]:
    def make(node: exp.Expr) -> Closure:
        left, right = _closure(node.this), _closure(node.expression)

        def row_same(row: RowValue) -> object:
            a, b = left(row), right(row)
            same = a is b if a is None or b is None else compare(a, b) == 0
            return same is equal

        return row_same

    return make


def _in(node: exp.Expr) -> Closure:
    if node.args.get("query"):
        raise PortabilityError("{what} needs more than one row.", what="IN (SELECT …)")
    inner = _closure(node.this)
    listed = [_closure(item) for item in node.expressions]
    if all(is_literal(item) for item in node.expressions):
        fixed = [value_of(item) for item in node.expressions]
        if all(isinstance(v, str) for v in fixed):
            return _in_texts(inner, frozenset(map(str, fixed)))

    def row_in(row: RowValue) -> object:
        a = inner(row)
        if a is None:
            return None
        values = [item(row) for item in listed]
        if any(v is not None and compare(a, v) == 0 for v in values):
            return True
        return None if None in values else False

    return row_in


def _in_texts(inner: Closure, texts: frozenset[str]) -> Closure:
    def row_in(row: RowValue) -> object:
        a = inner(row)
        if a is None or isinstance(a, str):
            return None if a is None else a in texts
        return any(compare(a, text) == 0 for text in texts)

    return row_in


def _between(node: exp.Expr) -> Closure:
    inner = _closure(node.this)
    low, high = _closure(node.args["low"]), _closure(node.args["high"])

    def row_between(row: RowValue) -> object:
        a, first, last = inner(row), low(row), high(row)
        if a is None:
            return None
        above = None if first is None else compare(a, first) >= 0
        below = None if last is None else compare(a, last) <= 0
        if above is False or below is False:
            return False
        return None if above is None or below is None else True

    return row_between


def _arithmetic(combine: Callable[[Any, Any], object]) -> Callable[[exp.Expr], Closure]:
    def make(node: exp.Expr) -> Closure:
        left, right = _closure(node.this), _closure(node.expression)

        def row_arithmetic(row: RowValue) -> object:
            a, b = left(row), right(row)
            if a is None or b is None:
                return None
            if isinstance(a, float) or isinstance(b, float):
                a, b = as_float(a), as_float(b)
            elif isinstance(a, Decimal) or isinstance(b, Decimal):
                with localcontext(EXACT):
                    return combine(a, b)
            return combine(a, b)

        return row_arithmetic

    return make


def _negative(node: exp.Expr) -> Closure:
    inner = _closure(node.this)

    def row_negative(row: RowValue) -> object:
        value = inner(row)
        return -value if isinstance(value, int | float | Decimal) else None

    return row_negative


def _case(node: exp.Expr) -> Closure:
    branches = [(_closure(b.this), _closure(b.args["true"])) for b in node.args["ifs"]]
    default = node.args.get("default")
    otherwise = _closure(default) if default is not None else lambda row: None

    def row_case(row: RowValue) -> object:
        for condition, value in branches:
            if condition(row):
                return value(row)
        return otherwise(row)

    return row_case


def _coalesce(node: exp.Expr) -> Closure:
    parts = [_closure(part) for part in (node.this, *node.expressions)]

    def row_coalesce(row: RowValue) -> object:
        for part in parts:
            value = part(row)
            if value is not None:
                return value
        return None

    return row_coalesce


def _nullif(node: exp.Expr) -> Closure:
    left, right = _closure(node.this), _closure(node.expression)

    def row_nullif(row: RowValue) -> object:
        a, b = left(row), right(row)
        return None if a is not None and b is not None and compare(a, b) == 0 else a

    return row_nullif


def _call(node: exp.Expr) -> Closure:
    function = function_named(str(node.this).lower())
    if function is None or function.kind is Kind.AGGREGATE:
        raise PortabilityError("{what} needs more than one row.", what=str(node.this))
    if function.prepare is not None:
        prepared = function.prepare(*_fixed(function, node))
        free = [
            _closure(a) for i, a in enumerate(node.expressions) if not function.param(i).isupper()
        ]
        return _applied(prepared, free, function.sees_null)
    if function.row is None:
        raise PortabilityError("{what} has no meaning for one row.", what=function.name)
    return _applied(function.row, [_closure(a) for a in node.expressions], function.sees_null)


def _fixed(function: Function, node: exp.Expr) -> list[object]:
    return function.fixed(node) if isinstance(node, exp.Anonymous) else []


def _applied(
    row_function: Callable[..., object], arguments: Sequence[Closure], sees_null: bool
) -> Closure:
    if len(arguments) == 1:
        argument = arguments[0]
        if sees_null:
            return lambda row: row_function(argument(row))

        def row_one(row: RowValue) -> object:
            value = argument(row)
            return None if value is None else row_function(value)

        return row_one

    def row_many(row: RowValue) -> object:
        values = [argument(row) for argument in arguments]
        if not sees_null and any(v is None for v in values):
            return None
        return row_function(*values)

    return row_many


_MAKERS: dict[type[exp.Expr], Callable[[exp.Expr], Closure]] = {
    exp.Column: _column,
    exp.Paren: _inner,
    exp.Alias: _inner,
    exp.And: _and,
    exp.Or: _or,
    exp.Not: _not,
    exp.Is: _is,
    exp.EQ: _comparison(operator.eq),
    exp.NEQ: _comparison(operator.ne),
    exp.GT: _comparison(operator.gt),
    exp.GTE: _comparison(operator.ge),
    exp.LT: _comparison(operator.lt),
    exp.LTE: _comparison(operator.le),
    exp.NullSafeEQ: _null_safe(equal=True),
    exp.NullSafeNEQ: _null_safe(equal=False),
    exp.In: _in,
    exp.Between: _between,
    exp.Add: _arithmetic(operator.add),
    exp.Sub: _arithmetic(operator.sub),
    exp.Mul: _arithmetic(operator.mul),
    exp.Neg: _negative,
    exp.Case: _case,
    exp.Coalesce: _coalesce,
    exp.Nullif: _nullif,
    exp.Anonymous: _call,
}
