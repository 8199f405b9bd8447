"""The cases of the rules can be read, and say what they mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from dq.checks.rules.meaning.issues import GLOSSARY
from dq.findings import Finding, Severity
from tests.checks.caselib import Case, CaseError, differences, load_case, load_cases

LABELLED = (
    [f"C{n}" for n in range(101, 113)]
    + [f"A{n}" for n in range(101, 111)]
    + [f"R{n}" for n in range(101, 108)]
    + ["D101", "D104", "D105"]
)
BEFORE_THE_RULE = (
    [f"F{n}" for n in range(101, 110)]
    + [f"T{n}" for n in range(101, 108)]
    + ["X101", "X102", "D106"]
)


@pytest.fixture(scope="module")
def shipped() -> list[Case]:
    return load_cases()


def read(folder: Path, text: str) -> Case:
    path = folder / "X101" / "one.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return load_case(path)


def test_cells_stay_text(tmp_path: Path) -> None:
    case = read(
        tmp_path,
        '''
about: Text is text.
settings: {country: RU, as_of: 2026-06-30, rules: {X101: {params: {limit: 2}}}}
tables:
  deals: |
    id;name;amount;created_at
    007;"A;B ""C""";1 234,50;2026-01-10
    no; x<U+200B>y ;;
expected:
  - {table: deals, key: 007, value: "1 234,50", column: null}
outcomes: {deals: failed}
''',
    )
    assert (case.code, case.name, str(case)) == ("X101", "one", "X101/one")
    assert case.columns == {"deals": ("id", "name", "amount", "created_at")}
    first, second = case.tables["deals"]
    assert (first["id"], first["name"]) == ("007", 'A;B "C"')
    assert second == {"id": "no", "name": " x\u200by ", "amount": "", "created_at": ""}
    assert case.settings["as_of"].isoformat() == "2026-06-30"
    assert case.settings["rules"]["X101"]["params"] == {"limit": 2}
    assert case.expected[0].told == {"key": "007", "value": "1 234,50", "column": None}
    assert case.outcomes == {"deals": "failed"}


def test_generated_rows_are_plain_to_foresee(tmp_path: Path) -> None:
    case = read(
        tmp_path,
        """
about: Rows in number.
tables:
  leads: |
    id;name;day
    L0;Zoe;2026-01-01
generate:
  - table: leads
    each: {month: ["2026-{01..02}"]}
    repeat: 3
    start: 8
    row: L{i:3};{name};{month}-{day}
    cycle: {name: [Anna, Boris], day: ["{09..10}", 28]}
expected:
  - {table: leads, keys: ["L{008..010}"]}
""",
    )
    assert [tuple(row.values()) for row in case.tables["leads"]] == [
        ("L0", "Zoe", "2026-01-01"),
        ("L008", "Anna", "2026-01-09"),
        ("L009", "Boris", "2026-01-10"),
        ("L010", "Anna", "2026-01-28"),
        ("L011", "Anna", "2026-02-09"),
        ("L012", "Boris", "2026-02-10"),
        ("L013", "Anna", "2026-02-28"),
    ]
    assert [wanted.told["key"] for wanted in case.expected] == ["L008", "L009", "L010"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("about: A\ntables: {t: 'id'}\nexpected: []\nexpect: []", "unknown keys: expect"),
        ("about: A\ntables: {t: 'id;id'}\nexpected: []", "header of different names"),
        ('about: A\ntables: {t: "id;a\\n1"}\nexpected: []', "1 cells under 2 columns"),
        ("about: A\ntables: {t: 'id'}\nexpected: [{table: t, row: 1}]", "unknown keys: row"),
        ("about: A\ntables: {t: 'id'}\nexpected: []\noutcomes: {t: fine}", "is no outcome"),
        ("about: A\ntables: {t: 'id'}\nexpected: []\nsettings: {land: RU}", "unknown keys: land"),
        ("about: A\nabout: B\ntables: {t: 'id'}\nexpected: []", "about"),
        ("tables: {t: 'id'}\nexpected: []", "about"),
    ],
)
def test_a_slip_is_named_with_its_file(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(CaseError, match=r"^X101/one\.yaml: ") as caught:
        read(tmp_path, text)
    assert says in str(caught.value)


def test_an_earlier_snapshot_has_tables_of_its_own(tmp_path: Path) -> None:
    case = read(
        tmp_path,
        """
about: A record that is gone.
settings: {certified: {deals.closed_at: 2026-Q2}}
before:
  deals: |
    id;amount
    D1;100
    D2;200
tables:
  deals: |
    id;amount;note
    D1;100;
expected:
  - {table: deals, key: D2}
""",
    )
    assert case.settings["certified"] == {"deals.closed_at": "2026-Q2"}
    assert case.before_columns == {"deals": ("id", "amount")}
    assert [row["id"] for row in case.before["deals"]] == ["D1", "D2"]
    assert [row["id"] for row in case.tables["deals"]] == ["D1"]


def found(key: str | None, column: str | None = "amount", **more: str) -> Finding:
    return Finding("X101", Severity.INFO, "deals", key, column, more.pop("value", None), args=more)


EXPECTING = """
about: Three findings.
tables: {deals: "id;amount"}
expected:
  - {table: deals, key: D1}
  - {table: deals, key: D1, column: amount, severity: info, args: {near: D2}}
  - {table: deals, key: null, times: any}
"""


def test_right_findings_differ_in_nothing(tmp_path: Path) -> None:
    case = read(tmp_path, EXPECTING)
    right = [found("D1", near="D2"), found("D1", "stage"), found(None), found(None, "stage")]
    assert differences(case, right) == []
    assert differences(case, reversed(right)) == []


def test_differences_are_told_one_by_one(tmp_path: Path) -> None:
    case = read(tmp_path, EXPECTING)
    lines = differences(case, [found("D1"), found("D7", value="x")])
    assert lines == [
        "missing: deals key='D1' column='amount' severity='info' near='D2'",
        "missing: deals key=None",
        "not expected: deals key='D7' column='amount' value='x'",
    ]


@pytest.mark.parametrize("code", LABELLED + BEFORE_THE_RULE)
def test_each_rule_has_faults_and_look_alikes(shipped: list[Case], code: str) -> None:
    cases = [case for case in shipped if case.code == code]
    innocent = [case for case in cases if not case.expected]
    skipped = [case for case in innocent if "not_applicable" in case.outcomes.values()]
    assert len(cases) - len(innocent) >= 3
    assert len(innocent) - len(skipped) >= 3
    assert skipped


@pytest.mark.parametrize("code", BEFORE_THE_RULE)
def test_faults_are_blatant_clear_and_faint(shipped: list[Case], code: str) -> None:
    faulty = [case.about for case in shipped if case.code == code and case.expected]
    assert len(faulty) >= 5
    assert all(about.startswith(("Blatant", "Clear", "Faint")) for about in faulty)
    for strength in ("Blatant", "Clear", "Faint"):
        assert any(about.startswith(strength) for about in faulty), strength


def test_expectations_name_what_is_in_the_tables(shipped: list[Case]) -> None:
    for case in shipped:
        for wanted in case.expected:
            if wanted.table == GLOSSARY:
                continue
            rows = case.tables[wanted.table] + case.before.get(wanted.table, [])
            key, column = wanted.told.get("key"), wanted.told.get("column")
            named = [row for row in rows if row.get("id") == key]
            assert key is None or named, f"{case}: no record {key}"
            assert column is None or column in case.columns[wanted.table], f"{case}: {column}"
            value = wanted.told.get("value")
            if value is not None and column is not None and named:
                assert value in [row[column] for row in named], f"{case}: {value}"


def test_outcomes_agree_with_the_findings(shipped: list[Case]) -> None:
    for case in shipped:
        faulty = {wanted.table for wanted in case.expected}
        for table, outcome in case.outcomes.items():
            assert table in case.tables or table == GLOSSARY, f"{case}: {table}"
            assert (outcome == "failed") == (table in faulty), f"{case}: {table}"
