"""Fixtures shared by all tests: one Spark session a run, a DuckDB a test, the real data."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import servers
from tests.realdata import DATA

if TYPE_CHECKING:
    from dq.engines.base import Engine
    from tests.servers import Server

settings.register_profile(
    "fast",
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile(
    "full",
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile(os.environ.get("DQ_PROFILE", "fast"))

_REQUIRED = os.environ.get("DQ_REQUIRE_SPARK") == "1"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "spark: runs on Spark, which needs Java")
    config.addinivalue_line("filterwarnings", "ignore:unclosed <socket:ResourceWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip = pytest.mark.skip(
        reason="Spark needs Java, and there is none (DQ_REQUIRE_SPARK=1 insists)"
    )
    for item in items:
        if "spark_engine" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.spark)
        if item.get_closest_marker("spark") and not (_REQUIRED or _java()):
            item.add_marker(skip)


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java") is not None or bool(home and Path(home, "bin").is_dir())


@pytest.fixture(scope="session")
def spark_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Spark on two cores, started once a run."""
    from dq.engines import open_engine

    engine = open_engine("local[2]", tmp_path_factory.mktemp("spark"), memory="4GB", threads=2)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL of the tests' own, started once a run."""
    with servers.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[Server]:
    """A MariaDB of the tests' own, started once a run."""
    with servers.mariadb() as server:
        yield server


@pytest.fixture
def duck_engine(tmp_path: Path) -> Iterator[Engine]:
    """A DuckDB of the test's own."""
    from dq.engines import open_engine

    engine = open_engine("duckdb", tmp_path / "duck", memory="1GB", threads=2)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository; it is not part of it."""
    if not DATA.is_dir():
        pytest.skip("the real data are not here (../shared/data)")
    return DATA
