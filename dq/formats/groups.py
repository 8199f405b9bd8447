"""Groups put into words: sentence, counts beside the whole, examples, folding by family."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from dq.findings import Finding, Group, Result, Severity, TableSummary
from dq.formats.words import (
    fix_sentence,
    group_sentence,
    shown_key,
    shown_value,
    title_of,
    why_sentence,
)
from dq.i18n.safe import Said, isolate, shorten
from dq.i18n.translator import Translator

__all__ = ["ExampleView", "Folded", "GroupView", "counts_of", "folded_groups", "group_view"]


@dataclass(frozen=True)
class ExampleView:
    """One record of a group, ready to be shown."""

    key: str
    value: str | None
    place: str
    money: str | None


@dataclass(frozen=True)
class GroupView:
    """A group in words. `more` counts the records that `examples` leave out."""

    number: int
    group: Group
    severity: str
    title: str
    sentence: str
    facts: tuple[str, ...]
    fix: str
    why: str
    examples: tuple[ExampleView, ...]
    more: int

    @property
    def place(self) -> str:
        """`table.column`, as commands take it."""
        column = f".{isolate(self.group.column)}" if self.group.column else ""
        return f"{isolate(self.group.table)}{column}"


@dataclass(frozen=True)
class Folded:
    """Groups of one family that the first screen leaves out."""

    family: str
    sentence: str
    groups: tuple[GroupView, ...]


def counts_of(groups: Sequence[Group], t: Translator) -> tuple[tuple[str, str], ...]:
    """Groups by severity, worst first: (severity, "5 errors")."""
    counted = [(s.value, sum(g.severity is s for g in groups)) for s in reversed(Severity)]
    return tuple((name, t.n(f"tally.{name}", count)) for name, count in counted if count)


def group_view(
    number: int, group: Group, records: Sequence[Finding], result: Result, t: Translator
) -> GroupView:
    """One group in words; `records` are those to show."""
    currency = result.currency
    examples = tuple(
        _example(f, group, result, t) for f in records if f.key is not None or f.row is not None
    )
    return GroupView(
        number=number,
        group=group,
        severity=t.severity(group.severity.value),
        title=title_of(group.code, t),
        sentence=group_sentence(group, t, currency=currency),
        facts=tuple(_facts(group, result, t)),
        fix=fix_sentence(group, t, currency=currency),
        why=why_sentence(group.code, t),
        examples=examples,
        more=max(group.records - len(examples), 0),
    )


def _facts(group: Group, result: Result, t: Translator) -> Iterable[Said]:
    """Counts and money of a group, each beside the whole it is a part of."""
    currency = result.currency
    if group.header and not _is_said(group, t):
        yield t.t("fact.header", header=shorten(group.header, 40))
    if group.records and group.of:
        share = t.percent(group.records / group.of)
        yield t.t("fact.share", of_records=t.of_records(group.table, group.of), share=share)
    table = _money_table(group, result)
    if group.records_won and not group.money_won:
        yield t.n("fact.won_alone", group.records_won)
    elif group.records_won and group.money_won is not None and table and table.money_won:
        money, whole = t.money(group.money_won, currency), t.money(table.money_won, currency)
        said = t.n("fact.won", group.records_won, money=money, whole=whole)
        yield _with_share(said, group.money_won, table.money_won, t)
    elif group.money == 0:
        pass
    elif group.money is not None and table and table.money:
        whole = t.money(table.money, currency)
        said = t.t("fact.amount", money=t.money(group.money, currency), whole=whole)
        yield _with_share(said, group.money, table.money, t)
    elif group.money is not None:
        yield t.t("fact.amount_alone", money=t.money(group.money, currency))
    elif group.records and table and table.money:
        yield t.t("fact.amount_unknown")
    if group.effect is not None:
        yield t.t("fact.effect", money=t.money(group.effect, currency))
    if group.new:
        yield t.t("fact.new", n=group.new)
    if group.suppressed:
        yield t.n("fact.suppressed", group.suppressed)


def _is_said(group: Group, t: Translator) -> bool:
    """Whether the file's own header is what the sentence or the place calls the column anyway."""
    words = {group.column, str(t.column(group.column or "", group.table))}
    return str(group.header).casefold() in {str(word).casefold() for word in words}


def _with_share(said: Said, part: Decimal, whole: Decimal, t: Translator) -> Said:
    return Said(f"{said} ({t.percent(float(part / whole))})") if 0 < part < whole else said


def _money_table(group: Group, result: Result) -> TableSummary | None:
    """The table whose amounts a group's are a part of: deals for the lines of deals."""
    tables = {table.name: table for table in result.tables}
    own = tables.get(group.table)
    if group.table == "deal_lines" and (own is None or own.money_won is None):
        return tables.get("deals", own)
    return own


def _example(finding: Finding, group: Group, result: Result, t: Translator) -> ExampleView:
    column = finding.column or group.column
    value = shown_value(finding.value, column=column, personal=group.personal)
    return ExampleView(
        key=shown_key(finding.key, personal=group.personal),
        value=None if _is_amount(finding) else value,
        place=_place(finding, result, t),
        money=t.money(finding.money, result.currency) if finding.money is not None else None,
    )


def _is_amount(finding: Finding) -> bool:
    """Whether the value is the record's amount itself, which is shown anyway."""
    try:
        return finding.money is not None and Decimal(finding.value or "") == finding.money
    except InvalidOperation:
        return False


def _place(finding: Finding, result: Result, t: Translator) -> Said:
    parts = []
    if finding.file:
        parts.append(isolate(shorten(Path(finding.file).name, 36)))
    if finding.row is not None and finding.sheet:
        parts.append(t.t("example.sheet_row", sheet=finding.sheet, row=finding.row))
    elif finding.row is not None:
        parts.append(t.t("example.row", row=finding.row))
    return Said(", ".join(parts))


def folded_groups(views: Sequence[GroupView], t: Translator) -> tuple[Folded, ...]:
    """Groups that the first screen leaves out, a line a family."""
    families: dict[str, list[GroupView]] = {}
    for view in views:
        families.setdefault(view.group.code[:1], []).append(view)
    return tuple(
        Folded(family=t.family(letter), sentence=_folded(letter, members, t), groups=tuple(members))
        for letter, members in families.items()
    )


def _folded(letter: str, members: Sequence[GroupView], t: Translator) -> Said:
    counts = counts_of([member.group for member in members], t)
    said = Said(", ".join(words for _, words in counts))
    return t.t("folded.family", family=t.family(letter), counts=said)
