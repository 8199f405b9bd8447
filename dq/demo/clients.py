"""Companies and the people who work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from dq.demo import numbers
from dq.demo.chance import NONE, Bools, Chance, Ints, occurrence
from dq.demo.columns import Days, Moments, Text, Words, flags
from dq.demo.lexicon import (
    CURRENCIES,
    LANGUAGES,
    SHARES,
    by_language,
    country_code,
    names_of,
    places_of,
    word_list,
    words,
)
from dq.demo.people import People, Phones, addresses, distinct_people, draw_people, local_parts
from dq.demo.staff import Staff
from dq.demo.text import (
    arrow,
    ascii_digits,
    decimals,
    fill,
    fixed,
    gather,
    join,
    numbers_in,
    take,
    valid_cells,
)
from dq.demo.when import DAY, END, calendar, day_number, working_seconds
from dq.demo.world import Block

__all__ = ["Clients", "company_titles", "make_clients"]

_BANKS_RU = (44525225, 44525187, 44525593, 44525974, 44030653, 46577674)
_SEGMENTS = ("A", "B", "C")
_PEOPLE = (0.0, 0.0, 0.7, 0.22, 0.08)
"""How many contacts a company has, by number."""


@dataclass(frozen=True)
class Clients:
    """Accounts and contacts of a block; a contact's `account` is the row of its company."""

    language: Ints
    currency: Ints
    segment: Ints
    created: Ints
    owner: Ints
    names: Any
    websites: Any
    switchboard: Ints
    city: Ints
    sole: Bools
    account: Ints
    people: People
    contact_created: Ints
    contact_names: Any
    contact_emails: Any
    contact_locals: Any
    contact_phones: Phones
    first_contact: Ints
    contacts_of: Ints
    """For account a, the contacts are `contacts_of[first_contact[a]:first_contact[a + 1]]`."""


def make_clients(block: Block, staff: Staff) -> Clients:
    """Fill accounts and contacts; every company has two contacts or more, and requisites."""
    chance = block.chance("accounts")
    count = max(60, block.rows * 3 // 10)
    language, serial = _languages(block, chance, count)
    created = _created(chance, language)
    order = np.argsort(created, kind="stable")
    language, serial, created = language[order], serial[order], created[order]
    sole = chance.flags("sole", count, 0.12)
    owner = staff.sellers(
        chance, "owner", language, np.full(count, day_number(date(2023, 10, 2))),
        np.full(count, END // DAY),
    )  # fmt: skip
    # A seventh of the companies of a language at most are sole traders.
    traders = np.bincount(language)[language] // 7 + 40
    rank = occurrence(language * 2 + sole) % traders + block.number * traders
    people = distinct_people(language, rank)
    short, website = company_titles(language, serial)
    form = _forms(chance, language, sole)
    names = _names(language, sole, form, short, people)
    city = _cities(chance, language)
    website = gather(count, [(np.flatnonzero(~sole), website.take(arrow(np.flatnonzero(~sole))))])
    number = serial * len(LANGUAGES) + language
    phones = Phones.landline(chance.part("phone"), language, take(places_of("code"), city), number)
    contacts = _contacts(block, language, created, website, phones)
    clients = Clients(
        language, _currencies(chance, language), chance.choice("segment", count, (0.2, 0.35, 0.45)),
        created, owner, names, website, phones.numbers, city, sole, *contacts,
    )  # fmt: skip
    emails = _company_emails(block, chance, clients, people)
    _put_accounts(block, chance, clients, form, emails, phones, serial)
    _put_contacts(block, clients)
    return clients


def _languages(block: Block, chance: Chance, count: int) -> tuple[Ints, Ints]:
    """Departments in exact shares, and the number of each company in its department."""
    edges = np.rint(np.cumsum(SHARES) * count).astype(np.int64)
    sizes = np.diff(edges, prepend=0)
    language = np.repeat(np.arange(len(LANGUAGES)), sizes)[chance.order("language", count)]
    return language, occurrence(language) + block.number * (sizes.max() + 8)


def _created(chance: Chance, language: Ints) -> Ints:
    """Two in three were clients already when the CRM was introduced."""
    count = len(language)
    old = chance.flags("old", count, 0.65)
    last = np.where(old, day_number(date(2023, 12, 22)), day_number(date(2026, 9, 28)))
    first = np.where(old, day_number(date(2023, 1, 9)), day_number(date(2023, 12, 25)))
    spots, days = chance.uniform("day", count), np.zeros(count, dtype=np.int64)
    for code in range(len(LANGUAGES)):
        found = calendar(country_code(code)).between(spots, first, last)
        days = np.where(language == code, found, days)
    return days * DAY + working_seconds(chance.uniform("hour", count))


def company_titles(language: Ints, serial: Ints) -> tuple[Any, Any]:
    """Names of companies, and their domains; serials that differ give names that differ.

    A stem with a trade; where the stems run out, coined ones made of syllables.
    """
    stems, trades = word_list("stems"), word_list("trades")
    heads, middles, tails = word_list("heads"), word_list("middles"), word_list("tails")
    plain = stems.size[language] * trades.size[language]
    level, place = np.divmod(serial, plain)
    place = (place * 7919 + 4099) % plain
    stem, trade = np.divmod(place, trades.size[language])
    trade_place = trades.start[language] + trade
    coin = np.maximum(level - 1, 0) * stems.size[language] + stem
    head = heads.start[language] + coin % heads.size[language]
    coin = coin // heads.size[language]
    tail = tails.start[language] + (coin + head * 7) % tails.size[language]
    coin = coin // tails.size[language]
    middle = middles.start[language] + (coin + head * 3) % middles.size[language]
    found = []
    for text in ("text", "spelt"):
        natural = getattr(stems, text)(stems.start[language] + stem)
        coined = join(
            getattr(heads, text)(head), getattr(middles, text)(middle), getattr(tails, text)(tail)
        )
        rows = [np.flatnonzero(level == 0), np.flatnonzero(level > 0)]
        base = gather(
            len(serial),
            [(rows[0], natural.take(arrow(rows[0]))), (rows[1], coined.take(arrow(rows[1])))],
        )
        found.append((base, getattr(trades, text)(trade_place)))
    joint = take(arrow(["-", "-", " ", "-", " "]), language)
    dots = take(arrow([f".{words(code)['tld']}" for code in LANGUAGES]), language)
    return join(found[0][0], joint, found[0][1]), join(found[1][0], found[1][1], dots)


def _forms(chance: Chance, language: Ints, sole: Bools) -> Any:
    forms = word_list("forms")
    company = forms.text(forms.draw(chance.uniform("form", len(language)), language))
    alone = take(arrow([words(code)["sole_form"] for code in LANGUAGES]), language)
    rows, rest = np.flatnonzero(sole), np.flatnonzero(~sole)
    return gather(len(sole), [(rows, take(alone, rows)), (rest, take(company, rest))])


def _names(language: Ints, sole: Bools, form: Any, short: Any, people: People) -> Any:
    kinds = [words(code)["company_format"] for code in LANGUAGES]
    kinds += [words(code)["sole_format"] for code in LANGUAGES]
    fields = {"form": form, "name": short, "owner": people.full_names()}
    return fill(kinds, language + len(LANGUAGES) * sole, fields)


def _cities(chance: Chance, language: Ints) -> Ints:
    """Cities of each language by weight."""
    cities = word_list_of_cities()
    found = np.zeros(len(language), dtype=np.int64)
    for code, (start, weights) in enumerate(cities):
        picked = chance.choice(f"city.{code}", len(language), weights)
        found = np.where(language == code, start + picked, found)
    return found


def word_list_of_cities() -> list[tuple[int, list[float]]]:
    """Where the cities of each language begin, and how many companies are in each."""
    found, start = [], 0
    for code in LANGUAGES:
        weights = [float(city["weight"]) for city in words(code)["cities"]]
        found.append((start, weights))
        start += len(weights)
    return found


def _currencies(chance: Chance, language: Ints) -> Ints:
    found = np.zeros(len(language), dtype=np.int64)
    for code, name in enumerate(LANGUAGES):
        own = words(name)["currencies"]
        places = np.array([CURRENCIES.index(entry["name"]) for entry in own])
        weights = [entry["weight"] for entry in own]
        picked = places[chance.choice(f"currency.{code}", len(language), weights)]
        found = np.where(language == code, picked, found)
    return found


def _company_emails(block: Block, chance: Chance, clients: Clients, people: People) -> Any:
    count = len(clients.language)
    mail = word_list("mail")
    public = mail.text(mail.draw(chance.uniform("host", count), clients.language))
    sole, rest = np.flatnonzero(clients.sole), np.flatnonzero(~clients.sole)
    locals_ = join(
        local_parts(chance.part("mail"), people),
        take(arrow(["-ip"]), np.zeros(count, dtype=np.int64)),
    )
    own = addresses(take(locals_, sole), take(public, sole), block.number, block.of)
    info = join("info@", take(clients.websites, rest))
    return gather(count, [(sole, own), (rest, info)])


def _requisites(language: Ints, sole: Bools, city: Ints, serial: Ints, bic: Ints) -> dict[str, Any]:
    """Numbers of registers and banks, by country and by kind of company."""
    region = numbers_in(take(places_of("tax_region"), city).cast(pa.int64()))
    count = len(language)
    pieces: dict[str, list[tuple[Ints, Any]]] = {
        name: [] for name in ("tax_id", "kpp", "registration_id", "bank_account", "bic")
    }

    def piece(column: str, rows: Ints, cells: Any) -> None:
        pieces[column].append((rows, fixed(cells)))

    ru, uk, en, kz, us = (language == code for code in range(len(LANGUAGES)))
    rows = np.flatnonzero(ru & ~sole)
    piece("tax_id", rows, numbers.inn_company(region[rows], serial[rows]))
    piece("kpp", rows, numbers.kpp(region[rows], serial[rows]))
    piece("registration_id", rows, numbers.ogrn(region[rows], serial[rows]))
    rows = np.flatnonzero(ru & sole)
    piece("tax_id", rows, numbers.inn_person(region[rows], serial[rows]))
    piece("registration_id", rows, numbers.ogrnip(region[rows], serial[rows]))
    rows = np.flatnonzero(ru)
    own = numbers.bank_account_ru(bic[rows], serial[rows], sole[rows].astype(np.int64))
    piece("bank_account", rows, own)
    piece("bic", rows, ascii_digits(bic[rows], 9))
    for mask, company, person, country in (
        (uk, numbers.edrpou, numbers.rnokpp, "UA"),
        (kz, numbers.bin_kz, numbers.iin_kz, "KZ"),
        (en, numbers.vat_gb, numbers.vat_gb, "GB"),
    ):
        for rows, make in (
            (np.flatnonzero(mask & ~sole), company),
            (np.flatnonzero(mask & sole), person),
        ):
            piece("tax_id", rows, make(serial[rows]))
        rows = np.flatnonzero(mask)
        piece("bank_account", rows, numbers.iban(serial[rows], country))
    rows = np.flatnonzero(us)
    piece("tax_id", rows, numbers.ein_us(serial[rows]))
    piece("bank_account", rows, ascii_digits(4_000_000_000 + serial[rows] * 7919 % 10**9, 10))
    rows = np.flatnonzero(en)
    piece("registration_id", rows, ascii_digits(3_000_000 + serial[rows] * 37 % 12_000_000, 8))
    return {name: Text(gather(count, parts)) for name, parts in pieces.items()}


def _put_accounts(
    block: Block,
    chance: Chance,
    clients: Clients,
    form: Any,
    emails: Any,
    phones: Phones,
    serial: Ints,
) -> None:
    language, count = clients.language, len(clients.language)
    rank = occurrence(language)
    rows_of = [np.flatnonzero(language == code) for code in range(len(LANGUAGES))]
    parent = np.full(count, NONE, dtype=np.int64)
    wanted = chance.flags("branch", count, 0.08) & ~clients.sole & (rank > 3)
    above = np.floor(chance.uniform("parent", count) * rank).astype(np.int64)
    for code, rows in enumerate(rows_of):
        mine = wanted & (language == code)
        parent[mine] = rows[above[mine]]
    parent = np.where((parent >= 0) & clients.sole[np.maximum(parent, 0)], NONE, parent)
    house = decimals(chance.integers("number", count, 1, 180))
    office = decimals(chance.integers("office", count, 2, 620))
    streets = word_list("streets")
    street = streets.text(streets.draw(chance.uniform("street", count), language))
    index = take(places_of("index"), clients.city)
    formats = [words(code)["street_format"] for code in LANGUAGES]
    address = fill(formats, language, {"street": street, "house": house, "office": office})
    industries = word_list("industries")
    later = chance.integers("updated", count, 1, 300) * DAY + chance.integers(
        "second", count, 7, 900
    )
    bic = np.array(_BANKS_RU)[chance.integers("bank", count, 0, len(_BANKS_RU))]
    countries = by_language(lambda vocabulary: vocabulary["country"])
    block.put(
        "accounts",
        id=block.keys("accounts", np.arange(count)),
        name=Text(clients.names),
        legal_form=Text(form),
        category=Words(arrow(_SEGMENTS), clients.segment),
        domain=Text(clients.websites),
        phone=Text(phones.shown),
        email=Text(emails),
        address=Text(join(index, ", ", address)),
        city=Words(places_of("name"), clients.city),
        country=Words(arrow(countries.tolist()), language),
        industry=Words(
            industries.words, industries.draw(chance.uniform("industry", count), language)
        ),
        parent_id=block.keys("accounts", parent),
        owner_id=block.keys("users", clients.owner),
        created_at=Moments(clients.created),
        created_by=block.keys("users", clients.owner),
        updated_at=Moments(np.minimum(clients.created + later, END - 600)),
        is_deleted=flags(np.zeros(count)),
        **_requisites(language, clients.sole, clients.city, serial, bic),
    )


def _contacts(
    block: Block, language: Ints, created: Ints, website: Any, desk: Phones
) -> tuple[Any, ...]:
    """People of the companies, sorted by the moment at which they were entered."""
    chance = block.chance("contacts")
    sizes = chance.choice("size", len(language), _PEOPLE)
    account = np.repeat(np.arange(len(language)), sizes)
    count = len(account)
    number = occurrence(account)
    later = number * chance.integers("later", count, 5, 90) * DAY + chance.integers(
        "after", count, 60, 1200
    )
    entered = created[account] + later
    cal = calendar("GB")
    moved = cal.next_work(entered // DAY) * DAY + entered % DAY
    entered = np.where(number == 0, entered, moved)
    entered = np.minimum(entered, END - 7200 - chance.integers("latest", count, 1, 3000))
    entered = np.maximum(entered, created[account] + 1)
    order = np.argsort(entered, kind="stable")
    account, entered, number = account[order], entered[order], number[order]
    people = draw_people(chance.part("people"), language[account], number)
    mail = word_list("mail")
    public = mail.text(mail.draw(chance.uniform("host", count), language[account]))
    own = valid_cells(website)[account] & chance.flags("own", count, 0.85)
    rows, rest = np.flatnonzero(own), np.flatnonzero(~own)
    hosts = gather(count, [(rows, take(website, account[rows])), (rest, take(public, rest))])
    locals_ = local_parts(chance.part("mail"), people)
    emails = addresses(locals_, hosts, block.number, block.of)
    serial = np.arange(count) + block.number * block.span("contacts")
    phones = Phones.mobile(chance.part("phone"), language[account], serial)
    shares = chance.flags("desk", count, 0.05)
    phones = phones.where(~shares, desk.take(account))
    back = np.argsort(account, kind="stable")
    first = np.searchsorted(account[back], np.arange(len(language) + 1))
    return (
        account, people, entered, people.full_names(), emails, locals_, phones, first, back,
    )  # fmt: skip


def _put_contacts(block: Block, clients: Clients) -> None:
    chance = block.chance("contacts.more")
    people, account = clients.people, clients.account
    count = len(account)
    language = clients.language[account]
    titles, sources = word_list("titles"), word_list("sources")
    first, last = day_number(date(1962, 1, 1)), day_number(date(2001, 12, 28))
    birth = chance.integers("birth", count, first, last)
    birth += birth == 0  # 1 January 1970 is what systems write for "unknown"
    owner = block.keys("users", clients.owner[account])
    later = chance.integers("updated", count, 0, 200) * DAY + 11
    block.put(
        "contacts",
        id=block.keys("contacts", np.arange(count)),
        account_id=block.keys("accounts", account),
        full_name=Text(clients.contact_names),
        first_name=Words(names_of("given").words, people.first),
        last_name=Words(names_of("surname").words, people.last),
        middle_name=Words(names_of("middle").words, people.middle),
        email=Text(clients.contact_emails),
        phone=Text(clients.contact_phones.shown),
        title=Words(titles.words, titles.draw(chance.uniform("title", count), language)),
        birth_date=Days(np.where(chance.flags("born", count, 0.35), birth, NONE)),
        consent=flags(chance.flags("consent", count, 0.86)),
        source=Words(sources.words, sources.draw(chance.uniform("source", count), language)),
        owner_id=owner,
        created_at=Moments(clients.contact_created),
        created_by=owner,
        updated_at=Moments(np.minimum(clients.contact_created + later, END - 300)),
        is_deleted=flags(np.zeros(count)),
    )
