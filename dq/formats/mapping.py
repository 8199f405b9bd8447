"""What was recognised, as text: which file is which table, which column is which, what is asked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from dq.formats.terminal import pad

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dq.crm.drafts import Guess, Recognition
    from dq.crm.mapping import ColumnMapping, SourceMapping, TableMapping
    from dq.i18n.translator import Translator

__all__ = ["mapping_text"]

_WIDTH = 28
_SAMPLE = datetime(2024, 12, 31, 23, 59, 58)
"""A day that shows by its numbers how dates are written."""


def mapping_text(recognition: Recognition, t: Translator) -> str:
    """Every source with its tables and columns, then what was left open and why."""
    lines: list[str] = []
    for source in recognition.mapping.sources:
        lines += list(_source(source, t))
        lines.append("")
    relations = recognition.mapping.relations
    if relations:
        lines.append(str(t.t("map.relations")))
        lines += [f"  {a}.{b} → {c}.{d}" for a, b, c, d in relations]
        lines.append("")
    if recognition.asked:
        lines.append(str(t.t("map.asked")))
        lines += [_guess(guess, t) for guess in recognition.asked]
    return "\n".join(lines).rstrip()


def _source(source: SourceMapping, t: Translator) -> Iterator[str]:
    if not source.tables:
        yield str(t.t("map.kept_as_is", source=source.source))
        return
    names = ", ".join(str(t.table(x.table)) for x in source.tables)
    known = source.preset != "generic"
    key = "map.source" if known else "map.source_plain"
    yield str(t.t(key, source=source.source, tables=names, preset=source.preset))
    for table in source.tables:
        yield from _table(table, len(source.tables) > 1, t)


def _table(table: TableMapping, titled: bool, t: Translator) -> Iterator[str]:
    if titled:
        yield f"  {t.table(table.table)}"
    indent = "    " if titled else "  "
    if table.key:
        yield _line(" + ".join(table.key), "id", "", indent)
    else:
        yield f"{indent}{t.t('map.no_key')}"
    for column in table.columns:
        if column.target != "id":
            yield _line(_from(column), column.target, _how(column, t), indent)
    if table.own:
        names = ", ".join(_few([own.source for own in table.own]))
        yield f"{indent}{t.t('map.own', columns=names)}"


def _from(column: ColumnMapping) -> str:
    joined = [" + ".join(column.joined)] if column.joined else []
    if column.source is None:
        return f"“{column.constant}”" if column.constant else "".join(joined) or "–"
    return " / ".join((column.source, *column.fallbacks, *joined))


def _how(column: ColumnMapping, t: Translator) -> str:
    parts = []
    if column.link == "name":
        parts.append(str(t.t("map.by_name")))
    if column.conversion.formats:
        parts.append(_SAMPLE.strftime(column.conversion.formats[0]))
    if column.conversion.decimal_mark == ",":
        parts.append("1 234,5")
    if column.confidence < 1:
        parts.append(f"{column.confidence:.0%}")
    return ", ".join(parts)


def _line(left: str, right: str, how: str, indent: str) -> str:
    return f"{indent}{pad(left, _WIDTH)} → {pad(right, 20)} {how}".rstrip()


def _few(names: Sequence[str], most: int = 8) -> list[str]:
    rest = len(names) - most
    return list(names) if rest <= 0 else [*names[:most], f"… +{rest}"]


def _guess(guess: Guess, t: Translator) -> str:
    place = f"{guess.source}.{guess.column}" if guess.column else guess.source
    options = ", ".join(f"{c.target} ({c.confidence:.0%})" for c in guess.candidates[:3])
    reason = t.t(guess.reason, **dict(guess.args)) if t.has(guess.reason) else ""
    return f"  {pad(place, _WIDTH)} ? {options} {reason}".rstrip()
