"""Family R: links that lead nowhere, to several, or round in a circle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from dq.demo.faults.plant import Planter, among, both, empty, found_in
from dq.demo.house import money
from dq.demo.people import Names, words
from dq.demo.when import END
from dq.demo.world import Row

__all__ = ["plant_relations"]


def plant_relations(plant: Planter) -> None:
    """R101 to R107."""
    _ambiguous_names(plant)
    _cycles(plant)
    _idle_parents(plant)
    _owners(plant)
    _many(plant)
    _invoices(plant)
    _orphans(plant)


def _near_miss(key: str, number: int) -> str:
    """A key mistyped so that a reader still sees which one was meant."""
    if "-" in key:
        return key.replace("-", ("", " ", "_")[number % 3], 1)
    return (key[0] + "O" + key[2:], key[0] + "-" + key[1:], key[0] + "0" + key[1:])[number % 3]


def _orphans(plant: Planter) -> None:
    each = max(1, plant.count // 5)
    links = (
        ("deals", "account_id", lambda row: row["status"] == "lost"),
        ("deal_lines", "product_id", lambda row: plant.is_free("deals", row["deal_id"])),
        ("activities", "deal_id", lambda row: row["deal_id"] is not None),
        ("touches", "campaign_id", lambda row: row["campaign_id"] is not None),
        ("payments", "invoice_id", lambda row: True),
        ("contacts", "account_id", _in_crowd(plant)),
    )
    for table, column, where in links:
        for number, row in enumerate(plant.pick(table, each, where)):
            if number % 2 == 0:
                wrong, strength, note = _near_miss(row[column], number // 2), "medium", "mistyped"
            else:
                wrong, strength, note = row[column][0] + "987654", "strong", "no such record"
            plant.spoil("R101", table, row, column, wrong, strength, note)
    for column in ("campaign_id", "lead_id"):
        for deal in plant.pick("deals", each, empty(column)):
            plant.alike("R101", "deals", deal, column, note="empty is no orphan")


def _in_crowd(plant: Planter) -> Callable[[Row], bool]:
    """Contacts whose account still has two others when they are gone."""
    people = Counter(row["account_id"] for row in plant.world.tables["contacts"])
    main = {row["contact_id"] for row in plant.world.tables["deals"]}
    return lambda row: people[row["account_id"]] > 2 and row["id"] not in main


def _ambiguous_names(plant: Planter) -> None:
    """Tickets know clients by name; two clients get one name."""
    tickets = plant.world.tables["tickets"]
    known = Counter(row["account_id"] for row in tickets)
    often = {name for name, _ in known.most_common(plant.count * 2)}

    def named(row: Row) -> bool:
        return row["name"] in often and row["legal_form"] not in ("ИП", "ФОП", "Trading")

    def silent(row: Row) -> bool:
        return known[row["name"]] == 0

    for account in plant.pick("accounts", max(4, plant.count // 3), named):
        twins = plant.pick(
            "accounts",
            1,
            both(among("country", account["country"]), silent),
        )
        for twin in twins:
            twin["name"] = account["name"]
            note = f"the name of {account['id']}, another tax number and town"
            plant.alike("D101", "accounts", twin, "name", note=note)
            for ticket in tickets:
                if ticket["account_id"] == account["name"]:
                    plant.touch("tickets", ticket["id"])
                    note = f"{account['id']} or {twin['id']}"
                    value = account["name"]
                    plant.fault("R102", "tickets", ticket["id"], "account_id", value, note=note)
    clear = plant.pick("tickets", plant.count // 2, lambda row: "«" in row["account_id"])
    for number, ticket in enumerate(clear):
        plain = ticket["account_id"].replace("«", '"').replace("»", '"')
        spelt = plain.upper() if number % 2 else f" {plain} "
        plant.alike("R102", "tickets", ticket, "account_id", spelt, "one client, other spelling")


def _owners(plant: Planter) -> None:
    users = plant.world.tables["users"]
    leavers = [user for user in users if user["left_at"] is not None]
    each = plant.count // 4 + 1
    cases = (
        ("deals", lambda row: row["status"] == "open" and row["owner_id"] is not None),
        ("accounts", lambda row: True),
        ("leads", lambda row: row["status"] in ("new", "working", "nurturing")),
        ("contacts", lambda row: True),
    )
    for table, where in cases:
        for number, row in enumerate(plant.pick(table, each, where)):
            if number % 3 == 2:
                plant.spoil("R103", table, row, "owner_id", "U777", note="unknown")
                plant.follows("R101", table, row["id"], "owner_id")
            else:
                user = leavers[number % len(leavers)]
                note = f"left on {user['left_at']}"
                plant.spoil("R103", table, row, "owner_id", user["id"], "medium", note)
    gone = {user["id"]: user["left_at"] for user in leavers}
    closed = plant.pick(
        "deals", plant.count, lambda row: row["owner_id"] in gone and row["closed_at"] is not None
    )
    for deal in closed:
        plant.alike("R103", "deals", deal, "owner_id", note="closed while the owner was there")


def _many(plant: Planter) -> None:
    contacts = plant.world.tables["contacts"]
    accounts = plant.world.tables["accounts"]

    def settled(row: Row) -> bool:
        return row["status"] != "open" and row["contact_id"] is not None

    for number, deal in enumerate(plant.pick("deals", plant.count // 2 + 1, settled)):
        other = contacts[(number * 37 + 11) % len(contacts)]["id"]
        both = f"{deal['contact_id']};{other}"
        plant.spoil("R104", "deals", deal, "contact_id", both)
        plant.follows("R101", "deals", deal["id"], "contact_id")
    crowd = plant.pick("contacts", plant.count // 2 + 1, _in_crowd(plant))
    for number, contact in enumerate(crowd):
        other = accounts[(number * 53 + 7) % len(accounts)]["id"]
        both = f"{contact['account_id']}; {other}"
        plant.spoil("R104", "contacts", contact, "account_id", both)
        plant.follows("R101", "contacts", contact["id"], "account_id")
    _joint_names(plant)


def _joint_names(plant: Planter) -> None:
    """Names with commas in a column that links by name are one client each."""
    tickets = plant.world.tables["tickets"]
    known = {row["account_id"] for row in tickets}

    def partnership(row: Row) -> bool:
        return row["country"] == "GB" and row["name"] in known

    for account in plant.pick("accounts", plant.count // 3 + 1, partnership):
        first, *rest = account["name"].split()
        joint = f"{first}, {rest[0]} & Sons {rest[-1]}"
        for ticket in tickets:
            if ticket["account_id"] == account["name"] and plant.is_free("tickets", ticket["id"]):
                note = "one client with a comma in its name"
                plant.touch("tickets", ticket["id"])
                plant.alike("R104", "tickets", ticket, "account_id", joint, note)
        account["name"] = joint


def _cycles(plant: Planter) -> None:
    parents = {row["parent_id"] for row in plant.world.tables["accounts"]}

    def leaf(row: Row) -> bool:
        return row["id"] not in parents

    members = plant.pick("accounts", plant.count + 4, leaf)
    sizes = [1, 2, 3, 2, 1, 4] * 6
    while members and sizes:
        size = sizes.pop(0)
        ring, members = members[:size], members[size:]
        for place, account in enumerate(ring):
            above = ring[(place + 1) % len(ring)]["id"]
            note = f"a circle of {len(ring)}"
            plant.spoil("R105", "accounts", account, "parent_id", above, note=note)
    chain = plant.pick("accounts", 5, leaf)
    for below, above in pairwise(chain):
        plant.alike("R105", "accounts", below, "parent_id", above["id"], "deep, but it ends")


def _idle_parents(plant: Planter) -> None:
    """Sellers without a deal and goods never sold, where their peers have many."""
    rng = plant.rng("idle")
    world = plant.world
    names = Names("en", {user["email"] for user in world.tables["users"]})
    boss = next(u["id"] for u in world.tables["users"] if u["department"] == "UK Sales")
    for number in range(7):
        person = names.person(rng)
        fresh = number >= 5
        row = world.add(
            "users",
            id=world.next_id("users", "U", 3),
            name=person.full,
            role="inside",
            department=words("en")["department"],
            manager_id=boss,
            email=names.email(rng, person, "tillwright-group.com"),
            phone_ext=str(180 + number),
            hired_at=date(2026, 9, 21) if fresh else date(2023, 4, 3 + number),
            last_login_at=END - timedelta(hours=3 + number),
            active=True,
        )
        world.add(
            "user_history",
            user_id=row["id"],
            valid_from=row["hired_at"],
            department=row["department"],
            role=row["role"],
            manager_id=boss,
        )
        if fresh:
            plant.alike("R106", "users", row, note="hired last week")
        else:
            plant.fault("R106", "users", row["id"], note="three years, not one deal")
    for number in range(8):
        fresh = number >= 5
        row = world.add(
            "products",
            id=f"ZED-{('ONE', 'TWO', 'TEN', 'MINI', 'NEO', 'AIR', 'SUN', 'SEA')[number]}-{number}",
            name=f"Zed {number + 1}",
            kind="goods",
            list_price=Decimal("199.49") + number * 20,
            cost=Decimal("90.00") + number * 9,
            active=True,
            introduced_at=date(2026, 9, 14) if fresh else date(2023, 2, 6 + number),
        )
        if fresh:
            plant.alike("R106", "products", row, note="introduced two weeks ago")
        else:
            plant.fault("R106", "products", row["id"], note="never sold")
    for campaign in world.tables["campaigns"]:
        if campaign["kind"] == "programme":
            plant.alike("R106", "campaigns", campaign, note="a programme: its children work")
    for user in world.tables["users"]:
        if user["role"] in ("marketing", "service"):
            plant.alike("R106", "users", user, note="the job is not to sell")


def _invoices(plant: Planter) -> None:
    world = plant.world
    sold = {row["deal_id"] for row in world.tables["invoices"]}

    def won(row: Row) -> bool:
        known = isinstance(row["amount"], Decimal) and row["closed_at"] is not None
        return row["status"] == "won" and row["id"] in sold and known

    each = plant.count // 3 + 1
    for deal in plant.pick("deals", each, won):
        gone = {r["id"] for r in world.tables["invoices"] if r["deal_id"] == deal["id"]}
        plant.drop("invoices", found_in("id", gone))
        plant.drop("payments", found_in("invoice_id", gone))
        plant.fault("R107", "deals", deal["id"], value=deal["amount"], note="won, no invoice")
    parts = Counter(row["deal_id"] for row in world.tables["invoices"])
    for number, deal in enumerate(
        plant.pick("deals", each, lambda row: won(row) and parts[row["id"]] == 1)
    ):
        invoice = next(r for r in world.tables["invoices"] if r["deal_id"] == deal["id"])
        plant.touch("invoices", invoice["id"])
        invoice["amount"] = money(float(deal["amount"]) * (0.7 if number % 2 else 1.25))
        invoice["tax"] = money(float(invoice["amount"]) / 6)
        note = f"invoice {invoice['id']} says {invoice['amount']}"
        plant.fault("R107", "deals", deal["id"], "amount", deal["amount"], note=note)
        plant.follows("R107", "invoices", invoice["id"])
    lost = plant.pick(
        "deals", each, lambda r: r["status"] == "lost" and isinstance(r["amount"], Decimal)
    )
    for number, deal in enumerate(lost):
        _invoice_of_lost(plant, deal, number)
    for deal in plant.pick("deals", plant.count, lambda row: won(row) and parts[row["id"]] > 1):
        plant.alike("R107", "deals", deal, note="several invoices that sum to the amount")


def _invoice_of_lost(plant: Planter, deal: Row, number: int) -> None:
    closed: datetime = deal["closed_at"]
    row = plant.world.add(
        "invoices",
        id=f"N9{number + 1:05d}",
        deal_id=deal["id"],
        account_id=deal["account_id"],
        issued_at=closed.date(),
        due_at=closed.date() + timedelta(days=14),
        amount=deal["amount"],
        tax=money(float(deal["amount"]) / 6),
        currency=deal["currency"],
        paid_amount=Decimal(0),
    )
    plant.touch("invoices", row["id"])
    plant.fault("R107", "invoices", row["id"], "deal_id", row["deal_id"], note="the deal is lost")
    plant.follows("R107", "deals", deal["id"])
