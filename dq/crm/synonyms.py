"""Headers and table names as people write them: `presets/generic.yaml`, ready for look-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from dq.config import Item, parse_yaml
from dq.crm.headers import header_key, near, skeleton, words
from dq.crm.model import TABLES, Entity
from dq.crm.presets.compact import document

__all__ = ["GRADES", "Match", "StageWords", "Synonyms", "TableWords", "parse_synonyms", "synonyms"]

GRADES: Mapping[str, float] = {"sure": 0.95, "likely": 0.85, "maybe": 0.7}
"""How far a header alone is trusted."""

_STRIPPED = 0.02
_SPELT = 0.1
_NEAR = 0.7


@dataclass(frozen=True)
class Match:
    """A canonical column that a header may mean.

    `evidence` is a message key; `known` the synonym that was met.
    """

    target: str
    confidence: float
    evidence: str
    known: str

    @property
    def near(self) -> bool:
        """Whether the header is a synonym with a slip in it."""
        return self.evidence == "mapping.near_header"


@dataclass(frozen=True)
class StageWords:
    """Stage words in three languages, folded by `header_key`."""

    won: frozenset[str]
    lost: frozenset[str]
    open: frozenset[str]


@dataclass(frozen=True)
class TableWords:
    """How files of a canonical table and their headers are called.

    `words` may stand before or after a column's own word. `tells` are columns that tell
    this table from others; all columns of one of `needs` must be there. `implies`: what a
    file's name says of a column that is not there (a file of calls: activities of kind call).
    """

    table: str
    names: tuple[str, ...]
    words: frozenset[str]
    tells: frozenset[str]
    needs: tuple[frozenset[str], ...]
    implies: Mapping[str, Mapping[str, tuple[str, ...]]]
    lookup: Mapping[str, tuple[str, float]]
    skeletons: Mapping[str, tuple[str, float, str]]
    word_skeletons: frozenset[str] = frozenset()

    def match(self, key: str, *, slips: bool = True) -> Match | None:
        """What a header key means in this table, if anything; with `slips` also misspelt."""
        for i, form in enumerate(self._forms(key)):
            found = self.lookup.get(form)
            if found:
                less = _STRIPPED if i else 0.0
                return Match(found[0], round(found[1] - less, 2), "mapping.by_header", form)
        for form in self._forms(key):
            spelt = self.skeletons.get(skeleton(form)) if len(form) >= 4 else None
            if spelt and form.isascii():
                confidence = round(spelt[1] - _SPELT, 2)
                return Match(spelt[0], confidence, "mapping.by_translit", spelt[2])
        for form in self._forms(key) if slips else ():
            known = near(form, self.lookup)
            if known:
                return Match(self.lookup[known][0], _NEAR, "mapping.near_header", known)
        return None

    def _forms(self, key: str) -> Iterator[str]:
        """The key, without units, and without the table's own words at its ends."""
        yield key
        parts = words(key)
        if " ".join(parts) != key:
            yield " ".join(parts)
        seen = parts
        while len(parts) > 1 and self._own(parts[0]):
            parts = parts[1:]
        if parts != seen:
            yield " ".join(parts)
        parts = seen
        while len(parts) > 1 and self._own(parts[-1]):
            parts = parts[:-1]
        if parts != seen:
            yield " ".join(parts)

    def _own(self, word: str) -> bool:
        return word in self.words or (word.isascii() and skeleton(word) in self.word_skeletons)

    def called(self, key: str) -> float:
        """How well a file's name fits: 2 the very name, 1.5 at an end of it, 1 inside, 0."""
        best = 0.0
        padded, spelt = f" {key} ", skeleton(key) if key.isascii() else ""
        for name in self.names:
            if key == name or (spelt and not name.isascii() and skeleton(name) == spelt):
                return 2.0
            if key.endswith(f" {name}") or key.startswith(f"{name} "):
                best = max(best, 1.5)
            elif f" {name} " in padded:
                best = max(best, 1.0)
        return best


@dataclass(frozen=True)
class Synonyms:
    """All tables' words, the stage words, and header words that say what a column is about.

    `marks` are headers of columns that mark rows as deleted or merged.
    """

    tables: Mapping[str, TableWords]
    stages: StageWords
    kinds: Mapping[str, frozenset[str]]
    marks: Mapping[str, tuple[str, ...]]

    def says(self, kind: str, key: str) -> bool:
        """Whether a header key holds a word or phrase of that kind."""
        padded = f" {key} "
        words = self.kinds[kind]
        return bool(words & set(key.split())) or any(
            " " in word and f" {word} " in padded for word in words
        )


@cache
def synonyms() -> Synonyms:
    """The shipped synonyms."""
    return _read(document("generic"))


def parse_synonyms(text: str, name: str) -> Synonyms:
    """Read synonyms from YAML text.

    Raises:
        ConfigError: the text is off; with file, line and column.
    """
    return _read(parse_yaml(text, name))


def _read(item: Item) -> Synonyms:
    sections = ("stages", "kinds", "marks", "common", "tables")
    fields = item.fields(*sections, required=sections)
    stages = fields["stages"].fields("won", "lost", "open", required=("won", "lost", "open"))
    common = {target: _grades(part) for target, part in fields["common"].entries().items()}
    tables = {}
    for table, part in fields["tables"].entries().items():
        if table not in TABLES:
            raise part.unknown(table, TABLES)
        tables[table] = _table(TABLES[table], part, common)
    return Synonyms(
        tables,
        StageWords(*(frozenset(_list(stages[n])) for n in ("won", "lost", "open"))),
        {kind: frozenset(_list(part)) for kind, part in fields["kinds"].entries().items()},
        {mark: _list(part) for mark, part in fields["marks"].entries().items()},
    )


def _list(item: Item) -> tuple[str, ...]:
    keys = (header_key(word) for word in item.text().split(","))
    return tuple(dict.fromkeys(k for k in keys if k))


def _grades(item: Item) -> Mapping[str, tuple[float, Item]]:
    """Synonym to its grade."""
    found: dict[str, tuple[float, Item]] = {}
    for grade, part in item.fields(*GRADES).items():
        for key in _list(part):
            found.setdefault(key, (GRADES[grade], part))
    return found


def _table(
    table: Entity, item: Item, common: Mapping[str, Mapping[str, tuple[float, Item]]]
) -> TableWords:
    fields = item.fields(
        "names", "words", "tells", "needs", "implies", "columns", required=("names", "needs")
    )
    lookup = _lookup(table, fields.get("columns"), common)
    phrases = _list(fields["words"]) if "words" in fields else ()
    own_words = frozenset(w for phrase in phrases for w in phrase.split())
    return TableWords(
        table=table.name,
        names=_list(fields["names"]),
        words=own_words,
        tells=_columns(table, fields["tells"], ",") if "tells" in fields else frozenset(),
        needs=tuple(
            _columns(table, fields["needs"], "+", way) for way in fields["needs"].text().split(",")
        ),
        implies=_implies(fields.get("implies")),
        lookup=lookup,
        skeletons={
            skeleton(k): (t, g, k) for k, (t, g) in lookup.items() if not k.isascii() and len(k) > 3
        },
        word_skeletons=frozenset(skeleton(w) for w in own_words if not w.isascii()),
    )


def _lookup(
    table: Entity,
    columns: Item | None,
    common: Mapping[str, Mapping[str, tuple[float, Item]]],
) -> dict[str, tuple[str, float]]:
    """Header key to column and grade: the model's own names, the table's words, common ones."""
    lookup = {header_key(name): (name, GRADES["sure"]) for name in table.columns}
    own = set(lookup)
    for target, part in (columns.entries() if columns else {}).items():
        if target not in table.columns:
            raise part.unknown(target, table.columns)
        for key, (grade, place) in _grades(part).items():
            before = lookup.get(key)
            if before and key not in own and before[1] == grade and before[0] != target:
                raise place.error(
                    "{word} means both {first} and {second}.",
                    word=key, first=before[0], second=target,
                )  # fmt: skip
            if before is None or before[1] < grade:
                lookup[key] = (target, grade)
    for target, grades in common.items():
        if target in table.columns:
            for key, (grade, _) in grades.items():
                lookup.setdefault(key, (target, grade))
    return lookup


def _implies(item: Item | None) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    if item is None:
        return {}
    return {
        column: {value: _list(names) for value, names in part.entries().items()}
        for column, part in item.entries().items()
    }


def _columns(table: Entity, item: Item, mark: str, text: str | None = None) -> frozenset[str]:
    """Columns of the table that a text names, with `mark` between them."""
    names = [name.strip() for name in (text or item.text()).split(mark)]
    for name in names:
        if name not in table.columns:
            raise item.unknown(name, table.columns)
    return frozenset(names)
