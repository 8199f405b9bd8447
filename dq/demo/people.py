"""People: names in many at once, e-mail addresses that never repeat, ways to type a phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dq.demo.chance import Bools, Chance, Ints, occurrence
from dq.demo.lexicon import LANGUAGES, country_code, names_of, word_list
from dq.demo.text import arrow, ascii_digits, gather, join, numbers_in, pattern, take

__all__ = ["People", "Phones", "addresses", "distinct_people", "draw_people", "local_parts"]

_MOBILE = {
    "RU": (903, 905, 906, 909, 910, 912, 915, 916, 917, 919, 921, 922, 925, 926, 929, 960, 963),
    "UA": (50, 63, 66, 67, 68, 73, 93, 95, 96, 97, 98, 99),
    "GB": (7400, 7401, 7411, 7423, 7432, 7446, 7465, 7471, 7488, 7495),
    "US": (9172, 6463, 7734, 5102, 7373, 3104, 4042, 8572, 6173, 7023, 9713, 7202),
    "KZ": (700, 701, 702, 705, 707, 747, 771, 775, 776, 777, 778),
}
_CODE = {"RU": "7", "UA": "380", "GB": "44", "KZ": "7", "US": "1"}
_LENGTH = {"RU": 10, "UA": 9, "GB": 10, "KZ": 10, "US": 10}
_SHAPES = {
    "RU": ("+7##########",) * 2 + ("+7 ### ###-##-##", "8 (###) ###-##-##", "8##########"),
    "UA": ("+380#########",) * 2 + ("+380 ## ### ## ##",),
    "GB": ("+44##########",) * 2 + ("+44 #### ######",),
    "KZ": ("+7##########",) * 2 + ("+7 ### ### ## ##", "8 ### ###-##-##"),
    "US": ("+1##########",) * 2 + ("+1 (###) ###-####", "+1 ###-###-####"),
}
"""Ways in which people type a valid number; Ukrainian ones keep their +380."""


@dataclass(frozen=True)
class People:
    """Names as places in the word lists; a patronymic is below zero where there is none."""

    language: Ints
    first: Ints
    middle: Ints
    last: Ints

    def first_names(self) -> Any:
        """Given names."""
        return names_of("given").text(self.first)

    def middle_names(self) -> Any:
        """Patronymics, or null."""
        return names_of("middle").text(self.middle)

    def last_names(self) -> Any:
        """Surnames."""
        return names_of("surname").text(self.last)

    def full_names(self) -> Any:
        """As a CRM card shows them: surname first where there is a patronymic."""
        first, last = self.first_names(), self.last_names()
        eastern = np.flatnonzero(self.middle >= 0)
        western = np.flatnonzero(self.middle < 0)
        rows = arrow(eastern)
        full = join(last.take(rows), " ", first.take(rows), " ", self.middle_names().take(rows))
        rows = arrow(western)
        return gather(
            len(self.first),
            [(eastern, full), (western, join(first.take(rows), " ", last.take(rows)))],
        )

    def take(self, rows: Ints) -> People:
        """Some of the people."""
        return People(self.language[rows], self.first[rows], self.middle[rows], self.last[rows])


def draw_people(chance: Chance, language: Ints, spread: Ints | None = None) -> People:
    """As many people as there are languages given.

    People of one group whose `spread` are 0, 1, 2 … never have the same given name.
    """
    count = len(language)
    female = chance.flags("female", count, 0.48)
    key = language + len(LANGUAGES) * female
    given, middle, last = names_of("given"), names_of("middle"), names_of("surname")
    first = given.draw(chance.uniform("first", count), key)
    if spread is not None:
        first = given.start[key] + (first - given.start[key] + spread) % given.size[key]
    middles = middle.draw(chance.uniform("middle", count), key)
    return People(
        language,
        first,
        np.where(middle.size[key] > 0, middles, -1),
        last.draw(chance.uniform("last", count) ** 1.4, key),
    )


def distinct_people(language: Ints, serial: Ints) -> People:
    """People of whom no two have one name while the serials of a language differ.

    There are some 12,000 names in English and more in the other languages.
    """
    given, middle, last = names_of("given"), names_of("middle"), names_of("surname")
    female = serial % 2
    key = language + len(LANGUAGES) * female
    found = np.zeros((3, len(serial)), dtype=np.int64)
    for code in np.unique(key):
        mine = key == code
        sizes = given.size[code], max(int(middle.size[code]), 1), last.size[code]
        spot = _scramble(serial[mine] // 2, int(np.prod(sizes)))
        found[0, mine] = given.start[code] + spot % sizes[0]
        found[1, mine] = middle.start[code] + spot // sizes[0] % sizes[1]
        found[2, mine] = last.start[code] + spot // (sizes[0] * sizes[1])
    return People(language, found[0], np.where(middle.size[key] > 0, found[1], -1), found[2])


def local_parts(chance: Chance, people: People) -> Any:
    """What stands before the @, made of the names: i.ivanov, ivanov.i, ivan.ivanov, ivanov."""
    first = names_of("given").spelt(people.first)
    last = names_of("surname").spelt(people.last)
    letter = pc.utf8_slice_codeunits(first, 0, 1)
    forms: list[Callable[[Any], Any]] = [
        lambda rows: join(letter.take(rows), ".", last.take(rows)),
        lambda rows: join(last.take(rows), ".", letter.take(rows)),
        lambda rows: join(first.take(rows), ".", last.take(rows)),
        lambda rows: last.take(rows),
    ]
    which = chance.integers("local", len(people.first), 0, len(forms))
    rows = [np.flatnonzero(which == number) for number in range(len(forms))]
    return gather(len(which), [(r, form(arrow(r))) for r, form in zip(rows, forms, strict=True)])


def addresses(locals_: Any, hosts: Any, block: int, of: int, shared: bool = False) -> Any:
    """Addresses; a number before the @ keeps them apart, also from those of other blocks.

    Hosts are public ones, which all blocks share, or a company's own, unless all are `shared`.
    """
    plain = join(locals_, "@", hosts)
    seen = occurrence(numbers_in(plain.dictionary_encode().indices))
    public = numbers_in(pc.is_in(hosts, value_set=_public_hosts())) > 0
    number = seen * of + np.where(shared | public | (seen > 0), block, 0)
    rows = np.flatnonzero(number > 0)
    picked = arrow(rows)
    digits = arrow(number[rows] + 1).cast(pa.string())
    numbered = join(locals_.take(picked), digits, "@", hosts.take(picked))
    rest = np.flatnonzero(number == 0)
    return gather(len(number), [(rest, plain.take(arrow(rest))), (rows, numbered)])


def _public_hosts() -> Any:
    return arrow(word_list("mail").words.unique())


@dataclass(frozen=True)
class Phones:
    """Valid telephone numbers: whole, with the country's code, and how each was typed."""

    numbers: Ints
    shown: Any

    @classmethod
    def mobile(cls, chance: Chance, language: Ints, serial: Ints) -> Phones:
        """Mobile numbers; serial numbers that differ give numbers that differ."""
        count = len(language)
        national = np.zeros(count, dtype=np.int64)
        for code in range(len(LANGUAGES)):
            heads = np.array(_MOBILE[country_code(code)], dtype=np.int64)
            rest = _LENGTH[country_code(code)] - len(str(heads[0]))
            space = len(heads) * 10**rest
            spot = _scramble(serial, space)
            found = heads[spot // 10**rest] * 10**rest + spot % 10**rest
            spot = np.where(_monotonous(found), _scramble(serial + space // 2, space), spot)
            found = heads[spot // 10**rest] * 10**rest + spot % 10**rest
            national = np.where(language == code, found, national)
        return cls._typed(chance, language, national)

    @classmethod
    def landline(cls, chance: Chance, language: Ints, areas: Any, serial: Ints) -> Phones:
        """Numbers of a city's exchange; `areas` are the codes of the cities."""
        count = len(language)
        area = numbers_in(areas.cast(pa.int64()))
        width = numbers_in(pc.utf8_length(areas))
        national = np.zeros(count, dtype=np.int64)
        for code in range(len(LANGUAGES)):
            country = country_code(code)
            size = _LENGTH[country] - width - 1
            first = np.where(area == 20, 7, 4) if country == "GB" else 2
            space = 10 ** int(size[language == code].min(initial=6))
            rest = _scramble(serial, space)
            found = (area * 10 + first) * 10**size + rest
            rest = np.where(_monotonous(found), _scramble(serial + space // 2, space), rest)
            found = (area * 10 + first) * 10**size + rest
            national = np.where(language == code, found, national)
        return cls._typed(chance, language, national)

    @classmethod
    def _typed(cls, chance: Chance, language: Ints, national: Ints) -> Phones:
        pieces = []
        whole = national.copy()
        shape = chance.uniform("shape", len(language))
        for code in range(len(LANGUAGES)):
            country = country_code(code)
            size, shapes = _LENGTH[country], _SHAPES[country]
            whole += np.where(language == code, int(_CODE[country]) * 10**size, 0)
            for number, form in enumerate(shapes):
                mine = (language == code) & (np.floor(shape * len(shapes)) == number)
                rows = np.flatnonzero(mine)
                pieces.append((rows, pattern(form, ascii_digits(national[rows], size))))
        return cls(whole, gather(len(language), pieces))

    def take(self, rows: Ints) -> Phones:
        """Some of the numbers."""
        return Phones(self.numbers[rows], take(self.shown, rows))

    def where(self, chosen: Bools, others: Phones) -> Phones:
        """These numbers where chosen, the others elsewhere."""
        rows, rest = np.flatnonzero(chosen), np.flatnonzero(~chosen)
        shown = [(rows, take(self.shown, rows)), (rest, take(others.shown, rest))]
        numbers = np.where(chosen, self.numbers, others.numbers)
        return Phones(numbers, gather(len(chosen), shown))


def _monotonous(numbers: Ints) -> Bools:
    """Whether five of the last seven digits running are one, or the seven run up or down."""
    found = np.isin(numbers % 10**7, [1234567, 2345678, 3456789, 7654321, 8765432, 9876543])
    for place in range(3):
        found |= numbers // 10**place % 10**5 % 11111 == 0
    return np.asarray(found)


def _scramble(serial: Ints, space: int) -> Ints:
    """Numbers of a space in an order of chance; each is met once while serials are below it."""
    step = int(space * 0.6180339887)
    while np.gcd(step, space) != 1:
        step += 1
    return np.asarray((serial * step + space * 17 // 41) % space, dtype=np.int64)
