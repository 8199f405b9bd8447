"""Family A, second half: values that look right one by one and are wrong beside the others."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from dq.demo.chance import NONE, Bools, Floats
from dq.demo.faults.gaming import slack
from dq.demo.faults.plant import Planter
from dq.demo.faults.spelling import typo
from dq.demo.lexicon import CURRENCIES, english
from dq.demo.sales import KINDS, LOST, OPEN, WON
from dq.demo.work import CALL

__all__ = ["plant_plausible"]

_LATIN_TWINS = {"а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "х": "x", "і": "i"}
_FOREIGN_WORDS = (
    "Wi-Fi роутеры и кабель", "IT-компания", "Магазин 3D-печати", "Сеть X5 и кафе", "Café № 5",
    "Interior-студия", "Ваза d’Or", "SMM-агентство", "USB-склад",
)  # fmt: skip
_CONFESSIONS = {
    "+380": ("невірний номер", "не бере слухавку", "дубль", "тест", "спроб дзвінка: {count}"),
    "+44": ("wrong number", "invalid number", "duplicate", "test", "attempts: {count}"),
    "": ("неверный номер", "не берёт трубку", "дубль", "тест", "попыток звонка: {count}"),
}
"""What is written into a lead, by its telephone prefix; the last is added to some."""
_HINTS = (
    "номер, похоже, чужой",
    "Схоже, це вже є в базі",
    "number may belong to somebody else",
    "кажется, мы его уже заводили",
)
_NO_CONFESSIONS = (
    "Провели тест-драйв на складе, {count} позиций",
    "Просит продублировать счёт на почту до {count}-го",
    "Протестували сканер на {count} товарах",
    "Attested for {count} lanes, wants the contest prizes",
    "Номер договора уточнит бухгалтер, {count} листов",
)
_ENOUGH = 40
"""Amounts of a group, of which one can be an outlier."""

_NEIGHBOURS = (
    ("Омск", "Томск", "634000", "+73822", 6),
    ("Суми", "Сміла", "20700", "+3804732", 5),
    ("Luton", "Lutton", "PE12 9LP", "+441406", 6),
)
"""Two towns with like names; postcode, telephone prefix and further digits of the second."""


def plant_plausible(plant: Planter) -> None:
    """A105, A106, A107, A108 and A110."""
    _scripts(plant)
    _totals(plant)
    _outliers(plant)
    _spellings(plant)
    _confessions(plant)


def _garble(text: str) -> str:
    """UTF-8 read as Windows-1251; what that page lacks is skipped, as programs do."""
    return text.encode().decode("cp1251", errors="ignore")


def _twins(text: str, many: int) -> str:
    """Some Cyrillic letters of a word replaced by their Latin twins."""
    found = [place for place, char in enumerate(text) if char in _LATIN_TWINS][:many]
    return "".join(_LATIN_TWINS[c] if n in found else c for n, c in enumerate(text))


def _cyrillic(plant: Planter, table: str, column: str) -> Bools:
    """Rows whose text is Cyrillic, by their language."""
    made = plant.made
    eastern = {
        "contacts": lambda: ~english(made.clients.people.language),
        "deals": lambda: ~english(made.sales.language),
        "leads": lambda: (
            ~english(made.leads.language) & plant.table("leads").among("status", "rejected")
        ),
    }[table]()
    return np.asarray(eastern & plant.table(table).filled(column))


def _scripts(plant: Planter) -> None:
    places = (("contacts", "title"), ("leads", "company"), ("deals", "name"), ("leads", "need"))
    each = -(-plant.n // len(places))
    for table, column in places:
        made = plant.table(table)
        for row, strength, number in plant.graded(table, _cyrillic(plant, table, column), each):
            text = str(made.get(row, column))
            if strength == "blatant":
                spoiled, note = _garble(text), "mojibake"
            elif strength == "clear" and number % 2 == 0:
                mark = ("\u200b", "\u202e", "\x07")[number // 2 % 3]
                spoiled, note = f"{text[:3]}{mark}{text[3:]}", f"hidden character U+{ord(mark):04X}"
            elif strength == "clear":
                spoiled, note = _twins(text, 3), "Latin letters inside Cyrillic words"
            else:
                spoiled, note = _twins(text, 1), "one Latin letter inside a Cyrillic word"
            if spoiled == text:
                spoiled, note = f"{text[:2]}\u200b{text[2:]}", "hidden character U+200B"
            plant.spoil("A105", table, row, column, spoiled, strength, note)
            plant.follows("A107", table, row, column)
            if strength == "blatant":
                plant.follows("F105", table, row, column, "mojibake is no name")
    rejected = plant.table("leads").among("status", "rejected")
    for row, number in plant.lookalikes("leads", rejected):
        name = f"{_FOREIGN_WORDS[number % len(_FOREIGN_WORDS)]} {number + 2}"
        note = "two scripts, never inside a word"
        plant.alike("A105", "leads", row, "company", note, company=name)


def middles(plant: Planter) -> Floats:
    """For each deal the median amount of its kind and currency."""
    sales = plant.made.sales
    group = sales.kind * len(CURRENCIES) + sales.currency
    found = np.ones(len(KINDS) * len(CURRENCIES))
    for number in range(len(found)):
        amounts = sales.amount[(group == number) & (sales.amount != NONE)]
        if len(amounts):
            found[number] = float(np.median(amounts))
    return np.asarray(found[group])


def _crowded(plant: Planter) -> Bools:
    """Deals of a kind and currency with enough amounts to say what is usual."""
    sales = plant.made.sales
    group = sales.kind * len(CURRENCIES) + sales.currency
    counts = np.bincount(group[sales.amount != NONE], minlength=len(KINDS) * len(CURRENCIES))
    return np.asarray(counts[group] >= _ENOUGH)


def _outliers(plant: Planter) -> None:
    """Amounts and durations in a wrong unit, near the middle of their group before."""
    sales, deals = plant.made.sales, plant.table("deals")
    share = np.where(sales.amount != NONE, sales.amount / middles(plant), 0)
    plain = (sales.lines == 0) & (share > 0.6) & (share < 1.8)
    plain &= plant.untouched("invoices", "deal_id", "deals") & _crowded(plant)
    factors = {"blatant": 1000, "clear": 100, "faint": 30}
    for row, strength, _ in plant.graded("deals", plain, -(-plant.n * 2 // 3)):
        if sales.status[row] == WON:
            plant.follows("R107", "deals", row, "amount", "the invoices are right")
            plant.take_deal(row, "invoices")
        factor = factors[strength]
        expected, amount = deals.get(row, "expected_amount"), deals.amount(row, "amount")
        if isinstance(expected, Decimal):
            deals.set(row, expected_amount=expected * factor)
            plant.follows("A106", "deals", row, "expected_amount")
        plant.spoil("A106", "deals", row, "amount", amount * factor, strength, f"×{factor}")
        plant.follows("A108", "deals", row, "amount", "cost and amount no longer fit")
    _wrong_units(plant)
    _true_outliers(plant, plain)
    above = plant.parents("deal_lines", "deal_id", "deals")
    pounds = sales.currency[above] == CURRENCIES.index("GBP")
    for row, _ in plant.lookalikes("deal_lines", pounds & plant.free("deals")[above], 0.5):
        note = "small, for its deal is in pounds and most are in roubles or hryvnias"
        plant.alike("A106", "deal_lines", row, "total", note)
    lost = plain & (sales.status == LOST)
    middle = middles(plant)
    for row, number in plant.lookalikes("deals", lost, 0.4):
        units = int(middle[row] * (2.6 if number % 2 else 0.4)) // 100
        amount = Decimal(units).quantize(Decimal("0.01"))
        note = "large or small, within its kind"
        plant.alike("A106", "deals", row, "amount", note, amount=amount, cost=None)


def _wrong_units(plant: Planter) -> None:
    work, few = plant.made.work, -(-plant.n // 6)
    # So that a call in milliseconds does not last into the next one.
    calls = (work.kind == CALL) & ~work.missed & (work.duration * 1000 < slack(plant))
    for number, row in enumerate(plant.pick("activities", 3 * few, calls)):
        strength, factor = (("blatant", 1000), ("clear", 1000), ("faint", 60))[number % 3]
        wrong = int(work.duration[row]) * factor
        note = "milliseconds" if factor == 1000 else "seconds counted as minutes"
        plant.spoil("A106", "activities", row, "duration_s", wrong, strength, note)
        plant.follows("F106", "activities", row, "duration_s", note)
        plant.follows("F108", "activities", row, "duration_s", note)
    for number, row in enumerate(plant.pick("tickets", 3 * few)):
        strength, factor = (("blatant", 1000), ("clear", 100), ("faint", 50))[number % 3]
        cost = plant.table("tickets").amount(row, "cost")
        plant.spoil("A106", "tickets", row, "cost", cost * factor, strength, f"×{factor}")


def _true_outliers(plant: Planter, plain: Bools) -> None:
    """Very large deals that are true: contract, invoice and payment say the same."""
    sales, deals = plant.made.sales, plant.table("deals")
    invoices, payments = plant.table("invoices"), plant.table("payments")
    parts = np.bincount(plant.made.bills.deal, minlength=len(sales.account))
    sole = (
        plain & (sales.status == WON) & (parts == 1) & (sales.currency != CURRENCIES.index("KZT"))
    )
    for row, number in plant.lookalikes("deals", sole, 0.6):
        factor = 25 + number % 30
        note = "a true large deal: contract, invoice and payment agree"
        invoice = int(plant.children("invoices", "deal_id", "deals", row)[0])
        if not plant.free("invoices")[invoice] or plant.made.bills.paid[invoice] == NONE:
            continue
        plant.take("invoices", [invoice])
        amount, cost = deals.amount(row, "amount"), deals.amount(row, "cost")
        large = Decimal("1000000.00") if number % 4 == 0 else amount * factor
        tax = invoices.amount(invoice, "tax")
        ratio = large / amount
        invoices.set(
            invoice, amount=large, tax=(tax * ratio).quantize(Decimal("0.01")),
            paid_amount=large,
        )  # fmt: skip
        for payment in plant.children("payments", "invoice_id", "invoices", invoice):
            payments.set(int(payment), amount=large)
            plant.take("payments", [int(payment)])
            plant.alike("A106", "payments", int(payment), "amount", note)
        plant.alike("A106", "invoices", invoice, "amount", note)
        plant.alike(
            "A106",
            "deals",
            row,
            "amount",
            note,
            amount=large,
            cost=(cost * ratio).quantize(Decimal("0.01")),
        )
        plant.alike("A106", "deals", row, "cost", note)
        plant.restate(row, large)


def _spellings(plant: Planter) -> None:
    leads, sales = plant.table("leads"), plant.made.sales
    places: tuple[tuple[str, str, Bools | None], ...] = (
        ("accounts", "industry", None),
        ("accounts", "city", None),
        ("leads", "source", leads.among("status", "rejected")),
        ("deals", "lost_reason", sales.status == LOST),
    )
    each = -(-plant.n // len(places))
    for table, column, where in places:
        made = plant.table(table)
        common = _common(plant, table, column)
        mask = common if where is None else common & where
        for row, strength, number in plant.graded(table, mask, each):
            text = str(made.get(row, column))
            if strength == "blatant":
                spelt = text.upper()
            elif strength == "clear":
                spelt = text.lower() if number % 2 else f"{text} "
            else:
                spelt = typo(text, number)
            if spelt.strip() == text:
                spelt = text.lower()
            plant.spoil("A107", table, row, column, spelt, strength)
    for big, small, index, prefix, digits in _NEIGHBOURS:
        there = plant.table("accounts").among("city", big)
        for row, number in plant.lookalikes("accounts", there, 0.34):
            street = str(plant.table("accounts").get(row, "address")).split(", ", 1)[1]
            phone = prefix + str(10 ** (digits - 1) + plant.block.number * 500 + number)
            cells = {"city": small, "address": f"{index}, {street}", "phone": phone}
            plant.alike("A107", "accounts", row, "city", f"not {big}: another town", **cells)


def _common(plant: Planter, table: str, column: str) -> Bools:
    """Rows whose value is frequent, so that one odd spelling is plainly the rarer one."""
    made = plant.table(table).words(column)
    counts = np.bincount(made.raw[made.raw >= 0], minlength=len(made.words))
    best = np.argsort(-counts, kind="stable")[:6]
    return np.isin(made.raw, best)


def _totals(plant: Planter) -> None:
    sales, deals = plant.made.sales, plant.table("deals")
    quiet = plant.untouched("deal_lines", "deal_id", "deals")
    lined = (sales.lines > 0) & quiet
    bills = plant.untouched("invoices", "deal_id", "deals")
    third = -(-plant.n // 3)
    factors = {"blatant": "1.35", "clear": "1.12", "faint": "1.02"}
    for row, strength, number in plant.graded("deals", lined & (sales.status == LOST), third):
        amount = deals.amount(row, "amount")
        wrong = (amount * Decimal(factors[strength])).quantize(Decimal("0.01")) + number
        plant.take_deal(row, "deal_lines")
        plant.spoil("A108", "deals", row, "amount", wrong, strength, "header against lines")
    for number, row in enumerate(plant.pick("deals", third, lined & bills & (sales.status == WON))):
        amount = deals.amount(row, "amount")
        wrong = (amount * Decimal("1.2")).quantize(Decimal("0.01"))
        plant.take_deal(row, "deal_lines", "invoices")
        plant.follows("R107", "deals", row, "amount", "the invoices are right")
        strength = ("blatant", "clear")[number % 2]
        plant.spoil("A108", "deals", row, "amount", wrong, strength, "tax added twice")
    _wrong_lines(plant, lined & (sales.status == LOST), third)
    closed = sales.status != OPEN
    for row, strength, _ in plant.graded("deals", closed, third):
        chance = {
            "blatant": 50,
            "clear": 75 if sales.status[row] == LOST else 25,
            "faint": 10 if sales.status[row] == LOST else 90,
        }
        note = f"the deal is {deals.get(row, 'status')}"
        plant.spoil("A108", "deals", row, "probability", chance[strength], strength, note)
    for number, row in enumerate(plant.pick("invoices", third)):
        tax = plant.table("invoices").amount(row, "tax")
        strength = ("blatant", "clear")[number % 2]
        wrong = -tax if number % 2 else tax * 10
        plant.spoil("A108", "invoices", row, "tax", wrong, strength, "sign or place of the tax")
        plant.follows("A106", "invoices", row, "tax")
    for row, _ in plant.lookalikes("deals", lined & (sales.status == LOST), 0.5):
        amount = deals.amount(row, "amount")
        plant.take_deal(row, "deal_lines")
        cents = amount + Decimal("0.01")
        plant.alike("A108", "deals", row, "amount", "a cent of rounding", amount=cents)
    for row, _ in plant.lookalikes("deals", closed & (sales.lines == 0), 0.5):
        plant.alike("A108", "deals", row, "amount", "a lump sum: there are no lines to add")


def _wrong_lines(plant: Planter, where: Bools, count: int) -> None:
    deals, lines = plant.table("deals"), plant.table("deal_lines")
    for row in plant.pick("deals", count, where):
        line = int(plant.children("deal_lines", "deal_id", "deals", row)[0])
        plant.take_deal(row, "deal_lines")
        total, amount = lines.amount(line, "total"), deals.amount(row, "amount")
        more = (total / 10).quantize(Decimal("0.01")) + 1
        deals.set(row, amount=amount + more)
        note = "quantity × price − discount is less"
        plant.spoil("A108", "deal_lines", line, "total", total + more, "faint", note)


def _confessions(plant: Planter) -> None:
    leads, phones = plant.table("leads"), plant.made.leads.phones
    judged = leads.among("status", "rejected", "working") & leads.filled("phone")
    for row, strength, number in plant.graded("leads", judged):
        digits = f"+{phones[row]}"
        prefix = next(code for code in _CONFESSIONS if digits.startswith(code))
        *texts, tries = _CONFESSIONS[prefix]
        text = texts[number % len(texts)]
        if strength == "blatant":
            plant.spoil("A110", "leads", row, "tags", text, strength)
        elif strength == "clear":
            longer = f"{text.capitalize()}, {tries.format(count=2 + number % 8)}"
            plant.spoil("A110", "leads", row, "note", longer, strength)
        else:
            plant.spoil("A110", "leads", row, "note", _HINTS[number % len(_HINTS)], strength)
        plant.follows("A107", "leads", row, "tags")
        plant.follows("C108", "leads", row, "note")
    for row, number in plant.lookalikes("leads", leads.among("status", "nurturing", "rejected")):
        text = _NO_CONFESSIONS[number % len(_NO_CONFESSIONS)].format(count=3 + number % 60)
        plant.alike("A110", "leads", row, "note", "such a word in another sense", note=text)
