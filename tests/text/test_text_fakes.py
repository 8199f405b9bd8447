"""Keys, names and strangers: what family F knows of them."""

from __future__ import annotations

import random

import pytest

from dq.text.dictionaries.files import lines
from dq.text.gibberish import GibberishJudge, spelling
from dq.text.keyboard import LATIN, RUSSIAN, is_walk, other_layout
from dq.text.strangers import strangers, surnames

NAMES = [
    word
    for name in ("first_names.txt", "last_names.txt", "hard_names.txt")
    for word in " ".join(lines(name)).split()
    if len(word) >= 4
]


@pytest.mark.parametrize(
    "word", ["qwerty", "asdf", "lkjh", "asdasd", "qweasd", "1qaz2wsx", "qwe", "йцукен", "ролд"]
)
def test_walks(word: str) -> None:
    assert is_walk(word)


@pytest.mark.parametrize(
    "word", ["smith", "wert", "смит", "asda", "poly", "was", "qua", "петр", "asdfx", "qw"]
)
def test_no_walks(word: str) -> None:
    assert not is_walk(word)


def test_the_other_layout_and_back() -> None:
    assert "иванов" in other_layout("bdfyjd")
    assert other_layout("щкдщмф") == ("orlova",)
    for word in ("ghbdtn", "gtnhjd", "jkmuf"):
        assert word in {back for read in other_layout(word) for back in other_layout(read)}


def _typed(rows: tuple[str, ...], size: int, chance: random.Random) -> str:
    """Keys as a hand hits them: half the time the next one in the row, else any."""
    row = chance.choice(rows)
    place = chance.randrange(len(row))
    word = row[place]
    while len(word) < size:
        if chance.random() < 0.5:
            place = max(0, min(len(row) - 1, place + chance.choice((-1, 1))))
        else:
            row = chance.choice(rows)
            place = chance.randrange(len(row))
        word += row[place]
    return word


@pytest.mark.parametrize("kind", ["person", "company"])
def test_names_are_no_gibberish(kind: str) -> None:
    judge = GibberishJudge(spelling(), kind)
    titled = [name.capitalize() for name in NAMES]
    assert [name for name in titled if judge(name) is not None] == []
    joined = [f"{a} {b}" for a, b in zip(titled, titled[50:], strict=False)]
    assert [name for name in joined if judge(name) is not None] == []


@pytest.mark.parametrize("rows", [LATIN, RUSSIAN], ids=["latin", "cyrillic"])
@pytest.mark.parametrize(("size", "least"), [(5, 0.5), (8, 0.8), (10, 0.85)])
def test_hammered_keys_are_found(rows: tuple[str, ...], size: int, least: float) -> None:
    judge = GibberishJudge(spelling())
    chance = random.Random(7)
    words = [_typed(rows, size, chance) for _ in range(400)]
    assert sum(judge(word) is not None for word in words) >= least * len(words)


def test_what_a_table_knows_are_names() -> None:
    pairs = {"^z": 90, "zx": 90, "xz": 90, "z$": 90}
    assert GibberishJudge(spelling())("Zxzxz") is not None
    assert GibberishJudge(spelling(pairs))("Zxzxz") is None


def test_surnames() -> None:
    assert surnames("Гагарина Мария Юрьевна") == surnames("Yuri Gagarin") == {"haharin"}
    assert surnames("Крупская Н. К.") == surnames("Крупский Иван")
    assert surnames("David Rose") == {"rose"}
    assert surnames("Анна") == frozenset()


def test_strangers() -> None:
    people = [("Anna Crane", ""), ("Nora Winter", "West Ltd"), ("Tom Baker", "WEST"), ("Anna", "")]
    assert strangers(people) == 2
    assert strangers([("Карпаты Лес", "id:1"), ("Лес и дом", "id:2")], companies=True) == 1
    assert strangers([("", ""), ("", "")]) == 0
    chain = [(f"A{i}a B{i}b", f"id:{i % 3}") for i in range(9)]
    assert strangers(chain) == 3
