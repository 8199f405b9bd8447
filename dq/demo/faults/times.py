"""Family T: moments in the wrong order, in the future, stages skipped, deals that stand still."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np

from dq.demo.chance import NONE, Bools
from dq.demo.faults.plant import Planter
from dq.demo.lexicon import pipelines, word_list
from dq.demo.sales import LOST, OPEN, PROBABILITY
from dq.demo.when import DAY, END, END_DAY, calendar, to_datetime

__all__ = ["plant_times"]


_DAY_ZERO = datetime(1899, 12, 30)
_EPOCH = datetime(1970, 1, 1, 3)
"""Days from which spreadsheets and systems count."""


def plant_times(plant: Planter) -> None:
    """T101 to T104."""
    _stuck(plant)
    _stages(plant)
    _order(plant)
    _future(plant)


def _moment(plant: Planter, table: str, row: int, column: str) -> datetime:
    value = plant.table(table).moment(row, column)
    return value


def _order(plant: Planter) -> None:
    """What cannot have come first, came first: by a year, by days, by minutes."""
    sales = plant.made.sales
    leads, tickets = plant.table("leads"), plant.table("tickets")
    typed = ~leads.filled("form_id")
    refused = leads.among("status", "rejected") & leads.filled("first_response_at")
    places: tuple[tuple[str, str, str, Bools | None], ...] = (
        ("deals", "closed_at", "created_at", sales.status == LOST),
        ("leads", "first_response_at", "created_at", refused & typed),
        ("contacts", "updated_at", "created_at", None),
        ("tickets", "resolved_at", "opened_at", tickets.filled("resolved_at")),
        ("leads", "converted_at", "created_at", leads.filled("converted_at") & typed),
    )
    back = {
        "blatant": timedelta(days=361, hours=3),
        "clear": timedelta(days=4, hours=2),
        "faint": timedelta(minutes=23),
    }
    each = -(-plant.n // len(places))
    for table, column, first, where in places:
        for row, strength, number in plant.graded(table, where, each):
            before = (
                _moment(plant, table, row, first) - back[strength] - timedelta(seconds=37 * number)
            )
            note = f"{column} before {first}"
            plant.spoil("T101", table, row, column, before, strength, note)
            if column == "converted_at":
                plant.follows("T101", table, row, "first_response_at")
    at_once = (sales.status == LOST) & (sales.reached == 0)
    at_once &= plant.untouched("stage_history", "deal_id", "deals")
    for row, _ in plant.lookalikes("deals", at_once, 0.4):
        created = _moment(plant, "deals", row, "created_at")
        moves = plant.children("stage_history", "deal_id", "deals", row)
        plant.table("stage_history").set(int(moves[-1]), changed_at=created)
        plant.take("stage_history", moves)
        plant.alike(
            "T101",
            "deals",
            row,
            "closed_at",
            "refused over the counter, at once",
            closed_at=created,
        )
        plant.follows("C109", "deals", row)
    for row, _ in plant.lookalikes("contacts", share=0.4):
        created = _moment(plant, "contacts", row, "created_at")
        plant.alike(
            "T101", "contacts", row, "updated_at", "never changed since", updated_at=created
        )
    solved = tickets.filled("resolved_at")
    for row, _ in plant.lookalikes("tickets", solved, 0.2):
        answered = _moment(plant, "tickets", row, "first_response_at")
        note = "solved with the first answer"
        plant.alike("T101", "tickets", row, "resolved_at", note, resolved_at=answered)


def _future(plant: Planter) -> None:
    """Days to come in columns of what has happened, and days before there was a company."""
    sales = plant.made.sales
    lost = sales.status == LOST
    end = to_datetime(END)
    third = -(-plant.n // 3)
    # A day beyond 2050 in a column of ends only says that there is no end.
    ways: tuple[tuple[str, str, str, Bools | None, tuple[object, ...], str], ...] = (
        ("blatant", "documents", "sent_at", None, (datetime(2062, 3, 1, 12), _DAY_ZERO), "a slip"),
        ("blatant", "contacts", "birth_date", None, (date(2071, 5, 4), date(2046, 1, 9)), "unborn"),
        ("blatant", "deals", "closed_at", lost, (datetime(2036, 5, 4, 9, 30), _EPOCH), "a slip"),
        ("clear", "deals", "closed_at", lost, (datetime(2027, 2, 11, 11, 5),), "next year"),
        (
            "clear",
            "invoices",
            "issued_at",
            None,
            (date(2027, 6, 15), date(2028, 1, 9)),
            "next year",
        ),
        ("clear", "contacts", "created_at", None, (datetime(2010, 5, 5, 9, 1),), "no company yet"),
        ("faint", "deals", "closed_at", lost, (end + timedelta(hours=17, seconds=11),), "tomorrow"),
        (
            "faint",
            "activities",
            "logged_at",
            None,
            (end + timedelta(hours=15, minutes=4),),
            "tomorrow",
        ),
        ("faint", "contacts", "birth_date", None, (date(2026, 8, 30), date(2026, 9, 2)), "a baby"),
    )
    for strength, table, column, where, values, note in ways:
        for number, row in enumerate(plant.pick(table, third, where)):
            value = values[number % len(values)]
            plant.spoil("T102", table, row, column, value, strength, note)
            plant.follows("T101", table, row, column)
            if column == "logged_at":
                plant.follows("F107", table, row, column)
            if value in (_DAY_ZERO, _EPOCH):
                plant.follows("C104", table, row, column, "day zero of a computer")
    opened = sales.status == OPEN
    for row, number in plant.lookalikes("deals", opened, 0.3):
        planned = date(2027, 1 + number % 6, 5 + number % 20)
        plant.alike("T102", "deals", row, "expected_close_at", "a plan", expected_close_at=planned)
    for row, _ in plant.lookalikes("deals", opened, 0.1):
        never = datetime(9999, 12, 31)
        plant.alike(
            "T102", "deals", row, "closed_at", "no end yet, as some systems say", closed_at=never
        )
    for row, number in plant.lookalikes("contacts", share=0.3):
        born = date(1931 + number % 12, 2 + number % 10, 3 + number % 25)
        plant.alike(
            "T102", "contacts", row, "birth_date", "an old man, as there are", birth_date=born
        )
    for row, _ in plant.lookalikes(
        "user_history", ~plant.table("user_history").filled("valid_to"), 0.3
    ):
        note = "open to the end"
        plant.alike("T102", "user_history", row, "valid_to", note, valid_to=date(9999, 12, 31))
    if plant.block.first:
        for row, _ in plant.lookalikes("products", share=0.2):
            last = date(2099, 12, 31)
            plant.alike(
                "T102",
                "products",
                row,
                "discontinued_at",
                "no end is planned",
                discontinued_at=last,
            )


def _between(first: datetime, last: datetime, share: float) -> datetime:
    return first + timedelta(seconds=int((last - first).total_seconds() * share))


def _stages(plant: Planter) -> None:
    """Stages that were skipped, gone back, or left though they are final."""
    sales, history = plant.made.sales, plant.table("stage_history")
    quiet = plant.untouched("stage_history", "deal_id", "deals") & (sales.status != OPEN)
    long = quiet & (sales.reached == 3)
    for row, strength, number in plant.graded("deals", long):
        moves = [int(move) for move in plant.children("stage_history", "deal_id", "deals", row)]
        plant.take("stage_history", moves)
        names = pipelines()[int(sales.pipeline[row])].stages
        last = moves[-1]
        closed, end = (
            _moment(plant, "stage_history", last, "changed_at"),
            history.get(last, "to_stage"),
        )
        if strength == "blatant":
            history.set(
                last,
                changed_at=_between(
                    _moment(plant, "stage_history", moves[-2], "changed_at"), closed, 0.6
                ),
            )
            middle = _between(_moment(plant, "stage_history", last, "changed_at"), closed, 0.5)
            _move(plant, last, last + 0.3, end, names[0], middle)
            _move(plant, last, last + 0.6, names[0], end, closed)
            note = "from its end back to the beginning, and to the end again"
        elif strength == "clear" and number % 2:
            plant.drop("stage_history", moves[1:3])
            history.set(moves[3], from_stage=names[0])
            note = "two stages skipped"
        elif strength == "clear":
            before = _moment(plant, "stage_history", moves[2], "changed_at")
            after = _moment(plant, "stage_history", moves[3], "changed_at")
            _move(plant, moves[2], moves[2] + 0.3, names[2], names[0], _between(before, after, 0.3))
            _move(plant, moves[2], moves[2] + 0.6, names[0], names[2], _between(before, after, 0.6))
            note = "two stages back, and forward again"
        else:
            plant.drop("stage_history", moves[2:3])
            history.set(moves[3], from_stage=names[1])
            note = "one stage skipped"
        plant.blemish("T103", "deals", row, strength, "stage", note)
    lost = quiet & (sales.status == LOST) & (sales.reached >= 1)
    for row, _ in plant.lookalikes("deals", lost, 0.6):
        moves = [int(move) for move in plant.children("stage_history", "deal_id", "deals", row)]
        plant.take("stage_history", moves)
        names = pipelines()[int(sales.pipeline[row])].stages
        last = moves[-1]
        closed, end = (
            _moment(plant, "stage_history", last, "changed_at"),
            history.get(last, "to_stage"),
        )
        begun = _moment(plant, "stage_history", moves[-2], "changed_at")
        history.set(last, changed_at=_between(begun, closed, 0.4))
        _move(plant, last, last + 0.3, end, names[1], _between(begun, closed, 0.7))
        _move(plant, last, last + 0.6, names[1], end, closed)
        plant.alike("T103", "deals", row, "stage", "reopened, as the stages allow, and lost again")
    for row, _ in plant.lookalikes("deals", long, 0.4):
        moves = [int(move) for move in plant.children("stage_history", "deal_id", "deals", row)]
        plant.take("stage_history", moves)
        stage = history.get(moves[2], "to_stage")
        before = _moment(plant, "stage_history", moves[2], "changed_at")
        after = _moment(plant, "stage_history", moves[3], "changed_at")
        _move(plant, moves[2], moves[2] + 0.5, stage, stage, _between(before, after, 0.5))
        plant.alike("T103", "deals", row, "stage", "saved again in the same stage")


def _move(
    plant: Planter, like: int, place: float, before: object, after: object, when: datetime
) -> None:
    new = plant.copy("stage_history", like, from_stage=before, to_stage=after, changed_at=when)
    plant.table("stage_history").move(new, place)


def _stuck(plant: Planter) -> None:
    """Deals that stand open in a stage far longer than any deal ever did."""
    sales = plant.made.sales
    quiet = plant.untouched("stage_history", "deal_id", "deals")
    quiet &= plant.untouched("activities", "deal_id", "deals")
    since = sales.entered[np.arange(len(sales.account)), sales.reached]
    age = END_DAY - since // DAY
    slow = np.array([made.scale > 0.5 for made in pipelines()])[sales.pipeline]
    lost = (sales.status == LOST) & quiet & ~slow & ((sales.reached < 2) | (sales.amount != NONE))
    for strength, low, high in (("blatant", 620, 1010), ("clear", 300, 520), ("faint", 165, 230)):
        for row in plant.pick("deals", plant.n, lost & (age > low) & (age < high)):
            _reopen(plant, row)
            note = f"{age[row]} days in this stage"
            plant.blemish("T104", "deals", row, strength, "stage", note)
    old = sales.entered[:, 0] < END - 45 * DAY
    fresh = (sales.status == OPEN) & old & (age < 40)
    for row, _ in plant.lookalikes("deals", fresh, 0.5):
        plant.alike("T104", "deals", row, "stage", "an old deal that moved of late")
    tenders = (sales.status == OPEN) & slow & (age > 10)
    for row, _ in plant.lookalikes("deals", tenders, 0.5):
        plant.alike("T104", "deals", row, "stage", "tenders take that long")


def _reopen(plant: Planter, row: int) -> None:
    """A deal that was lost long ago was never closed."""
    sales = plant.made.sales
    stage = int(sales.reached[row])
    moves = plant.children("stage_history", "deal_id", "deals", row)
    plant.drop("stage_history", moves[-1:])
    plant.take("stage_history", moves)
    steps = word_list("next_steps")
    step = steps[int(steps.start[sales.language[row]])]
    soon = calendar("GB").next_work(np.array([END_DAY + 1 + row % 9]))
    hour = to_datetime(int(soon[0]) * DAY + 10 * 3600 + row % 5000)
    amount = plant.table("deals").columns["amount"].value(row)
    chance = int(PROBABILITY[stage])
    expected = None if amount is None else round(amount * chance / 100, 2)  # type: ignore[operator]
    plant.table("deals").set(
        row, status="open", stage=pipelines()[int(sales.pipeline[row])].stages[stage],
        closed_at=None, lost_reason=None, lost_side=None, probability=chance,
        expected_amount=expected, next_step=step, next_step_at=hour,
    )  # fmt: skip
    plant.follows("C112", "accounts", int(sales.account[row]))
    plant.follows("R103", "deals", row, "owner_id")
