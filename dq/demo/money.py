"""After the sale: invoices, payments, documents, service tickets; and the plans before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dq.demo.chance import NONE, Ints, occurrence
from dq.demo.clients import Clients
from dq.demo.columns import Amounts, Days, Moments, Text, Words
from dq.demo.house import CHANNELS, House
from dq.demo.lexicon import CURRENCIES, DEPARTMENTS, LANGUAGES, word_list
from dq.demo.sales import WON, Sales, tax_within
from dq.demo.staff import DEPARTMENT_NAMES, Staff
from dq.demo.text import arrow, take
from dq.demo.when import DAY, END, calendar, day_number, day_of, quarter_starts
from dq.demo.world import Block

__all__ = ["Bills", "make_documents", "make_money", "make_plans", "make_tickets"]

_END_DAY = END // DAY
_PRIORITIES = ("low", "normal", "high")
_WAIT = np.array([5200.0, 2440.0, 900.0])
"""Median seconds until the help desk answers, by priority."""
_DOCUMENTS = ("offer", "contract", "act")


@dataclass(frozen=True)
class Bills:
    """Invoices of a block, one a row."""

    deal: Ints
    amount: Ints
    issued: Ints
    paid: Ints


def make_money(block: Block, sales: Sales) -> Bills:
    """Fill invoices and payments; the invoices of a deal sum to its amount."""
    chance = block.chance("money")
    won = np.flatnonzero(sales.status == WON)
    sizes = 1 + chance.choice("parts", len(won), (0.78, 0.16, 0.06))
    deal = np.repeat(won, sizes)
    size, number = np.repeat(sizes, sizes), occurrence(deal)
    count = len(deal)
    part = sales.amount[deal] // size
    amount = np.where(number == size - 1, sales.amount[deal] - part * (size - 1), part)
    issued = day_of(sales.closed[deal])
    due = issued + 14 + 30 * number
    paid = np.maximum(due - chance.integers("early", count, -9, 13), issued)
    done = (paid <= _END_DAY) & chance.flags("paid", count, 0.95)
    tax = tax_within(amount, sales.language[deal])
    order = np.lexsort([number, deal, issued])
    deal, amount, issued, due, tax = (part[order] for part in (deal, amount, issued, due, tax))
    paid = np.where(done, paid, NONE)[order]
    currency = sales.currency[deal]
    block.put(
        "invoices",
        id=block.keys("invoices", np.arange(count)),
        deal_id=block.keys("deals", deal),
        account_id=block.keys("accounts", sales.account[deal]),
        issued_at=Days(issued),
        due_at=Days(due),
        amount=Amounts(amount),
        tax=Amounts(tax),
        currency=Words(arrow(CURRENCIES), currency),
        paid_amount=Amounts(np.where(paid != NONE, amount, 0)),
        paid_at=Days(paid),
    )
    rows = np.flatnonzero(paid != NONE)
    rows = rows[np.lexsort([rows, paid[rows]])]
    block.put(
        "payments",
        id=block.keys("payments", np.arange(len(rows))),
        invoice_id=block.keys("invoices", rows),
        paid_at=Days(paid[rows]),
        amount=Amounts(amount[rows]),
        currency=Words(arrow(CURRENCIES), currency[rows]),
    )
    return Bills(deal, amount, issued, paid)


def make_documents(block: Block, sales: Sales) -> None:
    """Fill documents: offers with the proposal, contracts with the negotiation, acts when won."""
    chance = block.chance("documents")
    offers = np.flatnonzero(
        (sales.entered[:, 2] != NONE) & chance.flags("offer", len(sales.account), 0.85)
    )
    contracts = np.flatnonzero(sales.entered[:, 3] != NONE)
    acts = np.flatnonzero(sales.status == WON)
    deal = np.concatenate([offers, contracts, acts])
    kind = np.repeat(np.arange(3), [len(offers), len(contracts), len(acts)])
    begun = np.concatenate(
        [sales.entered[offers, 2], sales.entered[contracts, 3], sales.closed[acts]]
    )
    count = len(deal)
    sent = begun + chance.integers("sent", count, 240, 3300)
    opened = sent + chance.integers("opened", count, 180, 120_000)
    opened += opened % 3600 == 0  # a whole hour is the mark of planted heaps
    signed = opened + chance.integers("signed", count, 1800, 360_000)
    order = np.lexsort([kind, deal, sent])
    kept = order[sent[order] <= END]
    sent, opened, signed, kind = sent[kept], opened[kept], signed[kept], kind[kept]
    count = len(kept)
    block.put(
        "documents",
        id=block.keys("documents", np.arange(count)),
        deal_id=block.keys("deals", deal[kept]),
        kind=Words(arrow(_DOCUMENTS), kind),
        sent_at=Moments(sent),
        opened_at=Moments(np.where(opened < END, opened, NONE)),
        signed_at=Moments(np.where((kind > 0) & (signed < END), signed, NONE)),
    )


def make_tickets(block: Block, staff: Staff, clients: Clients, sales: Sales) -> None:
    """Fill tickets; they come from a help desk of its own, which knows clients by name only."""
    chance = block.chance("tickets")
    deal = np.flatnonzero((sales.status == WON) & chance.flags("trouble", len(sales.account), 0.6))
    count = len(deal)
    cal = calendar("GB")
    opened = cal.later(chance, "opened", sales.closed[deal], chance.integers("lag", count, 5, 120))
    kept = np.flatnonzero(opened <= END - 3 * DAY)
    kept = kept[np.lexsort([deal[kept], opened[kept]])]
    deal, opened = deal[kept], opened[kept]
    count = len(deal)
    priority = chance.choice("priority", count, (0.3, 0.5, 0.2))
    answered = opened + chance.lognormal("wait", count, _WAIT[priority], 0.6).astype(np.int64) + 60
    solved = cal.later(chance, "solved", answered, chance.integers("days", count, 0, 6))
    done = solved < END
    kinds = word_list("ticket_kinds")
    desk = staff.service()
    score = np.array([3, 4, 4, 5, 5])[chance.integers("score", count, 0, 5)]
    block.put(
        "tickets",
        id=block.keys("tickets", np.arange(count)),
        account_id=Text(take(clients.names, sales.account[deal])),
        kind=Words(kinds.words, kinds.draw(chance.uniform("kind", count), sales.language[deal])),
        priority=Words(arrow(_PRIORITIES), priority),
        status=Words(arrow(["open", "closed"]), done.astype(np.int64)),
        owner_id=block.keys("users", desk[chance.integers("owner", count, 0, len(desk))]),
        opened_at=Moments(opened),
        first_response_at=Moments(answered),
        resolved_at=Moments(np.where(done, solved, NONE)),
        reopened_count=Amounts(chance.choice("again", count, (0.85, 0.12, 0.03)), 0),
        cost=Amounts(np.rint(chance.lognormal("cost", count, 3660.0, 0.5)).astype(np.int64)),
        satisfaction=Amounts(np.where(done, score, NONE), 0),
    )


def make_plans(block: Block, house: House, staff: Staff, sales: Sales) -> None:
    """Fill plans: revenue and won deals a seller and quarter, near what came of them.

    The first block also has plans of leads by channel and of revenue by product.
    """
    chance = block.chance("plans")
    edges = np.array([day_number(day) for day in quarter_starts()])
    quarters = 11
    won = np.flatnonzero(sales.status == WON)
    quarter = np.searchsorted(edges, day_of(sales.closed[won]), side="right") - 1
    euros = sales.amount[won] / 100 * house.rate(sales.currency[won], day_of(sales.closed[won]))
    cell = sales.owner[won] * quarters + quarter
    size = len(staff.role) * quarters
    revenue = np.bincount(cell, weights=euros, minlength=size).reshape(-1, quarters)
    wins = np.bincount(cell, minlength=size).reshape(-1, quarters)
    works = (staff.hired[:, None] < edges[None, :quarters]) & (
        (staff.left[:, None] == NONE) | (staff.left[:, None] >= edges[None, 1 : quarters + 1])
    )
    owner, place = np.nonzero(works & (wins.sum(axis=1) > 0)[:, None])
    count = len(owner)
    # Sellers are planned by their usual quarter, not by what this one brought.
    usual = revenue.sum(axis=1) / np.maximum((revenue > 0).sum(axis=1), 1)
    often = wins.sum(axis=1) / np.maximum((wins > 0).sum(axis=1), 1)
    value = np.rint(usual[owner] * chance.uniform("revenue", count, 0.8, 1.25) / 500) * 50_000
    number = np.maximum(np.rint(often[owner] * chance.uniform("won", count, 0.8, 1.25)), 1) * 100
    rows: list[tuple[Ints, ...]] = [
        (np.zeros(count, dtype=np.int64), place, owner, np.full(count, -1), np.full(count, -1),
         staff.department[owner], np.maximum(value, 50_000)),
        (np.ones(count, dtype=np.int64), place, owner, np.full(count, -1), np.full(count, -1),
         staff.department[owner], number),
    ]  # fmt: skip
    if block.first:
        rows += _house_plans(block, house, sales, quarters)
    term, place, owner, channel, product, department, value = (
        np.concatenate(part) for part in zip(*rows, strict=True)
    )
    order = np.lexsort([product, channel, owner, term, place])
    term, place, owner, channel, product, department, value = (
        part[order] for part in (term, place, owner, channel, product, department, value)
    )
    block.put(
        "plans",
        id=block.keys("plans", np.arange(len(term))),
        term=Words(arrow(["revenue", "won_deals", "leads_created"]), term),
        period_start=Days(edges[place]),
        period_end=Days(edges[np.minimum(place + 1, len(edges) - 1)] - 1),
        owner_id=block.keys("users", owner),
        department=Words(arrow(DEPARTMENT_NAMES), department),
        channel=Words(arrow(CHANNELS), channel),
        product_id=Words(arrow(house.goods.keys), product),
        value=Amounts(value.astype(np.int64)),
    )


def _house_plans(block: Block, house: House, sales: Sales, quarters: int) -> list[tuple[Ints, ...]]:
    """Leads by department and channel, revenue by product."""
    chance = block.chance("plans.house")
    place = np.repeat(np.arange(quarters), len(DEPARTMENTS) * len(CHANNELS))
    department = np.tile(np.repeat(np.arange(len(LANGUAGES)), len(CHANNELS)), quarters)
    channel = np.tile(np.arange(len(CHANNELS)), quarters * len(DEPARTMENTS))
    count = len(place)
    none, less = np.full(count, NONE), np.full(count, -1)
    usual = max(len(sales.account) / quarters / len(LANGUAGES) / len(CHANNELS), 1)
    leads = np.rint(chance.uniform("leads", count, 0.6, 1.4) * usual) * 100 + 100
    best = np.arange(0, len(house.goods.names), 5)
    again = np.repeat(np.arange(quarters), len(best))
    product = np.tile(best, quarters)
    size = len(again)
    whole = len(sales.account) * 3000 / quarters / len(house.goods.names)
    value = np.rint(chance.uniform("goods", size, 0.6, 1.4) * whole / 500 + 1) * 50_000
    return [
        (np.full(count, 2), place, none, channel, less, department, leads),
        (np.zeros(size, dtype=np.int64), again, np.full(size, NONE), np.full(size, -1), product,
         np.full(size, -1), value),
    ]  # fmt: skip
