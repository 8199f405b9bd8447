"""One object that speaks one language: sentences, words, numbers, dates.

Arguments of a message are said by their type: whole numbers and decimals as the language
writes them, days and moments as dates, severities and outcomes in words, lists joined by
commas, text isolated (`dq.i18n.safe`). Whole numbers in the places `line`, `row`, `year`,
`port` and `position` stay plain. A place may name a kind, which also reads numbers out of
text: `{share:percent}`, `{limit:number}`, `{sum:money}`, `{since:day}`, `{other:table}`,
`{field:column}`, `{count:records}` (a count of `{table}`), `{raw:text}` (as it is).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache

from dq.errors import DqError, Place
from dq.i18n.catalogue import Forms, catalogue
from dq.i18n.language import DEFAULT, LANGUAGES
from dq.i18n.numbers import format_day, format_moment, format_money, format_number, format_share
from dq.i18n.plural import plural_index
from dq.i18n.safe import Said, isolate, visible
from dq.i18n.template import fill

__all__ = ["Translator", "translator"]

_PLAIN = frozenset({"line", "row", "year", "port", "position"})


class Translator:
    """Speaks `language`; `preset` names the CRM whose own words take precedence.

    What a language lacks is said in English; a sentence that English has no entry for is its
    own text.
    """

    def __init__(
        self,
        language: str,
        preset: str | None = None,
        messages: Mapping[str, Forms] | None = None,
        fallback: Mapping[str, Forms] | None = None,
    ) -> None:
        self.language = language
        self.preset = preset
        self._messages = messages
        self._fallback = fallback

    # Sentences

    def t(self, msgid: str, /, **args: object) -> Said:
        """The message of a key with its places filled; a plural one goes by the place `n`."""
        language, forms = self._find(msgid)
        template = forms[0]
        if len(forms) > 1:
            count = _count(args.get("n"))
            template = forms[-1 if count is None else plural_index(language, count)]
        return self._filled(template, args)

    def n(self, msgid: str, count: int, /, plural: str | None = None, **args: object) -> Said:
        """The message of a key in the form that `count` takes; the count is the place `n`.

        `plural` is the English plural of a sentence template, for when no catalogue has it.
        """
        _, forms = self._find(msgid)
        if plural is not None and forms == (msgid,):
            forms = (msgid, plural)
            return self._filled(forms[plural_index(DEFAULT, count)], {"n": count, **args})
        return self.t(msgid, **{"n": count, **args})

    def has(self, msgid: str) -> bool:
        """Whether a text is there, in this language or in English."""
        return msgid in self._own() or msgid in self._english()

    def first(self, *msgids: str) -> str | None:
        """The first of the keys that has a text, preferring any in this language."""
        for messages in (self._own(), self._english()):
            for msgid in msgids:
                if msgid in messages:
                    return msgid
        return None

    def error(self, problem: DqError) -> Said:
        """An error in this language: place, what is wrong, what to do."""
        parts = [self.t(problem.message, **problem.args_)]
        if problem.fix:
            parts.append(self.t(problem.fix, **problem.args_))
        text = " ".join(parts)
        where = self.place(problem.where) if problem.where else ""
        return Said(f"{where}: {text}" if where else text)

    def place(self, place: Place) -> Said:
        """Where something is: `file[sheet]:line:column, table, key, row 3, column`."""
        spot = isolate(place.file or "")
        if place.sheet:
            spot = Said(f"{spot}[{isolate(place.sheet)}]")
        if place.line is not None:
            spot = Said(f"{spot}:{place.line}")
            if isinstance(place.column, int):
                spot = Said(f"{spot}:{place.column}")
        parts = [spot] if spot else []
        parts += [isolate(part) for part in (place.table, place.key) if part]
        if place.row is not None:
            parts.append(self.t("place.row", row=place.row))
        if isinstance(place.column, str):
            parts.append(isolate(place.column))
        return Said(", ".join(parts))

    # Words

    def severity(self, name: str) -> Said:
        """A severity in words."""
        return self.t(f"word.severity.{name}")

    def outcome(self, name: str) -> Said:
        """How a rule ended, in words."""
        return self.t(f"word.outcome.{name}")

    def family(self, code: str) -> Said:
        """The name of a rule's family: `C105` → Incomplete."""
        key = f"family.{code[:1]}"
        return self.t(key) if self.has(key) else isolate(code[:1])

    def table(self, name: str) -> Said:
        """A canonical table, as a plural noun (deals, сделки); other names stay as they are."""
        key = self.first(*self._by_preset(f"table.{name}"))
        return self.t(key) if key else isolate(name)

    def column(self, name: str, table: str | None = None) -> Said:
        """A canonical column in words; a column of the source's own stays as it is."""
        keys = self._by_preset(f"column.{table}.{name}") if table else ()
        key = self.first(*keys) or self.first(*self._by_preset(f"column.{name}"))
        return self.t(key) if key else isolate(name)

    def records(self, table: str, count: int) -> Said:
        """A count of a table's records: `729 deals`, `729 сделок`."""
        return self._counted("records", table, count)

    def of_records(self, table: str, count: int) -> Said:
        """The same after "of": `8,800 deals`, `8 800 сделок`, `1 сделки`."""
        return self._counted("of_records", table, count)

    def joined(self, items: Iterable[object]) -> Said:
        """Items joined by commas."""
        return Said(", ".join(self._by_type("", item) for item in items))

    # Numbers and time

    def number(self, value: int | float | Decimal) -> Said:
        """A number as the language writes it."""
        return Said(format_number(value, self.language))

    def money(self, value: Decimal | None, currency: str | None = None) -> Said:
        """An amount; without a currency in units of the file, and None is "not known"."""
        if value is None:
            return self.t("money.unknown")
        return Said(isolate(format_money(value, currency, self.language)))

    def percent(self, share: float) -> Said:
        """A share of 1 as per cent."""
        return Said(format_share(share, self.language))

    def day(self, value: date) -> Said:
        """A day as the language writes it."""
        return Said(format_day(value, self.language))

    def moment(self, value: datetime) -> Said:
        """A day and its time."""
        return Said(format_moment(value, self.language))

    # Inside

    def _own(self) -> Mapping[str, Forms]:
        if self._messages is None:
            self._messages = catalogue(self.language)
        return self._messages

    def _english(self) -> Mapping[str, Forms]:
        if self._fallback is None:
            self._fallback = catalogue(DEFAULT)
        return self._fallback

    def _find(self, msgid: str) -> tuple[str, Forms]:
        own = self._own().get(msgid)
        if own:
            return self.language, own
        return DEFAULT, self._english().get(msgid, (visible(msgid),))

    def _by_preset(self, key: str) -> tuple[str, ...]:
        return (f"{self.preset}.{key}", key) if self.preset else (key,)

    def _counted(self, kind: str, table: str, count: int) -> Said:
        keys = self._by_preset(f"{kind}.{table}")
        return self.n(self.first(*keys) or f"{kind}.other", count)

    def _filled(self, template: str, args: Mapping[str, object]) -> Said:
        def say(name: str, kind: str) -> str | None:
            if name not in args:
                return None
            value = args[name]
            return self._by_kind(kind, value, args) if kind else self._by_type(name, value)

        try:
            return Said(fill(template, say))
        except ValueError:  # no catalogue has it, and it is no template either
            return isolate(template)

    def _by_kind(self, kind: str, value: object, args: Mapping[str, object]) -> str:
        text = str(value)
        if kind == "table":
            return self.table(text)
        if kind in ("column", "columns"):
            table = args.get("table_name")
            names = text.split(", ") if kind == "columns" else [text]
            return self.joined(
                self.column(name, table if isinstance(table, str) else None) for name in names
            )
        number = _decimal(value)
        if number is not None:
            if kind == "number":
                return self.number(number)
            if kind == "percent":
                return self.percent(float(number))
            if kind == "money":
                currency = args.get("currency")
                return self.money(number, currency if isinstance(currency, str) else None)
            if kind == "records":
                return self.records(str(args.get("table_name", "other")), int(number))
        if kind == "day":
            day = _day(value)
            return self._by_type("", day if day else value)
        return self._by_type("", value) if kind != "text" else isolate(text)

    def _by_type(self, name: str, value: object) -> str:
        if isinstance(value, Said):
            return value
        if isinstance(value, DqError):
            return self.error(value)
        if isinstance(value, Enum):
            return self._by_enum(value)
        if isinstance(value, bool):
            return self.t("word.yes" if value else "word.no")
        if isinstance(value, int) and name in _PLAIN:
            return str(value)
        if isinstance(value, (int, float, Decimal)):
            return self.number(value)
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, (list, tuple, set, frozenset)):
            items = value if isinstance(value, (list, tuple)) else sorted(value, key=str)
            return self.joined(items)
        if value is None:
            return self.t("word.none")
        return isolate(str(value))

    def _by_enum(self, value: Enum) -> str:
        key = f"word.{type(value).__name__.lower()}.{value.value}"
        return self.t(key) if self.has(key) else isolate(str(value.value))


@cache
def translator(language: str = DEFAULT, preset: str | None = None) -> Translator:
    """The translator of a language; an unknown one speaks English. Nothing is loaded yet."""
    return Translator(language if language in LANGUAGES else DEFAULT, preset)


def _count(value: object) -> int | None:
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return None


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        return None
    try:
        number = Decimal(value.strip()) if isinstance(value, str) else Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
