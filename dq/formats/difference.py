"""Two runs beside each other, and all runs in a row, for people and as documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dq.findings import Finding
from dq.formats.grid import grid
from dq.formats.listed import listed_finding
from dq.formats.terminal import Paint, wrap
from dq.formats.words import shown_key, shown_value, title_of
from dq.i18n.safe import isolate
from dq.i18n.translator import Translator
from dq.repair.diff import CHANGES, Change, Diff, TableScores
from dq.repair.history import Point
from dq.repair.stored import is_personal, judged
from dq.runs import Run

__all__ = ["diff_document", "diff_text", "history_document", "history_text"]

_MARKS = {
    "new": "+", "returned": "+", "reopened": "+", "changed": "~", "gone": "-",
    "record_gone": "-", "not_judged": "?", "suppressed": "·",
}  # fmt: skip
_STYLES = {
    "new": "error", "returned": "error", "reopened": "warning", "changed": "warning",
    "gone": "good", "record_gone": "dim", "not_judged": "warning", "suppressed": "dim",
}  # fmt: skip
_GROUPS = 12
_TABLES = 3


def diff_text(diff: Diff, t: Translator, *, width: int, paint: Paint, verbose: bool = False) -> str:
    """What became of the findings, a line a rule and column; the scores where they compare."""
    return "\n".join(_diff(diff, t, width, paint, verbose)) + "\n"


def _diff(diff: Diff, t: Translator, width: int, paint: Paint, verbose: bool) -> Iterator[str]:
    yield paint(
        t.t("diff.head", before=_named(diff.before, t), after=_named(diff.after, t)), "bold"
    )
    counts = [(c, diff.count(c)) for c in CHANGES]
    said = [str(t.n(f"diff.{c}", n)) for c, n in counts if n]
    said.append(str(t.n("diff.unchanged", diff.unchanged)))
    yield from wrap(" · ".join(said), width)
    for change in CHANGES:
        members = [c for c in diff.changes if c.change == change]
        if not members:
            continue
        yield ""
        count = diff.count(change)
        yield paint(str(t.n(f"diff.{change}", count)), _STYLES[change])
        hint = f"diff.{change}.hint"
        if t.has(hint):
            for line in wrap(t.t(hint), width, first="  ", rest="  "):
                yield paint(line, "dim")
        shown = members if verbose else members[:_GROUPS]
        rows = [_change(each, t) for each in shown]
        yield from grid(rows, width, right={1}, whole={0, 2}, indent="  ")
        if len(shown) < len(members):
            yield "  " + t.n("diff.more", len(members) - len(shown))
    scores = list(_scores(diff, t, width, paint))
    if scores:
        yield ""
        yield from scores


def _change(change: Change, t: Translator) -> list[str]:
    place = isolate(change.table) + (f".{isolate(change.column)}" if change.column else "")
    personal = is_personal(change.table, change.column)
    keys = [_example(e, was, change, personal) for e, was in change.told() if e.key]
    if keys and change.findings > len(keys):
        keys.append("…")
    return [
        _MARKS[change.change],
        t.number(change.findings),
        change.code,
        str(title_of(change.code, t)),
        place,
        ", ".join(keys),
    ]


def _example(finding: Finding, was: str | None, change: Change, personal: bool) -> str:
    """The key; of what changed with the value before and now."""
    key = str(shown_key(finding.key, personal=personal))
    if change.change != "changed" or was == finding.value:
        return key
    column = change.column
    old, new = (
        shown_value(v, column=column, personal=personal) or "–" for v in (was, finding.value)
    )
    return f"{key} {old} → {new}"


def _scores(diff: Diff, t: Translator, width: int, paint: Paint) -> Iterator[str]:
    yield paint(t.t("diff.scores"), "bold")
    if not diff.comparable:
        yield from wrap(t.t("diff.other_rules"), width, first="  ", rest="  ")
        return
    rows = [_score(each, t) for each in diff.scores if each.before != each.after]
    rows = [row for row in rows if row[1] != row[2].removeprefix("→ ")]
    if not rows:
        yield "  " + t.t("diff.same_scores")
    yield from grid(rows, width, right={1, 2}, whole={0}, indent="  ")


def _score(each: TableScores, t: Translator) -> list[str]:
    sides = [
        t.percent(s) if s is not None else t.t("score.incomplete")
        for s in (each.before, each.after)
    ]
    return [str(t.table(each.table)), str(sides[0]), f"→ {sides[1]}"]


def _named(run: Run, t: Translator) -> str:
    return f"{t.moment(run.started)} ({run.run_id})"


def diff_document(diff: Diff, t: Translator, *, limit: int) -> dict[str, Any]:
    """The comparison as plain objects; at most `limit` findings, personal data masked."""
    currency = diff.after.document["currency"]
    of = judged(diff.after)
    rows = diff.rows.slice(0, limit).to_pylist() if limit else diff.rows.to_pylist()
    return {
        "dq": 1,
        "before": _run(diff.before),
        "after": _run(diff.after),
        "comparable": diff.comparable,
        "counts": {change: diff.count(change) for change in CHANGES},
        "unchanged": diff.unchanged,
        "scores": [
            {
                "table": s.table,
                "before": s.before if diff.comparable else None,
                "after": s.after,
            }
            for s in diff.scores
        ],
        "changes": [
            {
                "change": c.change,
                "code": c.code,
                "title": str(title_of(c.code, t)),
                "severity": c.severity.value,
                "table": c.table,
                "column": c.column,
                "findings": c.findings,
            }
            for c in diff.changes
        ],
        "findings": [listed_finding(row, t, currency, of=of) for row in rows],
        "truncated": len(rows) < diff.rows.num_rows,
    }


def _run(run: Run) -> dict[str, Any]:
    document = run.document
    return {
        "run_id": run.run_id,
        "started": document["started"],
        "as_of": document["as_of"]["date"],
        "outcome": run.outcome,
        "rules": document["versions"].get("rules"),
    }


def history_text(points: Sequence[Point], t: Translator, *, width: int, paint: Paint) -> str:
    """A line a run, newest last; where the rules changed a line says that scores end there."""
    if not points:
        return t.t("history.none") + "\n"
    tables = _told_tables(points)
    names = ("run", "as_of", "errors", "warnings", "new", "gone", "suppressed")
    header = [*(str(t.t(f"history.head.{n}")) for n in names), *(str(t.table(n)) for n in tables)]
    rows = [_point(point, tables, t) for point in points]
    every = range(len(header))
    lines = grid(rows, width, header=header, right=set(every[2:]), whole=set(every), paint=paint)
    made = [lines[0]]
    for point, line in zip(points, lines[1:], strict=True):
        if not point.joins:
            made.append(paint(f"── {t.t('history.other_rules')}", "warning"))
        made.append(line)
    return "\n".join(made) + "\n"


def _told_tables(points: Sequence[Point]) -> list[str]:
    """The tables with the worst scores of the last run."""
    last = points[-1].scores
    known = {name: score for name, score in last.items() if score is not None}
    worst = sorted(known, key=lambda name: (known[name], name))
    return worst[:_TABLES]


def _point(point: Point, tables: Sequence[str], t: Translator) -> list[str]:
    errors = point.totals.get("error", 0) + point.totals.get("critical", 0)
    cells = [
        str(t.moment(point.started)),
        str(t.day(point.as_of)) if point.as_of else "",
        t.number(errors),
        t.number(point.totals.get("warning", 0)),
        "" if point.new is None else t.number(point.new),
        "" if point.gone is None else t.number(point.gone),
        t.number(point.suppressed) if point.suppressed else "",
    ]
    for name in tables:
        score = point.scores.get(name)
        there = name in point.scores
        cells.append(
            str(t.percent(score))
            if score is not None
            else str(t.t("score.incomplete"))
            if there
            else ""
        )
    return cells


def history_document(points: Sequence[Point]) -> dict[str, Any]:
    """All runs as plain objects; `joins` false: scores are not to be joined with those before."""
    return {
        "dq": 1,
        "runs": [
            {
                "run_id": p.run_id,
                "started": p.started.isoformat(),
                "as_of": p.as_of.isoformat() if p.as_of else None,
                "outcome": p.outcome,
                "totals": p.totals,
                "suppressed": p.suppressed,
                "scores": p.scores,
                "rules": p.rules,
                "joins": p.joins,
                "new": p.new,
                "gone": p.gone,
            }
            for p in points
        ],
    }
