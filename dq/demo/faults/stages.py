"""Family T, second half: stages that were skipped or gone back, and deals that stand still."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

import numpy as np

from dq.demo.chance import NONE, Ints
from dq.demo.faults.plant import Planter
from dq.demo.lexicon import pipelines, word_list
from dq.demo.sales import LOST, OPEN, PROBABILITY
from dq.demo.when import DAY, END, END_DAY, calendar, to_datetime

__all__ = ["plant_stages"]


def plant_stages(plant: Planter) -> None:
    """T103 and T104."""
    _stuck(plant)
    sales = plant.made.sales
    quiet = plant.untouched("stage_history", "deal_id", "deals") & (sales.status != OPEN)
    long = quiet & (sales.reached == 3)
    for row, strength, number in plant.graded("deals", long):
        note = _Path(plant, row).spoil(strength, number)
        plant.blemish("T103", "deals", row, strength, "stage", note)
    lost = quiet & (sales.status == LOST) & (sales.reached >= 1)
    for row, _ in plant.lookalikes("deals", lost, 0.6):
        _Path(plant, row).reopen()
        plant.alike("T103", "deals", row, "stage", "reopened, as the stages allow, and lost again")
    for row, _ in plant.lookalikes("deals", long, 0.4):
        _Path(plant, row).save_again()
        plant.alike("T103", "deals", row, "stage", "saved again in the same stage")


class _Path:
    """The moves of one deal; all rows of its history are touched."""

    def __init__(self, plant: Planter, deal: int) -> None:
        self._plant = plant
        self._history = plant.table("stage_history")
        found = plant.children("stage_history", "deal_id", "deals", deal)
        self._moves = [int(move) for move in found]
        plant.take("stage_history", found)
        self._names = pipelines()[int(plant.made.sales.pipeline[deal])].stages
        self._last = self._moves[-1]
        self._end = self._history.get(self._last, "to_stage")

    def _at(self, place: int) -> datetime:
        return self._history.moment(self._moves[place], "changed_at")

    def _between(self, place: int, share: float) -> datetime:
        """A moment on the way from a move to the one after it."""
        first, second = self._at(place), self._at(place + 1)
        return first + timedelta(seconds=int((second - first).total_seconds() * share))

    def _insert(self, behind: int, before: object, after: object, when: datetime) -> None:
        """A move of its own behind another; moves put in later stand behind those before."""
        new = self._plant.copy(
            "stage_history", behind, from_stage=before, to_stage=after, changed_at=when
        )
        self._history.move(new, behind + 0.5)

    def spoil(self, strength: str, number: int) -> str:
        """Make a move that the stages do not allow; say which."""
        names = self._names
        if strength == "blatant":
            self._detour(names[0])
            return "from its end back to the beginning, and to the end again"
        if strength == "clear" and number % 2:
            self._plant.drop("stage_history", self._moves[1:3])
            self._history.set(self._moves[3], from_stage=names[0])
            return "two stages skipped"
        if strength == "clear":
            there, back = self._between(2, 0.3), self._between(2, 0.6)
            self._insert(self._moves[2], names[2], names[0], there)
            self._insert(self._moves[2], names[0], names[2], back)
            return "two stages back, and forward again"
        self._plant.drop("stage_history", self._moves[2:3])
        self._history.set(self._moves[3], from_stage=names[1])
        return "one stage skipped"

    def reopen(self) -> None:
        """Back from the end to the second stage, and to the end again."""
        self._detour(self._names[1])

    def save_again(self) -> None:
        """A move from a stage to itself."""
        stage = self._history.get(self._moves[2], "to_stage")
        self._insert(self._moves[2], stage, stage, self._between(2, 0.5))

    def _detour(self, through: str) -> None:
        """The deal ended earlier, went to another stage and ended again when it did."""
        closed = self._at(-1)
        early, middle = self._between(-2, 0.5), self._between(-2, 0.75)
        self._history.set(self._last, changed_at=early)
        self._insert(self._last, self._end, through, middle)
        self._insert(self._last, through, self._end, closed)


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
    _list_slow(plant, age)
    old = sales.entered[:, 0] < END - 45 * DAY
    fresh = (sales.status == OPEN) & old & (age < 40)
    for row, _ in plant.lookalikes("deals", fresh, 0.5):
        plant.alike("T104", "deals", row, "stage", "an old deal that moved of late")
    tenders = (sales.status == OPEN) & slow & (age > 10)
    for row, _ in plant.lookalikes("deals", tenders, 0.5):
        plant.alike("T104", "deals", row, "stage", "tenders take that long")


def _list_slow(plant: Planter, age: Ints) -> None:
    """Open deals that by chance stand longer than all but one in a hundred of their stage did."""
    sales = plant.made.sales
    ladder = sales.entered.shape[1]
    for pipeline, place in product(range(len(pipelines())), range(ladder)):
        mine = (sales.pipeline == pipeline) & (sales.entered[:, place] != NONE)
        ends = np.where(sales.status == OPEN, NONE, sales.closed)
        if place + 1 < ladder:
            going = sales.reached > place
            ends = np.where(going, sales.entered[:, place + 1], ends)
        past = mine & (ends != NONE)
        if not past.any():
            continue
        usual = np.quantile((ends - sales.entered[:, place])[past] / DAY, 0.99)
        slow = mine & (sales.status == OPEN) & (sales.reached == place) & (age > usual)
        for row in np.flatnonzero(slow & plant.free("deals")).tolist():
            plant.follows("T104", "deals", row, "stage", f"{age[row]} days, by chance")


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
