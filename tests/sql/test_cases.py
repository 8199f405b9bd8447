"""Expressions as people write them, with the values they give (`cases.yaml`)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from sqlglot import exp

from dq.engines.base import Engine
from dq.sql import portable as f
from dq.sql.parse import parse_expression
from dq.sql.row import compile_value
from tests.sql.machines import same


def _cases() -> list[tuple[str, object]]:
    class Typed(SafeConstructor):
        """Constructors are kept by class: the shared one must not learn these."""

    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = Typed
    for tag, read in (
        ("decimal", Decimal),
        ("date", date.fromisoformat),
        ("timestamp", datetime.fromisoformat),
    ):
        Typed.add_constructor(
            f"tag:yaml.org,2002:{tag}", lambda _, node, read=read: read(node.value)
        )
    return [tuple(case) for case in yaml.load(Path(__file__).with_name("cases.yaml"))]


CASES = _cases()


def _wrong(engine: Engine) -> list[str]:
    columns = [f.alias(parse_expression(text), f"c{i}") for i, (text, _) in enumerate(CASES)]
    found = engine.query(exp.select(*columns)).to_pylist()[0]
    return [
        f"{text}: {found[f'c{i}']!r}, not {expected!r}"
        for i, (text, expected) in enumerate(CASES)
        if not same(found[f"c{i}"], expected)
    ]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_row(text: str, expected: object) -> None:
    found = compile_value(parse_expression(text))({})
    assert same(found, expected), found


def test_duckdb(duck_engine: Engine) -> None:
    assert _wrong(duck_engine) == []


def test_spark(spark_engine: Engine) -> None:
    assert _wrong(spark_engine) == []
