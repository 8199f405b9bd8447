"""Plants faults and keeps the truth: what was spoiled, where, and what only looks spoiled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from dq.demo.chance import NONE, Bools, Chance, Ints
from dq.demo.columns import Keys
from dq.demo.made import Made
from dq.demo.outside import BOOKS, to_euros
from dq.demo.table import Table
from dq.demo.when import DAY

__all__ = ["STRENGTHS", "Outside", "Planter", "Same", "Truth"]

STRENGTHS = ("blatant", "clear", "faint")
"""How plainly a fault shows."""

_PER_DEAL = 24 / 50_000
"""Faults of each strength and rule for each deal; small samples have relatively more."""


@dataclass(frozen=True, order=True)
class Truth:
    """One cell (or record, or table) of the truth.

    `kind` is `planted` for the fault itself, `follows` for what it rightly draws besides (the
    second counts neither as missed nor as a false alarm) and `innocent`. `strength` is one of
    `STRENGTHS`, or `lookalike`. `key` is empty for a fault of a whole table. `value` and `was`
    are the cell as it stands in the file and as it would have stood.
    """

    code: str
    table: str
    key: str
    column: str
    strength: str
    kind: str
    value: str
    was: str
    note: str


@dataclass(frozen=True, order=True)
class Same:
    """A record of a cluster that means one person, company or deal; the key of its first one."""

    cluster: str
    table: str
    key: str
    code: str


@dataclass(frozen=True, order=True)
class Outside:
    """What a log outside the CRM and the CRM do not share; either key may be empty.

    `kind` is only_outside, only_crm, differs, or same (a lookalike).
    """

    log: str
    kind: str
    key: str
    table: str
    crm_key: str
    strength: str
    value: str
    was: str
    note: str


class Planter:
    """Hands out untouched records of a block to spoil, and writes down what was done to them."""

    def __init__(self, made: Made) -> None:
        self.made = made
        self.block = made.block
        self.tables = made.block.tables
        least = 2 if self.block.rows < 2500 else 4
        self.n = max(least, int(-(-self.block.rows * _PER_DEAL // 1)))
        self.faults: list[Truth] = []
        self.innocent: list[Truth] = []
        self.same: list[Same] = []
        self.outside: list[Outside] = []
        self._free: dict[str, Bools] = {}
        self._children: dict[tuple[str, str], tuple[Ints, Ints]] = {}
        self._chance = self.block.chance("faults")
        self._picks = 0

    # --- choosing ------------------------------------------------------------------------

    def chance(self, part: str) -> Chance:
        """A source of draws for a family of faults."""
        return self.block.chance(f"faults.{part}")

    def free(self, table: str) -> Bools:
        """Rows that no fault has had yet and that stand in the file."""
        if table not in self._free:
            self._free[table] = np.ones(self.tables[table].size, dtype=np.bool_)
        return np.asarray(self._free[table] & ~self.tables[table].gone)

    def take(self, table: str, rows: Iterable[int] | Ints) -> None:
        """Keep rows from being spoiled by a later fault."""
        self.free(table)
        made = [int(row) for row in rows if row < self.tables[table].size]
        self._free[table][made] = False

    def pick(self, table: str, count: int, where: Bools | None = None) -> list[int]:
        """Up to `count` untouched rows, in an order of chance; they are touched now."""
        mask = self.free(table) if where is None else self.free(table) & where
        self._picks += 1
        found = self._chance.some(f"{table}.{self._picks}", np.flatnonzero(mask), count)
        self._free[table][found] = False
        return [int(row) for row in found]

    def graded(
        self, table: str, where: Bools | None = None, each: int | None = None
    ) -> Iterator[tuple[int, str, int]]:
        """Rows for a fault in all strengths: row, strength, number within the strength."""
        picked = self.pick(table, len(STRENGTHS) * (self.n if each is None else each), where)
        for place, row in enumerate(picked):
            yield row, STRENGTHS[place % len(STRENGTHS)], place // len(STRENGTHS)

    def lookalikes(
        self, table: str, where: Bools | None = None, share: float = 1.0
    ) -> Iterator[tuple[int, int]]:
        """Rows for innocent records, together as many as for the fault: row, number."""
        count = max(1, round(len(STRENGTHS) * self.n * share))
        yield from ((row, place) for place, row in enumerate(self.pick(table, count, where)))

    # --- links ---------------------------------------------------------------------------

    def parents(self, child: str, column: str, parent: str) -> Ints:
        """For each row of a table the row of another that it was made to name, or -1."""
        raw = self.tables[child][column]
        return np.where(raw == NONE, -1, raw - self.block.base(parent))

    def children(self, child: str, column: str, parent: str, row: int) -> Ints:
        """Rows of a table that were made to name a row of another."""
        if (child, column) not in self._children:
            above = self.parents(child, column, parent)
            order = np.argsort(above, kind="stable")
            edges = np.arange(self.tables[parent].size + 1)
            self._children[child, column] = order, np.searchsorted(above[order], edges)
        order, first = self._children[child, column]
        return order[first[row] : first[row + 1]]

    def untouched(self, child: str, column: str, parent: str) -> Bools:
        """Rows of the parent none of whose children has been touched."""
        above = self.parents(child, column, parent)
        taken = above[~self.free(child) & (above >= 0)]
        mask = np.ones(self.tables[parent].size, dtype=np.bool_)
        mask[taken] = False
        return mask

    def named(self, table: str) -> Bools:
        """Rows of a table that any other table was made to name."""
        found = np.zeros(self.tables[table].size, dtype=np.bool_)
        base = self.block.base(table)
        for other in self.tables.values():
            for name, column in other.columns.items():
                links = isinstance(column, Keys) and name != "id"
                if links and column.prefix == self.tables[table].columns["id"].prefix:  # type: ignore[attr-defined]
                    raw = column.raw[(column.raw != NONE) & ~other.gone]
                    found[np.unique(raw - base)] = True
        return found

    def ticket_accounts(self) -> Ints:
        """The account that each ticket means by its name; -1 for none."""
        rows = {name: row for row, name in enumerate(self.made.clients.names.to_pylist())}
        tickets = self.tables["tickets"]
        names = tickets.columns["account_id"].texts(tickets.style).to_pylist()
        return np.array([rows.get(name, -1) for name in names])

    def silent(self) -> Bools:
        """Accounts that no ticket in the file means, so that a second of the name does no harm."""
        mask = np.ones(self.tables["accounts"].size, dtype=np.bool_)
        above = self.ticket_accounts()
        mask[above[(above >= 0) & ~self.tables["tickets"].gone]] = False
        return mask

    # --- writing down --------------------------------------------------------------------

    def key(self, table: str, row: int) -> str:
        """The key of a row as it stands now; keys of several columns are joined by a bar."""
        columns = {
            "deal_contacts": ("deal_id", "contact_id"),
            "user_history": ("user_id", "valid_from"),
            "rates": ("currency", "day"),
        }.get(table, ("id",))
        made = self.tables[table]
        return "|".join(made.text(row, column) for column in columns)

    def spoil(
        self, code: str, table: str, row: int, column: str, value: object, strength: str,
        note: str = "", kind: str = "planted",
    ) -> None:  # fmt: skip
        """Put a value into a cell and write the fault down."""
        made = self.tables[table]
        was = made.text(row, column)
        key = self.key(table, row)
        made.set(row, **{column: value})
        value = made.style.show(value)
        self.faults.append(Truth(code, table, key, column, strength, kind, value, was, note))

    def blemish(
        self, code: str, table: str, row: int, strength: str, column: str = "", note: str = ""
    ) -> None:
        """Write down a fault of a row that is already in the data."""
        value = self.tables[table].text(row, column) if column else ""
        self.fault(code, table, self.key(table, row), column, strength, value, "", note)

    def fault(
        self, code: str, table: str, key: str, column: str, strength: str, value: str = "",
        was: str = "", note: str = "",
    ) -> None:  # fmt: skip
        """Write down a fault that is already in the data, by its key."""
        self.faults.append(Truth(code, table, key, column, strength, "planted", value, was, note))

    def follows(
        self, code: str, table: str, row: int | None, column: str = "", note: str = "",
        value: str = "",
    ) -> None:  # fmt: skip
        """Write down what another fault rightly draws besides; `value` says when, of a table."""
        key = "" if row is None else self.key(table, row)
        self.faults.append(Truth(code, table, key, column, "", "follows", value, "", note))

    def alike(
        self, code: str, table: str, row: int, column: str, note: str, /, **cells: object
    ) -> None:
        """Write down an innocent row, after its cells were made to look like a fault."""
        made = self.tables[table]
        was = made.text(row, column) if column else ""
        made.set(row, **cells)
        value = made.text(row, column) if column else ""
        key = self.key(table, row)
        self.innocent.append(
            Truth(code, table, key, column, "lookalike", "innocent", value, was, note)
        )

    def alike_table(self, code: str, table: str, column: str, value: str, note: str) -> None:
        """Write down what looks like a fault of a whole table, and is none."""
        self.innocent.append(
            Truth(code, table, "", column, "lookalike", "innocent", value, "", note)
        )

    # --- shared actions ------------------------------------------------------------------

    def drop(self, table: str, rows: Iterable[int] | Ints) -> None:
        """Leave rows out of the file."""
        self.tables[table].drop(rows)

    def copy(self, table: str, row: int, /, **cells: object) -> int:
        """Add a copy of a row under a new key."""
        made = self.tables[table]
        keys = made.keys()
        number = self.block.base(table) + made.size + made.added
        new = made.copy(row)
        made.set(new, **{"id": f"{keys.prefix}{number:0{keys.width}d}", **cells})
        return new

    def revive(self, table: str, rows: Ints, count: int) -> list[int]:
        """Up to `count` spare rows, which were left out of the file until now."""
        self.free(table)
        spare = rows[self.tables[table].gone[rows]][:count]
        self.tables[table].gone[spare] = False
        self._free[table][spare] = False
        return [int(row) for row in spare]

    def is_same(self, code: str, first: tuple[str, int], *others: tuple[str, int]) -> None:
        """Write down records that mean one person, company or deal."""
        table, row = first
        cluster = f"{table}:{self.key(table, row)}"
        self.same += [
            Same(cluster, name, self.key(name, place), code) for name, place in (first, *others)
        ]

    def forget_price(self, deal: int) -> None:
        """A deal of which nobody wrote down the money: no amount, no lines."""
        self.tables["deals"].set(deal, expected_amount=None, cost=None)
        self.drop("deal_lines", self.children("deal_lines", "deal_id", "deals", deal))

    def restate(self, deal: int, amount: Decimal) -> None:
        """The books, too, say a new amount of a won deal."""
        row = int(np.flatnonzero(self.made.booked == deal)[0])
        sales = self.made.sales
        cents = np.array([int(amount * 100)])
        day = np.array([sales.closed[deal] // DAY])
        euros = int(to_euros(cents, sales.currency[[deal]], day, self.made.house)[0])
        self.tables[BOOKS].set(row, Сумма=amount, СуммаEUR=Decimal(euros).scaleb(-2))

    def take_deal(self, deal: int, *tables: str) -> None:
        """Keep a deal's records in other tables from being spoiled by a later fault."""
        for table in tables:
            self.take(table, self.children(table, "deal_id", "deals", deal))

    def table(self, name: str) -> Table:
        """A table by its name."""
        return self.tables[name]
