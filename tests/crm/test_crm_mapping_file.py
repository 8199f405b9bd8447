"""mapping.yaml: the same after writing and reading, edited by people, strict."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dq.crm.mapping import (
    ColumnMapping,
    Conversion,
    LinesRule,
    OwnColumn,
    ProjectMapping,
    SourceMapping,
    TableMapping,
)
from dq.crm.mapping_file import parse_mapping, read_mapping, write_mapping
from dq.crm.recognise import recognise
from dq.errors import ConfigError
from tests.crm.caselib import cases, load, tables

ALL = dict(cases())
WRONG = load(Path(__file__).parent / "wrong_mappings.yaml")

FULL = ProjectMapping(
    sources=(
        SourceMapping(
            source="Сделки (2)",
            shape="00123e5",
            preset="bitrix24",
            confidence=0.85,
            evidence=(("mapping.table_by_name", {"table": "deals", "n": 3}), ("x.y", {})),
            merge_log=("id", "gone"),
            merge_table="deals",
            unmapped=("yes", "2024", "a: b", "#1"),
            tables=(
                TableMapping(
                    source="Сделки (2)",
                    table="deals",
                    key=("ID", "№"),
                    present=("ID",),
                    collapse=True,
                    deleted=("is deleted", "gone"),
                    deleted_values=("yes", "1"),
                    merged_into="master",
                    in_force="_active",
                    since="_start",
                    lines=LinesRule("Товар", quantity="Кол-во"),
                    preset="bitrix24",
                    columns=(
                        ColumnMapping("name", "Название"),
                        ColumnMapping("account_id", "yes", link="name", fallbacks=("=cmd", "-")),
                        ColumnMapping("status", None, constant="won"),
                        ColumnMapping("next_step", None, joined=("Имя", "=x")),
                        ColumnMapping(
                            "amount",
                            "Сумма, руб.",
                            Conversion("decimal", decimal_mark=",", grouping=" "),
                            confidence=0.93,
                            evidence="mapping.by_header",
                            evidence_args={"known": "сумма", "percent": 95},
                        ),
                        ColumnMapping(
                            "closed_at",
                            "${HOME}",
                            Conversion(
                                "timestamp",
                                formats=("%d.%m.%Y %H:%M", "%Y-%m-%d"),
                                empty_words=("не закрыта",),
                                offset=True,
                            ),
                        ),
                        ColumnMapping(
                            "stage",
                            "{x}",
                            Conversion(
                                values={"да": "true", "142": "won", "no": "lost"},
                                default="open",
                                split=";",
                            ),
                        ),
                    ),
                    own=(
                        OwnColumn("Город", "Город", kind="city"),
                        OwnColumn("own_kind", "kind", Conversion("integer"), "number"),
                    ),
                ),
            ),
        ),
        SourceMapping("weather", "ff", "generic", (), own=(OwnColumn("a", "a", kind="text"),)),
    ),
    relations=(("a", "b", "c", "d"),),
)


@pytest.mark.parametrize("name", ALL)
def test_it_is_the_same_after_writing_and_reading(name: str, tmp_path: Path) -> None:
    mapping = recognise(tables(tmp_path, ALL[name]["files"])).mapping
    write_mapping(tmp_path / "mapping.yaml", mapping)
    assert read_mapping(tmp_path / "mapping.yaml") == mapping


def test_everything_that_a_mapping_can_say(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    write_mapping(path, FULL)
    assert read_mapping(path) == FULL
    before = path.read_bytes()
    write_mapping(path, FULL)
    assert path.read_bytes() == before


def test_the_order_of_columns_is_the_models_after_an_edit_or_not(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    write_mapping(path, FULL)
    table = replace(
        FULL.sources[0].tables[0], key=(), columns=FULL.sources[0].tables[0].columns[:2]
    )
    less = replace(FULL, sources=(replace(FULL.sources[0], tables=(table,)),), relations=())
    write_mapping(path, less)
    assert read_mapping(path) == less


def test_comments_and_edits_stay(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(
        "# our own notes\n"
        "sources:\n"
        "  deals:  # from the CRM\n"
        "    shape: abc\n"
        "    tables:\n"
        "      - table: deals\n"
        "        key: [ID]\n"
        "        columns:\n"
        "          # the sum with VAT\n"
        "          amount: {from: Sum, decimal_mark: comma}  # asked Ann\n"
        "          stage: Stage\n",
        encoding="utf-8",
    )
    mapping = read_mapping(path)
    table = mapping.sources[0].tables[0]
    changed = replace(table, columns=(*table.columns, ColumnMapping("name", "Title")))
    write_mapping(path, replace(mapping, sources=(replace(mapping.sources[0], tables=(changed,)),)))
    text = path.read_text(encoding="utf-8")
    for kept in ("# our own notes", "# from the CRM", "# the sum with VAT", "# asked Ann"):
        assert kept in text
    assert "name: Title" in text
    assert [c.target for c in read_mapping(path).sources[0].tables[0].columns] == [
        "amount", "stage", "name",
    ]  # fmt: skip


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert parse_mapping("") == ProjectMapping(())


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["error"])
def test_what_is_wrong_is_said_with_its_place(case: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_mapping(case["text"])
    assert str(raised.value) == case["error"]


def test_a_file_that_is_no_yaml_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text("sources: [", encoding="utf-8")
    with pytest.raises(ConfigError):
        write_mapping(path, FULL)
    assert path.read_text(encoding="utf-8") == "sources: ["
