"""Family D as far as it is fuzzy: one person or company, written differently; bursts of copies."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from dq.demo.chance import NONE
from dq.demo.faults.duplicates import later, reachable
from dq.demo.faults.plant import Planter
from dq.demo.faults.spelling import initials, latin_name, nickname, respelt_phone, typo
from dq.demo.lexicon import LANGUAGES, english, words
from dq.demo.text import take
from dq.demo.when import moment

__all__ = ["plant_fuzzy"]

_FIRST_BURST = datetime(2026, 2, 1)
_IMPORT = datetime(2026, 3, 12, 2, 14, 7)


def plant_fuzzy(plant: Planter) -> None:
    """D102, D103 and D106."""
    _people(plant)
    _companies(plant)
    _leads(plant)
    _households(plant)
    _generations(plant)
    _neighbours(plant)
    _across(plant)
    _bursts(plant)
    _honest_import(plant)


def _twin(
    plant: Planter, table: str, row: int, strength: str, note: str, /, **cells: object
) -> int:
    twin = plant.copy(table, row, **cells)
    key = plant.key(table, row)
    plant.blemish("D102", table, twin, strength, "", f"{note}: {key}")
    plant.follows("D102", table, row, "", f"original of {plant.key(table, twin)}")
    plant.is_same("D102", (table, row), (table, twin))
    return twin


def _whole(cells: dict[str, object]) -> str:
    parts = (cells["last_name"], cells["first_name"], cells["middle_name"])
    if cells["middle_name"]:
        return " ".join(str(part) for part in parts)
    return f"{cells['first_name']} {cells['last_name']}"


def varied_person(
    plant: Planter, row: int, strength: str, number: int
) -> tuple[dict[str, object], str]:
    """Cells of a second card of a contact, and in words what differs."""
    contacts, clients = plant.table("contacts"), plant.made.clients
    names = ("first_name", "middle_name", "last_name")
    cells: dict[str, object] = {name: contacts.get(row, name) for name in names}
    first, last = str(cells["first_name"]), str(cells["last_name"])
    language = int(clients.people.language[row])
    phone = respelt_phone(int(clients.contact_phones.numbers[row]))
    local = str(contacts.get(row, "email")).partition("@")[0]
    public = words(LANGUAGES[language])["mail"][number % 3]
    if strength == "blatant":
        cells["last_name"] = typo(last, number)
        cells |= {"full_name": _whole(cells), "phone": phone}
        note = "a slip in the surname, the same e-mail and phone"
    elif strength == "clear" and number % 3 == 0 and not english(clients.people.language[row]):
        cells |= {
            "first_name": latin_name(first, language),
            "last_name": latin_name(last, language),
        }
        cells |= {"middle_name": None}
        cells |= {"full_name": _whole(cells), "phone": phone}
        note = "in Latin letters, the same phone"
    elif strength == "clear":
        short = nickname(first)
        cells["first_name"] = short or f"{first[0]}."
        middle = cells["middle_name"]
        full = (
            f"{last} {short}" if short else initials(first, str(middle) if middle else None, last)
        )
        cells |= {"full_name": full, "middle_name": None, "email": f"{local}@{public}"}
        note = "a short name, the same phone, another e-mail"
    elif number % 2:
        cells["last_name"] = typo(last, number)
        cells |= {"full_name": _whole(cells), "phone": None, "email": f"{local}@{public}"}
        note = "a slip, no phone, the e-mail at another host, the same company"
    else:
        digits = str(clients.contact_phones.numbers[row])
        wrong = f"+{digits[:-1]}{(int(digits[-1]) + 1) % 10}"
        cells |= {"first_name": last, "last_name": first, "full_name": f"{first} {last}"}
        cells |= {"middle_name": None, "phone": wrong}
        note = "names swapped, one digit of the phone differs, the same e-mail"
    return cells, note


def _people(plant: Planter) -> None:
    contacts = plant.table("contacts")
    for row, strength, number in plant.graded("contacts", reachable(plant, "contacts")):
        cells, note = varied_person(plant, row, strength, number)
        created = later(contacts.moment(row, "created_at"), days=55, seconds=31 + number)
        updated = later(created, days=1)
        _twin(
            plant, "contacts", row, strength, note, created_at=created, updated_at=updated, **cells
        )


def _companies(plant: Planter) -> None:
    accounts, clients = plant.table("accounts"), plant.made.clients
    eastern = ~clients.sole & ~english(clients.language) & plant.silent()
    fields = ("tax_id", "kpp", "registration_id", "bank_account", "bic")
    for row, strength, number in plant.graded("accounts", eastern, -(-plant.n // 2)):
        name, form = str(accounts.get(row, "name")), str(accounts.get(row, "legal_form"))
        core = name.removeprefix(form).strip(" «»")
        cells: dict[str, object] = {"parent_id": None}
        if strength == "blatant":
            cells |= {"name": f"{core.replace('-', ' ')}, {form}", "email": None}
            note = "the form behind the name, the same tax number"
        elif strength == "clear":
            cells |= {"name": f"{form} «{typo(core, number)}»", **dict.fromkeys(fields)}
            note = "a slip in the name, no tax number, the same domain and phone"
        else:
            spelt = latin_name(core.replace("-", " "), int(clients.language[row]))
            cells |= {"name": f"{spelt} LLC", "domain": None, "email": None, "legal_form": None}
            cells |= dict.fromkeys(fields)
            note = "in Latin letters, no tax number, the same phone and address"
        created = later(accounts.moment(row, "created_at"), days=90)
        updated = later(created, days=2)
        twin = _twin(
            plant, "accounts", row, strength, note, created_at=created, updated_at=updated, **cells
        )
        if strength != "blatant":
            plant.follows("C101", "accounts", twin, "tax_id")


def _leads(plant: Planter) -> None:
    """The same person asks again, with another slip of the pen."""
    leads, made = plant.table("leads"), plant.made.leads
    cold = reachable(plant, "leads") & leads.among("status", "rejected") & (made.form < 0)
    for row, strength, number in plant.graded("leads", cold, -(-plant.n // 2)):
        name, email = str(leads.get(row, "full_name")), str(leads.get(row, "email"))
        local, _, host = email.partition("@")
        phone = respelt_phone(int(made.phones[row]))
        slips = (typo(local, number + more) for more in range(3))
        slip = next(wrong for wrong in slips if ".." not in wrong)
        ways: dict[str, dict[str, object]] = {
            "blatant": {"full_name": typo(name, number), "phone": phone},
            "clear": {"full_name": " ".join(name.split()[:2][::-1]), "email": None, "phone": phone},
            "faint": {
                "full_name": typo(name, number),
                "email": f"{slip}@{host}",
                "phone": None,
            },
        }
        note = {
            "blatant": "a slip in the name, the same e-mail and phone",
            "clear": "names the other way round, no e-mail, the same phone",
            "faint": "slips in name and e-mail, no phone",
        }[strength]
        created = later(leads.moment(row, "created_at"), days=3 + number)
        _twin(
            plant, "leads", row, strength, note,
            created_at=created, first_response_at=None, **ways[strength],
        )  # fmt: skip


def _households(plant: Planter) -> None:
    """Spouses and children: surname and phone in common, and not one person."""
    contacts, clients = plant.table("contacts"), plant.made.clients
    sole = clients.sole[clients.account]
    for row, _ in plant.lookalikes("contacts", sole & reachable(plant, "contacts"), 0.5):
        mates = clients.contacts_of[slice(*clients.first_contact[clients.account[row] :][:2])]
        free = [int(mate) for mate in mates if plant.free("contacts")[mate] and mate != row]
        if not free:
            continue
        mate = free[0]
        plant.take("contacts", [mate])
        last = contacts.get(row, "last_name")
        cells = {
            "first_name": contacts.get(mate, "first_name"),
            "middle_name": contacts.get(mate, "middle_name"),
        }
        full = _whole({**cells, "last_name": last})
        note = f"spouse or child of {plant.key('contacts', row)}: surname and phone are shared"
        phone = contacts.get(row, "phone")
        plant.alike(
            "D102", "contacts", mate, "phone", note, last_name=last, full_name=full, phone=phone
        )
        plant.alike("D102", "contacts", row, "phone", f"family of {plant.key('contacts', mate)}")


def _generations(plant: Planter) -> None:
    """A father and his son: one name, and half a life between them."""
    contacts = plant.table("contacts")
    where = contacts.filled("middle_name") & ~plant.made.clients.sole[plant.made.clients.account]
    rows = plant.pick("contacts", 2 * max(1, plant.n * 3 // 5), where)
    for number, (first, second) in enumerate(zip(rows[::2], rows[1::2], strict=False)):
        names = {
            name: contacts.get(first, name) for name in ("first_name", "last_name", "middle_name")
        }
        born = datetime(1958 + number % 9, 1 + number % 12, 1 + number % 27).date()
        young = datetime(1984 + number % 9, 1 + number % 12, 2 + number % 26).date()
        contacts.set(first, birth_date=born)
        note = f"father or son of {plant.key('contacts', first)}: one name, a generation apart"
        full = contacts.get(first, "full_name")
        plant.alike(
            "D102",
            "contacts",
            second,
            "birth_date",
            note,
            birth_date=young,
            full_name=full,
            **names,
        )
        plant.alike("D102", "contacts", first, "birth_date", "the other of the two")


def _neighbours(plant: Planter) -> None:
    """Companies of one group or with like names: other tax numbers, other people."""
    accounts, clients = plant.table("accounts"), plant.made.clients
    where = ~clients.sole & (clients.language == 0) & plant.silent()
    rows = plant.pick("accounts", 2 * max(1, plant.n // 2), where)
    for first, second in zip(rows[::2], rows[1::2], strict=False):
        name = str(accounts.get(first, "name"))
        near = name.replace("»", "-Плюс»")
        note = f"another company than {plant.key('accounts', first)}, with a like name"
        plant.alike(
            "D102",
            "accounts",
            second,
            "name",
            note,
            name=near,
            legal_form=accounts.get(first, "legal_form"),
        )


def _across(plant: Planter) -> None:
    """Leads of people who are contacts already, and contacts that are really companies."""
    leads, contacts, accounts = (plant.table(name) for name in ("leads", "contacts", "accounts"))
    clients = plant.made.clients
    cold = leads.among("status", "rejected", "working", "nurturing") & leads.filled("email")
    # Not those who are a lead already, which the link says.
    linked = plant.parents("leads", "converted_contact_id", "contacts")
    known = reachable(plant, "contacts")
    known[linked[linked >= 0]] = False
    people = plant.pick("contacts", 3 * plant.n, known)
    for (row, strength, number), person in zip(plant.graded("leads", cold), people, strict=False):
        account = int(clients.account[person])
        company = accounts.get(account, "name")
        cells, _ = varied_person(plant, person, "clear", number)
        name, email = contacts.get(person, "full_name"), str(contacts.get(person, "email"))
        host = email.partition("@")[2]
        new: dict[str, object] = {
            "blatant": {"full_name": name, "email": email, "phone": contacts.get(person, "phone")},
            "clear": {
                "full_name": cells["full_name"],
                "phone": respelt_phone(int(clients.contact_phones.numbers[person])),
            },
            "faint": {"full_name": name, "email": f"office{number}@{host}", "phone": None},
        }[strength]
        leads.set(row, company=company, website=accounts.get(account, "domain"), **new)
        key = plant.key("contacts", person)
        plant.blemish("D103", "leads", row, strength, "", f"is contact {key}")
        plant.follows("D103", "contacts", person, "", f"is lead {plant.key('leads', row)}")
        plant.follows("D103", "accounts", account, "", "named by a lead")
        plant.is_same("D103", ("contacts", person), ("leads", row))
    spare = ~plant.named("contacts")
    for number, row in enumerate(plant.pick("contacts", -(-plant.n // 2), spare)):
        account = int(clients.account[row])
        strength = ("blatant", "clear")[number % 2]
        company = accounts.get(account, "name")
        holder, place = (accounts, account) if strength == "blatant" else (contacts, row)
        contacts.set(
            row,
            full_name=company,
            first_name=None,
            middle_name=None,
            last_name=company,
            email=holder.get(place, "email"),
            phone=accounts.get(account, "phone"),
        )
        key = plant.key("accounts", account)
        plant.blemish("D103", "contacts", row, strength, "", f"is account {key}")
        plant.follows("D103", "accounts", account, "", f"is contact {plant.key('contacts', row)}")
    _not_across(plant)


def _not_across(plant: Planter) -> None:
    leads, clients = plant.table("leads"), plant.made.clients
    cold = leads.among("status", "rejected") & leads.filled("email")
    people = plant.pick("contacts", 2 * plant.n, plant.table("contacts").filled("middle_name"))
    for (row, _), person in zip(plant.lookalikes("leads", cold, 0.6), people, strict=False):
        name = take(clients.contact_names, np.array([person]))[0].as_py()
        note = f"namesake of contact {plant.key('contacts', person)}, elsewhere"
        plant.alike("D103", "leads", row, "full_name", note, full_name=name, company=None)
    for row, _ in plant.lookalikes("leads", leads.among("status", "converted"), 0.4):
        note = "became this contact: the link says so"
        plant.alike("D103", "leads", row, "converted_contact_id", note)


def _bursts(plant: Planter) -> None:
    """Copies made by an import that ran again, or by one person in an hour or a day."""
    contacts, clients = plant.table("contacts"), plant.made.clients
    owners = np.unique(clients.owner)
    plans = (
        ("blatant", max(plant.n, 12), "the import ran twice"),
        ("clear", 8, "typed again within a quarter of an hour"),
        ("faint", 5, "typed again within a day, with slips"),
    )
    for strength, size, note in plans:
        count = -(-plant.n // size) * size  # whole bursts
        known = (contacts["created_at"] != NONE) & (contacts["created_at"] < moment(_FIRST_BURST))
        rows = plant.pick("contacts", count, reachable(plant, "contacts") & known)
        for number, row in enumerate(rows):
            group, place = divmod(number, size)
            user = plant.table("users").get(int(owners[(group * 5 + 1) % len(owners)]), "id")
            day = datetime(2026, 2 + group % 7, 3 + group % 24, 10, 5) + timedelta(
                days=plant.block.number % 3
            )
            cells: dict[str, object] = {}
            by: object = user
            if strength == "blatant":
                begun, by = _IMPORT + timedelta(seconds=place // 4), "import:2026-03-12"
            elif strength == "clear":
                begun = day + timedelta(minutes=2 * place, seconds=3 * place)
                cells = {"phone": respelt_phone(int(clients.contact_phones.numbers[row]))}
            else:
                begun = day + timedelta(minutes=95 * place, seconds=7 * place)
                cells, _ = varied_person(plant, row, "blatant", number)
            twin = plant.copy(
                "contacts", row, created_at=begun, updated_at=begun, created_by=by, **cells
            )
            plant.blemish(
                "D106", "contacts", twin, strength, "", f"{note}: {plant.key('contacts', row)}"
            )
            for code in ("D101", "D102"):
                plant.follows(code, "contacts", twin, "", note)
                plant.follows(code, "contacts", row, "", note)
            plant.is_same("D106", ("contacts", row), ("contacts", twin))


def _honest_import(plant: Planter) -> None:
    """A list from a trade fair: many new people in seconds, none of them twice."""
    spare = np.flatnonzero(plant.made.leads.spare)
    begun = datetime(2025, 10, 20, 18, 40, 12)
    for number, row in enumerate(plant.revive("leads", spare, max(3 * plant.n, 15))):
        moment = begun + timedelta(seconds=number // 9)
        cells = fresh_lead(moment, "import:2025-10-20")
        plant.alike("D106", "leads", row, "created_by", "a list from a fair: all are new", **cells)


def fresh_lead(moment: datetime, by: object) -> dict[str, object]:
    """Cells of a lead that was entered at a moment and rejected without much ado."""
    return {
        "created_at": moment, "created_by": by, "form_id": None, "campaign_id": None, "note": None,
        "status": "rejected", "first_response_at": None, "rejected_reason": "Нет бюджета",
        "kind": "outbound",
    }  # fmt: skip
