"""The baseline: how a table's columns looked in the year before a day, as it is kept.

Kept are counts of tokens by week: words of columns that are not personal, and otherwise orders
of magnitude, days, lengths and alphabets. No name, address, phone or note is in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from dq.errors import UsageError
from dq.semantics.drift.counts import WEEK, Counts, Window, count
from dq.semantics.drift.limits import SETTLING_DAYS, WEEKS
from dq.semantics.drift.watch import TableLike, Watch, segment_column, watched

if TYPE_CHECKING:
    from dq.engines.base import Engine
    from dq.semantics.glossary import Glossary
    from dq.store import Actor, Store

__all__ = ["Baseline", "adopt", "approve", "baselines", "look", "settled", "span_of", "year_before"]

SETTING = "drift."


@dataclass(frozen=True)
class Baseline:
    """A table in the year before `end` (not in it).

    `shapes` and `dates` tell for each column what was counted and by which date; `fields` are
    digests of what the glossary said of the columns. `adopted` and `approved` tell who did,
    when and why: `{by, at, because}`.
    """

    table: str
    end: date
    counts: Mapping[str, Counts]
    shapes: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    adopted: Mapping[str, str] = field(default_factory=dict)
    approved: Mapping[str, str] = field(default_factory=dict)

    @property
    def known(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Shape and counted words of each column."""
        return {name: (self.shapes[name], of.tokens) for name, of in self.counts.items()}

    def comparable(self, watch: Watch) -> bool:
        """Whether the column was counted then as it is now."""
        return self.shapes.get(watch.column) == watch.shape and (
            self.dates.get(watch.column) == watch.by
        )

    def as_json(self) -> dict[str, Any]:
        """What is kept."""
        return {
            "baseline": 1,
            "end": self.end.isoformat(),
            "columns": {
                name: {
                    "shape": self.shapes[name],
                    "by": self.dates[name],
                    **_counts_json(of),
                    "parts": {part: _counts_json(own) for part, own in of.parts.items()},
                }
                for name, of in self.counts.items()
            },
            "fields": dict(self.fields),
            "adopted": dict(self.adopted),
            "approved": dict(self.approved),
        }

    @classmethod
    def of_json(cls, table: str, kept: Mapping[str, Any]) -> Baseline:
        """From what is kept."""
        columns = kept["columns"]
        return cls(
            table=table,
            end=date.fromisoformat(kept["end"]),
            counts={
                name: replace(
                    _counts(of), parts={part: _counts(own) for part, own in of["parts"].items()}
                )
                for name, of in columns.items()
            },
            shapes={name: of["shape"] for name, of in columns.items()},
            dates={name: of["by"] for name, of in columns.items()},
            fields=kept["fields"],
            adopted=kept["adopted"],
            approved=kept["approved"],
        )


def _counts_json(of: Counts) -> dict[str, Any]:
    """Tokens, and for each its rows by week as one text (a list of numbers takes ten times)."""
    return {
        "tokens": list(of.tokens),
        "weeks": len(of.n),
        "n": [" ".join(map(str, of.n[:, i].tolist())) for i in range(len(of.tokens))],
    }


def _counts(kept: Mapping[str, Any]) -> Counts:
    rows = [[int(n) for n in line.split()] for line in kept["n"]]
    array = np.array(rows, dtype=np.int64).T if rows else np.zeros((kept["weeks"], 0), np.int64)
    return Counts(tuple(kept["tokens"]), array)


def year_before(end: date) -> Window:
    """The window of a reference that ends before a day."""
    return Window(end - timedelta(days=WEEK * WEEKS), end)


def span_of(
    engine: Engine, source: str, watches: Sequence[Watch], as_of: date
) -> tuple[date, date] | None:
    """First and last day of a table's records, not after the business day; None without any."""
    from sqlglot import exp

    from dq.sql import portable as f

    event = f.col(watches[0].event)
    days = f.date_of(event)
    query = exp.select(f.alias(f.min(days), "a"), f.alias(f.max(days.copy()), "b"))
    query = query.from_(f.table(source)).where(event.copy() < f.lit(as_of + timedelta(days=1)))
    row = engine.query(query).to_pylist()[0]
    return None if row["a"] is None else (row["a"], row["b"])


def settled(
    counts: Mapping[str, Counts], watches: Sequence[Watch], window: Window, first: date
) -> dict[str, Counts]:
    """A reference without the weeks in which columns taken by a later date were not complete.

    In the first half year of a table only what goes fast has been closed, paid or answered.
    """
    known = {w.column: w for w in watches}
    young = (first + timedelta(days=SETTLING_DAYS) - window.start).days
    weeks = min(max(-(-young // WEEK), 0), window.weeks)
    return {name: of if known[name].of_all else of.without(weeks) for name, of in counts.items()}


def look(
    engine: Engine,
    table: TableLike,
    as_of: date,
    glossary: Glossary | None = None,
    *,
    source: str | None = None,
    live: bool = False,
) -> Baseline | None:
    """How a table looks now; None where its records have no date or there are none.

    `source` is another table of the engine with (some of) its columns, as an earlier run kept
    it; `live`: it has dead rows too.
    """
    name = source or f"crm.{table.name}"
    there = set(engine.schema(name).names)
    watches = [w for w in watched(table) if {w.column, w.by, w.event} <= there]
    days = span_of(engine, name, watches, as_of) if watches else None
    if days is None:
        return None
    end = days[1] + timedelta(days=1)
    parts = segment_column(table)
    if parts is not None and parts[0] not in there:
        parts = None
    counts = count(engine, name, watches, year_before(end), parts=parts, live=live)
    counts = settled(counts, watches, year_before(end), days[0])
    return Baseline(
        table=table.name,
        end=end,
        counts=counts,
        shapes={w.column: w.shape for w in watches},
        dates={w.column: w.by for w in watches},
        fields=field_digests(table.name, glossary),
    )


def field_digests(table: str, glossary: Glossary | None) -> dict[str, str]:
    """Of each column whose unit or values the glossary tells: a digest of both."""
    found = {}
    for spec in glossary.fields.values() if glossary else ():
        if spec.table == table and (spec.unit or spec.values):
            text = json.dumps([spec.unit, sorted(spec.values)], ensure_ascii=False)
            found[spec.column] = hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
    return found


# --- what is kept of it -------------------------------------------------------------------


def baselines(store: Store, tables: Sequence[str]) -> dict[str, Baseline]:
    """The references of tables: the approved one, else the adopted one."""
    found = {}
    for table in tables:
        kept = store.setting(SETTING + table) or {}
        chosen = kept.get("approved") or kept.get("adopted")
        if chosen:
            found[table] = Baseline.of_json(table, chosen)
    return found


def adopt(store: Store, actor: Actor, made: Sequence[Baseline], because: str, now: str) -> None:
    """Keep baselines as adopted; an approved one stands until they are approved too."""
    names = ", ".join(sorted(b.table for b in made))
    with store.decide(actor, "drift.adopt", f"drift/{names}", because) as decision:
        for each in made:
            kept = store.setting(SETTING + each.table) or {}
            told = {"by": actor.name, "at": now, "because": because}
            kept["adopted"] = replace(each, adopted=told, approved={}).as_json()
            decision.set(SETTING + each.table, kept)


def approve(store: Store, actor: Actor, tables: Sequence[str], because: str, now: str) -> list[str]:
    """Approve the adopted baselines of tables; those that had one to approve.

    Raises:
        UsageError: who approves has adopted one of them, or no reason is given.
    """
    waiting = {}
    for table in tables:
        kept = store.setting(SETTING + table) or {}
        adopted = kept.get("adopted")
        if adopted:
            waiting[table] = kept
    for table, kept in waiting.items():
        if kept["adopted"]["adopted"].get("by") == actor.name:
            raise UsageError(
                "{name} adopted the baseline of {table}; another person approves it.",
                fix="Let somebody else run this, or name them with --by.",
                name=actor.name,
                table=table,
            )
    if not waiting:
        return []
    names = ", ".join(sorted(waiting))
    with store.decide(actor, "drift.approve", f"drift/{names}", because) as decision:
        for table, kept in waiting.items():
            told = {"by": actor.name, "at": now, "because": because}
            approved = {**kept["adopted"], "approved": told}
            decision.set(SETTING + table, {"adopted": None, "approved": approved})
    return sorted(waiting)
