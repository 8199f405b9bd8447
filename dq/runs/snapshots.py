"""Snapshots: typed tables kept under the digest of their rows, shared between runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dq.errors import StoreError
from dq.files import (
    file_errors,
    move_folder,
    remove_folder,
    safe_name,
    sync_tree,
    write_atomic,
)

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Snapshot", "Snapshots", "snapshot_digest"]

_FACTS = "_snapshot.json"
_STAGING = ".staging-"


def snapshot_digest(
    table: str,
    columns: Sequence[tuple[str, str]],
    row_hashes: Iterable[str] | pa.Array[Any] | pa.ChunkedArray[Any],
) -> str:
    """Digest of a table: its name, its columns with their types, its rows in any order.

    A row hash is an MD5 in hexadecimal of the row's cells joined so that distinct rows give
    distinct texts. Copies of a row count.

    Raises:
        StoreError: a row hash is not 32 hexadecimal digits.
    """
    import numpy as np

    head = json.dumps([table, [list(column) for column in columns]], ensure_ascii=False)
    digest = sha256(b"dq snapshot 1\n" + head.encode("utf-8") + b"\n")
    try:
        packed = bytes.fromhex(_joined(row_hashes))
    except ValueError:
        raise StoreError("A row hash of {table} is not hexadecimal.", table=table) from None
    halves = np.frombuffer(packed, dtype=">u8").reshape(-1, 2)
    order = np.lexsort((halves[:, 1], halves[:, 0]))
    digest.update(halves[order].tobytes())
    return digest.hexdigest()


def _joined(row_hashes: Any) -> str:
    """All hashes in one text, after checking that each has 32 digits."""
    if hasattr(row_hashes, "type"):
        import pyarrow as pa
        import pyarrow.compute as pc

        is_one = isinstance(row_hashes, pa.Array)
        chunked: Any = pa.chunked_array(row_hashes) if is_one else row_hashes
        chunked = chunked.cast(pa.large_string())
        lengths: Any = pc.binary_length(chunked)
        if chunked.null_count or pc.any(pc.not_equal(lengths, pa.scalar(32))).as_py():
            raise ValueError("a hash of another length")
        return "".join("".join(chunk.to_pylist()) for chunk in chunked.chunks)
    texts = list(row_hashes)
    if any(len(text) != 32 for text in texts):
        raise ValueError("a hash of another length")
    return "".join(texts)


@dataclass(frozen=True)
class Snapshot:
    """A kept table; `path` is a folder of Parquet files."""

    digest: str
    path: Path
    table: str
    rows: int


class Snapshots:
    """The snapshots of a project, below `.dq/snapshots`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, digest: str) -> Snapshot | None:
        """A snapshot by its digest."""
        path = self.folder / digest
        try:
            facts = json.loads((path / _FACTS).read_text(encoding="utf-8"))
            return Snapshot(digest, path, facts["table"], facts["rows"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, digest: str, table: str, rows: int, write: Callable[[Path], object]) -> Snapshot:
        """Keep a table; `write` puts its Parquet file at a path, and is not asked twice."""
        found = self.find(digest)
        if found:
            return found
        staging = self.folder / f"{_STAGING}{digest}"
        remove_folder(staging)
        with file_errors(staging, "write"):
            staging.mkdir(parents=True)
        write(staging / f"{safe_name(table)}.parquet")
        facts: Mapping[str, object] = {"table": table, "rows": rows}
        write_atomic(staging / _FACTS, json.dumps(facts, ensure_ascii=False))
        sync_tree(staging)
        remove_folder(self.folder / digest)
        move_folder(staging, self.folder / digest)
        return Snapshot(digest, self.folder / digest, table, rows)

    def sweep(self) -> None:
        """Remove what an interrupted run left; only under the project's lock."""
        for leftover in self.folder.glob(f"{_STAGING}*"):
            remove_folder(leftover)
