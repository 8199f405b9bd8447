"""All runs of a project in a row: how many findings, which score, under which rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from dq.repair.diff import rules_of

if TYPE_CHECKING:
    from dq.runs import Run

__all__ = ["Point", "history"]


@dataclass(frozen=True)
class Point:
    """One run of the history.

    `scores` by table; None where a rule errored. `joins`: it had the rules of the run before,
    so that its scores go on where those end. `new` and `gone` against the run before; None
    where that was not kept.
    """

    run_id: str
    started: datetime
    as_of: date | None
    outcome: str
    totals: dict[str, int]
    suppressed: int
    scores: dict[str, float | None]
    rules: str | None
    joins: bool
    new: int | None
    gone: int | None


def history(runs: Sequence[Run], table: str | None = None) -> tuple[Point, ...]:
    """The runs in their order; `table`: only the scores of this one."""
    points: list[Point] = []
    for run in runs:
        document = run.document
        since: dict[str, Any] = document.get("since") or {}
        day = document["as_of"]["date"]
        scores = {t["name"]: t.get("score") for t in document["tables"]}
        if table is not None:
            scores = {name: score for name, score in scores.items() if name == table}
        rules = rules_of(run)
        points.append(
            Point(
                run_id=run.run_id,
                started=run.started,
                as_of=date.fromisoformat(day) if day else None,
                outcome=run.outcome,
                totals={name: int(n) for name, n in document["totals"].items()},
                suppressed=int(document.get("suppressed", 0)),
                scores=scores,
                rules=rules,
                joins=not points or (rules is not None and rules == points[-1].rules),
                new=since.get("new"),
                gone=since.get("gone"),
            )
        )
    return tuple(points)
