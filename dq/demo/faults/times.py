"""Family T, first half: moments in the wrong order, in the future, before the company."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from dq.demo.chance import Bools
from dq.demo.faults.plant import Planter
from dq.demo.sales import LOST, OPEN
from dq.demo.when import END, to_datetime

__all__ = ["plant_times"]

_DAY_ZERO = datetime(1899, 12, 30)
_EPOCH = datetime(1970, 1, 1, 3)
"""Days from which spreadsheets and systems count."""

_BACK = {
    "blatant": timedelta(days=361, hours=3),
    "clear": timedelta(days=4, hours=2),
    "faint": timedelta(minutes=23),
}


def plant_times(plant: Planter) -> None:
    """T101 and T102."""
    _order(plant)
    _in_order(plant)
    for strength, table, column, where, values, note in _slips(plant):
        for number, row in enumerate(plant.pick(table, -(-plant.n // 3), where)):
            value = values[number % len(values)]
            plant.spoil("T102", table, row, column, value, strength, note)
            plant.follows("T101", table, row, column)
            if column == "logged_at":
                plant.follows("F107", table, row, column)
            if value in (_DAY_ZERO, _EPOCH):
                plant.follows("C104", table, row, column, "day zero of a computer")
    _no_slips(plant)


def _order(plant: Planter) -> None:
    """What cannot have come first, came first: by a year, by days, by minutes."""
    leads, tickets = plant.table("leads"), plant.table("tickets")
    typed = ~leads.filled("form_id")
    refused = leads.among("status", "rejected") & leads.filled("first_response_at")
    places: tuple[tuple[str, str, str, Bools | None], ...] = (
        ("deals", "closed_at", "created_at", plant.made.sales.status == LOST),
        ("leads", "first_response_at", "created_at", refused & typed),
        ("contacts", "updated_at", "created_at", None),
        ("tickets", "resolved_at", "opened_at", tickets.filled("resolved_at")),
        ("leads", "converted_at", "created_at", leads.filled("converted_at") & typed),
    )
    for table, column, first, where in places:
        for row, strength, number in plant.graded(table, where, -(-plant.n // len(places))):
            back = _BACK[strength] + timedelta(seconds=37 * number)
            before = plant.table(table).moment(row, first) - back
            note = f"{column} before {first}"
            plant.spoil("T101", table, row, column, before, strength, note)
            if column == "converted_at":
                plant.follows("T101", table, row, "first_response_at")


def _in_order(plant: Planter) -> None:
    """Two things at one moment are in order."""
    sales, history = plant.made.sales, plant.table("stage_history")
    at_once = (sales.status == LOST) & (sales.reached == 0)
    at_once &= plant.untouched("stage_history", "deal_id", "deals")
    for row, _ in plant.lookalikes("deals", at_once, 0.4):
        created = plant.table("deals").moment(row, "created_at")
        moves = plant.children("stage_history", "deal_id", "deals", row)
        history.set(int(moves[-1]), changed_at=created)
        plant.take("stage_history", moves)
        note = "refused over the counter, at once"
        plant.alike("T101", "deals", row, "closed_at", note, closed_at=created)
        plant.follows("C109", "deals", row)
    for row, _ in plant.lookalikes("contacts", share=0.4):
        created = plant.table("contacts").moment(row, "created_at")
        note = "never changed since"
        plant.alike("T101", "contacts", row, "updated_at", note, updated_at=created)
    tickets = plant.table("tickets")
    for row, _ in plant.lookalikes("tickets", tickets.filled("resolved_at"), 0.2):
        answered = tickets.moment(row, "first_response_at")
        note = "solved with the first answer"
        plant.alike("T101", "tickets", row, "resolved_at", note, resolved_at=answered)


_Slip = tuple[str, str, str, Bools | None, tuple[object, ...], str]


def _slips(plant: Planter) -> Iterator[_Slip]:
    """Strength, table, column, which rows, what is written there, and why.

    A day beyond 2050 in a column of ends would only say that there is no end.
    """
    lost, end = plant.made.sales.status == LOST, to_datetime(END)
    tomorrow, later = end + timedelta(hours=17, seconds=11), end + timedelta(hours=15, minutes=4)
    slip, far = datetime(2062, 3, 1, 12), datetime(2036, 5, 4, 9, 30)
    yield "blatant", "documents", "sent_at", None, (slip, _DAY_ZERO), "a slip, or day zero"
    yield "blatant", "contacts", "birth_date", None, (date(2071, 5, 4), date(2046, 1, 9)), "unborn"
    yield "blatant", "deals", "closed_at", lost, (far, _EPOCH), "a slip, or day zero"
    due = (date(2027, 6, 15), date(2028, 1, 9))
    yield "clear", "deals", "closed_at", lost, (datetime(2027, 2, 11, 11, 5),), "next year"
    yield "clear", "invoices", "issued_at", None, due, "next year"
    yield "clear", "contacts", "created_at", None, (datetime(2010, 5, 5, 9, 1),), "no company yet"
    yield "faint", "deals", "closed_at", lost, (tomorrow,), "tomorrow"
    yield "faint", "activities", "logged_at", None, (later,), "tomorrow"
    yield "faint", "contacts", "birth_date", None, (date(2026, 8, 30), date(2026, 9, 2)), "a baby"


def _no_slips(plant: Planter) -> None:
    """Plans lie ahead, old people were born long ago, and what has no end says so."""
    opened = plant.made.sales.status == OPEN
    for row, number in plant.lookalikes("deals", opened, 0.3):
        planned = date(2027, 1 + number % 6, 5 + number % 20)
        plant.alike("T102", "deals", row, "expected_close_at", "a plan", expected_close_at=planned)
    never = datetime(9999, 12, 31)
    for row, _ in plant.lookalikes("deals", opened, 0.1):
        note = "no end yet, as some systems say"
        plant.alike("T102", "deals", row, "closed_at", note, closed_at=never)
    for row, number in plant.lookalikes("contacts", share=0.3):
        born = date(1931 + number % 12, 2 + number % 10, 3 + number % 25)
        note = "an old man, as there are"
        plant.alike("T102", "contacts", row, "birth_date", note, birth_date=born)
    history = plant.table("user_history")
    for row, _ in plant.lookalikes("user_history", ~history.filled("valid_to"), 0.3):
        note = "open to the end"
        plant.alike("T102", "user_history", row, "valid_to", note, valid_to=never.date())
    if plant.block.first:
        for row, _ in plant.lookalikes("products", share=0.2):
            last, note = date(2099, 12, 31), "no end is planned"
            plant.alike("T102", "products", row, "discontinued_at", note, discontinued_at=last)
