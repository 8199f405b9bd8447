"""The command line from outside: words in, text and exit code out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEALS = """id;name;stage;status;amount;created_at;closed_at
D1;Alpha;won;won;1000;2026-01-10;2026-02-01
D2;Beta;won;won;;2026-01-11;2026-02-02
D3;Gamma;new;open;300;2026-01-12;
"""


def dq(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dq", *words],
        cwd=cwd,
        env={**os.environ, "DQ_LANG": "en", "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deals.csv").write_text(DEALS, encoding="utf-8")
    return tmp_path


def test_version_and_help_are_quick(tmp_path: Path) -> None:
    done = dq("--version", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("dq ")
    listed = subprocess.run(
        [sys.executable, "-c", "import dq.cli, sys; print(sorted(sys.modules))"],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip
    for heavy in ("duckdb", "pyarrow", "pandas", "sqlglot", "babel", "great_expectations"):
        assert f"'{heavy}'" not in listed


def test_scan_finds_prints_and_writes_one_page(folder: Path) -> None:
    done = dq("scan", "deals.csv", cwd=folder)
    assert done.returncode == 1, done.stderr
    assert "C105" in done.stdout
    assert "Traceback" not in done.stderr
    page = (folder / "dq-scan.html").read_text(encoding="utf-8")
    assert "C105" in page
    assert "<script" not in page


def test_scan_as_json_is_the_documented_shape(folder: Path) -> None:
    import jsonschema

    done = dq("--quiet", "scan", "deals.csv", "--format", "json", "--out", "-", cwd=folder)
    document = json.loads(done.stdout)
    schema = json.loads((ROOT / "docs/schemas/result.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    assert document["dq"] == 1
    assert sorted(p.name for p in folder.iterdir()) == ["deals.csv"]


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_scan_speaks_the_readers_language(folder: Path, language: str) -> None:
    done = dq("--lang", language, "scan", "deals.csv", "--out", "-", cwd=folder)
    assert done.returncode == 1
    assert any("а" <= c <= "я" for c in done.stdout)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("scan", "absent.csv"), 3, "absent.csv"),
        (("scna", "deals.csv"), 2, "scan"),
        (("run",), 2, "dq init"),
        (("explain", "C999"), 2, "C999"),
        (("check", "dealz"), 2, "dealz"),
        (("scan",), 2, "FILES"),
    ],
)
def test_errors_are_sentences(folder: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = dq(*words, cwd=folder)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_init_run_check_map_doctor(folder: Path) -> None:
    begun = dq("init", "--from", "deals.csv", cwd=folder)
    assert begun.returncode == 0, begun.stderr
    assert {"dq.yaml", "mapping.yaml", "glossary.yaml"} <= {p.name for p in folder.iterdir()}
    again = dq("init", "--from", "deals.csv", cwd=folder)
    assert again.returncode == 2
    ran = dq("run", cwd=folder)
    assert ran.returncode == 1, ran.stderr
    assert "C105" in ran.stdout
    latest = (folder / ".dq" / "latest").read_text(encoding="utf-8").strip()
    assert (folder / ".dq" / "runs" / latest / "findings.parquet").exists()
    assert list((folder / ".dq" / "snapshots").iterdir())
    assert dq("check", "deals", cwd=folder).returncode == 1
    assert "deals" in dq("map", cwd=folder).stdout
    assert dq("doctor", cwd=folder).returncode == 0
    exported = dq("map", "--export", "mapping.xlsx", cwd=folder)
    assert exported.returncode == 0, exported.stderr
    assert dq("map", "--import", "mapping.xlsx", cwd=folder).returncode == 0


def test_rules_and_explain(folder: Path) -> None:
    assert "C105" in dq("rules", cwd=folder).stdout
    said = dq("explain", "c105", cwd=folder)
    assert said.returncode == 0
    assert "C105" in said.stdout
