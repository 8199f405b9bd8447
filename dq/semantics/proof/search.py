"""Where to look for a witness when what z3 found does not hold in truth.

A function that the axioms leave open is computed for some values of its columns, chosen with an
eye to the problem's constants, and those columns are held to these values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product

from dq.errors import DqError
from dq.semantics.proof.logic import Formula, Truth, all_of, any_of, implies, not_
from dq.semantics.proof.problem import Application, Leaf, Problem, fixed
from dq.semantics.proof.values import (
    DAY,
    Kind,
    UnsupportedError,
    Value,
    microseconds,
    moment,
    ordered_as,
    plain,
)
from dq.sql.row import compile_value

__all__ = ["everyday", "narrowed", "within_reach"]

_MOST = 32
_MOST_OF_PAIRS = 8
_MOST_PAIRS = 100
_YEARS = 3


def everyday(problem: Problem) -> list[Formula]:
    """That columns and parameters hold values such as one meets: they read well."""
    return _limited(problem, (_days(1990), _days(2050)), lambda leaf: 10**6)


def within_reach(problem: Problem) -> list[Formula]:
    """That they do not lie at the end of their types' ranges."""
    return _limited(problem, (_days(1000), _days(9000)), lambda leaf: _largest(leaf) // 10)


def _days(year: int) -> int:
    return microseconds(date(year, 1, 1)) // DAY


def _largest(leaf: Leaf) -> int:
    column = leaf.column
    return 10 ** (column.precision - column.scale) if column.type == "decimal" else 10**18


def _limited(
    problem: Problem, days: tuple[int, int], largest: Callable[[Leaf], int]
) -> list[Formula]:
    formulas = []
    for leaf in problem.leaves.values():
        value = leaf.value
        if isinstance(value, Truth) or value.kind is Kind.TEXT:
            continue
        low, high = days
        if value.kind is not Kind.TIME:
            high = int(largest(leaf) / value.unit)
            low = -high
        formulas.append(any_of((value.null, all_of((value.term > low, value.term < high)))))
    return formulas


def narrowed(problem: Problem) -> list[Formula]:
    """Formulas under which the open functions are what they are, on chosen values."""
    pools: dict[str, list[tuple[object, Value | Truth]]] = {}
    single: dict[str, bool] = {}
    applications = list(problem.applications)
    for application in applications:
        for leaf in application.leaves:
            single[leaf.key] = single.get(leaf.key, True) and len(application.leaves) == 1
    formulas: list[Formula] = []
    for key, alone in single.items():
        leaf = problem.leaves[key]
        most = _MOST if alone else _MOST_OF_PAIRS
        values = list(dict.fromkeys(_candidates(problem, leaf)))[:most]
        pools[key] = [(value, problem.constant(value)) for value in values]
        null = leaf.value.null
        formulas.append(any_of([null, *(fixed(leaf, made) for _, made in pools[key])]))
    for application in applications:
        formulas += _computed(problem, application, pools)
    return formulas


def _computed(
    problem: Problem,
    application: Application,
    pools: dict[str, list[tuple[object, Value | Truth]]],
) -> Iterator[Formula]:
    leaves = application.leaves
    try:
        closure = compile_value(application.node)
    except DqError:
        return
    nulls: list[tuple[object, Value | Truth | None]] = [(None, None)]
    spaces = [nulls + list(pools[leaf.key]) for leaf in leaves]
    for count, chosen in enumerate(product(*spaces)):
        if count > _MOST_PAIRS:
            return
        try:
            value = closure({leaf.key: v for leaf, (v, _) in zip(leaves, chosen, strict=True)})
            result = _same(application.result, problem.constant(value))
        except (DqError, UnsupportedError, TypeError, ValueError, ArithmeticError):
            continue
        given = all_of(
            leaf.value.null if made is None else fixed(leaf, made)
            for leaf, (_, made) in zip(leaves, chosen, strict=True)
        )
        yield implies(given, result)


def _same(result: Value | Truth, value: Value | Truth) -> Formula:
    if isinstance(result, Truth):
        if isinstance(value, Truth):
            return result.t if value.t else result.f
        return result.null
    if isinstance(value, Truth):
        raise UnsupportedError("a condition for a value")
    if value.kind is Kind.NULL:
        return result.null
    if value.kind is not result.kind:
        raise UnsupportedError("a value of another type")
    return all_of((not_(result.null), ordered_as("eq", result, value)))


def _candidates(problem: Problem, leaf: Leaf) -> Iterator[object]:
    kind = leaf.column.type
    if leaf.column.values is not None:
        yield from (v for v in leaf.column.values if v is not None)
    elif kind == "text":
        yield from _texts(problem, leaf)
    elif kind in ("date", "timestamp"):
        for at in _moments(problem):
            yield at.date() if kind == "date" else at
    elif kind == "boolean":
        yield from (True, False)
    else:
        yield from _numbers(problem, leaf)


def _texts(problem: Problem, leaf: Leaf) -> Iterator[str]:
    value = plain(leaf.value)
    subject = problem.subjects.get(value.term.get_id())
    known = sorted(problem.texts)
    if subject is not None:
        yield from subject.samples[:16]
    yield from known[:16]
    for number in sorted(problem.numbers):
        exact = Decimal(number.numerator) / Decimal(number.denominator)
        yield from (format(exact, "f"), format(exact + 1, "f"), format(exact - 1, "f"))
    for at in sorted(problem.times):
        yield from (moment(at).date().isoformat(), moment(at).isoformat(sep=" "))
    for text in known:
        yield from (text.upper(), text.title(), f" {text}", f"{text} x", f"x{text}")
    yield from ("", " ", "x", "7", "2024-02-29")


def _moments(problem: Problem) -> Iterator[datetime]:
    """Moments about the constants first, then days of the years that they lie in."""
    known = [moment(us) for us in sorted(problem.times)]
    for at in known:
        for step in (timedelta(), timedelta(days=1), timedelta(microseconds=1)):
            yield from (
                (at - step, at + step) if datetime(2, 1, 1) < at < datetime(9998, 1, 1) else ()
            )
    named = {int(n) for n in problem.numbers if n.denominator == 1 and 1900 <= n <= 2200}
    years = sorted(named | {at.year for at in known} | (set() if known or named else {2023}))
    for year in years[:_YEARS]:
        for month in range(1, 13):
            yield datetime(year, month, 15, 12)
    for year in years[:_YEARS]:
        yield from (datetime(year, 1, 1), datetime(year, 12, 31), datetime(year + 1, 1, 1))
        for month in range(1, 13):
            first = date(year + month // 12, month % 12 + 1, 1)
            yield datetime.combine(first - timedelta(days=1), datetime.min.time())
    yield from (datetime(2024, 2, 29), datetime(2024, 3, 31))


def _numbers(problem: Problem, leaf: Leaf) -> Iterator[object]:
    for number in sorted(problem.numbers | {0}):
        exact = Decimal(number.numerator) / Decimal(number.denominator)
        for more in (Decimal(0), Decimal(1), Decimal(-1), Decimal("0.5"), Decimal("0.0001")):
            value = exact + more
            if leaf.column.type == "double":
                yield float(value)
            elif leaf.column.type == "integer":
                if value == int(value):
                    yield int(value)
            elif value == round(value, leaf.column.scale):
                yield round(value, leaf.column.scale)
