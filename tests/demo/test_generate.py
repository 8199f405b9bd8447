from __future__ import annotations

import ast
import hashlib
import sys
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

import dq.demo
import dq.demo.world
from dq.config.load import load_settings
from dq.crm.model import TABLES
from dq.demo.generate import LEAST_ROWS, generate
from dq.demo.world import EXTRA
from dq.errors import UsageError
from dq.semantics.glossary import load_glossary
from tests.demo.conftest import ROWS
from tests.demo.reading import Table, Tables, read

PLANTED = {
    *(f"C{number}" for number in range(101, 113)),
    *(f"D{number}" for number in range(101, 107)),
    *(f"F{number}" for number in range(101, 110)),
    *(f"A{number}" for number in range(101, 111)),
    *(f"R{number}" for number in range(101, 108)),
    *(f"T{number}" for number in range(101, 108)),
    *("X101", "X102"),
}
WHOLE_TABLES = {"C110", "C111", "T105", "T106"}
PEOPLE = {"X102"}
STRENGTHS = {"blatant", "clear", "faint"}
KEYS = {
    "user_history": ("user_id", "valid_from"),
    "rates": ("currency", "day"),
    "deal_contacts": ("deal_id", "contact_id"),
}
LIBRARIES = {"numpy", "pyarrow"}


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def key_of(table: str, row: dict[str, str]) -> str:
    return "|".join(row[name] for name in KEYS.get(table, ("id",)))


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample made in three blocks."""
    folder = tmp_path_factory.mktemp("blocks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dq.demo.world, "BLOCK", LEAST_ROWS)
        generate(folder, rows=3 * LEAST_ROWS - 1, seed=2)
    return folder


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    generate(tmp_path / "a", rows=LEAST_ROWS, seed=3)
    generate(tmp_path / "b", rows=LEAST_ROWS, seed=3)
    generate(tmp_path / "c", rows=LEAST_ROWS, seed=4)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert digests(tmp_path / "a") != digests(tmp_path / "c")


def test_written_again_into_the_same_folder(tmp_path: Path) -> None:
    generate(tmp_path, rows=LEAST_ROWS, seed=3)
    first = digests(tmp_path)
    generate(tmp_path, rows=LEAST_ROWS, seed=3)
    assert digests(tmp_path) == first


def test_the_truth_is_independent_of_what_is_measured() -> None:
    """The generator lives on its own modules, numbers and columns."""
    for path in Path(dq.demo.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                own = name.startswith("dq.demo") or name == "dq.errors"
                known = name.split(".")[0] in sys.stdlib_module_names | LIBRARIES
                assert own or known, f"{path}: {name}"


def test_too_few_rows_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 1000 deals, not 999"):
        generate(tmp_path, rows=999)
    assert not any(tmp_path.iterdir())


def test_all_tables_with_the_names_of_the_model(tables: Tables) -> None:
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
    for log in settings.outside.values():
        rows = read(sample / str(log.path))
        assert set(log.keys) <= set(TABLES[log.pairs].columns)
        assert set(log.keys.values()) <= set(rows[0])
    for control in settings.controls.values():
        assert {control.column, control.key} <= set(read(sample / str(control.path))[0])


def test_glossary_is_that_of_the_repository(sample: Path) -> None:
    """The package carries a copy, so that it can be written where there is no repository."""
    root = Path(__file__).parents[2]
    assert (sample / "glossary.yaml").read_bytes() == (root / "glossary.yaml").read_bytes()


def test_glossary_knows_every_stage(sample: Path, tables: Tables) -> None:
    ladders = load_glossary(sample / "glossary.yaml").stages.ladders
    used = {(row["pipeline"], row["stage"]) for row in tables["deals"]}
    known = {(pipeline, stage) for pipeline, steps in ladders.items() for stage in steps}
    assert used <= known
    assert {pipeline for pipeline, _ in used} == set(ladders)


def test_every_code_is_planted_in_three_strengths(faults: Table, innocent: Table) -> None:
    counts = Counter((f["code"], f["strength"]) for f in faults if f["kind"] == "planted")
    assert {code for code, _ in counts} == PLANTED
    assert {t["code"] for t in innocent} == PLANTED
    assert {f["kind"] for f in faults} == {"planted", "follows"}
    assert {f["strength"] for f in faults if f["kind"] == "planted"} == STRENGTHS
    assert {t["strength"] for t in innocent} == {"lookalike"}
    for code in PLANTED:
        least = 1 if code in WHOLE_TABLES | PEOPLE else 4
        assert all(counts[code, strength] >= least for strength in STRENGTHS), code


@pytest.mark.slow
def test_a_full_block_has_twenty_of_each(tmp_path: Path) -> None:
    generate(tmp_path, rows=50_000, seed=1)
    told = read(tmp_path / "truth" / "faults.csv")
    counts = Counter((f["code"], f["strength"]) for f in told if f["kind"] == "planted")
    alike = Counter(row["code"] for row in read(tmp_path / "truth" / "innocent.csv"))
    for code in PLANTED - WHOLE_TABLES - PEOPLE - {"R106"}:  # there are so many sellers only
        assert all(counts[code, strength] >= 20 for strength in STRENGTHS), code
        assert alike[code] >= 60, code


def test_as_many_innocent_ones(faults: Table, innocent: Table) -> None:
    alike = Counter(t["code"] for t in innocent)
    for code in PLANTED - WHOLE_TABLES:
        assert alike[code] >= 8, code
    assert {f["code"] for f in faults} == set(alike)


def test_faults_grow_with_the_sample(blocks: Path, tmp_path: Path) -> None:
    """Three blocks hold three times the faults of records of one, and those of tables once."""
    generate(tmp_path, rows=LEAST_ROWS, seed=2)

    def counts(folder: Path) -> Counter[str]:
        rows = read(folder / "truth" / "faults.csv")
        return Counter(row["code"] for row in rows if row["kind"] == "planted")

    one, three = counts(tmp_path), counts(blocks)
    for code in ("A102", "C105", "D102", "F105", "R103", "T101"):
        assert 2.7 * one[code] <= three[code] <= 3.3 * one[code], code
    assert all(one[code] == three[code] for code in WHOLE_TABLES)


def test_sizes_are_linear(blocks: Path, tmp_path: Path) -> None:
    generate(tmp_path, rows=LEAST_ROWS, seed=2)
    for path in (tmp_path / "in").iterdir():
        one, three = len(read(path)), len(read(blocks / "in" / path.name))
        if path.stem in ("rates", "campaigns", "products", "expenses"):
            assert one == three, path.stem
        else:
            assert 2.1 * one <= three <= 3.7 * one, path.stem


def test_blocks_share_no_key_and_no_address(blocks: Path) -> None:
    copies = {
        (row["table"], row["key"])
        for row in read(blocks / "truth" / "faults.csv")
        if row["code"] == "D104"
    }
    for path in (blocks / "in").iterdir():
        keys = Counter(key_of(path.stem, row) for row in read(path))
        twice = {(path.stem, key) for key, count in keys.items() if count > 1}
        assert twice <= copies, path.stem
    emails = Counter(row["email"] for row in read(blocks / "in" / "users.csv"))
    assert emails.most_common(1)[0][1] == 1
    told = chain(read(blocks / "truth" / "faults.csv"), read(blocks / "truth" / "innocent.csv"))
    touched = {row["key"] for row in told}
    for name, columns in (("contacts", ("email",)), ("accounts", ("tax_id", "domain", "name"))):
        for column in columns:
            values = Counter(
                row[column]
                for row in read(blocks / "in" / f"{name}.csv")
                if row[column] and row["id"] not in touched
            )
            assert values.most_common(1)[0][1] == 1, (name, column, values.most_common(1))


@pytest.mark.parametrize("which", ["faults", "innocent"])
def test_truth_names_cells_as_they_stand(
    which: str, tables: Tables, request: pytest.FixtureRequest
) -> None:
    rows: dict[tuple[str, str], list[dict[str, str]]] = {}
    for name, table in tables.items():
        for row in table:
            rows.setdefault((name, key_of(name, row)), []).append(row)
    for truth in request.getfixturevalue(which):
        table, key, column = truth["table"], truth["key"], truth["column"]
        if not key or truth["note"] == "gone without a mark of deletion":
            continue
        found = rows.get((table, key))
        assert found, truth
        if truth["kind"] != "follows" and column:
            assert truth["value"] in {row[column] for row in found}, truth


def test_no_record_is_both_guilty_and_innocent(faults: Table, innocent: Table) -> None:
    guilty = {
        (f["code"], f["table"], f["key"]) for f in faults if f["key"] and f["kind"] == "planted"
    }
    assert guilty.isdisjoint((t["code"], t["table"], t["key"]) for t in innocent)


def test_a_record_carries_one_fault(faults: Table) -> None:
    """Save for cells of one fault, and for what is planted beside others on purpose."""
    planted: dict[tuple[str, str], set[str]] = {}
    for fault in faults:
        if fault["kind"] == "planted" and fault["key"]:
            planted.setdefault((fault["table"], fault["key"]), set()).add(fault["code"])
    several = {place: codes for place, codes in planted.items() if len(codes) > 1}
    assert several == {}


def test_distributions_are_those_of_a_company(tables: Tables) -> None:
    deals = tables["deals"]
    status = Counter(row["status"] for row in deals)
    assert len(deals) >= ROWS
    assert 0.04 < status["open"] / len(deals) < 0.12
    assert 0.4 < status["won"] / (status["won"] + status["lost"]) < 0.65
    assert {row["currency"] for row in deals} == {"RUB", "UAH", "GBP", "USD", "EUR", "KZT"}
    assert len({row["pipeline"] for row in deals}) == 8
    years = Counter(row["created_at"][:4] for row in deals)
    assert years["2024"] < years["2025"]
    months = Counter(row["created_at"][:7] for row in deals)
    assert months["2025-01"] < months["2025-03"]
    hours = Counter(row["started_at"][11:13] for row in tables["activities"])
    assert hours["11"] > hours["17"]
    assert sum(hours[hour] for hour in ("02", "03", "04")) < 0.01 * hours.total()
    days = Counter(row["created_at"][:10] for row in deals)
    assert not {"2024-01-01", "2025-01-01", "2026-01-01"} & set(days)
    often = Counter(row["account_id"] for row in deals)
    assert often.most_common(1)[0][1] >= 8
    per_lead = Counter(row["lead_id"] for row in tables["touches"] if row["lead_id"])
    assert max(per_lead.values()) >= 4
    reasons = Counter(row["lost_reason"] for row in deals if row["lost_reason"])
    assert len(reasons) > 15


def test_plans_are_near_what_came(tables: Tables) -> None:
    kinds = {(row["term"], bool(row["owner_id"]), bool(row["channel"])) for row in tables["plans"]}
    assert kinds == {
        ("revenue", True, False), ("won_deals", True, False), ("leads_created", False, True),
        ("revenue", False, False),
    }  # fmt: skip
    deals = Counter(row["owner_id"] for row in tables["deals"] if row["status"] == "won")
    planned: Counter[str] = Counter()
    for row in tables["plans"]:
        if row["term"] == "won_deals":
            planned[row["owner_id"]] += int(float(row["value"]))
    usual = sorted(deals[owner] / planned[owner] for owner in planned)
    assert 0.5 < usual[len(usual) // 2] < 1.5
