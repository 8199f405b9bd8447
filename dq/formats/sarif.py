"""SARIF 2.1.0: a result a group, with its true count and the places of its records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dq.clock import iso
from dq.findings import Finding, Group, Outcome, Result, Severity
from dq.formats.places import line_of, path_of, uri_of
from dq.formats.records import records_of
from dq.formats.words import (
    fix_sentence,
    group_sentence,
    shown_key,
    shown_value,
    title_of,
    why_sentence,
)
from dq.i18n.translator import Translator

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SCHEMA", "render_sarif"]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}


def render_sarif(
    result: Result,
    t: Translator,
    *,
    limit: int = 1000,
    findings: pa.Table | Path | str | None = None,
) -> str:
    """The result as one SARIF log; at most `limit` places a group, personal data masked."""
    source = findings if findings is not None else result.findings_path
    records = records_of(result.groups, source, limit)
    codes = sorted({g.code for g in result.groups} | {o.code for o in result.outcomes})
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(result, codes, t)},
                "language": {"en": "en-US", "ru": "ru-RU", "uk": "uk-UA"}.get(t.language, "en-US"),
                "columnKind": "unicodeCodePoints",
                "invocations": [_invocation(result, codes, t)],
                "results": [
                    _result(g, records[g.id], result, codes.index(g.code), t) for g in result.groups
                ],
                "properties": {"run_id": result.run_id, "suppressed": result.suppressed},
            }
        ],
    }
    text = json.dumps(log, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _driver(result: Result, codes: Sequence[str], t: Translator) -> dict[str, Any]:
    version = result.versions.get("dq", "0")
    return {
        "name": "dq",
        "version": version,
        "semanticVersion": version,
        "rules": [_rule(code, result, t) for code in codes],
    }


def _rule(code: str, result: Result, t: Translator) -> dict[str, Any]:
    title = str(title_of(code, t))
    rule: dict[str, Any] = {"id": code, "name": title, "shortDescription": {"text": title}}
    why = str(why_sentence(code, t))
    if why:
        rule["fullDescription"] = {"text": why}
    worst = [g.severity for g in result.groups if g.code == code]
    if worst:
        rule["defaultConfiguration"] = {"level": _LEVELS[max(worst, key=lambda s: s.rank)]}
    rule["help"] = {"text": f"dq explain {code}"}
    return rule


def _invocation(result: Result, codes: Sequence[str], t: Translator) -> dict[str, Any]:
    notices: list[dict[str, Any]] = [
        {
            "level": "error",
            "associatedRule": {"id": o.code, "index": codes.index(o.code)},
            "message": {"text": str(t.t(o.reason, **o.args)) if o.reason else o.code},
        }
        for o in result.outcomes
        if o.outcome is Outcome.ERRORED
    ]
    notices += [
        {"level": "error", "message": {"text": str(t.t(n.code, **n.args))}}
        for n in result.notes
        if n.code == "source.refused"
    ]
    started = result.started if result.started.tzinfo else result.started.astimezone()
    return {
        "executionSuccessful": result.outcome != "errored",
        "exitCode": result.exit_code,
        "startTimeUtc": iso(started),
        "toolExecutionNotifications": notices,
    }


def _result(
    group: Group, some: Sequence[Finding], result: Result, index: int, t: Translator
) -> dict[str, Any]:
    currency = result.currency
    said = str(group_sentence(group, t, currency=currency))
    fix = str(fix_sentence(group, t, currency=currency))
    places = [_location(f, group, result) for f in some]
    made: dict[str, Any] = {
        "ruleId": group.code,
        "ruleIndex": index,
        "level": _LEVELS[group.severity],
        "kind": "fail",
        "message": {"text": f"{said} {fix}".strip()},
        "locations": places[:1] or [{"logicalLocations": [_logical(group.table, group.column)]}],
        "occurrenceCount": max(group.records, 1),
        "partialFingerprints": {"dqGroup/v1": sha256(group.id.encode()).hexdigest()[:32]},
        "properties": {
            "severity": group.severity.value,
            "table": group.table,
            "column": group.column,
            "money": None if group.money is None else format(group.money, "f"),
            "suppressed": group.suppressed,
            "truncated": len(some) < group.records,
        },
    }
    if places[1:]:
        made["relatedLocations"] = [{"id": n, **place} for n, place in enumerate(places[1:], 1)]
    if group.new is not None:
        whole = max(group.records, 1)
        state = "new" if group.new >= whole else "updated" if group.new else "unchanged"
        made["baselineState"] = state
    return made


def _logical(table: str, column: str | None, key: str | None = None) -> dict[str, Any]:
    parts = [part for part in (table, key, column) if part]
    return {"name": parts[-1], "fullyQualifiedName": "/".join(parts), "kind": "element"}


def _location(finding: Finding, group: Group, result: Result) -> dict[str, Any]:
    personal = group.personal
    column = finding.column or group.column
    key = str(shown_key(finding.key, personal=personal)) or None
    place: dict[str, Any] = {"logicalLocations": [_logical(group.table, column, key)]}
    value = shown_value(finding.value, column=column, personal=personal)
    if key or value:
        place["message"] = {"text": " ".join(str(p) for p in (key, value) if p)}
    if finding.file:
        physical: dict[str, Any] = {
            "artifactLocation": {"uri": uri_of(path_of(finding.file, result))}
        }
        line = line_of(finding, result)
        if line is not None:
            physical["region"] = {"startLine": line}
        place["physicalLocation"] = physical
    return place
