"""The scan page: one file that says what is wrong, worst first, and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dq.crm.presets import crm_title
from dq.findings import InputFact, Result
from dq.formats.html.environment import page
from dq.formats.view import view_of
from dq.i18n.safe import Said, isolate, shorten
from dq.i18n.translator import Translator

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["render_html"]

_EXAMPLES = 25
_DELIMITERS = {";": "semicolon", "\t": "tab", "|": "pipe"}


def render_html(
    result: Result,
    t: Translator,
    *,
    limit: int = 1000,
    findings: pa.Table | Path | str | None = None,
    project: Path | None = None,
) -> str:
    """The result as one self-contained page; at most 25 records a group, with the true count."""
    source = findings if findings is not None else result.findings_path
    view = view_of(result, t, examples=min(limit, _EXAMPLES), findings=source, project=project)
    return page(
        "scan.html.j2",
        t,
        view=view,
        result=result,
        title=_title(result, t, project),
        made=t.t("page.made", moment=result.started, seconds=_seconds(result.seconds, t)),
        inputs=[(fact, _input_name(fact), _detected(fact, t)) for fact in result.inputs],
        has_money=any(table.money is not None for table in result.tables),
        has_deleted=any(table.deleted for table in result.tables),
        has_merged=any(table.merged for table in result.tables),
    )


def _title(result: Result, t: Translator, project: Path | None) -> Said:
    if project is not None:
        return t.t("page.run", folder=shorten(project.resolve().name))
    names = list(dict.fromkeys(shorten(Path(fact.file).name) for fact in result.inputs))
    if not names:
        return Said("dq")
    if len(names) == 1:
        return t.t("page.scan", file=names[0])
    return t.n("page.scan_many", len(names) - 1, file=names[0])


def _seconds(seconds: float, t: Translator) -> Said:
    if seconds < 90:
        return t.t("time.seconds", seconds=round(seconds, 1))
    minutes, rest = divmod(round(seconds), 60)
    return t.t("time.minutes", minutes=minutes, seconds=rest)


def _input_name(fact: InputFact) -> Said:
    return isolate(shorten(Path(fact.file).name))


def _detected(fact: InputFact, t: Translator) -> Said:
    """What was recognised in a file and is not usual: sheet, encoding, delimiter, the CRM."""
    parts = [isolate(fact.format)]
    if fact.sheet:
        parts.append(t.t("detected.sheet", sheet=fact.sheet))
    if fact.encoding and fact.encoding.lower() not in {"utf-8", "ascii"}:
        parts.append(t.t("detected.encoding", encoding=fact.encoding))
    if fact.delimiter and fact.delimiter != ",":
        name = _DELIMITERS.get(fact.delimiter)
        said = t.t(f"delimiter.{name}") if name else fact.delimiter
        parts.append(t.t("detected.delimiter", delimiter=said))
    system = crm_title(fact.preset)
    if system:
        parts.append(t.t("detected.preset", preset=system))
    return t.joined(parts)
