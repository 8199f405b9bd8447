"""The world outside the CRM: the telephone switch and the books.

Both are made from what truly happened, before any fault is planted in the CRM.
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
from dq.demo.staff import extensions
from dq.demo.table import Table
from dq.demo.text import arrow, keys_text, take
from dq.demo.when import END, day_of
from dq.demo.work import CALL, Work
from dq.demo.world import ACCOUNTING, Block

__all__ = ["BOOKS", "OUTSIDE", "SWITCH", "make_books", "make_switch", "to_euros"]

SWITCH, BOOKS = "telephony", "books"
OUTSIDE: Mapping[str, Style] = {SWITCH: Style(";"), BOOKS: ACCOUNTING}
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
