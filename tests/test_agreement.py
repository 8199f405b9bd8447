"""Every rule finds the same on DuckDB and on Spark: each column of each finding, in one order.

On the sample CRM, in which all rules have something to find, and on the real tables.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from dq.assess import AssessmentSettings
from dq.checks.rules import RULES
from dq.demo.generate import generate
from dq.engines import open_engine
from dq.engines.base import Engine
from dq.project import Project
from dq.semantics.glossary import Glossary, load_glossary
from tests.agreement import NOW, Assessed, assessed, differences, errors, read
from tests.realdata import CRM as DATA

REAL = (
    "maven_crm_sales",
    "olist_marketing_funnel",
    "x_education_leads/Leads.csv",
    "fivetran_dbt_hubspot_seeds",
    "fivetran_dbt_salesforce_seeds",
)
SILENT = 20
"""Rules that a sample of this size may leave without a finding (history, suites, rare ones)."""


def _both(
    files: list[Path],
    spark: Engine,
    work: Path,
    settings: AssessmentSettings | None = None,
    glossary: Glossary | None = None,
) -> tuple[Assessed, Assessed]:
    raws, mapping = read(files, work)
    duck = open_engine("duckdb", work / "duck", memory="1GB", threads=2)
    try:
        one, other = (
            assessed(engine, raws, mapping, work, settings=settings, glossary=glossary)
            for engine in (duck, spark)
        )
        return one, other
    finally:
        duck.close()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_sample_crm(spark_engine: Engine, tmp_path: Path) -> None:
    generate(tmp_path / "sample", rows=1000, seed=3)
    project = Project(tmp_path / "sample")
    settings = project.assessment_settings(AssessmentSettings(now=NOW))
    glossary = load_glossary(project.glossary_path)
    files = sorted((tmp_path / "sample" / "in").glob("*.csv"))
    one, other = _both(files, spark_engine, tmp_path, settings, glossary)
    assert errors(one.result) == errors(other.result) == []
    assert differences(one, other) == []
    assert len({str(row["code"]) for row in one.findings}) >= len(RULES) - SILENT


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not DATA.exists(), reason="the real tables are not here")
@pytest.mark.parametrize("name", REAL)
def test_real_tables(name: str, spark_engine: Engine, tmp_path: Path) -> None:
    one, other = _both([DATA / name], spark_engine, tmp_path)
    assert errors(one.result) == errors(other.result) == []
    assert differences(one, other) == []
