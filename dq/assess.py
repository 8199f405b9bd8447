"""One assessment: raw tables and a mapping in, one Result out; the heart of scan, check and run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dq.config import Calendar
from dq.findings import (
    InputFact,
    MeaningCount,
    Note,
    Outcome,
    Result,
    RuleOutcome,
    Severity,
)

if TYPE_CHECKING:
    from dq.checks.context import Certified, RuleContext, TableFacts
    from dq.checks.rule import Rule
    from dq.crm.load import Crm
    from dq.crm.mapping import ProjectMapping
    from dq.engines.base import Engine
    from dq.semantics.creation import Found
    from dq.semantics.drift.baseline import Baseline
    from dq.semantics.glossary import Glossary
    from dq.semantics.inforce import Meaning
    from dq.store import BaselineItem, DefinitionStep, Suppression
    from dq.tables import RawTable

__all__ = ["Assessment", "AssessmentSettings", "assess"]

_NAMED = 8
"""Columns that a note names."""


@dataclass(frozen=True)
class AssessmentSettings:
    """What an assessment must know beside the data."""

    now: datetime
    as_of: datetime | None = None
    timezone: str | None = None
    currency: str | None = None
    country: str | None = None
    language: str = "en"
    include_deleted: bool = False
    fail_on: Severity = Severity.ERROR
    rules: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    only: tuple[str, ...] = ()  # tables to check; empty: all
    calendar: Calendar = field(default_factory=Calendar)
    certified: tuple[Certified, ...] = ()  # periods that may change no more
    steps: tuple[DefinitionStep, ...] = ()  # what was proposed and approved of the glossary
    baseline: frozenset[BaselineItem] | None = None  # None: the first day has not been yet
    suppressions: tuple[Suppression, ...] = ()  # those in force, and those whose time is over
    drift: Mapping[str, Baseline] = field(default_factory=dict)  # by table, for S107


@dataclass(frozen=True)
class Assessment:
    """The result and what later steps need: the loaded model, its facts, the seconds by part."""

    result: Result
    crm: Crm
    seconds: Mapping[str, float]
    facts: Mapping[str, TableFacts]
    glossary: Glossary | None = None
    found: Found | None = None  # columns, words and stages; None where there is no glossary


class _Watch:
    """Seconds spent by part, and a word of progress at the start of each."""

    def __init__(self, progress: Callable[[str, str], None]) -> None:
        self.parts: dict[str, float] = {}
        self._progress = progress
        self._part = ""
        self._since = time.perf_counter()

    def part(self, name: str) -> None:
        self.stop()
        self._part, self._since = name, time.perf_counter()
        self._progress(name, "")

    def word(self, detail: str) -> None:
        self._progress(self._part, detail)

    def stop(self) -> None:
        if self._part:
            spent = time.perf_counter() - self._since
            self.parts[self._part] = self.parts.get(self._part, 0.0) + spent


def assess(
    engine: Engine,
    raws: Sequence[RawTable],
    mapping: ProjectMapping,
    settings: AssessmentSettings,
    *,
    glossary: Glossary | None = None,
    rules: Sequence[Rule] | None = None,
    notes: Sequence[Note] = (),
    refused: int = 0,
    findings: Path | None = None,
    progress: Callable[[str, str], None] = lambda _part, _detail: None,
) -> Assessment:
    """Load, profile, check and group.

    `refused` counts inputs that could not be read at all: the result is then errored.
    `findings` is where findings.parquet is written (None: nowhere).
    """
    from dq.checks.context import RuleContext
    from dq.checks.executor import execute, returned
    from dq.checks.groups import groups, severities, summaries, suppressed
    from dq.checks.origins import summed_origins
    from dq.checks.profile import profile
    from dq.checks.rules import RULES
    from dq.checks.rules.meaning.found import found_in
    from dq.crm.load import LoadSettings, load
    from dq.semantics.inforce import Meaning

    started = time.perf_counter()
    watch = _Watch(progress)
    watch.part("load")
    crm = load(
        engine,
        raws,
        mapping,
        LoadSettings(
            now=settings.now,
            timezone=settings.timezone,
            currency=settings.currency,
            as_of=settings.as_of,
            include_deleted=settings.include_deleted,
        ),
    )
    watch.part("profile")
    facts = profile(engine, crm)
    watch.part("rules")
    context = RuleContext(
        engine=engine,
        tables=facts,
        glossary=glossary,
        params={},
        as_of=crm.as_of,
        country=settings.country,
        currency=crm.currency,
        language=settings.language,
        include_deleted=settings.include_deleted,
        calendar=settings.calendar,
        certified=settings.certified,
        meaning=None if glossary is None else Meaning(glossary, settings.steps),
        baseline=settings.baseline,
        drift=settings.drift,
    )
    places = {raw.name: (str(raw.facts.file.name), raw.facts.sheet) for raw in raws}
    day = settings.now.date()
    outcomes = execute(
        context,
        RULES if rules is None else rules,
        settings.rules,
        places,
        watch.word,
        suppressions=settings.suppressions,
        day=day,
    )
    found_words = found_in(context) if context.meaning is not None else None
    watch.part("group")
    tables = summaries(engine, crm, outcomes)
    found = groups(engine, facts, outcomes, tables)
    if settings.only:
        found = tuple(g for g in found if g.table in settings.only)
    if findings is not None:
        _write_findings(engine, findings)
    watch.stop()
    errored = refused > 0 or any(o.outcome is Outcome.ERRORED for o in outcomes)
    failed = any(g.severity.rank >= settings.fail_on.rank for g in found)
    result = Result(
        outcome="errored" if errored else "findings" if failed else "clean",
        exit_code=3 if errored else 1 if failed else 0,
        as_of=crm.as_of.date(),
        as_of_origin=crm.as_of_origin,
        started=settings.now,
        seconds=time.perf_counter() - started,
        inputs=_inputs(raws, mapping),
        tables=tables,
        groups=found,
        outcomes=tuple(outcomes),
        notes=(
            *notes,
            *crm.notes,
            *_pseudonymised(facts),
            *_ended(returned(engine, settings.suppressions, day)),
        ),
        currency=crm.currency,
        language=settings.language,
        versions=_versions(engine, RULES if rules is None else rules, settings),
        findings_path=str(findings) if findings else None,
        totals=severities(engine),
        suppressed=suppressed(engine),
        origins=summed_origins(engine, facts),
        meaning=_meaning(context.meaning, found_words),
        compared=_compared(context, outcomes),
        fail_on=settings.fail_on,
    )
    return Assessment(result, crm, watch.parts, facts, glossary, found_words)


def _meaning(meaning: Meaning | None, found: Found | None) -> MeaningCount | None:
    from dq.semantics.approval import Status
    from dq.semantics.creation import defined

    if meaning is None or found is None:
        return None
    told, total = defined(found, meaning)
    standings = list(meaning.standings.values())
    return MeaningCount(
        defined=told,
        found=total,
        approved=sum(s.status is Status.APPROVED for s in standings),
        waiting=sum(s.proposed is not None for s in standings),
        definitions=len(standings),
    )


def _compared(context: RuleContext, outcomes: Sequence[RuleOutcome]) -> dict[str, Any] | None:
    """What S105 worked out of departments' definitions, as `dq glossary compare` writes it."""
    from dq.formats.glossary.compare import compare_document
    from dq.semantics.conflicts import incomparable
    from dq.semantics.pages import Compared

    judged = any(o.code == "S105" and o.outcome is not Outcome.ERRORED for o in outcomes)
    if context.meaning is None or not judged:
        return None
    pairs = incomparable(context.meaning)
    day, currency = context.as_of.date(), context.currency
    return compare_document(Compared(tuple(context.compared), pairs, day, None, currency))


def _pseudonymised(facts: Mapping[str, TableFacts]) -> tuple[Note, ...]:
    """One line about all columns that hold hashes in place of their values."""
    columns = [
        f"{table}.{column.name}"
        for table, known in sorted(facts.items())
        for column in known.columns.values()
        if column.pseudonymised
    ]
    if not columns:
        return ()
    more = ", …" if len(columns) > _NAMED else ""
    args = {"n": len(columns), "columns": ", ".join(columns[:_NAMED]) + more}
    return (Note("data.pseudonymised", args),)


def _ended(back: int) -> tuple[Note, ...]:
    """A warning about findings that are shown again because their suppression ended."""
    return (Note("suppress.ended", {"n": back}, "warning"),) if back else ()


def _write_findings(engine: Engine, path: Path) -> None:
    from sqlglot import exp

    from dq.findings import findings_schema
    from dq.sql import portable as f

    order = [f.col(n) for n in ("code", "table", "column", "cause", "row", "key")]
    query = (
        exp.select(*[f.col(n) for n in findings_schema().names])
        .from_(f.table("work.findings"))
        .order_by(*[exp.Ordered(this=o, nulls_first=True) for o in order])
    )
    engine.write(query, path)


def _versions(
    engine: Engine, rules: Sequence[Rule], settings: AssessmentSettings
) -> dict[str, str]:
    from dq import __version__

    return {
        "dq": __version__,
        "engine": engine.name,
        "rules": _rules_version(__version__, rules, settings),
    }


def _rules_version(version: str, rules: Sequence[Rule], settings: AssessmentSettings) -> str:
    """Digest of what decides how records are judged: scores of one value can be compared."""
    said = [
        version,
        [
            [r.code, r.severity.value, sorted((k, str(v)) for k, v in r.params.items())]
            for r in rules
        ],
        sorted((code, str(sorted(own.items()))) for code, own in settings.rules.items()),
        settings.include_deleted,
    ]
    text = json.dumps(said, ensure_ascii=False)
    return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def _inputs(raws: Sequence[RawTable], mapping: ProjectMapping) -> tuple[InputFact, ...]:
    by_source = {m.source: m for m in mapping.sources}
    facts = []
    for raw in raws:
        source = by_source.get(raw.name)
        reported = {p.row for p in raw.problems if not p.kept}
        facts.append(
            InputFact(
                name=raw.name,
                file=str(raw.facts.file),
                sheet=raw.facts.sheet,
                format=raw.facts.format,
                encoding=raw.facts.encoding,
                delimiter=raw.facts.delimiter,
                rows_read=raw.rows_read,
                rows_kept=raw.rows,
                rows_reported=len(reported),
                columns=len(raw.columns),
                tables=tuple(dict.fromkeys(t.table for t in source.tables)) if source else (),
                preset=source.preset if source else None,
                unmapped=source.unmapped if source else tuple(raw.columns),
                sha256=raw.facts.sha256,
                notes=tuple(replace(n, file=raw.facts.file.name) for n in raw.facts.notes),
                url=raw.facts.url,
            )
        )
    return tuple(facts)
