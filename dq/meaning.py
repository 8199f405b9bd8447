"""What a project's glossary says and what of it was approved: the verbs of `dq glossary`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dq.errors import ConfigError, Place, UsageError
from dq.semantics.pages import Compared, Reference, Shown, parse_reference

if TYPE_CHECKING:
    from dq.clock import Clock
    from dq.config import Period, Settings
    from dq.crm.mapping import ProjectMapping
    from dq.engines.base import Engine
    from dq.findings import Note, Result
    from dq.runs import Run
    from dq.semantics.conflicts import Conflict
    from dq.semantics.creation import Found
    from dq.semantics.inforce import InForce, Meaning
    from dq.semantics.lint import Issue
    from dq.semantics.split import Split
    from dq.semantics.workflow import Done
    from dq.site import Meanings
    from dq.store import BaselineItem, DefinitionStep, Store

__all__ = ["Desk"]


class House(Protocol):
    """What a desk needs of its project."""

    @property
    def folder(self) -> Path: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def glossary_path(self) -> Path: ...
    def store(self) -> Store: ...
    def reading(self) -> AbstractContextManager[Engine]: ...
    def mapping(self) -> ProjectMapping: ...


class Desk:
    """A project's glossary at work."""

    def __init__(self, project: House) -> None:
        self.project = project

    def meaning(self) -> Meaning:
        """The glossary, read strictly, with what was decided about it.

        Raises:
            ConfigError: there is none, or it is not valid; with file, line and column.
        """
        from dq.semantics import load_glossary
        from dq.semantics.inforce import Meaning

        path = self.project.glossary_path
        if not path.exists():
            raise ConfigError(
                "This project has no glossary.yaml.",
                where=Place(file=str(path)),
                fix="dq init writes one; or copy that of another project.",
            )
        return Meaning(load_glossary(path, self._columns()), self.steps())

    def _columns(self) -> dict[str, frozenset[str]]:
        from dq.semantics.columns import columns_known

        return columns_known(self.project.mapping())

    def steps(self) -> tuple[DefinitionStep, ...]:
        """What was proposed and approved, oldest first."""
        from dq.semantics.vouched import vouched

        if not (self.project.folder / ".dq" / "store.db").exists():
            return ()
        with self.project.store() as store:
            steps = store.definition_steps()
            found = vouched(store, steps)
        return tuple(
            replace(s, vouched=v.standing, typed_at=f"{v.host} · {v.user}")
            for s in steps
            for v in [found[s.seq, s.object]]
        )

    # --- the first day ---------------------------------------------------------------

    def baseline(self) -> frozenset[BaselineItem] | None:
        """What was adopted on the first day and since; None where that day is still to come."""
        if not (self.project.folder / ".dq" / "store.db").exists():
            return None
        with self.project.store() as store:
            return store.baseline() or None

    def adopt(self, found: Found | None) -> Note | None:
        """On the first day take what was found into the baseline; the note that says so.

        Adopted is neither defined nor approved: what appears later is reported (S101–S103).
        """
        from dq.findings import Note
        from dq.semantics.creation import inventory
        from dq.store import acting

        if found is None or self.baseline() is not None:
            return None
        items = inventory(found)
        if not items:
            return None
        kinds = Counter(item.kind for item in items)
        with (
            self.project.store() as store,
            store.decide(
                acting(self.project.folder), "baseline.adopt", "baseline", "first run"
            ) as decision,
        ):
            decision.adopt(items)
        return Note("glossary.adopted", {n: kinds[n] for n in ("column", "value", "stage")})

    # --- looking ---------------------------------------------------------------------

    def show(self, name: str, as_of: date | None = None) -> Shown:
        """A term on a day (default: the data's, else today).

        Raises:
            UsageError: there is no such term.
        """
        from dq.semantics.circles import uses_of
        from dq.semantics.workflow import chosen

        meaning = self.meaning()
        day = as_of or self.day()
        term = meaning.glossary.terms.get(name)
        standings = tuple(chosen(meaning, [name]))
        if term is None:
            return Shown(meaning, name, day, None, {}, standings, (), ())
        departments = {
            department: found
            for department in term.own
            if (found := meaning.in_force(name, day, department)) is not None
        }
        used_by = tuple(t.name for t in meaning.glossary.terms.values() if name in uses_of(t))
        return Shown(
            meaning, name, day, meaning.in_force(name, day), departments, standings,
            tuple(sorted(uses_of(term))), used_by,
        )  # fmt: skip

    def day(self) -> date:
        """The business day of the newest run, else today."""
        from dq.kept import as_of_run
        from dq.runs import latest

        run = latest(self.project.folder)
        return as_of_run(run).date() if run is not None else self.project.clock.now().date()

    def lint(self) -> tuple[tuple[Issue, ...], Meaning]:
        """All issues, beside the newest run's data where there is one; the glossary as read.

        Circles of terms are listed even though strict reading refuses them.
        """
        from dq.semantics.conflicts import conflicts, incomparable
        from dq.semantics.lint import Facts, lint

        meaning = self._lenient()
        facts = Facts(meaning, self.day(), incomparable=incomparable(meaning))
        with self._data() as found:
            if found is None:
                return lint(facts), meaning
            engine, run, columns = found
            from dq.kept import as_of_run
            from dq.semantics.prove import prover

            moment = as_of_run(run)
            compared = () if _circular(meaning) else tuple(
                conflicts(
                    meaning, moment.date(), prove=prover(), engine=engine,
                    columns=columns, params={"as_of": moment},
                )
            )  # fmt: skip
            return lint(replace(facts, columns=_own(columns), conflicts=compared)), meaning

    def _lenient(self) -> Meaning:
        """The glossary with circles let pass."""
        from dq.semantics import load_glossary
        from dq.semantics.inforce import Meaning

        if not self.project.glossary_path.exists():
            return self.meaning()
        path = self.project.glossary_path
        return Meaning(load_glossary(path, self._columns(), circles=True), self.steps())

    def compare(
        self, terms: Sequence[str] = (), as_of: date | None = None, run: str = "latest"
    ) -> Compared:
        """Every pair of departmental definitions; counted on a run's data where there is one.

        With `terms` only theirs, and of what cannot be compared only what touches them.

        Raises:
            UsageError: a term is named that is not there.
        """
        from dq.kept import as_of_run
        from dq.semantics.conflicts import conflicts, incomparable
        from dq.semantics.prove import prover
        from dq.semantics.workflow import chosen

        meaning = self.meaning()
        if terms:
            chosen(meaning, terms)
        with self._data(run) as found:
            engine, of, columns = found if found is not None else (None, None, None)
            moment = as_of_run(of) if of is not None else None
            day = as_of or (moment.date() if moment is not None else self.day())
            made = tuple(
                conflicts(
                    meaning, day, prove=prover(), engine=engine,
                    columns=columns, terms=terms,
                    params={"as_of": moment} if moment is not None else {},
                )
            )  # fmt: skip
        currency = of.document.get("currency") if of is not None else None
        apart = tuple(
            replace(pair, terms=touched)
            for pair in incomparable(meaning)
            if (touched := tuple(t for t in pair.terms if not terms or t in terms))
        )
        return Compared(made, apart, day, of.run_id if of is not None else None, currency)

    def diff(self, one: str, other: str, run: str = "latest") -> Split | Conflict:
        """Two definitions side by side; with periods the change of the figure, split in two.

        Raises:
            UsageError: a reference cannot be read, or the two do not go together.
        """
        a, b = parse_reference(one), parse_reference(other)
        if (a.period is None) != (b.period is None):
            raise UsageError(
                "One of the two names a period and the other does not.",
                fix="Give both a period (revenue@2026-Q1 revenue@2026-Q2) or none.",
            )
        if a.period is not None and b.period is not None:
            return self._split(a, b, a.period, b.period, run)
        return self._beside(a, b, run)

    def _split(self, a: Reference, b: Reference, before: Period, after: Period, run: str) -> Split:
        from dq.semantics.split import split

        if (a.term, a.department) != (b.term, b.department):
            raise UsageError(
                "The figures of two periods are those of one term.",
                fix="Name the same term and department on both sides.",
            )
        meaning = self.meaning()
        with self._data(run) as found:
            if found is None:
                raise UsageError(
                    "There are no data yet to compute {term} on.", fix="Run dq run.", term=a.term
                )
            engine, _, columns = found
            return split(
                engine, meaning, a.term, before, after, columns=columns, department=a.department
            )

    def _beside(self, a: Reference, b: Reference, run: str) -> Conflict:
        from dq.kept import as_of_run
        from dq.semantics.conflicts import beside
        from dq.semantics.prove import prover

        meaning = self.meaning()
        one, other = (self._definition(meaning, r) for r in (a, b))
        if one.term.of != other.term.of:
            raise UsageError(
                "{a} is about {of_a}, {b} about {of_b}: they cannot be laid side by side.",
                a=a.term,
                b=b.term,
                of_a=one.term.of or "measures",
                of_b=other.term.of or "measures",
            )
        with self._data(run) as found:
            engine, of, columns = found if found is not None else (None, None, None)
            moment = as_of_run(of) if of is not None else None
            return beside(
                meaning, one, other, moment.date() if moment is not None else self.day(),
                prove=prover(), engine=engine, columns=columns,
                params={"as_of": moment} if moment is not None else {},
            )  # fmt: skip

    def _definition(self, meaning: Meaning, reference: Reference) -> InForce:
        from dq.semantics.workflow import chosen

        if reference.term not in meaning.glossary.terms:
            chosen(meaning, [reference.term])
            raise UsageError("{name} is no term.", name=reference.term)
        day = reference.day or self.day()
        find = meaning.in_force if reference.day else meaning.at
        found = find(reference.term, day, reference.department)
        if found is None:
            raise UsageError(
                "{term} has no definition on {day} yet.", term=reference.term, day=day.isoformat()
            )
        return found

    def history(self, name: str) -> tuple[DefinitionStep, ...]:
        """What was proposed and approved of a term, field or section, oldest first.

        Raises:
            UsageError: nothing of this name is in the file or was ever decided.
        """
        from dq.semantics.approval import subject_of
        from dq.semantics.workflow import chosen

        steps = self.steps()
        found = tuple(s for s in steps if name in (s.object, subject_of(s.object)))
        if not found:
            chosen(self.meaning(), [name])
        return found

    def on_site(self, result: Result) -> Meanings | None:
        """What the site shows of the glossary beside a run; None where there is no glossary.

        Definitions of departments are compared anew only where the run did not.
        """
        from dq.formats.glossary.compare import compare_document
        from dq.semantics.vouched import vouched
        from dq.site import Meanings

        if not self.project.glossary_path.exists():
            return None
        meaning = self.meaning()
        signed = {}
        if meaning.steps:
            with self.project.store() as store:
                signed = dict(vouched(store, meaning.steps))
        compared = result.compared
        if compared is None:
            compared = compare_document(self.compare(run=result.run_id or "latest"))
        uses: dict[str, tuple[str, ...]] | None = (
            {} if (self.project.folder / "catalogue").is_dir() else None
        )
        return Meanings(meaning, result.as_of or self.day(), compared, signed, uses)

    # --- deciding --------------------------------------------------------------------

    def propose(
        self,
        names: Sequence[str],
        *,
        because: str = "",
        by: str | None = None,
        every: bool = False,
    ) -> Done:
        """Put definitions, as they stand in the file, before the others."""
        from dq.semantics.workflow import chosen, propose
        from dq.store import acting

        wanted = chosen(self.meaning(), names, every=every)
        actor = acting(self.project.folder, by)
        with self.project.store() as store:
            return propose(store, actor, wanted, because=because or "proposed")

    def approve(
        self,
        names: Sequence[str],
        *,
        because: str,
        by: str | None = None,
        every: bool = False,
    ) -> Done:
        """Approve what another proposed, as it stands in the file."""
        from dq.semantics.workflow import approve, chosen
        from dq.store import acting

        wanted = chosen(self.meaning(), names, every=every)
        actor = acting(self.project.folder, by)
        with self.project.store() as store:
            return approve(
                store, actor, wanted, because=because,
                solo=self.project.settings.review == "solo", every=every,
            )  # fmt: skip

    @contextmanager
    def _data(
        self, name: str = "latest"
    ) -> Iterator[tuple[Engine, Run, dict[str, tuple[str, ...]]] | None]:
        """A run's tables, readable while the block lasts; None where there is no run."""
        from dq.kept import open_kept
        from dq.runs import find_run, latest

        if name == "latest" and latest(self.project.folder) is None:
            yield None
            return
        run = find_run(self.project.folder, name)
        with self.project.reading() as engine:
            yield engine, run, open_kept(engine, self.project.folder, run)


def _own(columns: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Columns that the files have: without those that only loading makes."""
    from dq.crm.model import TABLES
    from dq.semantics.columns import MADE

    def made(table: str, column: str) -> bool:
        known = TABLES.get(table)
        return column in MADE and (known is None or column not in known.columns)

    return {
        table: tuple(c for c in names if c != "id" and not made(table, c))
        for table, names in columns.items()
    }


def _circular(meaning: Meaning) -> bool:
    from dq.semantics.circles import circles

    return bool(circles(meaning.glossary.terms))
