"""Family R: links that lead nowhere, to several, or round in a circle."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise

import numpy as np

from dq.demo.chance import NONE, Bools
from dq.demo.faults.plant import STRENGTHS, Planter
from dq.demo.lexicon import english
from dq.demo.sales import LOST, OPEN, WON
from dq.demo.staff import ROLES
from dq.demo.when import DAY, END, to_date

__all__ = ["list_prospects", "plant_relations"]

_TO_BILL = 60
"""Days after which a won deal should have an invoice."""


def plant_relations(plant: Planter) -> None:
    """R101 to R107."""
    _idle_parents(plant)
    _ambiguous_names(plant)
    _cycles(plant)
    _invoices(plant)
    _owners(plant)
    _many(plant)
    _orphans(plant)


def _near_miss(key: str, strength: str, number: int) -> str:
    """A key mistyped so that a reader still sees which one was meant."""
    if "-" in key:
        return (
            key.replace("-", ("", " ", "_")[number % 3], 1)
            if strength == "clear"
            else key[:-1] + "O"
        )
    if strength == "clear":
        return f"{key[0]}-{key[1:]}"
    return key[:1] + key[1:].replace("0", "O", 1) if "0" in key[1:] else key[:1] + "O" + key[1:]


def _orphans(plant: Planter) -> None:
    sales = plant.made.sales
    links: tuple[tuple[str, str, Bools | None], ...] = (
        ("deals", "account_id", (sales.status == LOST) & (sales.lines == 0)),
        ("deal_lines", "product_id", None),
        ("activities", "deal_id", plant.made.work.deal != NONE),
        ("touches", "campaign_id", None),
        ("payments", "invoice_id", None),
        ("contacts", "account_id", _in_crowd(plant)),
    )
    each = -(-plant.n // len(links)) + 1
    for table, column, where in links:
        made = plant.table(table)
        for row, strength, number in plant.graded(table, where, each):
            key = str(made.get(row, column))
            if strength == "blatant":
                wrong, note = f"{key[0]}{987_650_000 + number}", "no such record"
            else:
                wrong, note = _near_miss(key, strength, number), f"mistyped: {key}"
            plant.spoil("R101", table, row, column, wrong, strength, note)
    for column in ("campaign_id", "lead_id"):
        empty = plant.table("deals")[column] == NONE
        for row, _ in plant.lookalikes("deals", empty, 0.35):
            plant.alike("R101", "deals", row, column, "empty is no orphan")
    stray = plant.table("requests")["lead_id"] == NONE
    for row, _ in plant.lookalikes("requests", stray, 0.3):
        plant.alike("R101", "requests", row, "lead_id", "a request that led to nothing")


def _in_crowd(plant: Planter) -> Bools:
    """Contacts whose account still has two others when they are gone."""
    clients = plant.made.clients
    size = np.diff(clients.first_contact)
    return np.asarray((size[clients.account] > 2) & ~plant.named("contacts"))


def _ambiguous_names(plant: Planter) -> None:
    """Tickets know clients by name; two clients get one name."""
    accounts, tickets = plant.table("accounts"), plant.table("tickets")
    clients = plant.made.clients
    above = plant.ticket_accounts()
    live = np.flatnonzero(plant.free("tickets"))
    known = Counter(above[live].tolist())
    silent = np.array([known[row] == 0 for row in range(accounts.size)]) & ~clients.sole
    often = np.array([known[row] > 0 for row in range(accounts.size)]) & ~clients.sole
    quoted = often & ~english(clients.language)
    left = dict.fromkeys(STRENGTHS, plant.n)
    for row in plant.pick("accounts", 3 * plant.n, quoted):
        strength = max(left, key=lambda name: left[name])
        if left[strength] <= 0:
            break
        twins = plant.pick("accounts", 1, silent & (clients.language == clients.language[row]))
        for twin in twins:
            name = str(accounts.get(row, "name"))
            other = {
                "blatant": name,
                "clear": name.replace("«", '"').replace("»", '"'),
                "faint": name.replace("«", '"').replace("»", '"').upper(),
            }[strength]
            accounts.set(twin, name=other)
            note = f"the name of {plant.key('accounts', row)}, another tax number and town"
            plant.alike("D101", "accounts", twin, "name", note)
            plant.follows("D102", "accounts", twin, "", note)
            both = f"{plant.key('accounts', row)} or {plant.key('accounts', twin)}"
            for ticket in np.flatnonzero(above == row).tolist():
                if plant.free("tickets")[ticket]:
                    plant.take("tickets", [ticket])
                    left[strength] -= 1
                    plant.blemish("R102", "tickets", ticket, strength, "account_id", both)
                elif not plant.table("tickets").gone[ticket]:
                    plant.follows("R102", "tickets", ticket, "account_id", both)
    clear = np.array([row >= 0 and quoted[row] and plant.free("accounts")[row] for row in above])
    for row, number in plant.lookalikes("tickets", clear):
        name = str(tickets.get(row, "account_id")).replace("«", '"').replace("»", '"')
        spelt = name.upper() if number % 2 else f" {name} "
        plant.take("accounts", [int(above[row])])
        plant.alike(
            "R102", "tickets", row, "account_id", "one client, other spelling", account_id=spelt
        )
        plant.follows("R101", "tickets", row, "account_id")


def _owners(plant: Planter) -> None:
    users, staff = plant.table("users"), plant.made.staff
    sales, leads = plant.made.sales, plant.table("leads")
    gone = staff.leavers()
    recent = gone[np.argsort(-staff.left[gone], kind="stable")]
    places: tuple[tuple[str, Bools | None], ...] = (
        ("deals", sales.status == OPEN),
        ("accounts", None),
        ("leads", leads.among("status", "new", "working", "nurturing")),
        ("contacts", None),
    )
    each = -(-plant.n // len(places))
    for table, where in places:
        for row, strength, number in plant.graded(table, where, each):
            if strength == "blatant":
                plant.spoil("R103", table, row, "owner_id", "U777777", strength, "unknown")
                plant.follows("R101", table, row, "owner_id")
                continue
            pool = (
                recent[: max(1, len(recent) // 2)]
                if strength == "faint"
                else recent[-max(1, len(recent) // 2) :]
            )
            user = int(pool[number % len(pool)])
            note = f"left on {to_date(int(staff.left[user]))}"
            plant.spoil("R103", table, row, "owner_id", users.get(user, "id"), strength, note)
    closed = np.isin(sales.owner, gone) & (sales.status != OPEN)
    for row, _ in plant.lookalikes("deals", closed):
        plant.alike("R103", "deals", row, "owner_id", "closed while the owner was there")


def _many(plant: Planter) -> None:
    """Two keys in a cell that holds one."""
    sales, contacts = plant.made.sales, plant.table("contacts")
    accounts = plant.table("accounts")
    half = -(-plant.n // 2)
    joints = {"blatant": ";", "clear": ", ", "faint": " / "}
    there, live = np.flatnonzero(~contacts.gone), np.flatnonzero(~accounts.gone)
    for row, strength, number in plant.graded("deals", sales.status == LOST, half):
        other = contacts.columns["id"].value(int(there[(row * 37 + number) % len(there)]))
        both = f"{plant.table('deals').get(row, 'contact_id')}{joints[strength]}{other}"
        plant.spoil("R104", "deals", row, "contact_id", both, strength)
        plant.follows("R101", "deals", row, "contact_id")
    for row, strength, number in plant.graded("contacts", _in_crowd(plant), half):
        other = accounts.columns["id"].value(int(live[(row * 53 + number) % len(live)]))
        both = f"{contacts.get(row, 'account_id')}{joints[strength]}{other}"
        plant.spoil("R104", "contacts", row, "account_id", both, strength)
        plant.follows("R101", "contacts", row, "account_id")
    _joint_names(plant)


def _joint_names(plant: Planter) -> None:
    """Names with commas in a column that links by name are one client each."""
    accounts, clients = plant.table("accounts"), plant.made.clients
    above = plant.ticket_accounts()
    known = np.zeros(accounts.size, dtype=np.bool_)
    known[above[(above >= 0) & plant.free("tickets")]] = True
    british = known & (clients.language == 2) & ~clients.sole
    left = 3 * plant.n
    for row in plant.pick("accounts", 3 * plant.n, british):
        first, *rest = str(accounts.get(row, "name")).split()
        joint = f"{first}, {rest[0]} & Sons {rest[-1]}"
        for ticket in np.flatnonzero(above == row):
            if plant.free("tickets")[ticket]:
                note = "one client with a comma in its name"
                plant.take("tickets", [int(ticket)])
                plant.alike("R104", "tickets", int(ticket), "account_id", note, account_id=joint)
                left -= 1
            else:
                plant.table("tickets").set(int(ticket), account_id=joint)
        accounts.set(row, name=joint)
        if left <= 0:
            break


def _cycles(plant: Planter) -> None:
    accounts = plant.table("accounts")
    parents = accounts["parent_id"]
    leaf = np.ones(accounts.size, dtype=np.bool_)
    leaf[parents[parents != NONE] - plant.block.base("accounts")] = False
    for strength, sizes in (("blatant", (1,)), ("clear", (2,)), ("faint", (3, 4, 5))):
        left, number = plant.n, 0
        while left > 0:
            size = sizes[number % len(sizes)]
            ring = plant.pick("accounts", size, leaf)
            if len(ring) < size:
                break
            for place, row in enumerate(ring):
                above = plant.key("accounts", ring[(place + 1) % size])
                note = f"a circle of {size}"
                plant.spoil("R105", "accounts", row, "parent_id", above, strength, note)
            left, number = left - size, number + 1
    for _ in range(max(1, -(-3 * plant.n // 4))):
        chain = plant.pick("accounts", 5, leaf)
        for below, above_row in pairwise(chain):
            above = plant.key("accounts", above_row)
            plant.alike(
                "R105", "accounts", below, "parent_id", "deep, but it ends", parent_id=above
            )


def _idle_parents(plant: Planter) -> None:
    """Sellers without a deal and goods never sold, where their peers have many."""
    users, history = plant.table("users"), plant.table("user_history")
    spare = np.flatnonzero(plant.made.staff.spare)
    hired = {"blatant": date(2023, 4, 3), "clear": date(2025, 3, 3), "faint": date(2026, 2, 2)}
    for number, row in enumerate(plant.revive("users", spare, len(spare))):
        mine = np.flatnonzero(history["user_id"] == plant.block.base("users") + row)
        history.gone[mine] = False
        plant.take("user_history", mine)
        strength = [*STRENGTHS, "alike"][number % 4]
        day = hired.get(strength, date(2026, 9, 21))
        for place in mine:
            history.set(int(place), valid_from=day)
        users.set(row, hired_at=day, left_at=None, active=True)
        if strength == "alike":
            plant.alike("R106", "users", row, "", "hired last week")
        else:
            plant.blemish("R106", "users", row, strength, "", f"since {day}, and not one deal")
    if not plant.block.first:
        return
    products = plant.table("products")
    since = {"blatant": date(2022, 2, 7), "clear": date(2024, 5, 6), "faint": date(2026, 3, 2)}
    for number in range(16):
        strength = [*STRENGTHS, "alike"][number % 4]
        day = since.get(strength, date(2026, 9, 14))
        row = products.copy(
            number, id=f"ZED-{number + 1}-{701 + number}", name=f"Zed {number + 1}",
            introduced_at=day, list_price=Decimal(1999 + number * 20) / 10, kind="goods",
        )  # fmt: skip
        if strength == "alike":
            plant.alike("R106", "products", row, "", "introduced two weeks ago")
        else:
            plant.blemish("R106", "products", row, strength, "", f"since {day}, and never sold")
    for place in np.flatnonzero(plant.made.house.campaigns.programme):
        plant.take("campaigns", [int(place)])
        plant.alike("R106", "campaigns", int(place), "", "a programme: its children work")
    roles = plant.made.staff.role
    for place in np.flatnonzero(np.isin(roles, [ROLES.index("marketing"), ROLES.index("service")])):
        plant.alike("R106", "users", int(place), "", "the job is not to sell")


def list_prospects(plant: Planter) -> None:
    """Accounts without a deal once all faults are planted, and campaigns without a touch."""
    accounts, deals = plant.table("accounts"), plant.table("deals")
    sold = np.zeros(accounts.size, dtype=np.bool_)
    there = ~deals.gone
    there[[row for row in deals.changed["account_id"] if row < deals.size]] = False
    sold[plant.made.sales.account[there]] = True
    rows = np.flatnonzero(~sold & ~accounts.gone).tolist()
    for row in rows + list(range(accounts.size, accounts.size + accounts.added)):
        plant.follows("R106", "accounts", row, "", "a prospect, or a copy, without a deal")
    if plant.block.of == 1:  # else another block's clients may have been touched
        above = plant.parents("touches", "campaign_id", "campaigns")
        touches = np.bincount(
            above[(above >= 0) & ~plant.table("touches").gone],
            minlength=plant.table("campaigns").size,
        )
        for row in np.flatnonzero((touches == 0) & plant.free("campaigns")).tolist():
            plant.follows("R106", "campaigns", row, "", "too small a sample to touch anybody")


def _invoices(plant: Planter) -> None:
    sales, bills = plant.made.sales, plant.made.bills
    deals, invoices = plant.table("deals"), plant.table("invoices")
    parts = np.bincount(bills.deal, minlength=len(sales.account))
    won = (sales.status == WON) & plant.untouched("invoices", "deal_id", "deals")
    billed = sales.closed < END - _TO_BILL * DAY
    for row in plant.pick("deals", plant.n, won & billed):
        mine = plant.children("invoices", "deal_id", "deals", row)
        for invoice in mine:
            plant.drop(
                "payments", plant.children("payments", "invoice_id", "invoices", int(invoice))
            )
        plant.drop("invoices", mine)
        plant.blemish("R107", "deals", row, "blatant", "amount", "won, no invoice")
    for number, row in enumerate(plant.pick("deals", 2 * plant.n, won & (parts == 1))):
        invoice = int(plant.children("invoices", "deal_id", "deals", row)[0])
        strength, factors = (("clear", ("0.7", "1.25")), ("faint", ("0.97", "1.04")))[number % 2]
        amount, tax = invoices.amount(invoice, "amount"), invoices.amount(invoice, "tax")
        factor = Decimal(factors[number // 2 % 2])
        invoices.set(
            invoice, amount=(amount * factor).quantize(Decimal("0.01")),
            tax=(tax * factor).quantize(Decimal("0.01")),
        )  # fmt: skip
        plant.take("invoices", [invoice])
        plant.follows("R107", "invoices", invoice)
        note = f"invoice {plant.key('invoices', invoice)} says {invoices.get(invoice, 'amount')}"
        plant.blemish("R107", "deals", row, strength, "amount", note)
    lost = (sales.status == LOST) & (sales.amount != NONE)
    for number, row in enumerate(plant.pick("deals", -(-plant.n // 2), lost)):
        closed = to_date(int(sales.closed[row]) // 86_400)
        amount = deals.amount(row, "amount")
        new = plant.copy(
            "invoices", number, deal_id=plant.key("deals", row),
            account_id=deals.get(row, "account_id"), issued_at=closed,
            due_at=date.fromordinal(closed.toordinal() + 14), amount=amount,
            tax=(amount / 6).quantize(Decimal("0.01")), currency=deals.get(row, "currency"),
            paid_amount=Decimal("0.00"), paid_at=None,
        )  # fmt: skip
        plant.blemish("R107", "invoices", new, "clear", "deal_id", "the deal is lost")
        plant.follows("R107", "deals", row)
    for row, _ in plant.lookalikes("deals", won & (parts > 1)):
        plant.take_deal(row, "invoices")
        plant.alike("R107", "deals", row, "amount", "several invoices that sum to the amount")
