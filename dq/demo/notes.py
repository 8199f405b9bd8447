"""Notes as sellers write them: who, what, how much, until when."""

from __future__ import annotations

import random
from datetime import date, datetime

from dq.demo.people import LANGUAGES, Words, words
from dq.demo.when import later

__all__ = ["note_text"]

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def note_text(
    rng: random.Random, vocabulary: Words, moment: datetime, people: list[str], goods: list[str]
) -> str:
    """A note that says something: who, what, how much, until when."""
    language = next(code for code in LANGUAGES if words(code) is vocabulary)
    text: str = rng.choice(vocabulary["notes"])
    unit = {"ru": "тыс.", "uk": "тис.", "en": "k"}[language]
    return text.format(
        product=rng.choice(goods),
        count=rng.randint(2, 48),
        day=_day_text(later(rng, moment, rng.randint(2, 21)).date(), language),
        sum=f"{rng.randint(12, 980)} {unit}",
        person=rng.choice(people),
        percent=rng.randint(2, 14),
    )


def _day_text(day: date, language: str) -> str:
    """A day as people write it in a note."""
    if language == "en":
        return f"{day.day} {_MONTHS[day.month - 1]}"
    return f"{day.day:02d}.{day.month:02d}"
