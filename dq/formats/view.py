"""A result put into words of one language: what text and page show, before any layout."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dq.findings import InputFact, Note, Outcome, Result, RuleOutcome, Severity
from dq.formats.groups import ExampleView, Folded, GroupView, counts_of, folded_groups, group_view
from dq.formats.headline import headline_of
from dq.formats.records import records_of
from dq.formats.words import title_of
from dq.i18n.masking import mask_emails
from dq.i18n.safe import Said, isolate, shorten
from dq.i18n.translator import Translator

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "REFUSED",
    "SHOWN",
    "ExampleView",
    "Folded",
    "GroupView",
    "NoteView",
    "OriginView",
    "RuleView",
    "View",
    "own_words",
    "rule_views",
    "view_of",
]

SHOWN = 15
"""Errors and warnings that the first screen shows; the rest is folded by family."""

_ALIKE = 3
"""Of groups of one rule and column (a line each wrong name) the first screen shows so many."""

_FEW, _INFOS = 6, 3

REFUSED = "source.refused"
"""The note about a file that could not be read."""

_SEVERAL = "money.several_currencies"
_OLD_DAYS = 7
_YEAR, _YEARS = 365.25, 2
_LONG = 60


@dataclass(frozen=True)
class RuleView:
    """A rule that judged nothing, or crashed, and why; `missing`: what was never mapped."""

    code: str
    title: str
    tables: str
    reason: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class NoteView:
    """A note in words; `setting` is the line for dq.yaml that declares what was detected."""

    severity: str
    sentence: str
    place: str
    setting: str | None


@dataclass(frozen=True)
class OriginView:
    """What made records, how many of them are bad, and which share of its own that is."""

    table: str
    origin: str
    bad: int
    of: int
    share: str

    def said(self, t: Translator) -> Said:
        """The same in words."""
        return t.t("origin.said", origin=self.origin, bad=self.bad, of=self.of, table=self.table)


@dataclass(frozen=True)
class View:
    """All of a result in words."""

    result: Result
    t: Translator
    headline: str
    as_of: str
    units: str  # what amounts are in, where no currency says it; empty where none is shown
    causes: str  # the number of groups in words
    counts: tuple[tuple[str, str], ...]  # severity, its number of groups in words
    suppressed: str  # how many findings are accepted; empty where none are
    since: str  # what is new and gone since the last run; empty where there was none
    origins: tuple[OriginView, ...]  # what made the bad records, the most first
    meaning: str  # how far the glossary is; empty where there is none
    refused: tuple[str, ...]  # files that could not be read, and why
    groups: tuple[GroupView, ...]
    folded: tuple[Folded, ...]
    errored: tuple[RuleView, ...]
    not_applicable: tuple[RuleView, ...]
    no_evidence: tuple[RuleView, ...]
    notes: tuple[NoteView, ...]
    brief: tuple[NoteView, ...]  # the same, in one line a file
    commands: tuple[tuple[str, str], ...]  # command, what it does

    @property
    def missing(self) -> dict[str, tuple[str, ...]]:
        """What was never mapped, by the rule that needs it: C106 → deals.lost_reason."""
        names: dict[str, dict[str, None]] = {}
        for rule in sorted(self.not_applicable, key=lambda rule: rule.code):
            if rule.missing:
                names.setdefault(rule.code, {}).update(dict.fromkeys(rule.missing))
        return {code: tuple(found) for code, found in names.items()}


def own_words(result: Result, language: str) -> Translator:
    """The translator for a result: the language, with the words of the CRM it came from."""
    from dq.i18n.translator import translator

    presets = (i.preset for i in result.inputs if i.preset and i.preset != "generic")
    return translator(language, next(presets, None))


def view_of(
    result: Result,
    t: Translator,
    *,
    everything: bool = False,
    examples: int = 3,
    findings: pa.Table | Path | str | None = None,
    project: Path | None = None,
) -> View:
    """Put a result into words.

    Args:
        result: What was found.
        t: Speaks the language.
        everything: Whether all groups are shown one by one; else the first screen's, and the
            rest is folded by family.
        examples: Records shown of each group.
        findings: All findings, where more examples are wanted than the groups carry.
        project: The folder of the project that it is about; None: files at hand.
    """
    notes = _notes(result, t)
    records = records_of(result.groups, findings, examples)
    views = [
        group_view(i, g, records[g.id][:examples], result, t)
        for i, g in enumerate(result.groups, start=1)
    ]
    shown = views if everything else _first_screen(views)
    numbers = {view.number for view in shown}
    by_outcome = partial(_rules, result, t)
    return View(
        result=result,
        t=t,
        headline=headline_of(result, t),
        as_of=_as_of(result, t),
        units=_units(result, t),
        causes=t.n("tally.groups", len(result.groups)),
        counts=counts_of(result.groups, t),
        suppressed=t.n("suppress.counted", result.suppressed) if result.suppressed else "",
        refused=tuple(t.t(n.code, **n.args) for n in result.notes if n.code == REFUSED),
        since=_since(result, t),
        origins=tuple(_origins(result, t)),
        meaning=_meaning(result, t),
        groups=tuple(shown),
        folded=folded_groups([view for view in views if view.number not in numbers], t),
        errored=by_outcome(Outcome.ERRORED),
        not_applicable=by_outcome(Outcome.NOT_APPLICABLE),
        no_evidence=by_outcome(Outcome.NO_EVIDENCE),
        notes=notes,
        brief=tuple(_one_line_each(notes, t)),
        commands=_commands(result, t, project),
    )


def _since(result: Result, t: Translator) -> Said:
    """What is new and gone since the run before, in one line."""
    since = result.since
    if since is None:
        return Said("")
    parts = []
    if since.new:
        news = t.n("since.news", since.new)
        back = t.n("since.returned", since.returned) if since.returned else ""
        parts.append(f"{news} ({back})" if back else news)
    if since.gone:
        parts.append(t.n("since.gone", since.gone))
    said = ", ".join(parts) or t.t("since.same")
    day = t.t("since.day", day=since.day)
    rules = f" {t.t('since.rules')}" if since.rules_changed and since.new else ""
    return Said(f"{said} {day}.{rules}")


def _meaning(result: Result, t: Translator) -> str:
    count = result.meaning
    if count is None:
        return ""
    return t.t(
        "glossary.count",
        defined=count.defined,
        found=count.found,
        approved=count.approved,
        definitions=count.definitions,
        waiting=count.waiting,
    )


def _origins(result: Result, t: Translator) -> Iterator[OriginView]:
    for origin in result.origins:
        named = " ".join(part for part in (origin.origin, origin.name) if part)
        if origin.name and origin.origin == f"user:{origin.name}":
            named = origin.origin
        yield OriginView(
            table=t.table(origin.table),
            origin=isolate(mask_emails(shorten(named, 60))),
            bad=origin.bad,
            of=origin.of,
            share=t.percent(origin.bad / origin.of),
        )


def _first_screen(views: Sequence[GroupView]) -> list[GroupView]:
    """Errors and warnings, worst first; what is only for information where these are few."""
    infos = [view for view in views if view.group.severity is Severity.INFO]
    serious = []
    alike: Counter[tuple[str, str, str | None]] = Counter()
    for view in views:
        if view.group.severity is not Severity.INFO:
            kind = (view.group.code, view.group.table, view.group.column)
            alike[kind] += 1
            if alike[kind] <= _ALIKE:
                serious.append(view)
    return serious[:SHOWN] + (infos[:_INFOS] if len(serious) < _FEW else [])


def _rules(result: Result, t: Translator, outcome: Outcome) -> tuple[RuleView, ...]:
    there = {table.name for table in result.tables}
    return rule_views(result.outcomes, outcome, t, there)


def rule_views(
    outcomes: Iterable[RuleOutcome],
    outcome: Outcome,
    t: Translator,
    there: Collection[str] = (),
) -> tuple[RuleView, ...]:
    """Rules with one outcome; a rule with the same reason on several tables is one line.

    `there` are the tables at hand: what is missing does not name them.
    """
    lines: dict[tuple[str, str], list[str]] = {}
    missing: dict[tuple[str, str], tuple[str, ...]] = {}
    for each in outcomes:
        if each.outcome is outcome:
            reason = t.t(each.reason, **each.args) if each.reason else Said("")
            lines.setdefault((each.code, reason), []).append(each.table or "")
            missing[each.code, reason] = _missing(each, there)
    return tuple(
        RuleView(
            code=isolate(code),
            title=title_of(code, t),
            tables=t.joined(t.table(name) for name in tables if name),
            reason=reason,
            missing=missing[code, reason],
        )
        for (code, reason), tables in lines.items()
    )


def _missing(outcome: RuleOutcome, there: Collection[str]) -> tuple[str, ...]:
    """Columns and tables that a rule needs and nothing was mapped to."""
    if outcome.reason not in {"needs.columns", "needs.tables"}:
        return ()
    names: list[str] = []
    for value in outcome.args.values():
        listed = value if isinstance(value, (list, tuple)) else str(value).split(",")
        names += [str(name).strip() for name in listed]
    of = f"{outcome.table}." if outcome.table and outcome.reason == "needs.columns" else ""
    missing = [name if "." in name else of + name for name in names]
    return tuple(isolate(name) for name in missing if name and name not in there)


def _notes(result: Result, t: Translator) -> tuple[NoteView, ...]:
    notes: list[tuple[Note, InputFact | None]] = [(note, None) for note in result.notes]
    seen = {id(note) for note in result.notes}
    notes += [(n, fact) for fact in result.inputs for n in fact.notes if id(n) not in seen]
    views = [_note(n, fact, t) for n, fact in notes if n.code != REFUSED and not _is_usual(n)]
    ranks = {severity.value: -severity.rank for severity in Severity}
    return tuple(sorted(dict.fromkeys(views), key=lambda view: ranks.get(view.severity, 0)))


_SAID_ELSEWHERE = frozenset({"mapping.remembered", "mapping.preset_told", "source.sheet_read"})
"""What the list of files says anyway."""

_DELIMITERS = frozenset({",", ";", "\t"})
"""What columns are separated by in files that all programs write."""


def _is_usual(note: Note) -> bool:
    """Whether a note says only what everyone expects: commas, UTF-8, a mapping as before."""
    if note.code in _SAID_ELSEWHERE or note.args.get("format") == "html":
        return True
    encoding = str(note.args.get("encoding", "")).lower().replace("_", "-")
    if note.code == "source.delimiter":
        return note.args.get("delimiter") in _DELIMITERS
    return note.code == "source.encoding_detected" and encoding in {"utf-8", "ascii"}


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
    sentence = t.t(note.code, **note.args)
    named = bool(place) and sentence.startswith(place)
    return NoteView(note.severity, sentence, Said("") if named else place, setting)


def _one_line_each(notes: Sequence[NoteView], t: Translator) -> Iterator[NoteView]:
    """Notes of one file as one; the same said of several files once, with their number."""
    files: dict[tuple[str, str], list[str]] = {}
    for note in notes:
        files.setdefault((note.severity, note.place), []).append(note.sentence)
    alike: dict[tuple[str, str], list[str]] = {}
    for (severity, place), sentences in files.items():
        said = " ".join(dict.fromkeys(sentences))
        alike.setdefault((severity, said), []).append(place)
    for (severity, said), places in alike.items():
        place = places[0] if len(places) == 1 else t.n("note.files", len(places))
        yield NoteView(severity, said, place, None)


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
    day = t.day(result.as_of)
    days = (result.started.date() - result.as_of).days
    if result.as_of_origin == "newest_event" and days > _OLD_DAYS:
        if days >= _YEARS * _YEAR:
            return t.n("as_of.data_end_years", round(days / _YEAR), day=day)
        return t.n("as_of.data_end", days, day=day)
    return t.t(f"as_of.{result.as_of_origin}", day=day)


def _units(result: Result, t: Translator) -> Said:
    if result.currency is not None:
        return Said("")
    if any(note.code == _SEVERAL for note in result.notes):
        return t.t("money.several")
    amounts = [*(g.money for g in result.groups), *(s.money for s in result.tables)]
    return t.t("money.units_of_file") if any(a is not None for a in amounts) else Said("")


def _commands(result: Result, t: Translator, project: Path | None) -> tuple[tuple[str, str], ...]:
    """Commands that lead on from here."""
    commands: list[tuple[str, str]] = []
    if result.groups:
        commands.append((f"dq explain {result.groups[0].code}", t.t("next.explain")))
    if project is not None and result.groups and result.run_id is not None:
        commands.append((_in_project("findings", project), t.t("next.findings")))
    since = result.since if project is not None else None
    if project is not None and since is not None and (since.new or since.gone):
        commands.append((_in_project("diff", project), t.t("next.diff")))
    if project is not None and result.groups:
        commands.append((_in_project("run", project), t.t("next.again")))
    if project is None and result.run_id is None:
        commands.append((f"dq init --from {_files(result)}", t.t("next.init")))
    return tuple((isolate(command), words) for command, words in commands)


def _in_project(verb: str, project: Path) -> str:
    where = _quoted([project]) if project.resolve() != Path.cwd() else ""
    return f"dq -C {where} {verb}" if where else f"dq {verb}"


def _files(result: Result) -> str:
    """What was read, quoted as this system's shell takes it: the file, the folder, the files."""
    databases = dict.fromkeys(fact.url for fact in result.inputs if fact.url)
    paths = list(dict.fromkeys(Path(fact.file) for fact in result.inputs if not fact.url))
    folders = {path.parent for path in paths}
    named = _quoted(paths)
    many = len(paths) > 1 and len(folders) == 1 and len(named) > _LONG
    words = [_quoted(folders) if many else named, _quoted(databases)]
    return " ".join(word for word in words if word)


def _quoted(paths: Iterable[Path | str]) -> str:
    names = [path if isinstance(path, str) else _from_here(path) for path in paths]
    return subprocess.list2cmdline(names) if os.name == "nt" else shlex.join(names)


def _from_here(path: Path) -> str:
    """The path as one would type it in the working folder."""
    try:
        return str(path.relative_to(Path.cwd())) if path.is_absolute() else str(path)
    except (ValueError, OSError):
        return str(path)
