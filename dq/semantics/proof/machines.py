# ruff: noqa: D102 - what start, step, ends, kind and letters are is said once, in Machine
"""Conditions on one text as machines that read it letter by letter.

All conditions on a text run side by side; the combinations of answers in which they can end are
all that there are, each with a text for example. So `starts_with(x, 'ab')` and `x = 'acme'` never
hold together, and no solver of texts is needed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from dq.sql.letters import lower_text, upper_text
from dq.sql.portable.text import WHITE_SPACE

__all__ = [
    "AtLeastLong",
    "Contains",
    "EndsWith",
    "Equals",
    "Fold",
    "FromOn",
    "Left",
    "Lower",
    "Machine",
    "Slots",
    "StartsWith",
    "Trim",
    "Upper",
    "White",
    "answer",
    "endings",
    "sources",
]

State = Any


class Machine(Protocol):
    """Reads a text letter by letter and says at its end whether it is one of its kind."""

    @property
    def start(self) -> State:
        """The state before the first letter."""

    def step(self, state: State, letter: str) -> State:
        """The state after a letter."""

    def ends(self, state: State) -> Hashable:
        """The answer if the text ends here."""

    def kind(self, letter: str) -> Hashable:
        """Letters of one kind are the same to it."""

    @property
    def letters(self) -> Iterable[str]:
        """Letters at which a kind may begin or end; between them all are of one kind."""


@dataclass(frozen=True)
class _Spelled:
    """What machines that spell a text share: the state counts its letters; all of them: it ends."""

    text: str
    start = 0

    def ends(self, state: int) -> bool:
        return state == len(self.text)

    def kind(self, letter: str) -> Hashable:
        return letter if letter in self.text else None

    @property
    def letters(self) -> Iterable[str]:
        return self.text


@dataclass(frozen=True)
class StartsWith(_Spelled):
    """Texts that begin so. The state is the number of letters read of it; -1: another text."""

    def step(self, state: int, letter: str) -> int:
        if state < 0 or state == len(self.text):
            return state
        return state + 1 if self.text[state] == letter else -1


@dataclass(frozen=True)
class Equals(StartsWith):
    """The text itself."""

    def step(self, state: int, letter: str) -> int:
        return -1 if state == len(self.text) else super().step(state, letter)


@dataclass(frozen=True)
class EndsWith(_Spelled):
    """Texts that end so. The state is how much of it the last letters spell."""

    def step(self, state: int, letter: str) -> int:
        read = self.text[:state] + letter
        while not self.text.startswith(read):
            read = read[1:]
        return len(read)


@dataclass(frozen=True)
class Contains(EndsWith):
    """Texts that hold it somewhere."""

    def step(self, state: int, letter: str) -> int:
        return state if state == len(self.text) else super().step(state, letter)


@dataclass(frozen=True)
class FromOn(_Spelled):
    """Texts that sort at or above a text. The state is -1 once that is decided to be not so."""

    def step(self, state: int, letter: str) -> int:
        if state < 0 or state == len(self.text):
            return state
        if letter == self.text[state]:
            return state + 1
        return len(self.text) if letter > self.text[state] else -1

    def kind(self, letter: str) -> Hashable:
        known = sorted(set(self.text))
        return (bisect_left(known, letter), letter in known)


@dataclass(frozen=True)
class AtLeastLong:
    """Texts of at least so many letters."""

    size: int
    start = 0
    letters = ()

    def step(self, state: int, letter: str) -> int:
        return min(state + 1, self.size)

    def ends(self, state: int) -> bool:
        return state >= self.size

    def kind(self, letter: str) -> Hashable:
        return None


@dataclass(frozen=True)
class White:
    """Texts of white space alone."""

    start = True
    letters = WHITE_SPACE

    def step(self, state: bool, letter: str) -> bool:
        return state and letter in WHITE_SPACE

    def ends(self, state: bool) -> bool:
        return state

    def kind(self, letter: str) -> Hashable:
        return letter in WHITE_SPACE


@dataclass(frozen=True)
class Slots:
    """Which of some texts it is: that text, or None for any other."""

    texts: frozenset[str]
    start = ""

    def step(self, state: str | None, letter: str) -> str | None:
        if state is None:
            return None
        read = state + letter
        return read if any(text.startswith(read) for text in self.texts) else None

    def ends(self, state: str | None) -> str | None:
        return state if state in self.texts else None

    def kind(self, letter: str) -> Hashable:
        return letter if any(letter in text for text in self.texts) else None

    @property
    def letters(self) -> Iterable[str]:
        return "".join(self.texts)


@dataclass(frozen=True)
class Lower:
    """What a machine says of the text in small letters."""

    of: Machine

    @property
    def start(self) -> State:
        return self.of.start

    def step(self, state: State, letter: str) -> State:
        return self.of.step(state, lower_text(letter))

    def ends(self, state: State) -> Hashable:
        return self.of.ends(state)

    def kind(self, letter: str) -> Hashable:
        return self.of.kind(lower_text(letter))

    @property
    def letters(self) -> Iterable[str]:
        return _before(lower_text, frozenset(self.of.letters))


@dataclass(frozen=True)
class Upper(Lower):
    """What a machine says of the text in capitals."""

    def step(self, state: State, letter: str) -> State:
        return self.of.step(state, upper_text(letter))

    def kind(self, letter: str) -> Hashable:
        return self.of.kind(upper_text(letter))

    @property
    def letters(self) -> Iterable[str]:
        return _before(upper_text, frozenset(self.of.letters))


@dataclass(frozen=True)
class Trim:
    """What a machine says of the text without white space at its ends.

    The state: that after the last letter that is no white space, and that after all of them;
    the first is None before the text begins.
    """

    of: Machine

    @property
    def start(self) -> State:
        return (None, self.of.start)

    def step(self, state: tuple[State | None, State], letter: str) -> State:
        kept, read = state
        if letter in WHITE_SPACE:
            return state if kept is None else (kept, self.of.step(read, letter))
        after = self.of.step(read, letter)
        return ((after,), after)

    def ends(self, state: tuple[tuple[State] | None, State]) -> Hashable:
        kept = state[0]
        return self.of.ends(self.of.start if kept is None else kept[0])

    def kind(self, letter: str) -> Hashable:
        return (letter in WHITE_SPACE, self.of.kind(letter))

    @property
    def letters(self) -> Iterable[str]:
        return "".join(self.of.letters) + WHITE_SPACE


@dataclass(frozen=True)
class Fold:
    """What a machine says of the folded text.

    The state: that of the machine, whether a letter came already, whether a blank is due.
    """

    of: Machine

    @property
    def start(self) -> State:
        return (self.of.start, False, False)

    def step(self, state: tuple[State, bool, bool], letter: str) -> State:
        read, begun, due = state
        if letter in WHITE_SPACE:
            return (read, begun, begun)
        if due:
            read = self.of.step(read, " ")
        return (self.of.step(read, lower_text(letter)), True, False)

    def ends(self, state: tuple[State, bool, bool]) -> Hashable:
        return self.of.ends(state[0])

    def kind(self, letter: str) -> Hashable:
        return "white" if letter in WHITE_SPACE else self.of.kind(lower_text(letter))

    @property
    def letters(self) -> Iterable[str]:
        return [*_before(lower_text, frozenset(self.of.letters)), *WHITE_SPACE]


@dataclass(frozen=True)
class Left:
    """What a machine says of `size` letters from the first (counted from 1)."""

    of: Machine
    first: int
    size: int

    @property
    def start(self) -> State:
        return (0, self.of.start)

    def step(self, state: tuple[int, State], letter: str) -> State:
        count, read = state
        end = self.first - 1 + self.size
        if count >= end:
            return state
        return (count + 1, self.of.step(read, letter) if count >= self.first - 1 else read)

    def ends(self, state: tuple[int, State]) -> Hashable:
        return self.of.ends(state[1])

    def kind(self, letter: str) -> Hashable:
        return self.of.kind(letter)

    @property
    def letters(self) -> Iterable[str]:
        return self.of.letters


@lru_cache(maxsize=4)
def sources(mapping: Callable[[str], str]) -> dict[str, list[str]]:
    """The letters that become each letter, of those that change."""
    everything = [chr(c) for c in range(0x1_F000) if not 0xD800 <= c < 0xE000]
    found: dict[str, list[str]] = {}
    for letter in everything:
        made = mapping(letter)
        if made != letter:
            found.setdefault(made, []).append(letter)
    return found


@lru_cache(maxsize=1024)
def _before(mapping: Callable[[str], str], letters: frozenset[str]) -> tuple[str, ...]:
    """All letters that a mapping makes one of these of."""
    found = sources(mapping)
    return tuple(sorted({*letters, *(s for letter in letters for s in found.get(letter, ()))}))


def answer(machine: Machine, text: str) -> bool:
    """What a machine says of a text."""
    state = machine.start
    for letter in text:
        state = machine.step(state, letter)
    return bool(machine.ends(state))


_NICE = "xkqzw0179 -.~!"


def _alphabet(machines: Sequence[Machine]) -> list[str]:
    """A letter of each kind, of those that read well where there are."""
    cuts = {0}
    for machine in machines:
        for letter in set(machine.letters):
            cuts |= {ord(letter), ord(letter) + 1}
    candidates = []
    ordered = sorted(cuts)
    for low, high in zip(ordered, [*ordered[1:], 0x11_0000], strict=True):
        candidates += [c for c in _NICE if low <= ord(c) < high]
        first = max(low, 0x21)
        if low < high:
            candidates.append(chr(first if first < high else low))
    candidates.sort(key=lambda c: (c not in _NICE, not c.isalnum(), c))
    alphabet: dict[tuple[Hashable, ...], str] = {}
    for letter in candidates:
        if not 0xD800 <= ord(letter) < 0xE000:
            alphabet.setdefault(tuple(machine.kind(letter) for machine in machines), letter)
    return list(alphabet.values())


def endings(machines: Sequence[Machine], limit: int) -> dict[tuple[Hashable, ...], str] | None:
    """All combinations of answers, each with a shortest text; None for more than `limit` steps."""
    alphabet = _alphabet(machines)
    start = tuple(machine.start for machine in machines)
    found: dict[tuple[Hashable, ...], str] = {}
    seen, steps = {start}, 0
    front: list[tuple[tuple[State, ...], str]] = [(start, "")]
    while front:
        following: list[tuple[tuple[State, ...], str]] = []
        for states, text in front:
            answers = tuple(m.ends(s) for m, s in zip(machines, states, strict=True))
            found.setdefault(answers, text)
            steps += len(alphabet) * len(machines)
            for letter in alphabet:
                after = tuple(m.step(s, letter) for m, s in zip(machines, states, strict=True))
                if after not in seen:
                    seen.add(after)
                    following.append((after, text + letter))
            if steps > limit:
                return None
        front = following
    return found
