"""Counting for many checks in one scan: how many records each can judge, how many it hits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from dq.checks.executor.plan import Plan
from dq.checks.rule import Rule
from dq.engines.base import Engine
from dq.errors import DqError
from dq.sql import portable as f

__all__ = ["Counted", "census"]

AT_ONCE = 128
"""Checks counted in one query: plans grow faster than the work they save."""


@dataclass(frozen=True)
class Counted:
    """What a check needs counted: records to judge (None: all) and records that it hits."""

    rule: Rule
    judged: exp.Expression | None
    hit: exp.Expression


def census(engine: Engine, plan: Plan, table: str, wanted: Sequence[Counted]) -> list[int]:
    """Hits of each; evidence goes into the plan. One that fails is errored and hits nothing."""
    hits: list[int] = []
    for start in range(0, len(wanted), AT_ONCE):
        hits += _block(engine, plan, table, wanted[start : start + AT_ONCE])
    return hits


def _block(engine: Engine, plan: Plan, table: str, wanted: Sequence[Counted]) -> list[int]:
    try:
        counts = _counts(engine, table, wanted)
    except DqError as error:
        if len(wanted) == 1:
            plan.errored(wanted[0].rule, table, error)
            return [0]
        half = len(wanted) // 2
        first = _block(engine, plan, table, wanted[:half])
        return first + _block(engine, plan, table, wanted[half:])
    for one, (judged, _) in zip(wanted, counts, strict=True):
        plan.judged(one.rule, table, judged)
    return [hit for _, hit in counts]


def _counts(engine: Engine, table: str, wanted: Sequence[Counted]) -> list[tuple[int, int]]:
    names: dict[exp.Expression, str] = {}

    def name(condition: exp.Expression | None) -> str:
        count = f.count() if condition is None else f.count_if(condition.copy())
        return names.setdefault(count, f"n{len(names)}")

    places = [(name(one.judged), name(one.hit)) for one in wanted]
    query = exp.select(*[f.alias(count, n) for count, n in names.items()])
    row = engine.query(query.from_(f.table(f"crm.{table}"), copy=False)).to_pylist()[0]
    return [(int(row[judged]), int(row[hit])) for judged, hit in places]
