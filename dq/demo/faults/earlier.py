"""T107: a certified quarter, as it stood then, and what has been changed in it since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dq.demo.chance import NONE
from dq.demo.faults.plant import Planter
from dq.demo.sales import LOST, WON
from dq.demo.text import arrow, same
from dq.demo.when import day_number, day_of

__all__ = ["EARLIER", "Since", "earlier_deals", "plant_since"]

EARLIER = "deals_2026Q2"
_FIRST, _NEXT = date(2026, 4, 1), date(2026, 7, 1)

_BELONGS = (
    "activities", "stage_history", "deal_contacts", "deal_lines", "tasks", "documents", "touches",
)  # fmt: skip
"""Tables whose rows go with their deal."""


class Since:
    """Changes since the quarter was certified: keys that came, rows that went, cells before."""

    def __init__(self) -> None:
        self.came: set[str] = set()
        self.went: list[dict[str, str | None]] = []
        self.before: dict[str, dict[str, str | None]] = {}


def plant_since(plant: Planter) -> Since:
    """Choose what the earlier export knew differently; the tables of today are right."""
    since = Since()
    sales, deals = plant.made.sales, plant.table("deals")
    days = day_of(np.where(sales.closed == NONE, 0, sales.closed))
    inside = (days >= day_number(_FIRST)) & (days < day_number(_NEXT))
    parts = -(-plant.n // 4)
    factors = {"blatant": Decimal("0.5"), "clear": Decimal("0.9"), "faint": Decimal("0.995")}
    priced = inside & (sales.amount != NONE)
    for row, strength, _ in plant.graded("deals", priced, parts):
        amount = deals.amount(row, "amount")
        was = (amount * factors[strength]).quantize(Decimal("0.01"))
        _altered(plant, since, row, "amount", deals.style.show(was), strength)
    for row, strength, _ in plant.graded("deals", inside & (days > day_number(_FIRST) + 20), parts):
        back = {"blatant": 1, "clear": 2, "faint": 3}[strength]
        key = plant.key("deals", row)
        since.came.add(key)
        plant.fault(
            "T107",
            "deals",
            key,
            "",
            strength,
            note=f"closed in the quarter, entered {back} months later",
        )
    later = (days >= day_number(_NEXT)) & (days < day_number(_NEXT) + 20) & (sales.status == WON)
    for row, strength, number in plant.graded("deals", later, parts):
        wait = {"blatant": 60, "clear": 20, "faint": 1}[strength]
        day = datetime(2026, 6, 30, 16, 10) - timedelta(days=wait, minutes=number)
        _altered(plant, since, row, "closed_at", deals.style.show(day), strength)
    _erase(plant, since, inside & (sales.status == LOST))
    for row, _ in plant.lookalikes("deals", inside, 0.6):
        key = plant.key("deals", row)
        since.before.setdefault(key, {})["name"] = f"{deals.get(row, 'name')} (v1)"
        plant.alike("T107", "deals", row, "name", "renamed: no total of the quarter knows names")
    still = (sales.status == LOST) & (days >= day_number(_NEXT) + 25)
    for row, _ in plant.lookalikes("deals", still, 0.4):
        plant.alike("T107", "deals", row, "closed_at", "of a quarter that nobody has certified")
    return since


def _altered(plant: Planter, since: Since, row: int, column: str, was: str, strength: str) -> None:
    key = plant.key("deals", row)
    since.before.setdefault(key, {})[column] = was
    now = plant.table("deals").text(row, column)
    note = "changed since the quarter was certified"
    plant.fault("T107", "deals", key, column, strength, now, was, note)


def _erase(plant: Planter, since: Since, where: Any) -> None:
    """Deals that the quarter had, and that are gone today with all that belonged to them."""
    deals = plant.table("deals")
    alone = where & (deals["lead_id"] == NONE)
    for table in _BELONGS:
        alone &= plant.untouched(table, "deal_id", "deals")
    for row, strength, _ in plant.graded("deals", alone, -(-plant.n // 4)):
        key = plant.key("deals", row)
        since.went.append({name: deals.text(row, name) or None for name in deals.columns})
        plant.fault("T107", "deals", key, "", strength, "", key, "gone without a mark of deletion")
        for table in _BELONGS:
            plant.drop(table, plant.children(table, "deal_id", "deals", row))
        plant.drop("deals", [row])


def earlier_deals(texts: Mapping[str, Any], since: Since) -> dict[str, Any]:
    """Deals closed in the quarter, as they were exported when it was certified."""
    keys, closed = texts["id"], pc.coalesce(texts["closed_at"], same(""))
    inside = pc.and_(
        pc.greater_equal(closed, same(_FIRST.isoformat())),
        pc.less(closed, same(_NEXT.isoformat())),
    )
    moved = [key for key, cells in since.before.items() if "closed_at" in cells]
    wanted = pc.or_(inside, pc.is_in(keys, value_set=arrow(moved)))
    came = pc.is_in(keys, value_set=arrow(sorted(since.came)))
    kept = pc.and_(wanted, pc.invert(came))
    found = {name: column.filter(kept) for name, column in texts.items()}
    place = {key: spot for spot, key in enumerate(found["id"].to_pylist())}
    for name in found:
        cells = {
            place[key]: before[name]
            for key, before in since.before.items()
            if name in before and key in place
        }
        mask = np.zeros(len(found[name]), dtype=np.bool_)
        mask[list(cells)] = True
        values = arrow([cells[spot] for spot in sorted(cells)])
        changed = pc.replace_with_mask(found[name], arrow(mask), values)
        gone = arrow([row[name] for row in since.went])
        found[name] = pa.concat_arrays([_whole(changed), gone])
    return found


def _whole(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
