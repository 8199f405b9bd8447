from __future__ import annotations

import difflib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dq.config import edited, load_settings, set_value, write_default
from dq.errors import ConfigError, UsageError

EDITS = YAML(typ="safe").load((Path(__file__).parent / "edits.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", EDITS, ids=lambda case: case["name"])
def test_edit_changes_this_and_nothing_else(case: dict[str, str]) -> None:
    keys = tuple(case["set"].split("."))
    assert edited(case["before"], [(keys, case["to"])], "dq.yaml") == case["after"]


def test_example_page_changes_by_one_line(dq_yaml_example: str) -> None:
    changes = [
        (("defaults", "country"), "UA"),
        (("sources", "tickets", "path"), "in/заявки.csv"),
        (("rules", "C103", "params", "threshold"), Decimal("0.75")),
        (("retention", "quarantine"), "30d"),
    ]
    after = edited(dq_yaml_example, changes, "dq.yaml")
    marks = [
        line
        for line in difflib.ndiff(dq_yaml_example.splitlines(), after.splitlines())
        if line[0] in "+-"
    ]
    assert marks == [
        "+   tickets:",
        "+     path: in/заявки.csv",
        "-   country: RU                    # for phones, tax ids, holidays (default: none)",
        "+   country: UA                    # for phones, tax ids, holidays (default: none)",
        "-   C103: {params: {threshold: 0.6}}",
        "+   C103: {params: {threshold: 0.75}}",
        "-   quarantine: 365d               # default: for ever",
        "+   quarantine: 30d               # default: for ever",
    ]


def test_edit_that_cannot_be_made_is_refused() -> None:
    with pytest.raises(ConfigError, match="crm must be a mapping"):
        edited("crm: amocrm\n", [(("crm", "name"), "x")], "dq.yaml")
    shared = "a: &x {k: 1}\nb: *x\n"
    with pytest.raises(ConfigError, match=r"b.k cannot be changed without touching other values"):
        edited(shared, [(("b", "k"), 2)], "dq.yaml")


def test_invalid_value_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "dq.yaml"
    path.write_text("crm: amocrm\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"defaults.country is Russia"):
        set_value(path, ("defaults", "country"), "Russia")
    assert path.read_text(encoding="utf-8") == "crm: amocrm\n"
    assert [p.name for p in tmp_path.iterdir()] == ["dq.yaml"]


def test_set_value_keeps_line_ends_and_mark(tmp_path: Path) -> None:
    path = tmp_path / "dq.yaml"
    path.write_bytes("\ufeffdefaults:\r\n  country: RU\r\ncrm: amocrm\r\n".encode())
    set_value(path, ("defaults", "currency"), "RUB")
    assert path.read_bytes().decode() == (
        "\ufeffdefaults:\r\n  country: RU\r\n  currency: RUB\r\ncrm: amocrm\r\n"
    )


def test_default_file(tmp_path: Path) -> None:
    write_default(
        tmp_path,
        {
            ("sources", "deals", "path"): "in/сделки*.xlsx",
            ("sources", "deals", "footer"): ["Итого"],
            ("sources", "leads", "path"): "in/leads.csv",
            ("defaults", "country"): "UA",
            ("crm",): "amocrm",
            ("calendar", "days_off"): [date(2026, 12, 31)],
        },
    )
    assert (tmp_path / "dq.yaml").read_text(encoding="utf-8") == (
        "# Settings of this dq project. Every key is optional; what is left out is detected.\n"
        "# All keys, with examples: docs/dq.yaml.md\n"
        "dq: 1\n"
        "\n"
        "# What is read: a name of yours, and the files. "
        "Of a pattern (deals*.xlsx) the newest is taken.\n"
        "sources:\n"
        "  deals:\n"
        "    path: in/сделки*.xlsx\n"
        "    footer: [Итого]\n"
        "  leads:\n"
        "    path: in/leads.csv\n"
        "\n"
        "# Country (phones, tax ids, holidays), base currency, language, time zone.\n"
        "defaults:\n"
        "  country: UA\n"
        "\n"
        "# Severity and parameters of rules; `dq rules` lists them, `dq explain CODE` explains.\n"
        "rules:\n"
        "crm: amocrm\n"
        "calendar:\n"
        "  days_off: [2026-12-31]\n"
    )
    assert load_settings(tmp_path).sources["deals"].footer == ("Итого",)
    with pytest.raises(UsageError, match=r"dq.yaml is there already"):
        write_default(tmp_path)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT | st.decimals(-1000, 1000, places=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


@given(key=TEXT, value=VALUES)
def test_any_value_survives(key: str, value: object) -> None:
    """Written values read back the same; whatever YAML cannot hold is refused, not damaged."""
    before = "a: 1 # one\nb:\n  - x # two\n"
    try:
        after = edited(before, [(("c", key), value), (("c", key), value)], "dq.yaml")
    except ConfigError:
        assert not (key.strip() and key.isprintable()) or not repr(value).isprintable()
        return
    assert after.startswith(before)
