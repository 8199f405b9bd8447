"""Text for a person at a terminal: what was read, one sentence, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from dq.crm.presets import crm_title
from dq.findings import InputFact, Result
from dq.formats.terminal import Paint, pad, text_width, wrap
from dq.formats.view import ExampleView, GroupView, NoteView, RuleView, View, view_of
from dq.i18n.safe import Said, isolate, shorten
from dq.i18n.translator import Translator

__all__ = ["render_text"]

_MARKS = {"critical": "✗", "error": "✗", "warning": "!", "info": "·"}
_FILES = 8
_NOTES = 6
_EXAMPLES = 3
_NAMES = 5
_MISSING = 3
_LEAST = 8
_ORIGINS = 3

Cells = tuple[str, str, str, str]
"""Key, value, amount and place of an example."""


def render_text(
    result: Result,
    t: Translator,
    *,
    color: bool = False,
    width: int = 100,
    quiet: bool = False,
    verbose: bool = False,
    project: Path | None = None,
) -> str:
    """The result as text, one trailing newline.

    Args:
        result: What was found.
        t: Speaks the language.
        color: Whether to colour.
        width: Columns of the terminal.
        quiet: Only the headline.
        verbose: Every group, every note, and why rules do not apply.
        project: The folder of the project that it is about; None: files at hand.
    """
    view = view_of(result, t, everything=verbose, examples=_EXAMPLES, project=project)
    page = _Page(view, Paint(color), max(width, 40), verbose)
    lines = [page.headline()] if quiet else list(page.lines())
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Page:
    def __init__(self, view: View, paint: Paint, width: int, verbose: bool) -> None:
        self.view = view
        self.t = view.t
        self.paint = paint
        self.width = width
        self.verbose = verbose

    def lines(self) -> Iterator[str]:
        yield from self.head()
        for group in self.view.groups:
            yield ""
            yield from self.group(group)
        tail = [*self.folded(), *self.origins(), *self.meaning(), *self.rules(), *self.notes()]
        if tail:
            yield ""
            yield from tail
        rest = list(self.rest())
        if rest:
            yield ""
            yield from rest

    def headline(self) -> str:
        return self.paint(self.view.headline, "bold")

    def head(self) -> Iterator[str]:
        result, t = self.view.result, self.t
        entries: list[tuple[str, list[str]]] = [
            (t.t("label.read"), [*_read(result, t, verbose=self.verbose), *_unequal(result, t)]),
            (t.t("label.as_of"), [self.view.as_of]),
        ]
        if self.view.refused:
            entries.insert(1, (t.t("label.refused"), list(self.view.refused)))
        counts = " · ".join(words for _, words in self.view.counts)
        if counts:
            entries.append((t.t("label.groups"), [f"{self.view.causes}: {counts}"]))
        if self.view.since:
            entries.append((t.t("label.since"), [self.view.since]))
        if self.view.suppressed:
            entries.append((t.t("label.suppressed"), [self.view.suppressed]))
        entries.append((t.t("label.result"), [self.view.headline]))
        size = max(text_width(label) for label, _ in entries) + 2
        for label, texts in entries:
            style = "bold" if texts == [self.view.headline] else None
            style = "error" if label == t.t("label.refused") else style
            for i, text in enumerate(texts):
                first = pad(label if i == 0 else "", size)
                for line in wrap(text, self.width - size):
                    yield self.paint(first, "dim") + (self.paint(line, style) if style else line)
                    first = " " * size
        for line in wrap(self.view.units, self.width - size) if self.view.units else ():
            yield " " * size + self.paint(line, "dim")

    def group(self, view: GroupView) -> Iterator[str]:
        severity = view.group.severity.value
        mark = self.paint(_MARKS[severity], severity)
        first, *more = wrap(view.sentence, self.width - 2)
        yield f"{mark} {self.paint(first, 'bold')}"
        for line in more:
            yield f"  {self.paint(line, 'bold')}"
        word = self.paint(view.severity, severity)
        facts = " · ".join([view.group.code, view.place, *view.facts])
        indent = " " * (text_width(view.severity) + 5)
        head, *rest = wrap(facts, self.width, first=indent, rest="  ")
        yield f"  {word} · {head.lstrip(' ')}"
        yield from rest
        if severity == "info" and not self.verbose:
            return
        yield from self.examples(view)
        if view.fix:
            yield from wrap(view.fix, self.width, first="  → ", rest="    ")

    def examples(self, view: GroupView) -> Iterator[str]:
        rows = [_cells(example) for example in view.examples]
        if not rows:
            return
        used = [i for i in range(4) if any(row[i] for row in rows)]
        rows = _fitting(rows, self.width - 6 - 2 * (len(used) - 1))
        sizes = {i: max(text_width(row[i]) for row in rows) for i in used}
        for row in rows:
            cells = [_aligned(row[i], sizes[i], right=i == 2) for i in used]
            line = "      " + "  ".join(cells)
            narrow = text_width(line.rstrip()) <= self.width
            lines = [line] if narrow else wrap(line, self.width, first=" " * 6, rest=" " * 8)
            for each in lines:
                yield self.paint(each.rstrip(), "dim")

    def folded(self) -> Iterator[str]:
        for each in self.view.folded:
            yield from wrap(each.sentence, self.width, first="+ ", rest="  ")

    def origins(self) -> Iterator[str]:
        shown = self.view.origins if self.verbose else self.view.origins[:_ORIGINS]
        if shown:
            said = "; ".join(origin.said(self.t) for origin in shown)
            more = "; …" if len(shown) < len(self.view.origins) else ""
            yield from wrap(f"{self.t.t('label.origins')}: {said}{more}", self.width, rest="  ")

    def meaning(self) -> Iterator[str]:
        said = self.view.meaning
        if said:
            yield from wrap(f"{self.t.t('label.glossary')}: {said}", self.width, rest="  ")

    def rules(self) -> Iterator[str]:
        t = self.t
        for rule in self.view.errored:
            said = _rule(rule)
            label = self.paint(t.t("label.failed_rules"), "error")
            yield from wrap(f"{label}: {said}", self.width, rest="  ")
        if self.verbose:
            yield from self.reasons()
            return
        if self.view.missing:
            said = ", ".join(f"{code}\u00a0({_few(n)})" for code, n in self.view.missing.items())
            yield from wrap(f"{t.t('label.not_applicable')}: {said}", self.width, rest="  ")
        if self.view.no_evidence:
            said = _by_name(self.view.no_evidence)
            yield from wrap(f"{t.t('label.no_evidence')}: {said}", self.width, rest="  ")

    def reasons(self) -> Iterator[str]:
        for label, rules in (
            ("label.not_applicable", self.view.not_applicable),
            ("label.no_evidence", self.view.no_evidence),
        ):
            if rules:
                yield self.t.t(label) + ":"
            for rule in rules:
                yield from wrap(_rule(rule), self.width, first="  ", rest="    ")

    def notes(self) -> Iterator[str]:
        if self.verbose:
            for note in self.view.notes:
                yield from wrap(self.note(note, note.sentence), self.width, rest="  ")
                if note.setting:
                    said = f"{self.t.t('label.setting')}: {note.setting}"
                    yield from wrap(said, self.width, first="  ", rest="    ")
            return
        lines = self.view.brief
        for note in lines[:_NOTES]:
            yield from wrap(self.note(note, note.sentence), self.width, rest="  ")
        if len(lines) > _NOTES:
            yield self.t.n("folded.notes", len(lines) - _NOTES)

    def note(self, note: NoteView, said: str) -> str:
        plain = note.severity == "info"
        word = self.t.t("label.note") if plain else self.t.severity(note.severity)
        label = f"{word[:1].upper()}{word[1:]}"
        label = label if plain else self.paint(label, note.severity)
        return f"{label}: {note.place}: {said}" if note.place else f"{label}: {said}"

    def rest(self) -> Iterator[str]:
        """Commands that lead on, each with what it is for where that fits beside it."""
        first = f"{self.t.t('label.next')}: "
        rest = " " * text_width(first)
        size = max((text_width(command) for command, _ in self.view.commands), default=0)
        for command, words in self.view.commands:
            line = first + self.paint(pad(command, size), "bold")
            if text_width(first) + size + 2 + text_width(words) <= self.width:
                line += "  " + self.paint(words, "dim")
            yield line
            first = rest


def _read(result: Result, t: Translator, *, verbose: bool) -> Iterator[str]:
    facts = result.inputs if verbose else result.inputs[:_FILES]
    for fact in facts:
        line = _input(fact, t)
        if fact.tables and fact.unmapped:
            names = fact.unmapped if verbose else fact.unmapped[:_NAMES]
            shown = [isolate(shorten(name, 30)) for name in names]
            if len(names) < len(fact.unmapped):
                shown.append(Said("…"))
            line += "; " + t.n("input.unmapped", len(fact.unmapped), headers=t.joined(shown))
        yield line
    if len(facts) < len(result.inputs):
        yield t.n("input.more", len(result.inputs) - len(facts))


def _input(fact: InputFact, t: Translator) -> str:
    name = isolate(shorten(Path(fact.file).name, 60))
    if fact.sheet:
        name = Said(f"{name}[{isolate(shorten(fact.sheet, 40))}]")
    rows = t.n("input.rows", fact.rows_read)
    left_out = fact.rows_read - fact.rows_kept
    if left_out:
        rows = Said(f"{rows}, {t.n('input.left_out', left_out)}")
    system = crm_title(fact.preset)
    if system:
        name = Said(f"{name}, {isolate(system)}")
    became = t.joined(t.table(n) for n in fact.tables) if fact.tables else t.t("input.own_table")
    return f"{name}: {rows} → {became}"


def _unequal(result: Result, t: Translator) -> Iterator[str]:
    """A line for each table whose live rows are not all that was read."""
    for table in result.tables:
        if table.deleted or table.merged:
            line = t.t(
                "table.rows",
                table=t.table(table.name),
                read=table.read,
                live=table.live,
                deleted=table.deleted,
                merged=table.merged,
            )
            folded = t.n("table.collapsed", table.collapsed) if table.collapsed else ""
            yield f"{line}; {folded}" if folded else line
        elif table.collapsed:
            yield f"{t.table(table.name)}: {t.n('table.collapsed', table.collapsed)}"


def _cells(example: ExampleView) -> Cells:
    return example.key, example.value or "", example.money or "", example.place


def _fitting(rows: list[Cells], room: int) -> list[Cells]:
    """Values cut, if that brings each record onto one line."""
    widest = [max(text_width(row[i]) for row in rows) for i in range(4)]
    left = room - sum(widest) + widest[1]
    if left >= min(widest[1], _LEAST):
        return [(row[0], shorten(row[1], max(left, 1)), row[2], row[3]) for row in rows]
    return rows


def _aligned(text: str, size: int, *, right: bool) -> str:
    return " " * (size - text_width(text)) + text if right else pad(text, size)


def _rule(rule: RuleView) -> str:
    name = _name(rule)
    if rule.tables:
        name += f" ({rule.tables})"
    return f"{name}: {rule.reason}" if rule.reason else name


def _few(names: Sequence[str]) -> str:
    more = ", …" if len(names) > _MISSING else ""
    return ", ".join(names[:_MISSING]) + more


def _name(rule: RuleView) -> str:
    """Code and title; the code stays on the line of the title's first word."""
    return f"{rule.code}\u00a0{rule.title}" if rule.title != rule.code else rule.code


def _by_name(rules: Sequence[RuleView]) -> str:
    """Rules by their codes, each with its tables."""
    tables: dict[str, list[str]] = {}
    for rule in rules:
        tables.setdefault(rule.code, []).extend([rule.tables] if rule.tables else [])
    return ", ".join(
        f"{code}\u00a0({', '.join(names)})" if names else code
        for code, names in sorted(tables.items())
    )
