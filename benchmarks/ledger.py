"""The ledger's speed: decisions a second, proofs and a whole check at a million entries.

The peer is SQLite itself in the same run: the same rows, inserted plainly, as durably. It gives
no hashes, no tree, no proof; the difference is what they cost.

    python benchmarks/ledger.py --entries 1000000 --output build/ledger.json
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dq.clock import Clock
from dq.store import Actor, Store, open_store
from dq.store.proof import consistency_path, inclusion_path
from dq.store.signing import Signer

TYPED = Actor("Ann Lee", "host-1", "ann")
SINGLE, BATCHED = 1000, 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dq-ledger-") as folder:
        results = measure(Path(folder), options.entries)
    for name, value in results.items():
        print(f"{name:<44} {value:>14,.2f}")
    if options.output is not None:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def measure(folder: Path, entries: int) -> dict[str, float]:
    signed = Actor("Ann Lee", "host-1", "ann", Signer.new())
    results: dict[str, float] = {}
    with open_store(folder / "dq", Clock()) as store:
        for label, actor in (("typed", TYPED), ("signed", signed)):
            results[f"decisions a second, single, {label}"] = rate(store, actor, SINGLE, 1)
            results[f"decisions a second, batches of 100, {label}"] = rate(
                store, actor, BATCHED, 100
            )
        with plain(folder / "peer.db") as peer:
            rows = [bytes(row) for row in store.ledger.texts(0, SINGLE + BATCHED)]
            results["SQLite inserts a second, single"] = inserts(peer, rows[:SINGLE], 1)
            results["SQLite inserts a second, batches of 100"] = inserts(peer, rows[SINGLE:], 100)
        size = store.head()[0]
        rate(store, TYPED, max(entries - size, 0), 5000)
        size = store.head()[0]
        results["entries"] = size
        results["bytes an entry"] = store.path.stat().st_size / size
        places = [size * n // 50 for n in range(50)]
        results["inclusion proof, ms, median"] = median(
            lambda n: inclusion_path(store.ledger.nodes(), n, size), places
        )
        results["consistency proof, ms, median"] = median(
            lambda n: consistency_path(store.ledger.nodes(), n + 1, size), places
        )
        begun = time.perf_counter()
        assert store.verify().intact
        results["verify of all, s"] = time.perf_counter() - begun
        results["verify of all, entries a second"] = size / results["verify of all, s"]
    begun = time.perf_counter()
    with open_store(folder / "dq", Clock()) as store:
        rate(store, TYPED, 1, 1)
    results["open and decide once, ms"] = (time.perf_counter() - begun) * 1000
    with plain(folder / "peer.db") as peer:
        begun = time.perf_counter()
        found = sum(len(row[0]) > 0 for row in peer.execute("SELECT entry FROM entry"))
        results["SQLite reads a second"] = found / (time.perf_counter() - begun)
    return results


def rate(store: Store, actor: Actor, count: int, batch: int) -> float:
    """Decisions a second, each batch durable at its end."""
    begun = time.perf_counter()
    for start in range(0, count, batch):
        with store.batch():
            for number in range(start, min(start + batch, count)):
                with store.decide(actor, "view", f"deals/D-{number}", "looked at for repair"):
                    pass
    return count / max(time.perf_counter() - begun, 1e-9)


@contextmanager
def plain(path: Path) -> Iterator[sqlite3.Connection]:
    """A SQLite file as durable as the store, with one table."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS entry (seq INTEGER PRIMARY KEY, entry BLOB)")
    yield connection
    connection.close()


def inserts(connection: sqlite3.Connection, rows: list[bytes], batch: int) -> float:
    """Inserts a second, each batch durable at its end."""
    begun = time.perf_counter()
    for start in range(0, len(rows), batch):
        connection.execute("BEGIN IMMEDIATE")
        for row in rows[start : start + batch]:
            connection.execute("INSERT INTO entry (entry) VALUES (?)", (row,))
        connection.execute("COMMIT")
    return len(rows) / (time.perf_counter() - begun)


def median(work: Callable[[int], object], places: list[int]) -> float:
    """Milliseconds of the work, of its places the median."""
    times = []
    for place in places:
        begun = time.perf_counter()
        work(place)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
