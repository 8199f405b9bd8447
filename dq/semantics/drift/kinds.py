"""What kind of change a comparison shows: the most telling one, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dq.semantics.drift.judge import Comparison, Moves
from dq.semantics.drift.limits import (
    LARGE_PSI,
    LEAST_NEW,
    LEAST_PSI,
    LEAST_ROWS,
    LEAST_SHARE,
    NEAR,
    NEW_SHARE,
    SIGMAS,
    SWAP_RATIO,
    USUAL,
    VANISHED_OF,
    VANISHED_SHARE,
)
from dq.semantics.drift.tokens import NEGATIVE, OTHER, ZERO
from dq.semantics.drift.watch import Watch

__all__ = ["PRIORITY", "Sign", "sign_of"]

PRIORITY = (
    "unit", "renamed", "swapped", "new", "vanished", "emptied", "filled", "default", "shifted",
)  # fmt: skip
"""Kinds, the most telling first."""

_UNITS = (10, 100, 1000)
_TIMES = (60, 3600)
"""Seconds, minutes, hours: of durations only."""


@dataclass(frozen=True)
class Sign:
    """A change as the counts show it.

    `tokens` are those that there are more of since (none: it is about blank cells); `value`
    and `other` the words that a sentence names; `factor` how many times larger numbers are
    (below 1: smaller), `some` which share of them if not all; `index` the stability
    index. `strength` orders signs of one kind.
    """

    kind: str
    weeks: int
    tokens: tuple[str, ...] = ()
    value: str | None = None
    other: str | None = None
    factor: float | None = None
    index: float = 0.0
    strength: float = 0.0
    some: float | None = None
    values: tuple[str, ...] = ()


def sign_of(watch: Watch, found: Comparison) -> Sign | None:
    """The most telling change that a comparison shows."""
    if watch.of_all:
        moved = found.blanks()
        if moved.found()[0]:
            kind = "emptied" if moved.by[0] > 0 else "filled"
            blank = Sign(kind, found.weeks, strength=float(abs(moved.by[0])))
            return blank if kind == "emptied" else _filled(watch, found) or blank
    if watch.shape == "filled" or not found.now.sum():
        return None
    moves = found.moves()
    least = LARGE_PSI if watch.shape in ("date", "text") else LEAST_PSI
    index = found.index(found.groups(ordered=watch.shape in ("number", "date")), least)
    if watch.shape == "number":
        unit = _unit(watch, found, index)
        if unit is not None:
            return unit
    if watch.shape == "word":
        word = _word(found, moves)
        if word is not None:
            return word
    return _default(found, moves, index) or _shifted(found, index)


def _word(found: Comparison, moves: Moves) -> Sign | None:
    return _renamed(found) or _swapped(found, moves) or _new(found) or _vanished(found)


def _unit(watch: Watch, found: Comparison, index: float) -> Sign | None:
    """Amounts moved by a power of ten, all or some: taken back they lie as before."""
    if index <= 0:
        return None
    places = np.array([int(t) for t in found.tokens])
    signed = (places > ZERO) | (places < ZERO - 2000)
    size = np.where(places > ZERO, places, NEGATIVE - places)[signed]
    sides = [x[signed] for x in (found.now, found.then, found.late)]
    if min(side.sum() for side in sides) < LEAST_ROWS:
        return None
    now, then, late = (_median(side, size) for side in sides)
    best: tuple[float, float, float] | None = None
    for factor in _UNITS + (_TIMES if watch.kind == "duration" else ()):
        for step in (factor, 1 / factor):
            some, left = _mixture(sides[0], sides[1], size, round(10 * float(np.log10(step))))
            near = all(abs((now - m) / 10 - np.log10(step)) <= NEAR for m in (then, late))
            whole = some >= 0.9 and near and left <= 0.5
            part = 0.9 > some >= LEAST_SHARE and factor > 10 and left <= 0.35
            if (whole or part) and (best is None or left < best[0]):
                best = (left, step, 1.0 if whole else some)
    if best is None:
        return None
    _, step, some = best
    return Sign(
        "unit", found.weeks, _risen(found), factor=step, index=index, strength=index,
        some=None if some == 1.0 else some,
    )  # fmt: skip


def _median(n: Any, size: Any) -> float:
    """The median of counts by size, interpolated within its token."""
    order = np.argsort(size)
    total = np.cumsum(n[order])
    half = total[-1] / 2
    place = int(np.searchsorted(total, half))
    before = total[place - 1] if place else 0
    return float(size[order][place] + (half - before) / n[order][place])


def _mixture(now: Any, then: Any, size: Any, shift: int) -> tuple[float, float]:
    """The share of amounts that a shift explains, and the part of the change that is left.

    Fitted by least squares: now = (1 - share) · then + share · then shifted.
    """
    start = size.min() - abs(shift)
    width = size.max() + abs(shift) + 1 - start

    def laid(n: Any, by: int) -> Any:
        line = np.zeros(width)
        np.add.at(line, size + by - start, n)
        return line / line.sum()

    before, shifted = laid(then, 0), laid(then, shift)
    change, along = laid(now, 0) - before, shifted - before
    share = float(np.clip((change * along).sum() / (along**2).sum(), 0.0, 1.0))
    left = np.abs(change - share * along).sum() / max(np.abs(change).sum(), 1e-9)
    return share, float(left)


def _risen(found: Comparison) -> tuple[str, ...]:
    """Tokens of which there are relatively more than before."""
    more = found.share_now > found.share_then
    return tuple(t for t, yes in zip(found.tokens, more, strict=True) if yes)


def _words(found: Comparison) -> list[int]:
    return [i for i, t in enumerate(found.tokens) if t != OTHER]


def _renamed(found: Comparison) -> Sign | None:
    """One value's share went to a value that was hardly there."""
    now, then, late = found.share_now, found.share_then, found.share_late
    words = _words(found)
    lost = [i for i in words if min(then[i], late[i]) >= VANISHED_SHARE and now[i] <= 0.2 * then[i]]
    won = [i for i in words if now[i] >= VANISHED_SHARE and max(then[i], late[i]) <= 0.2 * now[i]]
    pairs = []
    for i in lost:
        if not _is_missed(found, i):
            continue
        for j in won:
            if abs(now[j] - then[i]) <= 0.35 * then[i] and _is_sure(found, j):
                pairs.append((abs(now[j] - then[i]), i, j))
    if not pairs:
        return None
    _, i, j = min(pairs)
    old, new = found.tokens[i], found.tokens[j]
    return Sign("renamed", found.weeks, (new,), new, old, strength=float(now[j]))


def _swapped(found: Comparison, moves: Moves) -> Sign | None:
    """Two values exchanged their shares."""
    now, then = found.share_now, found.share_then
    sure = moves.exchanged()
    up = [i for i in _words(found) if sure[i] and moves.by[i] > 0]
    down = [i for i in _words(found) if sure[i] and moves.by[i] < 0]
    pairs = []
    for i in up:
        for j in down:
            apart = abs(then[i] - then[j])
            ratio = max(then[i], then[j]) / max(min(then[i], then[j]), 1e-9)
            off = max(abs(now[i] - then[j]), abs(now[j] - then[i]))
            chance = 3 * (0.25 / found.now.sum()) ** 0.5
            if (
                apart >= LEAST_SHARE
                and ratio >= SWAP_RATIO
                and off <= 0.15 * apart + min(chance, 0.1 * apart)
            ):
                pairs.append((off, i, j))
    if not pairs:
        return None
    _, i, j = min(pairs)
    a, b = found.tokens[i], found.tokens[j]
    return Sign("swapped", found.weeks, (a,), a, b, strength=float(now[i]))


def _new(found: Comparison) -> Sign | None:
    """Values that the reference never had, in a column that hardly ever gets any."""
    now = found.share_now
    if OTHER in found.tokens and found.then[found.tokens.index(OTHER)]:
        return None
    usual = _novelty(found)
    fresh = [i for i in _words(found) if not found.then[i] and _is_sure(found, i)]
    fresh = [i for i in fresh if now[i] > USUAL * usual]
    if not fresh:
        return None
    names = tuple(found.tokens[i] for i in sorted(fresh, key=lambda i: -now[i]))
    return Sign("new", found.weeks, names, names[0], strength=float(now[fresh].sum()), values=names)


def _novelty(found: Comparison) -> float:
    """The largest share that a value had in the part of the reference in which it was new."""
    seen = np.cumsum(found.blocks, axis=0) - found.blocks
    size = np.maximum(found.blocks.sum(axis=1, keepdims=True), 1)
    later = np.arange(len(found.blocks)) >= max(len(found.blocks) // 2, 1)
    first = np.where((seen == 0) & later[:, None], found.blocks / size, 0.0)
    return float(first.max()) if first.size else 0.0


def _is_sure(found: Comparison, i: int) -> bool:
    return bool(found.now[i] >= LEAST_NEW and found.share_now[i] >= NEW_SHARE)


def _vanished(found: Comparison) -> Sign | None:
    """Values that every part of the reference had, and that are missed."""
    gone = [i for i in _words(found) if _is_missed(found, i)]
    gone = [i for i in gone if found.now[i] <= 0.02 * found.share_then[i] * found.now.sum()]
    if not gone:
        return None
    names = tuple(found.tokens[i] for i in sorted(gone, key=lambda i: -found.share_then[i]))
    return Sign(
        "vanished", found.weeks, _risen(found), names[0],
        strength=float(found.share_then[gone].sum()), values=names,
    )  # fmt: skip


def _is_missed(found: Comparison, i: int) -> bool:
    """Whether a value of regular share in the reference has become rare beyond chance."""
    expected = min(found.share_then[i], found.share_late[i]) * found.now.sum()
    if found.share_then[i] < VANISHED_SHARE or expected < VANISHED_OF:
        return False
    parts = found.blocks[:, i] / np.maximum(found.blocks.sum(axis=1), 1)
    regular = bool((parts >= 0.2 * found.share_then[i]).all())
    return regular and expected - found.now[i] >= SIGMAS * expected**0.5


def _filled(watch: Watch, found: Comparison) -> Sign | None:
    """Cells that were left blank are filled with one value."""
    if watch.shape not in ("word", "number", "text", "date"):
        return None
    moves = found.moves()
    top = int(np.argmax(np.where(moves.found(), moves.by, 0.0))) if len(moves.by) else 0
    if not len(moves.by) or not moves.found()[top] or moves.by[top] <= 0:
        return None
    name = found.tokens[top]
    return Sign("default", found.weeks, (name,), name, strength=float(moves.by[top]))


def _default(found: Comparison, moves: Moves, index: float) -> Sign | None:
    """One value's share jumped, and the others kept theirs among themselves."""
    up = moves.found() & (moves.by > 0)
    if not up.any():
        return None
    top = int(np.argmax(np.where(up, moves.by, -1.0)))
    if found.tokens[top] == OTHER or len(found.tokens) < 2:
        return None
    rest = np.arange(len(found.tokens)) != top
    now, then = found.now[rest], found.then[rest]
    if not now.sum() or not then.sum():
        return None
    left = 0.5 * float(np.abs(now / now.sum() - then / then.sum()).sum())
    noise = 0.5 * float(np.sqrt(2 / np.pi * (then / then.sum())
                                * (1 / now.sum() + 1 / then.sum())).sum())  # fmt: skip
    if left - noise > 0.5 * moves.by[top]:
        return None
    name = found.tokens[top]
    return Sign("default", found.weeks, (name,), name, index=index, strength=float(moves.by[top]))


def _shifted(found: Comparison, index: float) -> Sign | None:
    if index <= 0:
        return None
    return Sign("shifted", found.weeks, _risen(found), index=index, strength=index)
