"""The Python API for files at hand: recognised and checked, nothing kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dq.assess import AssessmentSettings, assess
from dq.clock import Clock
from dq.errors import SourceError
from dq.files import workspace
from dq.findings import Result
from dq.intake import expand, given, read_all

if TYPE_CHECKING:
    from dq.crm.drafts import Recognition
    from dq.sources import ReadOptions

__all__ = ["recognise_files", "scan"]

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
    findings: Path | None = None,
    progress: Progress = _silent,
) -> Result:
    """Recognise and check files at hand; nothing is kept and no project is needed.

    Args:
        files: files, folders, patterns or addresses of databases.
        preset: the CRM that they come from, when it is known.
        options: how to read them, where it is declared.
        settings: business day, country, currency and the like.
        engine: `duckdb` or a Spark URL.
        clock: the machine's time, or a fixed one.
        findings: where all findings are written as Parquet; None: groups carry the first few.
        progress: told each part of the work and what in it is being done.

    Raises:
        SourceError: no file at all could be read.
    """
    from dq.crm.recognise import recognise
    from dq.engines import open_engine

    moment = (clock or Clock()).now().replace(tzinfo=None)
    how = settings or AssessmentSettings(now=moment)
    with workspace() as work:
        paths = expand([given(f) for f in files])
        intake = read_all(
            [(p, options) for p in paths], work / "raw", lenient=True, progress=progress
        )
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
                findings=findings,
                progress=progress,
            )
        finally:
            machine.close()
    return done.result


def recognise_files(
    files: Sequence[Path | str],
    *,
    preset: str | None = None,
    language: str = "en",
    progress: Progress = _silent,
) -> Recognition:
    """How files would be mapped to the CRM model; nothing is checked or kept.

    Raises:
        SourceError: a file cannot be read.
    """
    from dq.crm.recognise import recognise

    with workspace() as folder:
        paths = expand([given(f) for f in files])
        intake = read_all([(p, None) for p in paths], folder, lenient=True, progress=progress)
        if intake.refused:
            raise intake.refused[0]
        return recognise(intake.raws, preset=preset, language=language)
