"""How the dates and numbers of a column are written."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dq.text.dates import (
    EPOCH,
    EPOCH_MS,
    EXCEL,
    country_order,
    detect_dates,
    detect_serials,
    read_moment,
)
from dq.text.numbers import NumberStyle, detect_numbers, read_number

DATA = Path(__file__).parent / "data"


def _cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = YAML(typ="safe").load((DATA / name).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("case", _cases("date_styles.yaml"), ids=lambda c: str(c["values"]))
def test_date_style(case: dict[str, Any]) -> None:
    style = detect_dates(case["values"], order=case.get("order"), country=case.get("country"))
    if case["formats"] is None:
        assert style is None
        return
    assert style is not None
    assert style.formats == tuple(case["formats"])
    assert style.undecided == tuple(case.get("undecided", ()))
    assert style.decided_by == case.get("by", "values")
    assert style.has_time is case.get("time", False)
    assert style.offset is case.get("offset", False)
    assert style.share == case.get("share", 0.0 if case.get("undecided") else 1.0)


@pytest.mark.parametrize("case", _cases("date_styles.yaml"), ids=lambda c: str(c["values"]))
def test_what_a_style_says_can_be_read(case: dict[str, Any]) -> None:
    style = detect_dates(case["values"], order=case.get("order"), country=case.get("country"))
    if style is None or style.undecided:
        return
    read = [read_moment(v, style.formats) for v in case["values"] if v[:1].isdigit() or "Jan" in v]
    assert all(read)


@pytest.mark.parametrize("case", _cases("number_styles.yaml"), ids=lambda c: str(c["values"]))
def test_number_style(case: dict[str, Any]) -> None:
    style = detect_numbers(case["values"])
    if case["written"] is None:
        assert style is None
        return
    assert style is not None
    assert f"1{style.grouping}234{style.decimal_mark}5" == case["written"]
    assert style.integers is case.get("integers", False)
    assert style.percent is case.get("percent", False)
    assert style.currencies == tuple(case.get("currencies", ()))
    assert style.undecided is case.get("undecided", False)
    assert style.share == case.get("share", 1.0)
    if "numbers" in case:
        assert [read_number(v, style) for v in case["values"]] == [
            Decimal(n) for n in case["numbers"]
        ]


@given(st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), min_size=1))
def test_iso_dates_are_always_told(moments: list[datetime]) -> None:
    style = detect_dates([m.strftime("%Y-%m-%d %H:%M:%S") for m in moments])
    assert style is not None
    assert style.formats == ("%Y-%m-%d %H:%M:%S",)
    assert style.share == 1.0


@given(st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), min_size=1))
def test_an_order_is_never_decided_against_a_value(moments: list[datetime]) -> None:
    style = detect_dates([m.strftime("%m/%d/%Y") for m in moments])
    assert style is not None
    assert style.formats != ("%d/%m/%Y",)


@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1))
def test_grouped_numbers_are_read_back(numbers: list[Decimal]) -> None:
    texts = [f"{n:,.2f}".replace(",", " ").replace(".", ",") for n in numbers]
    style = detect_numbers(texts)
    assert style is not None
    assert [read_number(t, style) for t in texts] == numbers


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    detect_dates([text])
    detect_numbers([text])
    detect_serials([text])
    read_number(text, NumberStyle())


def test_serials() -> None:
    assert detect_serials(["45323", "45324.5", ""]) == EXCEL
    assert detect_serials(["1700000000", "1706776500"]) == EPOCH
    assert detect_serials(["1700000000000"]) == EPOCH_MS
    assert detect_serials(["45323", "1700000000"]) is None
    assert detect_serials(["60", "45323"]) is None
    assert detect_serials(["2024-01-01"]) is None
    assert detect_serials([]) is None


def test_countries() -> None:
    assert (country_order("us"), country_order("RU"), country_order("CN"), country_order(None)) == (
        "mdy", "dmy", "ymd", None,
    )  # fmt: skip
