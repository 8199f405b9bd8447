"""What comes before a deal: leads, requests from forms and telephones, touches of campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from dq.demo.chance import NONE, Bools, Chance, Ints, occurrence, scatter
from dq.demo.clients import Clients, company_titles
from dq.demo.columns import Amounts, Moments, Style, Text, Words, flags
from dq.demo.house import House
from dq.demo.lexicon import (
    LANGUAGES,
    SHARES,
    country_code,
    word_list,
)
from dq.demo.notes import note_texts
from dq.demo.people import People, Phones, addresses, draw_people, local_parts
from dq.demo.sales import Sales
from dq.demo.staff import Staff
from dq.demo.text import arrow, decimals, fill, gather, join, take, valid_cells
from dq.demo.when import DAY, END, START, any_seconds, calendar, day_of, working_seconds
from dq.demo.world import Block

__all__ = ["LEAD_STATUSES", "Leads", "make_leads"]

LEAD_STATUSES = ("new", "working", "nurturing", "rejected", "converted")
NEW, WORKING, NURTURING, REJECTED, CONVERTED = range(5)
FORMS = ("FRM-01", "FRM-02", "FRM-03", "FRM-07")
_KINDS = ("inbound", "outbound", "partner")
_TAGS = ("vip", "tender", "chain")
_DIGITAL = (0, 1, 5)
"""Places of the sources that come through a web form."""

SPARE = 400
"""Leads that are made and used by nobody: material for faults; the others are left out."""


@dataclass(frozen=True)
class Leads:
    """Leads of a block in the order in which they came; `deal` is a row of deals or `NONE`."""

    deal: Ints
    language: Ints
    owner: Ints
    status: Ints
    created: Ints
    answered: Ints
    by_night: Bools
    converted: Ints
    form: Ints
    campaign: Ints
    names: Any
    phones: Ints
    spare: Bools


@dataclass(frozen=True)
class _Drafts:
    """Leads before they are sorted: those that became a deal, cold ones, spare ones."""

    deal: Ints
    language: Ints
    owner: Ints
    status: Ints
    created: Ints
    converted: Ints
    source: Ints
    names: Any
    company: Any
    website: Any
    emails: Any
    phones: Phones
    spare: Bools


def make_leads(block: Block, house: House, staff: Staff, clients: Clients, sales: Sales) -> Leads:
    """Fill leads; most deals of new clients began as a lead, and so did some of the others."""
    chance = block.chance("leads")
    drafts = _drafts(block, chance, staff, clients, sales)
    count = len(drafts.deal)
    order = np.lexsort([np.arange(count), drafts.created])
    digital = np.isin(drafts.source - word_list("sources").start[drafts.language], _DIGITAL)
    form = np.where(digital, chance.integers("form", count, 0, len(FORMS)), -1)
    campaign = _campaigns(chance, house, drafts, digital)
    answered, by_night = _answers(chance, drafts)
    leads = Leads(
        drafts.deal[order], drafts.language[order], drafts.owner[order], drafts.status[order],
        drafts.created[order], answered[order], by_night[order], drafts.converted[order],
        form[order], campaign[order], take(drafts.names, order), drafts.phones.numbers[order],
        drafts.spare[order],
    )  # fmt: skip
    _put_leads(block, chance, house, clients, sales, drafts, leads, order)
    block.tables["leads"].drop(np.flatnonzero(leads.spare))
    _credit(block, sales, leads, drafts.source[order])
    return leads


def _drafts(block: Block, chance: Chance, staff: Staff, clients: Clients, sales: Sales) -> _Drafts:
    late = day_of(sales.created) >= START + 16
    share = np.where(sales.kind == 0, 0.85, 0.22)
    wanted = late & chance.flags("from deal", len(sales.kind), share)
    # A person who comes again is no new lead.
    from_deal = np.flatnonzero(wanted)
    from_deal = from_deal[occurrence(sales.contact[from_deal]) == 0]
    spare = min(SPARE, block.rows // 4)
    cold = block.rows * 3 // 4 + spare
    warm = len(from_deal)
    draw = chance.part("cold")
    edges = np.rint(np.cumsum(SHARES) * cold).astype(np.int64)
    language = np.repeat(np.arange(len(LANGUAGES)), np.diff(edges, prepend=0))
    language = language[draw.order("language", cold)]
    source = np.concatenate([sales.source[from_deal], _sources(draw, language)])
    created = np.concatenate(
        [_before(chance, sales, from_deal), _cold_moments(draw, language, source[warm:])]
    )
    status = _statuses(draw, created[warm:])
    settled = np.full(cold, END // DAY)
    owner = staff.sellers(draw, "owner", language, day_of(created[warm:]), settled)
    serial = occurrence(language) + (block.number + 1) * 40 * block.span("leads")
    titles, websites = company_titles(language, serial)
    named = np.where(draw.flags("company", cold, 0.75), np.arange(cold), -1)
    people = draw_people(draw.part("people"), language)
    emails = _cold_emails(block, draw, clients, people, take(websites, named))
    phones = Phones.mobile(
        draw.part("phone"),
        language,
        np.arange(cold) + 5_000_000 + block.number * block.span("leads"),
    )
    account, contact = sales.account[from_deal], sales.contact[from_deal]
    shown = pa.concat_arrays([take(clients.contact_phones.shown, contact), phones.shown])
    return _Drafts(
        np.concatenate([from_deal, np.full(cold, NONE)]),
        np.concatenate([sales.language[from_deal], language]),
        np.concatenate([sales.owner[from_deal], owner]),
        np.concatenate([np.full(warm, CONVERTED), status]),
        created,
        np.concatenate([sales.created[from_deal], np.full(cold, NONE)]),
        source,
        pa.concat_arrays([take(clients.contact_names, contact), people.full_names()]),
        pa.concat_arrays([take(clients.names, account), take(titles, named)]),
        pa.concat_arrays([take(clients.websites, account), take(websites, named)]),
        pa.concat_arrays([take(clients.contact_emails, contact), emails]),
        Phones(np.concatenate([clients.contact_phones.numbers[contact], phones.numbers]), shown),
        np.arange(warm + cold) >= warm + cold - spare,
    )


def _sources(chance: Chance, language: Ints) -> Ints:
    return word_list("sources").draw(chance.uniform("source", len(language)) ** 1.2, language)


def _before(chance: Chance, sales: Sales, deals: Ints) -> Ints:
    """One to fourteen days before the deal, in working time."""
    day = day_of(sales.created[deals])
    count = len(deals)
    spots, hours = chance.uniform("before", count), working_seconds(chance.uniform("hour", count))
    days = np.zeros(count, dtype=np.int64)
    for code in range(len(LANGUAGES)):
        mine = np.flatnonzero(sales.language[deals] == code)
        found = calendar(country_code(code)).between(spots[mine], day[mine] - 14, day[mine] - 1)
        days[mine] = found
    latest = sales.created[deals] - 3600 - chance.integers("latest", count, 1, 900)
    return np.asarray(np.minimum(days * DAY + hours, latest), dtype=np.int64)


def _cold_moments(chance: Chance, language: Ints, source: Ints) -> Ints:
    """Forms are filled at any hour, also at weekends; everything else comes in working time."""
    count = len(language)
    digital = np.isin(source - word_list("sources").start[language], _DIGITAL)
    spots, days = chance.uniform("day", count), np.zeros(count, dtype=np.int64)
    for code in range(len(LANGUAGES)):
        mine = np.flatnonzero(language == code)
        days[mine] = calendar(country_code(code)).between(spots[mine], START, END // DAY - 1)
    weekend = digital & chance.flags("weekend", count, 0.15)
    # From a Friday or a Monday to the two days beside it.
    weekday = (days + 3) % 7
    shift = np.where(weekday == 4, 1 + chance.integers("shift", count, 0, 2), 0)
    days = np.where(weekend, np.minimum(days + shift, END // DAY - 1), days)
    free = any_seconds(chance.uniform("any hour", count))
    hours = np.where(digital, free, working_seconds(chance.uniform("hour", count)))
    return days * DAY + hours


def _statuses(chance: Chance, created: Ints) -> Ints:
    """New ones are fresh, most others have been judged."""
    age = (END - created) // DAY
    count = len(created)
    fresh = chance.choice("fresh", count, (3, 2, 1, 3))
    recent = chance.choice("recent", count, (0, 2, 1, 3))
    old = chance.choice("old", count, (0, 0.1, 1, 3))
    return np.where(age < 7, fresh, np.where(age < 40, recent, old))


def _cold_emails(
    block: Block, chance: Chance, clients: Clients, people: People, websites: Any
) -> Any:
    """Addresses that no contact has."""
    count = len(people.first)
    mail = word_list("mail")
    public = mail.text(mail.draw(chance.uniform("host", count), people.language))
    full = valid_cells(websites) & chance.flags("own", count, 0.5)
    rows, rest = np.flatnonzero(full), np.flatnonzero(~full)
    hosts = gather(count, [(rows, take(websites, rows)), (rest, take(public, rest))])
    locals_ = local_parts(chance.part("mail"), people)
    # A lead's public address carries a number that no contact's can have.
    year = decimals(chance.integers("year", count, 1960, 2003))
    marked = gather(
        count,
        [(rows, take(locals_, rows)), (rest, join(take(locals_, rest), "_", take(year, rest)))],
    )
    return addresses(marked, hosts, block.number, block.of)


def _campaigns(chance: Chance, house: House, drafts: _Drafts, digital: Bools) -> Ints:
    """The campaign that brought a lead through a form, in four of five."""
    count = len(digital)
    running = house.campaigns.running[drafts.language, day_of(drafts.created) - START]
    known = (running >= 0).sum(axis=1)
    place = np.minimum((chance.uniform("campaign", count) * known).astype(np.int64), 7)
    found = running[np.arange(count), place]
    return np.where(digital & chance.flags("tracked", count, 0.8) & (known > 0), found, NONE)


def _answers(chance: Chance, drafts: _Drafts) -> tuple[Ints, Bools]:
    """First answers: within hours in working time, else the next morning or by the night shift."""
    count = len(drafts.created)
    wait = chance.lognormal("wait", count, 1640.0, 0.8).astype(np.int64) + 40
    hour = drafts.created % DAY // 3600
    day = day_of(drafts.created)
    at_work = np.zeros(count, dtype=np.bool_)
    morning = np.zeros(count, dtype=np.int64)
    for code in range(len(LANGUAGES)):
        mine = drafts.language == code
        cal = calendar(country_code(code))
        at_work |= mine & cal.is_work(day) & (hour >= 9) & (hour < 17)
        following = cal.next_work(np.where(hour < 9, day, day + 1))
        morning = np.where(mine, following * DAY, morning)
    later = morning + 9 * 3600 + wait % 9000
    night = ~at_work & ((hour >= 21) | (hour < 6)) & chance.flags("night", count, 0.3)
    found = np.where(at_work, drafts.created + wait % 14_000, later)
    found = np.where(night, drafts.created + 60 + wait % 900, found)
    # Who became a client was answered, however late.
    ends = np.where(drafts.converted == NONE, END, drafts.converted)
    between = drafts.created + ((ends - drafts.created) * 0.5).astype(np.int64)
    found = np.where((found >= ends) & (drafts.status == CONVERTED), between, found)
    known = (drafts.status != NEW) & (found < ends)
    return np.where(known, found, NONE), night & known


def _made_by(block: Block, leads: Leads) -> Any:
    """The form that made a lead, or the user who typed it in."""
    forms = arrow([f"form:{form}" for form in FORMS])
    users = block.keys("users", leads.owner).texts(Style())
    typed, filled = np.flatnonzero(leads.form < 0), np.flatnonzero(leads.form >= 0)
    return gather(
        len(leads.form), [(filled, take(forms, leads.form[filled])), (typed, take(users, typed))]
    )


def _notes(chance: Chance, house: House, leads: Leads) -> Any:
    """What was written down about two leads in five."""
    noted = np.flatnonzero(chance.flags("noted", len(leads.form), 0.4))
    goods, names = arrow(house.goods.names), take(leads.names, noted)
    told = note_texts(chance, leads.language[noted], leads.created[noted], names, goods)
    return gather(len(leads.form), [(noted, told)])


def _needs(chance: Chance, leads: Leads, wanted: Bools) -> Any:
    """What the client wants, how many and for how much."""
    needs, count = word_list("needs"), len(leads.form)
    which = np.where(wanted, needs.draw(chance.uniform("need", count), leads.language), -1)
    fields = {
        "count": decimals(chance.integers("need count", count, 2, 240)),
        "sum": decimals(chance.integers("need sum", count, 310, 29_900)),
    }
    return fill(needs.words.to_pylist(), which, fields)


def _put_leads(
    block: Block, chance: Chance, house: House, clients: Clients, sales: Sales,
    drafts: _Drafts, leads: Leads, order: Ints,
) -> None:  # fmt: skip
    chance = chance.part("put")
    count = len(order)
    language = leads.language
    deal = np.where(leads.deal == NONE, 0, leads.deal)
    known = leads.deal != NONE
    reasons, interests = word_list("lost_reasons"), word_list("interests")
    reason = reasons.draw(chance.uniform("reason", count), language)
    rejected = leads.status == REJECTED
    wanted = np.isin(leads.status, (CONVERTED, NURTURING)) | chance.flags("budget", count, 0.6)
    # In euros in every department, as the form asks for them.
    budget = np.rint(chance.lognormal("sum", count, 5400.0, 0.5) / 100) * 10_000
    tag = np.where(chance.flags("tagged", count, 0.5), chance.integers("tag", count, 0, 3), -1)
    kind = np.where(leads.form >= 0, 0, chance.choice("kind", count, (0.35, 0.45, 0.2)))
    sources = word_list("sources")
    block.put(
        "leads",
        id=block.keys("leads", np.arange(count)),
        full_name=Text(leads.names),
        company=Text(take(drafts.company, order)),
        email=Text(take(drafts.emails, order)),
        phone=Text(take(drafts.phones.shown, order)),
        website=Text(take(drafts.website, order)),
        source=Words(sources.words, drafts.source[order]),
        form_id=Words(arrow(FORMS), leads.form),
        kind=Words(arrow(_KINDS), kind),
        status=Words(arrow(LEAD_STATUSES), leads.status),
        budget=Amounts(np.where(wanted, budget, NONE).astype(np.int64)),
        interest=Words(
            interests.words, interests.draw(chance.uniform("interest", count), language)
        ),
        need=Text(_needs(chance, leads, wanted)),
        rejected_reason=Words(reasons.words, np.where(rejected, reason, -1)),
        note=Text(_notes(chance, house, leads)),
        tags=Words(arrow(_TAGS), tag),
        owner_id=block.keys("users", leads.owner),
        campaign_id=block.keys("campaigns", leads.campaign),
        created_at=Moments(leads.created),
        created_by=Text(_made_by(block, leads)),
        first_response_at=Moments(leads.answered),
        converted_at=Moments(leads.converted),
        converted_contact_id=block.keys("contacts", np.where(known, sales.contact[deal], NONE)),
        converted_account_id=block.keys("accounts", np.where(known, sales.account[deal], NONE)),
        converted_deal_id=block.keys("deals", leads.deal),
        is_deleted=flags(np.zeros(count)),
    )


def _credit(block: Block, sales: Sales, leads: Leads, source: Ints) -> None:
    """A deal names the lead that it came from, with its source and campaign."""
    deals = block.tables["deals"]
    rows = np.flatnonzero(leads.deal != NONE)
    count = len(sales.account)
    lead = scatter(count, leads.deal[rows], rows)
    campaign = scatter(count, leads.deal[rows], leads.campaign[rows])
    sources = sales.source.copy()
    sources[leads.deal[rows]] = source[rows]
    deals.columns["lead_id"] = block.keys("leads", lead)
    deals.columns["campaign_id"] = block.keys("campaigns", campaign)
    deals.columns["source"] = Words(word_list("sources").words, sources)
