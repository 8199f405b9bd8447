"""Family F, first half: invented people, shared phones, records made in bulk."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from dq.demo.chance import Chance
from dq.demo.faults.duplicates import reachable
from dq.demo.faults.fuzzy import fresh_lead
from dq.demo.faults.plant import Planter
from dq.demo.lexicon import LANGUAGES

__all__ = ["plant_fakes"]

_WALK = "(keys)"
"""Stands for keys that were struck one beside the other, other ones each time."""

_TESTS = {
    "blatant": (
        {"full_name": "Тест Тестов", "email": "test@test.com"},
        {"full_name": "test", "email": "test@test.ru", "phone": "+71111111111"},
        {"full_name": "asdf asdf", "email": "asdf@asdf.com"},
        {"full_name": "Test User", "email": "qwerty@qwerty.com", "phone": "1234567"},
    ),
    "clear": (
        {"full_name": _WALK, "email": "qwe@qwe.ru"},
        {"full_name": _WALK},
        {"full_name": "ааа ббб", "phone": "+79999999999"},
        {"full_name": "Проверка Проверка", "phone": "+70000000000"},
        {"full_name": "тест2", "email": "test2@mail.ru"},
    ),
    "faint": (
        {"company": "йцук", "phone": "+71234567890"},
        {"full_name": "Проверка формы"},
        {"company": "ООО «Тест»", "email": "1@1.ru"},
        {"full_name": "Иван Тестович", "email": "zxcvbn@gmail.com"},
    ),
}
_DRAWN_BY_TESTS = (
    ("F102", "email"), ("A102", "email"), ("A103", "phone"), ("F103", "email"),
    ("F103", "phone"), ("F105", "full_name"), ("C104", "full_name"), ("A110", "full_name"),
    ("D101", ""), ("D102", ""),
)  # fmt: skip
_REAL = (
    ("Тест Андрей Львович", "a surname that is rare, and real"),
    ("Тестова Ольга Ивановна", "a surname"),
    ("Проверкин Илья Олегович", "a surname"),
    ("Анна Тест", "a surname"),
    ("Testa Marco", "a surname"),
    ("Dummer Ursula", "a surname"),
    ("Фейк Павел Юрьевич", "a surname"),
)
_REAL_FIRMS = (
    ("ООО «Тест-Драйв Авто»", "tests cars"),
    ("Qwerty Software Ltd", "a company of this name"),
    ("ТОВ «Тестомес»", "bakes"),
    ("Testo Instruments LLP", "makes thermometers"),
    ("АО «Абвгдейка»", "a kindergarten"),
    ("1234 Taxi Ltd", "its telephone number"),
)
_DISPOSABLE = {
    "blatant": ("mailinator.com", "yopmail.com", "guerrillamail.com", "10minutemail.com"),
    "clear": ("example.com", "localhost", "domain.invalid", "test.local"),
    "faint": ("mailnesia.com", "dropmail.me", "trashmail.de", "tempr.email"),
}
_RARE_HOSTS = (
    "gmx.net",
    "protonmail.com",
    "hey.com",
    "inbox.lv",
    "email.ua",
    "bigmir.net",
    "post.cz",
    "tut.by",
    "studio.online",
    "post.net.ua",
    "10minut-kofe.ru",
    "trash-metal.com",
)
_KEYS = ("йцукенгшщзх", "фывапролджэ", "ячсмитьбю", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_CONSONANTS = ("бвгджзклмнпрстфхцчшщ", "bcdfghjklmnpqrstvwxz")
_LETTERS = ("абвгдежзийклмнопрстуфхцчшщыэюя", "abcdefghijklmnopqrstuvwxyz")
_FOREIGN = (
    "Нгуен Тхи Хоа",
    "Кржижановский Глеб",
    "Мкртчян Вардан Ашотович",
    "Шварценгольд Эльза",
    "Хмельницька-Щербань Леся",
    "Взгляд Пётр Ильич",
    "Ng Siu",
    "Wojciechowski Grzegorz",
    "Дзюба Тарас",
    "Гджеян Ашот",
    "Бжезицкая Инна",
    "Szczęsny Łukasz",
    "Мхитарян Генрих",
    "Цховребова Залина",
    "Мкртумян Гагик Арменович",
    "Пшибышевский Станислав",
    "Нгуен Ван Тхань",
    "Чхеидзе Нино",
    "Мгеладзе Гурам",
    "Гжегожевская Ванда",
    "Хвтисиашвили Тамар",
    "Krzyżanowska Bożena",
    "Schwarzschild Gertrud",
    "Rhys Llwyd",
    "Nguyen Phuong",
    "Strnad Zbyněk",
    "Щерба Лев Владимирович",
    "Щеглов Всеволод Мстиславович",
)


def plant_fakes(plant: Planter) -> None:
    """F101 to F105."""
    _tests(plant)
    _hosts(plant)
    _shared(plant)
    _bulk(plant)
    _gibberish(plant)


def _cold(plant: Planter) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    leads = plant.table("leads")
    return np.asarray(leads.among("status", "rejected", "working") & reachable(plant, "leads"))


def _tests(plant: Planter) -> None:
    leads, chance = plant.table("leads"), plant.chance("walks")
    for row, strength, number in plant.graded("leads", _cold(plant)):
        ways = _TESTS[strength]
        cells = dict(ways[number % len(ways)])
        if cells.get("full_name") == _WALK:
            cells["full_name"] = _walk(chance, number)
        column, value = (
            cells.popitem() if strength == "faint" else ("full_name", cells.pop("full_name"))
        )
        leads.set(row, **cells)
        plant.spoil("F101", "leads", row, column, value, strength)
        for code, other in _DRAWN_BY_TESTS:
            plant.follows(code, "leads", row, other)
    half = 0.5
    for row, number in plant.lookalikes("leads", _cold(plant), half):
        name, note = _REAL[number % len(_REAL)]
        plant.alike("F101", "leads", row, "full_name", note, full_name=name)
    for row, number in plant.lookalikes("leads", _cold(plant), half):
        name, note = _REAL_FIRMS[number % len(_REAL_FIRMS)]
        plant.alike("F101", "leads", row, "company", note, company=name)


def _hosts(plant: Planter) -> None:
    contacts = plant.table("contacts")
    for row, strength, number in plant.graded("contacts", reachable(plant, "contacts")):
        hosts = _DISPOSABLE[strength]
        local = str(contacts.get(row, "email")).partition("@")[0]
        address = f"{local}@{hosts[number % len(hosts)]}"
        plant.spoil("F102", "contacts", row, "email", address, strength)
        plant.follows("A102", "contacts", row, "email")
    for row, number in plant.lookalikes("contacts", reachable(plant, "contacts")):
        local = str(contacts.get(row, "email")).partition("@")[0]
        address = f"{local}@{_RARE_HOSTS[number % len(_RARE_HOSTS)]}"
        note = "a rare host, where people do have their mail"
        plant.alike("F102", "contacts", row, "email", note, email=address)


def _shared(plant: Planter) -> None:
    """One phone or e-mail on people of several companies that have nothing in common."""
    contacts, clients = plant.table("contacts"), plant.made.clients
    own = reachable(plant, "contacts")
    own &= clients.contact_phones.numbers != clients.switchboard[clients.account]
    for strength, size in (("blatant", 12), ("clear", 7), ("faint", 4)):
        for group in range(max(1, round(plant.n / size))):
            column = ("phone", "email")[group % 2]
            # Companies of one language that are not each other's parent.
            mine = own & (clients.people.language == group % len(LANGUAGES))
            rows = plant.pick("contacts", size, mine & _one_each(plant, mine))
            if len(rows) < size:
                continue
            shared = contacts.get(rows[0], column)
            for row in rows:
                note = f"on {size} people of as many companies"
                plant.spoil("F103", "contacts", row, column, shared, strength, note)
                for code in ("D101", "D102", "D103"):
                    plant.follows(code, "contacts", row, "", note)
    desks = plant.table("accounts")
    for account, _ in plant.lookalikes("accounts", ~clients.sole, 0.5):
        desk = desks.get(account, "phone")
        mates = clients.contacts_of[slice(*clients.first_contact[account:][:2])]
        free = [int(mate) for mate in mates if plant.free("contacts")[mate]]
        plant.take("contacts", free)
        for mate in free:
            plant.alike(
                "F103", "contacts", mate, "phone", "colleagues behind one switchboard", phone=desk
            )


def _one_each(
    plant: Planter, mine: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The first free contact of each company."""
    clients = plant.made.clients
    rows = np.flatnonzero(mine & plant.free("contacts"))
    _, first = np.unique(clients.account[rows], return_index=True)
    mask = np.zeros(len(mine), dtype=np.bool_)
    mask[rows[first]] = True
    return mask


def _bulk(plant: Planter) -> None:
    """Leads that one person entered in seconds, by hand, as nobody can."""
    spare = np.flatnonzero(plant.made.leads.spare)
    users = plant.table("users")
    sellers = np.unique(plant.made.leads.owner)
    for strength, size, step in (("blatant", 15, 1), ("clear", 9, 3), ("faint", 5, 20)):
        for group in range(max(1, -(-plant.n // size))):
            owner = users.get(int(sellers[(group * 3 + size) % len(sellers)]), "id")
            day = datetime(2025, 1 + (group + size) % 12, 4 + group % 20, 16, 12, 5 + size)
            day += timedelta(minutes=plant.block.number)
            for place, row in enumerate(plant.revive("leads", spare, size)):
                cells = fresh_lead(day + timedelta(seconds=step * place), owner)
                plant.table("leads").set(row, **cells, owner_id=owner)
                note = f"{size} leads in {step * (size - 1)} seconds by one person"
                plant.blemish("F104", "leads", row, strength, "created_at", note)
    begun = datetime(2026, 2, 17, 11, 30, 1) + timedelta(minutes=plant.block.number)
    for number, row in enumerate(plant.revive("leads", spare, max(9, 2 * plant.n))):
        cells = fresh_lead(begun + timedelta(seconds=number // 3), "form:FRM-02")
        cells |= {"form_id": "FRM-02", "kind": "inbound"}
        plant.alike(
            "F104", "leads", row, "created_at", "an offer went out: a form, many people", **cells
        )
    for number, row in enumerate(plant.revive("leads", spare, max(6, plant.n))):
        cells = fresh_lead(begun + timedelta(hours=5, seconds=number // 9), "api:partner-portal")
        plant.alike(
            "F104", "leads", row, "created_at", "an integration hands over its day", **cells
        )


def _struck(chance: Chance, name: str, letters: str, count: int) -> str:
    """Letters in an order of chance, none twice running."""
    spots = chance.integers(name, 2 * count, 0, len(letters)).tolist()
    kept = [spots[0], *(spot for before, spot in pairwise(spots) if spot != before)]
    return "".join(letters[spot] for spot in kept[:count])


def _walk(chance: Chance, number: int) -> str:
    """A stretch of a row of keys."""
    row = _KEYS[int(chance.integers(f"{number}.row", 1, 0, len(_KEYS))[0])]
    size = min(len(row), 6 + number % 3)
    start = int(chance.integers(f"{number}.start", 1, 0, len(row) - size + 1)[0])
    return row[start : start + size]


def _no_name(chance: Chance, strength: str, number: int) -> str:
    """What a hand writes into a field that must be filled, and no list of words can know.

    Consonants alone, many or some; letters of any kind, in two words.
    """
    name, script = f"{strength}.{number}", number % 2
    least = {"blatant": 9, "clear": 6}.get(strength)
    if least is not None:
        return _struck(chance, name, _CONSONANTS[script], least + number % 3).capitalize()
    parts = (_struck(chance, f"{name}.{part}", _LETTERS[script], 5 + part) for part in range(2))
    return " ".join(part.capitalize() for part in parts)


def _gibberish(plant: Planter) -> None:
    chance = plant.chance("gibberish")
    for row, strength, number in plant.graded("leads", _cold(plant)):
        name = _no_name(chance, strength, number)
        plant.spoil("F105", "leads", row, "full_name", name, strength)
        plant.follows("F101", "leads", row, "full_name", "keys struck at random")
    real = chance.order("real", len(_FOREIGN))
    for row, number in plant.lookalikes("leads", _cold(plant)):
        name = _FOREIGN[int(real[number % len(real)])]
        plant.alike("F105", "leads", row, "full_name", "a rare name, and real", full_name=name)
