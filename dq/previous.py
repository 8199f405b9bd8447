"""What was read, beside what the run before read: an export that is older or much smaller."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from dq.errors import StoreError
from dq.findings import Note

if TYPE_CHECKING:
    from dq.tables import RawTable

__all__ = ["since_last_run"]

SMALLER = 0.8
"""A file with fewer of the rows it had than this share is said to be smaller."""

A_MOMENT = timedelta(seconds=2)
"""What file systems and copies round a time by."""


def since_last_run(project: Path, raws: Sequence[RawTable]) -> list[Note]:
    """Warnings about inputs that are older, or a fifth smaller, than in the latest run."""
    from dq.runs import latest

    try:
        run = latest(project)
        before = run.inputs if run else {}
    except StoreError:
        return []
    notes = []
    for raw in raws:
        known = before.get(raw.name)
        if known is None:
            continue
        file = raw.facts.file.name
        rows = int(known["rows_read"])
        if raw.rows_read < SMALLER * rows:
            args: dict[str, object] = {"n": raw.rows_read, "before": rows}
            notes.append(Note("source.smaller", args, "warning", file=file))
        then = known.get("modified")
        if then and raw.facts.modified is not None:
            moment = datetime.fromtimestamp(raw.facts.modified, UTC)
            last = datetime.fromisoformat(then)
            if last - moment > A_MOMENT:
                days: dict[str, object] = {"day": moment.date(), "before": last.date()}
                notes.append(Note("source.older", days, "warning", file=file))
    return notes
