"""People and their words: vocabularies by language, names, e-mail addresses, phone styles."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["LANGUAGES", "Names", "Person", "Words", "latin", "phone_style", "words"]

LANGUAGES = ("ru", "uk", "en")

Words = Mapping[str, Any]
"""A vocabulary: lists of words and formats by name."""


@cache
def words(language: str) -> Words:
    """The vocabulary of a language."""
    text = (files("dq.demo") / "words" / f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True)
class Person:
    """A name in its parts; `middle` is a patronymic, empty in English."""

    first: str
    middle: str
    last: str

    @property
    def full(self) -> str:
        """As a CRM card shows it: surname first where there is a patronymic."""
        if self.middle:
            return f"{self.last} {self.first} {self.middle}"
        return f"{self.first} {self.last}"


class Names:
    """Gives names of one language; e-mail addresses never repeat."""

    def __init__(self, language: str, taken: set[str]) -> None:
        self.words = words(language)
        self._taken = taken

    def person(self, rng: random.Random) -> Person:
        """A name; names may repeat, as in life."""
        female = rng.random() < 0.48
        sex = "female" if female else "male"
        last = rng.choice(self.words["surnames_male"])
        if female:
            for male, form in self.words["feminine"].items():
                if last.endswith(male):
                    last = last.removesuffix(male) + form
                    break
        middles = self.words[f"middle_{sex}"]
        return Person(
            rng.choice(self.words[f"given_{sex}"]), rng.choice(middles) if middles else "", last
        )

    def email(self, rng: random.Random, person: Person, domain: str | None) -> str:
        """An address at the company's domain, or at a public provider."""
        first, last = latin(person.first, self.words), latin(person.last, self.words)
        base = rng.choice((f"{first[:1]}.{last}", f"{last}.{first[:1]}", f"{first}.{last}", last))
        host = domain or rng.choice(self.words["mail"])
        address, number = f"{base}@{host}", 1
        while address in self._taken:
            number += 1
            address = f"{base}{number}@{host}"
        self._taken.add(address)
        return address


def latin(text: str, vocabulary: Words) -> str:
    """Lower-case Latin letters and digits for a text, as in domains and addresses."""
    table = vocabulary["latin"]
    spelt = "".join(table.get(char, char) for char in text.lower())
    return "".join(char for char in spelt if char.isascii() and char.isalnum())


def phone_style(rng: random.Random, number: str, country: str) -> str:
    """One of the ways in which people type a valid number; Ukrainian ones keep their +380."""
    if country == "RU":
        area, rest = number[2:5], number[5:]
        split = f"{rest[:3]}-{rest[3:5]}-{rest[5:]}"
        styles = [number, number, f"+7 {area} {split}", f"8 ({area}) {split}", f"8{number[2:]}"]
    elif country == "UA":
        area, rest = number[4:6], number[6:]
        styles = [number, number, f"+380 {area} {rest[:3]} {rest[3:5]} {rest[5:]}"]
    else:
        styles = [number, number, f"+44 {number[3:7]} {number[7:]}"]
    return rng.choice(styles)
