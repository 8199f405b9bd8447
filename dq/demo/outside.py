"""The world outside the CRM: the telephone switch, the books, the CRM's own log of actions.

All three are made from what truly happened, before any fault is planted in the CRM.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dq.demo.chance import NONE, Ints
from dq.demo.clients import Clients
from dq.demo.columns import Amounts, Column, Days, Moments, Style, Text, Words
from dq.demo.house import House
from dq.demo.leads import Leads
from dq.demo.lexicon import CURRENCIES
from dq.demo.sales import WON, Sales
from dq.demo.staff import ROLES, Staff, extensions
from dq.demo.table import Table
from dq.demo.text import arrow, gather, keys_text, take
from dq.demo.when import DAY, END, START, calendar, day_of, working_seconds
from dq.demo.work import CALL, Work
from dq.demo.world import ACCOUNTING, Block

__all__ = ["BOOKS", "LOG", "OUTSIDE", "SWITCH", "make_books", "make_log", "make_switch", "to_euros"]

SWITCH, BOOKS, LOG = "telephony", "books", "audit_log"
OUTSIDE: Mapping[str, Style] = {SWITCH: Style(";"), BOOKS: ACCOUNTING, LOG: Style()}
"""The files, and how each is written."""


def _put(block: Block, table: str, /, **columns: Column) -> None:
    block.tables[table] = Table(table, OUTSIDE[table], columns)


def make_switch(block: Block, clients: Clients, leads: Leads, work: Work) -> Ints:
    """The switch's log: every call with the extension and the number at the other end.

    Returns the activity of each line.
    """
    chance = block.chance("switch")
    calls = np.flatnonzero(work.kind == CALL)
    shift = chance.integers("shift", len(calls), -20, 21)
    started = np.minimum(work.started[calls] + shift, END)
    order = np.argsort(started, kind="stable")
    calls, started = calls[order], started[order]
    count = len(calls)
    contact, lead = work.contact[calls], work.lead[calls]
    number = np.where(
        contact != NONE,
        clients.contact_phones.numbers[np.maximum(contact, 0)],
        leads.phones[np.maximum(lead, 0)],
    )
    rings = chance.integers("rings", count, 3, 25)
    missed = work.missed[calls]
    base = block.number * block.span("activities") + 1
    width = max(7, len(str(block.of * block.span("activities"))))
    _put(
        block, SWITCH,
        call_id=Text(keys_text("T-", width, np.arange(count) + base)),
        started=Moments(started),
        extension=Amounts(extensions(block, work.owner[calls]), 0),
        number=Amounts(number, 0),
        direction=Words(arrow(["in", "out"]), work.direction[calls]),
        rings_s=Amounts(rings, 0),
        talk_s=Amounts(work.duration[calls], 0),
        answered=Words(arrow(["no", "yes"]), (~missed).astype(np.int64)),
    )  # fmt: skip
    return calls


def to_euros(amount: Ints, currency: Ints, days: Ints, house: House) -> Ints:
    """Hundredths of a currency in euro cents, half to even, at the last rate of the day."""
    row = np.maximum(np.searchsorted(house.rate_days, days, side="right") - 1, 0)
    whole, rest = np.divmod(amount * house.rates[row, currency], 10**6)
    up = (rest > 500_000) | ((rest == 500_000) & (whole % 2 == 1))
    return np.asarray(whole + up, dtype=np.int64)


def make_books(block: Block, house: House, clients: Clients, sales: Sales) -> Ints:
    """The ledger of sales, as an accounting system exports it: one entry for each won deal.

    Returns the deal of each entry.
    """
    deal = np.flatnonzero(sales.status == WON)
    deal = deal[np.lexsort([deal, sales.closed[deal]])]
    days = day_of(sales.closed[deal])
    deals, accounts = block.tables["deals"], block.tables["accounts"]
    account = sales.account[deal]
    base = block.number * block.span("deals") + 1
    _put(
        block, BOOKS,
        Дата=Days(days),
        Номер=Text(keys_text("S-", 7, np.arange(len(deal)) + base)),
        Контрагент=Text(take(clients.names, account)),
        ИНН=Text(take(accounts.columns["tax_id"].texts(accounts.style), account)),
        Договор=Text(take(deals.columns["contract_no"].texts(deals.style), deal)),
        Сделка=block.keys("deals", deal),
        Сумма=Amounts(sales.amount[deal]),
        Валюта=Words(arrow(CURRENCIES), sales.currency[deal]),
        СуммаEUR=Amounts(to_euros(sales.amount[deal], sales.currency[deal], days, house)),
    )  # fmt: skip
    return deal


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
    _put(
        block, LOG,
        id=block.keys(LOG, np.arange(count)),
        happened_at=Moments(moment),
        user_id=block.keys("users", user),
        action=Words(arrow(_ACTIONS), action),
        entity=Words(arrow(_ENTITIES), np.where(action == 0, -1, entity)),
        record_id=Text(record),
        records=Amounts(records, 0),
    )  # fmt: skip
