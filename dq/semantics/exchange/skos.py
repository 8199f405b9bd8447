"""SKOS in Turtle: a concept a term, a narrower concept a department's own meaning.

Concepts say what a word means now; each version is a resource of its own, with the day from
which it holds, what it replaces and its SQL. Turtle is written here and read by rdflib.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from dq.i18n.translator import Translator
from dq.semantics.exchange.selection import Definition, Export, Selection, sections_left
from dq.semantics.expression import Expression
from dq.semantics.label import Label
from dq.semantics.terms import Term, Version

__all__ = ["DCTERMS", "DQ", "SCHEME", "SKOS", "export_skos", "term_iri"]

SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DQ = "urn:dq:vocabulary:"
SCHEME = "urn:dq:glossary"

_PREFIXES = {"skos": SKOS, "dcterms": DCTERMS, "xsd": XSD, "dq": DQ}

Object = str
"""An object as Turtle writes it: `<iri>`, `"text"@en`."""


def term_iri(term: str, department: str | None = None, effective: str | None = None) -> str:
    """The name of a term, a department's meaning of it, or one version, as an IRI."""
    iri = f"{SCHEME}:{quote(term, safe='')}"
    if department is not None:
        iri += f"/{quote(department, safe='')}"
    return iri if effective is None else f"{iri}@{effective}"


def export_skos(chosen: Selection, language: str, t: Translator) -> Export:
    """A concept scheme in Turtle with all languages that the glossary has."""
    blocks = list(_blocks(chosen, str(t.t("exchange.title")), language))
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in _PREFIXES.items())
    losses = sections_left(chosen, "stages", "fields", "departments")
    return Export(head + "".join("\n" + block for block in blocks), tuple(losses))


def _blocks(chosen: Selection, title: str, language: str) -> Iterator[str]:
    tops = [_iri(term_iri(term.name)) for term in chosen.terms]
    yield _block(
        _iri(SCHEME),
        [
            ("a", ["skos:ConceptScheme"]),
            ("dcterms:title", [_text(title, language)]),
            ("skos:hasTopConcept", tops),
        ],
    )
    for term in chosen.terms:
        every = list(chosen.definitions(term))
        for department in (None, *term.own):
            of = [d for d in every if d.department == department]
            if of or department is None:
                yield _concept(chosen, term, department, of)
            for place, definition in enumerate(of):
                yield _version(chosen, definition, of[place - 1] if place else None)


def _concept(chosen: Selection, term: Term, department: str | None, of: list[Definition]) -> str:
    now = _now(of, chosen)
    name = term.name if department is None else f"{term.name}/{department}"
    said: list[tuple[str, Iterable[Object]]] = [
        ("a", ["skos:Concept"]),
        ("skos:inScheme", [_iri(SCHEME)]),
        ("skos:notation", [_text(name)]),
    ]
    if department is None:
        said.append(("skos:topConceptOf", [_iri(SCHEME)]))
        said.append(("skos:prefLabel", _texts(term.label)))
        said.append(("skos:altLabel", [_text(s) for s in term.synonyms]))
        said.append(("dq:kind", [_text(term.kind)]))
        said.append(("dq:of", [_text(term.of)] if term.of else []))
        said.append(("dq:unit", [_text(term.unit)] if term.unit else []))
        said.append(("dq:steward", [_text(term.steward)] if term.steward else []))
        said.append(("dq:usedBy", [_text(u) for u in chosen.uses.get(term.name, ())]))
    else:
        spec = chosen.glossary.departments[department]
        said.append(("skos:broader", [_iri(term_iri(term.name))]))
        said.append(("skos:prefLabel", _texts(_joint(term.label, spec.label))))
        said.append(("dq:department", [_text(department)]))
        said.append(("dq:departmentLabel", _texts(spec.label)))
    if now is not None:
        said.append(("skos:definition", _texts(now.version.means)))
        said += _relations(now.version, term)
    said.append(
        (
            "dcterms:hasVersion",
            [_iri(_definition_iri(d)) for d in of],
        )
    )
    return _block(_iri(term_iri(term.name, department)), said)


def _relations(version: Version, term: Term) -> list[tuple[str, Iterable[Object]]]:
    """Terms that a definition names: sides of a ratio, and IS_TERM."""
    sides = [(n, getattr(version, n)) for n in ("numerator", "denominator")]
    named = [name for _, name in sides if name]
    for expression in (version.where, version.expr):
        named += expression.terms if expression else ()
    related = [_iri(term_iri(n)) for n in dict.fromkeys(named) if n != term.name]
    return [
        ("skos:related", related),
        *((f"dq:{side}", [_iri(term_iri(name))]) for side, name in sides if name),
    ]


def _version(chosen: Selection, definition: Definition, before: Definition | None) -> str:
    term, version = definition.term, definition.version
    start = version.effective.isoformat()
    valid = f"start={start};"
    if definition.until:
        valid += f" end={definition.until.isoformat()};"
    status = chosen.status.get(definition.object)
    additive: list[Object] = []
    if version.additive_over is not None:
        additive = [_text(",".join(version.additive_over))]
    return _block(
        _iri(_definition_iri(definition)),
        [
            ("a", ["dq:Definition"]),
            ("dcterms:isVersionOf", [_iri(term_iri(term.name, definition.department))]),
            ("dcterms:identifier", [_text(definition.object)]),
            ("dcterms:issued", [f'"{start}"^^xsd:date']),
            ("dcterms:valid", [f"{_text(valid + ' scheme=W3C-DTF;')}^^dcterms:Period"]),
            ("dcterms:replaces", [_iri(_definition_iri(before))] if before else []),
            ("skos:definition", _texts(version.means)),
            ("skos:changeNote", _texts(version.change)),
            ("dq:where", _sql(version.where)),
            ("dq:expr", _sql(version.expr)),
            ("dq:time", [_text(version.time)] if version.time else []),
            ("dq:numerator", [_text(version.numerator)] if version.numerator else []),
            ("dq:denominator", [_text(version.denominator)] if version.denominator else []),
            ("dq:additiveOver", additive),
            ("dq:status", [_text(status)] if status else []),
        ],
    )


def _definition_iri(definition: Definition) -> str:
    start = definition.version.effective.isoformat()
    return term_iri(definition.term.name, definition.department, start)


def _now(of: list[Definition], chosen: Selection) -> Definition | None:
    """The definition in force, else the first to come."""
    past = [d for d in of if d.version.effective <= chosen.day]
    return past[-1] if past else next(iter(of), None)


def _joint(term: Label, department: Label) -> Label:
    """`Prospect (EU sales)` in each language that both have."""
    return Label(
        {
            language: f"{text} ({department.texts[language]})"
            for language, text in term.texts.items()
            if language in department.texts
        }
    )


# --- Turtle --------------------------------------------------------------------------


def _block(subject: str, said: Iterable[tuple[str, Iterable[Object]]]) -> str:
    lines = [f"{name} {', '.join(o)}" for name, objects in said if (o := list(objects))]
    return f"{subject} " + " ;\n    ".join(lines) + " .\n"


def _texts(label: Label) -> list[Object]:
    return [_text(text, language) for language, text in label.texts.items()]


def _sql(expression: Expression | None) -> list[Object]:
    return [_text(expression.text)] if expression else []


_ESCAPES = {
    "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f",
}  # fmt: skip


def _text(text: str, language: str = "") -> Object:
    body = "".join(
        _ESCAPES.get(c) or (f"\\u{ord(c):04X}" if ord(c) < 32 or ord(c) == 127 else c) for c in text
    )
    return f'"{body}"' + (f"@{language}" if language else "")


def _iri(iri: str) -> Object:
    return f"<{iri}>"
