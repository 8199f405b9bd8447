"""Whether a column's values changed from a reference to what came after it.

Current records are looked at in windows that all end today and begin one, two, four … weeks
ago, so that a change of last month is not thinned by a year before it. Each is compared with
the whole reference *and* with the reference's own last weeks of the same length (as old then as
the current ones are now), and must differ from both: by more than chance, by more than the
parts of the reference differ from each other, and by an amount that matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dq.semantics.drift.counts import Counts
from dq.semantics.drift.limits import (
    BLOCKS,
    FIRST_ROWS,
    LARGE_EFFECT,
    LEAST_BLOCKS,
    LEAST_PSI,
    LEAST_ROWS,
    LEAST_SHARE,
    LEAST_STEP,
    SIGMAS,
    USUAL,
    USUAL_PSI,
    USUAL_SWAP,
)
from dq.semantics.drift.tokens import BLANK, OTHER

__all__ = ["Comparison", "Moves", "comparisons", "enough"]

Array = Any


def enough(reference: Counts, current: Counts) -> bool:
    """Whether there are rows enough on both sides to say anything."""
    return current.rows >= LEAST_ROWS and reference.rows >= FIRST_ROWS


@dataclass(frozen=True)
class Moves:
    """How far shares moved, signed, by the nearer of the two references, and what is sure of it.

    `sure` is the part beyond chance and usual movement; not positive: no change.
    """

    by: Array
    sure: Array
    effect: Array
    usual: Array

    def found(self) -> Array:
        """Which shares moved by so much that it matters."""
        large = (np.abs(self.by) >= LEAST_STEP) & (self.effect >= LARGE_EFFECT)
        return (self.sure > 0) & large

    def exchanged(self) -> Array:
        """Which shares moved so far beyond the usual that two may have been exchanged."""
        far = self.sure > (USUAL_SWAP - USUAL) * self.usual
        return far & (np.abs(self.by) >= LEAST_SHARE)


@dataclass(frozen=True)
class Comparison:
    """The current rows of one length of time beside the reference, by token.

    `now`, `then` (the whole reference) and `late` (its last weeks) are counts of filled cells
    under `tokens`; `blank_…` are the blank cells beside them. `blocks` are the reference in
    parts.
    """

    weeks: int
    tokens: tuple[str, ...]
    now: Array
    then: Array
    late: Array
    blank_now: int
    blank_then: int
    blank_late: int
    blocks: Array
    blank_blocks: Array

    @property
    def share_now(self) -> Array:
        """Shares of the filled cells."""
        return self.now / max(self.now.sum(), 1)

    @property
    def share_then(self) -> Array:
        """The same of the whole reference."""
        return self.then / max(self.then.sum(), 1)

    @property
    def share_late(self) -> Array:
        """The same of the reference's last weeks."""
        return self.late / max(self.late.sum(), 1)

    def moves(self) -> Moves:
        """How the share of each token among the filled cells moved."""
        return _moves(self.now, self.then, self.late, self.blocks)

    def blanks(self) -> Moves:
        """How the share of blank cells among all moved (one value)."""

        def pair(blank: Any, filled: Array) -> Array:
            return np.stack([np.asarray(blank), filled.sum(axis=-1)], axis=-1)

        both = _moves(
            pair(self.blank_now, self.now),
            pair(self.blank_then, self.then),
            pair(self.blank_late, self.late),
            pair(self.blank_blocks, self.blocks),
        )
        return Moves(both.by[:1], both.sure[:1], both.effect[:1], both.usual[:1])

    def index(self, groups: Sequence[Array], least: float = LEAST_PSI) -> float:
        """The stability index over groups of tokens, chance taken off.

        0 where it is not beyond chance, usual movement and the least that matters.
        """
        now, then, late, blocks = (_grouped(x, groups) for x in
                                   (self.now, self.then, self.late, self.blocks))  # fmt: skip
        if now.sum() < LEAST_ROWS or late.sum() < LEAST_ROWS or len(groups) < 2:
            return 0.0
        usual = max((_index(b, then - b)[0] for b in blocks if b.sum()), default=0.0)
        found = []
        for other in (then, late):
            excess, deviation = _index(now, other)
            if excess - SIGMAS * deviation <= USUAL_PSI * max(usual, 0.0):
                return 0.0
            found.append(excess)
        return min(found) if min(found) >= least else 0.0

    def groups(self, ordered: bool) -> list[Array]:
        """Tokens in groups of at least LEAST_SHARE of the reference; neighbours if `ordered`."""
        share = self.share_then
        if ordered:
            return _neighbours(share, sorted(range(len(share)), key=lambda i: int(self.tokens[i])))
        large = [i for i in range(len(share)) if share[i] >= LEAST_SHARE]
        small = [i for i in range(len(share)) if share[i] < LEAST_SHARE]
        groups = [np.array([i]) for i in large]
        return [*groups, np.array(small)] if small else groups


def comparisons(reference: Counts, current: Counts) -> Iterator[Comparison]:
    """One for each length of time with enough rows, the longest first."""
    names = sorted({*reference.tokens, *current.tokens} - {BLANK})
    tokens = tuple(n for n in names if n != OTHER) + ((OTHER,) if OTHER in names else ())
    then, now = reference.of((BLANK, *tokens)), current.of((BLANK, *tokens))
    for weeks in _lengths(len(now)):
        part = now[-weeks:].sum(axis=0)
        blocks = _blocks(then, weeks)
        if part.sum() < LEAST_ROWS or len(blocks) < LEAST_BLOCKS:
            continue
        whole = then.sum(axis=0)
        late = then[-weeks:].sum(axis=0)
        if late.sum() < LEAST_ROWS:
            late = whole
        yield Comparison(
            weeks, tokens, part[1:], whole[1:], late[1:], int(part[0]), int(whole[0]),
            int(late[0]), blocks[:, 1:], blocks[:, 0],
        )  # fmt: skip


def _lengths(weeks: int) -> list[int]:
    """Lengths of time to look at, in weeks, the longest first."""
    steps = (1, 2, 4, 8, 13, 26, 52, 104)
    return [weeks, *[n for n in reversed(steps) if n < weeks]] if weeks else []


def _blocks(then: Array, weeks: int) -> Array:
    """The reference in parts of equal length, as short as the window and as rows allow."""
    rows = then.sum(axis=1)
    filled = np.flatnonzero(rows)
    if not len(filled):
        return then[:0]
    used = then[filled[0] :]
    size = min(weeks, max(1, len(used) // BLOCKS))
    while size < len(used) and rows.sum() * size / len(used) < LEAST_ROWS:
        size += 1
    parts = len(used) // size
    whole = used[len(used) - parts * size :]
    return whole.reshape(parts, size, -1).sum(axis=1)


def _moves(now: Array, then: Array, late: Array, blocks: Array) -> Moves:
    n = now.sum()
    if n < LEAST_ROWS or late.sum() < LEAST_ROWS:
        none = np.zeros(now.shape)
        return Moves(none, none, none, none)
    usual = _usual(then, blocks)
    sides = []
    for other in (then, late):
        m = max(other.sum(), 1)
        by = now / n - other / m
        sure = np.abs(by) - SIGMAS * _error(now, n, other, m) - USUAL * usual
        effect = 2 * np.abs(np.arcsin(np.sqrt(now / n)) - np.arcsin(np.sqrt(other / m)))
        sides.append((by, sure, effect))
    (by, sure, effect), (by2, sure2, effect2) = sides
    nearer = np.where(np.sign(by) == np.sign(by2), np.minimum(np.abs(by), np.abs(by2)), 0.0)
    return Moves(np.sign(by) * nearer, np.minimum(sure, sure2), np.minimum(effect, effect2), usual)


def _error(a: Array, n: float, b: Array, m: float) -> Array:
    """Standard error of the difference of two shares, at the pooled share."""
    pooled = (a + b + 1) / (n + m + 2)
    return np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))


def _usual(then: Array, blocks: Array) -> Array:
    """The largest move of a part of the reference from the rest, twice its chance taken off."""
    size = blocks.sum(axis=1, keepdims=True)
    rest, left = then - blocks, then.sum() - size
    size, left = np.maximum(size, 1), np.maximum(left, 1)
    moved = np.abs(blocks / size - rest / left)
    pooled = (then + 1) / (then.sum() + 2)
    error = np.sqrt(pooled * (1 - pooled) * (1 / size + 1 / left))
    beyond = np.maximum(moved - 2 * error, 0.0)
    return np.where(blocks.sum(axis=1, keepdims=True) > 0, beyond, 0.0).max(axis=0)


def _index(a: Array, b: Array) -> tuple[float, float]:
    """The stability index of two counts less what chance adds, and its standard deviation."""
    n, m = max(a.sum(), 1), max(b.sum(), 1)
    p = (a + 0.5) / (n + 0.5 * len(a))
    q = (b + 0.5) / (m + 0.5 * len(b))
    spread = 1 / n + 1 / m
    value = float(((p - q) * np.log(p / q)).sum())
    return value - (len(a) - 1) * spread, float(np.sqrt(2 * (len(a) - 1)) * spread)


def _grouped(x: Array, groups: Sequence[Array]) -> Array:
    return np.stack([x[..., g].sum(axis=-1) for g in groups], axis=-1)


def _neighbours(share: Array, order: Sequence[int]) -> list[Array]:
    groups: list[list[int]] = [[]]
    mass = 0.0
    for place in order:
        groups[-1].append(place)
        mass += share[place]
        if mass >= LEAST_SHARE:
            groups.append([])
            mass = 0.0
    if len(groups) > 1 and mass < LEAST_SHARE:
        last = groups.pop()
        groups[-1] += last
    return [np.array(g) for g in groups if g]
