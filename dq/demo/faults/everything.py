"""All faults of a block, in the order in which they leave each other room."""

from __future__ import annotations

from dq.demo.faults.abroad import list_strangers, plant_abroad
from dq.demo.faults.completeness import plant_completeness
from dq.demo.faults.duplicates import plant_duplicates, plant_repeated_keys
from dq.demo.faults.earlier import Since, plant_since
from dq.demo.faults.fakes import plant_fakes
from dq.demo.faults.fuzzy import plant_fuzzy
from dq.demo.faults.gaming import plant_gaming
from dq.demo.faults.leavers import plant_leavers
from dq.demo.faults.plant import Planter
from dq.demo.faults.plausible import plant_plausible
from dq.demo.faults.relations import list_prospects, plant_relations
from dq.demo.faults.stages import plant_stages
from dq.demo.faults.surroundings import plant_surroundings
from dq.demo.faults.thin import plant_thin
from dq.demo.faults.times import plant_times
from dq.demo.faults.values import plant_values
from dq.demo.made import Made

__all__ = ["plant_all"]


def plant_all(made: Made) -> tuple[Planter, Since]:
    """Plant every fault in a block.

    Those that take records away come first, those that need many free ones of a kind before
    those that take any, and copies last, so that no copy of a spoiled record is called sound.
    """
    plant = Planter(made)
    plant_surroundings(plant)
    plant_thin(plant)
    plant_stages(plant)
    plant_times(plant)
    plant_completeness(plant)
    since = plant_since(plant)
    plant_leavers(plant)
    plant_relations(plant)
    plant_plausible(plant)
    plant_gaming(plant)
    plant_abroad(plant)
    plant_fakes(plant)
    plant_values(plant)
    plant_fuzzy(plant)
    plant_duplicates(plant)
    plant_repeated_keys(plant)
    list_prospects(plant)
    list_strangers(plant)
    return plant, since
