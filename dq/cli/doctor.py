"""dq doctor: is everything here that dq needs?"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

import dq
from dq.cli.options import State
from dq.cli.output import language_of
from dq.errors import DqError

if TYPE_CHECKING:
    from dq.i18n.translator import Translator
    from dq.project import Project

__all__ = ["command"]

OPTIONAL = ("pyspark", "adbc-driver-postgresql", "pymysql")
OLDEST_CHECKPOINT = 30
"""Days after which a checkpoint kept elsewhere says too little."""
PACKAGES = (
    "duckdb", "pyarrow", "pandas", "sqlglot", "rapidfuzz", "great-expectations", *OPTIONAL,
)  # fmt: skip


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
    for good, key, args in [*_machine(), *_project(state.directory, t)]:
        mark = "✓" if good else "✗" if good is False else "·"
        click.echo(f"{mark} {t.t(key, **args)}")
        bad += good is False
    for line in _not_applicable(state.directory, t):
        click.echo(line)
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
            needed = None if name in OPTIONAL else False
            yield needed, "doctor.absent", {"name": name}
            continue
        yield True, "doctor.package", {"name": name, "version": version}
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        yield None, "doctor.no_java", {}
    free = shutil.disk_usage(Path.cwd()).free // 2**30
    yield free >= 1, "doctor.disk", {"free": free}


def _project(directory: Path, t: Translator) -> Iterator[Line]:
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
            project.glossary.meaning()
        yield True, "doctor.config", {"sources": len(project.settings.sources)}
    except DqError as error:
        yield False, "doctor.broken", {"error": t.error(error)}
        return
    if (folder / ".dq" / "store.db").exists():
        yield from _ledger(project, t)
    run = latest(folder)
    if run is None:
        yield None, "doctor.no_run", {}
        return
    damaged = run.damaged()
    if damaged:
        yield False, "doctor.damaged", {"run": run.run_id, "damaged": ", ".join(damaged)}
    else:
        yield True, "doctor.run", {"run": run.run_id}


def _ledger(project: Project, t: Translator) -> Iterator[Line]:
    """Whether the ledger is whole at a glance, and its newest checkpoint elsewhere is young."""
    try:
        with project.store() as store:
            size, _ = store.head()
            kept = [each for each in store.checkpoints() if each.elsewhere]
            first = next(store.entries(), None)
    except DqError as error:
        yield False, "doctor.broken", {"error": t.error(error)}
        return
    if first is None:
        return
    since = datetime.fromisoformat(kept[-1].written if kept else first.time)
    days = (project.clock.now() - since).days
    if kept and (kept[-1].size == size or days <= OLDEST_CHECKPOINT):
        yield True, "doctor.checkpoint", {"day": since.date(), "place": kept[-1].place}
    elif kept:
        yield None, "doctor.checkpoint_old", {"n": days, "place": kept[-1].place}
    elif days > OLDEST_CHECKPOINT:
        yield None, "doctor.checkpoint_none", {"n": days}


def _not_applicable(directory: Path, t: Translator) -> Iterator[str]:
    """Rules that the latest run had nothing to judge by, each with what it misses."""
    from dq.config import find_project
    from dq.findings import Outcome, RuleOutcome
    from dq.formats.view import rule_views
    from dq.runs import latest

    try:
        run = latest(find_project(directory))
        recorded = run.document.get("outcomes", ()) if run else ()
    except DqError:
        return
    outcomes = [RuleOutcome(**{**each, "outcome": Outcome(each["outcome"])}) for each in recorded]
    rules = rule_views(outcomes, Outcome.NOT_APPLICABLE, t)
    if rules:
        yield f"· {t.t('doctor.not_applicable')}"
    for rule in rules:
        tables = f" ({rule.tables})" if rule.tables else ""
        yield f"  {rule.code} {rule.title}{tables}: {rule.reason}"
