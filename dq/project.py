"""The Python API: `scan` for files at hand, `Project` for a folder with dq.yaml."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dq.assess import AssessmentSettings, assess
from dq.clock import Clock
from dq.errors import SourceError
from dq.findings import Note, Result
from dq.intake import expand, read_all

if TYPE_CHECKING:
    from dq.crm.mapping import ProjectMapping
    from dq.sources import ReadOptions
    from dq.tables import RawTable

__all__ = ["scan"]

Progress = Callable[[str, str], None]


def _silent(_part: str, _detail: str) -> None:
    return None


def scan(
    files: Sequence[Path | str],
    *,
    preset: str | None = None,
    options: ReadOptions | None = None,
    settings: AssessmentSettings | None = None,
    engine: str = "duckdb",
    clock: Clock | None = None,
    progress: Progress = _silent,
) -> Result:
    """Recognise and check files at hand; nothing is kept and no project is needed.

    Args:
        files: files, folders or patterns.
        preset: the CRM that they come from, when it is known.
        options: how to read them, where it is declared.
        settings: business day, country, currency and the like.
        engine: `duckdb` or a Spark URL.

    Raises:
        SourceError: no file at all could be read.
    """
    from dq.crm.recognise import recognise
    from dq.engines import open_engine

    moment = _wall(clock or Clock())
    how = settings or AssessmentSettings(now=moment)
    with tempfile.TemporaryDirectory(prefix="dq-scan-") as folder:
        work = Path(folder)
        paths = expand([Path(f) for f in files])
        intake = read_all([(p, options) for p in paths], work / "raw", lenient=True, progress=progress)
        if not intake.raws:
            raise intake.refused[0] if intake.refused else SourceError("No file was given.")
        progress("recognise", "")
        found = recognise(intake.raws, preset=preset, language=how.language)
        machine = open_engine(engine, work / "engine")
        try:
            done = assess(
                machine,
                intake.raws,
                found.mapping,
                how,
                notes=[*intake.notes, *found.notes],
                refused=len(intake.refused),
                progress=progress,
            )
        finally:
            machine.close()
    return replace(done.result, findings_path=None)


def _wall(clock: Clock) -> datetime:
    """The machine's moment as naive time."""
    return clock.now().replace(tzinfo=None)
