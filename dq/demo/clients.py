"""Companies and the people who work there."""

from __future__ import annotations

import random
from datetime import date, timedelta

from dq.demo import numbers
from dq.demo.house import sellers
from dq.demo.people import LANGUAGES, Names, Words, latin, phone_style, words
from dq.demo.when import END, at_work, workday
from dq.demo.world import Row, World, weighted

__all__ = ["SHARES", "fill_clients", "language_of"]

SHARES = {"ru": 0.4, "uk": 0.33, "en": 0.27}
"""Parts of the departments in all that the company does."""

_BANKS_RU = ("044525225", "044525187", "044525593", "044525974", "044030653", "046577674")
_LANGUAGE = {"RU": "ru", "UA": "uk", "GB": "en"}


def language_of(account: Row) -> str:
    """The language of a company's department."""
    return _LANGUAGE[account["country"]]


def fill_clients(world: World) -> None:
    """Fill accounts and contacts; every company has two contacts or more, and requisites."""
    rng = world.rng("accounts")
    titles = _titles(rng, world)
    emails: set[str] = set()
    names = {language: Names(language, emails) for language in LANGUAGES}
    for _ in range(max(60, world.rows * 3 // 10)):
        language = weighted(rng, SHARES.items())
        _account(world, rng, language, names[language], titles)
    rng = world.rng("contacts")
    for account in world.tables["accounts"]:
        language = language_of(account)
        for number in range(weighted(rng, ((2, 0.7), (3, 0.22), (4, 0.08)))):
            _contact(world, rng, account, names[language], number)


def _titles(rng: random.Random, world: World) -> dict[str, list[str]]:
    """Company names, each once: a stem with a trade, with a town where those run out."""
    titles: dict[str, list[str]] = {}
    for language in LANGUAGES:
        vocabulary = words(language)
        joint = " " if language == "en" else "-"
        plain = [f"{s}{joint}{t}" for s in vocabulary["stems"] for t in vocabulary["trades"]]
        rng.shuffle(plain)
        towns = [city["name"] for city in vocabulary["cities"]]
        rounds = world.rows // 8000 + 1
        longer = [
            f"{name} {town} {n}".removesuffix(" 1")
            for n in range(1, rounds + 1)
            for town in towns
            for name in plain
        ]
        titles[language] = list(reversed(plain + longer))
    return titles


def _account(
    world: World, rng: random.Random, language: str, names: Names, titles: dict[str, list[str]]
) -> None:
    vocabulary = words(language)
    country = vocabulary["country"]
    city = weighted(rng, ((city, city["weight"]) for city in vocabulary["cities"]))
    sole = rng.random() < 0.12
    form = vocabulary["sole_form"] if sole else rng.choice(vocabulary["forms"])
    if sole:
        title = vocabulary["sole_format"].format(form=form, owner=names.person(rng).full)
        domain = None
    else:
        short = titles[language].pop()
        title = vocabulary["company_format"].format(form=form, name=short)
        domain = f"{latin(short, vocabulary)}.{vocabulary['tld']}"
    # Two in three were clients already when the CRM was introduced.
    last = date(2023, 12, 22) if rng.random() < 0.65 else date(2026, 8, 20)
    created = at_work(rng, workday(rng, date(2023, 1, 9), last))
    owner = rng.choice(sellers(world, language, date(2023, 10, 2), END.date()))
    # A parent is older than its branches and itself stands alone or below one older still.
    older = [row for row in world.tables["accounts"][-40:] if language_of(row) == language]
    parent = rng.choice(older) if older and not sole and rng.random() < 0.08 else None
    landline = numbers.phone(rng, country, city["code"])
    street = vocabulary["street_format"].format(
        street=rng.choice(vocabulary["streets"]), house=rng.randint(1, 180)
    )
    world.add(
        "accounts",
        id=world.next_id("accounts", "A"),
        name=title,
        legal_form=form,
        category=weighted(rng, (("A", 0.2), ("B", 0.35), ("C", 0.45))),
        domain=domain,
        phone=phone_style(rng, landline, country),
        email=f"info@{domain}" if domain else names.email(rng, names.person(rng), None),
        address=f"{city['index']}, {street}",
        city=city["name"],
        country=country,
        industry=rng.choice(vocabulary["industries"]),
        parent_id=parent["id"] if parent else None,
        owner_id=owner["id"],
        created_at=created,
        created_by=owner["id"],
        updated_at=min(created + timedelta(days=rng.randint(1, 300), seconds=7), END),
        **_requisites(rng, vocabulary, city["tax_region"], sole),
    )


def _requisites(rng: random.Random, vocabulary: Words, region: str, sole: bool) -> dict[str, str]:
    country = vocabulary["country"]
    if country == "UA":
        return {
            "tax_id": numbers.rnokpp(rng) if sole else numbers.edrpou(rng),
            "bank_account": numbers.iban(rng, country),
        }
    if country == "GB":
        return {
            "tax_id": numbers.vat_gb(rng),
            "registration_id": str(rng.randint(3_000_000, 15_999_999)).zfill(8),
            "bank_account": numbers.iban(rng, country),
        }
    bic = rng.choice(_BANKS_RU)
    found = {"bic": bic, "bank_account": numbers.bank_account_ru(rng, bic)}
    if sole:
        found |= {"tax_id": numbers.inn_person(rng, region)}
        found |= {"registration_id": numbers.ogrnip(rng, region)}
    else:
        found |= {"tax_id": numbers.inn_company(rng, region), "kpp": numbers.kpp(rng, region)}
        found |= {"registration_id": numbers.ogrn(rng, region)}
    return found


def _contact(world: World, rng: random.Random, account: Row, names: Names, number: int) -> None:
    vocabulary = names.words
    person = names.person(rng)
    created = account["created_at"] + timedelta(days=number * 9, minutes=rng.randint(1, 240))
    created = min(created, END - timedelta(hours=2, seconds=rng.randint(1, 3000)))
    birth = date(rng.randint(1962, 2001), rng.randint(1, 12), rng.randint(1, 28))
    world.add(
        "contacts",
        id=world.next_id("contacts", "C"),
        account_id=account["id"],
        full_name=person.full,
        first_name=person.first,
        last_name=person.last,
        middle_name=person.middle or None,
        email=names.email(rng, person, account["domain"]),
        phone=phone_style(rng, numbers.phone(rng, account["country"]), account["country"]),
        title=rng.choice(vocabulary["titles"]),
        birth_date=birth if rng.random() < 0.35 else None,
        consent=rng.random() < 0.86,
        source=rng.choice(vocabulary["sources"]),
        owner_id=account["owner_id"],
        created_at=created,
        created_by=account["owner_id"],
        updated_at=min(created + timedelta(days=rng.randint(0, 200), seconds=11), END),
    )
