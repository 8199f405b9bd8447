"""What the site's files hold: capped, masked, written only where new, swept."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.site import crowded, size
from dq.i18n.catalogue import catalogue
from dq.i18n.translator import Translator
from dq.project import Project
from dq.repair.history import Point
from dq.site.build import _call, build_site
from dq.site.charts import trend
from dq.site.records import fair_limit

ASSETS = Path(__file__).parents[2] / "dq" / "site" / "assets"


@given(st.lists(st.integers(0, 5_000), max_size=400), st.integers(400, 50_000))
def test_the_limit_is_fair_and_the_largest(sizes: list[int], in_all: int) -> None:
    limit = fair_limit(sizes, in_all=in_all)
    assert 1 <= limit <= 1000
    assert sum(min(size, limit) for size in sizes) <= max(in_all, len(sizes))
    if limit < 1000:
        assert sum(min(size, limit + 1) for size in sizes) > in_all


@given(st.text())
def test_no_text_ends_its_script(text: str) -> None:
    script = _call("setFacts", {"x": text})
    assert "<" not in script
    assert not re.search("[\u2028\u2029]", script)
    inside = script.removeprefix("dq.setFacts(").removesuffix(");\n")
    assert json.loads(inside) == {"x": text}


def test_every_word_that_the_pages_say_is_there() -> None:
    """Keys in the scripts against the catalogues, both ways."""
    scripts = "".join(path.read_text(encoding="utf-8") for path in ASSETS.glob("*.js"))
    asked = set(re.findall(r'dq\.say\("([a-z_.]+)"', scripts)) | set(
        re.findall(r'\["[a-z]*", "([a-z]+)"\]', scripts)
    )
    keys = set(catalogue("en"))
    assert {key for key in asked if f"site.{key}" not in keys and key not in keys} == set()
    shipped = {key.removeprefix("site.") for key in keys if key.startswith("site.")}
    assert shipped - asked - {"noscript", "trend_axis", "written"} == {
        f"origin_{kind}" for kind in ("import", "integration", "form", "user")
    }


def test_a_second_build_writes_nothing_but_what_changed(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(project.folder, folder, copy_function=shutil.copy2)
    project, site = Project(folder), folder / "site"
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*.*.*")}
    (site / "data" / "old.0123456789ab.js").write_text("dq.old()", encoding="utf-8")
    (site / "data" / "mine.txt").write_text("a note of mine", encoding="utf-8")
    result = project.run()
    project.build_site(result, "en")
    after = {path: path.stat().st_mtime_ns for path in site.rglob("*.*.*")}
    kept = {path for path in before if after.get(path) == before[path]}
    assert {path.parent.name for path in kept} == {"assets", "data"}
    assert not (site / "data" / "old.0123456789ab.js").exists()
    assert (site / "data" / "mine.txt").exists()
    page = (site / "index.html").read_text(encoding="utf-8")
    named = set(re.findall(r'(?:src|href)="((?:assets|data)/[^"]+)"', page))
    assert all((site / name).is_file() for name in named)


def test_size_and_long_values(project: Project) -> None:
    site = project.folder / "site"
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < 1_000_000


@pytest.mark.parametrize("name", ["deals", "Сделки", "a/b", "x" * 300])
def test_names_of_files(name: str) -> None:
    from dq.site.build import _plain

    assert re.fullmatch(r"[A-Za-z0-9_-]{1,60}", _plain(name))
    assert _plain("deals") == "deals"


def test_many_findings_stay_within_five_megabytes(tmp_path: Path) -> None:
    """Six hundred records in each of four hundred causes: a part is shown, the count is true."""
    result = crowded(tmp_path, 240_000)
    build_site(result, tmp_path / "site")
    assert 1_000_000 < size(tmp_path / "site") < 5_000_000
    facts = next((tmp_path / "site" / "data").glob("facts.*.js")).read_text(encoding="utf-8")
    told = json.loads(facts.removeprefix("dq.setFacts(").removesuffix(");\n"))
    assert {group["records"] for group in told["groups"]} == {600}
    assert {group["shown"] for group in told["groups"]} == {100}


def test_the_trend_shows_what_matters() -> None:
    """Information would press the errors flat; two runs of one day are told apart."""
    runs = [
        Point(
            run_id=str(hour),
            started=datetime(2026, 11, 27, hour),
            as_of=None,
            outcome="findings",
            totals={"error": 1200, "info": 9000},
            suppressed=0,
            scores={},
            rules=None,
            joins=True,
            new=None,
            gone=None,
        )
        for hour in (4, 5)
    ]
    drawn = trend(runs, Translator("ru"))
    assert drawn is not None
    assert "сведение" not in drawn
    assert "27.11.2026\u00a004:00" in drawn
    assert "1,000" not in drawn
    only = trend([replace(run, totals={"info": 9000}) for run in runs], Translator("ru"))
    assert only is not None
    assert "сведение" in only
