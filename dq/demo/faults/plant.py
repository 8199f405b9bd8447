"""Plants faults and keeps the truth: what was spoiled, where, and what only looks spoiled."""

from __future__ import annotations

import random
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from dq.demo.sales import Path
from dq.demo.world import Row, World

__all__ = ["Planter", "Truth", "Where", "among", "both", "cell", "empty", "filled", "found_in"]

Where = Callable[[Row], bool]
"""Says whether a record will do."""


def cell(value: object) -> str:
    """A value as it stands in the files."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | Decimal | int):
        return str(value)
    return f"{value}"


def among(column: str, *values: object) -> Where:
    """The column holds one of the values."""
    return lambda row: row[column] in values


def found_in(column: str, values: Container[object]) -> Where:
    """The column's value is in a set."""
    return lambda row: row[column] in values


def filled(column: str) -> Where:
    """The column holds something."""
    return lambda row: row[column] is not None


def empty(column: str) -> Where:
    """The column holds nothing."""
    return lambda row: row[column] is None


def both(first: Where, second: Where) -> Where:
    """Two conditions at once."""
    return lambda row: first(row) and second(row)


@dataclass(frozen=True)
class Truth:
    """One cell (or record, or table) of the truth.

    `kind` is `planted` for the fault itself and `follows` for what it rightly draws besides:
    the second counts neither as missed nor as a false alarm. `strength` is strong, medium or
    weak: how plainly the fault shows. `key` is empty for a fault of a whole table.
    """

    code: str
    table: str
    key: str
    column: str
    value: str
    was: str
    strength: str
    kind: str
    note: str


class Planter:
    """Hands out untouched records to spoil, and writes down what was done to them."""

    def __init__(self, world: World, paths: dict[str, Path]) -> None:
        self.world = world
        self.paths = paths
        self.count = min(20, max(5, world.rows // 150))
        self.faults: list[Truth] = []
        self.innocent: list[Truth] = []
        self._touched: set[tuple[str, str]] = set()
        self._rng = world.rng("faults")

    def rng(self, part: str) -> random.Random:
        """A stream of its own for a family of faults."""
        return self.world.rng(f"faults:{part}")

    def touch(self, table: str, key: str) -> None:
        """Keep a record from being spoiled by a later fault."""
        self._touched.add((table, key))

    def touch_all(self, table: str, rows: Iterable[Row]) -> None:
        """Keep several records from being spoiled by a later fault."""
        for row in rows:
            self.touch(table, row["id"])

    def is_free(self, table: str, key: str | None) -> bool:
        """Whether no fault has had this record yet."""
        return key is not None and (table, key) not in self._touched

    def pick(self, table: str, count: int, where: Where = lambda row: True) -> list[Row]:
        """Up to `count` untouched records, in an order of chance; they are touched now."""
        free = [row for row in self.world.tables[table] if self.is_free(table, row["id"])]
        fitting = [row for row in free if where(row)]
        chosen = self._rng.sample(fitting, min(count, len(fitting)))
        self.touch_all(table, chosen)
        return chosen

    def spoil(
        self,
        code: str,
        table: str,
        row: Row,
        column: str,
        value: object,
        strength: str = "strong",
        note: str = "",
    ) -> None:
        """Put a value into a cell and write the fault down."""
        was = row[column]
        row[column] = value
        self.fault(code, table, row["id"], column, value, was, strength, note=note)

    def fault(
        self,
        code: str,
        table: str,
        key: str,
        column: str = "",
        value: object = None,
        was: object = None,
        strength: str = "strong",
        kind: str = "planted",
        note: str = "",
    ) -> None:
        """Write a fault down that is already in the data."""
        truth = Truth(code, table, key, column, cell(value), cell(was), strength, kind, note)
        self.faults.append(truth)

    def follows(self, code: str, table: str, key: str, column: str = "", note: str = "") -> None:
        """Write down what another fault rightly draws besides."""
        self.fault(code, table, key, column, kind="follows", note=note)

    def alike(
        self,
        code: str,
        table: str,
        row: Row,
        column: str = "",
        value: object = None,
        note: str = "",
    ) -> None:
        """Write down an innocent record; with a value, first make it look like a fault."""
        was = row.get(column)
        if value is not None:
            row[column] = value
        shown = row.get(column)
        self.innocent.append(
            Truth(code, table, row["id"], column, cell(shown), cell(was), "", "innocent", note)
        )

    def drop(self, table: str, where: Where) -> None:
        """Remove records; their keys are not given out again."""
        self.world.tables[table] = [row for row in self.world.tables[table] if not where(row)]

    def forget_price(self, deal: Row) -> None:
        """A deal of which nobody wrote down the money: no amount, no lines."""
        deal["expected_amount"] = deal["cost"] = None
        self.drop("deal_lines", among("deal_id", deal["id"]))

    def canonical_stage(self, deal: Row) -> str:
        """The canonical name of the stage in which the deal is."""
        return self.paths[deal["id"]][-1][0]

    def with_lines(self) -> set[str]:
        """Keys of deals that have lines."""
        return {line["deal_id"] for line in self.world.tables["deal_lines"]}
