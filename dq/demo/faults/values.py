"""Family A, first half: values that cannot be what their column says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import numpy as np

from dq.demo.chance import NONE, Bools
from dq.demo.faults.plant import Planter
from dq.demo.lexicon import LANGUAGES
from dq.demo.numbers import inn_person
from dq.demo.sales import LOST, WON
from dq.demo.text import fixed
from dq.demo.work import CALL

__all__ = ["plant_values"]

_EMAILS: dict[str, tuple[Callable[[str, str], str], ...]] = {
    "blatant": (
        lambda name, host: f"{name}.{host}",
        lambda name, host: f"{name}@@{host}",
        lambda name, host: f"{name}@",
        lambda name, host: f"{name}@{host.split('.')[0]}",
        lambda name, host: f"{name}@mail,ru",
    ),
    "clear": (
        lambda name, host: f"{name}@gmial.com",
        lambda name, host: f"{name}@gamil.com",
        lambda name, host: f"{name}@yandx.ru",
        lambda name, host: f"{name}@outlok.com",
        lambda name, host: f"{name}@hotmial.com",
    ),
    "faint": (
        lambda name, host: f"{name}@ukr.ner",
        lambda name, host: f"{name}@gmail.con",
        lambda name, host: f"{name} @{host}",
        lambda name, host: f"{name}..x@{host}",
        lambda name, host: f"{name}@mail.ru; {name}@{host}",
    ),
}
_RARE_HOSTS = (
    "gmx.net", "ymail.com", "mail.com", "inbox.lv", "email.ua", "bigmir.net", "gmx.co.uk",
    "кофе-дом.рф", "studio.online", "post.net.ua", "gmale.co.uk", "mail.uk",
)  # fmt: skip


def plant_values(plant: Planter) -> None:
    """A101, A102, A103, A104 and A109."""
    _types(plant)
    _emails(plant)
    _phones(plant)
    _registers(plant)
    _spreadsheet(plant)


def _types(plant: Planter) -> None:
    sales, work = plant.made.sales, plant.made.work
    leads = plant.table("leads")
    unpriced = (sales.status == LOST) & (sales.lines == 0) & (sales.amount != NONE)
    each = -(-plant.n // 2)
    texts = ("договорная", "negotiable", "за домовленістю", "по запросу")
    for number, row in enumerate(plant.pick("deals", each, unpriced)):
        plant.table("deals").set(row, cost=None)
        plant.spoil("A101", "deals", row, "amount", texts[number % len(texts)], "blatant")
        plant.follows("C104", "deals", row, "amount")
    for number, row in enumerate(plant.pick("deals", each, sales.status == WON)):
        day = ("2026-02-31", "2025-13-04", "31.06.2025")[number % 3]
        plant.spoil("A101", "deals", row, "expected_close_at", day, "blatant", "no such day")
    for row in plant.pick("accounts", each, ~plant.made.clients.sole):
        email = plant.table("accounts").get(row, "email")
        plant.spoil("A101", "accounts", row, "city", email, "clear", "an e-mail in the city column")
        plant.follows("A107", "accounts", row, "city")
    spoken = (work.kind == CALL) & ~work.missed
    for row in plant.pick("activities", each, spoken):
        plant.spoil("A101", "activities", row, "duration_s", "5 мин", "clear")
    cold = leads.filled("budget") & leads.among("status", "rejected")
    for row in plant.pick("leads", each, cold):
        budget = plant.made.block.tables["leads"].columns["budget"].value(row)
        text = f"до {Decimal(str(budget)):.0f} тыс"
        plant.spoil("A101", "leads", row, "budget", text, "faint", "a limit and a unit in words")
    for row in plant.pick("contacts", each, ~plant.named("contacts")):
        phone = plant.table("contacts").get(row, "phone")
        note = "a telephone number in the title column"
        plant.spoil("A101", "contacts", row, "title", phone, "faint", note)
        plant.follows("A107", "contacts", row, "title")
    for row, _ in plant.lookalikes("contacts", share=0.5):
        leap = date(1984, 2, 29)
        plant.alike("A101", "contacts", row, "birth_date", "1984 had such a day", birth_date=leap)
    for row, _ in plant.lookalikes("leads", leads.filled("need"), 0.5):
        need = f"{leads.get(row, 'need')} (zakaz@{leads.get(row, 'website') or 'mail.ru'})"
        plant.alike("A101", "leads", row, "need", "free text may hold an address", need=need)


def _with_email(plant: Planter) -> Bools:
    return np.asarray(plant.table("contacts").filled("email"))


def _emails(plant: Planter) -> None:
    contacts = plant.table("contacts")
    for row, strength, number in plant.graded("contacts", _with_email(plant)):
        name, _, host = str(contacts.get(row, "email")).partition("@")
        ways = _EMAILS[strength]
        plant.spoil(
            "A102", "contacts", row, "email", ways[number % len(ways)](name, host), strength
        )
    for row, number in plant.lookalikes("contacts", _with_email(plant)):
        name, _, host = str(contacts.get(row, "email")).partition("@")
        number %= len(_RARE_HOSTS) + 2
        if number < len(_RARE_HOSTS):
            address, note = f"{name}@{_RARE_HOSTS[number]}", "a rare host, but a real kind of one"
        elif number == len(_RARE_HOSTS):
            address, note = f"{name}+orders@{host}", "a tag behind a plus sign"
        else:
            address, note = f"o'{name}@{host}", "an apostrophe is allowed"
        plant.alike("A102", "contacts", row, "email", note, email=address)


def _phones(plant: Planter) -> None:
    numbers = plant.made.clients.contact_phones.numbers
    russian = (numbers >= 79_000_000_000) & (numbers < 80_000_000_000)
    for row, strength, number in plant.graded("contacts", russian):
        digits = str(numbers[row])
        if strength == "blatant" and number % 2:
            rounded = f"{digits[0]},{digits[1:4]}E+{len(digits) - 1}"
            plant.spoil("A103", "contacts", row, "phone", rounded, strength, "digits lost")
            plant.follows("A109", "contacts", row, "phone")
        elif strength == "blatant":
            plant.spoil(
                "A103", "contacts", row, "phone", f"+{digits[:-4]}", strength, "digits missing"
            )
        elif strength == "clear":
            wrong = f"+{digits}47" if number % 2 else f"+{digits[:-1]}"
            note = "too long" if number % 2 else "one digit missing"
            plant.spoil("A103", "contacts", row, "phone", wrong, strength, note)
        else:
            wrong = f"+7 {('123', '200', '119')[number % 3]} {digits[-7:]}"
            plant.spoil("A103", "contacts", row, "phone", wrong, strength, "no such area")
    for row, number in plant.lookalikes("contacts", russian, 0.7):
        digits = str(numbers[row])
        area, rest = digits[1:4], digits[4:]
        shown = (
            f"+{digits} доб. {100 + number}",
            f"8({area}){rest[:3]}-{rest[3:5]}-{rest[5:]}",
            f"+7({area}) {rest}",
            f"7{area}{rest}",
        )[number % 4]
        plant.alike("A103", "contacts", row, "phone", "written as people write", phone=shown)
    accounts = plant.table("accounts")
    for row, _ in plant.lookalikes("accounts", accounts.among("country", "UA"), 0.3):
        local = "0" + str(plant.made.clients.switchboard[row])[3:]
        plant.alike("A103", "accounts", row, "phone", "local form, country is given", phone=local)


def _next_digit(text: str, place: int) -> str:
    place %= len(text)
    return f"{text[:place]}{(int(text[place]) + 1) % 10}{text[place + 1 :]}"


def _registers(plant: Planter) -> None:
    """Requisites whose check digits, form or length do not hold."""
    accounts, sole = plant.table("accounts"), plant.made.clients.sole
    country = {code: accounts.among("country", code) for code in ("RU", "UA", "GB", "KZ", "US")}
    for number, row in enumerate(plant.pick("accounts", plant.n, country["RU"] & ~sole)):
        column = ("tax_id", "registration_id", "kpp")[number % 3]
        wrong = str(accounts.get(row, column))[:-2]
        plant.spoil("A104", "accounts", row, column, wrong, "blatant", "too short")
    for row in plant.pick("accounts", plant.n, ~country["US"]):  # an EIN has no check digit
        code = str(accounts.get(row, "country"))
        value = str(accounts.get(row, "tax_id"))
        wrong = _next_digit(value, -1)
        note = f"check digit of {code}"
        plant.spoil("A104", "accounts", row, "tax_id", wrong, "clear", note)
    third = -(-plant.n // 3)
    for number, row in enumerate(plant.pick("accounts", third, country["RU"] & ~sole)):
        region = np.array([int(str(accounts.get(row, "kpp"))[:2])])
        serial = np.array([900_000 + number + plant.block.number * 1000])
        personal = fixed(inn_person(region, serial))[0].as_py()
        note = "twelve digits are a person's, the legal form is a company's"
        plant.spoil("A104", "accounts", row, "tax_id", personal, "faint", note)
    for row in plant.pick("accounts", third, country["RU"]):
        wrong = _next_digit(str(accounts.get(row, "bank_account")), 8)
        plant.spoil("A104", "accounts", row, "bank_account", wrong, "faint", "the bank's key")
    for row in plant.pick("accounts", third, country["UA"] | country["KZ"] | country["GB"]):
        wrong = _next_digit(str(accounts.get(row, "bank_account")), 3)
        plant.spoil("A104", "accounts", row, "bank_account", wrong, "faint", "IBAN check digits")
    for row, _ in plant.lookalikes("accounts", _zero(plant), 0.35):
        plant.alike("A104", "accounts", row, "tax_id", "begins with a zero, is whole")
    for row, _ in plant.lookalikes("accounts", sole & country["RU"], 0.35):
        plant.alike("A104", "accounts", row, "tax_id", "a sole trader has twelve digits")
    for row, _ in plant.lookalikes("accounts", country["RU"] & ~sole, 0.3):
        kpp = str(accounts.get(row, "kpp"))
        letters = f"{kpp[:4]}AB{kpp[6:]}"
        plant.alike(
            "A104", "accounts", row, "kpp", "letters are allowed in the middle", kpp=letters
        )


def _zero(plant: Planter) -> Bools:
    texts = plant.table("accounts").columns["tax_id"].texts(plant.table("accounts").style)
    return np.array([str(text).startswith("0") for text in texts.to_pylist()])


def _spreadsheet(plant: Planter) -> None:
    accounts, deals, sales = plant.table("accounts"), plant.table("deals"), plant.made.sales
    sole = plant.made.clients.sole
    shown = {
        "ru": ("05.янв", "12.мар"),
        "uk": ("12.тра", "03.лют"),
        "en": ("5-Jan", "Mar-12"),
        "kz": ("05.янв", "12.мар"),
        "us": ("5-Jan", "Mar-12"),
    }
    for number, row in enumerate(plant.pick("deals", plant.n, deals.filled("contract_no"))):
        text = shown[LANGUAGES[sales.language[row]]][number % 2]
        plant.spoil("A109", "deals", row, "contract_no", text, "blatant", "turned into a date")
    half = -(-plant.n // 2)
    russian = accounts.among("country", "RU")
    for row in plant.pick("accounts", half, russian):
        rounded = f"{Decimal(str(accounts.get(row, 'bank_account'))):.5E}".replace(".", ",")
        plant.spoil("A109", "accounts", row, "bank_account", rounded, "clear", "digits lost")
        plant.follows("A104", "accounts", row, "bank_account")
    for row in plant.pick("accounts", half, russian & ~sole):
        wrong = f"{accounts.get(row, 'registration_id')}.0"
        plant.spoil("A109", "accounts", row, "registration_id", wrong, "clear", "ends in .0")
        plant.follows("A104", "accounts", row, "registration_id")
    for row in plant.pick("accounts", half, _zero(plant)):
        lost = str(accounts.get(row, "tax_id")).lstrip("0")
        plant.spoil("A109", "accounts", row, "tax_id", lost, "faint", "leading zero lost")
        plant.follows("A104", "accounts", row, "tax_id")
    for row in plant.pick("accounts", half, russian & ~sole):
        text = str(accounts.get(row, "bank_account"))
        plant.spoil(
            "A109",
            "accounts",
            row,
            "bank_account",
            text[:15] + "00000",
            "faint",
            "rounded at 15 digits",
        )
        plant.follows("A104", "accounts", row, "bank_account")
    for row, number in plant.lookalikes("deals", deals.filled("contract_no"), 0.7):
        plain = f"{number % 12 + 1:02d}.2025-К{number}"
        note = "a number that holds a month"
        plant.alike("A109", "deals", row, "contract_no", note, contract_no=plain)
    for row, number in plant.lookalikes("accounts", russian & ~sole, 0.3):
        address = f"101000, ул. Мартовская, д. {number + 1}.0"
        plant.alike(
            "A109", "accounts", row, "address", "a house number with a part", address=address
        )
