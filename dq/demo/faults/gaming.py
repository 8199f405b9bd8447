"""Family F, second half: activities that cannot be, and records made for the report's sake."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import numpy as np

from dq.demo.chance import NONE, Bools, Ints
from dq.demo.faults.plant import Planter
from dq.demo.sales import WON
from dq.demo.staff import ROLES
from dq.demo.when import DAY, END, day_number, day_of, quarter_starts, to_datetime
from dq.demo.work import CALL, MEETING

__all__ = ["plant_gaming", "slack"]

_BUDGETS = 60
"""So many budgets of one seller show a habit."""


def plant_gaming(plant: Planter) -> None:
    """F106 to F109."""
    _impossible(plant)
    _back_dated(plant)
    _round_durations(plant)
    _round_sums(plant)
    _above_quota(plant)


def _calls(plant: Planter) -> Bools:
    """Calls in which somebody spoke, by somebody who works by day."""
    work = plant.made.work
    return np.asarray((work.kind == CALL) & ~work.missed & ~work.night)


def _impossible(plant: Planter) -> None:
    activities, work = plant.table("activities"), plant.made.work
    sellers = plant.made.staff.role[work.owner] != ROLES.index("call_centre")
    calls = _calls(plant) & sellers
    each = -(-plant.n // 2)
    # Before a weekend, so that it does not last into the next call.
    alone = calls & (work.started < END - 4 * DAY) & (slack(plant) > 40 * 3600)
    # "Call back" may be what the voice of a machine left to do.
    spoke = ~activities.among("result", "call back", "перезвонить", "передзвонити")
    for row in plant.pick("activities", each, calls & (work.direction == 1) & spoke):
        note = "answered, and not a second long"
        plant.spoil("F106", "activities", row, "duration_s", 0, "blatant", note)
        if work.contact[row] != NONE:
            note = "a talk that was none leaves the client to one seller"
            plant.follows("X101", "contacts", int(work.contact[row]), "", note)
    for number, row in enumerate(plant.pick("activities", each, alone)):
        started = activities.moment(row, "started_at")
        length = 26 * 3600 + 977 * number
        activities.set(row, logged_at=started + timedelta(seconds=length + 60))
        plant.spoil("F106", "activities", row, "duration_s", length, "blatant", "longer than a day")
        plant.follows("A106", "activities", row, "duration_s")
        plant.follows("F107", "activities", row, "logged_at")
    _overlaps(plant, calls)
    for number, row in enumerate(plant.pick("activities", plant.n, calls)):
        started = activities.moment(row, "started_at")
        night = datetime.combine(started.date(), time(2 + number % 3, 7 + number % 50, 13))
        plant.spoil(
            "F106", "activities", row, "started_at", night, "faint", "a seller's call at night"
        )
        plant.follows("F107", "activities", row, "logged_at", "logged in the morning")
        plant.follows("T101", "activities", row, "started_at")
    for row, _ in plant.lookalikes("activities", work.missed & sellers, 0.4):
        plant.alike("F106", "activities", row, "duration_s", "nobody answered")
    for row, _ in plant.lookalikes("activities", work.night, 0.4):
        plant.alike("F106", "activities", row, "started_at", "the call centre has a night shift")
    _joint_meetings(plant)


def _overlaps(plant: Planter, calls: Bools) -> None:
    """A second call of one person while the first still lasts."""
    work = plant.made.work
    long = calls & (work.duration > 240) & (work.started < END - DAY)
    rows = plant.pick("activities", plant.n, long)
    for row in rows:
        twin = plant.copy(
            "activities", row,
            started_at=_at(plant, row, int(work.duration[row]) // 3),
            duration_s=int(work.duration[row]) // 2, note=None,
            logged_at=_at(plant, row, int(work.duration[row]) * 2), direction="incoming",
        )  # fmt: skip
        note = f"while {plant.key('activities', row)} still lasts"
        plant.blemish("F106", "activities", twin, "clear", "started_at", note)
        plant.follows("F106", "activities", row, "started_at", "overlapped by another")


def _at(plant: Planter, row: int, seconds: int) -> datetime:
    started = plant.table("activities").moment(row, "started_at")
    return started + timedelta(seconds=seconds)


def _joint_meetings(plant: Planter) -> None:
    """One meeting with two people of the client stands in the log twice."""
    work, clients = plant.made.work, plant.made.clients
    meetings = (work.kind == MEETING) & (work.contact != NONE)
    for row, _ in plant.lookalikes("activities", meetings, 0.2):
        account = int(work.account[row])
        mates = clients.contacts_of[slice(*clients.first_contact[account:][:2])]
        others = [
            int(mate)
            for mate in mates
            if mate != work.contact[row] and not plant.tables["contacts"].gone[mate]
        ]
        if others:
            other = plant.key("contacts", others[0])
            twin = plant.copy("activities", row, contact_id=other)
            note = f"the meeting {plant.key('activities', row)}, with a second person of the client"
            plant.alike("F106", "activities", twin, "started_at", note)
            plant.alike("F106", "activities", row, "started_at", "the same meeting")


def _back_dated(plant: Planter) -> None:
    activities, work = plant.table("activities"), plant.made.work
    tasks = plant.table("tasks")
    days = {"blatant": 96, "clear": 33, "faint": 11}
    early = work.started < END - 130 * DAY
    spoken = np.isin(work.kind, [CALL, MEETING])
    each = -(-plant.n * 2 // 3)
    for row, strength, number in plant.graded("activities", early & spoken, each):
        logged = _at(plant, row, days[strength] * DAY + 3600 + 611 * number)
        note = f"logged {days[strength]} days later"
        plant.spoil("F107", "activities", row, "logged_at", logged, strength, note)
    done = tasks.among("status", "done") & tasks.filled("created_at")
    for row, strength, _ in plant.graded("tasks", done, -(-plant.n // 3)):
        begun = tasks.moment(row, "created_at")
        wait = {"blatant": 0, "clear": 1, "faint": 4}[strength]
        at_once = begun + timedelta(seconds=wait)
        note = "completed as it was created"
        plant.spoil("F107", "tasks", row, "completed_at", at_once, strength, note)
    for row, number in plant.lookalikes("activities", early & (work.kind == MEETING), 0.6):
        started = activities.moment(row, "started_at")
        morning = datetime.combine(started.date() + timedelta(days=1), time(9, 3 + number % 40, 21))
        note = "a meeting on the road, logged the next morning"
        plant.alike("F107", "activities", row, "logged_at", note, logged_at=morning)
    first = day_number(date(2024, 2, 15)) * DAY
    moved = datetime(2024, 2, 19, 7, 30)
    for row, number in plant.lookalikes("activities", work.started < first, 0.4):
        note = "taken over from the old system, all in one night"
        cells = {"logged_at": moved + timedelta(seconds=number), "logged_by": "import:2024-02-19"}
        plant.alike("F107", "activities", row, "logged_at", note, **cells)


def _round_durations(plant: Planter) -> None:
    """Sellers who type in whole minutes of five instead of what the clock said."""
    work = plant.made.work
    calls = _calls(plant) & plant.free("activities") & (slack(plant) > 1900)
    counts = np.bincount(work.owner[calls], minlength=len(plant.made.staff.role))
    sells = np.isin(plant.made.staff.role, [ROLES.index("inside"), ROLES.index("field")])
    busy = np.flatnonzero(sells & (counts >= 20))
    sellers = busy[np.argsort(counts[busy], kind="stable")]
    shares = {"blatant": 0.9, "clear": 0.5, "faint": 0.25}
    rounded = np.zeros(len(work.kind), dtype=np.bool_)
    for place, (strength, share) in enumerate(shares.items()):
        owner = int(sellers[place])
        mine = calls & (work.owner == owner)
        for row in plant.pick("activities", max(round(share * mine.sum()), plant.n), mine):
            rounded[row] = True
            length = int(np.clip(round(work.duration[row] / 300), 1, 6)) * 300
            note = f"about {share:.0%} of this seller's calls end on five minutes"
            plant.spoil("F108", "activities", row, "duration_s", length, strength, note)
    by_chance = np.isin(work.owner, sellers[:3]) & (work.kind == CALL)
    by_chance &= (work.duration > 0) & (work.duration % 60 == 0) & ~rounded
    for place in np.flatnonzero(by_chance).tolist():
        plant.follows("F108", "activities", place, "duration_s", "round by chance")
    meetings = (work.kind == MEETING) & ~np.isin(work.owner, sellers[:3])
    for row, _ in plant.lookalikes("activities", meetings & (work.duration > 2700), 0.6):
        note = "calendars book whole hours"
        length = 3600 if work.duration[row] > 3600 else 2700
        plant.alike("F108", "activities", row, "duration_s", note, duration_s=length)


def slack(plant: Planter) -> Ints:
    """Seconds from the start of a call or meeting to that of its owner's next one."""
    work = plant.made.work
    spoken = np.flatnonzero(work.duration != NONE)
    order = spoken[np.lexsort([work.started[spoken], work.owner[spoken]])]
    found = np.zeros(len(work.kind), dtype=np.int64)
    same = work.owner[order][1:] == work.owner[order][:-1]
    found[order[:-1]] = np.where(same, np.diff(work.started[order]), DAY)
    return found


def _round_sums(plant: Planter) -> None:
    """Budgets of leads that one seller makes up, all of them round."""
    leads, table = plant.made.leads, plant.table("leads")
    priced = table.filled("budget") & ~table.gone
    counts = np.bincount(leads.owner[priced])
    # Of those who wrote down enough budgets the ones with the fewest.
    busy = np.flatnonzero(counts >= min(_BUDGETS, np.sort(counts)[-3]))
    owners = busy[np.argsort(counts[busy], kind="stable")]
    for strength, owner, share in zip(
        ("blatant", "clear", "faint"), owners, (0.9, 0.6, 0.3), strict=False
    ):
        mine = priced & (leads.owner == owner)
        for row in plant.pick("leads", round(share * mine.sum()), mine):
            note = f"about {share:.0%} of this seller's budgets are one round sum"
            plant.spoil("F108", "leads", row, "budget", Decimal("5000.00"), strength, note)
            plant.follows("A106", "leads", row, "budget")
            plant.follows("C104", "leads", row, "budget")
    sales = plant.made.sales
    lump = (sales.lines == 0) & (sales.amount != NONE) & (sales.status == 2)
    for row, _ in plant.lookalikes("deals", lump, 0.4):
        amount = Decimal(int(np.rint(sales.amount[row] / 10**6) or 1) * 10**4).quantize(
            Decimal("0.01")
        )
        note = "a lump sum, as others have them too"
        plant.alike("F108", "deals", row, "amount", note, amount=amount, cost=None)


def _above_quota(plant: Planter) -> None:
    """Deals of the last hours of a quarter that lift one seller just above the plan."""
    sales = plant.made.sales
    days = day_of(sales.closed)
    ends = np.array([day_number(day) - 1 for day in quarter_starts()[1:11]])
    won = (sales.status == WON) & plant.untouched("stage_history", "deal_id", "deals")
    end = ends[np.minimum(np.searchsorted(ends, days), len(ends) - 1)]
    near = won & plant.free("deals") & (days >= end - 60) & (days < end)
    near &= sales.entered[:, 3] < end * DAY
    groups: dict[tuple[int, int], list[int]] = {}
    for place in np.flatnonzero(near):
        groups.setdefault((int(sales.owner[place]), int(end[place])), []).append(int(place))
    most = max(map(len, groups.values()), default=0)
    sizes = {"blatant": min(10, most), "clear": min(6, most), "faint": min(3, most)}
    if plant.block.rows < 2500:
        sizes = {"blatant": 3, "clear": 3, "faint": 2}
    left = dict.fromkeys(sizes, plant.n)
    for (owner, last), rows in sorted(groups.items(), key=lambda group: -len(group[1])):
        fits = [name for name, size in sizes.items() if left[name] > 0 and size <= len(rows)]
        if fits:
            left[fits[0]] -= sizes[fits[0]]
            _last_hours(plant, rows[: sizes[fits[0]]], last, fits[0])
            _set_plan(plant, owner, last)
    for row, _ in plant.lookalikes("deals", won & np.isin(days, ends)):
        plant.alike("F109", "deals", row, "closed_at", "the last day of a quarter, alone")


def _last_hours(plant: Planter, rows: list[int], last: int, strength: str) -> None:
    """These deals were all closed on the evening of the last day, or in its last hours of work."""
    hours, close = {"blatant": (3, 23), "clear": (2, 18), "faint": (4, 18)}[strength]
    plant.take("deals", rows)
    for number, row in enumerate(rows):
        late = (close - hours) * 3600 + number * (hours * 3600 // len(rows)) + 17
        closed = to_datetime(last * DAY + late)
        moves = plant.children("stage_history", "deal_id", "deals", row)
        plant.table("stage_history").set(int(moves[-1]), changed_at=closed)
        plant.take("stage_history", moves)
        note = f"one of {len(rows)} in the {hours} hours before {close}:00 of the last day"
        plant.spoil("F109", "deals", row, "closed_at", closed, strength, note)
        plant.follows("R107", "deals", row, "", "invoiced before it was closed")


def _set_plan(plant: Planter, owner: int, end: int) -> None:
    """The plan of this seller and quarter is a little less than what came of it."""
    sales, plans = plant.made.sales, plant.table("plans")
    first = max(day_number(day) for day in quarter_starts() if day_number(day) <= end)
    days = day_of(sales.closed)
    mine = (sales.status == WON) & (sales.owner == owner) & (days >= first) & (days <= end)
    rate = plant.made.house.rate(sales.currency[mine], days[mine])
    total = float((sales.amount[mine] / 100 * rate).sum())
    key = plant.block.base("users") + owner
    found = (
        (plans["owner_id"] == key)
        & (plans["period_start"] == first)
        & plans.among("term", "revenue")
    )
    for row in np.flatnonzero(found):
        plans.set(int(row), value=Decimal(f"{total * 0.996:.2f}"))
        plant.take("plans", [int(row)])
