"""What people do: calls, meetings, letters and tasks around leads and deals."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa

from dq.demo.chance import NONE, Bools, Chance, Ints
from dq.demo.clients import Clients
from dq.demo.columns import Amounts, Moments, Text, Words
from dq.demo.house import House
from dq.demo.leads import Leads
from dq.demo.lexicon import LANGUAGES, country_code, word_list
from dq.demo.notes import note_texts
from dq.demo.sales import OPEN, Sales
from dq.demo.staff import Staff
from dq.demo.text import arrow, gather, take
from dq.demo.when import DAY, END, calendar, day_of, working_seconds
from dq.demo.world import Block

__all__ = [
    "ACTIVITY_KINDS",
    "CALL",
    "EMAIL",
    "MEETING",
    "MESSAGE",
    "Work",
    "make_tasks",
    "make_work",
]

ACTIVITY_KINDS = ("call", "email", "meeting", "message")
CALL, EMAIL, MEETING, MESSAGE = range(4)
_KINDS = (0.45, 0.27, 0.14, 0.14)
_LENGTHS = {CALL: (181.0, 0.6, 25, 2400), MEETING: (2980.0, 0.3, 900, 9000)}
"""Median seconds, deviation of the logarithm, shortest, longest."""

_TASKS = ("call", "document", "meeting", "letter")
_PUSHED = 7200
"""Seconds by which a call may wait until its owner is free; beyond that a message is sent."""

INCOMING, OUTGOING = range(2)


@dataclass(frozen=True)
class Work:
    """Activities of a block, one a row; lead, contact, account and deal are rows or `NONE`.

    `client` is the number of the telephone at the other end; `missed` calls have no talk;
    by `night` the night shift works.
    """

    kind: Ints
    direction: Ints
    owner: Ints
    lead: Ints
    contact: Ints
    account: Ints
    deal: Ints
    language: Ints
    started: Ints
    bound: Ints
    duration: Ints
    missed: Bools
    night: Bools

    def take(self, rows: Ints) -> Work:
        """Some of the activities."""
        return Work(**{part.name: getattr(self, part.name)[rows] for part in fields(self)})


def make_work(
    block: Block, house: House, staff: Staff, clients: Clients, sales: Sales, leads: Leads
) -> Work:
    """Fill activities: each stage of a deal leaves one at least, each answered lead a call.

    One activity of each deal is by somebody else than its owner, so that no client is known
    to one person alone.
    """
    chance = block.chance("work")
    parts = [
        _first_calls(chance.part("first"), staff, leads),
        _about_deals(chance.part("deals"), sales),
        _second_opinions(chance.part("second"), staff, sales),
    ]
    parts.append(_attempts(chance.part("missed"), parts[1]))
    names = [part.name for part in fields(Work)]
    drafts = Work(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in names})
    booked = _booked(chance, drafts)
    count = len(booked.kind)
    work = booked.take(np.lexsort([np.arange(count), booked.owner, booked.started]))
    _put_activities(block, chance, house, clients, leads, work)
    return work


def _drafts(size: int, **cells: Any) -> Work:
    empty = np.full(size, NONE, dtype=np.int64)
    no = np.zeros(size, dtype=np.bool_)
    given = {
        "lead": empty, "contact": empty, "account": empty, "deal": empty, "duration": empty,
        "missed": no, "night": no, "bound": np.full(size, END, dtype=np.int64),
    }  # fmt: skip
    return Work(**{**given, **cells})


def _first_calls(chance: Chance, staff: Staff, leads: Leads) -> Work:
    rows = np.flatnonzero((leads.answered != NONE) & ~leads.spare)
    count = len(rows)
    return _drafts(
        count,
        kind=np.full(count, CALL),
        direction=np.full(count, OUTGOING),
        owner=staff.callers(chance, "who", leads.by_night[rows]),
        lead=rows,
        language=leads.language[rows],
        started=leads.answered[rows],
        night=leads.by_night[rows],
    )


def _moments_between(chance: Chance, language: Ints, first: Ints, last: Ints) -> Ints:
    """Working moments after one moment and before another."""
    count = len(first)
    spots, days = chance.uniform("day", count), np.zeros(count, dtype=np.int64)
    for code in range(len(LANGUAGES)):
        mine = np.flatnonzero(language == code)
        cal = calendar(country_code(code))
        days[mine] = cal.between(spots[mine], day_of(first[mine]), day_of(last[mine]))
    found = days * DAY + working_seconds(chance.uniform("hour", count))
    share = chance.uniform("share", count, 0.02, 0.3)
    inside = first + ((last - first) * share).astype(np.int64)
    hour = inside % DAY // 3600
    soon = first + np.minimum(chance.integers("soon", count, 61, 780), (last - first) // 2)
    inside = np.where((hour >= 18) | (hour < 9), soon, inside)
    return np.where((found > first) & (found < last), found, inside)


def _about_deals(chance: Chance, sales: Sales) -> Work:
    """One to three for each stage that a deal was in."""
    deals, begins, ends = [], [], []
    count = len(sales.account)
    for place in range(4):
        rows = np.flatnonzero(sales.entered[:, place] != NONE)
        following = sales.entered[rows, place + 1] if place < 3 else np.full(len(rows), NONE)
        left = np.where(following != NONE, following, sales.closed[rows])
        deals.append(rows)
        begins.append(sales.entered[rows, place])
        ends.append(np.where(left != NONE, left, END))
    deal = np.concatenate(deals)
    sizes = 1 + chance.choice("size", len(deal), (0.7, 0.25, 0.05))
    first, last = np.repeat(np.concatenate(begins), sizes), np.repeat(np.concatenate(ends), sizes)
    deal = np.repeat(deal, sizes)
    count = len(deal)
    language = sales.language[deal]
    return _drafts(
        count,
        kind=chance.choice("kind", count, _KINDS),
        direction=chance.flags("out", count, 0.72).astype(np.int64),
        owner=sales.owner[deal],
        contact=sales.contact[deal],
        account=sales.account[deal],
        deal=deal,
        language=language,
        started=_moments_between(chance, language, first, last),
        bound=last,
    )


def _second_opinions(chance: Chance, staff: Staff, sales: Sales) -> Work:
    """The head of the department or the call centre speaks to each person of a deal once."""
    more = np.flatnonzero(sales.second != NONE)
    deal = np.concatenate([np.arange(len(sales.account)), more])
    contact = np.concatenate([sales.contact, sales.second[more]])
    count = len(deal)
    language = sales.language[deal]
    last = np.where(sales.status == OPEN, END, sales.closed)[deal]
    boss = staff.chiefs()[language]
    caller = staff.callers(chance, "who", np.zeros(count, dtype=np.bool_))
    own = chance.flags("boss", count, 0.5)
    return _drafts(
        count,
        kind=np.where(chance.flags("written", count, 0.5), MESSAGE, CALL),
        direction=np.full(count, OUTGOING),
        owner=np.where(own, boss, caller),
        contact=contact,
        account=sales.account[deal],
        deal=deal,
        language=language,
        started=_moments_between(chance, language, sales.created[deal], last),
        bound=last,
    )


def _attempts(chance: Chance, about: Work) -> Work:
    """Calls that nobody answered, some time before one that somebody did."""
    calls = (about.kind == CALL) & (about.direction == OUTGOING)
    rows = np.flatnonzero(calls & chance.flags("missed", len(calls), 0.2))
    missed = about.take(rows)
    count = len(rows)
    before = missed.started - chance.integers("before", count, 300, 5400)
    hour = before % DAY // 3600
    same_day = day_of(before) == day_of(missed.started)
    kept = np.flatnonzero((hour >= 9) & same_day)
    found = missed.take(kept)
    cells = {part.name: getattr(found, part.name) for part in fields(Work)}
    cells |= {"started": before[kept], "bound": found.started}
    return Work(**{**cells, "missed": np.ones(len(kept), dtype=np.bool_)})


def _booked(chance: Chance, drafts: Work) -> Work:
    """Give calls and meetings a length and a time at which their owner is free."""
    count = len(drafts.kind)
    spoken = np.isin(drafts.kind, list(_LENGTHS))
    length = np.zeros(count, dtype=np.int64)
    for kind, (median, spread, shortest, longest) in _LENGTHS.items():
        drawn = chance.lognormal(f"length.{kind}", count, median, spread).astype(np.int64)
        length = np.where(drafts.kind == kind, np.clip(drawn, shortest, longest), length)
    length = np.where(drafts.missed, 0, length)
    rows = np.flatnonzero(spoken)
    rows = rows[np.lexsort([rows, drafts.started[rows], drafts.owner[rows]])]
    busy = length[rows] + np.where(drafts.missed[rows], 45, 60)
    before = np.cumsum(busy) - busy
    # Within an owner: the later of the wanted moment and the end of what came before.
    far = np.cumsum(np.diff(drafts.owner[rows], prepend=-1) != 0) * 10**11
    free = np.maximum.accumulate(drafts.started[rows] - before + far) + before - far
    started = drafts.started.copy()
    started[rows] = free
    late = spoken & ((started - drafts.started > _PUSHED) | (started >= drafts.bound))
    late |= spoken & (started + length >= END)
    late |= spoken & ~drafts.night & (day_of(started) != day_of(drafts.started))
    kept = np.flatnonzero(~(late & drafts.missed))
    cells = {part.name: getattr(drafts, part.name) for part in fields(Work)}
    cells["kind"] = np.where(late, MESSAGE, drafts.kind)
    cells["started"] = np.where(late, drafts.started, started)
    cells["duration"] = np.where(spoken & ~late, length, NONE)
    return Work(**cells).take(kept)


def _put_activities(
    block: Block, chance: Chance, house: House, clients: Clients, leads: Leads, work: Work
) -> None:
    chance = chance.part("put")
    count = len(work.kind)
    results, missed = word_list("results"), word_list("missed")
    result = results.draw(chance.uniform("result", count), work.language)
    no = missed.draw(chance.uniform("no", count) ** 1.5, work.language) + len(results.words)
    known = np.flatnonzero(work.contact != NONE)
    alone = np.flatnonzero((work.contact == NONE) & (work.lead != NONE))
    names = gather(
        count,
        [
            (known, take(clients.people.first_names(), work.contact[known])),
            (alone, take(leads.names, work.lead[alone])),
        ],
    )
    noted = np.flatnonzero(chance.flags("noted", count, 0.62) & ~work.missed)
    note = note_texts(
        chance, work.language[noted], work.started[noted], take(names, noted),
        arrow(house.goods.names),
    )  # fmt: skip
    spent = np.where(work.duration == NONE, 0, work.duration)
    logged = np.minimum(work.started + spent + chance.integers("logged", count, 20, 1500), END)
    owner = block.keys("users", work.owner)
    delivered, read, replied = _letters(chance, work)
    block.put(
        "activities",
        id=block.keys("activities", np.arange(count)),
        kind=Words(arrow(ACTIVITY_KINDS), work.kind),
        direction=Words(arrow(["incoming", "outgoing"]), work.direction),
        owner_id=owner,
        lead_id=block.keys("leads", work.lead),
        contact_id=block.keys("contacts", work.contact),
        account_id=block.keys("accounts", work.account),
        deal_id=block.keys("deals", work.deal),
        started_at=Moments(work.started),
        duration_s=Amounts(work.duration, 0),
        result=Words(
            pa.concat_arrays([results.words, missed.words]), np.where(work.missed, no, result)
        ),
        note=Text(gather(count, [(noted, note)])),
        logged_at=Moments(logged),
        logged_by=owner,
        delivered_at=Moments(delivered),
        read_at=Moments(read),
        replied_at=Moments(replied),
    )


def _letters(chance: Chance, work: Work) -> tuple[Ints, Ints, Ints]:
    """When letters of ours were delivered, read and answered."""
    count = len(work.kind)
    sent = (work.kind == EMAIL) & (work.direction == OUTGOING)
    delivered = np.minimum(work.started + chance.integers("delivered", count, 2, 50), END)
    read = work.started + chance.integers("read", count, 300, 90_000)
    is_read = sent & chance.flags("is read", count, 0.6) & (read < END)
    reply = read + chance.integers("reply", count, 200, 90_000)
    is_answered = is_read & chance.flags("is answered", count, 0.4) & (reply < END)
    return (
        np.where(sent, delivered, NONE),
        np.where(is_read, read, NONE),
        np.where(is_answered, reply, NONE),
    )


def make_tasks(block: Block, sales: Sales) -> None:
    """Fill tasks: what led from one stage to the next, and the next step of each open deal."""
    chance = block.chance("tasks")
    deals, begins, ends = [], [], []
    for place in range(4):
        rows = np.flatnonzero(sales.entered[:, place] != NONE)
        following = sales.entered[rows, place + 1] if place < 3 else np.full(len(rows), NONE)
        left = np.where(following != NONE, following, sales.closed[rows])
        rows, left = rows[left != NONE], left[left != NONE]
        deals.append(rows)
        begins.append(sales.entered[rows, place])
        ends.append(left)
    deal, first, last = (np.concatenate(part) for part in (deals, begins, ends))
    count = len(deal)
    created = first + chance.integers("created", count, 180, 3000)
    done = last - chance.integers("done", count, 60, 1800)
    kept = np.flatnonzero((done > created + 300) & chance.flags("kept", count, 0.5))
    deal, created, done = deal[kept], created[kept], done[kept]
    slack = chance.choice("slack", len(kept), (0.3, 0.25, 0.2, 0.1, 0.1, 0.05)) - 1
    due = np.maximum(
        done + slack * DAY + chance.integers("minute", len(kept), 60, 3000), created + 600
    )
    open_ = np.flatnonzero(sales.status == OPEN)
    latest = sales.entered[open_, sales.reached[open_]]
    begun = np.minimum(latest + 300 + chance.integers("open", len(open_), 0, 900), END)
    step = block.tables["deals"]["next_step_at"][open_]
    deal = np.concatenate([deal, open_])
    created, due = np.concatenate([created, begun]), np.concatenate([due, step])
    done = np.concatenate([done, np.full(len(open_), NONE)])
    order = np.lexsort([deal, created])
    deal, created, due, done = deal[order], created[order], due[order], done[order]
    count = len(deal)
    subjects = word_list("subjects")
    block.put(
        "tasks",
        id=block.keys("tasks", np.arange(count)),
        kind=Words(arrow(_TASKS), chance.choice("kind", count, (0.4, 0.3, 0.15, 0.15))),
        owner_id=block.keys("users", sales.owner[deal]),
        deal_id=block.keys("deals", deal),
        subject=Words(
            subjects.words, subjects.draw(chance.uniform("subject", count), sales.language[deal])
        ),
        created_at=Moments(created),
        due_at=Moments(due),
        completed_at=Moments(done),
        status=Words(arrow(["open", "done"]), (done != NONE).astype(np.int64)),
        postponed_count=Amounts(chance.choice("postponed", count, (0.75, 0.17, 0.08)), 0),
    )
