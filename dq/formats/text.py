"""Text for a person at a terminal: what was read, one sentence, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dq.findings import InputFact, Result
from dq.formats.terminal import Paint, pad, text_width, wrap
from dq.formats.view import SHOWN, ExampleView, GroupView, NoteView, RuleView, View, view_of
from dq.i18n.safe import Said, isolate, shorten
from dq.i18n.translator import Translator

__all__ = ["render_text"]

_MARKS = {"critical": "✗", "error": "✗", "warning": "!", "info": "·"}
_NOTES = 6
_EXAMPLES = 3


def render_text(
    result: Result,
    t: Translator,
    *,
    color: bool = False,
    width: int = 100,
    quiet: bool = False,
    verbose: bool = False,
) -> str:
    """The result as text, one trailing newline.

    Args:
        result: What was found.
        t: Speaks the language.
        color: Whether to colour.
        width: Columns of the terminal.
        quiet: Only the headline.
        verbose: Every group, every note, and why rules do not apply.
    """
    shown = len(result.groups) if verbose else SHOWN
    view = view_of(result, t, shown=shown, examples=_EXAMPLES)
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
        tail = [*self.folded(), *self.rules(), *self.notes()]
        if tail:
            yield ""
            yield from tail
        yield ""
        yield from self.rest()

    def headline(self) -> str:
        return self.paint(self.view.headline, "bold")

    def head(self) -> Iterator[str]:
        result, t = self.view.result, self.t
        entries: list[tuple[str, list[str]]] = [
            (t.t("label.read"), [*_read(result, t, verbose=self.verbose), *_unequal(result, t)]),
            (t.t("label.as_of"), [self.view.as_of]),
        ]
        counts = " · ".join(words for _, words in self.view.counts)
        if counts:
            entries.append((t.t("label.groups"), [counts]))
        entries.append((t.t("label.result"), [self.view.headline]))
        size = max(text_width(label) for label, _ in entries) + 2
        for label, texts in entries:
            style = "bold" if texts == [self.view.headline] else None
            for i, text in enumerate(texts):
                first = pad(label if i == 0 else "", size)
                for line in wrap(text, self.width - size):
                    yield self.paint(first, "dim") + (self.paint(line, style) if style else line)
                    first = " " * size
        if result.currency is None and any(g.money is not None for g in result.groups):
            for line in wrap(t.t("money.units_of_file"), self.width - size):
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
        yield from self.examples(view)
        if view.fix:
            yield from wrap(view.fix, self.width, first="  → ", rest="    ")

    def examples(self, view: GroupView) -> Iterator[str]:
        rows = [_cells(example) for example in view.examples]
        if not rows:
            return
        used = [i for i in range(4) if any(row[i] for row in rows)]
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

    def rules(self) -> Iterator[str]:
        t = self.t
        for rule in self.view.errored:
            said = _rule(rule, reason=True)
            label = self.paint(t.t("label.failed_rules"), "error")
            yield from wrap(f"{label}: {said}", self.width, rest="  ")
        for label, rules in (
            ("label.not_applicable", self.view.not_applicable),
            ("label.no_evidence", self.view.no_evidence),
        ):
            if rules and self.verbose:
                yield t.t(label) + ":"
                for rule in rules:
                    yield from wrap(_rule(rule, reason=True), self.width, first="  ", rest="    ")
            elif rules:
                yield from wrap(f"{t.t(label)}: {_by_name(rules)}", self.width, rest="  ")

    def notes(self) -> Iterator[str]:
        notes = self.view.notes
        shown = notes if self.verbose else notes[:_NOTES]
        for note in shown:
            yield from wrap(_note(note, self.t), self.width, rest="  ")
            if note.setting and self.verbose:
                said = f"{self.t.t('label.setting')}: {note.setting}"
                yield from wrap(said, self.width, first="  ", rest="    ")
        if len(notes) > len(shown):
            yield self.t.n("folded.notes", len(notes) - len(shown))

    def rest(self) -> Iterator[str]:
        command, _ = self.view.commands[0]
        label = self.t.t("label.rest")
        if self.verbose and len(self.view.commands) > 1:
            label, command = self.t.t("label.next"), self.view.commands[1][0]
        yield f"{label}: {self.paint(command, 'bold')}"


def _read(result: Result, t: Translator, *, verbose: bool) -> Iterator[str]:
    for fact in result.inputs:
        yield _input(fact, t)
        if fact.unmapped and verbose:
            headers = t.joined(isolate(shorten(h, 40)) for h in fact.unmapped)
            yield "  " + t.n("input.unmapped", len(fact.unmapped), headers=headers)


def _input(fact: InputFact, t: Translator) -> str:
    name = isolate(shorten(fact.file, 80))
    if fact.sheet:
        name = Said(f"{name}[{isolate(shorten(fact.sheet, 40))}]")
    rows = t.n("input.rows", fact.rows_read)
    left_out = fact.rows_read - fact.rows_kept
    if left_out:
        rows = Said(f"{rows}, {t.n('input.left_out', left_out)}")
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


def _cells(example: ExampleView) -> tuple[str, str, str, str]:
    return example.key, example.value or "", example.money or "", example.place


def _aligned(text: str, size: int, *, right: bool) -> str:
    return " " * (size - text_width(text)) + text if right else pad(text, size)


def _rule(rule: RuleView, *, reason: bool) -> str:
    name = _name(rule)
    if rule.tables:
        name += f" ({rule.tables})"
    return f"{name}: {rule.reason}" if reason and rule.reason else name


def _name(rule: RuleView) -> str:
    """Code and title; the code stays on the line of the title's first word."""
    return f"{rule.code}\u00a0{rule.title}" if rule.title != rule.code else rule.code


def _by_name(rules: Sequence[RuleView]) -> str:
    names: dict[str, str] = {}
    tables: dict[str, list[str]] = {}
    for rule in rules:
        names[rule.code] = _name(rule)
        tables.setdefault(rule.code, []).extend(_filled([rule.tables]))
    return ", ".join(
        f"{name} ({', '.join(tables[code])})" if tables[code] else name
        for code, name in names.items()
    )


def _note(note: NoteView, t: Translator) -> str:
    mark = t.severity(note.severity) if note.severity != "info" else t.t("label.note")
    sentence = f"{note.place}: {note.sentence}" if note.place else note.sentence
    return f"{mark[:1].upper()}{mark[1:]}: {sentence}"


def _filled(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if text]
