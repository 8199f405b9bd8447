r"""Regular expressions in the portable spelling (`dq.sql.regex`) as machines.

`\b` and very long patterns are not read; their conditions stay open. `(?i)` pairs each letter
with its small and capital forms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from dq.semantics.proof.machines import sources
from dq.semantics.proof.values import UnsupportedError
from dq.sql.letters import lower_text, upper_text

__all__ = ["Matches", "matcher"]

_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": " \t\n\r\f\x0b"}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\x0b", "a": "\x07", "0": "\0"}
_FLAGS = re.compile(r"\(\?([is]{1,2})\)")
_COUNT = re.compile(r"\{(\d+)(,?)(\d*)\}")
_MOST_NODES = 300
_WIDEST = 300


@dataclass(frozen=True)
class _Letters:
    """Letters in some ranges of code points, or all but those."""

    ranges: tuple[tuple[int, int], ...]
    negated: bool = False

    def holds(self, letter: str) -> bool:
        code = ord(letter)
        return any(low <= code <= high for low, high in self.ranges) is not self.negated

    @property
    def wide(self) -> bool:
        """Whether they are too many to name each."""
        return sum(high - low for low, high in self.ranges) > _WIDEST

    def named(self) -> Iterable[str]:
        """Each letter, or the ends of wide ranges."""
        for low, high in self.ranges:
            codes = (low, high) if self.wide else range(low, high + 1)
            yield from map(chr, codes)


_BEGIN, _END = "begin", "end"
_Edge = tuple[_Letters | str | None, int]
"""What an edge asks for (letters, an end of the text, or nothing) and where it leads."""


@dataclass
class _Net:
    """A net of numbered places, made piece by piece."""

    edges: list[list[_Edge]] = field(default_factory=list)

    def place(self) -> int:
        if len(self.edges) >= _MOST_NODES:
            raise UnsupportedError("a long pattern")
        self.edges.append([])
        return len(self.edges) - 1

    def join(self, start: int, asks: _Letters | str | None, end: int) -> None:
        self.edges[start].append((asks, end))


Piece = Callable[[_Net, int], int]
"""Adds itself to a net from a place on, and gives the place where it ends."""


class _Reader:
    """Reads a pattern that `portable_pattern` accepts."""

    def __init__(self, text: str, flags: str) -> None:
        self.text = text
        self.at = 0
        self.fold, self.dotall = "i" in flags, "s" in flags

    def read(self) -> Piece:
        piece = self._choice()
        if self.at < len(self.text):
            raise UnsupportedError("a pattern")
        return piece

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self) -> str:
        self.at += 1
        return self.text[self.at - 1]

    def _choice(self) -> Piece:
        parts = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            parts.append(self._sequence())
        if len(parts) == 1:
            return parts[0]

        def piece(net: _Net, start: int) -> int:
            end = net.place()
            for part in parts:
                net.join(part(net, start), None, end)
            return end

        return piece

    def _sequence(self) -> Piece:
        parts = []
        while self._peek() and self._peek() not in "|)":
            parts.append(self._repeated(self._atom()))

        def piece(net: _Net, start: int) -> int:
            for part in parts:
                start = part(net, start)
            return start

        return piece

    def _repeated(self, atom: Piece) -> Piece:
        while self._peek() and self._peek() in "*+?{":
            least, most = self._counts()
            atom = _times(atom, least, most)
            if self._peek() == "?":
                self.at += 1
        return atom

    def _counts(self) -> tuple[int, int | None]:
        sign = self._peek()
        if sign != "{":
            self.at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        found = _COUNT.match(self.text, self.at)
        if found is None:
            raise UnsupportedError("a pattern")
        self.at = found.end()
        least = int(found[1])
        return least, (int(found[3]) if found[3] else None) if found[2] else least

    def _atom(self) -> Piece:
        letter = self._take()
        if letter == "(":
            if self.text.startswith("?:", self.at):
                self.at += 2
            inner = self._choice()
            if self._peek() != ")":
                raise UnsupportedError("a pattern")
            self.at += 1
            return inner
        if letter == "^":
            return _one(_BEGIN)
        if letter == "$":
            return _one(_END)
        if letter == ".":
            return _one(_Letters((), True) if self.dotall else _Letters(((10, 10),), True))
        if letter == "[":
            return _one(self._class())
        if letter == "\\":
            return _one(self._escaped())
        return _one(self._folded(_Letters(((ord(letter), ord(letter)),))))

    def _escaped(self) -> _Letters:
        letter = self._peek()
        if letter == "b":
            raise UnsupportedError("\\b in a pattern")
        if letter and letter.lower() in _CLASSES:
            self.at += 1
            ranges = _ranges(_CLASSES[letter.lower()])
            return self._folded(_Letters(ranges, letter.isupper()))
        code = ord(self._letter())
        return self._folded(_Letters(((code, code),)))

    def _letter(self) -> str:
        """The letter that an escape stands for."""
        letter = self._take()
        if letter in ("x", "u"):
            digits = 2 if letter == "x" else 4
            self.at += digits
            return chr(int(self.text[self.at - digits : self.at], 16))
        return _CONTROLS.get(letter, letter)

    def _class(self) -> _Letters:
        negated = self._peek() == "^"
        self.at += negated
        start = self.at
        ranges: list[tuple[int, int]] = []
        while self._peek() != "]" or self.at == start:
            low = self._take()
            if low == "\\":
                if self._peek() in _CLASSES:
                    ranges += _ranges(_CLASSES[self._take()])
                    continue
                low = self._letter()
            high = low
            following = self.text[self.at + 1 : self.at + 2]
            if self._peek() == "-" and following not in ("]", ""):
                self.at += 1
                high = self._take()
                if high == "\\":
                    high = self._letter()
            ranges.append((ord(low), ord(high)))
        self.at += 1
        return self._folded(_Letters(tuple(ranges), negated))

    def _folded(self, letters: _Letters) -> _Letters:
        if not self.fold:
            return letters
        if letters.wide:
            raise UnsupportedError("(?i) over a wide class of letters")
        codes = {ord(form) for letter in letters.named() for form in _forms(letter)}
        return _Letters(tuple((code, code) for code in sorted(codes)), letters.negated)


def _forms(letter: str) -> set[str]:
    """A letter in every case."""
    found = {letter}
    for mapping in (lower_text, upper_text):
        plain = mapping(letter)
        found |= {plain, *sources(mapping).get(plain, ())}
    return {form for form in found if len(form) == 1}


def _ranges(text: str) -> tuple[tuple[int, int], ...]:
    found = re.findall(r"(.)-(.)|(.)", text, re.DOTALL)
    return tuple((ord(low or one), ord(high or one)) for low, high, one in found)


def _one(asks: _Letters | str) -> Piece:
    def piece(net: _Net, start: int) -> int:
        end = net.place()
        net.join(start, asks, end)
        return end

    return piece


def _times(atom: Piece, least: int, most: int | None) -> Piece:
    def piece(net: _Net, start: int) -> int:
        for _ in range(least):
            start = atom(net, start)
        if most is None:
            loop = net.place()
            net.join(start, None, loop)
            net.join(atom(net, loop), None, loop)
            return loop
        end = net.place()
        net.join(start, None, end)
        for _ in range(most - least):
            start = atom(net, start)
            net.join(start, None, end)
        return end

    return piece


@dataclass(frozen=True)
class Matches:
    """Texts that a pattern is found in, or with `full` that it matches as a whole.

    The state: whether no letter was read yet, and the places of the net that are reached;
    None once the pattern is found.
    """

    source: str
    full: bool

    @cached_property
    def _net(self) -> tuple[list[list[_Edge]], int, tuple[_Letters, ...]]:
        found = _FLAGS.match(self.source)
        flags, rest = (found[1], self.source[found.end() :]) if found else ("", self.source)
        net = _Net()
        end = _Reader(rest, flags).read()(net, net.place())
        asked = {asks for edges in net.edges for asks, _ in edges if isinstance(asks, _Letters)}
        return net.edges, end, tuple(sorted(asked, key=repr))

    @cached_property
    def wide(self) -> bool:
        """Whether it has classes of letters too wide to name each."""
        return any(letters.wide for letters in self._net[2])

    @property
    def start(self) -> Hashable:
        """Before the first letter."""
        return self._reached(frozenset({0}), first=True)

    def _reached(self, places: frozenset[int], *, first: bool) -> Hashable:
        reached = self._closed(places, first, last=False)
        return None if not self.full and self._net[1] in reached else (first, reached)

    def _closed(self, places: frozenset[int], first: bool, *, last: bool) -> frozenset[int]:
        """The places reached without reading a letter."""
        edges = self._net[0]
        open_, reached = list(places), set(places)
        passable = {None} | ({_BEGIN} if first else set()) | ({_END} if last else set())
        while open_:
            for asks, end in edges[open_.pop()]:
                if end not in reached and not isinstance(asks, _Letters) and asks in passable:
                    reached.add(end)
                    open_.append(end)
        return frozenset(reached)

    def step(self, state: tuple[bool, frozenset[int]] | None, letter: str) -> Hashable:
        """After a letter."""
        if state is None:
            return None
        edges = self._net[0]
        places = {
            end
            for place in state[1]
            for asks, end in edges[place]
            if isinstance(asks, _Letters) and asks.holds(letter)
        }
        if not self.full:
            places.add(0)
        return self._reached(frozenset(places), first=False)

    def ends(self, state: tuple[bool, frozenset[int]] | None) -> bool:
        """Whether it is found if the text ends here."""
        return state is None or self._net[1] in self._closed(state[1], state[0], last=True)

    def kind(self, letter: str) -> Hashable:
        """Which of its classes of letters hold it."""
        return tuple(letters.holds(letter) for letters in self._net[2])

    @property
    def letters(self) -> Iterable[str]:
        """The letters it names."""
        return [letter for letters in self._net[2] for letter in letters.named()]


@lru_cache(maxsize=1024)
def matcher(source: str, full: bool) -> Matches | None:
    """The machine of a pattern, or None where it cannot be read."""
    made = Matches(source, full)
    try:
        made._net  # noqa: B018 - reads the pattern
    except UnsupportedError:
        return None
    return made
