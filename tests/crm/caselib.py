"""Case files: tables as lists of columns, and the whole mapping that is expected of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from dq.tables import RawTable
from tests.crm.tables import raw_table
from tests.realdata import CRM as DATA

__all__ = ["CASES", "DATA", "cases", "load", "tables"]

CASES = Path(__file__).parent / "cases"


def load(path: Path) -> Any:
    """A YAML file as plain values."""
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def cases() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """All cases with their names."""
    for path in sorted(CASES.glob("*.yaml")):
        for case in load(path):
            yield f"{path.stem}: {case['case']}", case


def tables(folder: Path, files: Mapping[str, Sequence[Sequence[str]]]) -> list[RawTable]:
    """Raw tables of a case: each column is its header and its cells."""
    found = []
    for name, columns in files.items():
        headers = [str(column[0]) for column in columns]
        size = max(len(column) for column in columns) - 1
        rows = [[str(c[i + 1]) if i + 1 < len(c) else None for c in columns] for i in range(size)]
        found.append(raw_table(folder, name, headers, rows))
    return found
