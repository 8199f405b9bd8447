"""What the operating system refuses, said in sentences."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from dq.errors import DqError, Place

__all__ = ["file_error", "file_errors"]

_FULL = {errno.ENOSPC, errno.EDQUOT}
_SHARING_VIOLATION = {32, 33}  # Windows: another program holds the file
_WORKBOOKS = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".csv"}

Doing = Literal["read", "write"]


@contextmanager
def file_errors(path: Path, doing: Doing, kind: type[DqError] = DqError) -> Iterator[None]:
    """Turn an OSError of the block into a sentence about `path`."""
    try:
        yield
    except OSError as error:
        raise file_error(error, path, doing, kind) from error


def file_error(error: OSError, path: Path, doing: Doing, kind: type[DqError] = DqError) -> DqError:
    """What an OSError means for a person: what, where, what to do."""
    where = Place(file=str(path))
    if _open_in_a_program(error, path):
        return kind(
            "The file is open in another program, probably Excel.",
            where=where,
            fix="Close it and try again.",
        )
    if error.errno in _FULL:
        return kind("The disk is full.", where=where, fix="Free some space and try again.")
    if isinstance(error, FileNotFoundError):
        return kind("There is no such file or folder.", where=where)
    if isinstance(error, FileExistsError):
        return kind("A file or folder of this name is there already.", where=where)
    if error.errno == errno.EROFS:
        return kind(
            "This place is read-only.", where=where, fix="Choose another folder to write to."
        )
    if isinstance(error, PermissionError):
        message = "You may not read this." if doing == "read" else "You may not write here."
        return kind(message, where=where, fix="Ask its owner for the right, or move it.")
    if isinstance(error, IsADirectoryError):
        return kind("This is a folder, not a file.", where=where)
    if isinstance(error, NotADirectoryError):
        return kind("A part of this path is a file, not a folder.", where=where)
    if error.errno == errno.ENAMETOOLONG:
        return kind("The name is too long.", where=where, fix="Shorten it.")
    return kind("The system refuses: {reason}.", where=where, reason=error.strerror or str(error))


def _open_in_a_program(error: OSError, path: Path) -> bool:
    if getattr(error, "winerror", None) in _SHARING_VIOLATION:
        return True
    if not isinstance(error, PermissionError) or path.suffix.lower() not in _WORKBOOKS:
        return False
    marks = (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#")
    return any((path.parent / mark).exists() for mark in marks)
