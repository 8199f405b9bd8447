"""Failures of the file system and of readers as sentences that name the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from dq.errors import Place, SourceError

__all__ = ["naming"]

_LOCKED = 32
"""The Windows error code of a file that another program holds open."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn whatever goes wrong with a file into a SourceError that names it."""
    place = Place(file=str(path))
    try:
        yield
    except SourceError as error:
        error.where = replace(error.where or place, file=str(path))
        raise
    except OSError as error:
        raise _unreadable(place, error) from error
    except ValueError as error:
        if "null byte" not in str(error):
            raise
        raise SourceError(
            "There is no such file.", where=place, fix="Check the name and the folder."
        ) from error
    except MemoryError as error:
        raise SourceError(
            "It does not fit into memory.",
            where=place,
            fix="Save it as CSV, which is read in pieces.",
        ) from error


def _unreadable(place: Place, error: OSError) -> SourceError:
    if isinstance(error, FileNotFoundError):
        return SourceError(
            "There is no such file.", where=place, fix="Check the name and the folder."
        )
    if getattr(error, "winerror", None) == _LOCKED:
        return SourceError(
            "Another program holds the file open.",
            where=place,
            fix="Close it in Excel and try again.",
        )
    if isinstance(error, PermissionError):
        return SourceError(
            "The file may not be read.",
            where=place,
            fix="Close it if it is open elsewhere, or ask for the right to read it.",
        )
    return SourceError(
        "The file cannot be read: {reason}.",
        where=place,
        fix="Copy it to a local disk and try again.",
        reason=error.strerror or type(error).__name__,
    )
