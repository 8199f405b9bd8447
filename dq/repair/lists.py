"""Lists of findings that a person kept of `dq findings`: tables with an `id`, or an id a line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

from dq.errors import Place, UsageError
from dq.files import file_errors, workspace

__all__ = ["Wanted", "read_list"]

Wanted = str | tuple[str, str, str, str | None]
"""A finding by its id, or by code, table, key and column."""

_ID = re.compile(r"[0-9a-f]{16}")
_TABLES = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".parquet"})


def read_list(source: Path | IO[str]) -> list[Wanted]:
    """The findings that a list names.

    It is a table (CSV, XLSX, Parquet …) with a column `id`, or with `code`, `table`, `key`
    and `column`; or a text with an id a line, where # begins a remark.

    Raises:
        UsageError: it names no finding.
    """
    name = str(source) if isinstance(source, Path) else "-"
    if isinstance(source, Path) and source.suffix.lower() in _TABLES:
        found = _of_rows(_sheet(source))
    else:
        if isinstance(source, Path):
            with file_errors(source, "read", UsageError):
                text = source.read_text(encoding="utf-8-sig")
        else:
            text = source.read().removeprefix("\ufeff")
        found = _of_text(text)
    if not found:
        raise UsageError(
            "The list names no finding.",
            where=Place(file=name),
            fix="Give a column id, or code, table, key and column, as dq findings writes them.",
        )
    return found


def _of_text(text: str) -> list[Wanted]:
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    plain = [line for line in lines if line]
    if all(_ID.fullmatch(line) for line in plain):
        return list(plain)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    return _of_rows(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def _sheet(path: Path) -> Iterable[Mapping[str, str | None]]:
    import pyarrow.parquet as pq

    from dq.sources import read

    with workspace() as folder:
        for table in read(path, into=folder, lenient=True):
            yield from pq.read_table(table.path).to_pylist()


def _of_rows(rows: Iterable[Mapping[str, str | None]]) -> list[Wanted]:
    found: list[Wanted] = []
    for row in rows:
        cells = {str(name).strip().lower(): value for name, value in row.items()}
        id_ = (cells.get("id") or "").strip()
        if _ID.fullmatch(id_):
            found.append(id_)
        elif cells.get("code") and cells.get("table") and "key" in cells:
            key, column = _armed(cells.get("key")), _armed(cells.get("column"))
            found.append((str(cells["code"]), str(cells["table"]), key, column or None))
    return found


def _armed(cell: str | None) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from reading it as a formula."""
    text = cell or ""
    return text[1:] if re.match(r"'\s*[=+\-@\t]", text) else text
