"""Files to raw tables: which files, read how, and what could not be read, said in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dq.errors import ConfigError, DqError, Place, SourceError
from dq.findings import Note

if TYPE_CHECKING:
    from dq.config import Settings, SourceSettings
    from dq.sources import ReadOptions
    from dq.tables import RawTable

__all__ = ["Intake", "expand", "no_sources", "read_all", "read_sources"]

ENDINGS = (
    ".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".html", ".htm",
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
            intake.notes.append(Note("source.refused", {"error": error}, "error", file=path.name))
            continue
        for table in tables:
            intake.raws.append(_renamed(table, taken))
    return intake


def read_sources(
    folder: Path,
    settings: Settings,
    into: Path,
    progress: Callable[[str, str], None] = lambda _part, _detail: None,
) -> Intake:
    """The tables of a project's `sources:`, in the shape that dq.yaml declares."""
    intake = Intake()
    for number, (name, source) in enumerate(sorted(settings.sources.items())):
        if source.path is None:
            raise ConfigError(
                "The source {name} is a database; this version reads files only.",
                where=source.place,
                fix="Export the table to CSV or Parquet and give its path.",
                name=name,
            )
        files = _files(folder, name, source)
        read = read_all(
            [(path, _options(settings, source)) for path in files],
            into / f"{number:04d}",
            lenient=False,
            progress=progress,
        )
        intake.refused += read.refused
        intake.notes += read.notes
        for raw in read.raws:
            alone = len(read.raws) == 1
            intake.raws.append(replace(raw, name=name) if alone else raw)
    return intake


def _files(folder: Path, name: str, source: SourceSettings) -> list[Path]:
    """The files of a source: the newest that matches, or all of them."""
    pattern = str(source.path)
    base = Path(pattern)
    whole = base if base.is_absolute() else folder / base
    if not any(c in pattern for c in "*?["):
        matches = [whole] if whole.exists() else []
    else:
        matches = sorted(whole.parent.glob(whole.name))
    matches = [m for m in matches if not m.name.startswith("~$")]
    if not matches:
        raise SourceError(
            "The source {name} has no file: nothing matches {pattern}.",
            where=source.place,
            fix="Check the path in dq.yaml, or put the export there.",
            name=name,
            pattern=pattern,
        )
    if source.take == "union":
        return matches
    return [max(matches, key=lambda m: (m.stat().st_mtime, m.name))]


def _options(settings: Settings, source: SourceSettings) -> ReadOptions:
    from dq.sources import ReadOptions

    limits = settings.limits
    return ReadOptions(
        format=source.format,
        blank_headers=source.blank_headers,
        encoding=source.encoding,
        delimiter=source.delimiter,
        sheet=source.sheet,
        header_row=source.header_row,
        footer=source.footer,
        max_bytes=limits.file_size,
        max_rows=limits.rows,
        max_columns=limits.columns,
    )


def no_sources(folder: Path) -> ConfigError:
    """What to say of a project that names no file."""
    return ConfigError(
        "The project reads nothing yet.",
        where=Place(file=str(folder / "dq.yaml")),
        fix="Name your files under sources:, or let dq init --from FILE… do it.",
    )


def _renamed(table: RawTable, taken: set[str]) -> RawTable:
    base = table.name.replace(".", "_") or "table"
    name, number = base, 2
    while name.casefold() in taken:
        name, number = f"{base}_{number}", number + 1
    taken.add(name.casefold())
    return table if name == table.name else replace(table, name=name)
