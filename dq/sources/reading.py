"""One file to raw tables: checks that hold for every format, then the format's reader."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from dq.findings import Note
from dq.sources.delimited import read_delimited
from dq.sources.failures import naming
from dq.sources.html_table import read_html
from dq.sources.job import Job
from dq.sources.json_records import read_json
from dq.sources.lines import Part, note, refuse
from dq.sources.options import ReadOptions
from dq.sources.parquet import read_parquet
from dq.sources.sniffing import FORMATS, by_name, sniff
from dq.sources.sqlite import read_sqlite
from dq.sources.workbook import read_workbook
from dq.tables import RawTable, SourceFacts

__all__ = ["read"]

_READERS: dict[str, Callable[[Job], list[Part]]] = {
    "csv": read_delimited,
    "html": read_html,
    "json": read_json,
    "parquet": read_parquet,
    "sqlite": read_sqlite,
}


def read(
    path: Path, *, into: Path, options: ReadOptions | None = None, lenient: bool = False
) -> list[RawTable]:
    """Read a file into one raw table a sheet or table.

    Args:
        path: The file; its format is told by its bytes, a name that says otherwise is noted.
        into: Folder for the Parquet files; their names are our own.
        options: What is declared of the file; the rest is detected and noted.
        lenient: Read what strict reading rejects where the meaning is plain (title lines,
            footers, several sheets, headers of several rows), with a note each that carries
            the setting to declare. Strict reading then accepts exactly that shape.

    Returns:
        Tables in the order of the file, each with `rows_read == rows +` the number of rows
        in `problems` with `kept=False`.

    Raises:
        SourceError: The file is rejected: what, where, what to do.
    """
    path = Path(path)
    options = options or ReadOptions()
    with naming(path):
        return _read(path, into, options, lenient=lenient)


def _read(path: Path, into: Path, options: ReadOptions, *, lenient: bool) -> list[RawTable]:
    facts = _checked(path, options)
    kind = sniff(path)
    if options.query is not None and kind != "sqlite":
        raise refuse("A query is asked of a database, and this is a file.", "Leave query out.")
    job = Job(path, into, options, lenient, facts.st_size, facts.st_mtime)
    into.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(1, "dq-hash") as pool:
        digest = pool.submit(_sha256, path)
        try:
            parts = _READERS[kind](job) if kind in _READERS else read_workbook(job, kind)
        except BaseException:
            job.forget()
            raise
    said = _format_notes(path, kind, options)
    stem = _stem(path)
    several = len(parts) > 1
    tables = []
    for part in parts:
        notes = tuple(replace(n, file=str(path)) for n in (*said, *part.notes))
        tables.append(
            RawTable(
                name=f"{stem}:{part.sheet}" if several else stem,
                path=part.path,
                columns=part.names,
                rows=part.rows,
                rows_read=part.rows_read,
                facts=SourceFacts(
                    file=path,
                    format=kind,
                    size=job.size,
                    sha256=digest.result(),
                    sheet=part.sheet,
                    encoding=part.encoding,
                    delimiter=part.delimiter,
                    header_row=part.header_row,
                    headers=part.headers,
                    modified=job.modified,
                    notes=notes,
                ),
                problems=part.problems,
                typed=part.typed,
            )
        )
    return tables


def _checked(path: Path, options: ReadOptions) -> os.stat_result:
    """Facts of a regular, non-empty file within the size limit."""
    if options.format is not None and options.format not in FORMATS:
        raise refuse(
            "There is no format “{format}”.",
            "Write one of {formats}, or leave format out.",
            format=options.format,
            formats=", ".join(FORMATS),
        )
    facts = path.stat()
    if stat.S_ISDIR(facts.st_mode):
        raise refuse("This is a folder.", "Name the files in it, or a pattern such as *.csv.")
    if not stat.S_ISREG(facts.st_mode):
        raise refuse("This is not a regular file.", "Save the data to a file first.")
    if path.name.startswith(("~$", ".~lock.")):
        raise refuse(
            "This is the lock of a workbook that is open, not the workbook.",
            "Close the workbook and name its own file.",
        )
    if not facts.st_size:
        raise refuse("The file is empty: 0 bytes.", "Export it again.")
    if options.max_bytes is not None and facts.st_size > options.max_bytes:
        raise refuse(
            "The file has {n} bytes; the limit is {limit}.",
            "Split the file, or raise max_bytes.",
            n=facts.st_size,
            limit=options.max_bytes,
        )
    return facts


def _format_notes(path: Path, kind: str, options: ReadOptions) -> list[Note]:
    promised = options.format or by_name(path)
    if promised is None or promised == kind:
        return []
    return [
        note(
            "source.format_by_content",
            severity="info" if kind == "html" else "warning",
            promised=promised,
            format=kind,
            setting=("format", kind),
        )
    ]


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _stem(path: Path) -> str:
    """The file's name without its ending, safe to use as a name."""
    stem = re.sub(r"[\x00-\x1f\\/:]+", "_", path.stem).strip(". _")
    return stem or "table"
