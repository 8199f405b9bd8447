"""The machines read texts as the portable functions do, and miss no combination of answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from dq.sql import portable as f
from dq.sql.row import compile_value

LETTERS = "aAbBkK\u212aßẞяЯ .-1\n\u00a0"
texts = st.text(LETTERS, max_size=7)
parts = st.text(LETTERS, max_size=3)
X = f.col("x")

PATTERNS = (
    "a", "^a", "b$", "^$", "^a|b$", "(a|b)+A", "[a-b]{2,3}$", "[^a-z]", "a.b", "(?s)a.b", "(?i)ak",
    "\\d", "\\W$", "\\s+a", "a?b*", "(?i)[я-яa]b", "a{2}", "(?:ab|A)?$", "\\u044f", "[-a]", "\\.",
)  # fmt: skip


def value(expression: object, text: str) -> object:
    return compile_value(expression)({"x": text})  # type: ignore[arg-type]


SIMPLE: dict[str, tuple[Callable[[str], Machine], Callable[[str], object]]] = {
    "equals": (Equals, lambda part: X.eq(f.lit(part))),
    "starts_with": (StartsWith, lambda part: f.starts_with(X, part)),
    "ends_with": (EndsWith, lambda part: f.ends_with(X, part)),
    "contains": (Contains, lambda part: f.contains(X, part)),
    "from_on": (FromOn, lambda part: f.lit(part) <= X),
    "lower": (lambda p: Lower(Equals(p)), lambda part: f.lower(X).eq(f.lit(part))),
    "upper": (lambda p: Upper(StartsWith(p)), lambda part: f.starts_with(f.upper(X), part)),
    "trim": (lambda p: Trim(Equals(p)), lambda part: f.trim(X).eq(f.lit(part))),
    "trim_from_on": (lambda p: Trim(FromOn(p)), lambda part: f.trim(X) >= f.lit(part)),
    "fold": (lambda p: Fold(Contains(p)), lambda part: f.contains(f.fold(X), part)),
    "left": (lambda p: Left(Equals(p), 1, 2), lambda part: f.left(X, 2).eq(f.lit(part))),
    "middle": (lambda p: Left(Equals(p), 2, 2), lambda part: f.substring(X, 2, 2).eq(f.lit(part))),
    "white": (lambda p: White(), lambda part: f.blank(X)),
    "long": (lambda p: AtLeastLong(len(p)), lambda part: f.length(X) >= f.lit(len(part))),
}


@pytest.mark.parametrize("name", SIMPLE)
@given(text=texts, part=parts)
def test_a_machine_is_its_function(name: str, text: str, part: str) -> None:
    machine, function = SIMPLE[name]
    assert answer(machine(part), text) is value(function(part), text)


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=texts)
def test_a_pattern_is_its_function(pattern: str, text: str) -> None:
    for full, function in ((False, f.search), (True, f.full_match)):
        machine = matcher(pattern, full)
        assert machine is not None
        assert answer(machine, text) is value(function(X, pattern), text)


def test_patterns_that_are_not_read() -> None:
    assert matcher(r"\ba", full=False) is None
    assert matcher("(?i)[a-я]", full=False) is None
    assert matcher("(abc){200}", full=False) is None


@given(
    chosen=st.lists(st.tuples(st.sampled_from(sorted(SIMPLE)), parts), min_size=1, max_size=3),
    pattern=st.sampled_from(PATTERNS),
    constants=st.frozensets(parts, max_size=3),
    text=texts,
)
def test_no_combination_is_missed(
    chosen: list[tuple[str, str]], pattern: str, constants: frozenset[str], text: str
) -> None:
    read = matcher(pattern, full=False)
    assert read is not None
    machines = [Slots(constants), read, *(SIMPLE[name][0](part) for name, part in chosen)]
    found = endings(machines, 10**6)
    assert found is not None

    def answers(of: str) -> tuple[object, ...]:
        first = of if of in constants else None
        return (first, *(answer(machine, of) for machine in machines[1:]))

    assert answers(text) in found
    for said, sample in found.items():
        assert answers(sample) == said


def test_too_many_steps_are_not_made() -> None:
    assert endings([AtLeastLong(60), Contains("abcabc"), EndsWith("xyzxyz")], 100) is None
