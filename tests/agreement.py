"""One assessment on two engines, compared field by field: no tolerance, no order forgiven."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq

from dq.assess import Assessment, AssessmentSettings, assess
from dq.checks.rule import Rule
from dq.crm.mapping import ProjectMapping
from dq.crm.recognise import recognise
from dq.engines.base import Engine
from dq.findings import Group, Outcome, Result, RuleOutcome, TableSummary, findings_schema
from dq.intake import expand, read_all
from dq.keeping import row_hashes
from dq.semantics.glossary import Glossary
from dq.tables import RawTable

NOW = datetime(2026, 11, 22, 12, 0, 0)
SHOWN = 20
"""Differences told of each kind; more of them help nobody."""


@dataclass(frozen=True)
class Assessed:
    """What one engine made of the tables.

    `rows` are the digests of the rows of every `crm_all` table, sorted; `findings` the rows
    of findings.parquet, in its order.
    """

    rows: dict[str, list[str]]
    findings: list[dict[str, object]]
    result: Result


def read(files: Iterable[Path], work: Path) -> tuple[Sequence[RawTable], ProjectMapping]:
    """The tables in the files and how they map to the model."""
    intake = read_all([(path, None) for path in expand(files)], work / "raw", lenient=True)
    assert not intake.refused
    return intake.raws, recognise(intake.raws).mapping


def assessed(
    engine: Engine,
    raws: Sequence[RawTable],
    mapping: ProjectMapping,
    work: Path,
    *,
    settings: AssessmentSettings | None = None,
    glossary: Glossary | None = None,
    rules: Sequence[Rule] | None = None,
) -> Assessed:
    """Load and check the tables on the engine."""
    how = settings or AssessmentSettings(now=NOW)
    path = work / f"{engine.name}.parquet"
    done = assess(engine, raws, mapping, how, glossary=glossary, rules=rules, findings=path)
    found = pq.read_schema(path)
    assert [(c.name, c.type) for c in found] == [(c.name, c.type) for c in findings_schema()]
    return Assessed(_rows(engine, done), pq.read_table(path).to_pylist(), done.result)


def _rows(engine: Engine, done: Assessment) -> dict[str, list[str]]:
    rows = {}
    for name in done.crm.tables:
        query = row_hashes(name, engine.schema(f"crm_all.{name}"))
        rows[name] = sorted(engine.query(query).column(0).to_pylist())
    return rows


def differences(one: Assessed, other: Assessed) -> list[str]:
    """What differs, as lines to print; the loaded tables come first, for they cause the rest."""
    lines = [
        f"rows of {name} differ: {len(set(one.rows[name]) ^ set(other.rows[name]))}"
        for name in sorted(one.rows | other.rows)
        if one.rows.get(name) != other.rows.get(name)
    ]
    lines += _listed("outcome", one.result.outcomes, other.result.outcomes, _place)
    lines += _listed("finding", one.findings, other.findings, lambda row: str(row["id"]))
    lines += _listed("group", one.result.groups, other.result.groups, lambda g: g.id)
    lines += _listed("table", one.result.tables, other.result.tables, lambda t: t.name)
    for name in ("as_of", "as_of_origin", "outcome", "totals", "notes", "inputs"):
        if getattr(one.result, name) != getattr(other.result, name):
            lines.append(
                f"{name}: {getattr(one.result, name)!r} or {getattr(other.result, name)!r}"
            )
    return lines


def _place(outcome: RuleOutcome) -> str:
    return f"{outcome.code} {outcome.table}"


Compared = dict[str, object] | Group | RuleOutcome | TableSummary


def _listed(
    kind: str,
    ones: Sequence[Compared],
    others: Sequence[Compared],
    name: Callable[..., str],
) -> list[str]:
    if list(ones) == list(others):
        return []
    left, right = _counted(ones), _counted(others)
    lines = [f"{kind} only here: {item}" for item in left if item not in right][:SHOWN]
    lines += [f"{kind} only there: {item}" for item in right if item not in left][:SHOWN]
    lines = sorted(lines, key=lambda line: line.split(": ", 1)[1])
    return lines or [f"{kind}s come in another order or number: {len(ones)} or {len(others)}"]


def _counted(items: Sequence[Compared]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for item in items:
        counts[repr(item)] = counts.get(repr(item), 0) + 1
    return counts


def errors(result: Result) -> list[str]:
    """Rules that crashed, with what they said."""
    return [
        f"{_place(o)}: {o.args.get('error')}"
        for o in result.outcomes
        if o.outcome is Outcome.ERRORED
    ]
