"""Family D as far as it is exact: copies, repeated keys, records marked merged or deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from dq.demo import numbers
from dq.demo.chance import NONE, Bools
from dq.demo.faults.plant import STRENGTHS, Planter
from dq.demo.faults.spelling import respelt_phone
from dq.demo.sales import LOST, OPEN, WON
from dq.demo.text import fixed
from dq.demo.when import END, moment, to_datetime

__all__ = ["plant_duplicates", "plant_repeated_keys"]

_END = to_datetime(END)


def plant_duplicates(plant: Planter) -> None:
    """D101 and D105."""
    _copies_of_people(plant)
    _copies_of_companies(plant)
    _copies_of_deals(plant)
    _alikes(plant)
    _marked(plant)


def later(value: datetime, **span: float) -> datetime:
    """A moment after another, but before the export."""
    return min(value + timedelta(**span), _END)


def _respelt(name: str, strength: str) -> str:
    if strength == "blatant":
        return name
    if strength == "clear":
        return name.upper()
    return f" {name.replace('ё', 'е').replace(' ', '  ', 1)} "


def _copy(plant: Planter, table: str, row: int, strength: str, /, **cells: object) -> int:
    twin = plant.copy(table, row, **cells)
    note = f"copy of {plant.key(table, row)}"
    plant.blemish("D101", table, twin, strength, note=note)
    plant.follows("D101", table, row, "", f"original of {plant.key(table, twin)}")
    plant.is_same("D101", (table, row), (table, twin))
    return twin


def reachable(plant: Planter, table: str) -> Bools:
    """People whose name, e-mail and phone are whole."""
    made = plant.table(table)
    return np.asarray(made.filled("full_name") & made.filled("email") & made.filled("phone"))


def _copies_of_people(plant: Planter) -> None:
    each = -(-plant.n // 3)
    clients, leads = plant.made.clients, plant.made.leads
    contacts = plant.table("contacts")
    for row, strength, _ in plant.graded("contacts", reachable(plant, "contacts"), each):
        name, email = str(contacts.get(row, "full_name")), str(contacts.get(row, "email"))
        phone = int(clients.contact_phones.numbers[row])
        plain = strength == "blatant"
        created = later(contacts.moment(row, "created_at"), days=40, seconds=11)
        _copy(
            plant, "contacts", row, strength,
            full_name=_respelt(name, strength),
            email=email if plain else email.capitalize() if strength == "clear" else email.upper(),
            phone=contacts.get(row, "phone") if plain else respelt_phone(phone),
            created_at=created, updated_at=max(created, _END - timedelta(days=3)),
        )  # fmt: skip
    table = plant.table("leads")
    rejected = reachable(plant, "leads") & table.among("status", "rejected") & (leads.form < 0)
    for row, strength, number in plant.graded("leads", rejected, each):
        name = str(table.get(row, "full_name"))
        _copy(
            plant, "leads", row, strength,
            full_name=_respelt(name, strength),
            created_at=later(table.moment(row, "created_at"), minutes=7 + 61 * number),
            first_response_at=None,
        )  # fmt: skip


def _copies_of_companies(plant: Planter) -> None:
    each = -(-plant.n // 3)
    accounts, clients = plant.table("accounts"), plant.made.clients
    for row, strength, _ in plant.graded("accounts", ~clients.sole & plant.silent(), each):
        name = str(accounts.get(row, "name"))
        if strength == "clear":
            name = name.replace("«", '"').replace("»", '"').upper()
        elif strength == "faint":
            name = f" {name.replace('«', '').replace('»', '').replace(' ', '  ', 1)}."
        plain = strength == "blatant"
        phone = respelt_phone(int(clients.switchboard[row]))
        _copy(
            plant, "accounts", row, strength,
            name=name, parent_id=None,
            phone=accounts.get(row, "phone") if plain else phone,
        )  # fmt: skip


def _copies_of_deals(plant: Planter) -> None:
    sales = plant.made.sales
    deals = plant.table("deals")
    closed = (sales.status != OPEN) & (sales.amount != NONE) & (sales.lines == 0)
    for row, strength, number in plant.graded("deals", closed, -(-plant.n // 2)):
        name = str(deals.get(row, "name"))
        wait = {"blatant": 0, "clear": 40 + number, "faint": 1800 + number}[strength]
        twin = _copy(
            plant, "deals", row, strength,
            lead_id=None, created_at=later(deals.moment(row, "created_at"), seconds=wait),
            name={"blatant": name, "clear": name.upper(), "faint": f"{name} "}[strength],
        )  # fmt: skip
        if sales.status[row] == WON:
            plant.follows("R107", "deals", twin, "", "the original has the invoice")
        plant.follows("C109", "deals", twin, "", "activities are at the original")


def _alikes(plant: Planter) -> None:
    contacts, clients = plant.table("contacts"), plant.made.clients
    eastern = contacts.filled("middle_name")
    rows = plant.pick("contacts", 2 * max(1, plant.n * 3 // 4), eastern)
    for first, second in zip(rows[::2], rows[1::2], strict=False):
        if clients.account[first] == clients.account[second]:
            continue
        names = ("full_name", "first_name", "last_name", "middle_name")
        cells = {name: contacts.get(first, name) for name in names}
        note = f"namesake of {plant.key('contacts', first)}, elsewhere"
        plant.alike("D101", "contacts", second, "full_name", note, **cells)
    desk = plant.table("accounts")
    for row, _ in plant.lookalikes("contacts", share=0.25):
        shared = desk.get(int(clients.account[row]), "phone")
        plant.alike("D101", "contacts", row, "phone", "the company's switchboard", phone=shared)
    _branches(plant)
    _bought_again(plant)


def _branches(plant: Planter) -> None:
    """Branches share the tax number and have a registration of their own."""
    accounts, clients = plant.table("accounts"), plant.made.clients
    companies = accounts.among("country", "RU") & ~clients.sole & plant.silent()
    for row, number in plant.lookalikes("accounts", companies, 0.25):
        serial = np.array([plant.block.number * 1000 + number])
        kpp = fixed(numbers.kpp(np.array([54]), serial))[0].as_py()
        email = str(accounts.get(row, "email"))
        branch = plant.copy(
            "accounts", row, parent_id=accounts.get(row, "id"), domain=None,
            kpp=f"{kpp[:4]}43{number % 900 + 100}", city="Новосибирск",
            address=f"630000, ул. Вокзальная, д. {number + 3}",
            phone=f"+738320{plant.block.number % 100:02d}{number % 1000:03d}", email=f"nsk.{email}",
            registration_id=None, bank_account=None, bic=None,
        )  # fmt: skip
        plant.alike("D101", "accounts", branch, "tax_id", f"branch of {plant.key('accounts', row)}")


def _bought_again(plant: Planter) -> None:
    sales, deals = plant.made.sales, plant.table("deals")
    before = moment(datetime(2025, 12, 31))
    old = (sales.status == LOST) & (sales.amount != NONE) & (sales.closed < before)
    half = timedelta(days=182)
    for row, _ in plant.lookalikes("deals", old & (sales.lines == 0), 0.25):
        created, closed = deals.moment(row, "created_at"), deals.moment(row, "closed_at")
        planned = deals.day(row, "expected_close_at")
        again = plant.copy(
            "deals", row, kind="repeat", lead_id=None, contract_no=None,
            created_at=created + half, closed_at=closed + half, expected_close_at=planned + half,
        )  # fmt: skip
        note = f"asked again half a year after {plant.key('deals', row)}"
        plant.alike("D101", "deals", again, "amount", note)
        plant.follows("C109", "deals", again, "", "activities are at the first deal")


def _marked(plant: Planter) -> None:
    """Records that the CRM marks as deleted or merged, and that still count.

    Something alive still hangs on each: whoever counts the children counts what is gone. Those
    that nothing names any more are exported all the same, and do no harm.
    """
    sales = plant.made.sales
    each = -(-plant.n // 4)
    places = (
        (
            "deals", "deal_id",
            (sales.status != OPEN) & (sales.amount != NONE) & (sales.lines == 0),
        ),
        (
            "leads", "lead_id",
            plant.table("leads").among("status", "rejected") & (plant.made.leads.form < 0),
        ),
        ("contacts", "contact_id", plant.table("contacts").filled("middle_name")),
        ("accounts", "account_id", ~plant.made.clients.sole),
    )  # fmt: skip
    for table, column, where in places:
        above = plant.parents("activities", column, table)
        free = plant.free("activities") & (above >= 0)
        # A deal, too, keeps a trail of its own.
        some = np.bincount(above[free], minlength=plant.table(table).size) > (table == "deals")
        for row, strength, _ in plant.graded(table, where & some, each):
            twin = _dead(plant, table, row, strength)
            children = plant.children("activities", column, table, row)
            child = int(next(place for place in children if plant.free("activities")[place]))
            plant.take("activities", [child])
            plant.table("activities").set(child, **{column: plant.key(table, twin)})
            note = f"activity {plant.key('activities', child)} still hangs on it"
            mark = "merged_into_id" if strength == "faint" else "is_deleted"
            plant.blemish("D105", table, twin, strength, mark, note)
            plant.follows("R101", "activities", child, column, "its parent is marked as gone")
            if table == "contacts":
                note = "the talk with another person is at its dead copy"
                plant.follows("X101", "contacts", row, "", note)
        for number, (row, _) in enumerate(plant.lookalikes(table, where, share=0.15)):
            twin = _dead(plant, table, row, STRENGTHS[number % len(STRENGTHS)])
            note = "marked as gone, and nothing alive names it"
            plant.alike("D105", table, twin, "is_deleted", note)
        for row, _ in plant.lookalikes(table, share=0.1):
            plant.alike("D105", table, row, "is_deleted", "marked, but as not deleted")


def _dead(plant: Planter, table: str, row: int, way: str) -> int:
    """A copy of a record that is marked as deleted, as merged, or as both."""
    merged = plant.key(table, row) if way != "clear" else None
    twin = plant.copy(table, row, is_deleted=way != "faint", merged_into_id=merged)
    for code in ("D101", "D102"):
        plant.follows(code, table, twin, "", "marked as gone")
        plant.follows(code, table, row, "", "its copy is marked as gone")
    plant.is_same("D105", (table, row), (table, twin))
    return twin


def plant_repeated_keys(plant: Planter) -> None:
    """D104: one key twice in one file; the second row the same, or a later state."""
    each = -(-plant.n // 5)
    sales = plant.made.sales
    cases: tuple[tuple[str, tuple[str, ...], Bools | None], ...] = (
        ("deals", ("next_step", "source"), (sales.status == LOST) & (sales.lines == 0)),
        ("contacts", ("title", "source"), None),
        ("leads", ("note", "interest"), plant.table("leads").filled("note")),
        ("activities", ("result", "note"), plant.table("activities").filled("note")),
        ("tasks", ("subject", "kind"), None),
    )
    for table, columns, where in cases:
        made = plant.table(table)
        for row, strength, number in plant.graded(table, where, each):
            changed = {"blatant": (), "clear": columns[:1], "faint": columns}[strength]
            cells = {name: f"{made.get(row, name) or ''} *".strip() for name in changed}
            far = row + 0.5 + number * 7 if strength != "faint" else None
            made.copy(row, far, **cells)
            note = "the same row" if not changed else f"another {' and '.join(changed)}"
            plant.fault(
                "D104",
                table,
                plant.key(table, row),
                "id",
                strength,
                plant.key(table, row),
                "",
                note,
            )
            for code in ("D101", "D102", "A107"):
                plant.follows(code, table, row, "", "the key stands twice")
    contacts = plant.table("contacts")
    for row, _ in plant.lookalikes("contacts", ~plant.named("contacts")):
        short = str(contacts.get(row, "id"))
        short = short[0] + short[1:].lstrip("0")
        note = "a key of the old system, short"
        if short != contacts.get(row, "id"):
            plant.alike("D104", "contacts", row, "id", note, id=short)
