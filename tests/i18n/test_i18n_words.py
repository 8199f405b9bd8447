"""Numbers, languages, masking, hidden characters: tables of cases."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from dq.errors import UsageError
from dq.i18n import isolate, mask, pick_language, shorten, translator, visible

DATA = Path(__file__).parent / "data"


def _cases(name: str) -> Any:
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("value", "kind", "shown"), _cases("masking"))
def test_masking(value: object, kind: str | None, shown: str) -> None:
    assert mask(str(value), kind) == shown


@pytest.mark.parametrize(("text", "shown"), _cases("safe"))
def test_hidden_characters_are_shown(text: str, shown: str) -> None:
    assert isolate(text) == shown


def test_lone_surrogates_are_shown() -> None:
    assert visible("a\ud800b") == "a⟨U+D800⟩b"


def test_text_that_is_safe_is_left_alone() -> None:
    assert isolate(isolate("שלום\n")) == isolate("שלום\n")


@pytest.mark.parametrize(
    ("text", "length", "shown"),
    [
        ("short", 10, "short"),
        ("a long value", 8, "a long…"),
        ("x" * 1_000_000, 5, "xxxx…"),
        ("nai\u0308ve", 4, "na…"),
    ],
)
def test_shorten(text: str, length: int, shown: str) -> None:
    assert shorten(text, length) == shown


@pytest.mark.parametrize("case", _cases("languages"))
def test_pick_language(case: dict[str, Any]) -> None:
    def pick() -> str:
        return pick_language(case.get("option"), case.get("configured"), case["environ"])

    if "error" in case:
        with pytest.raises(UsageError) as caught:
            pick()
        assert str(caught.value) == case["error"]
    else:
        assert pick() == case["expected"]


NUMBERS = [(kind, case) for kind, cases in _cases("numbers").items() for case in cases]


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
@pytest.mark.parametrize(("kind", "case"), NUMBERS)
def test_numbers(kind: str, case: dict[str, Any], language: str) -> None:
    t = translator(language)
    value = case["value"]
    if kind in {"number", "money"} and isinstance(value, str):
        value = Decimal(value)
    said = {
        "number": lambda: t.number(value),
        "money": lambda: t.money(value, case["currency"]),
        "percent": lambda: t.percent(value),
        "records": lambda: t.records("deals", value),
        "of_records": lambda: t.of_records("deals", value),
        "day": lambda: t.day(value),
    }[kind]()
    assert said == case[language].replace("_", "\u00a0")
