"""What differs between operating systems, in one place: file locks and durable folders."""

from __future__ import annotations

import errno
import getpass
import os
import socket
import sys
from pathlib import Path

__all__ = ["BINARY", "host_name", "lock_file", "sync_folder", "unlock_file", "user_name"]

BINARY: int = getattr(os, "O_BINARY", 0)
"""Flag of os.open that keeps Windows from touching line ends."""

_BUSY = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}

if sys.platform == "win32":
    import msvcrt

    # Windows forbids others to read a locked byte; this one lies far behind the contents.
    _LOCKED_BYTE = 1 << 30

    def lock_file(descriptor: int) -> bool:
        """Lock an open file for this process without waiting; False when another holds it."""
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in _BUSY:
                return False
            raise
        return True

    def unlock_file(descriptor: int) -> None:
        """Release a lock of `lock_file`."""
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

    def sync_folder(folder: Path) -> None:
        """Nothing: Windows makes a rename durable with the file."""

else:
    import fcntl

    def lock_file(descriptor: int) -> bool:
        """Lock an open file for this process without waiting; False when another holds it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _BUSY:
                return False
            raise
        return True

    def unlock_file(descriptor: int) -> None:
        """Release a lock of `lock_file`."""
        fcntl.flock(descriptor, fcntl.LOCK_UN)

    def sync_folder(folder: Path) -> None:
        """Make the names in a folder durable."""
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            # Some network and container file systems cannot sync a folder.
            if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EBADF}:
                raise
        finally:
            os.close(descriptor)


def host_name() -> str:
    """The machine's name."""
    return socket.gethostname()


def user_name() -> str:
    """The operating system's user; its number where it has no name (containers)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"
