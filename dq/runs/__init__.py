"""Run folders, snapshots, and which run is the latest."""

from dq.runs.runs import Run, RunWriter, begin, find_run, latest, list_runs, run_before
from dq.runs.snapshots import Snapshot, Snapshots, snapshot_digest

__all__ = [
    "Run",
    "RunWriter",
    "Snapshot",
    "Snapshots",
    "begin",
    "find_run",
    "latest",
    "list_runs",
    "run_before",
    "snapshot_digest",
]
