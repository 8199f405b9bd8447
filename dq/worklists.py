"""Worklists of a project: findings put into words, workbooks written, answers taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from dq.files import atomic_write, safe_name
from dq.findings import Finding, Group, Severity
from dq.repair.answers import Taken, read_answers, take
from dq.repair.suppress import until_day
from dq.repair.worklist import Item, Worklist, worklists
from dq.repair.worklist_sheet import ANSWERS, COLUMNS, Words, written

if TYPE_CHECKING:
    from dq.clock import Clock
    from dq.i18n.translator import Translator
    from dq.repair.stored import Chosen
    from dq.runs import Run
    from dq.store import Actor, Answer, Store

__all__ = ["take_answers", "write_worklists"]


def write_worklists(
    found: Chosen,
    run: Run,
    folder: Path,
    t: Translator,
    *,
    by: str,
    most: int,
    answers: Sequence[Answer] = (),
) -> list[tuple[Path, Worklist]]:
    """Write a workbook a list below `folder`; the paths with what is in them.

    `answers` are those taken before: the last one of each finding is shown beside it.
    """
    words = _words(run, t, {answer.finding: answer for answer in answers})
    made = []
    taken: set[str] = set()
    for worklist in worklists(found, by, most):
        stem = safe_name(worklist.name or str(t.t("worklist.no_owner")))
        name, number = stem, 2
        while name.casefold() in taken:
            name, number = f"{stem} {number}", number + 1
        taken.add(name.casefold())
        path = folder / f"{run.started.date().isoformat()} {name}.xlsx"
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_write(path, text=False) as stream:
            stream.write(written(worklist, run.run_id, t, words))
        made.append((path, worklist))
    return made


def take_answers(
    runs: Sequence[Run],
    files: Sequence[Path],
    store: Store,
    actor: Actor,
    clock: Clock,
    *,
    until: date | None = None,
    days: int | None = None,
) -> Taken:
    """Check all workbooks, then keep their answers in one decision."""
    by_id = {run.run_id: run for run in runs}
    given = [read_answers(path, by_id, _answer_words(), _headings()) for path in files]
    today = clock.now().date()
    return take(store, actor, given, until=until_day(today, until, days), today=today)


def _words(run: Run, t: Translator, answers: Mapping[str, Answer]) -> Words:
    from dq.formats.words import fix_sentence, one_sentence

    currency = run.document.get("currency")

    @cache
    def todo(code: str, table: str, column: str | None, cause: str | None) -> str:
        finding = Finding(code, Severity.WARNING, table, column=column, cause=cause)
        return str(fix_sentence(_group(finding), t, currency=currency))

    def of_item(item: Item) -> str:
        finding = item.finding
        return todo(finding.code, finding.table, finding.column, finding.cause)

    def before(item: Item) -> str:
        answer = answers.get(item.finding.id)
        if answer is None:
            return ""
        said = t.t(f"worklist.answer.{answer.answer}")
        day = date.fromisoformat(answer.answered[:10])
        told = str(t.t("worklist.before", answer=said, day=day, author=answer.author))
        return f"{told}: {answer.reason}" if answer.reason else told

    return Words(
        wrong=lambda item: str(one_sentence(item.finding, t, currency=currency)),
        todo=of_item,
        before=before,
    )


def _group(finding: Finding) -> Group:
    return Group(
        id="",
        code=finding.code,
        severity=finding.severity,
        table=finding.table,
        column=finding.column,
        cause=finding.cause,
        records=1,
        of=None,
        examples=(finding,),
    )


def _answer_words() -> Mapping[str, str]:
    """What may be written as an answer: its words in all languages."""
    return {
        str(t.t(f"worklist.answer.{answer}")).casefold(): answer
        for t in _translators()
        for answer in ANSWERS
    }


def _headings() -> Mapping[str, str]:
    return {
        str(t.t(f"worklist.head.{name}")).casefold(): name
        for t in _translators()
        for name in COLUMNS
    }


def _translators() -> list[Translator]:
    from dq.i18n import translator
    from dq.i18n.language import LANGUAGES

    return [translator(language) for language in LANGUAGES]
