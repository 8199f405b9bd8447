"""Records of the site's groups, by table: keys once, a line a finding, capped to a size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dq.findings import Finding, Group
from dq.formats.records import records_of
from dq.formats.words import shown_key, shown_value

__all__ = ["AT_MOST", "IN_ALL", "Shelf", "fair_limit", "shelves"]

AT_MOST = 1000
"""Records of one group."""

IN_ALL = 40_000
"""Records on the whole site, which keep it below 5 MB."""

_VALUE = 48
"""Characters of a value that a line shows."""


@dataclass(frozen=True)
class Shelf:
    """Records of one table.

    `keys` are what identifies the records; `files` (name, sheet); `lines` has for each group
    (by number) its lines: place of the key or None, value, money as text, place of the file or
    None, row.
    """

    table: str
    keys: list[str]
    files: list[tuple[str, str]]
    lines: dict[int, list[list[object]]]


def fair_limit(sizes: Sequence[int], at_most: int = AT_MOST, in_all: int = IN_ALL) -> int:
    """The largest number of records a group with which all groups together stay within bounds."""
    low, high = 1, at_most
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(size, middle) for size in sizes) <= in_all:
            low = middle
        else:
            high = middle - 1
    return low


def shelves(groups: Sequence[Group], source: Path | str | None, limit: int) -> dict[str, Shelf]:
    """Up to `limit` records of each group, on the shelf of its table."""
    found = records_of(groups, source, limit)
    shelved: dict[str, _Filler] = {}
    for number, group in enumerate(groups):
        filler = shelved.setdefault(group.table, _Filler(group.table))
        lines = [filler.line(finding, group) for finding in found[group.id] if _is_record(finding)]
        if lines:
            filler.lines[number] = lines
    return {name: filler.shelf() for name, filler in shelved.items() if filler.lines}


def _is_record(finding: Finding) -> bool:
    return finding.key is not None or finding.row is not None


class _Filler:
    """A shelf being filled; a key, and a file, stand on it once."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.lines: dict[int, list[list[object]]] = {}
        self._keys: dict[str, int] = {}
        self._files: dict[tuple[str, str], int] = {}

    def line(self, finding: Finding, group: Group) -> list[object]:
        column = finding.column or group.column
        value = shown_value(finding.value, column=column, personal=group.personal)
        key = shown_key(finding.key, personal=group.personal)
        place = (Path(finding.file).name, finding.sheet or "") if finding.file else None
        return [
            self._keys.setdefault(str(key), len(self._keys)) if finding.key is not None else None,
            _cut(value),
            None if finding.money is None else f"{finding.money.normalize():f}",
            None if place is None else self._files.setdefault(place, len(self._files)),
            finding.row,
        ]

    def shelf(self) -> Shelf:
        return Shelf(self.table, list(self._keys), list(self._files), self.lines)


def _cut(value: str | None) -> str | None:
    if value is None or len(value) <= _VALUE:
        return value
    return f"{value[: _VALUE - 1]}…"
