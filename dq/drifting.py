"""Drift in a project: the baselines that are kept, and what has changed since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dq.clock import Clock, iso
from dq.errors import UsageError
from dq.findings import Note

if TYPE_CHECKING:
    from dq.assess import Assessment, AssessmentSettings
    from dq.engines.base import Engine
    from dq.runs import Run
    from dq.semantics.drift.baseline import Baseline
    from dq.semantics.drift.find import Found
    from dq.store import Actor, Store

__all__ = ["ProjectDrift", "Use"]

FIRST = "the first run that saw the table; adopted, not approved"

_NAMED = 6

Progress = Callable[[str, str], None]
Use = Callable[["Engine", "Assessment"], None]
"""What is done with the loaded tables."""


@dataclass(frozen=True)
class ProjectDrift:
    """The drift of a project. `load` loads its tables and hands them on, with no rule at work."""

    folder: Path
    clock: Clock
    store: Callable[[], Store]
    actor: Callable[[str | None], Actor]
    load: Callable[[AssessmentSettings, str | None, Progress, Use], None]

    def baselines(self) -> dict[str, Baseline]:
        """What drift is judged by, by table: the approved baseline, else the adopted one."""
        from dq.crm.model import TABLES
        from dq.semantics.drift.baseline import baselines

        if not (self.folder / ".dq" / "store.db").exists():
            return {}
        with self.store() as store:
            return baselines(store, tuple(TABLES))

    def find(
        self,
        names: Sequence[str],
        how: AssessmentSettings,
        *,
        since: date | None = None,
        against: str = "baseline",
        engine: str | None = None,
        progress: Progress = lambda _part, _detail: None,
    ) -> list[Found]:
        """Columns whose values came to mean something else, by table; nothing is kept.

        Args:
            names: `TABLE` or `TABLE.COLUMN`; none: all.
            how: settings of the project.
            since: compare the records from this day on with those of the year before it.
            against: `baseline`, or `previous`: the tables as the latest run kept them.
            engine: `duckdb` or a Spark URL.
            progress: told each part of the work.

        Raises:
            UsageError: no such table or column; there is no baseline or no earlier run.
        """
        from dq.runs import find_run

        if since is None and against == "baseline" and not how.drift:
            raise UsageError(
                "There is no baseline to compare with yet.",
                fix="dq run makes one; or compare with an earlier day: --since D.",
            )
        run = find_run(self.folder, "latest") if since is None and against == "previous" else None
        found: list[Found] = []

        def judge(machine: Engine, done: Assessment) -> None:
            chosen = _chosen(names, done)
            known = how.drift if run is None else self._as_kept(machine, done, run)
            found.extend(_found(machine, done, chosen, since, known))

        self.load(how, engine, progress, judge)
        return found

    def adopt(
        self,
        tables: Sequence[str],
        how: AssessmentSettings,
        *,
        because: str,
        author: str | None = None,
        progress: Progress = lambda _part, _detail: None,
    ) -> list[str]:
        """Take what is there now as the baseline of tables (none: all); their names.

        It is adopted, not approved: an approved one stands until another person approves it.
        """
        from dq.semantics.drift.baseline import adopt

        if not because.strip():
            raise UsageError("A decision needs a reason.", fix="Say why with --because.")
        made: list[Baseline] = []

        def look(machine: Engine, done: Assessment) -> None:
            made.extend(_looks(machine, done, tuple(_chosen(tables, done))))

        self.load(how, None, progress, look)
        if made:
            with self.store() as store:
                adopt(store, self.actor(author), made, because, iso(self.clock.now()))
        return [each.table for each in made]

    def approve(
        self, tables: Sequence[str] = (), *, because: str, author: str | None = None
    ) -> list[str]:
        """Approve adopted baselines of tables (none: all that wait); their names.

        Raises:
            UsageError: who approves has adopted one of them.
        """
        from dq.crm.model import TABLES
        from dq.semantics.drift.baseline import approve

        with self.store() as store:
            now = iso(self.clock.now())
            return approve(store, self.actor(author), tables or tuple(TABLES), because, now)

    def adopt_new(
        self, engine: Engine, done: Assessment, known: Mapping[str, Baseline]
    ) -> list[Note]:
        """Adopt a baseline for each loaded table that has none; a line that says so, once."""
        from dq.semantics.drift.baseline import adopt

        fresh = [name for name in done.facts if name not in known]
        made = _looks(engine, done, fresh) if fresh else []
        if not made:
            return []
        with self.store() as store:
            adopt(store, self.actor(None), made, FIRST, iso(self.clock.now()))
        names = ", ".join(each.table for each in made[:_NAMED])
        more = ", …" if len(made) > _NAMED else ""
        return [Note("drift.adopted", {"n": len(made), "tables": names + more})]

    def _as_kept(self, engine: Engine, done: Assessment, run: Run) -> dict[str, Baseline]:
        """The tables as a run kept them, in place of a baseline."""
        from dq.runs import Snapshots
        from dq.semantics.drift.baseline import look

        day = date.fromisoformat(run.document["as_of"]["date"])
        kept = Snapshots(self.folder / ".dq" / "snapshots")
        found = {}
        for name, digest in run.snapshots.items():
            snapshot = kept.find(digest)
            if name not in done.facts or snapshot is None:
                continue
            past = f"past.{name}"
            engine.load(past, snapshot.path)
            made = look(engine, done.facts[name], day, done.glossary, source=past, live=True)
            if made is not None:
                found[name] = made
        return found


def _looks(engine: Engine, done: Assessment, tables: Sequence[str]) -> list[Baseline]:
    """How the loaded tables (none named: all) look now."""
    from dq.semantics.drift.baseline import look

    wanted = [facts for name, facts in sorted(done.facts.items()) if not tables or name in tables]
    made = (look(engine, facts, done.crm.as_of.date(), done.glossary) for facts in wanted)
    return [each for each in made if each is not None]


def _chosen(names: Sequence[str], done: Assessment) -> dict[str, list[str]]:
    """`TABLE` and `TABLE.COLUMN` as columns by table (no column: all)."""
    chosen: dict[str, list[str]] = {}
    for name in names:
        table, dot, column = name.partition(".")
        if table not in done.facts:
            raise UsageError(
                "There is no table {table} in the data.",
                fix="There are: {tables}.",
                table=table,
                tables=", ".join(sorted(done.facts)),
            )
        if dot and column not in done.facts[table].columns:
            raise UsageError(
                "The table {table} has no column {column}.",
                fix="dq profile {table} shows those that it has.",
                table=table,
                column=column,
            )
        chosen.setdefault(table, []).extend([column] if dot else [])
    return chosen


def _found(
    engine: Engine,
    done: Assessment,
    chosen: Mapping[str, Sequence[str]],
    since: date | None,
    against: Mapping[str, Baseline],
) -> list[Found]:
    """What has changed, by table: since a day, or since the baselines."""
    from dq.semantics.drift.find import since_baseline, since_day

    as_of, words = done.crm.as_of.date(), done.glossary
    found = []
    for name, facts in sorted(done.facts.items()):
        if chosen and name not in chosen:
            continue
        columns = chosen.get(name, ())
        if since is not None:
            found.append(since_day(engine, facts, since, as_of, words, columns))
        elif name in against:
            found.append(since_baseline(engine, facts, against[name], as_of, words, columns))
    return found
