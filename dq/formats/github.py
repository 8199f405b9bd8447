"""GitHub workflow commands: an annotation a group, at its first record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dq.findings import Finding, Group, Outcome, Result, Severity
from dq.formats.headline import headline_of
from dq.formats.places import line_of, path_of
from dq.formats.records import records_of
from dq.formats.words import fix_sentence, group_sentence, shown_key, title_of
from dq.i18n.translator import Translator

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["render_github"]

_COMMANDS = {
    Severity.CRITICAL: "error",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}
_KEYS = 10
"""Keys that an annotation names: it is one line on a page."""


def render_github(
    result: Result,
    t: Translator,
    *,
    limit: int = 1000,
    findings: pa.Table | Path | str | None = None,
) -> str:
    """A command a group, worst first, then the headline; personal data are masked."""
    source = findings if findings is not None else result.findings_path
    records = records_of(result.groups, source, min(limit, _KEYS))
    return "\n".join(_lines(result, records, t)) + "\n"


def _lines(result: Result, records: dict[str, tuple[Finding, ...]], t: Translator) -> Iterator[str]:
    for note in result.notes:
        if note.severity in ("error", "critical"):
            yield _command("error", {"title": "dq"}, t.t(note.code, **note.args))
    for outcome in result.outcomes:
        if outcome.outcome is Outcome.ERRORED and outcome.reason:
            said = t.t(outcome.reason, **outcome.args)
            yield _command("error", {"title": f"{outcome.code} {title_of(outcome.code, t)}"}, said)
    for group in result.groups:
        yield _annotation(group, records[group.id], result, t)
    if result.suppressed:
        yield _command("notice", {"title": "dq"}, t.n("suppress.counted", result.suppressed))
    kind = "notice" if result.exit_code == 0 else "error"
    yield _command(kind, {"title": "dq"}, str(headline_of(result, t)))


def _annotation(group: Group, some: Sequence[Finding], result: Result, t: Translator) -> str:
    currency = result.currency
    parts = [str(group_sentence(group, t, currency=currency))]
    fix = str(fix_sentence(group, t, currency=currency))
    if fix:
        parts.append(f"→ {fix}")
    keys = [str(shown_key(f.key, personal=group.personal)) for f in some if f.key]
    if keys:
        more = ["…"] if len(keys) < group.records else []
        parts.append(", ".join([*keys, *more]))
    places: dict[str, str] = {}
    first = next((f for f in some if f.file), None)
    if first is not None:
        places["file"] = path_of(str(first.file), result)
        line = line_of(first, result)
        if line is not None:
            places["line"] = str(line)
    places["title"] = f"{group.code} {title_of(group.code, t)}"
    return _command(_COMMANDS[group.severity], places, "\n".join(parts))


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {said}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
