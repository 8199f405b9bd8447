"""Family C: what is missing, hidden or says nothing."""

from __future__ import annotations

import random
from datetime import datetime, time
from decimal import Decimal

from dq.demo.faults.plant import Planter, among, empty, filled
from dq.demo.world import Row

__all__ = ["plant_completeness", "plant_thin_records"]

_HIDDEN: tuple[tuple[str, str, str, str], ...] = (
    ("accounts", "industry", "-", "strong"),
    ("accounts", "industry", "n/a", "strong"),
    ("contacts", "title", "н/д", "strong"),
    ("contacts", "title", "нет", "strong"),
    ("contacts", "title", "немає", "medium"),
    ("contacts", "source", "Select", "medium"),
    ("leads", "interest", "не указано", "strong"),
    ("leads", "interest", "не вказано", "strong"),
    ("leads", "interest", "--None--", "strong"),
    ("leads", "need", "?", "medium"),
    ("leads", "need", "...", "medium"),
    ("leads", "budget", "0", "weak"),
    ("leads", "budget", "999", "medium"),
    ("tasks", "subject", "(no subject)", "weak"),
)
_INFORMATIVE = ("Цена, у соседей дешевле", "Ціна", "Price", "Закрылись", "Closed down")


def plant_completeness(plant: Planter) -> None:
    """C101, C102, C104, C105, C106, C107."""
    rng = plant.rng("completeness")
    _required(plant)
    _required_by_stage(plant)
    _next_step(plant, rng)
    _won_and_lost(plant)
    _hidden(plant)


def _required(plant: Planter) -> None:
    each = max(1, plant.count // 5)
    for deal in plant.pick("deals", each, among("status", "open")):
        plant.spoil("C101", "deals", deal, "owner_id", None)
    for deal in plant.pick("deals", each, _is_won):
        plant.spoil("C101", "deals", deal, "account_id", None)
    for activity in plant.pick("activities", each):
        plant.spoil("C101", "activities", activity, "owner_id", None)
    for contact in plant.pick("contacts", each):
        contact["first_name"] = contact["middle_name"] = contact["last_name"] = None
        plant.spoil("C101", "contacts", contact, "full_name", None)
        for column in ("first_name", "last_name"):
            plant.follows("C101", "contacts", contact["id"], column)
    for lead in plant.pick("leads", each, among("status", "rejected")):
        lead["phone"] = None
        plant.spoil("C101", "leads", lead, "email", None, "weak", "no phone either")
        plant.follows("C101", "leads", lead["id"], "phone")
    for lead in plant.pick("leads", plant.count // 2, among("status", "rejected")):
        lead["email"] = None
        plant.alike("C101", "leads", lead, "email", note="no e-mail, but a telephone number")
    for lead in plant.pick("leads", plant.count // 2, empty("company")):
        plant.alike("C101", "leads", lead, "company", note="a private person has no company")


def _required_by_stage(plant: Planter) -> None:
    late = ("proposal", "negotiation")
    lined = plant.with_lines()

    def is_late(deal: Row) -> bool:
        return deal["status"] == "open" and plant.canonical_stage(deal) in late

    for number, deal in enumerate(plant.pick("deals", plant.count, is_late)):
        column = ("amount", "contact_id", "next_step")[number % 3]
        if column == "amount":
            plant.forget_price(deal)
        if column == "contact_id":
            plant.drop("deal_contacts", among("deal_id", deal["id"]))
        if column == "next_step":
            deal["next_step_at"] = None
            plant.follows("C107", "deals", deal["id"], "next_step")
            plant.follows("C107", "deals", deal["id"], "next_step_at")
        note = plant.canonical_stage(deal)
        plant.spoil("C102", "deals", deal, column, None, note=note)

    def is_early(deal: Row) -> bool:
        priced = deal["amount"] is not None and deal["id"] not in lined
        return deal["status"] == "open" and not is_late(deal) and not priced

    for deal in plant.pick("deals", plant.count // 2, is_early):
        plant.forget_price(deal)
        deal["amount"] = None
        plant.alike("C102", "deals", deal, "amount", note="no amount yet at an early stage")


def _next_step(plant: Planter, rng: random.Random) -> None:
    def is_early(deal: Row) -> bool:
        return deal["status"] == "open" and plant.canonical_stage(deal) in ("new", "qualified")

    for number, deal in enumerate(plant.pick("deals", plant.count, is_early)):
        if number % 3 == 0:
            deal["next_step"] = None
            plant.spoil("C107", "deals", deal, "next_step_at", None, note="no next step at all")
            plant.follows("C107", "deals", deal["id"], "next_step")
        elif number % 3 == 1:
            plant.spoil("C107", "deals", deal, "next_step_at", None, "medium", "a step, no day")
        else:
            midnight = datetime.combine(deal["next_step_at"].date(), time())
            note = "a day, no hour"
            plant.spoil("C107", "deals", deal, "next_step_at", midnight, "weak", note)
    for deal in plant.pick("deals", plant.count // 2, is_early):
        hour = datetime.combine(deal["next_step_at"].date(), time(rng.randint(9, 17)))
        plant.alike("C107", "deals", deal, "next_step_at", hour, "on the hour, but an hour")
    for deal in plant.pick("deals", plant.count // 2, _is_won):
        plant.alike("C107", "deals", deal, "next_step", note="closed: needs no next step")


def _won_and_lost(plant: Planter) -> None:
    for number, deal in enumerate(plant.pick("deals", plant.count, _is_won)):
        if number % 2:
            plant.spoil("C105", "deals", deal, "closed_at", None)
            continue
        plant.forget_price(deal)
        plant.spoil("C105", "deals", deal, "amount", None)
        plant.follows("R107", "deals", deal["id"], note="invoices of a deal without amount")
    for deal in plant.pick("deals", plant.count // 2, _is_lost):
        plant.forget_price(deal)
        deal["amount"] = None
        plant.alike("C105", "deals", deal, "amount", note="lost, not won")
    for deal in plant.pick("deals", plant.count, _is_lost):
        plant.spoil("C106", "deals", deal, "lost_reason", None)
    for number, deal in enumerate(plant.pick("deals", plant.count // 2, _is_lost)):
        reason = _INFORMATIVE[number % len(_INFORMATIVE)]
        plant.alike("C106", "deals", deal, "lost_reason", reason, "short, but a reason")


_is_won = among("status", "won")
_is_lost = among("status", "lost")


def _hidden(plant: Planter) -> None:
    per_place = max(1, plant.count // len(_HIDDEN) + 1)
    for table, column, placeholder, strength in _HIDDEN:
        value: object = Decimal(placeholder) if column == "budget" else placeholder
        for row in plant.pick(table, per_place, filled(column)):
            plant.spoil("C104", table, row, column, value, strength)
    english = plant.pick("contacts", plant.count // 2, empty("middle_name"))
    for number, contact in enumerate(english):
        surname = ("Null", "None", "Nil", "Blank")[number % 4]
        contact["full_name"] = f"{contact['first_name']} {surname}"
        plant.alike("C104", "contacts", contact, "last_name", surname, "a surname")
    lined = plant.with_lines()
    lost = plant.pick("deals", plant.count // 2, lambda row: _is_lost(row) and _bare(row, lined))
    for deal in lost:
        deal["cost"] = None
        zero = Decimal(0)
        plant.alike("C104", "deals", deal, "amount", zero, "lost: zero is what it brought")
    texts = ("Нет склада, нужна доставка до двери", "Немає каси, потрібна перша", "No till yet")
    for number, lead in enumerate(plant.pick("leads", plant.count // 2, filled("need"))):
        note = "begins like a placeholder, but says something"
        plant.alike("C104", "leads", lead, "need", texts[number % 3], note)


def _bare(deal: Row, lined: set[str]) -> bool:
    return deal["amount"] is not None and deal["id"] not in lined


_THIN = {
    "accounts": (
        "legal_form tax_id kpp registration_id bank_account bic category domain email address"
        " city industry"
    ),
    "contacts": "first_name last_name middle_name email title birth_date consent source",
    "leads": "email website form_id kind budget interest need note tags campaign_id",
}


def plant_thin_records(plant: Planter, busy_accounts: set[str]) -> None:
    """C103: records of which hardly anything is filled."""
    tables = {
        "accounts": lambda row: row["id"] not in busy_accounts,
        "contacts": lambda row: True,
        "leads": lambda row: row["status"] == "nurturing" and row["campaign_id"] is None,
    }
    for table, where in tables.items():
        for row in plant.pick(table, plant.count // 3 + 1, where):
            for column in _THIN[table].split():
                row[column] = None
            left = sum(value is not None for value in row.values())
            note = f"{left} of {len(row)} columns filled"
            plant.fault("C103", table, row["id"], value=f"{left}/{len(row)}", note=note)
            for column in _THIN[table].split():
                plant.follows("C101", table, row["id"], column)
    for contact in plant.pick("contacts", plant.count // 2):
        contact["birth_date"] = contact["source"] = None
        plant.alike("C103", "contacts", contact, note="two optional fields are empty, no more")
