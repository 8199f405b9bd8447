"""Files to raw tables: which files, read how, and what could not be read, said in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dq.errors import DqError, SourceError
from dq.findings import Note

if TYPE_CHECKING:
    from dq.sources import ReadOptions
    from dq.tables import RawTable

__all__ = ["Intake", "expand", "read_all"]

ENDINGS = (
    ".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".html", ".htm",
    ".json", ".jsonl", ".ndjson", ".parquet",
)  # fmt: skip


@dataclass
class Intake:
    """Raw tables, and the files that were refused with their reasons."""

    raws: list[RawTable] = field(default_factory=list)
    refused: list[DqError] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def expand(paths: Sequence[Path]) -> list[Path]:
    """Files named, files of folders named, and matches of patterns (shells that expand none)."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file() and _readable(p))
            if not inside:
                raise SourceError(
                    "There is no table in the folder {folder}.",
                    fix="Name the files, or a folder with CSV, Excel, Parquet or JSON files.",
                    folder=str(path),
                )
            found += inside
        elif not path.exists() and any(c in path.name for c in "*?["):
            matches = sorted(path.parent.glob(path.name))
            if not matches:
                raise SourceError(
                    "No file matches {pattern}.",
                    fix="Check the folder and the spelling.",
                    pattern=str(path),
                )
            found += matches
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def _readable(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS and not path.name.startswith((".", "~$"))


def read_all(
    files: Sequence[tuple[Path, ReadOptions | None]],
    into: Path,
    *,
    lenient: bool,
    progress: Callable[[str, str], None] = lambda _part, _detail: None,
) -> Intake:
    """Read every file; one that is refused does not stop the others.

    Tables of different files get different names.
    """
    from dq.sources import read

    intake = Intake()
    taken: set[str] = set()
    for number, (path, options) in enumerate(files):
        progress("read", path.name)
        folder = into / f"{number:04d}"
        folder.mkdir(parents=True, exist_ok=True)
        try:
            tables = read(path, into=folder, options=options, lenient=lenient)
        except SourceError as error:
            intake.refused.append(error)
            intake.notes.append(
                Note("source.refused", {"error": str(error)}, "error", file=path.name)
            )
            continue
        for table in tables:
            intake.raws.append(_renamed(table, taken))
    return intake


def _renamed(table: RawTable, taken: set[str]) -> RawTable:
    from dataclasses import replace

    base = table.name.replace(".", "_") or "table"
    name, number = base, 2
    while name.casefold() in taken:
        name, number = f"{base}_{number}", number + 1
    taken.add(name.casefold())
    return table if name == table.name else replace(table, name=name)
