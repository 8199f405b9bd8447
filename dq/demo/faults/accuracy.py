"""Family A, first half: values that cannot be what their column says."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from dq.demo.clients import language_of
from dq.demo.faults.plant import Planter, among, filled
from dq.demo.numbers import inn_person
from dq.demo.world import Row

__all__ = ["plant_values"]

_EMAILS: tuple[tuple[Callable[[str, str], str], str], ...] = (
    (lambda name, host: f"{name}@gmial.com", "strong"),
    (lambda name, host: f"{name}@gamil.com", "strong"),
    (lambda name, host: f"{name}@yandx.ru", "strong"),
    (lambda name, host: f"{name}@outlok.com", "strong"),
    (lambda name, host: f"{name}@hotmial.com", "strong"),
    (lambda name, host: f"{name}@ukr.ner", "medium"),
    (lambda name, host: f"{name}@gmail.con", "medium"),
    (lambda name, host: f"{name}@mail,ru", "strong"),
    (lambda name, host: f"{name}.{host}", "strong"),
    (lambda name, host: f"{name}@@{host}", "strong"),
    (lambda name, host: f"{name} @{host}", "medium"),
    (lambda name, host: f"{name}@", "strong"),
    (lambda name, host: f"{name}@{host.split('.')[0]}", "strong"),
    (lambda name, host: f"{name}..x@{host}", "medium"),
)
_RARE_HOSTS = (
    "gmx.net", "ymail.com", "mail.com", "inbox.lv", "email.ua", "bigmir.net", "gmx.co.uk",
    "кофе-дом.рф", "studio.online", "post.net.ua",
)  # fmt: skip


def plant_values(plant: Planter) -> None:
    """A101, A102, A103, A104 and A109."""
    rng = plant.rng("values")
    _types(plant)
    _emails(plant)
    _phones(plant, rng)
    _registers(plant, rng)
    _spreadsheet(plant)


def _types(plant: Planter) -> None:
    each = max(1, plant.count // 6)

    def unpriced(deal: Row) -> bool:
        return deal["status"] == "lost" and deal["id"] not in lined

    lined = plant.with_lines()
    for deal, text in zip(
        plant.pick("deals", each, unpriced), ("договорная", "TBD", "за домовленістю"), strict=False
    ):
        deal["cost"] = None
        plant.spoil("A101", "deals", deal, "amount", text)
    for deal in plant.pick("deals", each, among("status", "won")):
        plant.spoil("A101", "deals", deal, "expected_close_at", "2026-02-31")
    for lead in plant.pick("leads", each, filled("budget")):
        plant.spoil("A101", "leads", lead, "budget", f"до {lead['budget']:.0f} тыс")
    for activity in plant.pick("activities", each, among("kind", "call")):
        plant.spoil("A101", "activities", activity, "duration_s", "5 мин")
    for account in plant.pick("accounts", each, filled("email")):
        note = "an e-mail in the city column"
        plant.spoil("A101", "accounts", account, "city", account["email"], note=note)
        plant.follows("A107", "accounts", account["id"], "city")
    for contact in plant.pick("contacts", each, filled("title")):
        note = "a telephone number in the title column"
        plant.spoil("A101", "contacts", contact, "title", contact["phone"], "medium", note)
    for contact in plant.pick("contacts", plant.count // 2):
        leap = date(1984, 2, 29)
        plant.alike("A101", "contacts", contact, "birth_date", leap, "1984 had such a day")
    for lead in plant.pick("leads", plant.count // 2, filled("need")):
        need = f"{lead['need']} (zakaz@{lead['website'] or 'mail.ru'})"
        plant.alike("A101", "leads", lead, "need", need, "free text may hold an address")


def _emails(plant: Planter) -> None:
    for number, contact in enumerate(plant.pick("contacts", plant.count, _has_email)):
        name, _, host = contact["email"].partition("@")
        wrong, strength = _EMAILS[number % len(_EMAILS)]
        plant.spoil("A102", "contacts", contact, "email", wrong(name, host), strength)
    for number, contact in enumerate(plant.pick("contacts", plant.count, _has_email)):
        name, _, host = contact["email"].partition("@")
        number %= len(_RARE_HOSTS) + 2
        if number < len(_RARE_HOSTS):
            address, note = f"{name}@{_RARE_HOSTS[number]}", "a rare host, but a real kind of one"
        elif number == len(_RARE_HOSTS):
            address, note = f"{name}+orders@{host}", "a tag behind a plus sign"
        else:
            address, note = f"o'{name}@{host}", "an apostrophe is allowed"
        plant.alike("A102", "contacts", contact, "email", address, note)


def _has_email(contact: Row) -> bool:
    return contact["email"] is not None and contact["email"].isascii()


def _phones(plant: Planter, rng: random.Random) -> None:
    def international(row: Row) -> bool:
        return str(row["phone"]).startswith("+") and " " not in row["phone"]

    for number, contact in enumerate(plant.pick("contacts", plant.count, international)):
        digits = contact["phone"]
        kind = number % 5
        if kind == 0:
            plant.spoil("A103", "contacts", contact, "phone", digits[:-3], note="digits missing")
        elif kind == 1:
            plant.spoil("A103", "contacts", contact, "phone", f"{digits}47", note="too long")
        elif kind == 2:
            rounded = f"{digits[1]},{digits[2]}E+{len(digits) - 2}"
            plant.spoil("A103", "contacts", contact, "phone", rounded, note="digits lost")
            plant.follows("A109", "contacts", contact["id"], "phone")
        elif kind == 3:
            rounded = f"{digits[1]}.{digits[2:7]}E+{len(digits) - 2}"
            plant.spoil("A103", "contacts", contact, "phone", rounded, note="digits lost")
            plant.follows("A109", "contacts", contact["id"], "phone")
        else:
            invalid = "+7 123 " + digits[-7:]
            note = "no such area"
            plant.spoil("A103", "contacts", contact, "phone", invalid, "medium", note)

    for number, contact in enumerate(plant.pick("contacts", plant.count, _russian_phone)):
        area, rest = contact["phone"][2:5], contact["phone"][5:]
        shown = (
            f"{contact['phone']} доб. {rng.randint(10, 999)}",
            f"8({area}){rest[:3]}-{rest[3:5]}-{rest[5:]}",
            f"+7({area}) {rest}",
            f"7{area}{rest}",
        )[number % 4]
        plant.alike("A103", "contacts", contact, "phone", shown, "written as people write")
    ukrainian = plant.pick(
        "accounts", plant.count // 2, lambda row: row["country"] == "UA" and international(row)
    )
    for account in ukrainian:
        local = "0" + account["phone"][4:]
        plant.alike("A103", "accounts", account, "phone", local, "local form, country is given")


def _russian_phone(contact: Row) -> bool:
    phone = str(contact["phone"])
    return phone.startswith("+79") and len(phone) == 12


def _next_digit(text: str, place: int, step: int = 1) -> str:
    digit = (int(text[place]) + step) % 10
    place %= len(text)
    return f"{text[:place]}{digit}{text[place + 1 :]}"


def _registers(plant: Planter, rng: random.Random) -> None:
    """Requisites whose check digits, form or length do not hold."""
    each = max(1, plant.count // 5)

    def of(country: str, *columns: str) -> Callable[[Row], bool]:
        return lambda row: row["country"] == country and all(row[c] for c in columns)

    for country in ("RU", "UA", "GB"):
        for account in plant.pick("accounts", each, of(country, "tax_id")):
            wrong = _next_digit(account["tax_id"], -1)
            plant.spoil("A104", "accounts", account, "tax_id", wrong, note="check digit")
    companies = plant.pick("accounts", each, of("RU", "tax_id", "kpp"))
    for account in companies:
        note = "twelve digits are a person's, the legal form is a company's"
        personal = inn_person(rng, account["kpp"][:2])
        plant.spoil("A104", "accounts", account, "tax_id", personal, "medium", note)
    for number, account in enumerate(plant.pick("accounts", each * 3, of("RU", "kpp"))):
        column = ("registration_id", "bank_account", "kpp")[number % 3]
        wrong = account[column][:-1] if column == "kpp" else _next_digit(account[column], 8)
        if column == "registration_id":
            wrong = _next_digit(account[column], -1)
        plant.spoil("A104", "accounts", account, column, wrong)
    for account in plant.pick("accounts", each, of("UA", "bank_account")):
        wrong = _next_digit(account["bank_account"], 3)
        plant.spoil("A104", "accounts", account, "bank_account", wrong, note="IBAN check digits")
    for account in plant.pick("accounts", each, _zero):
        plant.alike("A104", "accounts", account, "tax_id", note="begins with a zero, is whole")
    for account in plant.pick("accounts", each, among("legal_form", "ИП")):
        plant.alike("A104", "accounts", account, "tax_id", note="a sole trader has twelve digits")
    for account in plant.pick("accounts", each, of("RU", "kpp")):
        kpp = f"{account['kpp'][:4]}AB{account['kpp'][6:]}"
        plant.alike("A104", "accounts", account, "kpp", kpp, "letters are allowed in the middle")


def _zero(account: Row) -> bool:
    return str(account["tax_id"]).startswith("0")


def _spreadsheet(plant: Planter) -> None:
    each = max(2, plant.count // 4)
    shown = {"ru": "05.янв", "uk": "12.тра", "en": "5-Jan"}
    accounts = plant.world.by_key("accounts")
    numbered = plant.pick(
        "deals", each, lambda row: row["contract_no"] is not None and row["account_id"] is not None
    )
    for deal in numbered:
        text = shown[language_of(accounts[deal["account_id"]])]
        plant.spoil("A109", "deals", deal, "contract_no", text, note="turned into a date")
    for account in plant.pick("accounts", each, _zero):
        lost = account["tax_id"].lstrip("0")
        plant.spoil("A109", "accounts", account, "tax_id", lost, note="leading zero lost")
        plant.follows("A104", "accounts", account["id"], "tax_id")
    for account in plant.pick("accounts", each, filled("bic")):
        rounded = f"{Decimal(account['bank_account']):.5E}".replace(".", ",")
        plant.spoil("A109", "accounts", account, "bank_account", rounded, note="digits lost")
        plant.follows("A104", "accounts", account["id"], "bank_account")
    for account in plant.pick("accounts", each, filled("kpp")):
        column = "registration_id"
        wrong = f"{account[column]}.0"
        plant.spoil("A109", "accounts", account, column, wrong, "medium", "ends in .0")
        plant.follows("A104", "accounts", account["id"], column)
    for number, deal in enumerate(plant.pick("deals", plant.count // 2, filled("contract_no"))):
        plain = f"{number + 1:02d}.2025-К"
        plant.alike("A109", "deals", deal, "contract_no", plain, "a number that holds a month")
