"""Faults of whole tables: months cut short, gaps, heaps at one hour, tables that went stale.

They come first: what they leave out, no other fault can need. They are the same in every
block, and written down once.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np

from dq.demo.chance import Bools
from dq.demo.columns import Amounts, Words
from dq.demo.faults.plant import STRENGTHS, Planter
from dq.demo.when import DAY, END_DAY, day_number, day_of, to_date
from dq.demo.world import COLUMNS

__all__ = ["plant_surroundings"]

_SHORT_MONTHS = (
    ("requests", "created_at", "2025-05", 0.12, "blatant"),
    ("tickets", "opened_at", "2026-05", 0.12, "blatant"),
    ("touches", "touched_at", "2025-10", 0.22, "clear"),
    ("tasks", "created_at", "2026-04", 0.22, "clear"),
    ("documents", "sent_at", "2025-06", 0.45, "faint"),
)
_HARDLY_ANY = 0.25
"""So short a month has gaps of days, too."""

_GAPS = (
    ("requests", "created_at", date(2024, 9, 2), 20, "blatant"),
    ("touches", "touched_at", date(2024, 11, 4), 12, "clear"),
    ("documents", "sent_at", date(2025, 3, 17), 7, "faint"),
)
_STALE = (
    ("requests", "created_at", date(2026, 7, 31), "blatant"),
    ("touches", "touched_at", date(2026, 8, 21), "clear"),
    ("documents", "sent_at", date(2026, 9, 18), "faint"),
)


def plant_surroundings(plant: Planter) -> None:
    """C110, C111, T105 and T106."""
    _short_months(plant)
    _gaps(plant)
    _stale(plant)
    _heaps(plant)
    _constant(plant)


def _leave_out(plant: Planter, table: str, mask: Bools) -> None:
    plant.drop(table, np.flatnonzero(mask))


def _once(plant: Planter, code: str, table: str, column: str, strength: str, **truth: str) -> None:
    if plant.block.first:
        plant.fault(code, table, "", column, strength, **truth)


def _short_months(plant: Planter) -> None:
    chance = plant.chance("months")
    for table, column, month, kept, strength in _SHORT_MONTHS:
        made = plant.table(table)
        year, number = int(month[:4]), int(month[5:])
        first = day_number(date(year, number, 1))
        following = day_number(date(year + number // 12, number % 12 + 1, 1))
        days = day_of(made[column])
        gone = chance.flags(table, made.size, 1 - kept)
        _leave_out(plant, table, (days >= first) & (days < following) & gone)
        note = f"about {kept:.0%} of the rows are left"
        _once(plant, "C110", table, column, strength, value=month, note=note)
        if plant.block.first and kept < _HARDLY_ANY:
            note = "hardly any day of the month is left"
            plant.follows("T105", table, None, column, note, month)
        for quiet in ("2025-01", "2025-08"):
            if plant.block.first:
                note = "quiet every year, not cut short"
                plant.alike_table("C110", table, column, quiet, note)


def _gaps(plant: Planter) -> None:
    for table, column, first, length, strength in _GAPS:
        days = day_of(plant.table(table)[column])
        start = day_number(first)
        _leave_out(plant, table, (days >= start) & (days < start + length))
        note = f"no rows for {length} days"
        value = first.isoformat()
        _once(plant, "T105", table, column, strength, value=value, note=note)
        if plant.block.first:
            for month in _months(first, first + timedelta(days=length)):
                plant.follows("C110", table, None, column, note, month)
            note = "public holidays"
            plant.alike_table("T105", table, column, "2025-01-01", note)


def _stale(plant: Planter) -> None:
    for table, column, last, strength in _STALE:
        days = day_of(plant.table(table)[column])
        _leave_out(plant, table, days > day_number(last))
        note = f"nothing for {END_DAY - day_number(last)} days, else rows every day"
        _once(plant, "T106", table, column, strength, value=last.isoformat(), note=note)
        if plant.block.first:
            note = "the table has gone stale"
            after = last + timedelta(days=1)
            plant.follows("T105", table, None, column, note, after.isoformat())
            for month in _months(after, to_date(END_DAY)):
                plant.follows("C110", table, None, column, note, month)
    if plant.block.first:
        for table, column, note in (
            ("campaigns", "started_at", "new ones begin with the quarter"),
            ("user_history", "valid_from", "people move a few times a year"),
            ("plans", "period_start", "made once a quarter"),
        ):
            plant.alike_table("T106", table, column, "", note)


def _months(first: date, last: date) -> list[str]:
    """The months from one day to another, as 2025-04."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]


def _heaps(plant: Planter) -> None:
    """Local midnight stored as UTC: many rows at exactly two or three in the morning."""
    touches = plant.table("touches")
    heaps = (
        ("touches", "touched_at", 3, touches.among("kind", "mail opened"), 0.2),
        ("documents", "opened_at", 2, _room_at_night(plant), 0.07),
        ("tasks", "completed_at", 3, _done_late(plant), 0.005),
    )
    for strength, (table, column, hour, where, share) in zip(STRENGTHS, heaps, strict=True):
        note = f"exactly {hour:02d}:00, as midnight in Moscow or Kyiv is in UTC"
        _once(plant, "T105", table, column, strength, value=f"{hour:02d}:00:00", note=note)
        count = max(6, round(share * (plant.free(table) & plant.table(table).filled(column)).sum()))
        for row in plant.pick(table, count, where):
            day = plant.table(table).moment(row, column).date()
            midnight = datetime.combine(day, time(hour))
            plant.spoil("T105", table, row, column, midnight, "", note, kind="follows")
    open_tasks = plant.table("tasks").among("status", "open")
    for row, _ in plant.lookalikes("tasks", open_tasks, 0.5):
        value = plant.table("tasks").moment(row, "due_at")
        closing = datetime.combine(value.date(), time(18))
        note = "the end of the working day, by default"
        plant.alike("T105", "tasks", row, "due_at", note, due_at=closing)


def _room_at_night(plant: Planter) -> Bools:
    """Documents opened, and not signed, after the day of sending: two o'clock fits too."""
    made = plant.table("documents")
    sent, opened, signed = made["sent_at"], made["opened_at"], made["signed_at"]
    later = ~made.filled("signed_at") | (signed // DAY > opened // DAY)
    return np.asarray(made.filled("opened_at") & (opened // DAY > sent // DAY) & later)


def _done_late(plant: Planter) -> Bools:
    made = plant.table("tasks")
    done, begun = made["completed_at"], made["created_at"]
    return made.filled("completed_at") & (done // DAY > begun // DAY)


def _constant(plant: Planter) -> None:
    """Columns whose default was never changed."""
    chance = plant.chance("constant")
    contacts, tasks, tickets = (plant.table(name) for name in ("deal_contacts", "tasks", "tickets"))
    role = contacts.words("role")
    user = np.full(contacts.size, role.place("user"))
    contacts.columns["role"] = Words(role.words, user)
    tasks.columns["postponed_count"] = Amounts(np.zeros(tasks.size, dtype=np.int64), 0)
    kind = tasks.words("kind")
    rare = chance.flags("kind", tasks.size, 0.001)
    tasks.columns["kind"] = Words(kind.words, np.where(rare, kind.raw, kind.place("call")))
    again = tickets["reopened_count"]
    often = chance.flags("again", tickets.size, 0.02)
    tickets.columns["reopened_count"] = Amounts(np.where(often, again, 0), 0)
    for table, column, value, strength in (
        ("deal_contacts", "role", "user", "blatant"),
        ("tasks", "postponed_count", "0", "blatant"),
        ("tasks", "kind", "call", "clear"),
        ("tickets", "reopened_count", "0", "faint"),
    ):
        note = "the default was never changed"
        _once(plant, "C111", table, column, strength, value=value, note=note)
    if plant.block.first:
        for table, column in (("contacts", "consent"), ("products", "active")):
            plant.alike_table("C111", table, column, "true", "mostly one value, not always")
        for table in COLUMNS:
            _list_constant(plant, table)


def _list_constant(plant: Planter, table: str) -> None:
    """Columns that hold one value for reasons of their own follow the planted ones."""
    known = {(truth.table, truth.column) for truth in plant.faults if truth.code == "C111"}
    for name, column in plant.table(table).columns.items():
        raw = column.raw
        text = isinstance(column, Words | Amounts)
        values, counts = np.unique(raw, return_counts=True)
        alone = len(values) == 1 or (text and counts.max() >= 0.99 * len(raw))
        if alone and len(raw) > 20 and (table, name) not in known and name != "id":
            plant.follows("C111", table, None, name, "one value in 99 of 100 rows")
