"""Family D as far as it is exact: copies, repeated keys, records marked merged or deleted."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from dq.demo import numbers
from dq.demo.faults.plant import Planter, among, both
from dq.demo.faults.thin import referenced_contacts
from dq.demo.when import END
from dq.demo.world import Row

__all__ = ["plant_duplicates", "plant_repeated_keys"]

_WIDTH = {"accounts": ("A", 6), "contacts": ("C", 6), "leads": ("L", 6), "deals": ("D", 6)}


def plant_duplicates(plant: Planter) -> None:
    """D101 and D105."""
    rng = plant.rng("duplicates")
    _copies(plant, rng)
    _alikes(plant, rng)
    _marked(plant)


def _copy(plant: Planter, table: str, row: Row, **changes: object) -> Row:
    """A record with a new key, appended."""
    prefix, width = _WIDTH[table]
    taken = max(int(r["id"][1:]) for r in plant.world.tables[table] if r["id"][1:].isdigit())
    twin = plant.world.add(table, **{**row, "id": f"{prefix}{taken + 1:0{width}d}", **changes})
    plant.touch(table, twin["id"])
    return twin


def _respelt_phone(phone: str) -> str:
    digits = "".join(char for char in phone if char.isdigit())
    return f"+{digits[:-7]} {digits[-7:-4]}-{digits[-4:-2]}-{digits[-2:]}"


def _copies(plant: Planter, rng: random.Random) -> None:
    def reachable(row: Row) -> bool:
        whole = row["email"] is not None and str(row["phone"]).startswith("+")
        return whole and row["full_name"] is not None

    def note(row: Row) -> str:
        return f"copy of {row['id']}"

    each = plant.count // 4 + 1
    for contact in plant.pick("contacts", each, reachable):
        twin = _copy(
            plant,
            "contacts",
            contact,
            full_name=contact["full_name"].upper(),
            email=contact["email"].capitalize(),
            phone=_respelt_phone(contact["phone"]),
            created_at=min(contact["created_at"] + timedelta(days=40), END),
            updated_at=END - timedelta(days=3),
        )
        plant.fault("D101", "contacts", twin["id"], strength="medium", note=note(contact))
        plant.follows("D101", "contacts", contact["id"], note=f"original of {twin['id']}")
    for lead in plant.pick(
        "leads", each, lambda row: reachable(row) and row["status"] == "rejected"
    ):
        later = min(lead["created_at"] + timedelta(minutes=rng.randint(2, 9000)), END)
        twin = _copy(
            plant, "leads", lead, full_name=f" {lead['full_name']}", created_at=later,
            first_response_at=None, status="rejected", rejected_reason=lead["rejected_reason"],
        )  # fmt: skip
        plant.fault("D101", "leads", twin["id"], note=note(lead))
        plant.follows("D101", "leads", lead["id"], note=f"original of {twin['id']}")
    for account in plant.pick("accounts", each, _named_company):
        plain = account["name"].replace("«", '"').replace("»", '"')
        twin = _copy(
            plant, "accounts", account, name=plain,
            phone=_respelt_phone(account["phone"]), parent_id=None,
        )  # fmt: skip
        plant.fault("D101", "accounts", twin["id"], strength="medium", note=note(account))
        plant.follows("D101", "accounts", account["id"], note=f"original of {twin['id']}")
    for deal in plant.pick("deals", each, _sound_deal):
        seconds = rng.randint(2, 50)
        twin = _copy(
            plant, "deals", deal, lead_id=None,
            created_at=deal["created_at"] + timedelta(seconds=seconds),
        )  # fmt: skip
        plant.fault("D101", "deals", twin["id"], value=deal["amount"], note=note(deal))
        plant.follows("D101", "deals", deal["id"], note=f"original of {twin['id']}")
        if deal["status"] == "won":
            plant.follows("R107", "deals", twin["id"], note="the original has the invoice")


def _named_company(account: Row) -> bool:
    return "«" in account["name"] and str(account["phone"]).startswith("+")


def _sound_deal(deal: Row) -> bool:
    linked = deal["account_id"] is not None and deal["owner_id"] is not None
    return linked and deal["status"] != "open" and isinstance(deal["amount"], Decimal)


def _alikes(plant: Planter, rng: random.Random) -> None:
    each = plant.count // 4 + 1
    contacts = plant.world.tables["contacts"]
    for number, contact in enumerate(plant.pick("contacts", each, _russian)):
        other = contacts[number * 61 % len(contacts)]
        if other["account_id"] == contact["account_id"] or other["full_name"] is None:
            continue
        plant.touch("contacts", other["id"])
        for column in ("first_name", "last_name", "middle_name"):
            contact[column] = other[column]
        name = other["full_name"]
        plant.alike("D101", "contacts", contact, "full_name", name, f"namesake of {other['id']}")
    switchboards = {row["id"]: row["phone"] for row in plant.world.tables["accounts"]}
    for contact in plant.pick("contacts", each, lambda row: row["account_id"] in switchboards):
        shared = switchboards[contact["account_id"]]
        plant.alike("D101", "contacts", contact, "phone", shared, "the company's switchboard")
    for account in plant.pick("accounts", each, lambda row: row["kpp"] is not None):
        branch = _copy(
            plant, "accounts", account, parent_id=account["id"], domain=None,
            kpp=numbers.kpp(rng, "54")[:4] + "43" + f"{rng.randint(1, 9):03d}",
            city="Новосибирск", address="630000, ул. Вокзальная, д. 3",
            phone=numbers.phone(rng, "RU", "383"), email=f"nsk.{account['email']}",
        )  # fmt: skip
        plant.alike("D101", "accounts", branch, "tax_id", note=f"branch of {account['id']}")
    for deal in plant.pick("deals", each, both(_sound_deal, _old_lost)):
        again = _copy(
            plant, "deals", deal, kind="repeat", lead_id=None, contract_no=None,
            created_at=deal["created_at"] + timedelta(days=182),
            closed_at=deal["closed_at"] + timedelta(days=182),
            expected_close_at=deal["expected_close_at"] + timedelta(days=182)
            if not isinstance(deal["expected_close_at"], str) else None,
        )  # fmt: skip
        note = f"bought again half a year after {deal['id']}"
        plant.alike("D101", "deals", again, "amount", note=note)


def _russian(contact: Row) -> bool:
    return contact["middle_name"] is not None and contact["full_name"] is not None


def _old_lost(deal: Row) -> bool:
    return deal["status"] == "lost" and bool(deal["closed_at"].year <= 2025)


def _marked(plant: Planter) -> None:
    """Records that the CRM marks as deleted or merged, and exports all the same."""
    each = plant.count // 3 + 1
    for table, where in (
        ("deals", _sound_deal),
        ("leads", among("status", "rejected")),
        ("contacts", _russian),
        ("accounts", _named_company),
    ):
        for row in plant.pick(table, each, where):
            twin = _copy(plant, table, row, is_deleted=True)
            merged = table != "deals"
            if merged:
                twin["merged_into_id"] = row["id"]
            note = f"merged into {row['id']}" if merged else f"deleted, as {row['id']} lives on"
            plant.fault("D105", table, twin["id"], "is_deleted", True, note=note)
    for table in ("deals", "leads", "contacts", "accounts"):
        for row in plant.world.tables[table]:
            if row["is_deleted"] is None:
                row["is_deleted"] = False
        for row in plant.pick(table, each):
            plant.alike("D105", table, row, "is_deleted", note="marked, but as not deleted")


def plant_repeated_keys(plant: Planter) -> None:
    """D104: one key twice in one file; the second row the same, or a later state."""
    each = max(1, plant.count // 4)
    cases: tuple[tuple[str, str, Callable[[Row], bool]], ...] = (
        ("deals", "probability", lambda row: row["status"] == "lost"),
        ("contacts", "title", lambda row: row["title"] is not None),
        ("leads", "note", among("status", "rejected")),
        ("activities", "result", lambda row: row["result"] is not None),
        ("payments", "currency", lambda row: True),
    )
    for table, column, where in cases:
        for number, row in enumerate(plant.pick(table, each, where)):
            twin = dict(row)
            changed = number % 2 == 1 and table not in ("payments", "deals")
            if changed:
                twin[column] = f"{row[column] or ''} *".strip()
            rows = plant.world.tables[table]
            rows.insert(min(len(rows), rows.index(row) + 1 + number * 7), twin)
            note = f"another {column}" if changed else "the same row"
            strength = "medium" if changed else "strong"
            plant.fault("D104", table, row["id"], "id", row["id"], "", strength, note=note)
    used = referenced_contacts(plant)
    for contact in plant.pick("contacts", plant.count // 2, lambda row: row["id"] not in used):
        contact["id"] = "C" + contact["id"][1:].lstrip("0")
        plant.touch("contacts", contact["id"])
        plant.alike("D104", "contacts", contact, "id", note="a key of the old system, short")
