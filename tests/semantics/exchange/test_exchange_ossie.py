from __future__ import annotations

import json
from datetime import date
from typing import Any

import duckdb
import pytest
import yaml
from lexis.parser import parse_ossie_yaml
from lexis.resolved_model import ResolvedModel
from lexis.transpilers.sql.duckdb import DuckDBEmitter
from pydantic import ValidationError

from dq.semantics.exchange import Export, export_glossary
from dq.semantics.glossary import Glossary


@pytest.fixture(scope="module")
def made(small: Glossary) -> Export:
    return export_glossary(small, "ossie", today=date(2026, 1, 15))


@pytest.fixture(scope="module")
def model(made: Export) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(made.text)
    return document


def named(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in items}


@pytest.mark.parametrize("which", ["small", "house"])
@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_ossie_s_own_model_takes_it(
    which: str, language: str, request: pytest.FixtureRequest, today: date
) -> None:
    glossary: Glossary = request.getfixturevalue(which)
    text = export_glossary(glossary, "ossie", today=today, language=language).text
    read = parse_ossie_yaml(text)
    # A key that the model does not know would be gone here.
    assert read.model_dump(by_alias=True, exclude_none=True, mode="json") == yaml.safe_load(text)


def test_the_model_would_object(model: dict[str, Any]) -> None:
    wrong = model | {"metrics": [{"name": "a"}]}
    with pytest.raises(ValidationError):
        parse_ossie_yaml(yaml.safe_dump(wrong))


def expression(item: dict[str, Any]) -> str:
    (dialect,) = item["expression"]["dialects"]
    assert dialect["dialect"] == "ANSI_SQL"
    return str(dialect["expression"])


def test_datasets_fields_and_relationships(model: dict[str, Any]) -> None:
    datasets = named(model["datasets"])
    assert datasets["deals"]["primary_key"] == ["id"]
    fields = named(datasets["deals"]["fields"])
    assert fields["amount"] == {
        "name": "amount",
        "expression": {"dialects": [{"dialect": "ANSI_SQL", "expression": "amount"}]},
        "datatype": "Decimal",
        "description": "Without tax.",
    }
    assert expression(fields["size"]) == "CASE WHEN amount > 10 THEN 'big' ELSE 'small' END"
    leads = named(datasets["leads"]["fields"])
    assert expression(leads["prospect"]) == (
        "CASE WHEN budget > 0 AND status <> 'new' THEN TRUE ELSE FALSE END"
    )
    assert leads["prospect"]["datatype"] == "Boolean"
    assert leads["prospect"]["ai_context"] == {"synonyms": ["suspect", "лид, тёплый"]}
    assert json.loads(leads["prospect"]["custom_extensions"][0]["data"]) == {
        "definition": "prospect@2025-07-01",
        "kind": "population",
        "effective": "2025-07-01",
        "steward": "steward@acme.example",
    }
    assert {
        "name": "deals_account_id",
        "from": "deals",
        "to": "accounts",
        "from_columns": ["account_id"],
        "to_columns": ["id"],
    } in model["relationships"]


def test_metrics(made: Export, model: dict[str, Any]) -> None:
    assert {name: expression(metric) for name, metric in named(model["metrics"]).items()} == {
        "won_amount": (
            "SUM(CASE WHEN deals.status = 'won' AND NOT deals.closed_at IS NULL "
            "THEN deals.amount END)"
        ),
        "deals_all": "COUNT(*)",
        "buyers": "COUNT(DISTINCT CASE WHEN deals.status = 'won' THEN deals.account_id END)",
        "spread": "MAX(deals.amount) - MIN(deals.amount)",
        "average": (
            "(SUM(CASE WHEN deals.status = 'won' AND NOT deals.closed_at IS NULL "
            "THEN deals.amount END)) / NULLIF(COUNT(*), 0)"
        ),
    }
    assert [loss.object for loss in made.losses] == [
        "prospect@2024-01-01",
        "prospect/us@2024-06-01",
        "prospect/EU, south@2024-02-01",
        "recent@2024-01-01",
        "buyer@2024-01-01",
        "later@2030-01-01",
        "later",
        "stages",
        "departments",
        "fields",
    ]


def test_another_tool_computes_the_same_figures(made: Export) -> None:
    emitter = DuckDBEmitter()
    resolved = ResolvedModel.build(parse_ossie_yaml(made.text))
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE deals AS SELECT * FROM (VALUES "
            "(1, 'a', 'won', 10, DATE '2026-01-01'), (2, 'a', 'won', 5, DATE '2026-01-02'), "
            "(3, 'b', 'won', 7, NULL), (4, 'c', 'lost', 90, DATE '2026-01-03'), "
            "(5, 'c', NULL, NULL, NULL)) AS t (id, account_id, status, amount, closed_at)"
        )
        figures = {
            name: connection.execute(emitter.emit_metric_query(resolved, name)).fetchone()
            for name in ("won_amount", "buyers", "spread", "average")
        }
    assert figures == {"won_amount": (15,), "buyers": (2,), "spread": (85,), "average": (3.0,)}
