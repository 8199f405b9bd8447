"""A result put into words of one language: what text and page show, before any layout."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dq.findings import InputFact, Note, Outcome, Result, RuleOutcome, Severity
from dq.formats.groups import ExampleView, Folded, GroupView, counts_of, folded_groups, group_view
from dq.formats.headline import headline_of
from dq.formats.records import records_of
from dq.formats.words import title_of
from dq.i18n.safe import Said, isolate, shorten
from dq.i18n.translator import Translator

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "SHOWN",
    "ExampleView",
    "Folded",
    "GroupView",
    "NoteView",
    "RuleView",
    "View",
    "own_words",
    "view_of",
]

SHOWN = 15
"""Groups that the first screen shows; the rest is folded by family."""

_OLD_DAYS = 7


@dataclass(frozen=True)
class RuleView:
    """A rule that judged nothing, or crashed, and why."""

    code: str
    title: str
    tables: str
    reason: str


@dataclass(frozen=True)
class NoteView:
    """A note in words; `setting` is the line for dq.yaml that declares what was detected."""

    severity: str
    sentence: str
    place: str
    setting: str | None


@dataclass(frozen=True)
class View:
    """All of a result in words."""

    result: Result
    t: Translator
    headline: str
    as_of: str
    counts: tuple[tuple[str, str], ...]  # severity, its number of groups in words
    groups: tuple[GroupView, ...]
    folded: tuple[Folded, ...]
    errored: tuple[RuleView, ...]
    not_applicable: tuple[RuleView, ...]
    no_evidence: tuple[RuleView, ...]
    notes: tuple[NoteView, ...]
    commands: tuple[tuple[str, str], ...]  # command, what it does


def own_words(result: Result, language: str) -> Translator:
    """The translator for a result: the language, with the words of the CRM it came from."""
    from dq.i18n.translator import translator

    presets = (i.preset for i in result.inputs if i.preset and i.preset != "generic")
    return translator(language, next(presets, None))


def view_of(
    result: Result,
    t: Translator,
    *,
    shown: int = SHOWN,
    examples: int = 3,
    findings: pa.Table | Path | str | None = None,
) -> View:
    """Put a result into words.

    Args:
        result: What was found.
        t: Speaks the language.
        shown: Groups shown one by one; the rest is folded by family.
        examples: Records shown of each group.
        findings: All findings, where more examples are wanted than the groups carry.
    """
    records = records_of(result.groups, findings, examples)
    views = [
        group_view(i, g, records[g.id][:examples], result, t)
        for i, g in enumerate(result.groups, start=1)
    ]
    by_outcome = partial(_rules, result.outcomes, t)
    return View(
        result=result,
        t=t,
        headline=headline_of(result, t),
        as_of=_as_of(result, t),
        counts=counts_of(result.groups, t),
        groups=tuple(views[:shown]),
        folded=folded_groups(views[shown:], t),
        errored=by_outcome(Outcome.ERRORED),
        not_applicable=by_outcome(Outcome.NOT_APPLICABLE),
        no_evidence=by_outcome(Outcome.NO_EVIDENCE),
        notes=_notes(result, t),
        commands=_commands(result, t),
    )


def _rules(
    outcomes: Sequence[RuleOutcome], t: Translator, outcome: Outcome
) -> tuple[RuleView, ...]:
    """Rules with one outcome; a rule with the same reason on several tables is one line."""
    lines: dict[tuple[str, str], list[str]] = {}
    for each in outcomes:
        if each.outcome is outcome:
            reason = t.t(each.reason, **each.args) if each.reason else Said("")
            lines.setdefault((each.code, reason), []).append(each.table or "")
    return tuple(
        RuleView(
            code=isolate(code),
            title=title_of(code, t),
            tables=t.joined(isolate(name) for name in tables if name),
            reason=reason,
        )
        for (code, reason), tables in lines.items()
    )


def _notes(result: Result, t: Translator) -> tuple[NoteView, ...]:
    notes: list[tuple[Note, InputFact | None]] = [(note, None) for note in result.notes]
    seen = {id(note) for note in result.notes}
    notes += [(n, fact) for fact in result.inputs for n in fact.notes if id(n) not in seen]
    views = [_note(note, fact, t) for note, fact in notes]
    ranks = {severity.value: -severity.rank for severity in Severity}
    return tuple(sorted(dict.fromkeys(views), key=lambda view: ranks.get(view.severity, 0)))


def _note(note: Note, fact: InputFact | None, t: Translator) -> NoteView:
    file = note.file or (fact.file if fact else None)
    if file:
        place = isolate(shorten(Path(file).name))
    else:
        place = isolate(note.table) if note.table else Said("")
    setting = None
    if note.setting:
        name, value = note.setting
        line = f"{name}: {_yaml(value)}"
        setting = isolate(f"sources: {{{_yaml(fact.name)}: {{{line}}}}}" if fact else line)
    return NoteView(note.severity, t.t(note.code, **note.args), place, setting)


def _yaml(value: object) -> str:
    """A scalar or flat list as one would write it in dq.yaml."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_yaml(item) for item in value) + "]"
    text = str(value)
    if isinstance(value, str) and (not text or not text.replace("_", "").isalnum()):
        return "'" + text.replace("'", "''") + "'"
    return text


def _as_of(result: Result, t: Translator) -> str:
    if result.as_of is None:
        return t.t("as_of.unknown")
    sentence = t.t(f"as_of.{result.as_of_origin}", day=t.day(result.as_of))
    days = (result.started.date() - result.as_of).days
    if result.as_of_origin == "newest_event" and days > _OLD_DAYS:
        return Said(f"{sentence}; {t.n('as_of.data_end', days)}")
    return sentence


def _commands(result: Result, t: Translator) -> tuple[tuple[str, str], ...]:
    """Commands that lead on from here, the one that shows the rest first."""
    worst = result.groups[0].code if result.groups else None
    commands: list[tuple[str, str]] = []
    if result.run_id:
        commands.append(("dq findings", t.t("next.scan")))
        if worst:
            export = f"dq findings --code {worst} --format xlsx --output {worst}.xlsx"
            commands.append((export, t.t("next.findings")))
        commands.append(("dq worklist --by owner --out worklists", t.t("next.worklist")))
    else:
        files = _files(result)
        commands.append((" ".join(["dq scan", *files, "--verbose"]), t.t("next.scan")))
        commands.append((" ".join(["dq init --from", *files]), t.t("next.init")))
    if worst:
        commands.append((f"dq explain {worst}", t.t("next.explain")))
    return tuple((isolate(command), words) for command, words in commands)


def _files(result: Result) -> list[str]:
    """The files that were read, quoted as this system's shell takes them."""
    names = dict.fromkeys(fact.file for fact in result.inputs)
    if os.name == "nt":
        return [subprocess.list2cmdline([name]) for name in names]
    return [shlex.quote(name) for name in names]
