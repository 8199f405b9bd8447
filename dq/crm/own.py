"""Columns that no canonical one fits: what they are about, and their type.

A column is money only by the words of its header, never by its numbers.
"""

from __future__ import annotations

from dq.crm.content import Content, content_of
from dq.crm.conversions import Hints, date_conversion, number_conversion
from dq.crm.mapping import Conversion, OwnColumn
from dq.crm.model import DERIVED
from dq.crm.sample import ColumnSample
from dq.crm.synonyms import synonyms
from dq.text.dates import detect_serials

__all__ = ["own_columns", "own_kind"]

_RESERVED = (
    frozenset("_row _source _live _deleted _merged _money _won".split())
    | DERIVED.keys() - {"department"}  # a house's own department stands for the derived one
)


def own_columns(
    columns: list[ColumnSample], taken: frozenset[str], hints: Hints
) -> tuple[OwnColumn, ...]:
    """Own columns under their headers; a name that is taken gets `own_` before it."""
    used = {name.casefold() for name in taken | _RESERVED}
    found = []
    for column in columns:
        name = column.name
        while name.casefold() in used:
            name = f"own_{name}"
        used.add(name.casefold())
        kind, conversion = own_kind(content_of(column), hints)
        found.append(OwnColumn(name=name, source=column.name, conversion=conversion, kind=kind))
    return tuple(found)


def own_kind(content: Content, hints: Hints) -> tuple[str, Conversion]:
    """Kind and conversion of a column by its header and its values."""
    column = content.column
    typed = column.arrow_type
    if typed in {"date", "timestamp", "boolean"}:
        return ("flag" if typed == "boolean" else "date"), Conversion(type=typed)
    if not content.total and not content.flag:
        return _by_header_alone(content), Conversion()
    if content.hashed:
        return ("id" if {"id", "ids", "key", "guid"} & set(column.key.split()) else "hash"), (
            Conversion()
        )
    if content.date >= 0.95 and not content.whole:
        return _date(content, hints)
    if content.number >= 0.95 and not _says(content, "postcode") and not _mixed(content):
        found = _number(content, hints)
        if found is not None:
            return found
    if content.flag and not (content.number >= 0.95 and column.distinct < 2):
        return "flag", Conversion(type="boolean")
    return _text(content), Conversion()


def _says(content: Content, kind: str) -> bool:
    return synonyms().says(kind, content.column.key)


def _by_header_alone(content: Content) -> str:
    key = content.column.key
    if key == "id" or key.endswith(" id"):
        return "id"
    return "note" if _says(content, "note") else "text"


def _number(content: Content, hints: Hints) -> tuple[str, Conversion] | None:
    """A number by what its header says of it; None where the digits are something else."""
    if _says(content, "money") and not _says(content, "not_money"):
        return "money", number_conversion(content, "decimal").conversion or Conversion()
    if content.flag and content.column.distinct == 2:
        return None
    if _says(content, "date") and detect_serials(content.counts):
        return _date(content, hints)
    if _says(content, "phone") or content.sure_phone >= 0.9:
        return "phone", Conversion()
    if _says(content, "tax_id"):
        return "tax_id", Conversion()
    is_id = _says(content, "id") and not _says(content, "count")
    if content.whole >= 0.95 and (is_id or _is_code(content)):
        return "id", Conversion()
    if content.whole >= 0.95 and content.date >= 0.95 and _says(content, "date"):
        return None
    style = content.numbers
    kind = "integer" if style and style.integers and content.whole >= 0.95 else "decimal"
    conversion = number_conversion(content, kind).conversion or Conversion()
    return ("duration" if _says(content, "duration") else "number"), conversion


def _mixed(content: Content) -> bool:
    """Codes of digits and letters among the numbers: then all are codes."""
    return any(
        v.isalnum() and not v.isdigit() and any(c.isdigit() for c in v) for v in content.counts
    )


def _is_code(content: Content) -> bool:
    """Whole numbers that are codes rather than counts.

    They have leading zeros, or one length that few counts have, or are longer still and
    hardly repeat.
    """
    sizes = {len(v.partition(".")[0]) for v in content.counts}
    if len(sizes) == 1 and min(sizes) >= 6 and content.column.distinct > 1:
        return True
    if content.share(lambda v: len(v) > 1 and v[0] == "0" and v.isdigit()) >= 0.05:
        return True
    long = content.share(lambda v: len(v.partition(".")[0]) >= 9)
    return long >= 0.9 and content.column.distinct >= 0.9 * content.column.filled


def _date(content: Content, hints: Hints) -> tuple[str, Conversion]:
    reading = date_conversion(content, "timestamp", hints)
    conversion = reading.conversion
    if conversion is None:
        return "text", Conversion()
    timed = any("%H" in f or "%I" in f for f in conversion.formats) or not conversion.formats
    if not timed and not detect_serials(content.counts):
        conversion = Conversion(
            type="date", formats=conversion.formats, empty_words=conversion.empty_words
        )
    return "date", conversion


def _text(content: Content) -> str:
    """Kind of a text column: by its values where they tell, else by its header."""
    key = content.column.key
    is_id = "id" in key.split()
    tests: tuple[tuple[str, bool], ...] = (
        ("email", content.email >= 0.8),
        ("phone", content.sure_phone >= 0.8 or _half(content, "phone", content.phone)),
        ("id", content.uuid >= 0.9),
        ("url", content.url >= 0.9 or _half(content, "url", content.url)),
        ("tax_id", _half(content, "tax_id", content.whole)),
        ("text", _says(content, "postcode")),
        ("country", _says(content, "country") or content.country >= 0.8),
        ("city", _says(content, "city")),
        ("name", _says(content, "name")),
        ("person", not is_id and _half(content, "person", content.person)),
        ("company", not is_id and _half(content, "company", content.words)),
        ("id", is_id or (content.id_like >= 0.9 and content.column.unique)),
        ("note", _says(content, "note") and not content.categorical),
        ("category", content.categorical),
    )
    return next((kind for kind, told in tests if told), _long(content))


def _half(content: Content, kind: str, share: float) -> bool:
    """The header says so, and so do at least half of the values."""
    return share >= 0.5 and _says(content, kind)


def _long(content: Content) -> str:
    size = sum(len(v) * c for v, c in content.counts.items()) / max(content.total, 1)
    return "note" if size >= 60 else "text"
