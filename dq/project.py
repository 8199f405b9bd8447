"""The Python API of a folder with dq.yaml; for files at hand there is `dq.scanning`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dq.assess import Assessment, AssessmentSettings, assess
from dq.clock import Clock
from dq.errors import StoreError, UsageError
from dq.files import workspace
from dq.findings import Note, Result
from dq.intake import no_sources, read_sources
from dq.parameters import run_parameters
from dq.previous import since_last_run

if TYPE_CHECKING:
    import pandas as pd

    from dq.checks.overview import TableOverview
    from dq.checks.rule import Rule
    from dq.crm.mapping import ProjectMapping
    from dq.drifting import ProjectDrift, Use
    from dq.engines.base import Engine
    from dq.meaning import Desk
    from dq.repair.answers import Taken
    from dq.repair.diff import Diff
    from dq.repair.history import Point
    from dq.repair.record import Record
    from dq.repair.stored import Chosen, Wanted
    from dq.repair.suppress import Suppressed
    from dq.repair.worklist import Worklist
    from dq.store import Actor, Store, Suppression
    from dq.tables import RawTable

__all__ = ["Project"]

Progress = Callable[[str, str], None]


def _silent(_part: str, _detail: str) -> None:
    return None


class Project:
    """A folder with dq.yaml: its settings, mapping, glossary, runs."""

    def __init__(self, folder: Path | str = ".", *, clock: Clock | None = None) -> None:
        """Open the project at or above a folder.

        Raises:
            UsageError: there is no dq.yaml there.
            ConfigError: dq.yaml is not valid; with file, line and column.
        """
        from dq.config import find_project, load_settings

        self.folder = find_project(Path(folder))
        self.clock = clock or Clock()
        self.settings = load_settings(self.folder)

    @property
    def mapping_path(self) -> Path:
        """mapping.yaml: how each known shape of file maps to the model."""
        return self.folder / "mapping.yaml"

    @property
    def glossary_path(self) -> Path:
        """glossary.yaml: what words mean here."""
        return self.folder / "glossary.yaml"

    def mapping(self) -> ProjectMapping:
        """The remembered mapping; empty where there is none."""
        from dq.crm.mapping import ProjectMapping
        from dq.crm.mapping_file import read_mapping

        if not self.mapping_path.exists():
            return ProjectMapping(())
        return read_mapping(self.mapping_path)

    def remember(self, mapping: ProjectMapping) -> None:
        """Keep the mapping of these shapes beside those known."""
        from dq.crm.mapping_file import write_mapping

        known = self.mapping()
        fresh = {m.shape for m in mapping.sources}
        kept = tuple(m for m in known.sources if m.shape not in fresh)
        relations = tuple(dict.fromkeys((*known.relations, *mapping.relations)))
        merged = replace(mapping, sources=(*kept, *mapping.sources), relations=relations)
        write_mapping(self.mapping_path, merged)

    def check(
        self,
        tables: Sequence[str] = (),
        *,
        settings: AssessmentSettings | None = None,
        engine: str | None = None,
        findings: Path | None = None,
        progress: Progress = _silent,
    ) -> Result:
        """Check the project's tables (or only some) without keeping a run.

        `findings` is where all findings are written as Parquet; see `scan`.
        """
        how = replace(self.assessment_settings(settings), only=tuple(tables))
        with workspace() as work:
            done = self._assess(work, how, engine, findings, progress, lambda *_: None)
        return done.result

    def run(
        self,
        *,
        settings: AssessmentSettings | None = None,
        engine: str | None = None,
        progress: Progress = _silent,
    ) -> Result:
        """The main job: load, check, keep the run and its snapshots.

        Raises:
            LockedError: another run is at work; the sentence says whose.
        """
        from dq.keeping import keep_tables
        from dq.runs import begin

        how = self.assessment_settings(settings)
        with begin(self.folder, self.clock) as writer:
            raws: list[RawTable] = []
            notes: list[Note] = []

            def keep(machine: Engine, done: Assessment, read: Sequence[RawTable]) -> None:
                progress("snapshot", "")
                keep_tables(machine, done.crm, writer)
                raws.extend(read)
                notes.extend(self.drift.adopt_new(machine, done, how.drift))

            writer.work.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix="run-", dir=writer.work) as folder:
                findings = writer.path / "findings.parquet"
                done = self._assess(Path(folder), how, engine, findings, progress, keep)
            first = self.glossary.adopt(done.found)
            said = (*done.result.notes, *([first] if first is not None else []), *notes)
            final = self.folder / ".dq" / "runs" / writer.run_id / "findings.parquet"
            result = replace(
                done.result, run_id=writer.run_id, findings_path=str(final), notes=said
            )
            writer.finish(
                result,
                timings=done.seconds,
                sources={raw.name: raw.facts for raw in raws},
                parameters=run_parameters(how),
            )
        return result

    def adopt_baseline(self, progress: Progress = _silent) -> Note | None:
        """Load the data and take what they have as the first day's; None where it was taken.

        See `dq.meaning.Desk.adopt`; `run` does it too, where nobody has before.
        """
        if self.glossary.baseline() is not None:
            return None
        how = self.assessment_settings(None)
        with workspace() as work:
            done = self._assess(work, how, None, None, progress, lambda *_: None, rules=())
        return self.glossary.adopt(done.found)

    def build_site(self, result: Result, language: str | None = None) -> Path:
        """Make the project's site show a run: the folder `site`; gives the page to open.

        `language` opens first (default: `defaults.language`); the page offers all.
        """
        from dq.i18n.language import pick_language
        from dq.repair.history import history
        from dq.runs import list_runs
        from dq.site import build_site
        from dq.store.imprint import imprint

        return build_site(
            result,
            self.folder / "site",
            history=history(list_runs(self.folder)),
            language=language or pick_language(configured=self.settings.defaults.language),
            title=self.folder.resolve().name,
            meanings=self.glossary.on_site(result),
            ledger=imprint(self.folder, self.clock),
        )

    def assessment_settings(self, given: AssessmentSettings | None) -> AssessmentSettings:
        """dq.yaml's defaults and rules under what was given on the command line."""
        from dq.keeping import certified_periods

        base = given or AssessmentSettings(now=_wall(self.clock))
        defaults = self.settings.defaults
        rules = {
            code: {
                **({"severity": own.severity.value} if own.severity else {}),
                **({"params": dict(own.params)} if own.params else {}),
            }
            for code, own in self.settings.rules.items()
        }
        return replace(
            base,
            country=base.country or defaults.country,
            currency=base.currency or defaults.currency,
            timezone=base.timezone or defaults.timezone,
            rules={**rules, **base.rules},
            calendar=self.settings.calendar,
            certified=base.certified
            or certified_periods(self.folder, self.settings.calendar.closed),
            suppressions=base.suppressions or self.suppressions(),
            steps=base.steps or self.glossary.steps(),
            baseline=base.baseline if base.baseline is not None else self.glossary.baseline(),
            drift=base.drift or self.drift.baselines(),
        )

    @property
    def glossary(self) -> Desk:
        """The glossary at work: show, lint, compare, propose, approve; see `dq.meaning`."""
        from dq.meaning import Desk

        return Desk(self)

    # --- what people accept ------------------------------------------------------------

    def suppressions(self, *, lifted: bool = False) -> tuple[Suppression, ...]:
        """Suppressions, oldest first, also those whose time is over; `lifted`: those too."""
        if not (self.folder / ".dq" / "store.db").exists():
            return ()
        with self.store() as store:
            return tuple(s for s in store.suppressions() if lifted or s.lifted is None)

    def store(self) -> Store:
        """What people decided, with its ledger; made where there is none. Close it."""
        from dq.store import open_store

        return open_store(self.folder, self.clock, self.settings.store.url.resolve())

    def actor(self, name: str | None = None) -> Actor:
        """Who acts, with their key where it is here; see `dq.store.acting`."""
        from dq.store import acting

        return acting(self.folder, name)

    @property
    def drift(self) -> ProjectDrift:
        """Baselines of what columns mean, and what has changed since; see `dq.drifting`."""
        from dq.drifting import ProjectDrift

        return ProjectDrift(self.folder, self.clock, self.store, self.actor, self._loaded)

    def _loaded(
        self, how: AssessmentSettings, engine: str | None, progress: Progress, use: Use
    ) -> None:
        with workspace() as work:
            self._assess(work, how, engine, None, progress, lambda m, d, _: use(m, d), rules=())

    def vouched(self, seqs: Iterable[int]) -> dict[int, str]:
        """What vouches for the name in each entry of the ledger: a value of `Standing`."""
        from dq.store.vouching import DAMAGED, vouched_entries

        wanted = list(seqs)
        if not wanted:
            return {}
        with self.store() as store:
            found = vouched_entries(store, wanted)
        return {seq: one[1].standing if one else DAMAGED for seq, one in found.items()}

    def suppress(
        self,
        findings: Iterable[str | tuple[str, str, str, str | None]],
        *,
        because: str,
        until: date | None = None,
        days: int | None = None,
        author: str | None = None,
        run: str = "latest",
    ) -> Suppressed:
        """Accept findings of a run for a time; see `dq.repair.suppress`.

        Args:
            findings: ids, or (code, table, key, column or None).
            because: why, for whoever reads it in three months.
            until: the last day, at most 180 days ahead.
            days: the same as a number of days from today (default 90).
            author: who decides; default: the person whose key is here, else the system's user.
            run: the run that has them.

        Raises:
            UsageError: the run has none of them, no reason is given, the day is too far.
        """
        from dq.repair.suppress import accept, found_identities, until_day
        from dq.runs import find_run

        wanted = list(findings)
        found, missing = found_identities(find_run(self.folder, run), wanted)
        if wanted and not found:
            raise UsageError(
                "The run {run} has no finding {finding}.",
                fix="dq findings lists what there is, with ids.",
                run=run,
                finding=missing[0],
            )
        today = self.clock.now().date()
        last = until_day(today, until, days)
        with self.store() as store:
            done = accept(
                store, self.actor(author), found, because=because, until=last, today=today
            )
        return replace(done, missing=tuple(missing))

    # --- what is kept of runs ----------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Engine]:
        """An engine of its own for what runs have kept; nothing is written."""
        from dq.engines import open_engine

        with workspace() as work:
            machine = open_engine("duckdb", work / "engine")
            try:
                yield machine
            finally:
                machine.close()

    def findings(self, wanted: Wanted | None = None, *, run: str = "latest") -> pd.DataFrame:
        """Findings of a run, worst first, with owner and whether they are new.

        Columns are those of findings.parquet, `owner`, `owner_id` and `new`; values are in
        full. Without `wanted` all open ones.
        """
        with self.chosen(wanted, run) as found:
            frame: pd.DataFrame = found.engine.query(found.ordered()).to_pandas()
            return frame

    @contextmanager
    def chosen(self, wanted: Wanted | None = None, run: str = "latest") -> Iterator[Chosen]:
        """The same to be read in parts, while the block lasts."""
        from dq.repair.stored import Wanted, open_chosen
        from dq.runs import find_run, run_before

        of = find_run(self.folder, run)
        with self.reading() as engine:
            before = run_before(self.folder, of)
            yield open_chosen(engine, self.folder, of, wanted or Wanted(), before)

    def show(self, table: str, key: str, *, run: str = "latest") -> Record:
        """One record of a run whole: cells, findings, related records, history."""
        from dq.repair.record import record
        from dq.runs import find_run

        of = find_run(self.folder, run)
        with self.reading() as engine:
            return record(engine, self.folder, of, table, key, self.suppressions(lifted=True))

    def diff(self, before: str = "previous", after: str = "latest", *, examples: int = 3) -> Diff:
        """What changed from one run to another: ids, the beginnings of ids, latest, previous."""
        from dq.repair.diff import diff_runs
        from dq.runs import find_run

        one, other = (find_run(self.folder, name) for name in (before, after))
        with self.reading() as engine:
            return diff_runs(engine, self.folder, one, other, examples=examples)

    def history(self, table: str | None = None) -> tuple[Point, ...]:
        """All runs in a row, oldest first: findings, scores, and where the rules changed."""
        from dq.repair.history import history
        from dq.runs import list_runs

        return history(list_runs(self.folder), table)

    def profile(self, table: str, *, run: str = "latest") -> TableOverview:
        """A look at a table as a run kept it; see `dq.look` for files at hand."""
        from dq.look import look_at_kept
        from dq.runs import find_run

        with self.reading() as engine:
            return look_at_kept(engine, self.folder, find_run(self.folder, run), table)

    def viewed(self, what: str, digests: Mapping[str, object] | None = None) -> None:
        """Write into the ledger that somebody saw values of records in full."""
        with self.store() as store:
            keyed = {name: store.keyed_digest(value) for name, value in (digests or {}).items()}
            with store.decide(self.actor(), "view", what, "full values", keyed):
                pass

    def lift(
        self, names: Sequence[str], *, because: str, author: str | None = None
    ) -> tuple[int, tuple[Suppression, ...]]:
        """End suppressions by their ids or by ids of findings; see `dq.repair.suppress.lift`."""
        from dq.repair.suppress import lift

        with self.store() as store:
            return lift(store, self.actor(author), names, because=because)

    def worklists(
        self,
        folder: Path,
        wanted: Wanted | None = None,
        *,
        by: str = "owner",
        most: int = 2000,
        language: str = "en",
        run: str = "latest",
    ) -> list[tuple[Path, Worklist]]:
        """Write findings of a run as workbooks, one an owner, table or rule, with full values.

        Without `wanted` all open ones; `most` of each list. See `dq.repair.worklist`.
        """
        from dq.i18n import translator
        from dq.runs import find_run
        from dq.worklists import write_worklists

        of = find_run(self.folder, run)
        told = (fact.get("preset") for fact in of.document["inputs"])
        preset = next((name for name in told if name not in (None, "generic")), None)
        with self.store() as store:
            answers = store.answers()
        with self.chosen(wanted, of.run_id) as found:
            made = write_worklists(
                found, of, folder, translator(language, preset), by=by, most=most, answers=answers
            )
        if made:
            self.viewed(f"worklists/{of.run_id}")
        return made

    def import_worklists(
        self,
        files: Sequence[Path],
        *,
        until: date | None = None,
        days: int | None = None,
        author: str | None = None,
    ) -> Taken:
        """Take the answers of workbooks back, all or none; see `dq.repair.answers`.

        Raises:
            SourceError: a file is no worklist.
            UsageError: it is of another project, or a cell is not as it may be.
        """
        from dq.runs import list_runs
        from dq.worklists import take_answers

        with self.store() as store:
            return take_answers(
                list_runs(self.folder), files, store, self.actor(author), self.clock,
                until=until, days=days,
            )  # fmt: skip

    def _assess(
        self,
        work: Path,
        how: AssessmentSettings,
        engine: str | None,
        findings: Path | None,
        progress: Progress,
        keep: Callable[[Engine, Assessment, Sequence[RawTable]], None],
        rules: Sequence[Rule] | None = None,
    ) -> Assessment:
        from dq.crm.recognise import recognise
        from dq.engines import open_engine
        from dq.semantics.columns import columns_known
        from dq.semantics.glossary import load_glossary

        intake = read_sources(self.folder, self.settings, work / "raw", progress)
        if not intake.raws:
            raise intake.refused[0] if intake.refused else no_sources(self.folder)
        progress("recognise", "")
        remembered = self.mapping()
        found = recognise(
            intake.raws,
            preset=self.settings.crm,
            remembered=remembered.sources,
            language=how.language,
            country=how.country,
        )
        known = {m.shape for m in remembered.sources}
        if any(m.shape not in known for m in found.mapping.sources):
            self.remember(found.mapping)
        columns = columns_known(self.mapping())
        path = self.glossary_path
        glossary = load_glossary(path, columns) if path.exists() else None
        own = self.settings.engine
        memory = f"{own.memory // 2**20}MiB" if own.memory else None
        machine = open_engine(engine or own.url.resolve(), work / "engine", memory, own.threads)
        try:
            done = assess(
                machine,
                intake.raws,
                found.mapping,
                how,
                glossary=glossary,
                rules=rules,
                notes=[
                    *intake.notes,
                    *found.notes,
                    *since_last_run(self.folder, intake.raws),
                ],
                refused=len(intake.refused),
                findings=findings,
                progress=progress,
            )
            done = self._beside_last_run(machine, done)
            keep(machine, done, intake.raws)
        finally:
            machine.close()
        return done

    def _beside_last_run(self, engine: Engine, done: Assessment) -> Assessment:
        """The assessment with what is new since the latest run; as it is where there is none."""
        from dq.repair.diff import since_run
        from dq.runs import latest

        result = done.result
        try:
            last = latest(self.folder)
            if last is None:
                return done
            since, news = since_run(engine, self.folder, last, result.versions["rules"])
        except StoreError:  # a run that is not whole: nothing to compare with
            return done
        groups = tuple(replace(group, new=news.get(group.id, 0)) for group in result.groups)
        return replace(done, result=replace(result, since=since, groups=groups))


def _wall(clock: Clock) -> datetime:
    """The machine's moment as naive time."""
    return clock.now().replace(tzinfo=None)
