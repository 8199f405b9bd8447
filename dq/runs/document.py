"""run.json: what a run read, found and took. `docs/schemas/run.schema.json` describes it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from dq.clock import iso
from dq.findings import InputFact, Note, Result, TableSummary
from dq.tables import SourceFacts

__all__ = ["FORMAT", "plain", "run_document"]

FORMAT = 1


def plain(value: object) -> Any:
    """A value as JSON holds it: decimals and dates as text, moments in UTC."""
    match value:
        case float() if not math.isfinite(value):
            return None
        case None | bool() | int() | float() | str() if not isinstance(value, Enum):
            return value
        case Enum():
            return value.value
        case datetime():
            return iso(value) if value.tzinfo else value.isoformat()
        case date() | Path():
            return str(value)
        case Decimal():
            return format(value, "f")
        case Mapping():
            return {str(key): plain(member) for key, member in value.items()}
        case list() | tuple() | set() | frozenset():
            members = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
            return [plain(member) for member in members]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    return str(value)


def run_document(
    result: Result,
    *,
    run_id: str,
    command: str,
    started: datetime,
    finished: datetime,
    seconds: float,
    parameters: Mapping[str, object],
    timings: Mapping[str, float],
    snapshots: Mapping[str, str],
    sources: Mapping[str, SourceFacts],
    files: Mapping[str, Mapping[str, object]],
) -> dict[str, Any]:
    """The document of a finished run."""
    return {
        "run": FORMAT,
        "run_id": run_id,
        "command": command,
        "started": iso(started),
        "finished": iso(finished),
        "seconds": round(seconds, 3),
        "outcome": result.outcome,
        "exit_code": result.exit_code,
        "as_of": {"date": plain(result.as_of), "origin": result.as_of_origin},
        "currency": result.currency,
        "versions": plain(result.versions),
        "parameters": plain(parameters),
        "inputs": [_input(fact, sources.get(fact.name)) for fact in result.inputs],
        "tables": [_table(summary) for summary in result.tables],
        "totals": plain(result.totals),
        "groups": len(result.groups),
        "outcomes": plain(result.outcomes),
        "suppressed": result.suppressed,
        "since": plain(result.since),
        "meaning": plain(result.meaning),
        "origins": plain(result.origins),
        "notes": [_note(note) for note in result.notes],
        "timings": {name: round(value, 3) for name, value in timings.items()},
        "snapshots": dict(snapshots),
        "files": plain(files),
    }


def _input(fact: InputFact, source: SourceFacts | None) -> dict[str, Any]:
    document = {f.name: plain(getattr(fact, f.name)) for f in fields(fact) if f.name != "notes"}
    document["size"] = source.size if source else None
    modified = source.modified if source else None
    document["modified"] = (
        None if modified is None else iso(datetime.fromtimestamp(modified).astimezone())
    )
    document["notes"] = [_note(note) for note in fact.notes]
    return document


def _note(note: Note) -> dict[str, Any]:
    return {name: value for name, value in plain(note).items() if value not in (None, {}, [])}


def _table(summary: TableSummary) -> dict[str, Any]:
    document: dict[str, Any] = plain(summary)
    return document
