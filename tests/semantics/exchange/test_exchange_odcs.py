from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from typing import Any

import duckdb
import pytest
import yaml
from jsonschema import Draft201909Validator
from open_data_contract_standard.model import OpenDataContractStandard

from dq.crm.model import TABLES
from dq.semantics.exchange import Export, export_glossary
from dq.semantics.glossary import Glossary

STANDARD = files("open_data_contract_standard").joinpath("schema.json")
SCHEMA = Draft201909Validator(json.loads(STANDARD.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def made(small: Glossary) -> Export:
    return export_glossary(
        small,
        "odcs",
        today=date(2026, 1, 15),
        status={"prospect@2025-07-01": "approved"},
    )


@pytest.fixture(scope="module")
def contract(made: Export) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(made.text)
    return document


def named(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in items}


@pytest.mark.parametrize("which", ["small", "house"])
@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_the_standard_takes_it(
    which: str, language: str, request: pytest.FixtureRequest, today: date
) -> None:
    glossary: Glossary = request.getfixturevalue(which)
    text = export_glossary(glossary, "odcs", today=today, language=language).text
    document = yaml.safe_load(text)
    assert [error.message for error in SCHEMA.iter_errors(document)] == []
    read = OpenDataContractStandard.from_string(text)
    # Its model drops unknown keys of the parts, so what it writes again must be the same.
    assert yaml.safe_load(read.to_yaml()) == document


def test_the_schema_would_object(contract: dict[str, Any]) -> None:
    assert not SCHEMA.is_valid(contract | {"owner": "me"})
    assert not SCHEMA.is_valid(contract | {"schema": [{"name": "deals", "columns": []}]})


def test_head(contract: dict[str, Any]) -> None:
    assert (contract["apiVersion"], contract["kind"], contract["version"]) == (
        "v3.2.0",
        "DataContract",
        "2026-01-15",
    )
    assert contract["status"] == "draft"
    assert [table["name"] for table in contract["schema"]] == list(TABLES)
    assert contract["team"]["members"] == [
        {"username": "steward@acme.example", "role": "steward"},
        {"username": "owner@acme.example", "role": "owner"},
    ]


def test_columns_keys_and_relations(contract: dict[str, Any]) -> None:
    deals = named(named(contract["schema"])["deals"]["properties"])
    assert deals["id"] == {
        "name": "id",
        "logicalType": "string",
        "required": True,
        "primaryKey": True,
        "primaryKeyPosition": 1,
        "unique": True,
    }
    assert deals["owner_id"]["relationships"] == [{"type": "foreignKey", "to": "users.id"}]
    assert deals["amount"]["logicalType"] == "number"
    assert deals["amount"]["description"] == "Without tax."
    assert deals["amount"]["customProperties"] == [
        {"property": "unit", "value": "EUR"},
        {"property": "owner", "value": "owner@acme.example"},
        {"property": "since", "value": "2024-01-01"},
        {"property": "requiredFrom", "value": "offer"},
    ]
    assert deals["kind"]["businessName"] == "Kind of deal"
    assert deals["kind"]["enum"] == [{"value": "new", "label": "first"}, {"value": "no"}]
    assert deals["region"]["description"] == "Our own column."
    both = named(named(contract["schema"])["deal_contacts"]["properties"])
    assert [both[n]["primaryKeyPosition"] for n in ("deal_id", "contact_id")] == [1, 2]
    assert "unique" not in both["deal_id"]
    assert named(named(contract["schema"])["leads"]["properties"])["email"]["classification"] == (
        "personal"
    )


def test_quality_is_what_the_glossary_asks(contract: dict[str, Any]) -> None:
    deals = named(contract["schema"])["deals"]
    columns = named(deals["properties"])
    (words,) = columns["kind"]["quality"]
    assert (words["metric"], words["arguments"], words["mustBe"]) == (
        "invalidValues",
        {"validValues": ["new", "no"]},
        0,
    )
    assert columns["stage"]["quality"][0]["arguments"] == {
        "validValues": ["Fresh", "Offer sent", "Won"]
    }
    (filled,) = columns["amount"]["quality"]
    assert (filled["type"], filled["mustBe"]) == ("sql", 0)
    assert [rule["name"] for rule in deals["quality"]] == ["deals.offer.criterion"]


DEALS = [
    ("Direct", "Fresh", None),
    ("Direct", "Offer sent", None),
    ("Direct", "Won", None),
    ("Direct", "Won", 1),
    ("Direct", "Offer sent", 0),
    ("Direct", "Offer sent", 5),
    ("Other", "Won", None),
]


def test_quality_queries_count_what_they_say(contract: dict[str, Any]) -> None:
    deals = named(contract["schema"])["deals"]
    filled = named(deals["properties"])["amount"]["quality"][0]["query"]
    criterion = deals["quality"][0]["query"]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE deals (pipeline TEXT, stage TEXT, amount INT)")
        connection.executemany("INSERT INTO deals VALUES (?, ?, ?)", DEALS)
        counts = [connection.execute(query).fetchone() for query in (filled, criterion)]
    assert counts == [(2,), (2,)]


def test_terms(made: Export, contract: dict[str, Any]) -> None:
    leads = named(contract["schema"])["leads"]
    assert leads["authoritativeDefinitions"][0] == {
        "url": "urn:dq:glossary:prospect",
        "type": "businessDefinition",
        "description": "Prospect: As before and active.",
    }
    (terms,) = leads["customProperties"]
    assert terms["property"] == "terms"
    assert [term["definition"] for term in terms["value"]] == [
        "prospect@2025-07-01",
        "prospect/us@2024-06-01",
        "prospect/EU, south@2024-02-01",
        "warm@2024-01-01",
        "came@2024-01-01",
        "recent@2024-01-01",
    ]
    assert terms["value"][0] == {
        "name": "prospect",
        "definition": "prospect@2025-07-01",
        "kind": "population",
        "effective": "2025-07-01",
        "label": "Prospect",
        "means": "As before and active.",
        "where": "budget > 0 AND status <> 'new'",
        "steward": "steward@acme.example",
        "synonyms": ["suspect", "лид, тёплый"],
        "status": "approved",
    }
    (ratios,) = contract["customProperties"]
    assert [(r["name"], r["numerator"], r["denominator"]) for r in ratios["value"]] == [
        ("average", "won_amount", "deals_all")
    ]
    assert [(loss.object, loss.key) for loss in made.losses] == [
        ("prospect@2024-01-01", "exchange.loss.definition"),
        ("later@2030-01-01", "exchange.loss.definition"),
    ]


def test_some_terms_bring_their_tables_alone(small: Glossary, today: date) -> None:
    text = export_glossary(small, "odcs", today=today, terms=["came"], language="ru").text
    document = yaml.safe_load(text)
    assert [table["name"] for table in document["schema"]] == ["leads"]
    assert document["schema"][0]["businessName"] == "лиды"


def test_a_contract_is_active_once_all_of_it_is_approved(small: Glossary, today: date) -> None:
    status = {"came@2024-01-01": "approved"}
    text = export_glossary(small, "odcs", today=today, terms=["came"], status=status).text
    assert yaml.safe_load(text)["status"] == "active"
