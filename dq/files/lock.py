"""A lock between processes that names its holder."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from dq.errors import LockedError, Place
from dq.files.problems import file_errors
from dq.files.system import BINARY, host_name, lock_file, unlock_file, user_name

__all__ = ["FileLock", "Holder"]


@dataclass(frozen=True)
class Holder:
    """Who holds a lock. `since` is UTC text."""

    pid: int
    host: str
    user: str
    since: str
    doing: str


class FileLock:
    """A lock between processes: the system frees it when its holder dies, however it dies.

    The file names the holder for whoever comes second. `abandoned` is the holder that the
    lock was found to be left by (killed before it could release).

    `since` (UTC text) and `doing` tell others. Use as a context manager, or `acquire` and
    `release`.
    """

    def __init__(self, path: Path, since: str, doing: str = "") -> None:
        self.path = path
        self.abandoned: Holder | None = None
        self._holder = Holder(os.getpid(), host_name(), user_name(), since, doing)
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock at once.

        Raises:
            LockedError: another process, or another lock of this one, holds it.
        """
        with file_errors(self.path, "write"):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | BINARY, 0o644)
        try:
            with file_errors(self.path, "write"):
                taken = lock_file(descriptor)
            if not taken:
                raise self._locked(_wait_for_holder(descriptor))
            self.abandoned = _read_holder(descriptor)
            with file_errors(self.path, "write"):
                _write(descriptor, json.dumps(asdict(self._holder), ensure_ascii=False))
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        """Free the lock; freeing it twice is no error."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        try:
            # The file stays: deleting it would let two processes lock two files of one name.
            with suppress(OSError):
                _write(descriptor, "")
            unlock_file(descriptor)
        finally:
            os.close(descriptor)

    def __enter__(self) -> FileLock:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def _locked(self, holder: Holder | None) -> LockedError:
        if holder is None:
            return LockedError(
                "Another dq process is at work in this project.",
                where=Place(file=str(self.path)),
                fix="Wait until it has finished.",
            )
        return LockedError(
            "{user} is running {doing} here since {since} (process {pid} on {host}).",
            where=Place(file=str(self.path)),
            fix="Wait until it has finished, or stop that process.",
            user=holder.user,
            doing=holder.doing or "dq",
            since=holder.since,
            pid=str(holder.pid),
            host=holder.host,
        )


def _wait_for_holder(descriptor: int) -> Holder | None:
    """The holder, who may have taken the lock but not yet written its name."""
    for _ in range(20):
        if holder := _read_holder(descriptor):
            return holder
        time.sleep(0.02)
    return None


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, text.encode("utf-8"))


def _read_holder(descriptor: int) -> Holder | None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    try:
        return Holder(**json.loads(os.read(descriptor, 4096).decode("utf-8")))
    except (ValueError, TypeError, OSError):
        return None
