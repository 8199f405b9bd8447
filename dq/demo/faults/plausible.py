"""Family A, second half: values that look right one by one and are wrong beside the others."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal

from dq.demo.faults.plant import Planter, among, both, filled, found_in
from dq.demo.house import money
from dq.demo.world import Row

__all__ = ["plant_plausible"]

_LATIN_TWINS = {"а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "х": "x", "і": "i"}
_FOREIGN_WORDS = (
    "Wi-Fi роутеры и кабель", "IT-компания", "Магазин 3D-печати", "Сеть X5 и кафе", "Café № 5",
    "Interior-студия", "Ваза d’Or",
)  # fmt: skip
_CONFESSIONS = {
    "+380": ("невірний номер", "не бере слухавку", "дубль", "тест", "спроб дзвінка: {count}"),
    "+44": ("wrong number", "invalid number", "duplicate", "test", "attempts: {count}"),
    "": ("неверный номер", "не берёт трубку", "дубль", "тест", "попыток звонка: {count}"),
}
"""What is written into a lead, by its telephone prefix; the last is added to some."""
_NO_CONFESSIONS = (
    "Провели тест-драйв на складе, {count} позиций",
    "Просит продублировать счёт на почту до {count}-го",
    "Протестували сканер на {count} товарах",
    "Attested for {count} lanes, wants the contest prizes",
    "Номер договора уточнит бухгалтер, {count} листов",
)
_NEIGHBOURS = (
    ("Омск", "Томск", "634000", "+73822", 6),
    ("Суми", "Сміла", "20700", "+3804732", 5),
    ("Luton", "Lutton", "PE12 9LP", "+441406", 6),
)
"""Two towns with like names; postcode, telephone prefix and further digits of the second."""


def plant_plausible(plant: Planter) -> None:
    """A105, A106, A107, A108 and A110."""
    rng = plant.rng("plausible")
    _scripts(plant, rng)
    _outliers(plant)
    _spellings(plant, rng)
    _totals(plant, rng)
    _confessions(plant, rng)


def _garble(text: str) -> str:
    """UTF-8 read as Windows-1251; what that page lacks is skipped, as programs do."""
    return text.encode().decode("cp1251", errors="ignore")


def _twins(text: str) -> str:
    """Two Cyrillic letters of a word replaced by their Latin twins."""
    found = [place for place, char in enumerate(text) if char in _LATIN_TWINS][:2]
    return "".join(_LATIN_TWINS[c] if n in found else c for n, c in enumerate(text))


def _scripts(plant: Planter, rng: random.Random) -> None:
    def cyrillic(text: object) -> bool:
        return sum("а" <= char <= "я" or char == "і" for char in str(text)) > 5

    places = (("contacts", "title"), ("leads", "company"), ("deals", "name"), ("leads", "need"))
    for number in range(plant.count):
        table, column = places[number % len(places)]

        def fits(row: Row, table: str = table, column: str = column) -> bool:
            plain = table != "leads" or row["status"] != "converted"
            return plain and cyrillic(row[column])

        for row in plant.pick(table, 1, fits):
            text: str = row[column]
            if number % 3 == 0:
                plant.spoil("A105", table, row, column, _garble(text), note="mojibake")
            elif number % 3 == 1:
                note = "Latin letters inside Cyrillic words"
                plant.spoil("A105", table, row, column, _twins(text), "medium", note)
            else:
                mark = ("\u200b", "\u202e", "\x07")[number // 3 % 3]
                spoiled = f"{text[:3]}{mark}{text[3:]}"
                note = f"hidden character U+{ord(mark):04X}"
                plant.spoil("A105", table, row, column, spoiled, note=note)
    leads = plant.pick(
        "leads", plant.count // 2, lambda row: row["status"] == "rejected" and row["company"]
    )
    for number, lead in enumerate(leads):
        name = f"{_FOREIGN_WORDS[number % len(_FOREIGN_WORDS)]} {rng.randint(2, 99)}"
        plant.alike("A105", "leads", lead, "company", name, "two scripts, never inside a word")


def _outliers(plant: Planter) -> None:
    """Amounts and durations in a wrong unit: ×100 near the middle of their group."""
    lined = plant.with_lines()
    middle = _medians(plant, lined)

    def near(deal: Row) -> bool:
        if deal["id"] in lined or deal["amount"] is None or isinstance(deal["amount"], str):
            return False
        return bool(0.6 <= float(deal["amount"]) / middle[_group(deal)] <= 1.8)

    for number, deal in enumerate(plant.pick("deals", plant.count, near)):
        factor, strength = ((100, "strong"), (100, "strong"), (30, "weak"))[number % 3]
        if deal["status"] == "won":
            plant.follows("R107", "deals", deal["id"], "amount", "the invoices are right")
        if deal["expected_amount"] is not None:
            deal["expected_amount"] *= factor
            plant.follows("A106", "deals", deal["id"], "expected_amount")
        wrong = deal["amount"] * factor
        plant.spoil("A106", "deals", deal, "amount", wrong, strength, f"×{factor}")
    for number, deal in enumerate(plant.pick("deals", plant.count, near)):
        if deal["status"] != "lost":
            continue
        plain = money(middle[_group(deal)] * (2.6 if number % 2 else 0.4))
        deal["cost"] = None
        plant.alike("A106", "deals", deal, "amount", plain, "large or small, within its kind")
    few = max(2, plant.count // 6)
    for activity in plant.pick("activities", few, _is_call):
        wrong = activity["duration_s"] * 1000
        plant.spoil("A106", "activities", activity, "duration_s", wrong, note="milliseconds")
    for ticket in plant.pick("tickets", few):
        wrong = ticket["cost"] * 100
        plant.spoil("A106", "tickets", ticket, "cost", wrong, note="×100")


def _is_call(row: Row) -> bool:
    return row["kind"] == "call" and isinstance(row["duration_s"], int)


def _group(deal: Row) -> tuple[str, str]:
    return deal["kind"], deal["currency"]


def _medians(plant: Planter, lined: set[str]) -> dict[tuple[str, str], float]:
    groups: dict[tuple[str, str], list[float]] = {}
    for deal in plant.world.tables["deals"]:
        if isinstance(deal["amount"], Decimal):
            groups.setdefault(_group(deal), []).append(float(deal["amount"]))
    return {group: sorted(found)[len(found) // 2] for group, found in groups.items()}


def _misspell(rng: random.Random, text: str) -> str:
    """One letter of the longest word left out, but never its first or last."""
    place = rng.randrange(2, max(3, len(text.split()[0]) - 1))
    return text[:place] + text[place + 1 :]


def _spellings(plant: Planter, rng: random.Random) -> None:
    places = (
        ("accounts", "industry"), ("accounts", "city"), ("leads", "source"),
        ("deals", "lost_reason"),
    )  # fmt: skip
    for number in range(plant.count):
        table, column = places[number % len(places)]
        common = _common(plant, table, column)
        for row in plant.pick(table, 1, found_in(column, common)):
            text: str = row[column]
            if number // len(places) % 3 == 0:
                spelt, strength = text.lower(), "medium"
            elif number // len(places) % 3 == 1:
                spelt, strength = _misspell(rng, text), "strong"
            else:
                spelt, strength = text.upper(), "medium"
            plant.spoil("A107", table, row, column, spelt, strength)
    for big, small, index, prefix, digits in _NEIGHBOURS:
        near = plant.pick(
            "accounts",
            max(2, plant.count // 5),
            both(among("city", big), filled("address")),
        )
        for account in near:
            street = account["address"].split(", ", 1)[1]
            account["address"] = f"{index}, {street}"
            account["phone"] = prefix + str(rng.randrange(10 ** (digits - 1), 10**digits))
            plant.alike("A107", "accounts", account, "city", small, f"not {big}: another town")


def _common(plant: Planter, table: str, column: str) -> set[str]:
    """Values frequent enough that one odd spelling is plainly the rarer one."""
    counts: dict[str, int] = {}
    for row in plant.world.tables[table]:
        if row[column] is not None:
            counts[row[column]] = counts.get(row[column], 0) + 1
    best = sorted(counts, key=lambda value: (-counts[value], value))[:6]
    return set(best)


def _totals(plant: Planter, rng: random.Random) -> None:
    lined = plant.with_lines()
    each = max(2, plant.count // 4)

    def summed(deal: Row) -> bool:
        return deal["id"] in lined and isinstance(deal["amount"], Decimal)

    def lost(deal: Row) -> bool:
        return summed(deal) and deal["status"] == "lost"

    for deal in plant.pick("deals", each, lost):
        wrong = money(float(deal["amount"]) * rng.choice((0.8, 1.12, 1.2, 1.35)))
        plant.spoil("A108", "deals", deal, "amount", wrong, note="header against lines")
    for deal in plant.pick("deals", each, lambda row: summed(row) and row["status"] == "won"):
        wrong = money(float(deal["amount"]) * 1.2)
        plant.follows("R107", "deals", deal["id"], "amount", "the invoices are right")
        plant.spoil("A108", "deals", deal, "amount", wrong, note="tax added twice")
    for deal in plant.pick("deals", each, lost):
        line = next(r for r in plant.world.tables["deal_lines"] if r["deal_id"] == deal["id"])
        plant.touch("deal_lines", line["id"])
        more = money(float(line["total"]) * 0.1)
        deal["amount"] += more
        wrong = line["total"] + more
        note = "quantity × price − discount is less"
        plant.spoil("A108", "deal_lines", line, "total", wrong, "medium", note)
    for deal, wrong_chance in zip(
        plant.pick("deals", each, lambda row: row["status"] != "open"),
        (40, 75, 60, 50, 35),
        strict=False,
    ):
        plant.spoil("A108", "deals", deal, "probability", wrong_chance, note=deal["status"])
    for invoice in plant.pick("invoices", each):
        wrong = -invoice["tax"]
        plant.spoil("A108", "invoices", invoice, "tax", wrong, note="sign of the tax")
    for deal in plant.pick("deals", plant.count // 2, lost):
        cents = deal["amount"] + Decimal("0.01")
        plant.alike("A108", "deals", deal, "amount", cents, "a cent of rounding")


def _confessions(plant: Planter, rng: random.Random) -> None:
    leads = plant.pick("leads", plant.count, among("status", "rejected", "working"))
    for number, lead in enumerate(leads):
        prefix = next(code for code in _CONFESSIONS if str(lead["phone"]).startswith(code))
        *texts, tries = _CONFESSIONS[prefix]
        text = texts[number % len(texts)]
        column = ("note", "tags")[number // len(texts) % 2]
        if column == "note" and number % 3 == 0:
            text = f"{text.capitalize()}, {tries.format(count=rng.randint(2, 9))}"
        plant.spoil("A110", "leads", lead, column, text)
    for number, lead in enumerate(
        plant.pick("leads", plant.count // 2, among("status", "nurturing"))
    ):
        text = _pick(_NO_CONFESSIONS, number).format(count=rng.randint(3, 60))
        plant.alike("A110", "leads", lead, "note", text, "such a word in another sense")


def _pick(texts: Sequence[str], number: int) -> str:
    return texts[number % len(texts)]
