"""A110: the data confess.

The seller knew and wrote it down: «неверный номер», "duplicate", «тест» in a note, a tag or a
reason. Nobody read it, and the record is counted as a lead all the same. Words inside another
sense confess nothing (a test drive, the wrong number of an invoice, «не дубль»). That nobody
answers is information, and only on a card: in a call or a reason it is a result like others.

Example: a lead with the tag "wrong number given".
Repair: correct the phone, merge the duplicate, delete the test; then clear the word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.values import clear_text, plain_letters, value_check
from dq.crm.headers import header_key
from dq.findings import Severity
from dq.sql import portable as f
from dq.text.folding import fold_tight
from dq.text.notes import ConfessionJudge, confessing_phrases
from dq.text.verdict import Verdict

__all__ = ["RULE"]

CARDS = ("accounts", "contacts", "deals", "leads")
"""Tables of which a record is a person, a firm or a deal, and not one event."""

UNREACHED = ("no_answer", "switched_off")

TAGS = frozenset(
    "tag tags label labels note notes comment comments remark remarks тег теги тэг тэги метка "
    "метки примечание примечания комментарий комментарии заметка заметки мітка мітки примітка "
    "примітки коментар коментарі нотатка нотатки".split()
)
REASONS = frozenset("reason reasons причина причины причини".split())
RESULTS = REASONS | frozenset("result results результат".split())

_OUTSIDE = "[^0-9a-zа-яіїєґў]"


@dataclass(frozen=True)
class _Judge:
    """The judge of notes. `card`: that nobody answers counts, as information.

    `settled`: the column is the reason why the record was closed, which is information.
    """

    card: bool
    settled: bool = False

    def __call__(self, value: str) -> Verdict | None:
        verdict = ConfessionJudge()(value)
        if verdict is None or verdict.cause not in UNREACHED:
            return verdict and self._of(verdict)
        return replace(verdict, severity=Severity.INFO.value) if self.card else None

    def _of(self, verdict: Verdict) -> Verdict:
        return replace(verdict, severity=Severity.INFO.value) if self.settled else verdict


def checks(context: RuleContext) -> Iterator[CheckLike]:
    found = False
    for name in sorted(context.tables):
        for column in clear_text(context.tables[name], ("note", "category", "text")):
            words = set(header_key(column.header or column.name).split())
            words |= set(column.name.split("_") if column.canonical else ())
            if column.kind != "note" and not words & (TAGS | RESULTS):
                continue
            found = True
            reason = bool(words & RESULTS)
            judge = _Judge(card=name in CARDS and not reason, settled=bool(words & REASONS))
            yield value_check(context, name, column.name, judge, _suspect(column))
    if not found:
        yield Skip(None, "needs.notes")


def _suspect(column: ColumnFacts) -> exp.Expression:
    """Whether any phrase stands in the text, whatever is around it."""
    phrases = sorted({fold_tight(p) for p in confessing_phrases()})
    stems = "|".join(_pattern(p[:-1]) for p in phrases if p.endswith("*"))
    whole = "|".join(_pattern(p) for p in phrases if not p.endswith("*"))
    pattern = f"(?:^|{_OUTSIDE})(?:{stems}|(?:{whole})(?:$|{_OUTSIDE}))"
    return f.search(plain_letters(f.col(column.name)), pattern)


def _pattern(phrase: str) -> str:
    """A phrase with any signs between its words; `*` inside it goes on with letters."""
    return f"{_OUTSIDE}+".join(word.replace("*", "[^ ]*") for word in phrase.split())


RULE = Rule(
    code="A110",
    slug="confessed",
    family="A",
    scope=Scope.ROW,
    severity=Severity.WARNING,
    checks=checks,
    needs=("notes, tags or reasons in any table",),
    doc=__doc__ or "",
)
