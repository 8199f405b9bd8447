"""Concepts of a SKOS vocabulary in Turtle, read by rdflib.

It is an extra: Turtle's grammar has more corners than a glossary needs a reader of its own
for, and few projects import it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from dq.errors import ConfigError, Place, UsageError
from dq.files import file_errors
from dq.semantics.exchange.incoming import Incoming, Read
from dq.semantics.exchange.selection import Loss
from dq.semantics.exchange.skos import DCTERMS, DQ, SCHEME, SKOS
from dq.semantics.label import LANGUAGES, Label

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

__all__ = ["read_skos"]

_MOST = 5_000_000


def read_skos(path: Path) -> Read:
    """Read the concepts of a Turtle file.

    Raises:
        UsageError: rdflib is not installed.
        ConfigError: the file is not Turtle, or has no concepts.
    """
    with file_errors(path, "read"):
        data = path.read_bytes()
    if len(data) > _MOST:
        raise ConfigError("{file} is larger than {limit} bytes.", file=str(path), limit=_MOST)
    graph = _graph(data, path)
    from rdflib import RDF, URIRef

    concepts = sorted(set(graph.subjects(RDF.type, URIRef(f"{SKOS}Concept"))), key=str)
    if not concepts:
        raise ConfigError("The file has no SKOS concepts.", where=Place(file=str(path)))
    reader = _Reader(graph, path)
    rows: list[Incoming] = []
    refused: list[UsageError] = []
    for concept in concepts:
        try:
            rows += reader.rows(concept)
        except UsageError as problem:
            refused.append(problem)
    # The company's meaning before the departments', as the plan needs it.
    rows.sort(key=lambda row: (row.term, row.department or "", row.effective or ""))
    return Read(tuple(rows), tuple(refused), tuple(reader.remarks.values()))


def _graph(data: bytes, path: Path) -> Graph:
    try:
        from rdflib import Graph
    except ImportError:
        raise UsageError(
            "Reading SKOS needs rdflib.", fix="Install it with: pip install 'crm-dq[skos]'"
        ) from None
    graph = Graph()
    try:
        graph.parse(data=data.decode("utf-8-sig"), format="turtle")
    except UnicodeDecodeError:
        raise ConfigError(
            "The file is not UTF-8.", where=Place(file=str(path)), fix="Save it as UTF-8."
        ) from None
    except Exception as error:  # noqa: BLE001 - rdflib raises whatever its parser meets
        line = re.search(r"at line (\d+)", str(error))
        raise ConfigError(
            "This is not Turtle.",
            where=Place(file=str(path), line=int(line[1]) if line else None),
            fix="Save the vocabulary as Turtle (.ttl).",
        ) from None
    return graph


class _Reader:
    def __init__(self, graph: Graph, path: Path) -> None:
        self._graph = graph
        self._path = path
        self._named: dict[tuple[str, str | None], Node] = {}
        self.remarks: dict[tuple[str, str], Loss] = {}

    def rows(self, concept: Node) -> Iterator[Incoming]:
        """A row for each version of a concept; one without SQL where it has none."""
        place = Place(file=str(self._path), key=str(concept))
        department = self._one(concept, DQ, "department")
        name = self._name(concept, department, place)
        first = self._named.setdefault((name, department), concept)
        if first != concept:
            raise UsageError(
                "The concept has the name {name}, as {first} has.",
                where=place,
                fix="Give each its own skos:notation.",
                name=name,
                first=str(first),
            )
        if department is None and any(self._all(concept, SKOS, "broader")):
            self._remark(name, "exchange.import.broader")
        head: dict[str, Any] = {"term": name, "place": place, "department": department}
        if department is None:
            head |= {
                "kind": self._one(concept, DQ, "kind"),
                "of": self._one(concept, DQ, "of"),
                "label": self._label(concept, "prefLabel", name),
                "unit": self._one(concept, DQ, "unit"),
                "steward": self._one(concept, DQ, "steward"),
                "synonyms": self._synonyms(concept),
            }
        versions = [n for n in self._all(concept, DCTERMS, "hasVersion") if self._issued(n)]
        if not versions:
            means = self._label(concept, "definition", name)
            yield Incoming(**head, means=means)
        for version in sorted(versions, key=self._issued):
            over = self._one(version, DQ, "additiveOver")
            yield Incoming(
                **head,
                effective=self._issued(version),
                means=self._label(version, "definition", name),
                change=self._label(version, "changeNote", name),
                where=self._one(version, DQ, "where"),
                expr=self._one(version, DQ, "expr"),
                time=self._one(version, DQ, "time"),
                numerator=self._one(version, DQ, "numerator"),
                denominator=self._one(version, DQ, "denominator"),
                additive_over=None if over is None else tuple(w for w in over.split(",") if w),
            )
            if self._one(version, DQ, "status"):
                self._remark("status", "exchange.import.status")

    def _name(self, concept: Node, department: str | None, place: Place) -> str:
        """The term's name: the notation, the end of the IRI, or the label in letters."""
        notation = self._one(concept, SKOS, "notation") or ""
        if department is not None:
            notation = notation.removesuffix(f"/{department}")
        iri = str(concept)
        own = iri.removeprefix(f"{SCHEME}:") if iri.startswith(f"{SCHEME}:") else iri
        pieces = re.split(r"[/#:]", own.rstrip("/#"))
        ending = unquote(pieces[0] if own != iri else pieces[-1])
        label = self._label(concept, "prefLabel", None).text("en")
        for word in (notation, ending, label):
            made = re.sub(r"\W+", "_", word).strip("_")
            if made.isidentifier():
                return made if word in (notation, ending) else made.lower()
        raise UsageError(
            "The concept has no name of letters and digits.",
            where=place,
            fix="Give it a skos:notation, such as prospect.",
        )

    def _all(self, subject: Node, space: str, name: str) -> list[Node]:
        from rdflib import URIRef

        return sorted(self._graph.objects(subject, URIRef(space + name)), key=str)

    def _one(self, subject: Node, space: str, name: str) -> str | None:
        return next((str(o) for o in self._all(subject, space, name)), None)

    def _issued(self, version: Node) -> str:
        return self._one(version, DCTERMS, "issued") or ""

    def _synonyms(self, concept: Node) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(o) for o in self._all(concept, SKOS, "altLabel")))

    def _label(self, subject: Node, name: str, about: str | None) -> Label:
        """Texts by language; what is left out is remarked on `about`."""
        texts: dict[str, str] = {}
        for text in self._all(subject, SKOS, name):
            tag = str(getattr(text, "language", None) or "").lower()
            code = tag.split("-")[0]
            if code and code not in LANGUAGES:
                self._remark(about, "exchange.import.language", language=tag)
            elif code in texts:
                self._remark(about, "exchange.import.twice", name=name)
            else:
                texts[code] = str(text)
        if "" in texts and len(texts) > 1:
            del texts[""]
            self._remark(about, "exchange.import.plain", name=name)
        return Label(dict(sorted(texts.items())))

    def _remark(self, about: str | None, key: str, **args: object) -> None:
        if about is not None:
            self.remarks.setdefault((about, key), Loss(about, key, args))
