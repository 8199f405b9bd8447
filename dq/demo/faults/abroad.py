"""What the CRM and the logs outside it do not share: calls and sales."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import numpy as np

from dq.demo.chance import NONE, Ints
from dq.demo.faults.plant import STRENGTHS, Outside, Planter
from dq.demo.outside import BOOKS, SWITCH
from dq.demo.sales import WON
from dq.demo.work import CALL

__all__ = ["list_strangers", "plant_abroad"]


def plant_abroad(plant: Planter) -> None:
    """Calls and sales that only one side knows, or that the two sides tell differently."""
    _calls(plant)
    _sales(plant)


def _write(
    plant: Planter, log: str, kind: str, line: int | None, row: int | None, strength: str,
    value: str = "", was: str = "", note: str = "",
) -> None:  # fmt: skip
    table = {SWITCH: "activities", BOOKS: "deals"}[log]
    column = {SWITCH: "call_id", BOOKS: "Номер"}[log]
    key = "" if line is None else plant.table(log).text(line, column)
    crm = "" if row is None else plant.key(table, row)
    plant.outside.append(Outside(log, kind, key, table, crm, strength, value, was, note))


def _lines(rows: Ints, size: int) -> Ints:
    """For each row of a table the line of the log that tells of it, or -1."""
    found = np.full(size, -1, dtype=np.int64)
    found[rows] = np.arange(len(rows))
    return found


def _calls(plant: Planter) -> None:
    work, switch = plant.made.work, plant.table(SWITCH)
    line_of = _lines(plant.made.switched, len(work.kind))
    spoken = (work.kind == CALL) & ~work.missed & (work.lead == NONE)
    # Not what somebody else said to a client, who would then be known to one person alone.
    own = work.owner == plant.made.sales.owner[np.maximum(work.deal, 0)]
    bounds = {"blatant": (300, 9999), "clear": (120, 300), "faint": (25, 120)}
    for strength, (low, high) in bounds.items():
        long = spoken & (work.duration >= low) & (work.duration < high)
        for row in plant.pick("activities", plant.n, long & own):
            _write(plant, SWITCH, "only_outside", int(line_of[row]), None, strength,
                   note=f"a talk of {work.duration[row]} s that nobody logged")  # fmt: skip
            plant.drop("activities", [row])
        for row in plant.pick("activities", plant.n, long):
            _write(plant, SWITCH, "only_crm", None, row, strength,
                   note=f"logged with {work.duration[row]} s, the switch has no call")  # fmt: skip
            switch.drop([int(line_of[row])])
    shares = {"blatant": 10, "clear": 3, "faint": 1.4}
    for row, strength, _ in plant.graded("activities", spoken & (work.duration > 200)):
        line = int(line_of[row])
        was = switch.text(line, "talk_s")
        switch.set(line, talk_s=int(work.duration[row] / shares[strength]))
        _write(
            plant,
            SWITCH,
            "differs",
            line,
            row,
            strength,
            str(work.duration[row]),
            was,
            "seconds of talk",
        )
    for row, number in plant.lookalikes("activities", spoken):
        line = int(line_of[row])
        talk = int(work.duration[row]) + 2 + number % 4
        switch.set(line, talk_s=talk)
        _write(plant, SWITCH, "same", line, row, "lookalike", str(work.duration[row]), str(talk),
               "the switch counts some seconds more")  # fmt: skip


def _sales(plant: Planter) -> None:
    sales, books = plant.made.sales, plant.table(BOOKS)
    line_of = _lines(plant.made.booked, len(sales.account))
    won = (sales.status == WON) & plant.untouched("invoices", "deal_id", "deals")
    free = won & plant.free("deals")
    euros = books.columns["СуммаEUR"].raw
    worth = np.zeros(len(sales.account))
    worth[plant.made.booked] = euros
    edges = np.quantile(worth[free], [0, 0.5, 0.85, 1.0]) if free.any() else np.zeros(4)
    for place, strength in enumerate(reversed(STRENGTHS)):
        sized = won & (worth >= edges[place]) & (worth <= edges[place + 1])
        for number, row in enumerate(plant.pick("deals", plant.n, sized)):
            line = books.copy(int(line_of[row]), int(line_of[row]) + 0.5)
            cells = {
                "Номер": f"{books.text(line, 'Номер')}-{number + 1}",
                "Сделка": None,
                "Договор": None,
            }
            books.set(
                line, **cells, Контрагент=f"{books.get(line, 'Контрагент')} (филиал)", ИНН=None
            )
            note = "sold and booked, never in the CRM"
            _write(
                plant,
                BOOKS,
                "only_outside",
                line,
                None,
                strength,
                books.text(line, "СуммаEUR"),
                "",
                note,
            )
        for row in plant.pick("deals", plant.n, sized):
            books.drop([int(line_of[row])])
            note = "won in the CRM, not in the books"
            _write(
                plant,
                BOOKS,
                "only_crm",
                None,
                row,
                strength,
                plant.table("deals").text(row, "amount"),
                "",
                note,
            )
    _differing(plant, won, line_of)


def _differing(
    plant: Planter, won: np.ndarray[tuple[int], np.dtype[np.bool_]], line_of: Ints
) -> None:
    books = plant.table(BOOKS)
    factors = {"blatant": Decimal(10), "clear": Decimal("1.2"), "faint": Decimal("0.99")}
    for row, strength, number in plant.graded("deals", won):
        line = int(line_of[row])
        if number % 3 == 2:
            day = books.day(line, "Дата")
            late = {"blatant": 95, "clear": 40, "faint": 32}[strength]
            was = books.text(line, "Дата")
            books.set(line, Дата=day + timedelta(days=late))
            _write(
                plant,
                BOOKS,
                "differs",
                line,
                row,
                strength,
                books.text(line, "Дата"),
                was,
                "booked in another month",
            )
            continue
        was = books.text(line, "Сумма")
        for column in ("Сумма", "СуммаEUR"):
            amount = books.amount(line, column)
            books.set(line, **{column: (amount * factors[strength]).quantize(Decimal("0.01"))})
        value = books.text(line, "Сумма")
        _write(plant, BOOKS, "differs", line, row, strength, value, was, f"×{factors[strength]}")
    for row, _ in plant.lookalikes("deals", won):
        line = int(line_of[row])
        second = books.copy(line, line + 0.5)
        halves = {}
        for column in ("Сумма", "СуммаEUR"):
            amount = books.amount(line, column)
            halves[column] = (amount / 2).quantize(Decimal("0.01"))
            books.set(second, **{column: amount - halves[column]})
        books.set(line, **halves)
        books.set(second, Номер=f"{books.text(line, 'Номер')}-Б")
        _write(plant, BOOKS, "same", line, row, "lookalike", "", "", "booked in two parts that sum")


def list_strangers(plant: Planter) -> None:
    """What other faults have left unequal between the CRM and the logs outside."""
    listed = {(entry.log, entry.key, entry.crm_key) for entry in plant.outside}
    known = {key for log, key, _ in listed if log == SWITCH}
    activities, switch = plant.table("activities"), plant.table(SWITCH)
    for line, row in enumerate(plant.made.switched):
        if activities.gone[row] and not switch.gone[line]:
            key = switch.text(line, "call_id")
            if key not in known:
                plant.outside.append(
                    Outside(SWITCH, "only_outside", key, "activities", "", "", "", "", "follows")
                )
    changed = set(activities.changed["duration_s"]) | set(activities.changed["started_at"])
    kinds = activities.columns["kind"]
    for row in sorted(changed | set(range(activities.size, activities.size + activities.added))):
        if kinds.value(activities.source(row)) == "call":
            kind = "only_crm" if row >= activities.size else "differs"
            key = plant.key("activities", row)
            plant.outside.append(
                Outside(SWITCH, kind, "", "activities", key, "", "", "", "follows")
            )
    deals = plant.table("deals")
    money = (
        set(deals.changed["amount"])
        | set(deals.changed["closed_at"])
        | set(deals.changed["status"])
    )
    own = {entry.crm_key for entry in plant.outside if entry.log == BOOKS}
    for row in sorted(money | set(range(deals.size, deals.size + deals.added))):
        if deals.get(row, "status") == "won" and plant.key("deals", row) not in own:
            kind = "only_crm" if row >= deals.size else "differs"
            key = plant.key("deals", row)
            plant.outside.append(Outside(BOOKS, kind, "", "deals", key, "", "", "", "follows"))
