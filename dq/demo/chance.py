"""Chance without state: each draw is a function of a seed, a name and a row's number.

So a part can be made alone, in pieces or twice with the same result, and a draw that is added
leaves all others as they were. The numbers come from SplitMix64 (Steele, Lea, Flood 2014), whose
finaliser turns a counter into 64 evenly spread bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

__all__ = ["NONE", "Bools", "Bytes", "Chance", "Floats", "Ints", "occurrence", "scatter"]

Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NONE = int(np.iinfo(np.int64).min)
"""An integer that stands for "nothing here" in moments, days, amounts and keys."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_QUANTILES = 1 << 14


@cache
def _normal_table() -> Floats:
    """Quantiles of the standard normal; beyond the last, at 4.0, there are none."""
    bell = NormalDist()
    places = [(number + 0.5) / (_QUANTILES + 1) for number in range(_QUANTILES + 1)]
    return np.array([round(bell.inv_cdf(place), 12) for place in places])


class Chance:
    """A source of draws by name."""

    def __init__(self, *path: object) -> None:
        self._path = "/".join(str(part) for part in path)

    def part(self, name: object) -> Chance:
        """A source of its own below this one."""
        return Chance(self._path, name)

    def bits(self, name: str, count: int) -> npt.NDArray[np.uint64]:
        """64 random bits for each of `count` rows."""
        digest = blake2b(f"{self._path}:{name}".encode(), digest_size=8).digest()
        key = np.uint64(int.from_bytes(digest, "little"))
        spread = np.arange(1, count + 1, dtype=np.uint64) * _GOLDEN + key
        spread = (spread ^ (spread >> np.uint64(30))) * _FIRST
        spread = (spread ^ (spread >> np.uint64(27))) * _SECOND
        return np.asarray(spread ^ (spread >> np.uint64(31)), dtype=np.uint64)

    def uniform(self, name: str, count: int, low: float = 0.0, high: float = 1.0) -> Floats:
        """Numbers in [low, high)."""
        unit = (self.bits(name, count) >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return unit if (low, high) == (0.0, 1.0) else low + unit * (high - low)

    def integers(self, name: str, count: int, low: int | Ints, high: int | Ints) -> Ints:
        """Whole numbers in [low, high); the bounds may differ from row to row."""
        width = np.asarray(high) - np.asarray(low)
        found = low + np.floor(self.uniform(name, count) * width)
        return np.asarray(found, dtype=np.int64)

    def flags(self, name: str, count: int, share: float | Floats) -> Bools:
        """True for about `share` of the rows."""
        return np.asarray(self.uniform(name, count) < share)

    def choice(self, name: str, count: int, weights: Sequence[float]) -> Ints:
        """Places in a list of weights, by weight."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        spots = self.uniform(name, count) * edges[-1]
        found = np.searchsorted(edges, spots, side="right")
        return np.asarray(np.minimum(found, len(edges) - 1), dtype=np.int64)

    def normal(self, name: str, count: int) -> Floats:
        """Standard normal numbers within ±4."""
        table = _normal_table()
        spots = self.uniform(name, count) * _QUANTILES
        below = spots.astype(np.int64)
        return np.asarray(table[below] + (spots - below) * (table[below + 1] - table[below]))

    def lognormal(self, name: str, count: int, median: float | Floats, spread: float) -> Floats:
        """Log-normal numbers; `spread` is the deviation of their logarithms."""
        return np.asarray(median * np.exp(spread * self.normal(name, count)))

    def order(self, name: str, count: int) -> Ints:
        """The numbers from 0 to count - 1, shuffled."""
        return np.argsort(self.bits(name, count), kind="stable").astype(np.int64)

    def some(self, name: str, rows: Ints, count: int) -> Ints:
        """Up to `count` of the rows, in an order of chance."""
        bits = self.bits(name, len(rows))
        if count < len(rows):
            least = np.argpartition(bits, count)[: max(count, 0)]
            rows, bits = rows[least], bits[least]
        return np.asarray(rows[np.argsort(bits, kind="stable")], dtype=np.int64)


def occurrence(values: Ints) -> Ints:
    """How many times each value stood before in the array: 0 for its first."""
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    fresh = np.ones(len(values), dtype=np.bool_)
    fresh[1:] = ranked[1:] != ranked[:-1]
    places = np.arange(len(values), dtype=np.int64)
    first = np.maximum.accumulate(np.where(fresh, places, 0))
    found = np.empty(len(values), dtype=np.int64)
    found[order] = places - first
    return found


def scatter(size: int, rows: Ints, values: Ints | Floats | int, fill: int = NONE) -> Ints:
    """An array of `fill` that holds `values` at `rows`."""
    found = np.full(size, fill, dtype=np.int64)
    found[rows] = values
    return found
