"""Where a record stands, as machines take it: the file's path from here, its line."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from dq.findings import Finding, Result

__all__ = ["line_of", "path_of", "uri_of"]

_LINES = frozenset({"csv", "json"})
"""Formats whose rows are lines of a text."""


def path_of(file: str, result: Result) -> str:
    """The path of a finding's file as one would type it here."""
    paths = {Path(fact.file).name: fact.file for fact in result.inputs}
    return _from_here(Path(paths.get(Path(file).name, file)))


def line_of(finding: Finding, result: Result) -> int | None:
    """The record's line where its file is a text; None for workbooks and what has no row."""
    if finding.file is None or finding.row is None or finding.row < 1:
        return None
    formats = {Path(fact.file).name: fact.format for fact in result.inputs}
    return finding.row if formats.get(Path(finding.file).name) in _LINES else None


def uri_of(path: str) -> str:
    """A path as a URI reference."""
    known = Path(path)
    return known.as_uri() if known.is_absolute() else quote(known.as_posix())


def _from_here(path: Path) -> str:
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()
