"""Files and folders that are whole or absent, digests, safe names."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from dq.files.problems import file_error, file_errors
from dq.files.system import BINARY, sync_folder

__all__ = [
    "atomic_write",
    "move_folder",
    "remove_folder",
    "remove_temporaries",
    "safe_name",
    "sha256_file",
    "sync_tree",
    "write_atomic",
]

_CHUNK = 1 << 20
_TEMPORARY = ".dq-tmp"
_FORGOTTEN = 3600.0
"""Seconds after which a temporary file belongs to no one at work."""
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


@contextmanager
def atomic_write(path: Path, *, text: bool = True) -> Iterator[IO[Any]]:
    """Open a file that takes the name `path` only when it is whole and on disk.

    An exception inside leaves the old file as it was. Text is UTF-8, its lines end with LF.

    Raises:
        DqError: it cannot be written; the sentence says why.
    """
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}{_TEMPORARY}")
    with file_errors(path, "write"):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, 0o666)
    try:
        if text:
            handle: IO[Any] = os.fdopen(descriptor, "w", encoding="utf-8", newline="\n")
        else:
            handle = os.fdopen(descriptor, "wb")
        with handle, _errors_of_handle(path):
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        with file_errors(path, "write"):
            if path.exists():
                shutil.copymode(path, temporary)
            temporary.replace(path)
            sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


@contextmanager
def _errors_of_handle(path: Path) -> Iterator[None]:
    """Turn errors of the open file into sentences; those of other files carry their own name."""
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            raise
        raise file_error(error, path, "write") from error


def write_atomic(path: Path, data: str | bytes) -> None:
    """Write a whole file at once; see `atomic_write`."""
    with atomic_write(path, text=isinstance(data, str)) as handle:
        handle.write(data)


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with file_errors(path, "read"), path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def sync_tree(folder: Path) -> None:
    """Make every file and name below a folder durable."""
    with file_errors(folder, "write"):
        for path in folder.rglob("*"):
            if path.is_dir():
                sync_folder(path)
            elif path.is_file():
                descriptor = os.open(path, os.O_RDWR)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
        sync_folder(folder)


def move_folder(source: Path, target: Path) -> None:
    """Give a folder its final name in one durable step; `target` must not exist."""
    with file_errors(target, "write"):
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        source.rename(target)
        sync_folder(target.parent)


def remove_folder(folder: Path) -> None:
    """Remove a folder and all below it; absent is no error."""
    with file_errors(folder, "write"), suppress(FileNotFoundError):
        shutil.rmtree(folder)


def remove_temporaries(folder: Path) -> None:
    """Remove from a folder what writers left in it that were killed an hour ago or earlier."""
    with suppress(OSError):
        for path in folder.glob(f".*{_TEMPORARY}"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > _FORGOTTEN:
                    path.unlink()


def safe_name(text: str, *, limit: int = 80) -> str:
    """A file name for any text on any system: letters of all scripts stay, signs do not.

    At most `limit` characters and 4 * `limit` bytes; never empty, hidden or reserved.
    """
    name = unicodedata.normalize("NFC", text).encode("utf-8", "ignore").decode("utf-8")
    name = _UNSAFE.sub("_", name)
    name = "".join(c for c in name if unicodedata.category(c) not in {"Cf", "Cc", "Zl", "Zp"})
    name = re.sub(r"\s+", " ", name).strip(" .")[:limit].rstrip(" .")
    if not name:
        return "_"
    return f"_{name}" if _RESERVED.match(name) else name
