"""Family X: clients whom one seller alone knows, and what people do before they leave."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import numpy as np

from dq.demo.audit import LOG
from dq.demo.chance import NONE, Ints
from dq.demo.faults.plant import STRENGTHS, Planter
from dq.demo.staff import ROLES
from dq.demo.when import DAY, END, to_date
from dq.demo.work import CALL, MEETING

__all__ = ["plant_leavers"]

_LATELY = 300
"""Days within which the client was spoken with: an older tie may be broken."""


def plant_leavers(plant: Planter) -> None:
    """X101 and X102."""
    _known_to_one(plant)
    _before_leaving(plant)


def _several(owners: Ints, contact: Ints, count: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Contacts whose deals have more than one owner."""
    pairs = np.unique(np.stack([contact, owners], axis=1), axis=0)
    return np.bincount(pairs[:, 0], minlength=count) > 1


def _known_to_one(plant: Planter) -> None:
    """Nobody but one seller ever spoke to the client: the others' letters were never sent."""
    sales, work = plant.made.sales, plant.made.work
    contacts = plant.table("contacts")
    count = contacts.size
    known = work.contact != NONE
    deals = np.bincount(sales.contact, minlength=count)
    owner = np.full(count, -1, dtype=np.int64)
    owner[sales.contact] = sales.owner
    about = np.where(known, work.contact, 0)
    stranger = known & (work.owner != owner[about])
    spoke = np.zeros(count, dtype=np.bool_)
    spoke[work.contact[stranger & ((work.kind == CALL) | ~plant.free("activities"))]] = True
    second = plant.parents("deal_contacts", "contact_id", "contacts")
    others = np.bincount(second[second >= 0], minlength=count) > deals
    several = _several(sales.owner, sales.contact, count)
    talked = work.contact[known & ~stranger & np.isin(work.kind, [CALL, MEETING])]
    last = np.zeros(count, dtype=np.int64)
    np.maximum.at(
        last, talked, work.started[known & ~stranger & np.isin(work.kind, [CALL, MEETING])]
    )
    fits = (
        (deals > 0)
        & (last > END - _LATELY * DAY)
        & ~several
        & ~spoke
        & ~others
        & (plant.made.staff.left[owner] == NONE)
    )
    talks = np.bincount(work.contact[known & ~stranger], minlength=count)
    users = plant.table("users")
    for strength, low, high in (("blatant", 8, 999), ("clear", 5, 8), ("faint", 3, 5)):
        for row in plant.pick("contacts", plant.n, fits & (talks >= low) & (talks < high)):
            mine = plant.children("activities", "contact_id", "contacts", row)
            plant.drop("activities", mine[stranger[mine]])
            plant.take("activities", mine)
            plant.take("deals", plant.children("deals", "contact_id", "contacts", row))
            contacts.set(row, owner_id=users.get(int(owner[row]), "id"))
            note = f"{talks[row]} talks, all by {users.get(int(owner[row]), 'id')}"
            plant.blemish("X101", "contacts", row, strength, "owner_id", note)
    shared = (deals > 0) & _several(sales.owner, sales.contact, count)
    for row, _ in plant.lookalikes("contacts", shared, 0.5):
        plant.alike("X101", "contacts", row, "owner_id", "two sellers know this client")
    never = ~plant.named("contacts")
    for row, _ in plant.lookalikes("contacts", never, 0.5):
        plant.alike("X101", "contacts", row, "owner_id", "nobody has spoken to this client yet")


def _entry(plant: Planter, user: int, when: datetime, **cells: object) -> int:
    """A line of the log, in its place."""
    log = plant.table(LOG)
    blank = {"entity": None, "record_id": None, "records": None}
    who = plant.table("users").get(user, "id")
    new = plant.copy(LOG, 0, **{**blank, "happened_at": when, "user_id": who, **cells})
    seconds = (when - datetime(1970, 1, 1)).total_seconds()
    log.move(new, float(np.searchsorted(log["happened_at"], seconds)) - 0.5)
    return new


def _before_leaving(plant: Planter) -> None:
    """Lists taken whole or bit by bit, records given away or deleted: then the person left."""
    staff = plant.made.staff
    gone = staff.leavers()
    kinds = [*STRENGTHS, "usual"]
    for number, user in enumerate(gone):
        last = datetime.combine(to_date(int(staff.left[user])), time(17, 20))
        kind = kinds[number % len(kinds)]
        row = int(user)
        if kind == "blatant":
            when = last - timedelta(days=2, minutes=13 * number)
            _entry(plant, row, when, action="export", entity="contacts", records=9200 + number)
            note = f"{9200 + number} contacts taken two days before leaving"
        elif kind == "clear":
            action, entity = (("reassign", "deals"), ("delete", "contacts"))[number // 4 % 2]
            for place in range(80):
                when = last - timedelta(days=3, minutes=4 * place + 1)
                key = f"{entity[0].upper()}8{place:05d}"
                _entry(plant, row, when, action=action, entity=entity, record_id=key, records=1)
            note = f"{action} of 80 {entity} on one evening, three days before leaving"
        elif kind == "faint":
            for place in range(12):
                when = last - timedelta(days=1 + place, minutes=11 * place)
                _entry(plant, row, when, action="export", entity="contacts", records=140 + place)
            note = "140 contacts a day in the last twelve days"
        else:
            when = last - timedelta(days=4)
            _entry(plant, row, when, action="export", entity="deals", records=9)
            plant.alike("X102", "users", row, "", "left, and worked as usual to the end")
            continue
        plant.blemish("X102", "users", row, kind, "", note)
    chiefs: set[int] = set()
    boss_of = staff.chiefs()
    for number, user in enumerate(gone):
        boss = int(boss_of[staff.department[user]])
        after = datetime.combine(to_date(int(staff.left[user]) + 1), time(10, 5 + number % 50))
        _entry(plant, boss, after, action="reassign", entity="deals", records=320 + number)
        chiefs.add(boss)
    for boss in sorted(chiefs):
        plant.alike("X102", "users", boss, "", "the head passes on leavers' records")
    for place in np.flatnonzero(staff.role == ROLES.index("marketing")).tolist():
        plant.alike("X102", "users", place, "", "marketing takes its mailing list every month")
