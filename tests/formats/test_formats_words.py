"""The contract between rules and their texts: a table of groups and sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dq.findings import Finding, Severity
from dq.formats.words import (
    finding_sentence,
    fix_sentence,
    group_sentence,
    shown_args,
    shown_key,
    shown_value,
    title_of,
    why_sentence,
)
from dq.i18n.catalogue import LOCALES, merged
from dq.i18n.translator import Translator

DATA = Path(__file__).parent / "data"
CASES = yaml.safe_load((DATA / "words.yaml").read_text(encoding="utf-8"))


def _speaks(language: str, texts: dict[str, list[str]]) -> Translator:
    shipped = merged(
        [LOCALES / f"{part}.{language}.po" for part in ("common", "formats")], language
    )
    own = {key: tuple(forms) for key, forms in texts.items()}
    return Translator(language, None, {**shipped, **own}, own)


@pytest.mark.parametrize(
    ("case", "language"),
    [(case, language) for case in CASES for language in ("en", "ru", "uk") if language in case],
    ids=lambda value: value if isinstance(value, str) else value["name"],
)
def test_group_sentences(case: dict[str, Any], language: str, group: Any) -> None:
    t = _speaks(language, case["texts"])
    said = group_sentence(group(**case["group"]), t)
    assert said == case[language].replace("_", "\u00a0")


def test_fix_of_the_cause_then_of_the_rule(group: Any) -> None:
    t = _speaks("en", {"rule.C105.fix": ["Fix {table}."], "rule.C105.near.fix": ["Say {cause}."]})
    assert fix_sentence(group(), t) == "Fix deals."
    assert fix_sentence(group(cause="near:x"), t) == "Say x."
    assert fix_sentence(group(code="C999"), t) == ""


def test_title_and_why_without_texts() -> None:
    t = _speaks("en", {})
    assert title_of("C105", t) == "C105"
    assert why_sentence("C105", t) == ""


def test_one_record_has_its_own_sentence() -> None:
    finding = Finding(
        "C105", Severity.ERROR, "deals", "K1", "amount", "12", cause="odd", args={"usual": "5"}
    )
    texts = {"rule.C105.message": ["{n} deal at {value}", "{n} deals"]}
    assert finding_sentence(finding, _speaks("en", texts)) == "1 deal at 12"
    texts["rule.C105.one"] = ["The amount is {value}, not {usual}."]
    assert finding_sentence(finding, _speaks("en", texts)) == "The amount is 12, not 5."
    texts["rule.C105.odd.one"] = ["Odd: {value}."]
    assert finding_sentence(finding, _speaks("en", texts)) == "Odd: 12."


@pytest.mark.parametrize(
    ("value", "column", "personal", "shown"),
    [
        (None, None, False, None),
        ("", None, False, '""'),
        ("  ", "email", True, '""'),
        ("22700.0000", "amount", False, "22700"),
        ("0.5000", "amount", False, "0.5"),
        ("2017-03-01 00:00:00", "closed_at", False, "2017-03-01"),
        ("2017-03-01 10:00:00", "closed_at", False, "2017-03-01 10:00:00"),
        ("x" * 100, "name", False, "x" * 59 + "…"),
        ("Иван Петров", "full_name", True, "И*** П***"),
        ("1980-02-29", "birth_date", True, "***"),
        ("call ivan@mail.ru", "note", False, "call i***@mail.ru"),
    ],
)
def test_values(value: str | None, column: str | None, personal: bool, shown: str | None) -> None:
    assert shown_value(value, column=column, personal=personal) == shown


def test_keys() -> None:
    assert shown_key(None) == ""
    assert shown_key("D-17") == "D-17"
    assert shown_key("ivan@mail.ru") == "i***@mail.ru"
    assert shown_key("+79161234512", personal=True) == "+7 916 ***-**-12"


def test_args_are_masked(group: Any) -> None:
    personal = group(column="full_name", args={"value": "Иван", "limit": "5", "note": "a@b.ru"})
    assert shown_args(personal, personal=True) == {
        "value": "И***",
        "limit": "5",
        "note": "***@b.ru",
    }
