"""dq doctor: is everything here that dq needs?"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import click

import dq
from dq.cli.options import State
from dq.cli.output import language_of
from dq.errors import DqError

__all__ = ["command"]

PACKAGES = ("duckdb", "pyarrow", "pandas", "sqlglot", "rapidfuzz", "great-expectations", "pyspark")


@click.command("doctor")
@click.option("--backup", is_flag=True, help="Copy the project's store to .dq/backups.")
@click.pass_obj
def command(state: State, backup: bool) -> int:
    """Versions, paths, permissions, and what does not apply here and why.

    Ends with 3 where something must be mended.
    """
    from dq.i18n import translator

    t = translator(language_of(state))
    bad = 0
    for good, key, args in [*_machine(), *_project(state.directory)]:
        mark = "✓" if good else "✗" if good is False else "·"
        click.echo(f"{mark} {t.t(key, **args)}")
        bad += good is False
    if backup:
        from dq.clock import Clock
        from dq.project import Project
        from dq.store import open_store

        with open_store(Project(state.directory).folder, Clock()) as store:
            click.echo(t.t("doctor.backup", path=str(store.backup())))
    return 3 if bad else 0


Line = tuple[bool | None, str, dict[str, object]]


def _machine() -> Iterator[Line]:
    yield (
        sys.version_info >= (3, 11),
        "doctor.python",
        {"version": platform.python_version(), "dq": dq.__version__},
    )
    for name in PACKAGES:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            needed = None if name == "pyspark" else False
            yield needed, "doctor.absent", {"name": name}
            continue
        yield True, "doctor.package", {"name": name, "version": version}
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        yield None, "doctor.no_java", {}
    free = shutil.disk_usage(Path.cwd()).free // 2**30
    yield free >= 1, "doctor.disk", {"free": free}


def _project(directory: Path) -> Iterator[Line]:
    from dq.config import find_project
    from dq.project import Project
    from dq.runs import latest

    try:
        folder = find_project(directory)
    except DqError:
        yield None, "doctor.no_project", {}
        return
    yield os.access(folder, os.W_OK), "doctor.project", {"path": str(folder)}
    try:
        project = Project(folder)
        project.mapping()
        if project.glossary_path.exists():
            from dq.semantics.glossary import load_glossary

            load_glossary(project.glossary_path)
        yield True, "doctor.config", {"sources": len(project.settings.sources)}
    except DqError as error:
        yield False, "doctor.broken", {"error": str(error)}
        return
    run = latest(folder)
    if run is None:
        yield None, "doctor.no_run", {}
        return
    damaged = run.damaged()
    yield not damaged, "doctor.run", {"run": run.run_id, "damaged": ", ".join(damaged)}
    missing = [o for o in run.document.get("outcomes", []) if o.get("outcome") == "not_applicable"]
    yield None, "doctor.not_applicable", {"codes": ", ".join(sorted({o["code"] for o in missing}))}
