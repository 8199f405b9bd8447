"""Keeping quiet what the workbook reader prints when it fails."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

__all__ = ["held_back", "is_panic"]

_LOCK = Lock()
_STDERR = 2


def is_panic(error: BaseException) -> bool:
    """Whether an error is the reader's own crash; it is no Exception, and of no public type."""
    return type(error).__name__ == "PanicException"


@contextmanager
def held_back() -> Iterator[None]:
    """Hold back what is printed to stderr below Python, and drop it if the reader crashes.

    The reader prints its own trace before it raises, past `sys.stderr`.
    """
    with _LOCK, tempfile.TemporaryFile() as held:
        try:
            kept = os.dup(_STDERR)
        except OSError:  # no stderr at all, as under pythonw
            yield
            return
        if sys.stderr is not None:
            sys.stderr.flush()
        os.dup2(held.fileno(), _STDERR)
        crashed = False
        try:
            yield
        except BaseException as error:
            crashed = is_panic(error)
            raise
        finally:
            if sys.stderr is not None:
                sys.stderr.flush()
            os.dup2(kept, _STDERR)
            os.close(kept)
            if not crashed:
                held.seek(0)
                os.write(_STDERR, held.read())
