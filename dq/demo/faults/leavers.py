"""Family X: clients whom one seller alone knows, and what people do before they leave."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import numpy as np

from dq.demo.chance import NONE, Ints
from dq.demo.faults.plant import Planter
from dq.demo.outside import LOG
from dq.demo.staff import ROLES
from dq.demo.when import to_date
from dq.demo.work import CALL

__all__ = ["plant_leavers"]


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
    fits = (deals > 0) & ~_several(sales.owner, sales.contact, count) & ~spoke & ~others
    talks = np.bincount(work.contact[known & ~stranger], minlength=count)
    users = plant.table("users")
    for strength, low, high in (("blatant", 9, 999), ("clear", 5, 9), ("faint", 3, 5)):
        for row in plant.pick("contacts", plant.n, fits & (talks >= low) & (talks < high)):
            mine = plant.children("activities", "contact_id", "contacts", row)
            plant.drop("activities", mine[stranger[mine]])
            plant.take("activities", mine)
            contacts.set(row, owner_id=users.get(int(owner[row]), "id"))
            note = f"{talks[row]} talks, all by {users.get(int(owner[row]), 'id')}"
            plant.blemish("X101", "contacts", row, strength, "owner_id", note)
    shared = (deals > 0) & _several(sales.owner, sales.contact, count)
    for row, _ in plant.lookalikes("contacts", shared, 0.5):
        plant.alike("X101", "contacts", row, "owner_id", "two sellers know this client")
    never = ~plant.named("contacts")
    for row, _ in plant.lookalikes("contacts", never, 0.5):
        plant.alike("X101", "contacts", row, "owner_id", "nobody has spoken to this client yet")


def _entry(plant: Planter, user: int, day: datetime, action: str, thing: str, records: int) -> int:
    log = plant.table(LOG)
    new = log.copy(
        0, at=day, user_id=plant.table("users").get(user, "id"), action=action, object=thing,
        records=records,
    )  # fmt: skip
    made = log.columns["at"].raw
    log.move(new, float(np.searchsorted(made, (day - datetime(1970, 1, 1)).total_seconds())) - 0.5)
    return new


def _log_key(plant: Planter, row: int) -> str:
    log = plant.table(LOG)
    return f"{log.text(row, 'at')}|{log.text(row, 'user_id')}"


def _before_leaving(plant: Planter) -> None:
    staff = plant.made.staff
    gone = staff.leavers()
    ways = {
        "blatant": ("export", 4200, 2),
        "clear": ("reassign", 380, 9),
        "faint": ("export", 55, 16),
    }
    for number, user in enumerate(gone):
        last = datetime.combine(to_date(int(staff.left[user])), time(17, 20))
        for strength, (action, size, days) in ways.items():
            if strength == "blatant" and number % 2:
                action, size = "delete", 140
            for again in range(max(1, -(-plant.n // len(gone)))):
                day = last - timedelta(days=days + again, minutes=13 * number + 7 * again)
                thing = ("contacts", "deals")[again % 2]
                row = _entry(plant, int(user), day, action, thing, size + 3 * again + number)
                note = (
                    f"{action} of {size + 3 * again + number}, {days + again} days before leaving"
                )
                plant.fault("X102", LOG, _log_key(plant, row), "records", strength, note=note)
    chiefs = plant.made.staff.chiefs()
    for number, user in enumerate(gone):
        after = datetime.combine(to_date(int(staff.left[user]) + 1), time(10, 5 + number % 50))
        boss = int(chiefs[staff.department[user]])
        row = _entry(plant, boss, after, "reassign", "deals", 320 + number)
        _innocent(plant, row, "the head passes on a leaver's records")
    log = plant.table(LOG)
    marketing = np.flatnonzero(staff.role == ROLES.index("marketing")) + plant.block.base("users")
    lists = np.isin(log["user_id"], marketing) & (log["records"] >= 800)
    for line in np.flatnonzero(lists)[: 3 * plant.n]:
        _innocent(plant, int(line), "marketing takes its mailing list, as every month")


def _innocent(plant: Planter, row: int, note: str) -> None:
    records = plant.table(LOG).text(row, "records")
    plant.alike_table("X102", LOG, "records", records, note, _log_key(plant, row))
