"""One form for the many ways to write a header."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from dq.crm.headers import header_key, near, skeleton, table_key
from tests.crm.caselib import load

DATA = load(Path(__file__).parent / "headers.yaml")


@pytest.mark.parametrize("spellings", DATA["same"], ids=str)
def test_spellings_of_one_header(spellings: list[str]) -> None:
    assert len({header_key(s) for s in spellings}) == 1


@pytest.mark.parametrize("headers", DATA["different"], ids=str)
def test_different_headers_stay_different(headers: list[str]) -> None:
    assert len({header_key(h) for h in headers}) == len(headers)


@pytest.mark.parametrize("spellings", DATA["sounds_alike"], ids=str)
def test_transliterations_meet(spellings: list[str]) -> None:
    assert all(
        skeleton(header_key(a)) == skeleton(header_key(b)) for a, b in combinations(spellings, 2)
    )


@pytest.mark.parametrize("pair", DATA["nearly"], ids=str)
def test_slips_are_seen(pair: list[str]) -> None:
    assert near(pair[0], [pair[1], "another header"]) == pair[1]


@pytest.mark.parametrize("pair", DATA["not_nearly"], ids=str)
def test_other_words_are_no_slips(pair: list[str]) -> None:
    assert near(pair[0], [pair[1]]) is None


@pytest.mark.parametrize("name", DATA["table_names"])
def test_what_a_file_is_called(name: str) -> None:
    assert table_key(name) == DATA["table_names"][name]


def test_anything_has_a_key() -> None:
    for header in ("", " ", "\u200b", "🙂", "'; DROP TABLE x", "a" * 10_000, "\x00"):
        assert isinstance(header_key(header), str)
