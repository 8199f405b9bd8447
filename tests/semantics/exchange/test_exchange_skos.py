from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib import DCTERMS, RDF, SKOS, XSD, Literal, URIRef
from rdflib.term import Node

from dq.errors import ConfigError
from dq.semantics.exchange import export_glossary
from dq.semantics.exchange.from_skos import read_skos
from dq.semantics.exchange.importing import import_glossary
from dq.semantics.glossary import Glossary, load_glossary

DQ = rdflib.Namespace("urn:dq:vocabulary:")


def term(name: str) -> URIRef:
    return URIRef(f"urn:dq:glossary:{name}")


def graph(glossary: Glossary, today: date, **how: object) -> rdflib.Graph:
    text = export_glossary(glossary, "skos", today=today, **how).text  # type: ignore[arg-type]
    return rdflib.Graph().parse(data=text, format="turtle")


def about(made: rdflib.Graph, subject: Node) -> set[tuple[Node, Node]]:
    return set(made.predicate_objects(subject))


def test_a_term_with_versions_and_departments(small: Glossary, today: date) -> None:
    made = graph(
        small,
        today,
        terms=["prospect"],
        status={"prospect@2024-01-01": "approved", "prospect/us@2024-06-01": "unapproved"},
        uses={"prospect": ["leads by source"]},
    )
    scheme = URIRef("urn:dq:glossary")
    south = term("prospect/EU%2C%20south")
    assert about(made, scheme) == {
        (RDF.type, SKOS.ConceptScheme),
        (DCTERMS.title, Literal("Glossary", lang="en")),
        (SKOS.hasTopConcept, term("prospect")),
    }
    assert about(made, term("prospect")) == {
        (RDF.type, SKOS.Concept),
        (SKOS.inScheme, scheme),
        (SKOS.topConceptOf, scheme),
        (SKOS.notation, Literal("prospect")),
        (SKOS.prefLabel, Literal("Prospect", lang="en")),
        (SKOS.prefLabel, Literal("Перспективный клиент", lang="ru")),
        (SKOS.altLabel, Literal("suspect")),
        (SKOS.altLabel, Literal("лид, тёплый")),
        (SKOS.definition, Literal("As before and active.", lang="en")),
        (SKOS.definition, Literal("То же и активен.", lang="ru")),
        (DQ.kind, Literal("population")),
        (DQ.of, Literal("leads")),
        (DQ.steward, Literal("steward@acme.example")),
        (DQ.usedBy, Literal("leads by source")),
        (DCTERMS.hasVersion, term("prospect@2024-01-01")),
        (DCTERMS.hasVersion, term("prospect@2025-07-01")),
    }
    assert about(made, term("prospect@2024-01-01")) == {
        (RDF.type, DQ.Definition),
        (DCTERMS.isVersionOf, term("prospect")),
        (DCTERMS.identifier, Literal("prospect@2024-01-01")),
        (DCTERMS.issued, Literal("2024-01-01", datatype=XSD.date)),
        (
            DCTERMS.valid,
            Literal("start=2024-01-01; end=2025-06-30; scheme=W3C-DTF;", datatype=DCTERMS.Period),
        ),
        (SKOS.definition, Literal('A lead with a "budget".', lang="en")),
        (SKOS.definition, Literal("Лид с бюджетом.", lang="ru")),
        (DQ.where, Literal("budget > 0")),
        (DQ.status, Literal("approved")),
    }
    newer = about(made, term("prospect@2025-07-01"))
    assert (DCTERMS.replaces, term("prospect@2024-01-01")) in newer
    assert (SKOS.changeNote, Literal("adds activity", lang="en")) in newer
    assert not any(name == DQ.status for name, _ in newer)
    assert about(made, term("prospect/us")) == {
        (RDF.type, SKOS.Concept),
        (SKOS.inScheme, scheme),
        (SKOS.notation, Literal("prospect/us")),
        (SKOS.broader, term("prospect")),
        (SKOS.prefLabel, Literal("Prospect (US sales)", lang="en")),
        (SKOS.prefLabel, Literal("Перспективный клиент (Продажи США)", lang="ru")),
        (SKOS.definition, Literal("Anybody.")),
        (DQ.department, Literal("us")),
        (DQ.departmentLabel, Literal("US sales", lang="en")),
        (DQ.departmentLabel, Literal("Продажи США", lang="ru")),
        (DCTERMS.hasVersion, term("prospect/us@2024-06-01")),
    }
    assert (SKOS.broader, term("prospect")) in about(made, south)


def test_related_terms_come_along(small: Glossary, today: date) -> None:
    made = graph(small, today, terms=["average", "warm"])
    assert set(made.subjects(SKOS.topConceptOf)) == {
        term(n) for n in ("prospect", "warm", "won_amount", "deals_all", "average")
    }
    assert set(made.objects(term("average"), SKOS.related)) == {
        term("won_amount"),
        term("deals_all"),
    }
    assert list(made.objects(term("average"), DQ.numerator)) == [term("won_amount")]
    assert list(made.objects(term("average"), DQ.denominator)) == [term("deals_all")]
    assert list(made.objects(term("warm"), SKOS.related)) == [term("prospect")]


def test_as_of_keeps_what_was_in_force(small: Glossary, today: date) -> None:
    made = graph(small, today, as_of=date(2024, 3, 1))
    versions = {str(v) for v in made.objects(term("prospect"), DCTERMS.hasVersion)}
    assert versions == {"urn:dq:glossary:prospect@2024-01-01"}
    assert (term("prospect/us"), None, None) not in made
    assert (term("prospect/EU%2C%20south"), None, None) in made


@pytest.mark.parametrize("which", ["small", "house"])
def test_there_and_back(
    which: str, request: pytest.FixtureRequest, today: date, tmp_path: Path
) -> None:
    glossary: Glossary = request.getfixturevalue(which)
    source, target = tmp_path / "terms.ttl", tmp_path / "glossary.yaml"
    source.write_text(export_glossary(glossary, "skos", today=today).text, encoding="utf-8")
    names = "\n".join(f"  {name!r}: {{}}" for name in glossary.departments)
    target.write_text(f"glossary: 1\ndepartments:\n{names}\n", encoding="utf-8")
    imported = import_glossary(source, target, today=today, write=True)
    assert {step.what for step in imported.steps} == {"added"}
    back = load_glossary(target)
    assert set(back.terms) == set(glossary.terms)
    for name, made in back.terms.items():
        term = glossary.terms[name]
        assert set(made.synonyms) == set(term.synonyms)
        assert (made.label, made.kind, made.of, made.unit, made.steward) == (
            term.label,
            term.kind,
            term.of,
            term.unit,
            term.steward,
        )
        assert (made.versions, made.own) == (term.versions, term.own)
    again = import_glossary(source, target, today=today)
    assert {step.what for step in again.steps} == {"left"}


FOREIGN = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex: <https://words.example/v#> .
ex:Client a skos:Concept ; skos:prefLabel "Client"@en-GB, "Kunde"@de ;
  skos:definition "Who buys."@en ; skos:altLabel "buyer" .
ex:x1 a skos:Concept ; skos:notation "prospect" ; skos:prefLabel "Prospect!"@en ;
  skos:broader ex:Client .
ex:x2 a skos:Concept ; skos:notation "prospect" .
<https://words.example/--> a skos:Concept ; skos:notation "..." .
"""


def test_another_house_s_vocabulary(today: date, target: Path) -> None:
    source = target.with_name("foreign.ttl")
    source.write_text(FOREIGN, encoding="utf-8")
    imported = import_glossary(source, target, today=today)
    assert [(s.object, s.what, s.keys) for s in imported.steps] == [
        ("Client", "draft", ()),
        ("prospect@2025-07-01", "changed", ("label",)),
        ("https://words.example/--", "refused", ()),
        ("https://words.example/v#x2", "refused", ()),
    ]
    assert [str(s.why).partition(", ")[2] for s in imported.steps if s.why] == [
        "https://words.example/--: The concept has no name of letters and digits. "
        "Give it a skos:notation, such as prospect.",
        "https://words.example/v#x2: The concept has the name prospect, as "
        "https://words.example/v#x1 has. Give each its own skos:notation.",
    ]
    assert sorted(r.key for r in imported.remarks) == [
        "exchange.import.broader",
        "exchange.import.language",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<html>", "This is not Turtle. Save the vocabulary as Turtle (.ttl)."),
        ("", "The file has no SKOS concepts."),
    ],
)
def test_what_is_no_vocabulary(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_skos(path)
    assert str(caught.value).endswith(says)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_survives_turtle(text: str) -> None:
    from dq.semantics.exchange.skos import _text

    made = rdflib.Graph().parse(data=f"<a:a> <a:b> {_text(text, 'en')} .", format="turtle")
    assert list(made.objects()) == [Literal(text, lang="en")]
