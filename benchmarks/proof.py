"""How long a proof takes: every labelled pair of `tests/semantics/pairs.yaml`, after a warm-up.

`python -m benchmarks.proof [BUDGET_MS]` prints one JSON line: milliseconds (median, 95 %, maximum)
of wall clock and of CPU, what share of the pairs and of the decidable ones was proved within the
budget (50 ms), and the slowest pairs.
"""

from __future__ import annotations

import json
import sys
import time

from tests.semantics.pairs_data import PAIRS
from tests.semantics.proof.test_pairs import proof_of

__all__ = ["main"]


def main(budget_ms: float = 50) -> None:
    """Time each pair once."""
    begun = time.perf_counter()
    proof_of(PAIRS[0])
    warm_up = time.perf_counter() - begun
    for pair in PAIRS[::10]:
        proof_of(pair)
    wall, cpu, exact = [], [], []
    for pair in PAIRS:
        begun, used = time.perf_counter(), time.thread_time()
        exact.append(proof_of(pair, budget_ms).exact)
        wall.append((time.perf_counter() - begun) * 1000)
        cpu.append((time.thread_time() - used) * 1000)
    decidable = [done for done, pair in zip(exact, PAIRS, strict=True) if pair["decidable"]]
    slowest = sorted(zip(wall, (pair["name"] for pair in PAIRS), strict=True), reverse=True)[:5]
    found = {
        "pairs": len(PAIRS),
        "budget_ms": budget_ms,
        "first_ms": round(warm_up * 1000, 1),
        "wall_ms": _figures(wall),
        "cpu_ms": _figures(cpu),
        "proved": round(sum(exact) / len(exact), 4),
        "proved_of_decidable": round(sum(decidable) / len(decidable), 4),
        "slowest": {name: round(ms, 1) for ms, name in slowest},
    }
    print(json.dumps(found))


def _figures(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "median": round(ordered[len(ordered) // 2], 1),
        "p95": round(ordered[int(len(ordered) * 0.95)], 1),
        "max": round(ordered[-1], 1),
    }


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
