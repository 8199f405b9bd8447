"""The sample CRM: a small seeded company with planted, listed faults.

`generate` writes into a folder

- `in/`: one CSV file a table, as CRMs, an accounting system and a help desk export them,
- `dq.yaml` and `glossary.yaml`: the project's settings and words,
- `truth/faults.csv` and `truth/innocent.csv`: which records are spoiled, how, and which
  only look so.

The same rows and seed give the same bytes. Faults are written from the descriptions of the
rules; no rule, normaliser or matcher is used here, so that the truth is independent of them.
"""

from __future__ import annotations

from pathlib import Path

from dq.demo.clients import fill_clients
from dq.demo.faults.accuracy import plant_values
from dq.demo.faults.completeness import plant_completeness, plant_thin_records
from dq.demo.faults.duplicates import plant_duplicates, plant_repeated_keys
from dq.demo.faults.plant import Planter
from dq.demo.faults.plausible import plant_plausible
from dq.demo.faults.relations import plant_relations
from dq.demo.faults.thin import list_constant_columns, plant_surroundings
from dq.demo.house import fill_house
from dq.demo.leads import fill_leads
from dq.demo.money import fill_money
from dq.demo.sales import fill_sales
from dq.demo.work import fill_work
from dq.demo.world import World
from dq.demo.write import write_project, write_tables, write_truth
from dq.errors import UsageError

__all__ = ["LEAST_ROWS", "generate"]

LEAST_ROWS = 100
"""Below this there are too few records to plant every fault."""


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
    world = World(rows, seed)
    fill_house(world)
    fill_clients(world)
    paths = fill_sales(world)
    fill_leads(world)
    fill_work(world, paths)
    fill_money(world, paths)
    plant = Planter(world, paths)
    busy = {deal["account_id"] for deal in world.tables["deals"] if deal["status"] == "open"}
    plant_surroundings(plant)
    plant_relations(plant)
    plant_completeness(plant)
    plant_thin_records(plant, busy)
    plant_values(plant)
    plant_plausible(plant)
    plant_duplicates(plant)
    plant_repeated_keys(plant)
    list_constant_columns(plant)
    into.mkdir(parents=True, exist_ok=True)
    write_tables(world, into / "in")
    write_project(into)
    write_truth(plant.faults, plant.innocent, into / "truth")
