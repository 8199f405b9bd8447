"""Words of the departments: vocabularies by language, and the same lists side by side.

A `WordList` holds one list of all departments, one after another, so that a word of any
language is one number and a column of words is drawn for all languages at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from dq.demo.chance import Bools, Floats, Ints
from dq.demo.text import arrow, take

__all__ = [
    "CURRENCIES", "DEPARTMENTS", "LANGUAGES", "PER_EURO", "SHARES", "Pipeline", "WordList",
    "Words", "by_language", "country_code", "english", "latin", "names_of", "pipelines",
    "places_of", "word_list", "words",
]  # fmt: skip

LANGUAGES = ("ru", "uk", "en", "kz", "us")
SHARES = (0.33, 0.28, 0.16, 0.11, 0.12)
"""Parts of the departments in all that the company does."""

_PARTLY = {"kz": "ru", "us": "en"}
"""Vocabularies that differ from another in parts."""

PER_EURO = {"EUR": 1.0, "RUB": 95.0, "UAH": 44.0, "GBP": 0.86, "USD": 1.09, "KZT": 510.0}
CURRENCIES = tuple(PER_EURO)

Words = Mapping[str, Any]
"""A vocabulary: lists of words and formats by name."""


@cache
def words(language: str) -> Words:
    """The vocabulary of a department."""
    text = (files("dq.demo") / "words" / f"{language}.toml").read_text(encoding="utf-8")
    own = tomllib.loads(text)
    return {**words(_PARTLY[language]), **own} if language in _PARTLY else own


DEPARTMENTS = tuple(words(language)["department"] for language in LANGUAGES)


@dataclass(frozen=True)
class Pipeline:
    """A way of selling: names of its stages from `new` to `negotiation`, then won and lost."""

    name: str
    language: int
    stages: tuple[str, ...]
    days: tuple[float, ...]
    loss: tuple[float, ...]
    scale: float
    kinds: tuple[float, ...]
    weight: float


@cache
def pipelines() -> tuple[Pipeline, ...]:
    """The pipelines of all departments."""
    return tuple(
        Pipeline(
            made["name"], place, tuple(made["stages"]), tuple(made["days"]), tuple(made["loss"]),
            made["scale"], tuple(made["kinds"]), made["weight"],
        )
        for place, language in enumerate(LANGUAGES)
        for made in words(language)["pipelines"]
    )  # fmt: skip


def latin(text: str, vocabulary: Words) -> str:
    """Lower-case Latin letters and digits for a text, as in domains and addresses."""
    table = vocabulary["latin"]
    spelt = "".join(table.get(char, char) for char in text.lower())
    return "".join(char for char in spelt if char.isascii() and char.isalnum())


@dataclass(frozen=True)
class WordList:
    """Lists of words one after another; `start` and `size` tell where each of them lies."""

    words: Any
    latin: Any
    start: Ints
    size: Ints

    def draw(self, spots: Floats, which: Ints | int) -> Ints:
        """Places of words from the lists `which`, for spots in [0, 1)."""
        start, size = self.start[which], self.size[which]
        return np.asarray(start + np.floor(spots * size), dtype=np.int64)

    def text(self, places: Ints) -> Any:
        """The words at the places; null below zero."""
        return take(self.words, places)

    def spelt(self, places: Ints) -> Any:
        """The same in Latin letters."""
        return take(self.latin, places)

    def __getitem__(self, place: int) -> str:
        return str(self.words[place].as_py())


def _listed(lists: Iterable[tuple[Words, list[str]]]) -> WordList:
    found, spelt, sizes = [], [], []
    for vocabulary, entries in lists:
        found += entries
        spelt += [latin(entry, vocabulary) for entry in entries]
        sizes.append(len(entries))
    size = np.array(sizes, dtype=np.int64)
    start = np.concatenate([[0], np.cumsum(size)[:-1]]).astype(np.int64)
    return WordList(arrow(found), arrow(spelt), start, size)


@cache
def word_list(name: str) -> WordList:
    """A list of all vocabularies, one a language."""
    return _listed((words(code), list(words(code)[name])) for code in LANGUAGES)


def _feminine(name: str, vocabulary: Words) -> str:
    for male, female in vocabulary["feminine"].items():
        if name.endswith(male):
            return name.removesuffix(male) + str(female)
    return name


@cache
def names_of(part: str) -> WordList:
    """`given`, `middle` or `surname`: men's of all languages, then women's of all."""
    pick: Callable[[Words, str], list[str]]
    if part == "surname":

        def pick(vocabulary: Words, sex: str) -> list[str]:
            plain = list(vocabulary["surnames_male"])
            return plain if sex == "male" else [_feminine(name, vocabulary) for name in plain]
    else:

        def pick(vocabulary: Words, sex: str) -> list[str]:
            return list(vocabulary[f"{part}_{sex}"])

    return _listed(
        (words(code), pick(words(code), sex)) for sex in ("male", "female") for code in LANGUAGES
    )


@cache
def places_of(name: str) -> Any:
    """A field of the cities of all vocabularies, in the order of `word_list("cities")`."""
    return arrow([str(city[name]) for code in LANGUAGES for city in words(code)["cities"]])


def by_language(values: Mapping[str, Any] | Callable[[Words], Any], dtype: Any = None) -> Any:
    """An array with one value a language."""
    if callable(values):
        return np.array([values(words(code)) for code in LANGUAGES], dtype=dtype)
    return np.array([values[code] for code in LANGUAGES], dtype=dtype)


@cache
def country_code(language: int) -> str:
    """RU, UA, GB, KZ or US."""
    return str(words(LANGUAGES[language])["country"])


def english(language: Ints) -> Bools:
    """Where people write in English: no patronymics, no Cyrillic."""
    return np.isin(language, [LANGUAGES.index("en"), LANGUAGES.index("us")])
