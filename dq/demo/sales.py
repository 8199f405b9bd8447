"""Deals and how they moved: stages, lines, the people involved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dq.demo.chance import NONE, Bools, Chance, Floats, Ints, occurrence
from dq.demo.clients import Clients
from dq.demo.columns import Amounts, Days, Moments, Text, Words, flags
from dq.demo.house import House
from dq.demo.lexicon import (
    CURRENCIES,
    LANGUAGES,
    PER_EURO,
    country_code,
    pipelines,
    word_list,
    words,
)
from dq.demo.staff import Staff
from dq.demo.text import arrow, ascii_digits, decimals, fill, fixed, take
from dq.demo.when import DAY, END, START, calendar, day_of, working_seconds
from dq.demo.world import Block

__all__ = [
    "KINDS",
    "LADDER",
    "LOST",
    "OPEN",
    "PROBABILITY",
    "STATUSES",
    "WON",
    "Sales",
    "make_sales",
    "tax_within",
]

LADDER = ("new", "qualified", "proposal", "negotiation")
STATUSES = ("open", "won", "lost")
OPEN, WON, LOST = range(3)
PROBABILITY = np.array([10, 30, 60, 80, 100, 0])
"""By stage: the ladder, won, lost."""

KINDS = ("new", "repeat", "extension")
_SCALE = np.array([8.7, 8.9, 8.3])
_SEGMENT_SCALE = np.array([0.45, 0.1, -0.2])
_ROUND = {"RUB": 100, "UAH": 50, "GBP": 1, "EUR": 5, "USD": 5, "KZT": 500}
_ROLES = ("decision maker", "user", "finance", "technical")
_SIDES = ("client", "seller", "market")
_PACE = 0.3
"""Deviation of the logarithm of a deal's own pace, over all of its stages."""
_STAGE_SPREAD = 0.38
_CUTS = np.array([0, 0, 0, 5, 10, 15])
"""Discounts in per cent."""


@dataclass(frozen=True)
class Sales:
    """Deals of a block.

    `entered` has a column for each stage of the ladder: the moment, or `NONE`; `reached` is the
    last of them, `stage` the place among the six stages, `lines` the number of lines.
    """

    account: Ints
    language: Ints
    pipeline: Ints
    owner: Ints
    contact: Ints
    second: Ints
    kind: Ints
    source: Ints
    entered: Ints
    closed: Ints
    status: Ints
    reached: Ints
    amount: Ints
    currency: Ints
    lines: Ints

    @property
    def created(self) -> Ints:
        """When the deals were entered."""
        return self.entered[:, 0]

    @property
    def stage(self) -> Ints:
        """Places among the four stages of the ladder, won (4) and lost (5)."""
        return np.where(self.status == OPEN, self.reached, 3 + self.status)


def make_sales(block: Block, house: House, staff: Staff, clients: Clients) -> Sales:
    """Fill deals, deal_lines, deal_contacts and stage_history; sources are still to come."""
    chance = block.chance("deals")
    account, created = _begun(block, chance, clients)
    count = len(account)
    language, currency = clients.language[account], clients.currency[account]
    pipeline = _pipelines(chance, language)
    entered, closed, status, reached = _paths(chance, pipeline, language, created)
    kind = _kinds(chance, clients, account, pipeline, created)
    until = np.where(status == OPEN, END, closed)
    owner = staff.sellers(chance, "owner", language, day_of(created), day_of(until))
    contact, second = _people(chance, clients, account, created)
    euros = np.exp(
        _SCALE[kind] + _SEGMENT_SCALE[clients.segment[account]] + _scales()[pipeline]
        + 0.42 * chance.normal("amount", count)
    )  # fmt: skip
    priced = (reached >= 2) | chance.flags("priced", count, 0.5)
    lined = priced & chance.flags("lined", count, 0.64)
    amount = _lump(euros, currency, priced)
    lines, totals = _lines(block, chance, house, np.flatnonzero(lined), euros, currency, language)
    amount = np.where(lined, totals, amount)
    sources = word_list("sources")
    source = sources.draw(chance.uniform("source", count) ** 1.2, language)
    sales = Sales(
        account, language, pipeline, owner, contact, second, kind, source, entered, closed, status,
        reached, amount, currency, lines,
    )  # fmt: skip
    _put_deals(block, chance, house, clients, sales)
    _put_people(block, chance, sales)
    _put_history(block, sales)
    return sales


def _begun(block: Block, chance: Chance, clients: Clients) -> tuple[Ints, Ints]:
    """Deals in the order in which they began, each with a company that was known by then."""
    count = block.rows
    shares = np.bincount(clients.language, minlength=len(LANGUAGES)).tolist()
    language = chance.choice("language", count, shares)
    spots, busy = chance.uniform("day", count), chance.uniform("account", count) ** 1.3
    days, account = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for code in range(len(LANGUAGES)):
        mine = np.flatnonzero(language == code)
        days[mine] = calendar(country_code(code)).between(spots[mine], START, END // DAY - 1)
        known = np.flatnonzero(clients.language == code)
        past = np.searchsorted(day_of(clients.created[known]), days[mine] - 1)
        account[mine] = known[(busy[mine] * np.maximum(past, 1)).astype(np.int64)]
    created = days * DAY + working_seconds(chance.uniform("hour", count))
    order = np.lexsort([account, created])
    return account[order], created[order]


def _pipelines(chance: Chance, language: Ints) -> Ints:
    found = np.zeros(len(language), dtype=np.int64)
    for code in range(len(LANGUAGES)):
        own = [place for place, made in enumerate(pipelines()) if made.language == code]
        weights = [pipelines()[place].weight for place in own]
        picked = np.array(own)[chance.choice(f"pipeline.{code}", len(language), weights)]
        found = np.where(language == code, picked, found)
    return found


def _scales() -> Floats:
    return np.array([made.scale for made in pipelines()])


def _paths(chance: Chance, pipeline: Ints, language: Ints, created: Ints) -> tuple[Ints, ...]:
    """Stages entered, the moment of closing, status, and the last stage of the ladder."""
    count = len(created)
    days = np.array([made.days for made in pipelines()])[pipeline]
    loss = np.array([made.loss for made in pipelines()])[pipeline]
    pace = chance.lognormal("pace", count, 1.0, _PACE)
    entered = np.full((count, 4), NONE, dtype=np.int64)
    entered[:, 0] = created
    closed = np.full(count, NONE, dtype=np.int64)
    status = np.full(count, OPEN, dtype=np.int64)
    reached = np.zeros(count, dtype=np.int64)
    now, going = created.copy(), np.ones(count, dtype=np.bool_)
    for place in range(4):
        length = (
            days[:, place] * pace * chance.lognormal(f"days.{place}", count, 1.0, _STAGE_SPREAD)
        )
        moved = np.zeros(count, dtype=np.int64)
        for code in range(len(LANGUAGES)):
            rows = np.flatnonzero(language == code)
            part = chance.part(f"{place}.{code}")
            moved[rows] = calendar(country_code(code)).later(part, "move", now[rows], length[rows])
        going &= moved < END
        lost = going & chance.flags(f"loss.{place}", count, loss[:, place])
        won = going & ~lost if place == 3 else np.zeros(count, dtype=np.bool_)
        closed = np.where(lost | won, moved, closed)
        status = np.where(lost, LOST, np.where(won, WON, status))
        going &= ~lost & ~won
        if place < 3:
            entered[going, place + 1] = moved[going]
            reached[going] = place + 1
        now = np.where(going, moved, now)
    return entered, closed, status, reached


def _kinds(chance: Chance, clients: Clients, account: Ints, pipeline: Ints, created: Ints) -> Ints:
    """The first deal of a client of our time is new; who came before the CRM buys again."""
    count = len(account)
    first = occurrence(account) == 0
    fresh = created - clients.created[account] < 200 * DAY
    renews = np.array([made.kinds[0] for made in pipelines()])[pipeline] == 0
    again = 1 + chance.choice("again", count, (0.7, 0.3))
    new = first & ~renews & (fresh | chance.flags("new", count, 0.8))
    return np.where(new, 0, again)


def _people(chance: Chance, clients: Clients, account: Ints, created: Ints) -> tuple[Ints, Ints]:
    """The main contact of each deal and a second one, or `NONE`; both were known by then."""
    count = len(account)
    first = clients.first_contact[account]
    size = clients.first_contact[account + 1] - first
    known = np.ones(count, dtype=np.int64)
    for place in range(1, 5):
        row = clients.contacts_of[np.minimum(first + place, len(clients.contacts_of) - 1)]
        known += (place < size) & (clients.contact_created[row] <= created)
    main = chance.integers("contact", count, 0, known)
    other = (main + 1) % np.maximum(known, 1)
    both = (known > 1) & chance.flags("second", count, 0.3)
    second = np.where(both, clients.contacts_of[first + other], NONE)
    return clients.contacts_of[first + main], second


def _lump(euros: Floats, currency: Ints, priced: Bools) -> Ints:
    """A round sum for a whole deal."""
    rate = np.array([PER_EURO[name] for name in CURRENCIES])[currency]
    step = np.array([_ROUND[name] for name in CURRENCIES])[currency]
    whole = np.maximum(np.rint(euros * rate / step), 1) * step * 100
    return np.where(priced, whole.astype(np.int64), NONE)


def _lines(
    block: Block,
    chance: Chance,
    house: House,
    deals: Ints,
    euros: Floats,
    currency: Ints,
    language: Ints,
) -> tuple[Ints, Ints]:
    """Lines worth about the deal; prices include the tax, of which each line names its part.

    Returns the number of lines and their total for every deal.
    """
    sizes = 1 + chance.choice("lines", len(deals), (0.4, 0.35, 0.25))
    deal = np.repeat(deals, sizes)
    number = occurrence(deal)
    count = len(deal)
    prices = house.goods.prices
    share = euros[deal] / np.repeat(sizes, sizes)
    affordable = np.searchsorted(prices[:, 0] / 100, share / 2)
    affordable = np.maximum(affordable, 3)
    start = np.repeat(chance.integers("product", len(deals), 0, 10**6), sizes)
    step = np.repeat(chance.integers("step", len(deals), 0, 10**6), sizes) % (affordable // 3) + 1
    product = (start + number * step) % affordable
    price = prices[product, currency[deal]]
    rate = np.array([PER_EURO[name] for name in CURRENCIES])[currency[deal]]
    quantity = np.maximum(np.rint(share * rate * 100 / price), 1).astype(np.int64)
    cut = _CUTS[chance.integers("cut", count, 0, len(_CUTS))]
    discount = (price * quantity * cut + 50) // 100
    total = price * quantity - discount
    tax = tax_within(total, language[deal])
    block.put(
        "deal_lines",
        id=block.keys("deal_lines", np.arange(count)),
        deal_id=block.keys("deals", deal),
        product_id=Words(arrow(house.goods.keys), product),
        quantity=Amounts(quantity, 0),
        unit_price=Amounts(price),
        discount=Amounts(discount),
        tax=Amounts(tax),
        total=Amounts(total),
    )
    lines, totals = np.zeros(len(euros), dtype=np.int64), np.zeros(len(euros), dtype=np.int64)
    lines[deals] = sizes
    np.add.at(totals, deal, total)
    return lines, totals


def tax_within(total: Ints, language: Ints) -> Ints:
    """The tax that sums hold: VAT of 20 or 12 per cent, in America a sales tax of ten."""
    kz, us = (language == LANGUAGES.index(code) for code in ("kz", "us"))
    held = np.select([kz, us], [total * 12 / 112, total / 11], total / 6)
    return np.asarray(np.rint(held).astype(np.int64))


def _deal_names(chance: Chance, house: House, clients: Clients, sales: Sales) -> tuple[Any, Ints]:
    """What is sold, to whom; a number tells the deals of one client apart. And the years."""
    count = len(sales.account)
    formats = [form for code in LANGUAGES for form in words(code)["deal_formats"]]
    each = len(formats) // len(LANGUAGES)
    form = sales.language * each + chance.integers("form", count, 0, each)
    product = chance.integers("named", count, 0, len(house.goods.names))
    year = sales.created.astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64) + 1970
    same = ((sales.account * 64 + form) * 64 + product) * 8 + year - 2020
    again = occurrence(same)
    fields = {
        "product": take(arrow(house.goods.names), product),
        "client": take(clients.names, sales.account),
        "year": decimals(year),
        "again": decimals(again + 1),
    }
    several = [f"{form} (№ {{again}})" for form in formats]
    return fill(formats + several, form + len(formats) * (again > 0), fields), year


def _put_deals(block: Block, chance: Chance, house: House, clients: Clients, sales: Sales) -> None:
    count = len(sales.account)
    names, year = _deal_names(chance, house, clients, sales)
    open_, lost = sales.status == OPEN, sales.status == LOST
    stages = arrow([stage for made in pipelines() for stage in made.stages])
    probability = PROBABILITY[sales.stage]
    priced = sales.amount != NONE
    margin = chance.uniform("cost", count, 0.55, 0.8)
    cost = np.rint(np.where(priced, sales.amount, 0) * margin).astype(np.int64)
    expected = np.rint(np.where(priced, sales.amount, 0) * probability / 100).astype(np.int64)
    planned = np.where(
        open_,
        END // DAY + chance.integers("planned.open", count, 6, 75),
        day_of(sales.created) + chance.integers("planned", count, 35, 80),
    )
    contract = [words(code)["contract_format"].replace(":05d", "") for code in LANGUAGES]
    row = np.arange(count) + block.number * block.span("deals") + 1
    number = {
        "year": decimals(year % 100),
        "number": fixed(ascii_digits(row, max(5, len(str(row.max()))))),
    }
    written = np.where(sales.reached == 3, sales.language, -1)
    reasons, steps = word_list("lost_reasons"), word_list("next_steps")
    reason = reasons.draw(chance.uniform("reason", count) ** 1.3, sales.language)
    side = chance.choice("side", count, (0.6, 0.25, 0.15))
    step = steps.draw(chance.uniform("step.text", count), sales.language)
    soon = calendar("GB").later(
        chance, "soon", np.full(count, END), chance.integers("soon", count, 1, 14)
    )
    block.put(
        "deals",
        id=block.keys("deals", np.arange(count)),
        name=Text(names),
        account_id=block.keys("accounts", sales.account),
        contact_id=block.keys("contacts", sales.contact),
        owner_id=block.keys("users", sales.owner),
        pipeline=Words(arrow([made.name for made in pipelines()]), sales.pipeline),
        stage=Words(stages, sales.pipeline * 6 + sales.stage),
        status=Words(arrow(STATUSES), sales.status),
        amount=Amounts(sales.amount),
        currency=Words(arrow(CURRENCIES), sales.currency),
        cost=Amounts(np.where(priced & (sales.reached >= 2), cost, NONE)),
        expected_amount=Amounts(np.where(priced & open_, expected, NONE)),
        probability=Amounts(probability, 0),
        kind=Words(arrow(KINDS), sales.kind),
        source=Words(word_list("sources").words, sales.source),
        contract_no=Text(fill(contract, written, number)),
        lost_reason=Words(reasons.words, np.where(lost, reason, -1)),
        lost_side=Words(arrow(_SIDES), np.where(lost, side, -1)),
        created_at=Moments(sales.created),
        expected_close_at=Days(planned),
        closed_at=Moments(sales.closed),
        next_step=Words(steps.words, np.where(open_, step, -1)),
        next_step_at=Moments(np.where(open_, soon, NONE)),
        is_deleted=flags(np.zeros(count)),
    )


def _put_people(block: Block, chance: Chance, sales: Sales) -> None:
    count = len(sales.account)
    rows = np.flatnonzero(sales.second != NONE)
    deal = np.concatenate([np.arange(count), rows])
    contact = np.concatenate([sales.contact, sales.second[rows]])
    main = np.arange(len(deal)) < count
    order = np.lexsort([~main, deal])
    block.put(
        "deal_contacts",
        deal_id=block.keys("deals", deal[order]),
        contact_id=block.keys("contacts", contact[order]),
        role=Words(arrow(_ROLES), chance.integers("role", len(deal), 0, len(_ROLES))),
        is_primary=flags(main[order]),
    )


def _put_history(block: Block, sales: Sales) -> None:
    """One row for each stage that a deal entered, and one for its closing."""
    count = len(sales.account)
    pieces = [
        (np.arange(count), np.full(count, -1), np.zeros(count, dtype=np.int64), sales.created)
    ]
    for place in range(1, 4):
        rows = np.flatnonzero(sales.entered[:, place] != NONE)
        full = np.full(len(rows), place)
        pieces.append((rows, full - 1, full, sales.entered[rows, place]))
    rows = np.flatnonzero(sales.status != OPEN)
    pieces.append((rows, sales.reached[rows], 3 + sales.status[rows], sales.closed[rows]))
    deal, before, after, moved = (np.concatenate(part) for part in zip(*pieces, strict=True))
    order = np.lexsort([after, deal, moved])
    deal, before, after, moved = deal[order], before[order], after[order], moved[order]
    stages = arrow([stage for made in pipelines() for stage in made.stages])
    base = sales.pipeline[deal] * 6
    block.put(
        "stage_history",
        id=block.keys("stage_history", np.arange(len(deal))),
        deal_id=block.keys("deals", deal),
        from_stage=Words(stages, np.where(before >= 0, base + before, -1)),
        to_stage=Words(stages, base + after),
        changed_at=Moments(moved),
        changed_by=block.keys("users", sales.owner[deal]),
    )
