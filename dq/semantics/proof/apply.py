"""Functions of which little is known: the same arguments give the same result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import z3
from sqlglot import exp

from dq.semantics.proof.logic import Formula, Truth, any_of, implies
from dq.semantics.proof.problem import Application, Problem, monotone
from dq.semantics.proof.scope import Reader, Result, Scope
from dq.semantics.proof.values import DAY, NULL, Kind, UnsupportedError, Value, plain
from dq.sql.function import function_named
from dq.sql.values import as_float

__all__ = ["applied", "as_double", "general", "ordered", "record", "row_function"]


_MONEY = Fraction(1, 10_000)
_RESULTS: dict[str, tuple[Kind, Fraction]] = {
    **dict.fromkeys(
        "as_text concat concat_ws fold left lower lpad md5 regexp_extract regexp_replace replace "
        "reverse right split_part substring translate trim upper".split(),
        (Kind.TEXT, Fraction(1)),
    ),
    **dict.fromkeys(
        "as_integer ceil days_between floor length seconds_between sign to_integer weekday".split(),
        (Kind.NUMBER, Fraction(1)),
    ),
    **dict.fromkeys(
        "day hour minute month quarter second year".split(), (Kind.NUMBER, Fraction(1))
    ),
    **dict.fromkeys("as_decimal round round_even to_decimal".split(), (Kind.NUMBER, _MONEY)),
    **dict.fromkeys(
        "as_double div0 exp ln power sqrt to_double".split(), (Kind.DOUBLE, Fraction(1))
    ),
    **dict.fromkeys(
        "add_days add_months add_seconds to_timestamp trunc date_of make_date to_date".split(),
        (Kind.TIME, Fraction(1)),
    ),
}
_MOMENTS = frozenset("add_days add_months add_seconds to_timestamp trunc".split())
_CONDITIONS = frozenset("blank contains ends_with full_match search starts_with".split())
_TOTAL = frozenset(
    "add_days add_months add_seconds as_text blank concat concat_ws contains date_of day "
    "days_between ends_with fold full_match hour left length lower lpad md5 minute month quarter "
    "regexp_replace replace reverse right search second seconds_between split_part starts_with "
    "substring translate trim trunc upper weekday year".split()
)
"""Functions that are NULL only where an argument is."""


def general(
    encoder: Reader,
    name: str,
    node: exp.Expr,
    arguments: Sequence[Result],
    scope: Scope,
    kind: Kind | None = None,
    *,
    total: bool | None = None,
) -> Result:
    """A function left open, noted as such; replay still evaluates it.

    Raises:
        UnsupportedError: the type of its result is not known.
    """
    unit = Fraction(1)
    if kind is None and name not in _CONDITIONS:
        if name not in _RESULTS:
            raise UnsupportedError(f"the function {name}")
        kind, unit = _RESULTS[name]
    elif name == "mul":
        for argument in arguments:
            unit *= argument.unit if isinstance(argument, Value) else 1
    function = function_named(name)
    if function is not None and function.sees_null:
        null: Formula = False
        arguments = [_shown(a) for a in arguments] + [
            Truth.sure(a.null) for a in arguments if a.null is not False
        ]
    else:
        if any(isinstance(a, Value) and a.kind is Kind.NULL for a in arguments):
            return Truth(False, False) if kind is None else NULL
        null = any_of(a.null for a in arguments)
    if name == "concat_ws":
        null = arguments[0].null
    made = applied(encoder.problem, name, arguments, kind)
    if not (name in _TOTAL if total is None else total):
        null = any_of((null, applied(encoder.problem, f"{name} is null", arguments, None)))
    tod = None
    if name in _MOMENTS:
        tod = applied(encoder.problem, f"time of {name}", arguments, Kind.NUMBER)
        encoder.problem.add(tod >= 0, tod < DAY)
    result = _result(kind, made, null, unit, tod)
    record(encoder, name, node, scope, result)
    return result


def _result(kind: Kind | None, made: Any, null: Formula, unit: Fraction, tod: Any) -> Result:
    return Truth.strict(null, made) if kind is None else Value(kind, made, null, unit, tod=tod)


def row_function(name: str) -> Callable[..., Any]:
    """What a portable function does with Python values."""
    function = function_named(name)
    if function is None or function.row is None:
        raise UnsupportedError(f"the function {name}")
    return function.row


def _shown(argument: Result) -> Result:
    """An argument whose term does not matter where it is NULL."""
    if isinstance(argument, Truth):
        return Truth.sure(argument.t)
    if argument.kind is Kind.NULL:
        return Value(Kind.NUMBER, z3.IntVal(0))
    if argument.null is False:
        return argument
    zero = z3.RealVal(0) if argument.kind in (Kind.DOUBLE, Kind.TEXT) else z3.IntVal(0)
    term = z3.If(argument.null, zero, argument.term)
    tod = None if argument.tod is None else z3.If(argument.null, z3.IntVal(0), argument.tod)
    return Value(argument.kind, term, False, argument.unit, tod=tod)


def applied(problem: Problem, name: str, arguments: Sequence[Result], kind: Kind | None) -> Any:
    """The term of a function of the arguments' terms; a condition for no kind.

    Arguments in different units are different functions: only like terms mean like values.
    """
    terms: list[Any] = []
    sorts: list[Any] = []
    units: list[str] = []
    for argument in arguments:
        if isinstance(argument, Truth):
            terms.append(_formula(argument.t))
            sorts.append(z3.BoolSort())
            units.append("?")
        else:
            terms.append(argument.term)
            sorts.append(argument.kind.sort)
            units.append(f"{argument.kind.value} {argument.unit}")
            if argument.tod is not None:
                terms.append(argument.tod)
                sorts.append(z3.IntSort())
                units.append("time")
    result = z3.BoolSort() if kind is None else kind.sort
    if not terms:
        return z3.Const(name, result)
    made = z3.Function(f"{name}({', '.join(units)})", *sorts, result)(*terms)
    if kind is Kind.TEXT:
        problem.add(made >= 0)
    return made


def _formula(formula: Formula) -> Any:
    return z3.BoolVal(formula) if isinstance(formula, bool) else formula


def record(encoder: Reader, name: str, node: exp.Expr, scope: Scope, result: Result) -> None:
    """Note a use of a function that the axioms leave open, for the search of witnesses."""
    encoder.problem.left_open(name)
    try:
        grounded, leaves = encoder.grounded(node, scope)
    except UnsupportedError:
        return
    encoder.problem.applications.append(Application(grounded, leaves, result))


def as_double(problem: Problem, value: Value) -> Value:
    """A number as a double: exact for constants, else by what rounding keeps, the order."""
    if value.kind is not Kind.NUMBER:
        return value
    if value.const is not None:
        return plain(problem.constant(as_float(value.const)))
    unit = value.unit
    term = applied(problem, "as_double", [value], Kind.DOUBLE)
    if problem.once(f"as_double {term.sexpr()}"):
        within = (-(2**63), 2**63)

        def axioms() -> None:
            constants = {c: z3.RealVal(Fraction(c)) for c in sorted(problem.doubles)}
            problem.add(*monotone(value.term, term, lambda n: float(n * unit), constants, within))

        problem.later.append(axioms)
        ordered(problem, f"as_double {unit}", value.term, term)
    return Value(Kind.DOUBLE, term, value.null)


def ordered(problem: Problem, family: str, arg: Any, result: Any) -> None:
    """That functions of one family do not decrease from one argument to a larger one."""
    members = problem.families.setdefault(family, [])
    for other_arg, other in members:
        problem.add(
            implies(arg <= other_arg, result <= other), implies(other_arg <= arg, other <= result)
        )
    members.append((arg, result))
