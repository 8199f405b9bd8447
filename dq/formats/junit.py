"""JUnit XML: a suite a table, a case a rule; what fails the command fails the case.

Kept to the common schema of Ant's JUnit task (one of skipped, error and failure a case),
which build servers read. Warnings stand in `system-out` of the suite.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

from dq.findings import Finding, Group, Outcome, Result, RuleOutcome
from dq.formats.records import records_of
from dq.formats.words import finding_sentence, fix_sentence, group_sentence, shown_key, title_of
from dq.i18n.translator import Translator

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["render_junit"]

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WHOLE = "dq"
"""The suite of what is of no table."""

Records = dict[str, tuple[Finding, ...]]


def render_junit(
    result: Result,
    t: Translator,
    *,
    limit: int = 1000,
    findings: pa.Table | Path | str | None = None,
) -> bytes:
    """The result as JUnit XML; personal data are masked."""
    source = findings if findings is not None else result.findings_path
    records = records_of(result.groups, source, limit)
    tables = [table.name for table in result.tables]
    others = {o.table or _WHOLE for o in result.outcomes} | {g.table for g in result.groups}
    names = [*tables, *sorted(others - set(tables))]
    if any(note.code == "source.refused" for note in result.notes) and _WHOLE not in names:
        names.append(_WHOLE)
    suites = Xml.Element("testsuites")
    for number, name in enumerate(names):
        suites.append(_suite(number, name, result, records, t))
    Xml.indent(suites)
    text: bytes = Xml.tostring(suites, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _suite(number: int, name: str, result: Result, records: Records, t: Translator) -> Xml.Element:
    suite = Xml.Element("testsuite")
    properties = Xml.SubElement(suite, "properties")
    table = next((s for s in result.tables if s.name == name), None)
    facts: dict[str, object] = {"run_id": result.run_id, "as_of": result.as_of}
    if table is not None:
        facts |= {
            "live": table.live,
            "score": table.score,
            "score_with_suppressed": table.score_with_suppressed,
        }
    outcomes = [o for o in result.outcomes if (o.table or _WHOLE) == name]
    facts["suppressed"] = sum(o.suppressed for o in outcomes)
    for key, value in facts.items():
        if value is not None:
            Xml.SubElement(properties, "property", name=key, value=str(value))
    groups = [g for g in result.groups if g.table == name]
    cases = [_case(o, name, groups, result, records, t) for o in outcomes]
    if name == _WHOLE:
        cases += [
            _refused(t.t(n.code, **n.args)) for n in result.notes if n.code == "source.refused"
        ]
    suite.extend(cases)
    lesser = [g for g in groups if g.severity.rank < result.fail_on.rank]
    said = "\n".join(_group(g, records[g.id], result, t) for g in lesser)
    Xml.SubElement(suite, "system-out").text = _inert(said)
    Xml.SubElement(suite, "system-err").text = ""
    counts = {kind: sum(c.find(kind) is not None for c in cases) for kind in _ENDS}
    for key, text in {
        "name": name,
        "package": "dq",
        "id": str(number),
        "timestamp": result.started.strftime("%Y-%m-%dT%H:%M:%S"),
        "hostname": "localhost",
        "tests": str(len(cases)),
        "failures": str(counts["failure"]),
        "errors": str(counts["error"]),
        "skipped": str(counts["skipped"]),
        "time": f"{result.seconds if number == 0 else 0:.3f}",
    }.items():
        suite.set(key, text)
    return suite


_ENDS = ("failure", "error", "skipped")


def _case(
    outcome: RuleOutcome,
    table: str,
    groups: Sequence[Group],
    result: Result,
    records: Records,
    t: Translator,
) -> Xml.Element:
    title = f"{outcome.code} {title_of(outcome.code, t)}"
    case = Xml.Element("testcase", name=_token(title), classname=f"dq.{table}", time="0")
    reason = str(t.t(outcome.reason, **outcome.args)) if outcome.reason else ""
    if outcome.outcome is Outcome.ERRORED:
        Xml.SubElement(case, "error", message=_inert(reason), type=outcome.code).text = ""
        return case
    if outcome.outcome in (Outcome.NOT_APPLICABLE, Outcome.NO_EVIDENCE):
        said = reason or str(t.outcome(outcome.outcome.value))
        Xml.SubElement(case, "skipped", message=_inert(said))
        return case
    own = [g for g in groups if g.code == outcome.code and g.severity.rank >= result.fail_on.rank]
    if own:
        first = str(group_sentence(own[0], t, currency=result.currency))
        kind = f"{outcome.code} {own[0].severity.value}"
        failure = Xml.SubElement(case, "failure", message=_inert(first), type=kind)
        failure.text = _inert("\n".join(_group(g, records[g.id], result, t) for g in own))
    return case


def _refused(said: str) -> Xml.Element:
    case = Xml.Element("testcase", name="read", classname="dq", time="0")
    Xml.SubElement(case, "error", message=_inert(said), type="source").text = ""
    return case


def _group(group: Group, some: Sequence[Finding], result: Result, t: Translator) -> str:
    """A group with its records, a line each, and how many are left out."""
    currency = result.currency
    severity = t.severity(group.severity.value)
    lines = [f"{group.code} {severity}: {group_sentence(group, t, currency=currency)}"]
    fix = fix_sentence(group, t, currency=currency)
    if fix:
        lines.append(f"  → {fix}")
    shown = [f for f in some if f.key is not None]
    for finding in shown:
        key = shown_key(finding.key, personal=group.personal)
        said = finding_sentence(finding, t, personal=group.personal, currency=currency, of=group.of)
        place = ":".join(str(p) for p in (finding.file, finding.row) if p is not None)
        lines.append(f"  {key}  {said}  {place}".rstrip())
    if len(shown) < group.records:
        lines.append(f"  {t.n('example.more', group.records - len(shown))}")
    return "\n".join(lines)


def _token(text: str) -> str:
    """White space as the schema's tokens have it."""
    return " ".join(_inert(text).split())


def _inert(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
