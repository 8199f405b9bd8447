"""What comes before a deal: leads, requests from forms and telephones, touches of campaigns."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dq.demo import numbers
from dq.demo.clients import SHARES, language_of
from dq.demo.house import PER_EURO, money, sellers
from dq.demo.notes import note_text
from dq.demo.people import LANGUAGES, Names, latin, phone_style, words
from dq.demo.when import END, START, at_work, later, workday
from dq.demo.world import Row, World, weighted

__all__ = ["fill_leads"]

_FORMS = ("FRM-01", "FRM-02", "FRM-03", "FRM-07")
_KINDS = (("inbound", 0.65), ("outbound", 0.25), ("partner", 0.1))
_TOUCHES = ("ad click", "mail opened", "mail answered", "site visit", "event visit")
_CHANNELS = (("form", 0.5), ("callback", 0.15), ("chat", 0.15), ("phone", 0.15), ("listing", 0.05))
_TAGS = ("vip", "tender", "chain", None, None, None)


def fill_leads(world: World) -> None:
    """Fill leads, requests and touches; most deals of new clients began as a lead."""
    rng = world.rng("leads")
    accounts, contacts = world.by_key("accounts"), world.by_key("contacts")
    drafts: list[dict[str, Any]] = []
    for deal in world.tables["deals"]:
        early = deal["created_at"].date() < START + timedelta(days=16)
        if deal["kind"] == "new" and not early and rng.random() < 0.8:
            account, contact = accounts[deal["account_id"]], contacts[deal["contact_id"]]
            drafts.append(_from_deal(rng, deal, account, contact))
    taken = {contact["email"] for contact in contacts.values()}
    names = {language: Names(language, taken) for language in LANGUAGES}
    for _ in range(world.rows * 4 // 5):
        drafts.append(_cold(world, rng, names[weighted(rng, SHARES.items())]))
    deals = world.by_key("deals")
    calls = [user for user in world.tables["users"] if user["role"] == "call_centre"]
    for draft in sorted(drafts, key=lambda draft: (draft["created_at"], draft["full_name"])):
        lead = world.add("leads", id=world.next_id("leads", "L"), **draft)
        _enrich(world, rng, lead)
        if lead["converted_deal_id"] is not None:
            deal = deals[lead["converted_deal_id"]]
            deal["source"], deal["campaign_id"] = lead["source"], lead["campaign_id"]
            deal["lead_id"] = lead["id"]
        _request(world, rng, lead, calls)
        _touches(world, rng, lead)
    _stray_requests(world, rng)


def _from_deal(rng: random.Random, deal: Row, account: Row, contact: Row) -> dict[str, Any]:
    day = deal["created_at"].date()
    created = at_work(rng, workday(rng, day - timedelta(days=14), day - timedelta(days=1)))
    # After a long holiday the working day that is found may be the day of the deal itself.
    created = min(created, deal["created_at"] - timedelta(hours=1, seconds=rng.randint(1, 900)))
    return {
        "full_name": contact["full_name"],
        "company": account["name"],
        "email": contact["email"],
        "phone": contact["phone"],
        "website": account["domain"],
        "status": "converted",
        "owner_id": deal["owner_id"],
        "source": rng.choice(words(language_of(account))["sources"]),
        "created_at": created,
        "converted_at": deal["created_at"],
        "converted_contact_id": contact["id"],
        "converted_account_id": account["id"],
        "converted_deal_id": deal["id"],
    }


def _cold(world: World, rng: random.Random, names: Names) -> dict[str, Any]:
    vocabulary = names.words
    person = names.person(rng)
    language = next(code for code in LANGUAGES if words(code) is vocabulary)
    created = at_work(rng, workday(rng, START, END.date() - timedelta(days=1)))
    age = (END - created).days
    fresh, recent = age < 10, age < 40
    odds = {"new": 3.0 * fresh, "working": 2.0 if recent else 0.1, "nurturing": 1.0}
    status = weighted(rng, {**odds, "rejected": 3.0}.items())
    company = website = None
    if rng.random() < 0.75:
        title = f"{rng.choice(vocabulary['stems'])} {rng.choice(vocabulary['trades'])}"
        company = f"{title} {rng.randint(2, 99)}"
        website = f"{latin(company, vocabulary)}.{vocabulary['tld']}"
    country = vocabulary["country"]
    return {
        "full_name": person.full,
        "company": company,
        "email": names.email(rng, person, website if rng.random() < 0.5 else None),
        "phone": phone_style(rng, numbers.phone(rng, country), country),
        "website": website,
        "status": status,
        "rejected_reason": rng.choice(vocabulary["lost_reasons"]) if status == "rejected" else None,
        "owner_id": rng.choice(sellers(world, language, created.date(), END.date()))["id"],
        "source": rng.choice(vocabulary["sources"]),
        "created_at": created,
    }


def _enrich(world: World, rng: random.Random, lead: Row) -> None:
    language = _language(world, lead)
    vocabulary = words(language)
    created: datetime = lead["created_at"]
    digital = vocabulary["sources"].index(lead["source"]) in (0, 1, 5)
    if digital:
        lead["form_id"] = rng.choice(_FORMS)
        day = created.date()
        running = [
            row["id"]
            for row in world.tables["campaigns"]
            if row["cost"] is not None
            and row["name"].startswith(vocabulary["department"])
            and row["started_at"] <= day <= row["ended_at"]
        ]
        if running and rng.random() < 0.8:
            lead["campaign_id"] = rng.choice(running)
    lead["kind"] = weighted(rng, _KINDS)
    lead["interest"] = rng.choice(vocabulary["interests"])
    lead["tags"] = rng.choice(_TAGS)
    if rng.random() < 0.4:
        goods = [product["name"] for product in world.tables["products"]]
        lead["note"] = note_text(rng, vocabulary, created, [lead["full_name"]], goods)
    lead["created_by"] = f"form:{lead['form_id']}" if lead["form_id"] else lead["owner_id"]
    answered = created + timedelta(seconds=int(rng.lognormvariate(7.4, 0.8)) + 40)
    if lead["status"] != "new" and answered < min(lead["converted_at"] or END, END):
        lead["first_response_at"] = answered
    if lead["status"] in ("converted", "nurturing") or rng.random() < 0.6:
        lead["budget"] = money(
            math.exp(rng.gauss(8.6, 0.5)) * PER_EURO[vocabulary["currency"]], "100"
        )
        lead["need"] = rng.choice(vocabulary["needs"])


def _language(world: World, lead: Row) -> str:
    number = int(str(lead["owner_id"])[1:]) - 1
    department = world.tables["users"][number]["department"]
    return next(code for code in LANGUAGES if words(code)["department"] == department)


def _request(world: World, rng: random.Random, lead: Row, calls: list[Row]) -> None:
    if lead["form_id"] is None or rng.random() < 0.1:
        return
    begun = lead["created_at"] - timedelta(seconds=rng.randint(1, 20))
    _add_request(
        world,
        channel=weighted(rng, _CHANNELS),
        form_id=lead["form_id"],
        created_at=begun,
        first_response_at=lead["first_response_at"],
        answered_by=rng.choice(calls)["id"] if lead["first_response_at"] else None,
        lead_id=lead["id"],
        status="answered" if lead["first_response_at"] else "new",
    )


def _stray_requests(world: World, rng: random.Random) -> None:
    """Requests that never became a lead: most of them wrong numbers and offers to us."""
    for _ in range(world.rows // 5):
        begun = at_work(rng, workday(rng, START, END.date() - timedelta(days=2)))
        _add_request(
            world,
            channel=weighted(rng, _CHANNELS),
            form_id=rng.choice(_FORMS),
            created_at=begun,
            status="closed",
        )


def _add_request(world: World, **cells: object) -> None:
    world.add("requests", id=world.next_id("requests", "Q", 7), **cells)


def _touches(world: World, rng: random.Random, lead: Mapping[str, Any]) -> None:
    if lead["campaign_id"] is None:
        return
    for _ in range(rng.randint(1, 3)):
        back = rng.randint(0, 9)
        moment = lead["created_at"] - timedelta(days=back, seconds=rng.randint(60, 40_000))
        world.add(
            "touches",
            id=world.next_id("touches", "T", 7),
            campaign_id=lead["campaign_id"],
            lead_id=lead["id"],
            contact_id=lead["converted_contact_id"],
            kind=rng.choice(_TOUCHES),
            touched_at=max(moment, datetime.combine(START, moment.time())),
        )
    if lead["converted_deal_id"] is not None and rng.random() < 0.4:
        moment = later(rng, lead["converted_at"], rng.randint(2, 20))
        if moment < END:
            world.add(
                "touches",
                id=world.next_id("touches", "T", 7),
                campaign_id=lead["campaign_id"],
                contact_id=lead["converted_contact_id"],
                deal_id=lead["converted_deal_id"],
                kind="mail opened",
                touched_at=moment,
            )
