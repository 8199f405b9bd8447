from __future__ import annotations

import ast
import hashlib
import sys
from collections import Counter
from pathlib import Path

import pytest

import dq.demo
from dq.config.load import load_settings
from dq.crm.model import TABLES
from dq.demo.generate import LEAST_ROWS, generate
from dq.demo.world import EXTRA
from dq.errors import UsageError
from dq.semantics.glossary import load_glossary

Table = list[dict[str, str]]

PLANTED = {
    *("C101 C102 C103 C104 C105 C106 C107 C108 C109 C110 C111 C112").split(),
    *("A101 A102 A103 A104 A105 A106 A107 A108 A109 A110").split(),
    *("R101 R102 R103 R104 R105 R106 R107 D101 D104 D105").split(),
}
KEYED = {"user_history": ("user_id", "valid_from"), "rates": ("currency", "day")}
KEYED["deal_contacts"] = ("deal_id", "contact_id")
BY_NAME = {("tickets", "account_id")}


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def key_of(table: str, row: dict[str, str]) -> str:
    return "|".join(row[name] for name in KEYED.get(table, ("id",)))


def planted(faults: Table, *codes: str) -> set[tuple[str, str, str]]:
    return {(f["table"], f["key"], f["column"]) for f in faults if f["code"] in codes}


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    generate(tmp_path / "a", rows=LEAST_ROWS, seed=3)
    generate(tmp_path / "b", rows=LEAST_ROWS, seed=3)
    generate(tmp_path / "c", rows=LEAST_ROWS, seed=4)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert digests(tmp_path / "a") != digests(tmp_path / "c")


def test_bytes_do_not_change_unnoticed(tmp_path: Path) -> None:
    """The random streams are the same on every platform and version of Python."""
    generate(tmp_path, rows=LEAST_ROWS, seed=1)
    found = [*digests(tmp_path / "in").values(), *digests(tmp_path / "truth").values()]
    assert hashlib.sha256("".join(found).encode()).hexdigest()[:16] == "a60f8224d83b079d"


def test_the_truth_is_independent_of_what_is_measured() -> None:
    """The generator lives on the standard library and its own modules."""
    for path in Path(dq.demo.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                own = name.startswith("dq.demo") or name == "dq.errors"
                assert own or name.split(".")[0] in sys.stdlib_module_names, f"{path}: {name}"


def test_too_few_rows_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 100 deals, not 99"):
        generate(tmp_path, rows=99)
    assert not any(tmp_path.iterdir())


def test_all_tables_with_the_names_of_the_model(tables: dict[str, Table]) -> None:
    assert set(tables) == set(TABLES)
    for name, rows in tables.items():
        assert rows, name
        unknown = set(rows[0]) - set(TABLES[name].columns) - EXTRA
        assert not unknown, f"{name}: {unknown}"


def test_settings_load_and_name_every_file(sample: Path) -> None:
    settings = load_settings(sample / "dq.yaml")
    named = {source.path for source in settings.sources.values()}
    assert named == {f"in/{path.name}" for path in (sample / "in").iterdir()}
    assert settings.defaults.currency == "EUR"


def test_glossary_is_that_of_the_repository(sample: Path) -> None:
    """The package carries a copy, so that it can be written where there is no repository."""
    root = Path(__file__).parents[2]
    assert (sample / "glossary.yaml").read_bytes() == (root / "glossary.yaml").read_bytes()


def test_glossary_knows_every_stage(sample: Path, tables: dict[str, Table]) -> None:
    ladders = load_glossary(sample / "glossary.yaml").stages.ladders
    used = {(row["pipeline"], row["stage"]) for row in tables["deals"]}
    known = {(pipeline, stage) for pipeline, steps in ladders.items() for stage in steps}
    assert used == known


def test_keys_are_unique_except_planted(tables: dict[str, Table], faults: Table) -> None:
    for name, rows in tables.items():
        counts = Counter(key_of(name, row) for row in rows)
        twice = {key for key, count in counts.items() if count > 1}
        assert twice == {key for table, key, _ in planted(faults, "D104") if table == name}


def test_relations_hold_except_planted(tables: dict[str, Table], faults: Table) -> None:
    broken = planted(faults, "R101", "R103", "R104")
    for name, rows in tables.items():
        for relation in TABLES[name].relations:
            if (name, relation.column) in BY_NAME or relation.column not in rows[0]:
                continue
            keys = {row["id"] for row in tables[relation.target]}
            loose = {
                (name, key_of(name, row), relation.column)
                for row in rows
                if row[relation.column] and row[relation.column] not in keys
            }
            assert loose <= broken, f"{name}.{relation.column}: {sorted(loose - broken)[:3]}"


def test_names_in_tickets_are_known(tables: dict[str, Table], innocent: Table) -> None:
    names = {row["name"] for row in tables["accounts"]}
    spelt = {t["key"] for t in innocent if (t["code"], t["table"]) == ("R102", "tickets")}
    loose = {row["id"] for row in tables["tickets"] if row["account_id"] not in names}
    assert loose <= spelt


def test_every_code_is_planted(faults: Table, innocent: Table) -> None:
    counts = Counter(f["code"] for f in faults if f["kind"] == "planted")
    assert set(counts) == PLANTED
    assert {code for code, count in counts.items() if count < 5} == set()
    assert {t["code"] for t in innocent} == PLANTED
    assert {f["kind"] for f in faults} == {"planted", "follows"}
    assert {f["strength"] for f in faults} <= {"strong", "medium", "weak"}


@pytest.mark.parametrize("which", ["faults", "innocent"])
def test_truth_names_cells_as_they_stand(
    which: str, tables: dict[str, Table], request: pytest.FixtureRequest
) -> None:
    for truth in request.getfixturevalue(which):
        table, key, column = truth["table"], truth["key"], truth["column"]
        if not key:
            assert not column or column in tables[table][0]
            continue
        found = [row for row in tables[table] if key_of(table, row) == key]
        assert found, truth
        shown = truth["kind"] != "follows" and column and table not in ("invoices", "payments")
        if shown and truth["value"]:
            assert truth["value"] in {row[column] for row in found}, truth
        elif shown:
            assert all(row[column] == "" for row in found), truth


def test_no_record_is_both_guilty_and_innocent(faults: Table, innocent: Table) -> None:
    guilty = {(f["code"], f["table"], f["key"]) for f in faults if f["key"]}
    assert guilty.isdisjoint((t["code"], t["table"], t["key"]) for t in innocent)


def test_distributions_are_those_of_a_company(tables: dict[str, Table]) -> None:
    deals = tables["deals"]
    status = Counter(row["status"] for row in deals)
    assert min(status.values()) / len(deals) > 0.08
    assert {row["currency"] for row in deals} == {"RUB", "UAH", "GBP"}
    assert len({row["pipeline"] for row in deals}) == 3
    years = Counter(row["created_at"][:4] for row in deals)
    assert years["2024"] < years["2025"]
    assert min(row["created_at"] for row in deals) >= "2024-01-01"
    latest = max(row["logged_at"] for row in tables["activities"])
    assert "2026-09-2" < latest <= "2026-09-30 18:00:00"
    hours = Counter(row["started_at"][11:13] for row in tables["activities"])
    assert hours["11"] > hours["17"]
    assert not {"02", "03", "04"} & set(hours)
