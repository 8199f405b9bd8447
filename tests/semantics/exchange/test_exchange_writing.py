"""What an import leaves of the file: everything but what it was told to change."""

from __future__ import annotations

import difflib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.errors import ConfigError, Place
from dq.semantics.exchange.importing import import_glossary
from dq.semantics.exchange.incoming import Incoming
from dq.semantics.exchange.plan import make_plan, term_data
from dq.semantics.exchange.writing import edited_glossary
from dq.semantics.glossary import Glossary, Label, glossary_from_text, load_glossary

HEAD = "term,kind,of,department,effective,label_uk,means_en,where,change_en\n"


def changed(target: Path, table: str, today: date) -> list[str]:
    """Lines that an import takes away and puts in."""
    source = target.with_name("in.csv")
    source.write_text(HEAD + table, encoding="utf-8")
    before = target.read_text(encoding="utf-8")
    import_glossary(source, target, today=today, write=True)
    after = target.read_text(encoding="utf-8")
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[:2] not in {"--", "++", "@@"}]


def test_a_new_version_between_others(target: Path, today: date) -> None:
    row = "prospect,,,,2024-09-01,,Richer.,budget > 5,\n"
    assert changed(target, row, today) == [
        "+      - effective: 2024-09-01",
        "+        means:",
        "+          en: Richer.",
        '+        where: "budget > 5"',
    ]
    versions = load_glossary(target).terms["prospect"].versions
    assert [v.effective.isoformat() for v in versions] == ["2024-01-01", "2024-09-01", "2025-07-01"]


def test_one_text_of_one_version(target: Path, today: date) -> None:
    assert changed(target, "prospect,,,,2024-01-01,Перспективний,,,\n", today) == [
        "-    label: {en: Prospect, ru: Перспективный клиент}",
        "+    label: {en: Prospect, ru: Перспективный клиент, uk: Перспективний}",
    ]
    took, put = changed(target, "prospect,,,,2025-07-01,,,,none\n", today)
    assert took.startswith("-      - {effective: 2025-07-01, means: {en: As before")
    assert put[1:] == took[1:].replace("{en: adds activity}", "{en: none}")


def test_a_department_s_own_meaning(target: Path, today: date) -> None:
    assert changed(target, "warm,,,us,2025-01-01,,\"no\",source = 'web',\n", today) == [
        "+    departments:",
        "+      us:",
        "+        versions:",
        "+          - effective: 2025-01-01",
        "+            means:",
        '+              en: "no"',
        "+            where: \"source = 'web'\"",
    ]


def test_a_new_term_goes_to_the_end_of_terms(target: Path, today: date) -> None:
    row = "early,population,deals,,,,Young.,stage = 'new',\n"
    assert changed(target, row, today) == [
        "+  early:",
        "+    kind: population",
        "+    of: deals",
        "+    versions:",
        "+      - effective: 2026-01-15",
        "+        means:",
        "+          en: Young.",
        "+        where: \"stage = 'new'\"",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "glossary: 1",
        "glossary: 1\nterms:\n",
        "glossary: 1\nterms: {}\nfields: {}\n",
        "# only a remark\nglossary: 1   # one\n\n# the end\n",
        "\ufeffglossary: 1\r\n# windows\r\nstages:\r\n  canonical: [a]\r\n",
        "glossary: 1\nterms:\n- x\n",
    ],
)
def test_other_files(text: str, tmp_path: Path, today: date) -> None:
    target = tmp_path / "glossary.yaml"
    target.write_bytes(text.encode("utf-8"))
    source = tmp_path / "in.csv"
    source.write_text(HEAD + "early,population,deals,,,,Young.,stage = 'new',\n", encoding="utf-8")
    if "- x" in text:
        with pytest.raises(ConfigError):
            import_glossary(source, target, today=today, write=True)
        assert target.read_bytes() == text.encode("utf-8")
        return
    assert import_glossary(source, target, today=today, write=True).written
    after = target.read_bytes().decode("utf-8")
    assert list(load_glossary(target).terms) == ["early"]
    assert after.startswith("\ufeff") == text.startswith("\ufeff")
    assert after.count("\r\n") in {0, after.count("\n")}
    assert ("\r\n" in after) == ("\r\n" in text)
    for line in text.splitlines():
        assert line.startswith("terms") or not line.startswith("#") or line in after


def test_lists_keep_their_indent(tmp_path: Path, today: date) -> None:
    target = tmp_path / "glossary.yaml"
    target.write_text(
        "glossary: 1\nterms:\n  a:\n    kind: population\n    of: deals\n    versions:\n"
        "    - effective: 2024-01-01\n      where: stage = 'new'\n"
        "    - effective: 2025-01-01\n      where: stage = 'won'\n",
        encoding="utf-8",
    )
    assert changed(target, "a,,,,2024-06-01,,,stage = 'x',\n", today) == [
        "+    - effective: 2024-06-01",
        "+      where: \"stage = 'x'\"",
    ]


def test_a_missing_file_is_made(tmp_path: Path, today: date) -> None:
    source = tmp_path / "in.csv"
    source.write_text(HEAD + "early,population,deals,,,,Young.,stage = 'new',\n", encoding="utf-8")
    assert import_glossary(source, tmp_path / "glossary.yaml", today=today, write=True).written
    assert list(load_glossary(tmp_path / "glossary.yaml").terms) == ["early"]


SHARED = """\
glossary: 1
terms:
  a: &a
    kind: population
    of: deals
    versions: [{effective: 2024-01-01, where: stage = 'new'}]
  b: *a
"""


def test_a_change_that_would_touch_another_term_is_not_made(tmp_path: Path, today: date) -> None:
    target = tmp_path / "glossary.yaml"
    target.write_text(SHARED, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        changed(target, "a,,,,2024-01-01,,,stage = 'won',\n", today)
    assert "cannot be changed without touching other entries" in str(caught.value)
    assert target.read_text(encoding="utf-8") == SHARED


def test_nothing_is_lost_of_the_house_glossary(house: Glossary) -> None:
    path = Path(str(house.path))
    text = path.read_text(encoding="utf-8")
    same = {name: term_data(term) for name, term in house.terms.items()}
    assert edited_glossary(text, same, house, "glossary.yaml") == text


def test_what_would_not_load_is_not_written(today: date, target: Path) -> None:
    glossary = load_glossary(target)
    wrong = term_data(glossary.terms["came"]) | {"kind": "measure"}
    text = target.read_text(encoding="utf-8")
    with pytest.raises(ConfigError):
        edited_glossary(text, {"came": wrong}, glossary, "g")


def test_columns_of_the_house_count(target: Path, today: date) -> None:
    columns = {"deals": {"stage"}}
    text = "glossary: 1\n"
    target.write_text(text, encoding="utf-8")
    source = target.with_name("in.csv")
    source.write_text(HEAD + "early,population,deals,,,,Young.,stag = 'new',\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="stag is not known here"):
        import_glossary(source, target, today=today, write=True, columns=columns)
    assert target.read_text(encoding="utf-8") == text
    assert glossary_from_text(text, "g").terms == {}


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"], include_characters="\n\t"),
    min_size=1,
).filter(lambda text: bool(text.strip()) and "${" not in text)


@given(TEXTS, TEXTS, TEXTS)
def test_any_text_is_written_as_it_is(means: str, label: str, unit: str) -> None:
    before = glossary_from_text("glossary: 1\n", "g")
    row = Incoming(
        "early",
        Place(),
        of="deals",
        means=Label({"": means}),
        label=Label({"en": label}),
        unit=unit,
        where="stage = 'new'",
    )
    plan = make_plan(before, [row], date(2026, 1, 15))
    assert [step.what for step in plan.steps] == ["added"]
    text = edited_glossary("glossary: 1\n", plan.terms, before, "g")
    made = glossary_from_text(text, "g").terms["early"]
    assert (made.versions[0].means.text(), made.label.text("en"), made.unit) == (
        means,
        label,
        unit,
    )
