"""Requests from forms and telephones, and the touches of campaigns on the way to a deal."""

from __future__ import annotations

import numpy as np

from dq.demo.chance import NONE, Chance, Ints, occurrence
from dq.demo.columns import Moments, Words
from dq.demo.house import House
from dq.demo.leads import FORMS, Leads
from dq.demo.lexicon import LANGUAGES, SHARES, country_code
from dq.demo.sales import Sales
from dq.demo.staff import Staff
from dq.demo.text import arrow
from dq.demo.when import DAY, END, START, any_seconds, calendar, day_of
from dq.demo.world import Block

__all__ = ["make_requests", "make_touches"]

_CHANNELS = ("form", "callback", "chat", "phone", "listing", "consultant")
_STATUSES = ("new", "answered", "closed")
_TOUCHES = ("ad click", "mail opened", "mail answered", "site visit", "event visit", "listing view")
_TOUCHED_BY = np.array([[0, 3, 0], [1, 2, 1], [0, 3, 0], [4, 4, 3], [5, 3, 5]])
"""What people do with a campaign of each channel."""


def make_requests(block: Block, staff: Staff, leads: Leads) -> None:
    """Fill requests: one for nine of ten leads from a form, and those that led to nothing."""
    chance = block.chance("requests")
    kept = (leads.form >= 0) & ~leads.spare & chance.flags("kept", len(leads.form), 0.9)
    lead = np.flatnonzero(kept)
    begun = leads.created[lead] - chance.integers("begun", len(lead), 1, 20)
    begun = np.maximum(begun, START * DAY)
    stray = block.rows // 5
    edges = np.rint(np.cumsum(SHARES) * stray).astype(np.int64)
    language = np.repeat(np.arange(len(LANGUAGES)), np.diff(edges, prepend=0))
    spots, days = chance.uniform("stray", stray), np.zeros(stray, dtype=np.int64)
    for code in range(len(LANGUAGES)):
        mine = np.flatnonzero(language == code)
        days[mine] = calendar(country_code(code)).between(spots[mine], START, END // DAY - 2)
    alone = days * DAY + any_seconds(chance.uniform("hour", stray))
    created = np.concatenate([begun, alone])
    lead = np.concatenate([lead, np.full(stray, NONE)])
    order = np.lexsort([lead, created])
    lead, created = lead[order], created[order]
    count = len(lead)
    known = lead != NONE
    of = np.where(known, lead, 0)
    answered = np.where(known, leads.answered[of], NONE)
    form = np.where(known, leads.form[of], chance.integers("form", count, 0, len(FORMS)))
    who = staff.callers(chance, "answered by", known & leads.by_night[of])
    status = np.where(~known, 2, (answered != NONE).astype(np.int64))
    block.put(
        "requests",
        id=block.keys("requests", np.arange(count)),
        channel=Words(arrow(_CHANNELS), chance.choice("channel", count, (50, 14, 14, 13, 5, 4))),
        form_id=Words(arrow(FORMS), form),
        created_at=Moments(created),
        first_response_at=Moments(answered),
        answered_by=block.keys("users", np.where(answered != NONE, who, NONE)),
        lead_id=block.keys("leads", lead),
        status=Words(arrow(_STATUSES), status),
    )


def make_touches(block: Block, house: House, sales: Sales, leads: Leads) -> None:
    """Fill touches: up to six on the way to a lead, the last by the campaign that it names.

    A path begins up to two months before; some clients are touched again after they bought.
    """
    chance = block.chance("touches")
    lead = np.flatnonzero((leads.campaign != NONE) & ~leads.spare)
    sizes = 1 + chance.choice("size", len(lead), (0.34, 0.27, 0.18, 0.11, 0.06, 0.04))
    row = np.repeat(lead, sizes)
    number = occurrence(row)
    last = number == np.repeat(sizes, sizes) - 1
    count = len(row)
    left = np.repeat(sizes, sizes) - 1 - number
    back = np.where(last, 0, left * chance.integers("back", count, 2, 14)) * DAY
    moment = leads.created[row] - back - chance.integers("second", count, 60, 40_000)
    moment = np.maximum(moment, START * DAY + chance.integers("first", count, 0, 80_000))
    moment = np.minimum(moment, leads.created[row])
    campaign = np.where(
        last, leads.campaign[row], _running(chance, house, leads.language[row], moment)
    )
    campaign = np.where(campaign >= 0, campaign, leads.campaign[row])
    after, after_deal = _after(chance, leads, lead)
    deal = np.concatenate([np.full(count, NONE), after_deal])
    row = np.concatenate([row, after])
    late = _later(chance, sales, after_deal)
    moment = np.concatenate([moment, late])
    campaign = np.concatenate([campaign, leads.campaign[after]])
    kept = np.flatnonzero(moment < END)
    order = kept[np.lexsort([row[kept], moment[kept]])]
    row, moment, campaign, deal = row[order], moment[order], campaign[order], deal[order]
    count = len(row)
    channel = house.campaigns.channel[campaign]
    kind = _TOUCHED_BY[channel, chance.integers("kind", count, 0, 3)]
    kind = np.where(deal != NONE, 1, kind)
    of = np.where(leads.deal[row] == NONE, 0, leads.deal[row])
    contact = np.where(leads.deal[row] == NONE, NONE, sales.contact[of])
    block.put(
        "touches",
        id=block.keys("touches", np.arange(count)),
        campaign_id=block.keys("campaigns", campaign),
        lead_id=block.keys("leads", np.where(deal == NONE, row, NONE)),
        contact_id=block.keys("contacts", contact),
        deal_id=block.keys("deals", deal),
        kind=Words(arrow(_TOUCHES), kind),
        touched_at=Moments(moment),
    )


def _running(chance: Chance, house: House, language: Ints, moment: Ints) -> Ints:
    running = house.campaigns.running[language, day_of(moment) - START]
    known = (running >= 0).sum(axis=1)
    place = np.minimum((chance.uniform("campaign", len(moment)) * known).astype(np.int64), 7)
    return np.where(known > 0, running[np.arange(len(moment)), place], -1)


def _after(chance: Chance, leads: Leads, lead: Ints) -> tuple[Ints, Ints]:
    """Leads that became a deal and were touched again, with their deals."""
    again = (leads.deal[lead] != NONE) & chance.flags("again", len(lead), 0.25)
    rows = lead[again]
    return rows, leads.deal[rows]


def _later(chance: Chance, sales: Sales, deal: Ints) -> Ints:
    days = chance.integers("later", len(deal), 2, 20)
    return calendar("GB").later(chance, "after", sales.created[deal], days)
