from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt_semantic_interfaces.parsing.dir_to_model import (
    parse_yaml_files_to_validation_ready_semantic_manifest as parse,
)
from dbt_semantic_interfaces.parsing.objects import YamlConfigFile
from dbt_semantic_interfaces.validations.semantic_manifest_validator import (
    SemanticManifestValidator,
)

from dq.errors import ConfigError
from dq.semantics.exchange import Export, export_glossary
from dq.semantics.exchange.from_dbt import read_dbt
from dq.semantics.exchange.importing import import_glossary
from dq.semantics.glossary import Glossary, load_glossary

SPINE = {"location": "crm.days", "column_name": "day", "grain": "day"}


def problems(text: str) -> list[str]:
    """What dbt's own validator says of a file as dbt reads it."""
    document = yaml.safe_load(text)
    parts: list[dict[str, Any]] = []
    for model in document["semantic_models"]:
        alias = model.pop("model").removeprefix("ref('").removesuffix("')")
        parts.append({"semantic_model": model | {"node_relation": relation(alias)}})
    parts += [{"metric": metric} for metric in document["metrics"]]
    parts.append({"project_configuration": {"time_spine_table_configurations": [SPINE]}})
    contents = yaml.safe_dump_all(parts, allow_unicode=True)
    built = parse(
        [YamlConfigFile(filepath="glossary.yaml", contents=contents)],
        raise_issues_as_exceptions=False,
    )
    found = SemanticManifestValidator().validate_semantic_manifest(built.semantic_manifest)
    return [issue.as_readable_str() for issue in (*built.issues.all_issues, *found.all_issues)]


def relation(alias: str) -> dict[str, str]:
    return {"alias": alias, "schema_name": "crm"}


@pytest.fixture(scope="module")
def made(small: Glossary) -> Export:
    return export_glossary(small, "dbt", today=date(2026, 1, 15))


@pytest.mark.parametrize("which", ["small", "house"])
@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_dbt_takes_it(
    which: str, language: str, request: pytest.FixtureRequest, today: date
) -> None:
    glossary: Glossary = request.getfixturevalue(which)
    text = export_glossary(glossary, "dbt", today=today, language=language).text
    assert problems(text) == []


def test_the_validator_would_object(made: Export) -> None:
    assert problems(made.text.replace("agg_time_dimension: closed_at", "agg_time_dimension: won"))
    assert problems(made.text.replace("numerator:\n        name: won_amount", "numerator: {}"))


def named(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in items}


def test_models_and_metrics(made: Export) -> None:
    document = yaml.safe_load(made.text)
    models = named(document["semantic_models"])
    deals = models["deals"]
    assert deals["model"] == "ref('deals')"
    assert deals["defaults"] == {"agg_time_dimension": "created_at"}
    assert deals["entities"][:2] == [
        {"name": "deal", "type": "primary", "expr": "id"},
        {"name": "account", "type": "foreign", "expr": "account_id"},
    ]
    dimensions = named(deals["dimensions"])
    assert dimensions["kind"] == {
        "name": "kind",
        "type": "categorical",
        "label": "Kind of deal",
    }
    assert dimensions["closed_at"] == {
        "name": "closed_at",
        "type": "time",
        "type_params": {"time_granularity": "day"},
    }
    assert dimensions["size"]["expr"] == "CASE WHEN amount > 10 THEN 'big' ELSE 'small' END"
    leads = named(models["leads"]["dimensions"])
    assert leads["came"]["type"] == "time"
    assert leads["came"]["expr"] == "CASE WHEN source = 'web' THEN created_at END"
    assert leads["warm"]["expr"] == (
        "(((budget > 0 AND status <> 'new') IS TRUE) AND source = 'fair') IS TRUE"
    )
    assert "email" not in leads
    assert "full_name" not in leads
    assert [
        (m["name"], m["agg"], m["expr"], m["agg_time_dimension"]) for m in deals["measures"]
    ] == [
        # A moment in the predicate: MetricFlow would cut it to its day, so it stands in CASE.
        (
            "won_amount",
            "sum",
            "CASE WHEN status = 'won' AND NOT closed_at IS NULL THEN amount END",
            "closed_at",
        ),
        ("deals_all", "count", "1", "created_at"),
        ("buyers", "count_distinct", "account_id", "closed_at"),
    ]
    metrics = named(document["metrics"])
    assert list(metrics) == ["won_amount", "deals_all", "buyers", "average"]
    assert metrics["buyers"]["filter"] == "{{ Dimension('deal__status') }} = 'won'"
    assert metrics["average"]["type_params"] == {
        "numerator": {"name": "won_amount"},
        "denominator": {"name": "deals_all"},
    }
    assert metrics["won_amount"]["config"]["meta"] == {
        "term": "won_amount",
        "kind": "measure",
        "effective": "2024-01-01",
        "unit": "EUR",
    }


def test_what_is_lost_is_told_twice(made: Export) -> None:
    said = [
        (loss.object, loss.key.removeprefix("exchange.loss."), loss.args) for loss in made.losses
    ]
    assert said == [
        ("prospect@2024-01-01", "definition", {}),
        ("prospect/us@2024-06-01", "definition", {}),
        ("prospect/EU, south@2024-02-01", "definition", {}),
        ("later@2030-01-01", "definition", {}),
        ("later", "not_in_force", {"day": date(2026, 1, 15)}),
        ("recent@2024-01-01", "parameter", {"name": "as_of"}),
        ("buyer@2024-01-01", "other_tables", {}),
        ("deals_all@2024-01-01", "time_taken", {"column": "created_at"}),
        ("deals_all@2024-01-01", "additive", {"over": "owner, stage"}),
        ("spread@2024-01-01", "aggregate", {}),
        ("stages", "stages", {}),
        ("departments", "departments", {}),
        ("fields", "field_rules", {"names": "deals.amount, deals.kind, deals.region"}),
    ]
    head = made.text.partition("semantic_models:")[0]
    assert "# - recent@2024-01-01: its SQL needs the parameter as_of" in head
    assert head.count("\n# - ") == len(said)


def test_there_and_back(made: Export, small: Glossary, today: date, tmp_path: Path) -> None:
    source, target = tmp_path / "dbt.yml", tmp_path / "glossary.yaml"
    source.write_text(made.text, encoding="utf-8")
    imported = import_glossary(source, target, today=today, write=True)
    assert {s.what for s in imported.steps} == {"added"}
    back = load_glossary(target)
    assert set(back.terms) == {
        "size", "prospect", "warm", "came", "won_amount", "deals_all", "buyers", "average",
    }  # fmt: skip
    for name in ("size", "came", "deals_all", "buyers", "average"):
        before, after = small.terms[name], back.terms[name]
        assert (after.kind, after.of, after.unit, after.versions) == (
            before.kind,
            before.of,
            before.unit,
            before.versions,
        )
    assert back.terms["prospect"].versions[0].where.text == "budget > 0 AND status <> 'new'"  # type: ignore[union-attr]
    assert back.terms["prospect"].versions[0].effective == date(2025, 7, 1)
    # Into the glossary that it came from: all is there, but for SQL that had to be rewritten.
    target.write_text(Path(small.path or "").read_text(encoding="utf-8"), encoding="utf-8")
    changed = [s for s in import_glossary(source, target, today=today).steps if s.what != "left"]
    assert [(s.object, s.what, s.keys) for s in changed] == [
        ("warm@2024-01-01", "changed", ("where",)),
        ("won_amount@2024-01-01", "changed", ("expr",)),
    ]


OWN = Path(__file__).parent / "own_dbt.yml"


def test_another_house_s_metrics(today: date, tmp_path: Path) -> None:
    target = tmp_path / "glossary.yaml"
    imported = import_glossary(OWN, target, today=today, write=True)
    assert [s.object for s in imported.steps if s.what == "added"] == [
        "large@2026-01-15",
        "won@2026-01-15",
        "share@2026-01-15",
        "amount@2026-01-15",
    ]
    back = load_glossary(target)
    won = back.terms["won"].versions[0]
    assert (won.expr.text, won.where.text, won.time) == (  # type: ignore[union-attr]
        "SUM(amount)",
        "(stage = 'won') AND (stage <> 'x')",
        "created_at",
    )
    assert back.terms["won"].label.texts == {"": "Won"}
    assert back.terms["large"].kind == "dimension"
    said = {s.object: s.why.message for s in imported.steps if s.why is not None}
    assert said == {
        "odd": "The function {function} is not known.",
        "tail": "The aggregation {name} cannot be written in SQL here.",
        "stock": ("The measure takes one moment of its time dimension (non_additive_dimension)."),
        "clicks": "The semantic model is of no CRM table.",
        "new_deals": "The filter uses {text}, which is no plain column of {table}.",
        "of_users": "The filter uses {text}, which is no plain column of {table}.",
        "total": "A metric of the type {type} is no term of a glossary.",
        "broken": "{name} is no measure of this glossary.",
    }
    assert imported.exit_code == 1
    assert [(r.key, r.args) for r in imported.remarks] == [("exchange.import.dimensions", {"n": 2})]


def test_what_is_no_dbt_file(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_text(json.dumps({"models": []}), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_dbt(path)
    assert str(caught.value).endswith("The file has neither semantic_models nor metrics.")
