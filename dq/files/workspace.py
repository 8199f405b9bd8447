"""A folder for one piece of work that goes when it is done, and later if it was killed."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["workspace"]

_PREFIX = "dq-work-"
_FORGOTTEN = 2 * 86_400.0
"""Seconds after which a folder belongs to no one at work."""


@contextmanager
def workspace() -> Iterator[Path]:
    """A new folder among the system's temporary ones, readable by its owner only.

    It may hold personal data: those of processes that were killed are removed here.
    """
    base = Path(tempfile.gettempdir())
    for path in base.glob(f"{_PREFIX}*"):
        if _is_forgotten(path):
            shutil.rmtree(path, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _is_forgotten(path: Path) -> bool:
    with suppress(OSError):
        facts = path.lstat()
        own = not hasattr(os, "getuid") or facts.st_uid == os.getuid()
        old = time.time() - facts.st_mtime > _FORGOTTEN
        return own and old and path.is_dir() and not path.is_symlink()
    return False
