"""Family C, first half: what is missing, or filled and says nothing."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

import numpy as np

from dq.demo.chance import NONE, Bools
from dq.demo.faults.plant import Planter
from dq.demo.sales import LOST, OPEN, WON

__all__ = ["plant_completeness"]

_HIDDEN = {
    "blatant": (
        ("accounts", "industry", "-"),
        ("accounts", "industry", "n/a"),
        ("contacts", "title", "н/д"),
        ("contacts", "title", "нет"),
        ("leads", "interest", "не указано"),
        ("leads", "interest", "не вказано"),
        ("leads", "interest", "--None--"),
    ),
    "clear": (
        ("contacts", "title", "немає"),
        ("contacts", "source", "Select"),
        ("leads", "need", "?"),
        ("leads", "need", "..."),
        ("leads", "budget", "999.00"),
    ),
    "faint": (
        ("leads", "budget", "0.00"),
        ("tasks", "subject", "(no subject)"),
        ("contacts", "title", "."),
        ("accounts", "industry", "уточняется"),
    ),
}
_ONE_IS_ENOUGH = {
    ("contacts", "full_name"): ("first_name", "last_name"),
    ("leads", "email"): ("phone",),
    ("deals", "account_id"): ("contact_id",),
}
"""Columns that are missing together with another, each of which would do."""

_HEAPS = {"999.00": 0.02, "0.00": 0.01}
"""Numbers that stand for "unknown", and the share of the filled that they take: one 999 among
thousands of other budgets may be a budget."""

_SURNAMES = ("Null", "None", "Nil", "Blank", "Nan", "Void")
_SAYS_SOMETHING = (
    "Нет склада, нужна доставка до двери", "Немає каси, потрібна перша", "No till yet",
    "Не указано в договоре: монтаж", "N/A label printers for three shops",
)  # fmt: skip
_SHORT_REASONS = (
    "Цена, у соседей дешевле",
    "Ціна",
    "Price",
    "Закрылись",
    "Closed down",
    "Ринок впав",
)


def plant_completeness(plant: Planter) -> None:
    """C101, C102, C104, C105, C106, C107."""
    _required_by_stage(plant)
    _next_step(plant)
    _required(plant)
    _won(plant)
    _lost(plant)
    _hidden(plant)


def _bare(plant: Planter) -> Bools:
    """Deals without lines."""
    return np.asarray(plant.made.sales.lines == 0)


def _required(plant: Planter) -> None:
    sales = plant.made.sales
    leads = plant.table("leads")
    third = -(-plant.n // 3)
    ways = {
        "blatant": (
            ("deals", "account_id", (sales.status == LOST) & _bare(plant)),
            ("contacts", "full_name", ~plant.named("contacts")),
            ("leads", "email", leads.among("status", "rejected")),
        ),
        "clear": (
            ("activities", "owner_id", None),
            ("deals", "owner_id", sales.status == OPEN),
            ("tasks", "due_at", plant.table("tasks").among("status", "done")),
        ),
        "faint": (
            ("leads", "source", leads.among("status", "rejected")),
            ("documents", "kind", None),
            ("tickets", "status", None),
        ),
    }
    for strength, places in ways.items():
        for table, column, where in places:
            for row in plant.pick(table, third, where):
                note = ""
                if column == "account_id":
                    plant.table(table).set(row, contact_id=None)
                    plant.drop(
                        "deal_contacts", plant.children("deal_contacts", "deal_id", "deals", row)
                    )
                    note = "no contact either"
                elif table == "contacts":
                    parts = {"first_name": None, "middle_name": None, "last_name": None}
                    plant.table(table).set(row, **parts)
                    note = "no name at all"
                elif column == "email":
                    plant.table(table).set(row, phone=None)
                    note = "no phone either"
                plant.spoil("C101", table, row, column, None, strength, note)
                if table in ("contacts", "leads"):
                    plant.follows("C103", table, row, "", "little is left")
                for other in _ONE_IS_ENOUGH.get((table, column), ()):
                    plant.follows("C101", table, row, other)
    _not_required(plant)


def _not_required(plant: Planter) -> None:
    leads, accounts = plant.table("leads"), plant.table("accounts")
    for row, _ in plant.lookalikes("leads", leads.among("status", "rejected"), 0.35):
        note = "no e-mail, but a telephone number"
        plant.alike("C101", "leads", row, "email", note, email=None)
    for row, _ in plant.lookalikes("leads", ~leads.filled("company"), 0.25):
        plant.alike("C101", "leads", row, "company", "a private person has no company")
    abroad = ~accounts.among("country", "RU")
    for row, _ in plant.lookalikes("accounts", abroad, 0.2):
        plant.alike("C101", "accounts", row, "kpp", "this country has no such number")
    for row, _ in plant.lookalikes("requests", ~plant.table("requests").filled("lead_id"), 0.2):
        plant.alike("C101", "requests", row, "lead_id", "led to nothing: optional")


def _close_open_tasks(plant: Planter, deal: int) -> None:
    """An open task with its hour would be a next step."""
    tasks = plant.table("tasks")
    rows = plant.children("tasks", "deal_id", "deals", deal)
    plant.drop("tasks", rows[tasks.among("status", "open")[rows]])


def _required_by_stage(plant: Planter) -> None:
    sales = plant.made.sales
    late = (sales.status == OPEN) & (sales.reached >= 2) & _bare(plant)
    quiet = plant.untouched("tasks", "deal_id", "deals")
    for row, strength, number in plant.graded("deals", late & quiet):
        missing = {
            "blatant": ("amount", "contact_id", "next_step"),
            "clear": (("amount", "contact_id")[number % 2],),
            "faint": ("next_step",),
        }[strength]
        for column in missing:
            if column == "amount":
                plant.forget_price(row)
            elif column == "contact_id":
                main = plant.children("deal_contacts", "deal_id", "deals", row)
                plant.drop("deal_contacts", main)
            else:
                _close_open_tasks(plant, row)
                plant.table("deals").set(row, next_step_at=None)
                for other in ("next_step", "next_step_at"):
                    plant.follows("C107", "deals", row, other)
            note = f"in {plant.table('deals').get(row, 'stage')}"
            plant.spoil("C102", "deals", row, column, None, strength, note)
    early = (sales.status == OPEN) & (sales.reached < 2)
    for row, _ in plant.lookalikes("deals", early & _bare(plant), 0.5):
        plant.forget_price(row)
        plant.alike("C102", "deals", row, "amount", "no amount yet, at an early stage", amount=None)
    for row, _ in plant.lookalikes("deals", sales.status == LOST, 0.5):
        plant.alike("C102", "deals", row, "next_step", "lost: needs no next step")


def _next_step(plant: Planter) -> None:
    sales = plant.made.sales
    deals, tasks = plant.table("deals"), plant.table("tasks")
    quiet = plant.untouched("tasks", "deal_id", "deals")
    early = (sales.status == OPEN) & (sales.reached < 2) & quiet
    for row, strength, _ in plant.graded("deals", early):
        if strength == "blatant":
            _close_open_tasks(plant, row)
            deals.set(row, next_step=None)
            plant.spoil("C107", "deals", row, "next_step_at", None, strength, "no next step at all")
            plant.follows("C107", "deals", row, "next_step")
        elif strength == "clear":
            _close_open_tasks(plant, row)
            plant.spoil("C107", "deals", row, "next_step_at", None, strength, "a step, no day")
        else:
            step = deals.moment(row, "next_step_at")
            midnight = datetime.combine(step.date(), time())
            for task in plant.children("tasks", "deal_id", "deals", row):
                if tasks.get(int(task), "status") == "open":
                    tasks.set(int(task), due_at=midnight)
                    plant.take("tasks", [int(task)])
            plant.spoil("C107", "deals", row, "next_step_at", midnight, strength, "a day, no hour")
    for row, number in plant.lookalikes("deals", (sales.status == OPEN) & quiet, 0.4):
        step = deals.moment(row, "next_step_at")
        hour = datetime.combine(step.date(), time(9 + number % 9))
        note = "on the hour, but an hour"
        plant.alike("C107", "deals", row, "next_step_at", note, next_step_at=hour)
    for row, _ in plant.lookalikes("deals", sales.status == WON, 0.4):
        plant.alike("C107", "deals", row, "next_step", "closed: needs no next step")
    for row, _ in plant.lookalikes("deals", early, 0.2):
        plant.take_deal(row, "tasks")
        note = "an open task with its hour says what comes next"
        plant.alike("C107", "deals", row, "next_step", note, next_step=None, next_step_at=None)


def _won(plant: Planter) -> None:
    sales = plant.made.sales
    won = (sales.status == WON) & _bare(plant) & plant.untouched("invoices", "deal_id", "deals")
    for row, strength, number in plant.graded("deals", won):
        plant.take_deal(row, "invoices")
        if strength == "clear" and number % 2:
            plant.spoil("C105", "deals", row, "closed_at", None, strength)
            continue
        plant.forget_price(row)
        plant.follows("R107", "deals", row, note="invoices of a deal without amount")
        if strength == "faint":
            plant.spoil(
                "C105", "deals", row, "amount", Decimal("0.00"), strength, "0 typed as blank"
            )
            plant.follows("C104", "deals", row, "amount")
            plant.follows("A106", "deals", row, "amount")
            continue
        plant.spoil("C105", "deals", row, "amount", None, strength)
        if strength == "blatant":
            plant.spoil("C105", "deals", row, "closed_at", None, strength)
    for row, _ in plant.lookalikes("deals", (sales.status == LOST) & _bare(plant), 0.7):
        plant.forget_price(row)
        plant.alike("C105", "deals", row, "amount", "lost, not won", amount=None)
    for row, _ in plant.lookalikes("deals", sales.status == OPEN, 0.3):
        plant.alike("C105", "deals", row, "closed_at", "still open")


def _lost(plant: Planter) -> None:
    lost = plant.made.sales.status == LOST
    for row, strength, _ in plant.graded("deals", lost):
        if strength == "blatant":
            plant.table("deals").set(row, lost_side=None)
        if strength == "faint":
            plant.spoil("C106", "deals", row, "lost_reason", "-", strength, "a dash for a reason")
            plant.follows("C104", "deals", row, "lost_reason")
        else:
            plant.spoil("C106", "deals", row, "lost_reason", None, strength)
    for row, number in plant.lookalikes("deals", lost):
        reason = _SHORT_REASONS[number % len(_SHORT_REASONS)]
        plant.alike("C106", "deals", row, "lost_reason", "short, but a reason", lost_reason=reason)


def _hidden(plant: Planter) -> None:
    for strength, places in _HIDDEN.items():
        each = -(-plant.n // len(places))
        for table, column, placeholder in places:
            value: object = Decimal(placeholder) if column == "budget" else placeholder
            filled = plant.table(table).filled(column)
            count = max(each, round(_HEAPS.get(placeholder, 0) * filled.sum()))
            for row in plant.pick(table, count, filled):
                plant.spoil("C104", table, row, column, value, strength)
                if column == "need":
                    plant.follows("C108", table, row, column)
    contacts = plant.table("contacts")
    for row, number in plant.lookalikes("contacts", ~contacts.filled("middle_name"), 0.4):
        surname = _SURNAMES[number % len(_SURNAMES)]
        full = f"{contacts.get(row, 'first_name')} {surname}"
        plant.alike(
            "C104", "contacts", row, "last_name", "a surname", last_name=surname, full_name=full
        )
    sales = plant.made.sales
    lost = (sales.status == LOST) & _bare(plant) & (sales.amount != NONE)
    for row, _ in plant.lookalikes("deals", lost, 0.3):
        note = "lost: zero is what it brought"
        plant.alike("C104", "deals", row, "amount", note, amount=Decimal("0.00"), cost=None)
    for row, number in plant.lookalikes("leads", plant.table("leads").filled("need"), 0.3):
        text = _SAYS_SOMETHING[number % len(_SAYS_SOMETHING)]
        note = "begins like a placeholder, but says something"
        plant.alike("C104", "leads", row, "need", note, need=text)
