from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.errors import UsageError
from dq.semantics.exchange import export_glossary
from dq.semantics.exchange.from_table import read_table
from dq.semantics.exchange.importing import Imported, import_glossary
from dq.semantics.exchange.table import COLUMNS, armed, unarmed
from dq.semantics.glossary import Glossary, glossary_from_text, load_glossary


def rows(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_one_row_a_definition(small: Glossary, today: date) -> None:
    made = export_glossary(small, "csv", today=today, status={"prospect/us@2024-06-01": "approved"})
    table = rows(made.text)
    assert tuple(table[0]) == COLUMNS
    assert [(r["term"], r["department"], r["effective"]) for r in table[:5]] == [
        ("prospect", "", "2024-01-01"),
        ("prospect", "", "2025-07-01"),
        ("prospect", "us", "2024-06-01"),
        ("prospect", "EU, south", "2024-02-01"),
        ("warm", "", "2024-01-01"),
    ]
    assert {k: v for k, v in table[2].items() if v} == {
        "term": "prospect",
        "kind": "population",
        "of": "leads",
        "department": "us",
        "effective": "2024-06-01",
        "label_en": "Prospect",
        "label_ru": "Перспективный клиент",
        "means": "Anybody.",
        "where": "status <> 'lost'",
        "steward": "steward@acme.example",
        "synonyms": "suspect; лид, тёплый",
        "status": "approved",
    }
    by_term = {row["term"]: row for row in table}
    assert by_term["deals_all"]["additive_over"] == "owner; stage"
    assert (by_term["average"]["numerator"], by_term["average"]["of"]) == ("won_amount", "")
    assert [loss.object for loss in made.losses] == ["stages", "fields", "departments"]


def test_no_cell_acts(today: date) -> None:
    glossary = glossary_from_text(
        "glossary: 1\nterms:\n  a:\n    kind: population\n    of: deals\n"
        '    label: "=HYPERLINK(\'x\')"\n    steward: "@sum"\n    unit: "\'=quoted"\n'
        '    versions: [{effective: 2024-01-01, means: "-1 day", where: "-amount < 0"}]\n',
        "g",
    )
    (row,) = rows(export_glossary(glossary, "csv", today=today).text)
    assert (row["label"], row["steward"], row["unit"], row["means"], row["where"]) == (
        "'=HYPERLINK('x')",
        "'@sum",
        "''=quoted",
        "'-1 day",
        "'-amount < 0",
    )


@given(st.text())
def test_what_is_armed_comes_back(text: str) -> None:
    assert unarmed(armed(text)) == text
    assert (
        armed(text)[:1] not in set("=+-@\t\r\n")
        or text.replace(",", "").replace(".", "").removeprefix("-").isdigit()
    )


@pytest.mark.parametrize("which", ["small", "house"])
def test_there_and_back(
    which: str, request: pytest.FixtureRequest, today: date, tmp_path: Path
) -> None:
    glossary: Glossary = request.getfixturevalue(which)
    source, target = tmp_path / "terms.csv", tmp_path / "glossary.yaml"
    text = export_glossary(glossary, "csv", today=today).text
    source.write_bytes(text.encode("utf-8"))
    names = "\n".join(f"  {name!r}: {{}}" for name in glossary.departments)
    target.write_text(f"glossary: 1\ndepartments:\n{names}\n", encoding="utf-8")
    imported = import_glossary(source, target, today=today, write=True)
    assert {step.what for step in imported.steps} == {"added"}
    assert load_glossary(target).terms == glossary.terms
    again = import_glossary(source, target, today=today, write=True)
    assert {step.what for step in again.steps} == {"left"}
    assert not again.written


def given_table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "terms.csv"
    path.write_bytes(text.encode(encoding))
    return path


def steps(imported: Imported) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(s.object, s.what, s.keys) for s in imported.steps]


EXCEL = (
    "Term;Label RU;Means RU;Where;Of;Effective;Примечание\r\n"
    "горячий;Горячий лид;Лид, которому звонили;status = 'в работе';leads;01.02.2025;x\r\n"
    "тёплый;;Лид, который ждёт;;leads;;\r\n"
    "prospect;Потенциальный клиент;То же и активен.;;;;\r\n"
    ";;Без имени;;;;\r\n"
)


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "utf-8-sig", "utf-16"])
def test_as_excel_saves_it(encoding: str, target: Path, today: date) -> None:
    source = given_table(target.parent, EXCEL, encoding)
    before = target.read_text(encoding="utf-8")
    shown = import_glossary(source, target, today=today)
    assert target.read_text(encoding="utf-8") == before
    assert not shown.written
    assert steps(shown) == [
        ("горячий@2025-02-01", "added", ("label", "means", "where")),
        ("тёплый", "draft", ()),
        ("prospect@2025-07-01", "changed", ("label",)),
        ("", "refused", ()),
    ]
    assert [(r.object, r.key) for r in shown.remarks] == [("Примечание", "exchange.import.column")]
    written = import_glossary(source, target, today=today, write=True)
    assert (written.written, written.exit_code) == (True, 1)
    made = load_glossary(target).terms
    assert made["горячий"].versions[0].effective == date(2025, 2, 1)
    assert made["горячий"].kind == "population"
    assert made["prospect"].label.texts == {"en": "Prospect", "ru": "Потенциальный клиент"}
    assert "тёплый" not in made


def test_a_workbook(target: Path, today: date) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["term", "kind", "of", "effective", "means", "where"])
    sheet.append(["early", "population", "deals", date(2025, 3, 1), "Young.", "stage = 'new'"])
    book.save(target.with_name("terms.xlsx"))
    imported = import_glossary(target.with_name("terms.xlsx"), target, today=today)
    assert steps(imported) == [("early@2025-03-01", "added", ("means", "where"))]


REFUSED = [
    ("bad name,population,deals,,2024-01-01,x,stage = 'new'", "letters, digits and _ only"),
    ("a,filter,deals,,2024-01-01,x,stage = 'new'", "The kind filter is not known."),
    ("a,population,deal,,2024-01-01,x,stage = 'new'", "deal is not known here. Did you mean"),
    ("a,population,,,2024-01-01,x,stage = 'new'", "The term has no table."),
    ("a,population,deals,,2024-01-01,x,stage = = 'new'", "The expression cannot be read at '='"),
    ("a,population,deals,,2024-01-01,x,DROP TABLE deals", "An expression is expected, not a"),
    ("a,population,deals,,2024-01-01,x,strange(stage)", "The function strange is not known."),
    ("a,population,deals,,soon,x,stage = 'new'", "soon is no day. Write it as 2026-01-31."),
    ("a,population,deals,,31.02.2024,x,stage = 'new'", "31.02.2024 is no day."),
    ("a,population,deals,nobody,2024-01-01,x,stage = 'new'", "There is no department nobody"),
    ("a,population,deals,us,2024-01-01,x,stage = 'new'", "The company has no definition of"),
    ("prospect,measure,leads,,,x,", "The glossary has kind: population, the file measure;"),
    ("prospect,population,deals,,,x,", "The glossary has of: leads, the file deals;"),
    ("prospect,,,,2024-01-01,A plain text.,", "The glossary has means by language, the file as"),
    ("a,population,deals,,2024-01-01,${HOME},stage = 'new'", "variables are read in urls only."),
    ("a,population,deals,,2024-01-01,x,\"IS_TERM('none', deals)\"", "none is not known here."),
]


@pytest.mark.parametrize(("row", "says"), REFUSED)
def test_refused_with_a_sentence(row: str, says: str, target: Path, today: date) -> None:
    source = given_table(target.parent, f"term,kind,of,department,effective,means,where\n{row}\n")
    before = target.read_bytes()
    imported = import_glossary(source, target, today=today, write=True)
    (step,) = imported.steps
    assert step.what == "refused"
    assert f"{source}, row 2: " in str(step.why)
    assert says in str(step.why)
    assert target.read_bytes() == before
    assert imported.exit_code == 1


def test_what_is_made_of_something_refused_is_refused(target: Path, today: date) -> None:
    source = given_table(
        target.parent,
        "term,kind,of,expr,numerator,denominator,where\n"
        "share,ratio,,,part,deals_all,\n"
        "part,measure,deals,SUM(,,,\n"
        "on_share,population,deals,,,,\"IS_TERM('late', deals)\"\n"
        "late,population,deals,,,,\n"
        "fine,ratio,,,won_amount,deals_all,\n",
    )
    imported = import_glossary(source, target, today=today, write=True)
    assert [(s.object, s.what) for s in imported.steps] == [
        ("share", "refused"),
        ("part", "refused"),
        ("on_share", "refused"),
        ("late", "draft"),
        ("fine@2026-01-15", "added"),
    ]
    assert "It is made of part, which the glossary does not have." in str(imported.steps[0].why)
    assert "fine" in load_glossary(target).terms


def test_no_column_of_ours(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_table(given_table(tmp_path, "name,meaning\na,b\n"))
    assert "The file has no column term." in str(caught.value)
