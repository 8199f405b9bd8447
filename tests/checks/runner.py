"""Runs rules on a case the way the product does: raw Parquet, mapping, load, profile, execute."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from dq.checks.context import Certified, RuleContext
from dq.checks.executor import execute
from dq.checks.profile import profile
from dq.checks.rule import Rule
from dq.checks.rules.meaning.found import found_in
from dq.config import Calendar, parse_period, settings_from_text
from dq.crm.conversions import Hints
from dq.crm.load import Crm, LoadSettings, load
from dq.crm.mapping import ColumnMapping, Conversion, ProjectMapping, SourceMapping, TableMapping
from dq.crm.model import entity
from dq.crm.own import own_columns
from dq.crm.sample import ColumnSample, TableSample
from dq.engines.base import Engine
from dq.findings import Finding, RuleOutcome, Severity
from dq.semantics.creation import inventory
from dq.semantics.definitions import definitions
from dq.semantics.inforce import Meaning
from dq.sql import portable as f
from dq.store import BaselineItem, DefinitionStep
from dq.tables import RawTable, SourceFacts
from tests.checks.caselib import Case

NOW = datetime(2026, 11, 22, 12, 0, 0)


def run_case(
    case: Case, rules: Sequence[Rule], engine: Engine, work: Path
) -> tuple[list[Finding], list[RuleOutcome]]:
    """Findings and outcomes of the rules on the case's tables."""
    settings = case.settings
    before = _before(case, engine, work)
    baseline = _baseline(case, engine, work)
    crm, places = _load(case.tables, case.columns, settings, engine, work)
    context = RuleContext(
        engine=engine,
        tables=profile(engine, crm),
        glossary=_glossary(settings),
        params={},
        as_of=crm.as_of,
        country=settings.get("country"),
        currency=settings.get("currency"),
        language=settings.get("language", "en"),
        calendar=_calendar(settings),
        certified=_certified(settings, before),
        meaning=_meaning(settings),
        baseline=baseline,
    )
    outcomes = execute(context, rules, settings.get("rules", {}), places)
    return read_findings(engine), outcomes


def _load(
    tables: Mapping[str, list[dict[str, str]]],
    columns: Mapping[str, Sequence[str]],
    settings: Mapping[str, Any],
    engine: Engine,
    work: Path,
) -> tuple[Crm, Mapping[str, tuple[str, None]]]:
    """The loaded model, and each source's file."""
    raws = [_raw(name, columns[name], rows, work) for name, rows in tables.items()]
    mapping = ProjectMapping(
        tuple(
            SourceMapping(raw.name, raw.name, "generic", (_mapping(raw, settings),)) for raw in raws
        )
    )
    how = LoadSettings(now=NOW, currency=settings.get("currency"), as_of=_as_of(settings))
    crm = load(engine, raws, mapping, how)
    return crm, {raw.name: (raw.name + ".csv", None) for raw in raws}


def _before(case: Case, engine: Engine, work: Path) -> dict[str, Path]:
    """Snapshots of the tables as they were when the period was certified."""
    if not case.before:
        return {}
    folder = work / "before"
    folder.mkdir()
    _load(case.before, case.before_columns, case.settings, engine, folder)
    kept = {name: folder / f"{name}.snapshot.parquet" for name in case.before}
    for name, path in kept.items():
        engine.write(exp.select("*").from_(f.table(f"crm_all.{name}")), path)
    return kept


def _baseline(case: Case, engine: Engine, work: Path) -> frozenset[BaselineItem] | None:
    """What the tables under `before` have: the first day of rules about meaning."""
    if not case.before or not case.code.startswith("S"):
        return None
    folder = work / "first"
    folder.mkdir()
    crm, _ = _load(case.before, case.before_columns, case.settings, engine, folder)
    tables = profile(engine, crm)
    context = RuleContext(engine, tables, _glossary(case.settings), {}, crm.as_of)
    return inventory(found_in(context))


def _meaning(settings: Mapping[str, Any]) -> Meaning | None:
    """The glossary with what `decided` says of it: {approved: [objects], proposed: [...]}."""
    glossary = _glossary(settings)
    if glossary is None:
        return None
    decided = settings.get("decided", {})
    steps = [
        DefinitionStep(
            d.object,
            step,
            d.digest,
            dict(d.content),
            d.words_digest,
            dict(d.words),
            by="Anna" if step == "proposed" else "Boris",
            at="2026-05-04T09:00:00Z",
            because="agreed",
        )
        for step in ("proposed", "approved")
        for d in definitions(glossary)
        if d.object in decided.get(step, ())
    ]
    return Meaning(glossary, tuple(steps))


def _certified(settings: Mapping[str, Any], before: Mapping[str, Path]) -> tuple[Certified, ...]:
    found = []
    for name, text in settings.get("certified", {}).items():
        table, _, column = name.partition(".")
        period = parse_period(str(text))
        assert period is not None, f"{text} is no period"
        found.append(Certified(table, column, period, before.get(table), "before"))
    return tuple(found)


def _calendar(settings: Mapping[str, Any]) -> Calendar:
    """Read the way dq.yaml is."""
    given = json.dumps({"calendar": settings.get("calendar", {})}, default=str)
    return settings_from_text(given, Path("case.yaml")).calendar


def read_findings(engine: Engine) -> list[Finding]:
    """All findings of the last execution, in a stable order."""
    rows = engine.query(exp.select("*").from_(f.table("work.findings"))).to_pylist()
    found = [
        Finding(
            code=r["code"], severity=Severity(r["severity"]), table=r["table"], key=r["key"],
            column=r["column"], value=r["value"], cause=r["cause"], args=json.loads(r["args"]),
            money=r["money"], file=r["file"], sheet=r["sheet"], row=r["row"], id=r["id"],
        )
        for r in rows
    ]  # fmt: skip
    return sorted(
        found,
        key=lambda x: tuple(str(v) for v in (x.code, x.table, x.key, x.column, x.cause, x.row)),
    )


def _as_of(settings: Mapping[str, Any]) -> datetime | None:
    day = settings.get("as_of")
    return datetime(day.year, day.month, day.day, 23, 59, 59) if day else None


def _glossary(settings: Mapping[str, Any]) -> Any:
    given = settings.get("glossary")
    if given is None:
        return None
    from dq.semantics.glossary import glossary_from_text

    return glossary_from_text(json.dumps(given, ensure_ascii=False, default=str), "case.yaml")


def _raw(name: str, columns: Sequence[str], rows: list[dict[str, str]], work: Path) -> RawTable:
    cells: dict[str, Any] = {
        c: pa.array([r.get(c) or None for r in rows], pa.string()) for c in columns
    }
    cells["_row"] = pa.array(range(2, len(rows) + 2), pa.int64())
    path = work / f"{name}.parquet"
    pq.write_table(pa.table(cells), path)
    facts = SourceFacts(
        Path(f"{name}.csv"), "csv", 0, "0" * 64, headers=tuple(columns), header_row=1
    )
    return RawTable(name, path, tuple(columns), len(rows), len(rows), facts)


def _samples(raw: RawTable, headers: list[str]) -> list[ColumnSample]:
    return [c for c in TableSample(raw).columns if c.name in headers]


def _mapping(raw: RawTable, settings: Mapping[str, Any]) -> TableMapping:
    model = entity(raw.name)
    columns, strange = [], []
    by_name = settings.get("links", {})
    for header in raw.columns:
        known = model.columns.get(header)
        if header in ("is_deleted", "merged_into_id"):
            continue
        if known is None:
            strange.append(header)
            continue
        link = by_name.get(f"{raw.name}.{header}", "id") if model.relation(header) else None
        how = settings.get("conversions", {}).get(f"{raw.name}.{header}", {})
        columns.append(ColumnMapping(header, header, _conversion(known.type, how), link=link))
    samples = [c for c in TableSample(raw).columns if c.name in strange]
    own = own_columns(samples, frozenset(model.columns), Hints(country=settings.get("country")))
    given = all(k in raw.columns for k in model.key)
    return TableMapping(
        source=raw.name,
        table=raw.name,
        columns=tuple(columns),
        own=own,
        key=model.key if given else (),
        deleted=("is_deleted",) if "is_deleted" in raw.columns else (),
        merged_into="merged_into_id" if "merged_into_id" in raw.columns else None,
    )


def _conversion(kind: str, how: Mapping[str, Any]) -> Conversion:
    return Conversion(
        type=kind,
        formats=tuple(how.get("formats", ())),
        decimal_mark=how.get("decimal_mark", "."),
        grouping=how.get("grouping", ""),
    )
