"""Reading `<name>.yaml`: strictly, with file, line and column in every error.

A file holds two YAML documents: how the system is told and its words; how its tables
become canonical ones. The second is read only for a system that was told.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from dq.config import Item, parse_yaml
from dq.crm.headers import header_key
from dq.crm.model import TABLES, Entity, entity
from dq.crm.preset import Preset, PresetColumn, PresetTable, Signature, StatusRule
from dq.crm.presets.compact import document, split
from dq.errors import UsageError

__all__ = ["PRESETS", "crm_title", "crm_url", "crm_words", "parse_preset", "preset", "presets"]

PRESETS = ("salesforce", "hubspot", "pipedrive", "zoho", "amocrm", "bitrix24", "dynamics")
"""Presets told by their headers; `generic` is what is left."""

SKIPS = ("history", "reference", "association", "events", "other")
"""Why a known table feeds no canonical one."""

_LINKS = ("id", "name")


def presets() -> tuple[Preset, ...]:
    """All presets that are told by headers, without their tables."""
    return tuple(_head(name) for name in PRESETS)


@cache
def preset(name: str) -> Preset:
    """A preset with its tables.

    Raises:
        UsageError: there is no preset of that name.
    """
    if name not in PRESETS:
        raise UsageError(
            "There is no preset {name}.",
            fix="The presets are {known}.",
            name=name,
            known=", ".join((*PRESETS, "generic")),
        )
    return _read(document(name, 0), document(name, 1))


def crm_words(preset_name: str | None, language: str) -> Mapping[str, str]:
    """The system's own words for deal, stage, owner, … in a language, where it has some."""
    if preset_name not in PRESETS:
        return {}
    words = _head(preset_name).words
    return words.get(language) or words.get("en") or {}


def crm_title(preset_name: str | None) -> str | None:
    """The system's name as people write it; None for files of no known system."""
    return _head(preset_name).title if preset_name in PRESETS else None


def crm_url(preset_name: str | None, table: str) -> str | None:
    """Pattern of a record's address in the system, with {host} and {id}."""
    return _head(preset_name).crm_url.get(table) if preset_name in PRESETS else None


def parse_preset(text: str, name: str) -> Preset:
    """Read a preset's text.

    Raises:
        ConfigError: it is not a preset; with file, line and column.
    """
    head, body = split(text)
    return _read(parse_yaml(head, name), parse_yaml(body, name))


def _read(head: Item, body: Item) -> Preset:
    tables = {table: _table(item, with_table=True) for table, item in body.entries().items()}
    return _read_head(head, tables)


@cache
def _head(name: str) -> Preset:
    return _read_head(document(name), {})


def _read_head(item: Item, tables: Mapping[str, PresetTable]) -> Preset:
    fields = item.fields(
        "preset", "title", "words", "crm_url", "dates", "stages", "signatures",
        required=("preset", "title", "signatures"),
    )  # fmt: skip
    stages: dict[str, tuple[str, ...]] = {}
    if "stages" in fields:
        lists = fields["stages"].fields("won", "lost", "open")
        stages = {name: _texts(words) for name, words in lists.items()}
    signatures = tuple(
        _signature(name, part) for name, part in fields["signatures"].entries().items()
    )
    read = Preset(
        name=fields["preset"].text(),
        title=fields["title"].text(),
        words=_words(fields["words"]) if "words" in fields else {},
        crm_url=_dictionary(fields["crm_url"]) if "crm_url" in fields else {},
        signatures=signatures,
        dates=fields["dates"].choice("dmy", "mdy") if "dates" in fields else None,
        won=stages.get("won", ()),
        lost=stages.get("lost", ()),
        open=stages.get("open", ()),
        tables=tables,
    )
    if tables:
        _check_tables(read, fields["signatures"])
    return read


def _check_tables(read: Preset, item: Item) -> None:
    """Every signature has its table, or says why not."""
    parts = item.entries()
    for signature in read.signatures:
        if (signature.name in read.tables) == (signature.skip is not None):
            raise parts[signature.name].error(
                "{name} must either be described below or have skip.", name=signature.name
            )


def _words(item: Item) -> Mapping[str, Mapping[str, str]]:
    return {language: _dictionary(part) for language, part in item.entries().items()}


def _dictionary(item: Item) -> Mapping[str, str]:
    return {key: part.template() for key, part in item.entries().items()}


def _texts(item: Item) -> tuple[str, ...]:
    return tuple(part.text() for part in item.one_or_many())


def _keys(item: Item) -> tuple[str, ...]:
    return tuple(dict.fromkeys(header_key(text) for text in _texts(item)))


def _signature(name: str, item: Item) -> Signature:
    fields = item.fields("all", "any", "least", "none", "skip", "history", "yields_to")
    if "all" not in fields and "any" not in fields:
        raise item.error("{key} names no headers.", fix="Add all or any.")
    lists = {n: _keys(fields[n]) for n in ("all", "any", "none") if n in fields}
    return Signature(
        name=name,
        all=lists.get("all", ()),
        any=lists.get("any", ()),
        least=fields["least"].integer(1) if "least" in fields else 1,
        none=lists.get("none", ()),
        skip=fields["skip"].choice(*SKIPS) if "skip" in fields else None,
        history=fields["history"].flag() if "history" in fields else False,
        yields_to=fields["yields_to"].text() if "yields_to" in fields else None,
    )


_TABLE_KEYS = (
    "table", "key", "columns", "status", "present", "collapse", "needs", "deleted",
    "deleted_values", "merged_into", "lines", "merge_log", "also",
)  # fmt: skip


def _table(item: Item, *, with_table: bool) -> PresetTable:
    fields = item.fields(*_TABLE_KEYS)
    name = fields["table"].choice(*TABLES) if "table" in fields else None
    if name is None and "merge_log" not in fields:
        raise item.error("{key} names no canonical table.", fix="Add table.")
    columns: tuple[PresetColumn, ...] = ()
    if "columns" in fields and name is not None:
        columns = tuple(
            _column(target, part, entity(name))
            for target, part in fields["columns"].entries().items()
        )
    lists = {
        n: _keys(fields[n]) for n in ("present", "needs", "deleted", "merged_into") if n in fields
    }
    return PresetTable(
        table=name,
        columns=columns,
        key=_key(fields["key"]) if "key" in fields else (),
        status=_status(fields["status"]) if "status" in fields else None,
        present=lists.get("present", ()),
        collapse=fields["collapse"].flag() if "collapse" in fields else False,
        needs=lists.get("needs", ()),
        deleted=lists.get("deleted", ()),
        deleted_values=_texts(fields["deleted_values"]) if "deleted_values" in fields else (),
        merged_into=lists.get("merged_into", ()),
        lines=_lines(fields["lines"]) if "lines" in fields else {},
        merge_log=_merge_log(fields["merge_log"]) if "merge_log" in fields else None,
        also=_also(fields["also"]) if with_table and "also" in fields else (),
    )


def _also(item: Item) -> tuple[PresetTable, ...]:
    return tuple(_table(part, with_table=False) for part in item.items())


def _key(item: Item) -> tuple[tuple[str, ...], ...]:
    """`[ID, Record ID]` are spellings of one column; `[[deal_id], [contact_id]]` two columns."""
    if item.is_list and all(part.is_list for part in item.items()):
        return tuple(_keys(part) for part in item.items())
    return (_keys(item),)


def _lines(item: Item) -> Mapping[str, tuple[str, ...]]:
    fields = item.fields("product", "price", "quantity", "amount", required=("product",))
    return {name: _keys(part) for name, part in fields.items()}


def _merge_log(item: Item) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    fields = item.fields("survivor", "merged", "table", required=("survivor", "merged", "table"))
    return _keys(fields["survivor"]), _keys(fields["merged"]), fields["table"].choice(*TABLES)


def _status(item: Item) -> StatusRule:
    fields = item.fields("by", "won", "closed", "table", "key", "label", required=("by",))
    return StatusRule(
        by=_keys(fields["by"]),
        won=_keys(fields["won"]) if "won" in fields else (),
        closed=_keys(fields["closed"]) if "closed" in fields else (),
        table=fields["table"].text() if "table" in fields else None,
        key=_keys(fields["key"]) if "key" in fields else (),
        label=_keys(fields["label"]) if "label" in fields else (),
    )


_COLUMN_KEYS = (
    "headers", "then", "link", "values", "stages", "default", "empty_words", "split",
    "constant", "prefix", "or",
)  # fmt: skip


def _column(target: str, item: Item, table: Entity) -> PresetColumn:
    if target not in table.columns or target == "id":
        raise item.unknown(target, [c for c in table.columns if c != "id"])
    is_relation = table.relation(target) is not None
    if not item.is_map:
        return PresetColumn(target, _keys(item), link="id" if is_relation else None)
    fields = item.fields(*_COLUMN_KEYS)
    link = fields["link"].choice(*_LINKS) if "link" in fields else None
    if link and not is_relation:
        raise fields["link"].error("{column} is no relation.", column=target)
    return PresetColumn(
        target=target,
        headers=_keys(fields["headers"]) if "headers" in fields else (),
        then=_keys(fields["then"]) if "then" in fields else (),
        link=link or ("id" if is_relation else None),
        values=_dictionary(fields["values"]) if "values" in fields else {},
        stages=fields["stages"].flag() if "stages" in fields else False,
        default=fields["default"].text() if "default" in fields else None,
        empty_words=_texts(fields["empty_words"]) if "empty_words" in fields else (),
        split=fields["split"].text() if "split" in fields else None,
        constant=fields["constant"].text() if "constant" in fields else None,
        prefix=fields["prefix"].text() if "prefix" in fields else None,
        other=_column(target, fields["or"], table) if "or" in fields else None,
    )
