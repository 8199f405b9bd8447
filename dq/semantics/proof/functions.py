"""What the portable functions of numbers do, and the register of all that the prover knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

import z3
from sqlglot import exp

from dq.semantics.proof.apply import as_double, general, row_function
from dq.semantics.proof.logic import Formula, Truth, all_of, any_of, not_
from dq.semantics.proof.problem import monotone
from dq.semantics.proof.scope import Reader, Result, Scope
from dq.semantics.proof.text import TEXT_FUNCTIONS
from dq.semantics.proof.times import TIME_FUNCTIONS
from dq.semantics.proof.values import Kind, Value, aligned, ordered_as, plain
from dq.sql.function import value_of

__all__ = ["FUNCTIONS", "product"]

Maker = Callable[[Reader, exp.Expr, Sequence[Result], Scope], Result | None]

_WHOLE_DIGITS = 14
_LONG = 2**63


def _number(result: Result) -> Value | None:
    return result if isinstance(result, Value) and result.kind is Kind.NUMBER else None


def _per_unit(x: Value) -> int:
    """How many of its units make one."""
    return int(1 / x.unit)


def _divided(term: Any, by: int) -> Any:
    return term if by == 1 else term / by


def _abs(encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope) -> Result | None:
    x = _number(args[0])
    return None if x is None else Value(x.kind, _magnitude(x.term), x.null, x.unit)


def _magnitude(term: Any) -> Any:
    return z3.If(term < 0, -term, term)


def _sign(encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope) -> Result | None:
    x = _number(args[0])
    if x is None:
        return None
    return Value(x.kind, z3.If(x.term > 0, 1, z3.If(x.term < 0, -1, z3.IntVal(0))), x.null)


def _floor(encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope) -> Result | None:
    x = _number(args[0])
    return None if x is None else Value(x.kind, _divided(x.term, _per_unit(x)), x.null)


def _ceil(encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope) -> Result | None:
    x = _number(args[0])
    return None if x is None else Value(x.kind, -_divided(-x.term, _per_unit(x)), x.null)


def _rounded(x: Value, places: int, *, even: bool) -> Value:
    """As DECIMAL(18,4), which holds 14 digits before the mark."""
    step = _per_unit(x) // 10**places
    if step <= 1:
        term, unit = x.term, x.unit
    else:
        size = _magnitude(x.term)
        half = size / step
        over = 2 * (size % step)
        up = any_of(
            (over > step, all_of((over == step, half % 2 == 1) if even else (over == step,)))
        )
        count = half + z3.If(up, 1, z3.IntVal(0))
        term, unit = z3.If(x.term < 0, -count, count), Fraction(1, 10**places)
    limit = 10**_WHOLE_DIGITS * int(1 / unit)
    fits: Formula = all_of((term > -limit, term < limit))
    return Value(x.kind, term, any_of((x.null, not_(fits))), unit)


def _round(even: bool) -> Maker:
    def make(
        encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
    ) -> Result | None:
        x = _number(args[0])
        places = value_of(node.expressions[1]) if len(node.expressions) > 1 else 0
        return None if x is None or not isinstance(places, int) else _rounded(x, places, even=even)

    return make


def _as_decimal(
    encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
) -> Result | None:
    x = _number(args[0])
    return None if x is None else _rounded(x, 4, even=False)


def _as_integer(
    encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
) -> Result | None:
    x = _number(args[0])
    if x is None:
        return None
    per = _per_unit(x)
    if per == 1:
        whole = x.term
    else:
        whole = z3.If(x.term < 0, -_divided(-x.term, per), _divided(x.term, per))
    fits = all_of((whole >= -_LONG, whole < _LONG))
    return Value(x.kind, whole, any_of((x.null, not_(fits))))


def _as_double(
    encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
) -> Result | None:
    x = args[0]
    if not isinstance(x, Value) or x.kind not in (Kind.NUMBER, Kind.DOUBLE):
        return None
    return as_double(encoder.problem, x)


def _as_text(
    encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
) -> Result | None:
    x = args[0]
    return x if isinstance(x, Value) and x.kind is Kind.TEXT else None


def _mod(encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope) -> Result | None:
    a, b = _number(args[0]), _number(args[1])
    if a is None or b is None or b.const is None or not isinstance(b.const, int) or b.const <= 0:
        return None
    left, right = aligned(a, b)
    rest = _magnitude(left) % right
    return Value(a.kind, z3.If(left < 0, -rest, rest), a.null, min(a.unit, b.unit))


def _div0(encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope) -> Result | None:
    a, b = args
    if not (isinstance(a, Value) and isinstance(b, Value)) or Kind.NULL in (a.kind, b.kind):
        return None
    if any(v.kind not in (Kind.NUMBER, Kind.DOUBLE) for v in (a, b)):
        return None
    problem = encoder.problem
    pair = [as_double(problem, v) for v in (a, b)]
    made = plain(general(encoder, "div0", node, pair, scope, Kind.DOUBLE, total=True))
    by = b.const
    if a.kind is Kind.NUMBER and by is not None and by > 0:  # type: ignore[operator]
        divide, unit = row_function("div0"), a.unit

        def axioms() -> None:
            constants = {c: z3.RealVal(Fraction(c)) for c in sorted(problem.doubles)}
            problem.add(
                *monotone(
                    a.term,
                    made.term,
                    lambda n: divide(float(n * unit), float(by)),  # type: ignore[arg-type]
                    constants,
                    (-(2**63), 2**63),
                )
            )

        if problem.once(f"div0 {made.term.sexpr()}"):
            problem.later.append(axioms)
    null = any_of((made.null, all_of((not_(b.null), pair[1].term == 0))))
    return Value(Kind.DOUBLE, made.term, null)


def product(encoder: Reader, node: exp.Expr, a: Value, b: Value, scope: Scope) -> Value:
    """A product of two unknowns: its sign, and of a square its order, are known."""
    first, second = sorted((a, b), key=lambda v: v.term.get_id())
    made = plain(general(encoder, "mul", node, [first, second], scope, Kind.NUMBER, total=True))
    x, y, term, problem = first.term, second.term, made.term, encoder.problem
    if not problem.once(f"mul {term.sexpr()}"):
        return made
    problem.add(
        (term == 0) == any_of((x == 0, y == 0)),
        (term > 0) == any_of((all_of((x > 0, y > 0)), all_of((x < 0, y < 0)))),
    )
    if x.eq(y):

        def axioms() -> None:
            counts = {n / made.unit for n in problem.numbers}
            known = {whole for n in counts for whole in (floor(n), ceil(n))}
            constants = {n: z3.IntVal(n) for n in sorted(known)}
            problem.add(*monotone(_magnitude(x), term, lambda n: n * n, constants, (0, 10**19)))

        problem.later.append(axioms)
    return made


def _extreme(key: str) -> Maker:
    """Greatest and least leave NULLs out."""

    def make(
        encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
    ) -> Result | None:
        values = [a for a in args if isinstance(a, Value) and a.kind is not Kind.NULL]
        if any(isinstance(a, Truth) for a in args) or not values:
            return None
        if any(v.kind is not values[0].kind for v in values):
            return None
        best = values[0]
        for value in values[1:]:
            take = any_of((value.null, all_of((not_(best.null), ordered_as(key, best, value)))))
            best = plain(encoder.chosen([(take, best)], value))
        return best

    return make


FUNCTIONS: Mapping[str, Maker] = {
    "abs": _abs,
    "sign": _sign,
    "floor": _floor,
    "ceil": _ceil,
    "round": _round(even=False),
    "round_even": _round(even=True),
    "as_decimal": _as_decimal,
    "as_integer": _as_integer,
    "as_double": _as_double,
    "as_text": _as_text,
    "mod": _mod,
    "div0": _div0,
    "greatest": _extreme("gte"),
    "least": _extreme("lte"),
    **TEXT_FUNCTIONS,
    **TIME_FUNCTIONS,
}
"""Each gives the function's result, or None where it does not know these arguments."""
