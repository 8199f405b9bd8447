from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from dq.errors import ConfigError
from dq.semantics.glossary import Glossary, glossary_from_text, load_glossary

HERE = Path(__file__).parent
REFUSED = YAML(typ="safe").load((HERE / "refused.yaml").read_text(encoding="utf-8"))
COLUMNS = {
    "deals": {"amount", "closed_at", "next_step", "stage", "status"},
    "leads": {"budget", "status"},
}

SMALL = """
glossary: 1
departments:
  us: {label: {en: US sales}, sales_model: direct}
  eu: {label: Sales EU, sales_model: two_tier, names: [EU, Europe]}
terms:
  prospect:
    kind: population
    of: leads
    label: {en: Prospect, ru: Перспективный клиент}
    steward: steward@acme.example
    synonyms: [suspect]
    versions:
      - {effective: 2024-01-01, means: First., where: budget > 0}
      - {effective: 2025-07-01, where: budget > 10, change: ten}
    departments:
      eu: {versions: [{effective: 2024-06-01, where: status <> 'new'}]}
  revenue:
    kind: measure
    of: deals
    unit: base_currency
    versions:
      - effective: 2024-01-01
        expr: SUM(amount)
        where: status = 'won'
        time: closed_at
        additive_over: all
  open_value:
    kind: measure
    of: deals
    versions: [{effective: 2024-01-01, expr: SUM(amount), additive_over: [owner]}]
  share:
    kind: ratio
    versions: [{effective: 2024-01-01, numerator: revenue, denominator: open_value}]
stages:
  canonical: [new, qualified, proposal, negotiation, won, lost]
  graph: {new: [qualified, lost], qualified: proposal, won: []}
  ladders:
    US direct: {Prospecting: new, Discovery: qualified, Quote: proposal, Closed Won: won}
    ЕС: {Новая: new, Quote: negotiation}
  criteria:
    proposal: {enter: amount IS NOT NULL AND (next_step IS NOT NULL) AND amount > 0}
    negotiation: {enter: amount > 100 OR next_step IS NOT NULL}
fields:
  deals.amount:
    {unit: RUB, owner: a@acme.example, since: 2023-01-01, required_from: qualified}
  deals.lost_reason: {required_from: lost}
  deals.kind: {values: [new, repeat]}
  leads.status: {values: {new: {en: New, ru: Новый}, "no": Отказ, old: }}
"""


@pytest.fixture(scope="module")
def small() -> Glossary:
    return glossary_from_text(SMALL, "glossary.yaml")


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_refuses_with_place_and_advice(case: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        glossary_from_text(case["text"], "glossary.yaml", COLUMNS)
    assert str(caught.value) == case["says"]
    assert caught.value.exit_code == 2


def test_terms(small: Glossary) -> None:
    term = small.terms["prospect"]
    assert (term.kind, term.of, term.steward, term.synonyms) == (
        "population",
        "leads",
        "steward@acme.example",
        ("suspect",),
    )
    assert [term.label.text(code) for code in ("en", "ru", "uk")] == [
        "Prospect",
        "Перспективный клиент",
        "Prospect",
    ]
    revenue = small.terms["revenue"].versions[0]
    assert revenue.expr is not None
    assert (revenue.expr.text, revenue.expr.columns, revenue.time) == (
        "SUM(amount)",
        ("amount",),
        "closed_at",
    )
    assert revenue.additive_over is None
    assert small.terms["open_value"].versions[0].additive_over == ("owner",)
    share = small.terms["share"].versions[0]
    assert (share.numerator, share.denominator) == ("revenue", "open_value")


@pytest.mark.parametrize(
    ("on", "department", "where"),
    [
        (date(2023, 12, 31), None, None),
        (date(2024, 1, 1), None, "budget > 0"),
        (date(2025, 6, 30), None, "budget > 0"),
        (date(2025, 7, 1), None, "budget > 10"),
        (date(2025, 7, 1), "us", "budget > 10"),
        (date(2025, 7, 1), "eu", "status <> 'new'"),
        (date(2024, 5, 31), "eu", "budget > 0"),
    ],
)
def test_definition_in_force(
    small: Glossary, on: date, department: str | None, where: str | None
) -> None:
    version = small.terms["prospect"].version(on, department)
    assert (version.where.text if version and version.where else None) == where


def test_departments(small: Glossary) -> None:
    assert small.departments["eu"].sales_model == "two_tier"
    assert small.departments["eu"].names == ("EU", "Europe")
    assert small.departments["eu"].label.text("uk") == "Sales EU"


@pytest.mark.parametrize(
    ("pipeline", "stage", "canonical"),
    [
        ("US direct", "Prospecting", "new"),
        ("us  DIRECT ", " prospecting", "new"),
        ("ЕС", "новая", "new"),
        ("US direct", "Quote", "proposal"),
        ("ЕС", "Quote", "negotiation"),
        (None, "Quote", None),
        ("unknown", "Discovery", "qualified"),
        (None, "Новая", "new"),
        ("US direct", "Новая", None),
        ("US direct", "Lost", "lost"),
        (None, "WON", "won"),
        (None, None, None),
        ("US direct", "Nowhere", None),
    ],
)
def test_canonical_stages(
    small: Glossary, pipeline: str | None, stage: str | None, canonical: str | None
) -> None:
    assert small.stages.canonical_stage(pipeline, stage) == canonical


def test_stages(small: Glossary) -> None:
    stages = small.stages
    assert (stages.order("proposal"), stages.order("Quote")) == (2, None)
    assert stages.graph == {"new": ("qualified", "lost"), "qualified": ("proposal",), "won": ()}
    assert stages.after("negotiation") == ("negotiation", "won")
    assert stages.after("lost") == ("lost",)
    assert stages.after("none") == ()
    enter = stages.criteria["proposal"].enter
    assert enter.sql() == ('NOT "amount" IS NULL AND (NOT "next_step" IS NULL) AND "amount" > 0')


def test_required_by_stage(small: Glossary) -> None:
    assert small.required_by_stage("deals") == {
        "qualified": ["amount"],
        "proposal": ["amount", "next_step"],
        "negotiation": ["amount"],
        "won": ["amount"],
        "lost": ["lost_reason"],
    }
    assert small.required_by_stage("leads") == {}


def test_fields_and_values(small: Glossary) -> None:
    amount = small.fields["deals.amount"]
    assert (amount.table, amount.column, amount.unit, amount.owner, amount.since) == (
        "deals",
        "amount",
        "RUB",
        "a@acme.example",
        date(2023, 1, 1),
    )
    assert small.values("deals", "kind") == ("new", "repeat")
    assert small.values("leads", "status") == ("new", "no", "old")
    assert small.fields["leads.status"].values["new"].text("ru") == "Новый"
    assert not small.fields["leads.status"].values["old"]
    assert small.values("deals", "pipeline") == ("US direct", "ЕС")
    assert small.values("deals", "stage") == (
        "Prospecting",
        "Discovery",
        "Quote",
        "Closed Won",
        "Новая",
    )
    assert small.values("deals", "amount") is None
    assert small.values("leads", "source") is None


def test_empty_glossary() -> None:
    empty = glossary_from_text("glossary: 1", "glossary.yaml")
    assert empty.required_by_stage("deals") == {}
    assert empty.values("deals", "stage") is None
    assert empty.stages.canonical_stage("a", "b") is None


def test_sub_queries_are_not_judged_by_the_terms_own_columns() -> None:
    text = (
        "glossary: 1\nterms:\n  buyer:\n    kind: population\n    of: leads\n    versions:\n"
        "      - {effective: 2024-01-01, where: status IN (SELECT stage FROM deals)}\n"
    )
    where = glossary_from_text(text, "g", COLUMNS).terms["buyer"].versions[0].where
    assert where is not None
    assert where.columns == ("status",)


# --- the glossary of this repository -----------------------------------------------------


@pytest.fixture(scope="module")
def house() -> Glossary:
    from dq.crm.model import TABLES
    from dq.semantics.columns import MADE

    columns = {name: {*table.columns, *MADE} for name, table in TABLES.items()}
    return load_glossary(Path(__file__).parents[2] / "glossary.yaml", columns)


def test_house_glossary_speaks_three_languages(house: Glossary) -> None:
    labels = {name: term.label for name, term in house.terms.items()}
    for name, term in house.terms.items():
        assert term.steward, name
        for versions in (term.versions, *term.own.values()):
            labels |= {f"{name} {v.effective}": v.means for v in versions}
    labels |= {name: field.means for name, field in house.fields.items()}
    labels |= {name: department.label for name, department in house.departments.items()}
    assert [name for name, label in labels.items() if set(label.texts) != {"en", "ru", "uk"}] == []


def test_house_ladders_are_whole(house: Glossary) -> None:
    stages = house.stages
    assert set(stages.graph) == set(stages.canonical)
    for pipeline, ladder in stages.ladders.items():
        assert tuple(ladder.values()) == stages.canonical, pipeline
    for stage, following in stages.graph.items():
        assert stage in ("won", "lost") or "lost" in following, stage
    assert stages.graph["lost"] == ("qualified",)  # reopened


def test_house_ladders_are_those_of_the_sample_crm(house: Glossary) -> None:
    from dq.demo.lexicon import DEPARTMENTS, pipelines

    assert {made.name for made in pipelines()} == set(house.stages.ladders)
    for made in pipelines():
        ladder = dict(zip(made.stages, house.stages.canonical, strict=True))
        assert ladder == house.stages.ladders[made.name]
    for department in DEPARTMENTS:
        assert any(department in d.names for d in house.departments.values())


def test_house_requirements(house: Glossary) -> None:
    assert house.required_by_stage("deals") == {
        "proposal": ["contact_id", "amount", "next_step"],
        "negotiation": ["contact_id", "amount", "next_step"],
        "won": ["contact_id", "amount", "closed_at"],
        "lost": ["lost_reason"],
    }
    assert house.values("users", "role") == (
        "call_centre",
        "inside",
        "field",
        "manager",
        "marketing",
        "service",
    )
