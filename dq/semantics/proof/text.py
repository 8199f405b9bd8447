"""Conditions on texts: which combinations of them a text can meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from dq.semantics.proof.apply import applied
from dq.semantics.proof.logic import Formula, Truth, all_of, any_of, implies, not_
from dq.semantics.proof.machines import (
    AtLeastLong,
    Contains,
    EndsWith,
    Equals,
    Fold,
    FromOn,
    Left,
    Lower,
    Machine,
    Slots,
    StartsWith,
    Trim,
    Upper,
    White,
    answer,
    endings,
)
from dq.semantics.proof.patterns import matcher
from dq.semantics.proof.problem import Problem
from dq.semantics.proof.scope import Reader, Result, Scope
from dq.semantics.proof.values import Kind, Value

__all__ = ["TEXT_FUNCTIONS", "Subject", "describe", "note_comparison"]

Maker = Callable[[Reader, exp.Expr, Sequence[Result], Scope], Result | None]
Wrapper = Callable[[Machine], Machine]

_MOST_STEPS = 20_000
_MOST_TEXTS = 60
_LONGEST = 64
_MORE = "xqz017b-."


@dataclass
class Subject:
    """A text that conditions are about: those conditions, and the constants it compares with.

    `samples` are texts that meet each combination of the conditions which can be met.
    """

    value: Value
    conditions: list[tuple[Machine, Formula]] = field(default_factory=list)
    constants: set[str] = field(default_factory=set)
    samples: list[str] = field(default_factory=list)

    def texts_that(self, wanted: tuple[bool, ...]) -> Iterator[str]:
        """Texts that meet just these of the conditions."""
        for text in self.samples:
            if self.meets(text, wanted):
                yield text
        for text in self.samples:
            if self.meets(text, wanted):
                for more in _MORE:
                    yield from (t for t in (text + more, more + text) if self.meets(t, wanted))

    def meets(self, text: str, wanted: tuple[bool, ...]) -> bool:
        """Whether a text meets just these of the conditions."""
        return tuple(answer(machine, text) for machine, _ in self.conditions) == wanted


def subject_of(problem: Problem, value: Value) -> Subject:
    """The subject that a text is, or is made from."""
    base = value.base or value
    found: Subject = problem.subjects.setdefault(base.term.get_id(), Subject(base))
    return found


def _condition(problem: Problem, value: Value, machine: Machine, formula: Formula) -> None:
    """Say that a formula is what a machine answers of a text."""
    for wrap in reversed(value.chain):
        machine = wrap(machine)
    subject = subject_of(problem, value)
    if all(machine != known for known, _ in subject.conditions):
        subject.conditions.append((machine, formula))


def note_comparison(problem: Problem, key: str, a: Value, b: Value) -> None:
    """Note that two texts are compared."""
    if a.const is not None:
        a, b = b, a
    if a.const is not None:
        return
    if not isinstance(b.const, str):
        problem.linked = True
        return
    text, place = b.const, problem.place(b.const)
    if key in ("eq", "neq"):
        if a.chain:
            _condition(problem, a, Equals(text), a.term == place)
        else:
            subject_of(problem, a).constants.add(text)
    elif not _maps_letters(a):
        _condition(problem, a, FromOn(text), a.term >= place)
        _condition(problem, a, Equals(text), a.term == place)


def describe(problem: Problem) -> None:
    """Add what combinations of conditions the texts of the problem can meet."""
    for subject in list(problem.subjects.values()):
        constants = problem.texts if problem.linked else subject.constants
        if not subject.conditions or len(constants) > _MOST_TEXTS:
            continue
        slots = Slots(frozenset(constants))
        if not _described(problem, subject, slots, subject.conditions):
            for condition in subject.conditions:
                _described(problem, subject, slots, [condition])


def _described(
    problem: Problem,
    subject: Subject,
    slots: Slots,
    conditions: Sequence[tuple[Machine, Formula]],
) -> bool:
    found = endings([slots, *(machine for machine, _ in conditions)], _MOST_STEPS)
    if found is None:
        return False
    term = subject.value.term
    same = {text: term == problem.place(text) for text in sorted(slots.texts)}
    others = []
    for (text, *answers), sample in found.items():
        literals = [
            formula if said is True else not_(formula)
            for said, (_, formula) in zip(answers, conditions, strict=True)
        ]
        if text is None:
            others.append(all_of(literals))
        else:
            problem.add(implies(same[str(text)], all_of(literals)))
        subject.samples.append(sample)
    problem.add(any_of([*same.values(), *others]))
    return True


def _text(result: Result) -> Value | None:
    return result if isinstance(result, Value) and result.kind is Kind.TEXT else None


def _mapped(name: str, wrap: Wrapper) -> Maker:
    def make(
        encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
    ) -> Result | None:
        x = _text(args[0])
        return None if x is None else _derived(encoder.problem, name, [x], x, wrap)

    return make


def _derived(problem: Problem, name: str, args: Sequence[Result], x: Value, wrap: Wrapper) -> Value:
    term = applied(problem, name, args, Kind.TEXT)
    return Value(Kind.TEXT, term, x.null, base=x.base or x, chain=(*x.chain, wrap))


def _left(encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope) -> Result | None:
    return _cut(encoder, "left", args, 1, args[1])


def _substring(
    encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
) -> Result | None:
    first = args[1].const if isinstance(args[1], Value) else None
    return _cut(encoder, "substring", args, first, args[2])


def _cut(
    encoder: Reader, name: str, args: Sequence[Result], first: object, size: Result
) -> Result | None:
    x, count = _text(args[0]), size.const if isinstance(size, Value) else None
    if x is None or not isinstance(first, int) or not isinstance(count, int):
        return None
    if not (1 <= first <= _LONGEST and 0 <= count <= _LONGEST):
        return None
    return _derived(encoder.problem, name, args, x, _Cut(first, count))


@dataclass(frozen=True)
class _Cut:
    first: int
    size: int

    def __call__(self, machine: Machine) -> Machine:
        return Left(machine, self.first, self.size)


def _tested(name: str, make_machine: Callable[[str], Machine]) -> Maker:
    def make(
        encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
    ) -> Result | None:
        x, part = _text(args[0]), args[1]
        if x is None or not isinstance(part, Value) or not isinstance(part.const, str):
            return None
        formula = applied(encoder.problem, name, [x, part], None)
        _condition(encoder.problem, x, make_machine(part.const), formula)
        return Truth.strict(x.null, formula)

    return make


def _blank(encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope) -> Result | None:
    x = _text(args[0])
    if x is None:
        return Truth.sure(args[0].null)
    formula = applied(encoder.problem, "blank", [x], None)
    _condition(encoder.problem, x, White(), formula)
    return Truth.sure(any_of((x.null, formula)))


def _length(encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope) -> Result | None:
    x, problem = _text(args[0]), encoder.problem
    if x is None:
        return None
    term = applied(problem, "length", [x], Kind.NUMBER)
    if problem.once(f"length {term.sexpr()}"):
        problem.add(term >= 0)
        problem.later.append(lambda: _lengths(problem, x, term))
    return Value(Kind.NUMBER, term, x.null)


def _lengths(problem: Problem, x: Value, term: Any) -> None:
    """Tell lengths apart at the numbers of the problem."""
    named = {int(n) for n in problem.numbers if n.denominator == 1 and 0 <= n < _LONGEST}
    for size in sorted(named | {n + 1 for n in named}):
        if size:
            _condition(problem, x, AtLeastLong(size), term >= size)


def _matched(name: str, full: bool) -> Maker:
    def make(
        encoder: Reader, node: exp.Expr, args: Sequence[Result], scope: Scope
    ) -> Result | None:
        x, pattern = _text(args[0]), args[1]
        if x is None or not isinstance(pattern, Value) or not isinstance(pattern.const, str):
            return None
        machine = matcher(pattern.const, full)
        if machine is None or (machine.wide and _maps_letters(x)):
            return None
        formula = applied(encoder.problem, name, [x, pattern], None)
        _condition(encoder.problem, x, machine, formula)
        return Truth.strict(x.null, formula)

    return make


def _maps_letters(x: Value) -> bool:
    """Whether a text is made by changing letters: ranges of letters do not stay ranges."""
    return any(wrap in (Lower, Upper, Fold) for wrap in x.chain)


TEXT_FUNCTIONS: Mapping[str, Maker] = {
    "lower": _mapped("lower", Lower),
    "upper": _mapped("upper", Upper),
    "trim": _mapped("trim", Trim),
    "fold": _mapped("fold", Fold),
    "left": _left,
    "substring": _substring,
    "starts_with": _tested("starts_with", StartsWith),
    "ends_with": _tested("ends_with", EndsWith),
    "contains": _tested("contains", Contains),
    "search": _matched("search", full=False),
    "full_match": _matched("full_match", full=True),
    "blank": _blank,
    "length": _length,
}
