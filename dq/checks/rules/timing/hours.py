"""Heaps at exact hours: which hours stand out, and what they say of the time zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dq.checks.rules.helpers import number

__all__ = ["Heap", "Slot", "heaps"]

QUARTER, OTHER = -1, -2
OFFICE = range(8, 20)
STANDS_OUT = 3
FIFTH = 4
"""Up to four hours can be heaped (two causes, summer and winter); the fifth is the measure."""

TYPED = 0.15
"""Quarters and halves among what is not at a full hour, from which on people type the times."""


@dataclass(frozen=True)
class Slot:
    """Records at one exact hour (0 to 23), at quarters and halves, or at any other moment."""

    hour: int
    records: int
    days: int


@dataclass(frozen=True)
class Heap:
    """Hours that stand out together. `zones` are those in which they are midnight.

    `cause`: days (midnight itself), noon, east (kept as UTC, the day before), west.
    """

    cause: str
    hours: str
    zones: str
    records: int


def heaps(
    slots: Sequence[Slot], params: Mapping[str, object], *, planned: bool = False
) -> list[Heap]:
    """Heaps of a column, the largest first; hours of work are no heap where people plan them."""
    total = sum(s.records for s in slots)
    hours = {s.hour: s for s in slots if s.hour >= 0}
    sizes = sorted((s.records for s in hours.values()), reverse=True)
    measure = sizes[FIFTH] if len(sizes) > FIFTH else 0
    rest = [s for s in slots if s.hour < 0]
    by_hand = planned or _typed(rest)
    least = max(number(params["heap_least"]), float(str(params["heap_share"])) * total)
    found = []
    left = {
        hour
        for hour, slot in hours.items()
        if slot.records > STANDS_OUT * measure
        and not (by_hand and hour in OFFICE)
        and _not_sent(slot, rest)
    }
    while left:
        top = max(left, key=lambda h: (hours[h].records, -h))
        group = [h for h in (top, *_beside(top, left, hours)) if h in left]
        left -= set(group)
        records = sum(hours[h].records for h in group)
        days = sum(hours[h].days for h in group)
        if records < least or days < number(params["heap_days"]):
            continue
        if top == 0 and records > (1 - float(str(params["heap_share"]))) * total:
            continue
        found.append(_heap(sorted(group), records))
    return found


def _beside(top: int, left: set[int], hours: Mapping[int, Slot]) -> list[int]:
    """The hour before or after, where summer time shows: the larger of the two."""
    if top in (0, 12):
        return []
    near = [h for h in (top - 1, top + 1) if h in left and h not in (0, 12)]
    return sorted(near, key=lambda h: -hours[h].records)[:1]


def _typed(rest: Sequence[Slot]) -> bool:
    """Whether people fill the column by hand, to the quarter of an hour."""
    quarters = sum(s.records for s in rest if s.hour == QUARTER)
    others = sum(s.records for s in rest)
    return others > 0 and quarters >= TYPED * others


def _not_sent(slot: Slot, rest: Sequence[Slot]) -> bool:
    """Not many more on a day than all others: a machine sends in one second."""
    others, days = sum(s.records for s in rest), max((s.days for s in rest), default=0)
    if not days:
        return True
    return slot.records / slot.days <= STANDS_OUT * max(others / days, 1.0)


def _heap(group: Sequence[int], records: int) -> Heap:
    hours = ", ".join(f"{h:02}:00" for h in group)
    if group[0] == 0:
        return Heap("days", hours, "", records)
    if group[0] == 12:
        return Heap("noon", hours, "", records)
    east = group[0] > 12
    zones = [f"UTC+{24 - h}" if east else f"UTC−{h}" for h in group]
    return Heap("east" if east else "west", hours, ", ".join(zones), records)
