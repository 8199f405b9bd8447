"""A plain reading of the sample's files, and the comparison of what it finds with the truth."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

Table = list[dict[str, str]]
Tables = dict[str, Table]

END = datetime(2026, 9, 30, 18)


def read(path: Path) -> Table:
    """Rows of a CSV file of either style."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.readline()
        file.seek(0)
        return list(csv.DictReader(file, delimiter=";" if ";" in head else ","))


def number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


def moment(text: str) -> datetime | None:
    """A moment or a day, in either order of day and month; None for nothing or no such day."""
    for shape in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, shape)
        except ValueError:
            continue
    return None


def live(tables: Tables, table: str) -> Table:
    """Rows that are not marked as deleted or merged."""
    return [
        row
        for row in tables[table]
        if row.get("is_deleted") != "true" and not row.get("merged_into_id")
    ]


def listed(faults: Table, code: str, table: str) -> tuple[set[str], set[str]]:
    """Keys planted for a rule in a table, and those that may be found besides."""
    rows = [f for f in faults if (f["code"], f["table"]) == (code, table)]
    planted = {f["key"] for f in rows if f["kind"] == "planted" and f["key"]}
    return planted, {f["key"] for f in rows} - planted


def agree(
    found: Iterable[str],
    faults: Table,
    code: str,
    table: str,
    *,
    also: Iterable[str] = (),
    only: Iterable[str] | None = None,
) -> None:
    """What a reading found is all that was planted, and nothing besides what may follow.

    `also` are other codes whose records may show here too; `only` narrows what was planted to
    the part that this reading can find.
    """
    found = set(found)
    planted, following = listed(faults, code, table)
    if only is not None:
        planted, following = planted & set(only), following | planted
    for other in also:
        more, rest = listed(faults, other, table)
        following |= more | rest
    assert planted, f"{code} is not planted in {table}"
    assert planted <= found, f"not found: {sorted(planted - found)[:5]}"
    extra = found - planted - following
    assert not extra, f"{len(extra)} by accident: {sorted(extra)[:5]}"


def keys_with(faults: Table, code: str, table: str, **cells: str) -> set[str]:
    """Keys planted for a rule in a table whose truth holds these cells."""
    return {
        f["key"]
        for f in faults
        if (f["code"], f["table"], f["kind"]) == (code, table, "planted")
        and all(f[name] == value for name, value in cells.items())
    }
