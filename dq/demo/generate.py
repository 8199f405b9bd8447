"""The sample CRM: a seeded company with planted, listed faults.

`generate` writes into a folder

- `in/`: one CSV file a table, as CRMs, an accounting system and a help desk export them,
- `outside/`: the telephone switch's log, the books, the CRM's own log of actions,
- `earlier/`: the deals of a quarter as they were exported when it was certified,
- `dq.yaml` and `glossary.yaml`: the project's settings and words,
- `truth/`: which records are spoiled, how and how plainly, and which only look so; and in
  `conflicts.csv` where departments mean different things by one word, how their records stand
  to each other (a is a subset, superset … of b) in these data, and why they say so.

The same rows and seed give the same bytes. Faults are written from the descriptions of the
rules; no rule, normaliser or matcher is used here, so that the truth is independent of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dq.demo.columns import Style
from dq.demo.faults.earlier import EARLIER, earlier_deals
from dq.demo.faults.everything import plant_all
from dq.demo.faults.plant import Outside, Planter, Same, Truth
from dq.demo.house import House, make_house
from dq.demo.made import make
from dq.demo.outside import BOOKS, OUTSIDE
from dq.demo.text import arrow, join, numbers_in
from dq.demo.world import Block, blocks
from dq.demo.write import append_columns, write_rows
from dq.errors import UsageError

__all__ = ["LEAST_ROWS", "generate"]

LEAST_ROWS = 1000
"""Below this there are too few records to plant every fault."""

CONFLICTS = "conflicts.csv"
"""What departments mean by the words of the glossary, written by hand."""

_FOLDERS = ("in", "outside", "earlier", "truth")
_TRUTHS = {"faults": Truth, "innocent": Truth, "duplicates": Same, "outside": Outside}


def generate(into: Path, rows: int = 3000, seed: int = 1) -> None:
    """Write the sample CRM with its truth.

    Args:
        into: folder to write to; made if absent, files of the same name are replaced.
        rows: number of deals; all tables together have about twenty times as many records.
        seed: another seed gives another company.

    Raises:
        UsageError: `rows` is below `LEAST_ROWS`.
    """
    if rows < LEAST_ROWS:
        raise UsageError(
            "The sample CRM needs at least {least} deals, not {rows}.",
            fix="Give a larger number.",
            least=LEAST_ROWS,
            rows=rows,
        )
    for name in _FOLDERS:
        shutil.rmtree(into / name, ignore_errors=True)
        (into / name).mkdir(parents=True)
    for name in ("dq.yaml", "glossary.yaml"):
        text = (files("dq.demo") / "project" / name).read_text(encoding="utf-8")
        (into / name).write_bytes(text.encode("utf-8"))
    conflicts = (files("dq.demo") / "project" / CONFLICTS).read_text(encoding="utf-8")
    (into / "truth" / CONFLICTS).write_bytes(conflicts.encode("utf-8"))
    house = make_house(seed)
    months: dict[str, int] = {}
    for block in blocks(rows, seed):
        _write_block(into, block, house, months)
    header = ("month", "revenue_eur")
    lines = [
        (month, f"{cents // 100}.{cents % 100:02d}") for month, cents in sorted(months.items())
    ]
    write_rows(into / "outside" / "ledger_months.csv", header, lines, Style())


def _write_block(into: Path, block: Block, house: House, months: dict[str, int]) -> None:
    made = make(block, house)
    plant, since = plant_all(made)
    for name, table in block.tables.items():
        texts = table.texts()
        folder = "outside" if name in OUTSIDE else "in"
        append_columns(into / folder / f"{name}.csv", texts, table.style)
        if name == "deals":
            before = earlier_deals(texts, since)
            append_columns(into / "earlier" / f"{EARLIER}.csv", before, table.style)
        elif name == BOOKS:
            _add_months(texts, months)
    _write_truth(into / "truth", plant)


def _add_months(books: dict[str, Any], months: dict[str, int]) -> None:
    """Revenue of each month in euro cents, as the books have it."""
    days = books["Дата"]
    month = join(
        pc.utf8_slice_codeunits(days, 6, 10), "-", pc.utf8_slice_codeunits(days, 3, 5)
    ).dictionary_encode()
    cents = numbers_in(pc.replace_substring(books["СуммаEUR"], ",", "").cast(pa.int64()))
    sums = np.zeros(len(month.dictionary), dtype=np.int64)
    np.add.at(sums, numbers_in(month.indices), cents)
    for name, amount in zip(month.dictionary.to_pylist(), sums.tolist(), strict=True):
        months[name] = months.get(name, 0) + amount


def _write_truth(folder: Path, plant: Planter) -> None:
    """The four lists, each sorted; a block's behind those of the block before."""
    lists: dict[str, Iterable[Truth | Same | Outside]] = {
        "faults": plant.faults, "innocent": plant.innocent, "duplicates": plant.same,
        "outside": plant.outside,
    }  # fmt: skip
    for name, shape in _TRUTHS.items():
        names = [field.name for field in fields(shape)]
        rows = sorted({tuple(getattr(entry, column) for column in names) for entry in lists[name]})
        columns = {
            column: arrow([row[place] or None for row in rows])
            for place, column in enumerate(names)
        }
        append_columns(folder / f"{name}.csv", columns, Style())
