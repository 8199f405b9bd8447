"""Records of groups, read from findings.parquet: as many a group as a format shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dq.errors import StoreError
from dq.findings import Finding, Group
from dq.repair.stored import finding_of

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["records_of"]

Identity = tuple[str, str, str | None, str | None]

_SEPARATOR, _NULL = "\x1f", "\x00"
_BATCH = 131_072


def records_of(
    groups: Sequence[Group], source: pa.Table | Path | str | None, limit: int
) -> dict[str, tuple[Finding, ...]]:
    """Up to `limit` records of each group, by the group's id; its own examples come first.

    Args:
        groups: The groups wanted.
        source: findings.parquet or its content; None, or a file that is not there: only the
            groups' own examples are given.
        limit: Most records a group.

    Raises:
        StoreError: The file is there but cannot be read.
    """
    found = {group.id: list(group.examples[:limit]) for group in groups}
    wanted = {
        _identity(group): group
        for group in groups
        if len(group.examples) < min(limit, max(group.records, 1))
    }
    if wanted and source is not None:
        for batch in _batches(source):
            if not wanted:
                break
            _take(batch, wanted, found, limit)
    return {name: tuple(rows) for name, rows in found.items()}


def _identity(group: Group) -> Identity:
    return group.code, group.table, group.column, group.cause


def _batches(source: pa.Table | Path | str) -> Iterable[pa.RecordBatch]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if isinstance(source, pa.Table):
        yield from source.to_batches(max_chunksize=_BATCH)
        return
    path = Path(source)
    if not path.is_file():
        return
    try:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(batch_size=_BATCH)
    except (OSError, pa.ArrowException) as problem:
        raise StoreError(
            "The findings file {file} cannot be read: {reason}.",
            fix="Run the check again to write it anew.",
            file=path.name,
            reason=str(problem),
        ) from problem


def _take(
    batch: pa.RecordBatch,
    wanted: dict[Identity, Group],
    found: dict[str, list[Finding]],
    limit: int,
) -> None:
    """Add a batch's records to the groups that have room; forget the groups that are full."""
    import pyarrow as pa
    import pyarrow.compute as pc

    join: Any = pc.binary_join_element_wise
    columns = [batch.column(name) for name in ("code", "table", "column", "cause")]
    joined = join(
        *columns, _SEPARATOR, null_handling="replace", null_replacement=_NULL
    ).dictionary_encode()
    codes = {text: code for code, text in enumerate(joined.dictionary.to_pylist())}
    for identity, group in list(wanted.items()):
        code = codes.get(_SEPARATOR.join(_NULL if part is None else part for part in identity))
        if code is None:
            continue
        have = found[group.id]
        known = {_record(finding) for finding in have}
        room = limit + len(known)
        rows = pc.indices_nonzero(pc.equal(joined.indices, pa.scalar(code))).slice(0, room)
        for row in batch.take(rows).to_pylist():
            finding = finding_of(row)
            if len(have) < limit and _record(finding) not in known:
                have.append(finding)
        if len(have) >= limit:
            del wanted[identity]


def _record(finding: Finding) -> tuple[object, ...]:
    return finding.key, finding.column, finding.value, finding.file, finding.sheet, finding.row
