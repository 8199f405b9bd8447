"""Family C, what is missing around a record: trails, periods, variety, people at a client."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

from dq.demo.clients import language_of
from dq.demo.faults.plant import Planter, among, both, cell, found_in
from dq.demo.people import words
from dq.demo.world import Row

__all__ = ["list_constant_columns", "plant_surroundings", "referenced_contacts"]

_SILENT = {
    "ru": ("позвонил", "созвонились", "ок", "написал письмо"),
    "uk": ("дзвонив", "зателефонував", "ок", "написав листа"),
    "en": ("called", "spoke", "ok", "sent mail"),
}
_TELLING = {
    "ru": ("Ждут КП до пятницы", "Отказ: дорого", "Просит скидку 7 %"),
    "uk": ("Чекають КП до п'ятниці", "Відмова: дорого", "Просить знижку 7 %"),
    "en": ("Wants offer by Friday", "No: too dear", "Asks for 7 % off"),
}
_SHORT_MONTHS = (
    ("requests", "created_at", 2025, 5),
    ("touches", "touched_at", 2025, 10),
    ("tasks", "created_at", 2026, 4),
    ("documents", "sent_at", 2025, 11),
    ("tickets", "opened_at", 2026, 5),
)
_CONSTANT = (
    ("tickets", "priority", "normal"),
    ("deal_contacts", "role", "user"),
    ("tasks", "kind", "call"),
    ("accounts", "category", "C"),
    ("leads", "kind", "inbound"),
)


def plant_surroundings(plant: Planter) -> None:
    """C108, C109, C110, C111 and C112."""
    rng = plant.rng("surroundings")
    _lonely_accounts(plant)
    _no_trail(plant)
    _short_months(plant, rng)
    _notes(plant, rng)
    _constant(plant, rng)


def referenced_contacts(plant: Planter) -> set[str]:
    """Keys of contacts that another table names."""
    found: set[str] = set()
    for table in ("deals", "deal_contacts", "activities", "touches"):
        found |= {row["contact_id"] for row in plant.world.tables[table] if row["contact_id"]}
    return found | {row["converted_contact_id"] for row in plant.world.tables["leads"]}


def _lonely_accounts(plant: Planter) -> None:
    """Accounts with open deals and one contact, or with no requisites."""
    tables = plant.world.tables
    busy = {deal["account_id"] for deal in tables["deals"] if deal["status"] == "open"}
    people = Counter(contact["account_id"] for contact in tables["contacts"])
    spare: dict[str, str] = {}
    used = referenced_contacts(plant)
    for contact in tables["contacts"]:
        if people[contact["account_id"]] == 2 and contact["id"] not in used:
            spare[contact["account_id"]] = contact["id"]

    def leave_one(account: Row) -> None:
        gone = spare[account["id"]]
        plant.drop("contacts", among("id", gone))
        rest = [row for row in tables["contacts"] if row["account_id"] == account["id"]]
        plant.touch_all("contacts", rest)

    def strip(account: Row) -> None:
        for column in ("tax_id", "kpp", "registration_id", "bank_account", "bic"):
            account[column] = None

    half = plant.count // 2 + 1
    lonely = plant.pick("accounts", half, lambda row: row["id"] in busy & spare.keys())
    for account in lonely:
        leave_one(account)
        plant.fault("C112", "accounts", account["id"], note="an open deal, one contact")
    rest = 2 * half - len(lonely)
    for account in plant.pick("accounts", rest, lambda row: row["id"] in busy):
        strip(account)
        plant.fault("C112", "accounts", account["id"], note="an open deal, no requisites")
        plant.follows("C101", "accounts", account["id"], "tax_id")
        plant.follows("C103", "accounts", account["id"])
    idle = spare.keys() - busy
    for account in plant.pick("accounts", half, lambda row: row["id"] in idle):
        leave_one(account)
        plant.alike("C112", "accounts", account, note="one contact, but nothing is open")


def _no_trail(plant: Planter) -> None:
    tables = plant.world.tables
    per_account = Counter(deal["account_id"] for deal in tables["deals"])

    def moved_alone(deal: Row) -> bool:
        alone = per_account[deal["account_id"]] == 1 and deal["lead_id"] is None
        return alone and len(plant.paths[deal["id"]]) >= 3

    for deal in plant.pick("deals", plant.count, moved_alone):
        plant.drop("activities", among("deal_id", deal["id"]))
        moves = len(plant.paths[deal["id"]]) - 1
        plant.fault("C109", "deals", deal["id"], value=moves, note="moved, nothing was done")
    for deal in plant.pick("deals", plant.count // 2, moved_alone):
        for activity in tables["activities"]:
            if activity["deal_id"] == deal["id"]:
                activity["deal_id"] = None
                plant.touch("activities", activity["id"])
        note = "its activities are logged on the contact and the account"
        plant.alike("C109", "deals", deal, note=note)


def _short_months(plant: Planter, rng: random.Random) -> None:
    for table, column, year, month in _SHORT_MONTHS:
        rows = plant.world.tables[table]
        inside = [row["id"] for row in rows if _in_month(row[column], year, month)]
        kept = set(rng.sample(inside, len(inside) // 8))
        gone = set(inside) - kept
        plant.drop(table, found_in("id", gone))
        note = f"{len(kept)} of {len(inside)} rows are left"
        strength = "strong" if len(inside) >= 15 else "weak"
        value = f"{year}-{month:02d}"
        plant.fault("C110", table, "", column, value, len(inside), strength, note=note)
        for quiet in ((2025, 1), (2025, 8)):
            row = {"id": "", column: f"{quiet[0]}-{quiet[1]:02d}"}
            plant.alike("C110", table, row, column, note="quiet every year, not cut short")


def _in_month(value: datetime | None, year: int, month: int) -> bool:
    return value is not None and (value.year, value.month) == (year, month)


def _notes(plant: Planter, rng: random.Random) -> None:
    accounts = plant.world.by_key("accounts")

    def told(row: Row) -> bool:
        return row["deal_id"] is not None and row["kind"] != "email"

    def language(row: Row) -> str:
        return language_of(accounts[row["account_id"]])

    for row in plant.pick("activities", plant.count, told):
        note = rng.choice(_SILENT[language(row)])
        plant.spoil("C108", "activities", row, "note", note)
    for row in plant.pick("activities", plant.count // 2, told):
        note = rng.choice(_TELLING[language(row)])
        plant.alike("C108", "activities", row, "note", note, "short, but it says something")
    for code, owner in _busiest(plant, told, language):
        copied = plant.pick(
            "activities",
            max(6, plant.count // 2),
            both(told, among("owner_id", owner)),
        )
        text = words(code)["notes"][4].format(percent=5, person=words(code)["given_male"][0])
        for row in copied:
            plant.spoil("C108", "activities", row, "note", text, "medium", "copies of one note")


def _busiest(
    plant: Planter, told: Callable[[Row], bool], language: Callable[[Row], str]
) -> list[tuple[str, str]]:
    counts: dict[str, Counter[str]] = {"ru": Counter(), "en": Counter()}
    for row in plant.world.tables["activities"]:
        if told(row) and row["owner_id"] and language(row) in counts:
            counts[language(row)][row["owner_id"]] += 1
    return [(code, found.most_common(1)[0][0]) for code, found in counts.items()]


def _constant(plant: Planter, rng: random.Random) -> None:
    for table, column, value in _CONSTANT:
        for row in plant.world.tables[table]:
            row[column] = value
        plant.fault("C111", table, "", column, value, note="the default was never changed")
    for row in plant.world.tables["products"]:
        if rng.random() < 0.1:
            row["active"], row["discontinued_at"] = False, date(2026, 6, 30)
    for table, column in (("contacts", "consent"), ("products", "active")):
        plant.alike("C111", table, {"id": "", column: "true"}, column, note="mostly one value")


def list_constant_columns(plant: Planter) -> None:
    """Columns that hold one value for reasons of their own follow the planted ones."""
    known = {(truth.table, truth.column) for truth in plant.faults if truth.code == "C111"}
    for table, rows in plant.world.tables.items():
        for column in rows[0] if rows else ():
            filled = Counter(cell(row[column]) for row in rows if row[column] is not None)
            if (table, column) in known or not filled:
                continue
            if filled.most_common(1)[0][1] >= 0.99 * filled.total() and filled.total() > 20:
                plant.follows("C111", table, "", column, "one value in 99 of 100 rows")
