"""Where a record stands, as machines take it: the file's path from here, its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from dq.findings import Finding, Result

__all__ = ["line_of", "paths_of", "uri_of"]

_LINES = frozenset({"csv", "json"})
"""Formats whose rows are lines of a text."""


def paths_of(result: Result) -> Mapping[str, str]:
    """The path of each input as one would type it here, by the file's name."""
    return {Path(fact.file).name: _from_here(Path(fact.file)) for fact in result.inputs}


def line_of(finding: Finding, result: Result) -> int | None:
    """The record's line where its file is a text; None for workbooks and what has no row."""
    if finding.file is None or finding.row is None or finding.row < 1:
        return None
    formats = {Path(fact.file).name: fact.format for fact in result.inputs}
    return finding.row if formats.get(finding.file) in _LINES else None


def uri_of(path: str) -> str:
    """A path as a URI reference."""
    known = Path(path)
    return known.as_uri() if known.is_absolute() else quote(known.as_posix())


def _from_here(path: Path) -> str:
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()
