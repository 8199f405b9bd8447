"""JSON: versioned, stable, described by docs/schemas/result.schema.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dq.findings import (
    Finding,
    Group,
    InputFact,
    MeaningCount,
    Note,
    OriginSummary,
    Outcome,
    Result,
    RuleOutcome,
    Since,
    TableSummary,
)
from dq.formats.headline import headline_of
from dq.formats.records import records_of
from dq.formats.words import (
    finding_sentence,
    fix_sentence,
    group_sentence,
    shown_args,
    shown_cause,
    shown_key,
    shown_value,
    title_of,
)
from dq.i18n.masking import mask_emails
from dq.i18n.safe import isolate
from dq.i18n.translator import Translator

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["VERSION", "document", "render_json"]

VERSION = 1
"""Raised when a key goes or changes its meaning; new keys may come without it."""


def render_json(
    result: Result,
    t: Translator,
    *,
    limit: int = 1000,
    findings: pa.Table | Path | str | None = None,
) -> str:
    """The result as one JSON document with a trailing newline."""
    content = document(result, t, limit=limit, findings=findings)
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    # A lone surrogate (an undecodable file name) becomes its JSON escape.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def document(
    result: Result,
    t: Translator,
    *,
    limit: int = 1000,
    findings: pa.Table | Path | str | None = None,
) -> dict[str, object]:
    """The result as plain objects. Amounts are strings, so that no digit is lost.

    `findings` are groups, worst first, each with its true count and at most `limit` records.
    Personal data are masked.
    """
    source = findings if findings is not None else result.findings_path
    records = records_of(result.groups, source, limit)
    return {
        "dq": VERSION,
        "outcome": result.outcome,
        "exit_code": result.exit_code,
        "run_id": result.run_id,
        "as_of": _plain(result.as_of),
        "as_of_origin": result.as_of_origin,
        "started": _plain(result.started),
        "seconds": round(result.seconds, 3),
        "language": t.language,
        "currency": result.currency,
        "versions": dict(result.versions),
        "summary": _summary(result, t),
        "inputs": [_input(fact, t) for fact in result.inputs],
        "tables": [_table(table) for table in result.tables],
        "findings": [_group(g, records[g.id][:limit], t, result.currency) for g in result.groups],
        "rules": [_rule(outcome, t) for outcome in result.outcomes],
        "origins": [_origin(origin) for origin in result.origins],
        "since": _since(result.since),
        "glossary": _meaning(result.meaning),
        "notes": [_note(note, t) for note in result.notes],
        "findings_path": result.findings_path,
    }


def _summary(result: Result, t: Translator) -> dict[str, object]:
    severities = ("critical", "error", "warning", "info")
    return {
        "headline": str(headline_of(result, t)),
        "groups": {s: sum(g.severity.value == s for g in result.groups) for s in severities},
        "findings": {s: int(result.totals.get(s, 0)) for s in severities},
        "suppressed": result.suppressed,
        "rules": {o.value: sum(r.outcome is o for r in result.outcomes) for o in Outcome},
    }


def _group(
    group: Group, records: tuple[Finding, ...], t: Translator, currency: str | None
) -> dict[str, object]:
    personal = group.personal
    return {
        "id": group.id,
        "code": group.code,
        "family": group.code[:1],
        "severity": group.severity.value,
        "table": group.table,
        "column": group.column,
        "cause": shown_cause(group),
        "title": str(title_of(group.code, t)),
        "message": str(group_sentence(group, t, currency=currency)),
        "fix": str(fix_sentence(group, t, currency=currency)),
        "records": group.records,
        "of": group.of,
        "records_won": group.records_won,
        "money": _plain(group.money),
        "money_won": _plain(group.money_won),
        "effect": _plain(group.effect),
        "new": group.new,
        "suppressed": group.suppressed,
        "personal": personal,
        "header": group.header,
        "args": shown_args(group, personal=personal),
        "examples": [_finding(f, group, t, currency) for f in records],
        "truncated": len(records) < group.records,
    }


def _finding(
    finding: Finding, group: Group, t: Translator, currency: str | None
) -> dict[str, object]:
    personal = group.personal
    column = finding.column or group.column
    return {
        "id": finding.id,
        "key": shown_key(finding.key, personal=personal) if finding.key is not None else None,
        "column": finding.column,
        "value": shown_value(finding.value, column=column, personal=personal),
        "message": str(
            finding_sentence(finding, t, personal=personal, currency=currency, of=group.of)
        ),
        "money": _plain(finding.money),
        "effect": _plain(finding.effect),
        "origin": finding.origin,
        "file": finding.file,
        "sheet": finding.sheet,
        "row": finding.row,
        "args": shown_args(finding, personal=personal),
    }


def _input(fact: InputFact, t: Translator) -> dict[str, object]:
    return {
        "name": fact.name,
        "file": fact.file,
        "sheet": fact.sheet,
        "format": fact.format,
        "encoding": fact.encoding,
        "delimiter": fact.delimiter,
        "url": fact.url,
        "rows_read": fact.rows_read,
        "rows_kept": fact.rows_kept,
        "rows_reported": fact.rows_reported,
        "columns": fact.columns,
        "tables": list(fact.tables),
        "preset": fact.preset,
        "unmapped": list(fact.unmapped),
        "sha256": fact.sha256,
        "notes": [_note(note, t) for note in fact.notes],
    }


def _table(table: TableSummary) -> dict[str, object]:
    return {
        "name": table.name,
        "read": table.read,
        "live": table.live,
        "deleted": table.deleted,
        "merged": table.merged,
        "collapsed": table.collapsed,
        "bad_records": table.bad_records,
        "score": table.score,
        "score_by_amount": table.score_by_amount,
        "score_with_suppressed": table.score_with_suppressed,
        "incomplete": table.incomplete,
        "money": _plain(table.money),
        "won": table.won,
        "money_won": _plain(table.money_won),
    }


def _origin(origin: OriginSummary) -> dict[str, object]:
    return {
        "table": origin.table,
        "origin": str(isolate(mask_emails(origin.origin))),
        "name": origin.name,
        "bad": origin.bad,
        "of": origin.of,
    }


def _meaning(meaning: MeaningCount | None) -> dict[str, int] | None:
    if meaning is None:
        return None
    return {
        "defined": meaning.defined,
        "found": meaning.found,
        "approved": meaning.approved,
        "waiting": meaning.waiting,
        "definitions": meaning.definitions,
    }


def _since(since: Since | None) -> dict[str, object] | None:
    if since is None:
        return None
    return {
        "run_id": since.run_id,
        "day": since.day.isoformat(),
        "new": since.new,
        "gone": since.gone,
        "returned": since.returned,
        "rules_changed": since.rules_changed,
    }


def _rule(outcome: RuleOutcome, t: Translator) -> dict[str, object]:
    return {
        "code": outcome.code,
        "title": str(title_of(outcome.code, t)),
        "table": outcome.table,
        "outcome": outcome.outcome.value,
        "checked": outcome.checked,
        "findings": outcome.findings,
        "records": outcome.records,
        "suppressed": outcome.suppressed,
        "reason": outcome.reason,
        "message": str(t.t(outcome.reason, **outcome.args)) if outcome.reason else None,
        "args": _mapping(outcome.args),
    }


def _note(note: Note, t: Translator) -> dict[str, object]:
    setting = None
    if note.setting:
        setting = {"name": note.setting[0], "value": _plain(note.setting[1])}
    return {
        "code": note.code,
        "severity": note.severity,
        "message": str(t.t(note.code, **note.args)),
        "table": note.table,
        "file": note.file,
        "args": _mapping(note.args),
        "setting": setting,
    }


def _mapping(args: Mapping[str, object]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in args.items()}


def _plain(value: object) -> Any:
    """JSON's own types: decimals, dates and paths as text, sets as sorted lists."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return value if Decimal(value).is_finite() else str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((_plain(v) for v in value), key=str)
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return str(value)
