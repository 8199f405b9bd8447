"""Files and databases to raw tables: which, read how, and what could not be read, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from dq.errors import ConfigError, DqError, Place, SourceError
from dq.findings import Note

if TYPE_CHECKING:
    from dq.config import Settings, SourceSettings
    from dq.sources import Address, ReadOptions
    from dq.tables import RawTable

__all__ = ["Given", "Intake", "expand", "given", "no_sources", "read_all", "read_sources"]

Given: TypeAlias = "Path | Address"
"""A file, a folder, a pattern, or a database."""

ENDINGS = (
    ".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".html", ".htm",
    ".json", ".jsonl", ".ndjson", ".parquet", ".sqlite", ".sqlite3",
)  # fmt: skip


@dataclass
class Intake:
    """Raw tables, and the files that were refused with their reasons."""

    raws: list[RawTable] = field(default_factory=list)
    refused: list[DqError] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def given(word: Path | str) -> Given:
    """What a person names: the address of a database, else a path."""
    from dq.sources import Address, is_address

    if not isinstance(word, str) or not is_address(word):
        return Path(word)
    address = Address.parse(word)
    return Path(address.database) if address.kind == "sqlite" else address


def expand(paths: Sequence[Given]) -> list[Given]:
    """Files named, files of folders named, and matches of patterns (shells that expand none)."""
    found: list[Given] = []
    for path in paths:
        if not isinstance(path, Path):
            found.append(path)
        elif path.is_dir():
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
    files: Sequence[tuple[Given, ReadOptions | None]],
    into: Path,
    *,
    lenient: bool,
    progress: Callable[[str, str], None] = lambda _part, _detail: None,
) -> Intake:
    """Read every file, and every table of a database; one that is refused stops no other.

    Tables of different files get different names.
    """
    from dq.sources import read

    intake = Intake()
    taken: set[str] = set()
    for number, (path, options) in enumerate(files):
        progress("read", path.name if isinstance(path, Path) else path.label)
        folder = into / f"{number:04d}"
        folder.mkdir(parents=True, exist_ok=True)
        if isinstance(path, Path):
            try:
                tables = read(path, into=folder, options=options, lenient=lenient)
            except SourceError as error:
                _refuse(intake, error, path.name)
                continue
        else:
            tables = _every_table(path, folder, options, intake, progress)
        for table in tables:
            intake.raws.append(_renamed(table, taken))
    return intake


def _refuse(intake: Intake, error: SourceError, file: str) -> None:
    intake.refused.append(error)
    intake.notes.append(Note("source.refused", {"error": error}, "error", file=file))


def _every_table(
    address: Address,
    into: Path,
    options: ReadOptions | None,
    intake: Intake,
    progress: Callable[[str, str], None],
) -> list[RawTable]:
    """All tables of a database, or the one that `sheet` names; of one moment.

    Raises:
        SourceError: the database cannot be reached, or the connection was lost.
    """
    from dq.sources import Wanted, open_database

    tables: list[RawTable] = []
    with open_database(address) as database:
        alone = str(options.sheet) if options is not None and options.sheet else None
        names = database.tables() if alone is None else [alone]
        if not names:
            raise SourceError(
                "The database has no tables.",
                where=Place(file=address.label),
                fix="Check that it is the right one, and that the user may see them.",
            )
        bare = Counter(name.rpartition(".")[2] for name in names)
        for name in names:
            progress("read", name)
            short = name.rpartition(".")[2]
            called = short if bare[short] == 1 else name
            try:
                tables.append(database.read(Wanted(called, table=name), into, options))
            except SourceError as error:
                if not database.recover():
                    raise
                _refuse(intake, error, address.label)
    return tables


def read_sources(
    folder: Path,
    settings: Settings,
    into: Path,
    progress: Callable[[str, str], None] = lambda _part, _detail: None,
) -> Intake:
    """The tables of a project's `sources:`, in the shape that dq.yaml declares.

    Raises:
        SourceError: a source has no file, or a database does not give what is asked of it.
    """
    intake = Intake()
    queried = _of_databases(settings, into / "databases", progress)
    for number, (name, source) in enumerate(sorted(settings.sources.items())):
        if name in queried:
            intake.raws.append(queried[name])
            continue
        read = read_all(
            [(path, _options(settings, source)) for path in _files(folder, name, source)],
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


def _of_databases(
    settings: Settings, into: Path, progress: Callable[[str, str], None]
) -> dict[str, RawTable]:
    """Sources that are tables or queries; those of one address are of one moment."""
    from dq.sources import Wanted, open_database

    asked: dict[Address, list[SourceSettings]] = {}
    for _, source in sorted(settings.sources.items()):
        address = _address(source)
        if address is not None:
            asked.setdefault(address, []).append(source)
    tables: dict[str, RawTable] = {}
    for address, sources in asked.items():
        with open_database(address) as database:
            for source in sources:
                progress("read", source.name)
                wanted = Wanted(source.name, source.table, source.query)
                tables[source.name] = database.read(wanted, into, _options(settings, source))
    return tables


def _address(source: SourceSettings) -> Address | None:
    """The server that a source is read from; None for files, SQLite's among them."""
    from dq.sources import Address

    if source.url is None:
        return None
    address = Address.parse(source.url.template, place=source.url.place)
    return None if address.kind == "sqlite" else address


def _files(folder: Path, name: str, source: SourceSettings) -> list[Path]:
    """The files of a source: the newest that matches, or all of them."""
    pattern = str(source.path)
    if source.url is not None:
        from dq.sources import Address

        pattern = Address.parse(source.url.template, place=source.url.place).database
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
        sheet=source.sheet or source.table,
        query=source.query,
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
