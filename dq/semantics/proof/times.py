"""What the portable functions of dates and timestamps do.

Days, weeks, hours, minutes and seconds are exact. Months have no fixed length: their functions
are left open but for axioms that hold of every calendar, exact at each constant of the problem.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from itertools import accumulate
from typing import Any

import z3
from sqlglot import exp

from dq.semantics.proof.apply import applied, ordered, record, row_function
from dq.semantics.proof.logic import all_of, any_of, implies
from dq.semantics.proof.problem import Problem, monotone
from dq.semantics.proof.scope import Reader, Result, Scope
from dq.semantics.proof.values import DAY, Kind, Value, microseconds, moment
from dq.sql.function import value_of

__all__ = ["TIME_FUNCTIONS"]

Maker = Callable[[Reader, exp.Expr, Sequence[Result], Scope], Result | None]

_SECOND = 1_000_000
_FIRST_DAY, _LAST_DAY = (microseconds(d) // DAY for d in (date.min, date.max))
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MOST_YEARS = 8
_LONGEST = {"month": 31, "quarter": 92, "year": 366}


def _time(result: Result) -> Value | None:
    return result if isinstance(result, Value) and result.kind is Kind.TIME else None


def _tod(x: Value) -> Any:
    return z3.IntVal(0) if x.tod is None else x.tod


def _day_value(days: Any, x: Value) -> Value:
    return Value(Kind.TIME, days, x.null)


def _date_of(
    encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
) -> Result | None:
    x = _time(args[0])
    return None if x is None else _day_value(x.term, x)


def _as_timestamp(
    encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
) -> Result | None:
    return _time(args[0])


def _added(unit: int) -> Maker:
    def make(
        encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
    ) -> Result | None:
        x, n = _time(args[0]), args[1]
        if x is None or not isinstance(n, Value) or n.kind is not Kind.NUMBER or n.unit != 1:
            return None
        null = any_of((x.null, n.null))
        if unit == DAY:
            return Value(Kind.TIME, x.term + n.term, null, tod=x.tod)
        if not isinstance(n.const, int):
            moved = _tod(x) + n.term * unit
            return Value(Kind.TIME, x.term + moved / DAY, null, tod=moved % DAY)
        days, rest = divmod(n.const * unit, DAY)
        if rest == 0:
            return Value(Kind.TIME, x.term + days, null, tod=x.tod)
        over = _tod(x) + rest >= DAY
        more, less = z3.If(over, z3.IntVal(1), 0), z3.If(over, z3.IntVal(DAY), 0)
        return Value(Kind.TIME, x.term + days + more, null, tod=_tod(x) + rest - less)

    return make


def _days_between(
    encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
) -> Result | None:
    a, b = _time(args[0]), _time(args[1])
    if a is None or b is None:
        return None
    return Value(Kind.NUMBER, b.term - a.term, any_of((a.null, b.null)))


def _seconds_between(
    encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
) -> Result | None:
    a, b = _time(args[0]), _time(args[1])
    if a is None or b is None:
        return None
    apart = (b.term - a.term) * DAY + _tod(b) - _tod(a)
    whole = z3.If(apart < 0, -((-apart) / _SECOND), apart / _SECOND)
    return Value(Kind.NUMBER, whole, any_of((a.null, b.null)))


def _clock(size: int, count: int) -> Maker:
    def make(
        encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
    ) -> Result | None:
        x = _time(args[0])
        if x is None:
            return None
        return Value(Kind.NUMBER, (_tod(x) / size) % count, x.null)

    return make


def _weekday(
    encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
) -> Result | None:
    x = _time(args[0])
    # 1970 began on a Thursday.
    return None if x is None else Value(Kind.NUMBER, (x.term + 3) % 7 + 1, x.null)


def _trunc(encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope) -> Result | None:
    x = _time(args[1])
    if x is None:
        return None
    unit = str(value_of(node.expressions[0]))
    if unit in _MONTHS:
        start = _start(encoder.problem, unit, x)
        record(encoder, "trunc", node, scope, start)
        return start
    if unit == "day":
        return _day_value(x.term, x)
    if unit == "week":
        days = x.term
        return _day_value(days - (days + 3) % 7, x)
    size = {"hour": 3600, "minute": 60, "second": 1}[unit] * _SECOND
    return x if x.tod is None else Value(Kind.TIME, x.term, x.null, tod=x.tod - x.tod % size)


def _start(problem: Problem, unit: str, x: Value) -> Value:
    """The first day of the month, quarter or year."""
    days = x.term
    plain = Value(Kind.NUMBER, days)
    term = applied(problem, f"trunc {unit}", [plain], Kind.NUMBER)
    if problem.once(f"trunc {term.sexpr()}"):
        problem.add(term <= days, term > days - _LONGEST[unit])
        _aligned(problem, unit, days, term)
        ordered(problem, f"trunc {unit}", days, term)

        def at_constants() -> None:
            bounds = (_FIRST_DAY, _LAST_DAY)
            problem.add(*monotone(days, term, partial(_first_day, unit), _known(problem), bounds))

        problem.later.append(at_constants)
    return _day_value(term, x)


def _known(problem: Problem) -> dict[int, Any]:
    """The days of the problem's constants and the days after them."""
    days = {us // DAY + more for us in problem.times for more in (0, 1)}
    return {day: z3.IntVal(day) for day in sorted(days)}


def _first_day(unit: str, n: int) -> int:
    on = moment(n * DAY)
    month = (on.month - 1) // _MONTHS[unit] * _MONTHS[unit] + 1
    return microseconds(date(on.year, month, 1)) // DAY


def _aligned(problem: Problem, unit: str, days: Any, term: Any) -> None:
    """X >= s says the same as trunc(x) >= s where s is the start of a unit as large or larger."""
    for other, members in list(problem.families.items()):
        if not other.startswith("start "):
            continue
        other_unit = other.removeprefix("start ")
        for other_days, other_term in members:
            if _MONTHS[other_unit] % _MONTHS[unit] == 0:
                problem.add((term >= other_term) == (days >= other_term))
            if other_days is not None and _MONTHS[unit] % _MONTHS[other_unit] == 0:
                problem.add((other_term >= term) == (other_days >= term))
    problem.families.setdefault(f"start {unit}", []).append((days, term))


def _shifted_start(problem: Problem, unit: str, term: Any) -> None:
    """The start of a unit that is not made by trunc itself."""
    for other in _MONTHS:
        if _MONTHS[unit] % _MONTHS[other] == 0:
            for days, start in problem.families.get(f"start {other}", []):
                if days is not None:
                    problem.add((start >= term) == (days >= term))
    problem.families.setdefault(f"start {unit}", []).append((None, term))


def _add_months(
    encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
) -> Result | None:
    """The day moves, the time of day stays: months are monotone by days only."""
    x, n = _time(args[0]), args[1]
    if x is None or not isinstance(n, Value) or not isinstance(n.const, int):
        return None
    if abs(n.const) > 1200:
        return None
    problem, months, days = encoder.problem, n.const, x.term
    term = applied(problem, f"add_months {months}", [Value(Kind.NUMBER, days)], Kind.NUMBER)
    if problem.once(f"months {term.sexpr()}"):
        least, most = _shift(months)
        problem.add(term >= days + least, term <= days + most)
        ordered(problem, f"add_months {months}", days, term)
        for other_months, other in problem.families.setdefault(f"months of {days.sexpr()}", []):
            problem.add(other < term if other_months < months else term < other)
        problem.families[f"months of {days.sexpr()}"].append((months, term))
        _there_and_back(problem, days, term, months)
        _whole_units(problem, days, term, months)
        problem.later.append(lambda: _months_at_constants(problem, days, term, months))
    result = Value(Kind.TIME, term, x.null, tod=x.tod)
    record(encoder, "add_months", node, scope, result)
    return result


def _there_and_back(problem: Problem, days: Any, term: Any, months: int) -> None:
    """If x + n months is at or after y, then x is at or after y - n months, not the reverse."""
    for other_days, other in problem.families.get(f"month shifts {-months}", []):
        for x, moved, y, back in ((days, term, other_days, other), (other_days, other, days, term)):
            problem.add(implies(moved >= y, x >= back), implies(moved > y, x > back))
    problem.families.setdefault(f"month shifts {months}", []).append((days, term))


def _whole_units(problem: Problem, days: Any, term: Any, months: int) -> None:
    """From the start of a unit, whole units lead to the start of another; the next is next."""
    for unit, size in _MONTHS.items():
        if months % size:
            continue
        for _, start in list(problem.families.get(f"start {unit}", [])):
            if not start.eq(days):
                continue
            _shifted_start(problem, unit, term)
            if months in (size, -size):
                pair = (start, term) if months > 0 else (term, start)
                problem.later.append(partial(_next_start, problem, unit, *pair))


def _next_start(problem: Problem, unit: str, low: Any, high: Any) -> None:
    for x, other in problem.families.get(f"start {unit}", []):
        if x is not None:
            problem.add((other > low) == (x >= high))


def _months_at_constants(problem: Problem, days: Any, term: Any, months: int) -> None:
    bounds = (_FIRST_DAY + 31 * 1201, _LAST_DAY - 31 * 1201)
    later = partial(_months_later, months)
    problem.add(*monotone(days, term, later, _known(problem), bounds))


def _months_later(months: int, n: int) -> int:
    made: Any = row_function("add_months")(moment(n * DAY), months)
    return microseconds(made) // DAY


@lru_cache(maxsize=256)
def _shift(months: int) -> tuple[int, int]:
    """The fewest and the most days by which so many months move a day (over 400 years)."""
    lengths = [calendar.monthrange(1600 + n // 12, n % 12 + 1)[1] for n in range(4800)] * 2
    firsts = [0, *accumulate(lengths)]
    least, most = 31 * 1200, -31 * 1200
    for at in range(1200, 6000):
        apart = firsts[at + months] - firsts[at]
        least = min(least, apart - max(lengths[at] - lengths[at + months], 0))
        most = max(most, apart)
    return least, most


def _year(encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope) -> Result | None:
    x = _time(args[0])
    if x is None:
        return None
    problem, days = encoder.problem, x.term
    start = _start(problem, "year", x)
    term = applied(problem, "year", [Value(Kind.NUMBER, start.term)], Kind.NUMBER)
    if problem.once(f"year {term.sexpr()}"):
        problem.add(term >= 1, term <= 9999)
        ordered(problem, "year", start.term, term)

        def at_constants() -> None:
            years = {n + more: z3.IntVal(n + more) for n in _years(problem) for more in (0, 1)}
            problem.add(
                *monotone(
                    days, term, lambda n: moment(n * DAY).year, years, (_FIRST_DAY, _LAST_DAY)
                )
            )

        problem.later.append(at_constants)
    result = Value(Kind.NUMBER, term, x.null)
    record(encoder, "year", node, scope, result)
    return result


def _month(encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope) -> Result | None:
    x = _time(args[0])
    if x is None:
        return None
    result = Value(Kind.NUMBER, _month_term(encoder, node, x, scope), x.null)
    record(encoder, "month", node, scope, result)
    return result


def _month_term(encoder: Reader, node: exp.Expr, x: Value, scope: Scope) -> Any:
    """The month's number, tied to the year's by months counted from the year 0."""
    problem, days = encoder.problem, x.term
    term = applied(problem, "month", [Value(Kind.NUMBER, days)], Kind.NUMBER)
    if problem.once(f"month {term.sexpr()}"):
        problem.add(term >= 1, term <= 12)
        first = _start(problem, "year", x)
        of_year = days - first.term
        problem.add(of_year >= 28 * (term - 1), of_year < 31 * term)
        starts = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        for number, start in enumerate(starts[1:], 2):
            leap = 1 if number > 2 else 0
            problem.add(
                implies(of_year >= start + leap, term >= number),
                implies(of_year < start, term < number),
            )
        problem.later.append(lambda: _months_of_years(problem, days, term))
    return term


def _years(problem: Problem) -> list[int]:
    """Years that the problem speaks of."""
    named = {int(n) for n in problem.numbers if n.denominator == 1 and 1900 <= n <= 2200}
    return sorted(named | {moment(us).year for us in problem.times})


def _months_of_years(problem: Problem, days: Any, term: Any) -> None:
    """Within a year that the problem speaks of, months begin on known days."""
    for year in _years(problem)[:_MOST_YEARS]:
        starts = [microseconds(date(year, number, 1)) // DAY for number in range(1, 13)]
        within = all_of((days >= starts[0], days <= starts[-1] + 30))
        for number, start in enumerate(starts[1:], 2):
            problem.add(implies(within, (term >= number) == (days >= start)))


def _quarter(
    encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
) -> Result | None:
    x = _time(args[0])
    if x is None:
        return None
    result = Value(Kind.NUMBER, (_month_term(encoder, node, x, scope) + 2) / 3, x.null)
    record(encoder, "quarter", node, scope, result)
    return result


def _day(encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope) -> Result | None:
    x = _time(args[0])
    if x is None:
        return None
    start = _start(encoder.problem, "month", x)
    result = Value(Kind.NUMBER, x.term - start.term + 1, x.null)
    record(encoder, "day", node, scope, result)
    return result


TIME_FUNCTIONS: Mapping[str, Maker] = {
    "date_of": _date_of,
    "as_timestamp": _as_timestamp,
    "add_days": _added(DAY),
    "add_seconds": _added(_SECOND),
    "add_months": _add_months,
    "days_between": _days_between,
    "seconds_between": _seconds_between,
    "hour": _clock(3600 * _SECOND, 24),
    "minute": _clock(60 * _SECOND, 60),
    "second": _clock(_SECOND, 60),
    "weekday": _weekday,
    "trunc": _trunc,
    "year": _year,
    "month": _month,
    "quarter": _quarter,
    "day": _day,
}
