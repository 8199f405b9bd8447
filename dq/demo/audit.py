"""The CRM's own log: who signed in, exported, passed records on or deleted them."""

from __future__ import annotations

import numpy as np

from dq.demo.chance import NONE
from dq.demo.clients import Clients
from dq.demo.columns import Amounts, Moments, Style, Text, Words
from dq.demo.sales import Sales
from dq.demo.staff import ROLES, Staff
from dq.demo.text import arrow, gather, keys_text
from dq.demo.when import DAY, END, START, calendar, working_seconds
from dq.demo.world import Block

__all__ = ["LOG", "make_log"]

LOG = "audit_log"
_ACTIONS = ("login", "export", "reassign", "delete")
_ENTITIES = ("deals", "contacts")
_EACH = 40
"""Lines of a person."""


def make_log(block: Block, staff: Staff, clients: Clients, sales: Sales) -> None:
    """The CRM's log: people sign in, take small exports, pass records on, delete a few."""
    chance = block.chance("log")
    user = np.repeat(np.flatnonzero(~staff.spare), _EACH)
    count = len(user)
    last = np.where(staff.left[user] == NONE, END // DAY - 1, staff.left[user] - 45)
    first = np.maximum(staff.hired[user], START)
    day = calendar("GB").between(chance.uniform("day", count), first, np.maximum(last, first + 1))
    moment = np.minimum(day * DAY + working_seconds(chance.uniform("hour", count)), END)
    action = chance.choice("action", count, (0.66, 0.16, 0.14, 0.04))
    # Marketing takes its mailing list every month.
    lists = (staff.role[user] == ROLES.index("marketing")) & (action == 1)
    records = np.where(action == 1, chance.integers("records", count, 1, 30), 1)
    records = np.where(lists, chance.integers("list", count, 800, 3000), records)
    records = np.where(action == 0, NONE, records)
    order = np.lexsort([user, moment])
    user, moment, action, records = user[order], moment[order], action[order], records[order]
    deal = chance.integers("deal", count, 0, len(sales.account))
    contact = chance.integers("contact", count, 0, len(clients.account))
    reassigned, deleted = np.flatnonzero(action == 2), np.flatnonzero(action == 3)
    record = gather(
        count,
        [
            (reassigned, block.keys("deals", deal[reassigned]).texts(Style())),
            # What was deleted is no longer there: keys of the time before this export.
            (deleted, keys_text("C8", 6, contact[deleted])),
        ],
    )
    entity = np.where(action == 2, 0, 1)
    block.put(
        LOG,
        id=block.keys(LOG, np.arange(count)),
        happened_at=Moments(moment),
        user_id=block.keys("users", user),
        action=Words(arrow(_ACTIONS), action),
        entity=Words(arrow(_ENTITIES), np.where(action == 0, -1, entity)),
        record_id=Text(record),
        records=Amounts(records, 0),
    )  # fmt: skip
