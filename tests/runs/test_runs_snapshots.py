from __future__ import annotations

import random
from hashlib import md5
from pathlib import Path

import pyarrow as pa
import pytest

from dq.errors import StoreError
from dq.runs import Snapshots, snapshot_digest

COLUMNS = [("id", "string"), ("amount", "decimal128(18, 4)")]
HASHES = [md5(str(n).encode(), usedforsecurity=False).hexdigest() for n in range(500)]


def test_digest_ignores_order_but_counts_copies() -> None:
    digest = snapshot_digest("deals", COLUMNS, HASHES)
    shuffled = random.Random(1).sample(HASHES, len(HASHES))
    assert snapshot_digest("deals", COLUMNS, shuffled) == digest
    assert snapshot_digest("deals", COLUMNS, iter(shuffled)) == digest
    assert snapshot_digest("deals", COLUMNS, [*HASHES, HASHES[0]]) != digest
    assert snapshot_digest("deals", COLUMNS, HASHES[1:]) != digest


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_digest_of_arrow_columns(kind: pa.DataType) -> None:
    digest = snapshot_digest("deals", COLUMNS, HASHES)
    array = pa.array(HASHES, kind)
    assert snapshot_digest("deals", COLUMNS, array) == digest
    assert snapshot_digest("deals", COLUMNS, pa.chunked_array([array[300:], array[:300]])) == digest


def test_digest_knows_table_and_types() -> None:
    digests = {
        snapshot_digest("deals", COLUMNS, []),
        snapshot_digest("leads", COLUMNS, []),
        snapshot_digest("deals", COLUMNS[:1], []),
        snapshot_digest("deals", [("id", "string"), ("amount", "double")], []),
        snapshot_digest("deals", COLUMNS, pa.array([], pa.string())),
    }
    assert len(digests) == 4


def test_digest_is_stable() -> None:
    assert (
        snapshot_digest("deals", COLUMNS, HASHES[:3])
        == "1c6445a88f18a7c5717f41971df286003fe3917ef7d6a2667f1fa3f7c135270b"
    )


@pytest.mark.parametrize("wrong", [["xyz"], ["g" * 32], [HASHES[0] + "0"], [HASHES[0][:31], "00"]])
def test_what_is_no_row_hash(wrong: list[str]) -> None:
    for given in (wrong, pa.array(wrong)):
        with pytest.raises(StoreError, match="A row hash of deals is not hexadecimal"):
            snapshot_digest("deals", COLUMNS, given)


def test_same_rows_are_written_once(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path / "snapshots")
    written: list[Path] = []

    def write(path: Path) -> None:
        written.append(path)
        path.write_bytes(b"rows")

    digest = "cd" * 32
    assert snapshots.find(digest) is None
    first = snapshots.keep(digest, "deals", 3, write)
    assert snapshots.keep(digest, "deals", 3, write) == snapshots.find(digest) == first
    assert (first.table, first.rows) == ("deals", 3)
    assert sorted(p.name for p in first.path.iterdir()) == ["_snapshot.json", "deals.parquet"]
    assert len(written) == 1


def test_snapshot_that_was_cut_off_is_made_again(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    digest = "ef" * 32

    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        snapshots.keep(digest, "deals", 3, fail)
    assert snapshots.find(digest) is None
    snapshots.sweep()
    assert list(tmp_path.iterdir()) == []
    kept = snapshots.keep(digest, "deals", 3, lambda path: path.write_bytes(b"whole"))
    (kept.path / "_snapshot.json").unlink()
    again = snapshots.keep(digest, "deals", 3, lambda path: path.write_bytes(b"again"))
    assert (again.path / "deals.parquet").read_bytes() == b"again"
