"""Notes as sellers write them: who, what, how much, until when."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from dq.demo.chance import Chance, Ints
from dq.demo.lexicon import LANGUAGES, english, words
from dq.demo.text import arrow, decimals, fill, join, take
from dq.demo.when import DAY, to_date

__all__ = ["note_texts"]

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_UNITS = ("тыс. руб", "тис. грн", "k", "тыс. тенге", "k")
_FIRST, _COUNT = 18_900, 2_200


@cache
def _days() -> tuple[Any, Any]:
    """Days as people write them in a note: 05.11, and 5 Nov in English."""
    days = [to_date(number) for number in range(_FIRST, _FIRST + _COUNT)]
    return (
        arrow([f"{day.day:02d}.{day.month:02d}" for day in days]),
        arrow([f"{day.day} {_MONTHS[day.month - 1]}" for day in days]),
    )


@cache
def _formats(part: str) -> tuple[list[str], int]:
    lists = [list(words(code)[part]) for code in LANGUAGES]
    return [form for forms in lists for form in forms], len(lists[0])


def note_texts(chance: Chance, language: Ints, moments: Ints, people: Any, goods: Any) -> Any:
    """Two sentences that say something, each with a day, a sum or a person.

    Args:
        chance: the draws.
        language: the language of each note.
        moments: when it was written; days in it are later.
        people: the person it is about, one a note.
        goods: names of all products.
    """
    count = len(language)
    western = english(language)
    both = pa.concat_arrays(list(_days()))
    unit = take(arrow(_UNITS), language)
    parts = []
    for part in ("notes", "then"):
        draws = chance.part(part)
        day = moments // DAY + draws.integers("day", count, 2, 23) - _FIRST
        fields = {
            "product": take(goods, draws.integers("product", count, 0, len(goods))),
            "count": decimals(draws.integers("count", count, 2, 49)),
            "day": take(both, np.clip(day, 0, _COUNT - 1) + _COUNT * western),
            "sum": join(decimals(draws.integers("sum", count, 12, 980)), " ", unit),
            "percent": decimals(draws.integers("percent", count, 2, 15)),
            "person": people,
        }
        formats, each = _formats(part)
        which = language * each + draws.integers("form", count, 0, each)
        parts.append(fill(formats, which, fields))
    return join(parts[0], " ", parts[1])
