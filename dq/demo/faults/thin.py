"""Family C, second half: thin records, empty notes, missing trails, unready companies."""

from __future__ import annotations

import numpy as np

from dq.demo.chance import NONE, Bools
from dq.demo.faults.plant import Planter
from dq.demo.lexicon import LANGUAGES, words
from dq.demo.sales import OPEN, WON

__all__ = ["plant_thin"]

_THIN = {
    "accounts": "legal_form tax_id kpp registration_id bank_account bic category domain email"
    " phone address city industry",
    "contacts": "first_name last_name middle_name email phone title birth_date consent source",
    "leads": "email phone website form_id kind budget interest need note tags company",
}
_SPARED = {
    "accounts": {"clear": ("category",), "faint": ("phone", "city")},
    "contacts": {"clear": ("first_name",), "faint": ("phone", "first_name")},
    "leads": {"clear": ("kind",), "faint": ("phone", "company")},
}
"""What a thin record keeps, beside its name, owner and dates."""

_SILENT = {
    "ru": ("позвонил", "ок", "созвонились", "написал письмо"),
    "uk": ("дзвонив", "ок", "зателефонував", "написав листа"),
    "en": ("called", "ok", "spoke", "sent mail"),
    "kz": ("позвонил", "ок", "созвонились", "связался"),
    "us": ("called", "ok", "talked", "left vm"),
}
_TELLING = {
    "ru": ("Ждут КП до пятницы", "Отказ: дорого", "Просит скидку 7 %", "Перезвонить в 15:00"),
    "uk": ("Чекають КП до п'ятниці", "Відмова: дорого", "Просить знижку 7 %", "Набрати о 15:00"),
    "en": ("Wants offer by Friday", "No: too dear", "Asks for 7 % off", "Ring back at 3 pm"),
    "kz": ("Ждут КП до пятницы", "Отказ: дорого", "Просит скидку 7 %", "Перезвонить в 15:00"),
    "us": ("Wants quote by Friday", "No: too pricey", "Asks for 7 % off", "Call back at 3 pm"),
}
_REQUISITES = ("tax_id", "kpp", "registration_id", "bank_account", "bic")


def plant_thin(plant: Planter) -> None:
    """C103, C108, C109 and C112."""
    _lonely_accounts(plant)
    _no_trail(plant)
    _notes(plant)
    _thin_records(plant)


def _busy(plant: Planter) -> Bools:
    """Accounts with an open deal."""
    sales = plant.made.sales
    mask = np.zeros(plant.table("accounts").size, dtype=np.bool_)
    mask[sales.account[sales.status == OPEN]] = True
    return mask


def _can_be_alone(plant: Planter, named: Bools) -> Bools:
    """Accounts of whose contacts all but one at most are named nowhere, and untouched."""
    account = plant.made.clients.account
    unused = ~named & plant.free("contacts")
    size = plant.table("accounts").size
    used = np.bincount(account[~unused], minlength=size)
    return np.asarray((used <= 1) & (np.bincount(account[unused], minlength=size) > 0))


def _leave_one(plant: Planter, account: int, named: Bools) -> None:
    """One contact stays with the account: the one that something names, if there is one."""
    clients = plant.made.clients
    first, last = clients.first_contact[account : account + 2]
    mine = clients.contacts_of[first:last]
    unused = mine[plant.free("contacts")[mine] & ~named[mine]]
    plant.drop("contacts", unused if len(unused) < len(mine) else unused[1:])
    plant.take("contacts", mine)


def _lonely_accounts(plant: Planter) -> None:
    accounts, busy = plant.table("accounts"), _busy(plant)
    named = plant.named("contacts")
    alone = _can_be_alone(plant, named)
    lonely = plant.pick("accounts", 2 * plant.n, busy & alone)
    stripped = plant.pick("accounts", plant.n, busy)
    for number, account in enumerate(lonely):
        _leave_one(plant, account, named)
        if number % 2 == 0:
            accounts.set(account, **dict.fromkeys(_REQUISITES))
            plant.follows("C101", "accounts", account, "tax_id")
            plant.follows("C103", "accounts", account)
            note = "an open deal, one contact, no requisites"
            plant.blemish("C112", "accounts", account, "blatant", note=note)
        else:
            plant.blemish("C112", "accounts", account, "clear", note="an open deal, one contact")
    for account in stripped:
        accounts.set(account, tax_id=None)
        plant.follows("C101", "accounts", account, "tax_id")
        plant.blemish("C112", "accounts", account, "faint", note="an open deal, no tax number")
    for account, _ in plant.lookalikes("accounts", ~busy & alone, 0.6):
        _leave_one(plant, account, named)
        plant.alike("C112", "accounts", account, "", "one contact, but nothing is open")
    for account, _ in plant.lookalikes("accounts", busy & plant.made.clients.sole, 0.4):
        plant.alike("C112", "accounts", account, "kpp", "a sole trader has fewer numbers")


def _no_trail(plant: Planter) -> None:
    """Deals that moved while nothing was done; nobody else worked on the client either."""
    sales = plant.made.sales
    deals = np.bincount(sales.account, minlength=plant.table("accounts").size)
    lead = plant.parents("deals", "lead_id", "leads")
    alone = (deals[sales.account] == 1) & ((lead < 0) | plant.free("leads")[lead])
    alone &= plant.untouched("activities", "deal_id", "deals")
    moves = sales.reached + (sales.status != OPEN)
    for strength, where in (
        ("blatant", (sales.status == WON)),
        ("clear", moves == 3),
        ("faint", moves == 2),
    ):
        for row in plant.pick("deals", plant.n, alone & where & (moves >= 2)):
            plant.drop("activities", plant.children("activities", "deal_id", "deals", row))
            if lead[row] >= 0:
                first = plant.children("activities", "lead_id", "leads", int(lead[row]))
                plant.drop("activities", first)
            for person in (sales.contact[row], sales.second[row]):
                if person != NONE:
                    plant.follows("X101", "contacts", int(person), "owner_id")
            note = f"{moves[row]} moves, and nothing was done"
            plant.blemish("C109", "deals", row, strength, note=note)
    activities = plant.table("activities")
    for row, _ in plant.lookalikes("deals", alone & (moves >= 2)):
        for activity in plant.children("activities", "deal_id", "deals", row):
            activities.set(int(activity), deal_id=None)
        plant.take_deal(row, "activities")
        plant.alike("C109", "deals", row, "", "its activities are logged on contact and account")


def _notes(plant: Planter) -> None:
    activities, work = plant.table("activities"), plant.made.work
    told = activities.filled("note") & (work.deal != NONE)
    for number, row in enumerate(plant.pick("activities", plant.n, told)):
        silent = _SILENT[LANGUAGES[work.language[row]]]
        text, strength = (silent[0], "blatant") if number % 2 else (silent[1 + number % 3], "clear")
        plant.spoil("C108", "activities", row, "note", text, strength)
    _silent_leads(plant)
    _copies(plant, told)
    for row, number in plant.lookalikes("activities", told):
        telling = _TELLING[LANGUAGES[work.language[row]]]
        text = telling[number % len(telling)]
        plant.alike("C108", "activities", row, "note", "short, but it says something", note=text)


def _silent_leads(plant: Planter) -> None:
    noted = plant.table("leads").filled("note") & plant.table("leads").among("status", "rejected")
    for number, row in enumerate(plant.pick("leads", plant.n, noted)):
        strength = ("blatant", "clear")[number % 2]
        text = ("позвонил", "called", "ok", ".")[number % 4]
        plant.spoil("C108", "leads", row, "note", text, strength)
        plant.follows("C104", "leads", row, "note")


def _copies(plant: Planter, told: Bools) -> None:
    """One note pasted again and again by one seller."""
    work = plant.made.work
    counts = np.bincount(work.owner[told & plant.free("activities")])
    sellers = np.argsort(-counts, kind="stable")[:4]
    for owner in sellers[: max(1, plant.n // 12) + 1]:
        mine = told & (work.owner == owner)
        language = LANGUAGES[int(work.language[np.flatnonzero(mine)[0]])]
        vocabulary = words(language)
        text = vocabulary["notes"][4].format(percent=5, person=vocabulary["given_male"][0])
        for row in plant.pick("activities", max(12, plant.n // 2), mine):
            plant.spoil("C108", "activities", row, "note", text, "faint", "copies of one note")


def _thin_records(plant: Planter) -> None:
    """Records of which hardly anything is filled."""
    leads = plant.table("leads")
    where = {
        "accounts": ~_busy(plant),
        "contacts": ~plant.named("contacts"),
        "leads": leads.among("status", "nurturing") & ~leads.filled("campaign_id"),
    }
    each = -(-plant.n // 3)
    for table, mask in where.items():
        made = plant.table(table)
        for row, strength, _ in plant.graded(table, mask, each):
            spared = _SPARED[table].get(strength, ())
            blank = [column for column in _THIN[table].split() if column not in spared]
            made.set(row, **dict.fromkeys(blank))
            note = f"{len(blank)} fields of use blanked"
            plant.blemish("C103", table, row, strength, note=note)
            for column in blank:
                plant.follows("C101", table, row, column)
            if table == "accounts":
                plant.follows("C112", table, row)
    for row, _ in plant.lookalikes("contacts", share=0.6):
        note = "two optional fields are empty, no more"
        plant.alike("C103", "contacts", row, "", note, birth_date=None, source=None)
    for row, _ in plant.lookalikes("accounts", plant.made.clients.sole, 0.4):
        plant.alike("C103", "accounts", row, "domain", "a sole trader without a website")
