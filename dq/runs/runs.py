"""Runs: folders below `.dq/runs` that are whole and never change, and `.dq/latest`.

A run is written in a staging folder under the project's lock and takes its name in one step;
only then does `.dq/latest` name it. A run that was killed leaves its staging folder, which
the next one removes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

from dq.clock import Clock, iso
from dq.errors import Place, StoreError, UsageError
from dq.files import (
    FileLock,
    Holder,
    file_errors,
    move_folder,
    remove_folder,
    remove_temporaries,
    sha256_file,
    sync_tree,
    write_atomic,
)
from dq.findings import Result
from dq.runs.document import FORMAT, run_document
from dq.runs.snapshots import Snapshot, Snapshots
from dq.tables import SourceFacts

__all__ = ["Run", "RunWriter", "begin", "find_run", "latest", "list_runs", "run_before"]

RUN_JSON = "run.json"
_STAGING = ".staging-"


@dataclass(frozen=True)
class Run:
    """A finished run. `path` is its folder."""

    run_id: str
    path: Path

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The contents of run.json.

        Raises:
            StoreError: they cannot be read.
        """
        return _read_document(self.path)

    @property
    def started(self) -> datetime:
        """When it began, in UTC."""
        return datetime.fromisoformat(self.document["started"])

    @property
    def outcome(self) -> str:
        """One of clean, findings and errored."""
        return str(self.document["outcome"])

    @property
    def inputs(self) -> Mapping[str, Mapping[str, Any]]:
        """What it read, by the name of the input; of several files of one name the first."""
        found: dict[str, Mapping[str, Any]] = {}
        for fact in self.document["inputs"]:
            found.setdefault(fact["name"], fact)
        return found

    @property
    def snapshots(self) -> Mapping[str, str]:
        """Digests of its tables."""
        digests: Mapping[str, str] = self.document["snapshots"]
        return digests

    def damaged(self) -> tuple[str, ...]:
        """Names of files that are missing or not as they were written, sorted."""
        wrong = []
        for name, facts in self.document["files"].items():
            path = self.path / name
            if not path.is_file() or sha256_file(path) != facts["sha256"]:
                wrong.append(name)
        return tuple(sorted(wrong))


class RunWriter:
    """A run while it is written. Files go below `path`; `finish` makes it a run.

    `work` is a folder for what only the work needs; the next run removes what is left in it.

    As a context manager it is abandoned when the block does not finish it.
    """

    def __init__(self, project: Path, clock: Clock, command: str) -> None:
        self.project = project
        self.command = command
        self.started = clock.now()
        self._clock = clock
        self._timer = clock.timer()
        self._state = project / ".dq"
        self._runs = self._state / "runs"
        self._lock = FileLock(self._state / "lock", iso(self.started), command)
        self._lock.acquire()
        try:
            self.run_id = clock.new_run_id()
            self.snapshots = Snapshots(self._state / "snapshots")
            self.work = self._state / "tmp"
            self._sweep()
            self.path = self._runs / f"{_STAGING}{self.run_id}"
            with file_errors(self.path, "write"):
                self.path.mkdir(parents=True)
        except BaseException:
            self._lock.release()
            raise
        self._kept: dict[str, str] = {}

    @property
    def abandoned(self) -> Holder | None:
        """Who began the run before this one and was killed in it, if that happened."""
        return self._lock.abandoned

    def snapshot(
        self, table: str, digest: str, rows: int, write: Callable[[Path], object]
    ) -> Snapshot:
        """Keep a table of this run; `write` is called only if no run kept the same rows."""
        kept = self.snapshots.keep(digest, table, rows, write)
        self._kept[table] = digest
        return kept

    def finish(
        self,
        result: Result,
        *,
        parameters: Mapping[str, object] | None = None,
        timings: Mapping[str, float] | None = None,
        sources: Mapping[str, SourceFacts] | None = None,
    ) -> Run:
        """Write run.json, make the run whole and name it `latest`.

        `sources` adds size and time of change to the inputs, by their names.
        """
        document = run_document(
            result,
            run_id=self.run_id,
            command=self.command,
            started=self.started,
            finished=self._clock.now(),
            seconds=self._clock.timer() - self._timer,
            parameters=parameters or {},
            timings=timings or {},
            snapshots=self._kept,
            sources=sources or {},
            files=_file_facts(self.path),
        )
        text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
        write_atomic(self.path / RUN_JSON, text + "\n")
        sync_tree(self.path)
        final = self._runs / self.run_id
        move_folder(self.path, final)
        write_atomic(self._state / "latest", self.run_id + "\n")
        self._lock.release()
        return Run(self.run_id, final)

    def abandon(self) -> None:
        """Drop what was written and let others run; after `finish` nothing."""
        try:
            remove_folder(self.path)
        finally:
            self._lock.release()

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.abandon()

    def _sweep(self) -> None:
        """Remove what killed runs left; the lock says that none is at work."""
        for leftover in self._runs.glob(f"{_STAGING}*"):
            remove_folder(leftover)
        remove_folder(self.work)
        self.snapshots.sweep()
        remove_temporaries(self.project)
        remove_temporaries(self._state)


def begin(project: Path, clock: Clock, command: str = "dq run") -> RunWriter:
    """Begin a run of a project.

    Raises:
        LockedError: another run is at work; the sentence says whose.
    """
    return RunWriter(project, clock, command)


def latest(project: Path) -> Run | None:
    """The newest finished run, if there is one.

    Raises:
        StoreError: `.dq/latest` names a run that is not there.
    """
    pointer = project / ".dq" / "latest"
    if not pointer.exists():
        return None
    with file_errors(pointer, "read", StoreError):
        run_id = pointer.read_text(encoding="utf-8").strip()
    path = project / ".dq" / "runs" / run_id
    if not run_id or not (path / RUN_JSON).is_file():
        raise StoreError(
            "The latest run {run_id} is not there.",
            where=Place(file=str(pointer)),
            fix="Run dq run again, or put the run's folder back.",
            run_id=run_id or "-",
        )
    return Run(run_id, path)


def list_runs(project: Path) -> tuple[Run, ...]:
    """All finished runs, oldest first."""
    folder = project / ".dq" / "runs"
    return tuple(
        Run(path.parent.name, path.parent)
        for path in sorted(folder.glob(f"*/{RUN_JSON}"))
        if not path.parent.name.startswith(".")
    )


def find_run(project: Path, name: str) -> Run:
    """A run by its id, the beginning of it, or the words `latest` and `previous`.

    Raises:
        UsageError: there is none, or several begin so.
    """
    newest = latest(project) if name == "latest" else None
    if newest:
        return newest
    known = list_runs(project)
    if not known:
        raise UsageError("There is no run yet.", fix="dq run makes one.")
    if name == "previous":
        last = latest(project)
        earlier = [run for run in known if last is not None and run.run_id < last.run_id]
        if earlier:
            return earlier[-1]
        raise UsageError("There is no run before the latest.", fix="dq run makes one.")
    found = [run for run in known if name and run.run_id.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            "Several runs begin with {name}: {found}.",
            fix="Write more of the id.",
            name=name,
            found=", ".join(run.run_id for run in found[:5]),
        )
    raise UsageError("There is no run {name}.", fix="dq run makes one.", name=name)


def run_before(project: Path, run: Run) -> Run | None:
    """The finished run before a run, if there is one."""
    earlier = [other for other in list_runs(project) if other.run_id < run.run_id]
    return earlier[-1] if earlier else None


def _file_facts(folder: Path) -> dict[str, Mapping[str, object]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): {
            "size": path.stat().st_size,
            "sha256": sha256_file(path),
        }
        for path in files
    }


def _read_document(folder: Path) -> Mapping[str, Any]:
    path = folder / RUN_JSON
    with file_errors(path, "read", StoreError):
        data = path.read_bytes()
    try:
        document = json.loads(data)
        known = document["run"] == FORMAT
    except (ValueError, KeyError, TypeError):
        raise StoreError("The run cannot be read.", where=Place(file=str(path))) from None
    if not known:
        raise StoreError(
            "The run was written by another version of dq.", where=Place(file=str(path))
        )
    read: Mapping[str, Any] = document
    return read
