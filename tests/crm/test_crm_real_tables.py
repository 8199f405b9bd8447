"""Real exports: the mapping of each, whole, as it was read and agreed on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dq.crm.drafts import Recognition
from dq.crm.mapping_file import read_mapping, write_mapping
from dq.crm.recognise import recognise
from dq.tables import RawTable
from tests.crm.caselib import DATA, load
from tests.crm.compact import Compact, compact
from tests.crm.tables import raw_csv

EXPECTED = load(Path(__file__).parent / "real_tables.yaml")

Real = tuple[str, list[RawTable], Recognition]

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real tables are not here")


def _read(name: str, folder: Path) -> list[RawTable]:
    about = EXPECTED[name]
    paths = sorted(DATA.glob(about["files_of"]))
    return [raw_csv(folder, path, about.get("delimiter", ",")) for path in paths]


@pytest.fixture(scope="module", params=EXPECTED)
def real(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Real:
    """A set of real tables and what was recognised of it."""
    raws = _read(request.param, tmp_path_factory.mktemp("real"))
    return request.param, raws, recognise(raws)


def _without_words(found: Recognition) -> Recognition:
    """Stage words are data: only their number is compared."""
    sources = []
    for source in found.mapping.sources:
        tables = []
        for table in source.tables:
            columns = []
            for column in table.columns:
                how = column.conversion
                if column.evidence == "mapping.status_by_flags":
                    words = {f"stage {i}": v for i, v in enumerate(how.values.values())}
                    column = replace(column, conversion=replace(how, values=words))
                columns.append(column)
            tables.append(replace(table, columns=tuple(columns)))
        sources.append(replace(source, tables=tuple(tables)))
    return replace(found, mapping=replace(found.mapping, sources=tuple(sources)))


def _only(names: list[str], told: Compact) -> Compact:
    """Own columns of these kinds only: wide tables have hundreds of others."""
    files = {}
    for file, about in told["files"].items():
        own = {k: v for k, v in about.get("own", {}).items() if k.split()[0] in names}
        files[file] = {k: v for k, v in about.items() if k != "own"}
        if own:
            files[file]["own"] = own
    return {**told, "files": files}


def test_the_whole_mapping_is_as_agreed(real: Real) -> None:
    name, _, found = real
    about = EXPECTED[name]
    told = compact(_without_words(found))
    if "own_kinds" in about:
        told = _only(about["own_kinds"], told)
    assert told == about["expect"]


def test_it_is_the_same_after_writing_and_reading(real: Real, tmp_path: Path) -> None:
    _, _, found = real
    write_mapping(tmp_path / "mapping.yaml", found.mapping)
    assert read_mapping(tmp_path / "mapping.yaml") == found.mapping


def test_the_next_time_nothing_is_asked(real: Real) -> None:
    _, raws, found = real
    again = recognise(raws, remembered=found.mapping.sources)
    assert again.mapping.sources == found.mapping.sources
    assert again.asked == ()
